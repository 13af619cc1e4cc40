"""What programs put on the clipboard, pasted into the text editor of a real browser."""

import pytest

from tests.browser.test_admin import Desk
from tests.pasted import SAMPLES

pytestmark = pytest.mark.once

PASTE = """(dom, html) => {
    dom.editor.commands.clearContent(true);
    dom.focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", html);
    dom.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def editor(browser, live_site):
    desk = Desk(browser, live_site, "editor")
    desk.open("articles/article/add/")
    desk.body = desk.page.get_by_role("textbox", name="Body")
    desk.body.wait_for()
    yield desk
    desk.context.close()


@pytest.mark.parametrize("name", SAMPLES)
def test_it_becomes_what_our_text_is_made_of(editor, name):
    html, expected = SAMPLES[name]
    editor.body.evaluate(PASTE, html)
    assert editor.page.input_value("#id_body").replace(' data-type="decimal"', "") == expected
    assert editor.complaints == []  # nothing of it reached the policy


def test_it_is_saved_as_it_was_pasted(editor):
    html, expected = SAMPLES["Word: a list within a list"]
    editor.body.evaluate(PASTE, html)
    editor.press("Save and continue editing")  # refused: the rest is empty
    assert editor.page.input_value("#id_body") == expected
