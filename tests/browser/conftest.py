"""A real browser. Its tests speak HTTP to `live_site` alone: playwright's event loop forbids Django's ORM in the same thread."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import require

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def browser():
    """Debian's Chromium. It ends with this folder's tests, and its event loop with it, so that others may use the ORM again."""
    path = shutil.which("chromium")
    require(path, "The browser tests need Chromium: on Debian, apt-get install chromium.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A page of its own: no cookies of other tests, 1280 x 800."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
