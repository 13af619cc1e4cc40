"""The form that anybody can send and the short form of the newsroom, in a real browser: without a script, by keys, no barrier."""

import pytest

from tests.browser.checks import barriers, html_errors

pytestmark = pytest.mark.once

COMMITMENT = "/commitments/kazakhstan-2024-ratify-c131/"
FORM = f"{COMMITMENT}reply/"


@pytest.fixture
def desk(page, live_site):
    """An editor at the desk."""
    page.goto(f"{live_site.url}/admin/login/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", "decent-work")
    page.click("[type=submit]")
    return page


def test_a_reader_replies_without_a_script(browser, live_site, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_site.url + FORM)
    page.get_by_label("A reply, to be published").check()
    page.get_by_label("Your text").fill("We see it otherwise.\nThe law is older.")
    page.get_by_label("E-mail address").fill("x@")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Not sent yet.").wait_for()
    page.wait_for_load_state()  # the whole answer, not what of it has arrived
    assert page.get_by_label("Your text").input_value() == "We see it otherwise.\nThe law is older."
    (refused := tmp_path / "refused.html").write_text(page.content())
    page.get_by_label("For whom you speak").select_option("workers")
    page.get_by_label("E-mail address").fill("x@example.org")
    page.wait_for_timeout(3_100)  # faster is no person
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/reply/received/")
    (received := tmp_path / "received.html").write_text(page.content())
    assert context.cookies() == []
    context.close()
    _status, html = live_site.get(FORM)
    (empty := tmp_path / "empty.html").write_text(html)
    assert html_errors([empty, refused, received]) == []


def test_no_barrier_for_readers(page, live_site):
    page.goto(live_site.url + FORM)
    assert barriers(page) == {}
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Not sent yet.").wait_for()
    assert barriers(page) == {}
    page.goto(f"{live_site.url}{FORM}received/")
    assert barriers(page) == {}


def test_the_trap_is_no_stop_of_the_tab_key(page, live_site):
    page.goto(live_site.url + FORM)
    page.get_by_label("E-mail address").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") != "website"
    assert page.locator(".reply-field:has([name=website])").bounding_box()["width"] <= 1


def test_the_watch_list_leads_to_the_short_form(desk, live_site):
    assert barriers(desk) == {}
    desk.locator("#overdue .addlink").first.click()
    desk.wait_for_url("**/record/?commitment=*")
    assert barriers(desk) == {}
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.get_by_role("button", name="Save as a draft").click()
    desk.get_by_text("Nothing was saved yet.").wait_for()
    assert barriers(desk) == {}


def test_recording_with_evidence_that_is_recorded_already(desk, live_site):
    desk.locator("#overdue .addlink").last.click()
    desk.get_by_label("What happened").fill("Recorded by the browser tests.")
    desk.locator("#id_happened_on").fill("2025-05-01")
    desk.locator("#id_delivery").select_option("under-way")
    desk.locator(".select2-selection").first.click()
    desk.locator(".select2-container--open input").last.press_sequentially("Mine Safety")
    desk.locator(".select2-results__option", has_text="Advancing Mine Safety").click()
    desk.get_by_role("button", name="Save as a draft").click()
    desk.wait_for_url("**/progressupdate/*/change/")
    desk.get_by_text("Recorded as a draft.").wait_for()
    assert "Advancing Mine Safety" in desk.locator(".field-evidence .select2-selection").first.inner_text()


def test_settling_what_was_received(desk, live_site):
    desk.goto(f"{live_site.url}{FORM}")
    desk.get_by_label("Something here is wrong").check()
    desk.get_by_label("Your text").fill("To be settled by the browser tests.")
    desk.wait_for_timeout(3_100)
    desk.get_by_role("button", name="Send").click()
    desk.goto(f"{live_site.url}/admin/")
    desk.locator("#replies .desk-entries a").last.click()
    assert barriers(desk) == {}
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.get_by_role("link", name="Settle").click()
    desk.get_by_label("What was done").fill("Nothing: it was a test.")
    desk.get_by_role("button", name="Settle").click()
    desk.get_by_text("It is settled.").wait_for()
