"""A day with a release of the register in a real browser: files chosen, refused, read, reviewed and decided on.

The register of the live site is everybody's: the release here holds one table, that of the States, as the site was loaded
with it, and changes a note on membership that no other test reads.
"""

import csv
import io

import pytest

from tests.browser.test_admin import VIEWS, Desk, desk
from tests.live import ROOT

pytestmark = pytest.mark.once

__all__ = ["desk"]
FOUR = {f"{width}, {scheme}": {**VIEWS[width], "color_scheme": scheme} for width in VIEWS for scheme in ("light", "dark")}
LONG = (
    "A source of many words, and المصادر in two scripts, at https://example.org/states/ that ends in "
    + "a-word-without-end-" * 12
)


def countries(**sources):
    """The table of the States with other sources, by ISO code, as a browser would send it."""
    with (ROOT / "fixtures" / "register" / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(row | {"source": sources.get(row["iso3"], row["source"])} for row in rows)
    return {"name": "countries.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def read(editor, *files):
    """Choose files and press the button."""
    editor.open("conventions/release/add/")
    editor.page.set_input_files("[name=files]", list(files))
    editor.press("Read and compare")


def decide(editor, button):
    with editor.page.expect_navigation():
        editor.page.get_by_role("button", name=button).click()


def follow(editor, name):
    with editor.page.expect_navigation():
        editor.page.locator("#content").get_by_role("link", name=name).click()


def decline_the_rest(editor):
    """Leave nothing open behind: declined is what nobody is asked about again."""
    follow(editor, "Decline all")
    with editor.page.expect_navigation():
        editor.page.locator("input[value^='Decline all']").click()


def in_every_view(editor):
    for view in FOUR.values():
        editor.page.set_viewport_size(view["viewport"])
        editor.page.emulate_media(color_scheme=view["color_scheme"])
        editor.page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")  # links change colour slowly
        editor.read_aloud()


def test_a_release_is_refused_then_read_and_decided_on(desk: Desk):
    editor = desk("editor")
    editor.open("conventions/release/")
    in_every_view(editor)
    editor.open("conventions/release/add/")
    editor.page.get_by_text("Which tables there are").click()
    in_every_view(editor)

    read(editor, {"name": "wrong.csv", "mimeType": "text/csv", "buffer": b"iso3;name_en\nKAZ;Kazakhstan\n"})
    alert = editor.page.get_by_role("alert")
    assert "wrong.csv, row 1: its cells are separated by semicolons" in alert.inner_text()
    assert alert.evaluate("element => element === document.activeElement")
    in_every_view(editor)

    read(editor, countries(KAZ=LONG, UZB="A source <b>of a test</b>", AFG="One more source"))
    assert "3 proposals to decide on" in editor.said()
    in_every_view(editor)
    editor.page.get_by_label("Choose UZB").check()
    decide(editor, "Decline the chosen")
    assert "1 declined: the register stays as it is." in editor.said()
    assert editor.page.get_by_label("Choose UZB").count() == 0
    follow(editor, "Accept all 2, also over edits by hand")
    in_every_view(editor)
    follow(editor, "Back")
    decline_the_rest(editor)
    assert "2 declined" in editor.said()
    in_every_view(editor)

    read(editor, countries(KAZ=LONG, UZB="A source <b>of a test</b>", AFG="One more source"))
    assert "nothing to propose" in editor.said()
    assert editor.complaints == []


def test_it_works_by_keyboard_and_without_a_script(desk):
    editor = desk("editor", java_script_enabled=False)
    read(editor, countries(KGZ="A source by keyboard", TJK="Another source by keyboard"))
    page = editor.page
    follow(editor, "Choose all on this page")
    assert page.locator("[name=proposal]:checked").count() == page.locator("[name=proposal]").count() == 2
    follow(editor, "Choose none")
    box = page.get_by_label("Choose KGZ")
    box.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # on a checkbox it decides on nothing
    assert "press one of the buttons" in editor.said()
    assert box.is_checked()
    page.get_by_role("button", name="Decline the chosen").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "1 declined" in editor.said()
    decline_the_rest(editor)


@pytest.mark.parametrize("view", VIEWS)
def test_a_reporter_reads_along(desk, view):
    editor, reporter = desk("editor"), desk("reporter", **VIEWS[view])
    read(editor, countries(TKM=f"A source for the view {view}"))
    reporter.open(editor.page.url.split("/admin/")[1])
    assert reporter.page.get_by_text(f"A source for the view {view}").count()
    assert reporter.page.get_by_role("checkbox").count() == 0
    reporter.read_aloud()
    decline_the_rest(editor)
