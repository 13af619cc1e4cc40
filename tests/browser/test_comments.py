"""Comments and embargoes in a real browser: words chosen with the mouse, nothing typed lost, and pages for everybody."""

import uuid

import pytest

from tests.browser.test_admin import VIEWS, Desk, jot

pytestmark = pytest.mark.once


@pytest.fixture
def reporter(browser, live_site):
    """A reporter at a desk, with a draft open in its form, cleared away afterwards."""
    desk = Desk(browser, live_site, "reporter")
    jot(desk, f"Comments on mines {uuid.uuid4().hex[:8]}")
    yield desk
    desk.context.close()


def choose_words(page):
    """Select the last word of the body, as with the mouse."""
    body = page.get_by_role("textbox", name="Body")
    body.click()
    page.keyboard.press("Control+End")
    for _word_or_stop in range(6):
        page.keyboard.press("Control+Shift+ArrowLeft")
        if page.evaluate("getSelection().toString()").startswith("safer"):
            break
    return body


def test_a_comment_is_made_on_chosen_words_and_nothing_typed_is_lost(reporter):
    page, form = reporter.page, reporter.page.url
    page.fill("#id_standfirst", "Typed and not saved.")
    choose_words(page)
    page.get_by_role("button", name="Comment on the selection").click()
    assert page.input_value("#id_comment_field") == "body"
    assert page.input_value("#id_comment_exact") == "safer."
    assert page.evaluate("document.activeElement.id") == "id_comment_text"
    page.fill("#id_comment_text", "Safer than when?")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.get_by_text("The comment is made.").wait_for()
    assert page.url == form
    assert page.input_value("#id_standfirst") == "Typed and not saved."
    assert "Miners are safer." in page.locator("#comments blockquote").inner_text()
    assert page.locator("#comments").get_by_text("no longer in the text").count() == 0
    reporter.read_aloud()

    page.locator("#comments .head").get_by_role("link", name="Body").click()
    assert page.evaluate("document.activeElement.classList.contains('ProseMirror')")
    page.get_by_text("Reply", exact=True).click()
    page.get_by_label("Reply to reporter").fill("Than in 2019.")
    page.get_by_role("button", name="Send the reply").click()
    page.get_by_text("The reply is made.").wait_for()
    page.fill("#id_comment_text", "x")
    page.fill("#id_comment_exact", "words that are not there")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.get_by_text("Say in which field the passage stands.").wait_for()
    reporter.read_aloud()
    page.get_by_role("button", name="Resolve the comment of reporter").click()
    page.get_by_text("1 resolved comment").click()
    reporter.read_aloud()
    assert page.input_value("#id_standfirst") == "Typed and not saved."

    reporter.context.clear_cookies()
    page.fill("#id_comment_text", "Signed out by now.")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.get_by_text("What you wrote is still here.").wait_for()
    assert page.input_value("#id_comment_text") == "Signed out by now."


def test_a_passage_in_a_plain_field_is_known_by_its_surroundings(reporter):
    page = reporter.page
    page.locator("#id_source_name").evaluate("(field) => { field.focus(); field.setSelectionRange(5, 10); }")
    page.get_by_role("button", name="Comment on the selection").wait_for()
    page.keyboard.press("Control+Alt+m")
    assert page.input_value("#id_comment_exact") == "press"
    assert page.input_value("[name=prefix]") == "ILO, "
    assert page.input_value("[name=suffix]") == " release"


def test_it_works_without_a_script(browser, reporter, live_site):
    context = browser.new_context(
        java_script_enabled=False, storage_state=reporter.context.storage_state(), **VIEWS["phone in the dark"]
    )
    page = context.new_page()
    page.goto(reporter.page.url)
    page.get_by_text("Save the form above before you comment").wait_for()
    page.get_by_label("On:", exact=True).select_option("headline")
    page.get_by_label("Comment:", exact=True).fill("Too long.")
    page.get_by_role("button", name="Comment", exact=True).click()
    assert page.url.endswith("/comments/")
    assert "The comment is made." in page.locator(".messagelist").inner_text()
    page.get_by_role("link", name="Headline").click()
    assert page.url.endswith("/change/#id_headline")
    context.close()


def test_an_embargo_is_set_and_lifted(browser, reporter, live_site):
    page, form = reporter.page, reporter.page.url
    page.locator(".object-tools").get_by_role("link", name="Embargo").click()
    reporter.read_aloud()
    page.get_by_label("Until").fill("2099-06-03T12:00")
    page.get_by_label("Who asks for it").fill("Ministry of Labour: not before the press conference.")
    reporter.press("Set the embargo")
    assert "is under embargo until 3 June 2099, 12:00 UTC." in reporter.said()
    reporter.read_aloud()
    page.goto(form)
    page.get_by_text("Under embargo until 3 June 2099, 12:00 UTC.").wait_for()
    reporter.read_aloud()

    editor = Desk(browser, live_site, "editor", **VIEWS["phone in the dark"])
    editor.page.goto(form)
    assert "doesn’t exist" in editor.said()
    editor.context.close()

    page.locator(".object-tools").get_by_role("link", name="Embargo").click()
    page.get_by_role("button", name="Lift the embargo").click()
    assert "is lifted" in reporter.said()
    reporter.read_aloud()
