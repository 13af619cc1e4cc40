"""The versions of a record in a real browser: the list, two side by side and what was deleted, on a desk and on a phone."""

import pytest

from tests.browser.test_admin import VIEWS, desk, jot

pytestmark = pytest.mark.once

__all__ = ["desk"]


@pytest.mark.parametrize("view", VIEWS)
def test_versions_are_read_compared_and_restored(desk, view):
    reporter = desk("reporter", **VIEWS[view])
    jot(reporter, f"A text with versions {view}")
    page = reporter.page
    page.fill("#id_standfirst", "In other words.")
    reporter.press("Save and continue editing")
    page.locator(".object-tools").get_by_role("link", name="Versions").click()
    page.get_by_role("heading", name="Versions of").wait_for()
    reporter.read_aloud()
    page.get_by_role("button", name="Compare").click()
    assert page.locator("ins").first.inner_text()
    reporter.read_aloud()
    page.go_back()
    page.get_by_role("button", name="Restore").last.click()
    assert "Version 1 is restored." in reporter.said()
    reporter.read_aloud()
    reporter.open("articles/article/versions/deleted/")
    reporter.read_aloud()
