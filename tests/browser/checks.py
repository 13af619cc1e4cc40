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
#: What a second width of the same page need not be asked again: colours do not depend on it, and it takes most of the time.
SAME_AT_ANY_WIDTH = ["color-contrast"]
VNU = ROOT / "var" / "tools" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def axe(page, but=()):
    """The violations of WCAG 2.2 A and AA on a page: one line for each rule and element. The rules in `but` are left out."""
    if not page.evaluate("'axe' in window"):  # once a document: reading it in takes as long as looking at a short page
        page.evaluate(AXE.read_text())  # not a script tag: the policy of the site refuses those
    rules = {name: {"enabled": False} for name in but}
    options = {"runOnly": WCAG, "resultTypes": ["violations"], "rules": rules}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{v['id']}: {v['help']}: {node['html']}" for v in found["violations"] for node in v["nodes"]]


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
