"""Unsaved text in a real browser: it outlives a closed tab, a lost connection and an expired login."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.checks import axe
from tests.browser.test_admin import PASSWORD, Desk

pytestmark = pytest.mark.once

ADD = "articles/article/add/"


@pytest.fixture
def desk(browser, live_site):
    """Alone at a desk, with no unsaved text of an earlier test."""
    desk = Desk(browser, live_site, "editor")
    yield desk
    desk.context.set_offline(False)
    desk.context.close()


def says(desk, words):
    expect(desk.page.locator("#unsaved-status")).to_contain_text(re.compile(words), timeout=20_000)


def offered(desk, headline):
    return desk.page.locator(".unsaved > div").filter(has_text=headline)


def put_back(desk, headline):
    with desk.page.expect_navigation():
        offered(desk, headline).get_by_role("link", name="Put it back").click()
    expect(desk.page.locator(".unsaved")).to_contain_text("Nothing is saved yet.")


def type_text(desk):
    """Type into every kind of widget; return the headline."""
    headline = f"Unsaved {uuid.uuid4().hex[:8]}"
    page = desk.page
    page.locator("#id_headline").press_sequentially(headline)
    body = page.get_by_role("textbox", name="Body")
    body.click()
    body.press_sequentially("Half a sent")
    desk.choose("countries", "Kazakh")
    desk.add_row("citations")
    desk.choose("citations-0-convention", "C176")
    page.fill("#id_citations-0-words", "Convention No. 176")
    return headline


def assert_there(desk, headline):
    page = desk.page
    assert page.input_value("#id_headline") == headline
    expect(page.get_by_role("textbox", name="Body")).to_have_text("Half a sent")
    assert page.locator("#id_countries option:checked").inner_text() == "Kazakhstan"
    assert page.input_value("#id_citations-0-words") == "Convention No. 176"
    assert "C176" in page.locator("#id_citations-0-convention option:checked").inner_text().replace("C0", "C")


def close_and_open(desk, path=ADD):
    desk.page.close()
    desk.page = desk.context.new_page()
    desk.page.on("console", lambda message: message.type == "error" and desk.complaints.append(message.text))
    desk.open(path)


def test_a_closed_tab(desk):
    desk.open(ADD)
    headline = type_text(desk)
    says(desk, r"Your text was kept at \d\d:\d\d")
    close_and_open(desk, "")
    assert desk.page.locator("#unsaved").get_by_role("link", name=headline).is_visible()
    desk.open(ADD)
    assert desk.page.input_value("#id_headline") == ""
    assert axe(desk.page) == []
    put_back(desk, headline)
    assert axe(desk.page) == []
    assert_there(desk, headline)
    desk.page.fill("#id_standfirst", "In short.")
    desk.page.fill("#id_dated", "2024-06-12")
    desk.page.fill("#id_source_name", "ILO, press release")
    desk.press("Save and continue editing")
    assert "was added successfully" in desk.said()
    assert_there(desk, headline)
    desk.open(ADD)
    assert not offered(desk, headline).count()
    assert not any("Refused" in complaint for complaint in desk.complaints)


def test_a_tab_closed_before_anything_was_sent(desk):
    desk.open(ADD)
    headline = type_text(desk)
    desk.page.fill("#id_standfirst", "Typed last.")
    close_and_open(desk)
    expect(offered(desk, headline)).to_be_visible()
    put_back(desk, headline)
    assert desk.page.input_value("#id_standfirst") == "Typed last."
    assert_there(desk, headline)


def test_a_text_too_long_to_be_sent_from_a_closed_tab(desk):
    desk.open(ADD)
    headline = f"Long {uuid.uuid4().hex[:8]}"
    desk.page.fill("#id_standfirst", "long " * 40_000)
    desk.page.fill("#id_headline", headline)
    close_and_open(desk)
    expect(offered(desk, headline)).to_be_visible()
    put_back(desk, headline)
    assert desk.page.input_value("#id_standfirst") == "long " * 40_000


def test_a_lost_connection(desk):
    desk.open(ADD)
    desk.context.set_offline(True)
    desk.page.locator("#id_headline").press_sequentially("Without a connection")
    says(desk, "No connection: your text is kept in this browser")
    desk.page.locator("input[name=_save]").click()
    says(desk, "No connection: your text is kept in this browser")
    assert desk.page.input_value("#id_headline") == "Without a connection"
    desk.page.close()
    desk.context.set_offline(False)
    desk.page = desk.context.new_page()
    desk.open(ADD)
    expect(offered(desk, "Without a connection")).to_be_visible()
    put_back(desk, "Without a connection")
    assert desk.page.input_value("#id_headline") == "Without a connection"
    assert desk.page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('ilonews')).length") == 0
    with desk.page.expect_navigation():
        desk.page.locator(".unsaved").get_by_role("button", name="Discard").click()
    assert "was discarded" in desk.said()
    assert not offered(desk, "Without a connection").count()


def test_a_connection_that_comes_back(desk):
    desk.open(ADD)
    desk.context.set_offline(True)
    desk.page.locator("#id_headline").press_sequentially("Away and back")
    says(desk, "No connection")
    desk.context.set_offline(False)
    says(desk, "Your text was kept at")


def test_an_expired_login(desk):
    desk.open(ADD)
    headline = type_text(desk)
    desk.context.clear_cookies(name="sessionid")
    desk.page.locator("input[name=_continue]").click()
    says(desk, "You are signed out")
    assert axe(desk.page) == []
    assert_there(desk, headline)
    with desk.context.expect_page() as opened:
        desk.page.get_by_role("link", name="Sign in in another window").click()
    login = opened.value
    login.fill("[name=username]", "editor")
    login.fill("[name=password]", PASSWORD)
    login.get_by_role("button", name="Log in").click()
    login.wait_for_url("**/admin/")
    login.close()
    desk.page.bring_to_front()
    desk.page.evaluate("dispatchEvent(new Event('focus'))")
    says(desk, "Your text was kept at")
    desk.press("Save and continue editing")  # with the token of the new login
    expect(desk.page.locator(".errornote")).to_contain_text("Please correct the errors below")
    assert_there(desk, headline)
    close_and_open(desk)
    put_back(desk, headline)
    assert_there(desk, headline)


def test_an_expired_login_and_a_closed_tab(desk):
    desk.open(ADD)
    headline = type_text(desk)
    desk.context.clear_cookies()
    desk.page.locator("input[name=_save]").click()
    says(desk, "You are signed out")
    close_and_open(desk)
    desk.page.fill("[name=username]", "editor")
    desk.page.fill("[name=password]", PASSWORD)
    desk.press("Log in")
    expect(offered(desk, headline)).to_be_visible()
    put_back(desk, headline)
    assert_there(desk, headline)


def test_the_text_of_one_is_not_offered_to_another(desk, browser, live_site):
    desk.open(ADD)
    desk.context.set_offline(True)
    desk.page.locator("#id_headline").press_sequentially("Of an editor")
    says(desk, "No connection")
    desk.page.close()
    desk.context.set_offline(False)
    desk.context.clear_cookies()
    desk.page = desk.context.new_page()
    desk.open(ADD)
    desk.page.fill("[name=username]", "reporter")
    desk.page.fill("[name=password]", PASSWORD)
    desk.press("Log in")
    desk.page.wait_for_load_state("networkidle")
    assert not offered(desk, "Of an editor").count()
