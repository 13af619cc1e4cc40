"""Judges that nobody of this project wrote: axe-core for accessibility, the Nu Html Checker for HTML and CSS."""

import json
import shutil
import subprocess
from pathlib import Path

import axe_playwright_python

from tests.conftest import require
from tests.live import ROOT

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
#: What is asked of colours, and so of each scheme; all else is the same in light and in dark.
COLOURS = ["color-contrast", "link-in-text-block"]
#: What is looked at in one view and left out of the others: they look like those before them, and take most of the time.
FURTHER = ["tbody tr:nth-child(n + 21)", "li:nth-child(n + 21)"]
VNU = ROOT / "var" / "tools" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def axe(page, only=WCAG, exclude=()):
    """The violations of WCAG 2.2 A and AA on a page, or of the rules or tags `only`: one line for each rule and element."""
    page.wait_for_load_state()  # after a press the answer has begun, but there may be no document yet
    if not page.evaluate("'axe' in window"):  # once a document: reading it in takes as long as looking at a short page
        page.evaluate(AXE.read_text())  # not a script tag: the policy of the site refuses those
    context = {"include": [["html"]], "exclude": [[selector] for selector in exclude]}
    options = {"runOnly": list(only), "resultTypes": ["violations"]}
    found = page.evaluate("([context, options]) => axe.run(context, options)", [context, options])
    return [f"{v['id']}: {v['help']}: {node['html']}" for v in found["violations"] for node in v["nodes"]]


def barriers(page):
    """What axe finds on a page on a desk and on a phone, in light and in dark, with whether it is wider than the screen: the
    views with a finding, and nothing where there is none."""
    found = {}
    page.wait_for_load_state()
    for width, scheme in ((width, scheme) for width in (1280, 390) for scheme in ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")  # else a colour is on its way
        wide = page.evaluate("document.documentElement.scrollWidth") > width
        rules, exclude = COLOURS if scheme == "dark" else WCAG, FURTHER if found else ()
        found[width, scheme] = [*axe(page, rules, exclude), *(["It is wider than the screen."] if wide else [])]
    return {view: faults for view, faults in found.items() if faults}


def html_errors(files):
    """The errors and warnings of the Nu Html Checker in HTML and CSS files: one line each, by the file's name."""
    require(shutil.which("java"), "The HTML checker needs Java: on Debian, apt-get install default-jre-headless.")
    require(VNU.exists(), f"The HTML checker is not at {VNU.relative_to(ROOT)}: .ci/run shows how to install it.")
    command = ["java", "-Xss4m", "-jar", VNU, "--format", "json", "--stdout", "--exit-zero-always", "--also-check-css", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [
        f"{Path(m['url']).name}:{m.get('lastLine', '?')}: {m.get('subType', m['type'])}: {m['message']}"
        for m in json.loads(done.stdout)["messages"]
    ]
