"""A draft seen before its readers see it: at both widths by its author, and by a link in a browser that knows nobody."""

import uuid

import pytest

from tests.browser.checks import axe, html_errors
from tests.browser.test_admin import VIEWS, Desk, write

pytestmark = pytest.mark.once


@pytest.fixture
def reporter(browser, live_site):
    """A reporter at a desk, cleared away afterwards."""
    desk = Desk(browser, live_site, "reporter")
    yield desk
    desk.context.close()


@pytest.fixture
def draft(reporter):
    """A draft of the reporter's, open in its form: its headline and the path of the form."""
    headline = f"Preview of mines {uuid.uuid4().hex[:8]}"
    write(reporter, headline)
    reporter.page.locator(".object-tools").get_by_role("link", name="Preview").wait_for()
    return headline, reporter.page.url.split("/admin/")[1].removesuffix("change/")


def make_link(reporter):
    """Press the button and copy the address."""
    reporter.page.get_by_label("It opens the preview for").select_option("hour")
    reporter.press("Make a link")
    reporter.read_aloud()
    return reporter.page.get_by_label("The new link").input_value()


def test_a_draft_is_previewed_shared_and_taken_back(browser, reporter, draft, live_site, tmp_path):
    headline, form = draft
    page = reporter.page
    page.locator(".object-tools").get_by_role("link", name="Preview").click()
    assert page.locator("h1").inner_text() == headline
    assert "Preview. Not public. Draft." in page.locator(".preview-bar").inner_text()
    reporter.read_aloud()
    for name, width in [("Phone", 390), ("Desktop", 1280)]:
        page.get_by_role("link", name=f"{name}, {width} px").click()
        frame = page.frame_locator("iframe")
        frame.get_by_role("heading", name=headline).wait_for()
        assert frame.locator("html").evaluate("() => innerWidth") == width
        assert frame.locator(".preview-bar").count() == 0
        reporter.read_aloud()
    (tmp_path / "frame.html").write_text(page.content())

    page.get_by_role("link", name="Links for people without an account").click()
    reporter.read_aloud()
    address = make_link(reporter)
    stranger = browser.new_context(**VIEWS["phone in the dark"])
    guest, said = stranger.new_page(), []
    guest.on("console", lambda message: said.append(message.text))
    assert guest.goto(address).ok
    assert guest.locator("h1").inner_text() == headline
    assert "Shown to you by a link that ends on" in guest.locator(".preview-bar").inner_text()
    assert guest.evaluate("document.documentElement.scrollWidth <= innerWidth")
    (tmp_path / "shared.html").write_text(guest.content())
    assert (stranger.cookies(), said) == ([], [])
    assert axe(guest) == []

    slug = headline.lower().replace(" ", "-")
    assert live_site.get(f"/articles/2024/{slug}/")[0] == 404
    for path in (f"/admin/{form}preview/", f"/admin/{form}preview/bare/", f"/admin/{form}preview/links/"):
        guest.goto(live_site.url + path)
        assert guest.locator("[name=password]").count() == 1, path
    assert guest.goto(address[:-2] + "/").status == 404

    reporter.open(f"{form}change/")
    page.get_by_role("button", name="Take back").click()
    assert "The link is taken back" in reporter.said()
    reporter.read_aloud()
    assert guest.goto(address).status == 404
    assert guest.locator("h1").inner_text() == "This link opens nothing"
    assert axe(guest) == []
    (tmp_path / "closed.html").write_text(guest.content())
    stranger.close()
    assert html_errors(sorted(tmp_path.glob("*.html"))) == []


def test_a_frame_of_another_site_shows_nothing(reporter, draft, live_site):
    """Neither the page with the bar nor a link may be put into a frame, our own included; only the bare page may."""
    _headline, form = draft
    reporter.open(f"{form}preview/frame/?width=390")
    for end, shown in [("preview/", False), ("preview/bare/", True)]:
        reporter.page.locator("iframe").evaluate("(frame, src) => { frame.src = src }", f"/admin/{form}{end}")
        reporter.page.wait_for_timeout(500)
        assert (reporter.page.frames[1].url == f"{live_site.url}/admin/{form}{end}") is shown
