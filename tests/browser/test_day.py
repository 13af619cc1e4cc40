"""A day in the newsroom, played by a reporter, an editor and a chief: from the first word to the withdrawal."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.checks import axe
from tests.browser.test_admin import desk, write

pytestmark = pytest.mark.once
__all__ = ["desk"]

#: Prints the log of the article with this slug, oldest first.
LOG = """
import json
from articles.models import Article
moves = Article.objects.get(slug={slug!r}).history().select_related("by")
told = [[move.verb, move.by.username, move.reason, move.effective_at and move.effective_at > move.at] for move in moves]
print(json.dumps(told))
"""


def move(person, button, **asked):
    """Press the button of a move and, on the page that asks, fill in what it asks and press again."""
    person.press(button)
    person.read_aloud()
    for name, value in asked.items():
        field = person.page.locator(f"[name={name}]")
        field.select_option(value) if field.evaluate("field => field.tagName") == "SELECT" else field.fill(value)
    person.press(button)


def open_form(person, headline):
    person.open("find/?q=" + headline.replace(" ", "+"))
    person.page.locator("#content").get_by_role("link", name=headline).first.click()
    person.page.wait_for_load_state()


def wait_until_public(site, address):
    """Time alone does it: nobody touches anything meanwhile."""
    deadline = time.monotonic() + 60
    while site.get(address)[0] != 200:
        assert time.monotonic() < deadline, "Its time came, and it is not public."
        time.sleep(0.2)


def test_a_day(browser, desk, live_site):
    headline = f"Mines of Kazakhstan {uuid.uuid4().hex[:8]}"
    slug = headline.lower().replace(" ", "-")
    address = f"/articles/2024/{slug}/"
    reporter, editor, chief = desk("reporter"), desk("editor"), desk("chief")

    write(reporter, headline)
    form = reporter.page.url.split("/admin/")[1]
    move(reporter, "Submit for review")
    assert "It is in review" in reporter.said()

    open_form(editor, headline)
    editor.page.select_option("#id_comment_field", "standfirst")
    editor.page.fill("#id_comment_text", "Since when?")
    editor.page.get_by_role("button", name="Comment", exact=True).click()
    editor.page.get_by_text("The comment is made.").wait_for()
    editor.open(form)
    move(editor, "Request changes", reason="Say since when.")

    reporter.open("")
    entry = reporter.page.locator("#changes").get_by_role("link", name=headline)
    assert "Say since when." in reporter.page.locator("#changes").inner_text()
    entry.click()
    reporter.page.fill("#id_standfirst", "In short: safer since 2024.")
    reporter.press("Save and continue editing")
    reporter.page.get_by_role("button", name="Resolve").click()
    reporter.page.get_by_text("resolved").first.wait_for()
    reporter.open(form)
    move(reporter, "Submit for review")

    editor.open(form)
    editor.page.get_by_role("link", name="Preview").first.click()
    editor.page.get_by_role("link", name="Links for people without an account").click()
    editor.page.get_by_label("It opens the preview for").select_option("hour")
    editor.press("Make a link")
    link = editor.page.get_by_label("The new link").input_value()
    guest = browser.new_context().new_page()
    assert guest.goto(link).ok
    assert guest.locator("h1").inner_text() == headline
    assert live_site.get(address)[0] == 404

    editor.open(form)
    soon = datetime.now(UTC) + timedelta(seconds=20)  # longer than a busy machine takes to press the button
    move(editor, "Publish", at=f"{soon:%Y-%m-%dT%H:%M:%S}")
    wait_until_public(live_site, address)
    assert guest.goto(link).url.endswith(address)
    guest.context.close()

    reporter.open(form)
    reporter.page.fill("#id_standfirst", "In short: safer since 2025.")
    reporter.press("Save and continue editing")
    assert "stays as it is published" in reporter.said()
    assert reporter.page.input_value("#id_standfirst") == "In short: safer since 2025."
    assert "safer since 2024" in live_site.get(address)[1]
    reporter.read_aloud()
    move(reporter, "Submit the change for review")
    editor.open(form)
    editor.press("Apply the change")
    assert editor.page.locator("del").inner_text().strip().endswith("2024")
    assert editor.page.locator("ins").inner_text().strip().endswith("2025")
    editor.read_aloud()
    editor.page.select_option("[name=kind]", "correction")
    editor.page.fill("[name=text]", "It is since 2025.")
    editor.press("Apply the change")

    text = live_site.get(address)[1]
    assert "safer since 2025" in text
    assert "It is since 2025." in text
    assert "safer since 2024" in live_site.get(f"{address}v1/")[1]
    assert "safer since 2025" in live_site.get(f"{address}v2/")[1]
    reader = browser.new_context().new_page()
    for page in ["v1/", "v2/", "v2/changes/"]:
        assert reader.goto(f"{live_site.url}{address}{page}").ok
        assert axe(reader) == []
    assert reader.locator("ins").inner_text().strip().endswith("2025")
    reader.context.close()

    chief.open(form)
    move(chief, "Withdraw", note="The source took it back.")
    for page in ["", "v1/", "v2/", "v2/changes/"]:
        status, text = live_site.get(address + page)
        assert status == 410, page
        assert "The source took it back." in text
    for page in ["/", "/articles/", "/corrections/", "/corrections/feed/", "/sitemap-articles.xml"]:
        assert slug not in live_site.get(page)[1], page

    moves = json.loads(live_site.manage("shell", "--verbosity=0", "-c", LOG.format(slug=slug)).stdout)
    assert moves == [
        ["submit", "reporter", "", None],
        ["request_changes", "editor", "Say since when.", None],
        ["submit", "reporter", "", None],
        ["publish", "editor", "", True],
        ["submit_change", "reporter", "", None],
        ["apply", "editor", "", None],
        ["withdraw", "chief", "The source took it back.", False],
    ]
    assert reporter.complaints == editor.complaints == chief.complaints == []
