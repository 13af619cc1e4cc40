"""`make pages`: every instrument and every country, through the HTML checker and axe in four views.

CI looks at a sample of them (`test_register.py`); this looks at all, some minutes long. It makes a site of its own with the
real content, prints one line a finding and a summary, and ends with 1 if there is any. `python -m tests.browser.every_page
countries` looks at the countries alone.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.checks import barriers, html_errors
from tests.browser.conftest import ARGUMENTS
from tests.live import site_of_its_own

SITEMAPS = {"instruments": "convention", "countries": "country"}


def addresses(site, section):
    """The paths of one section of the sitemap."""
    _status, text = site.get(f"/sitemap-{section}.xml")
    return [part.split("</loc>")[0].removeprefix(site.url) for part in text.split("<loc>")[1:]]


def findings(site, page, paths, folder):
    """Yield a line for each finding on the pages at `paths`."""
    files = []
    for number, path in enumerate(paths, 1):
        status, html = site.get(path)
        if status != 200:
            yield f"{path}: answered {status}"
            continue
        files.append(Path(folder, f"{path.strip('/').replace('/', '-')}.html"))
        files[-1].write_text(html)
        page.goto(site.url + path)
        yield from (f"{path}, {view}: {found}" for view, found in barriers(page).items())
        if number % 50 == 0:
            print(f"{number} of {len(paths)} looked at", flush=True)
    yield from html_errors(files) if files else []


def main(names=tuple(SITEMAPS)):
    found, began = 0, time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="ilonews-pages-") as folder,
        site_of_its_own() as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page()
        for name in names:
            paths = addresses(site, SITEMAPS[name])
            lines = list(findings(site, page, paths, folder))
            print(*lines, f"{len(paths)} {name}: {len(lines)} findings", sep="\n", flush=True)
            found += len(lines) or not paths
        browser.close()
    print(f"In {time.monotonic() - began:.0f} s.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main(sys.argv[1:] or tuple(SITEMAPS))
