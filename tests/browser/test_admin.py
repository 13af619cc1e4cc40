"""The back office in a real browser: an article's way from the first word to the public, and accessibility on the way."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.checks import axe

pytestmark = pytest.mark.once

PASSWORD = "decent-work"
LOGINS = {}  # cookies by site and name
LISTS = ["articles/article/", "articles/roadmap/", "articles/transition/", "conventions/convention/", "conventions/ratification/"]
LISTS += ["conventions/supervisorycomment/", "find/?q=mines", "find/?q=x"]
EMPTY_FORMS = ["articles/article/add/", "articles/roadmap/add/", "articles/commitment/add/", "articles/progressupdate/add/"]
EMPTY_FORMS += ["conventions/supervisorycomment/add/"]
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone in the dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


class Desk:
    """Somebody at work: a page of their own, and all that the browser complained about."""

    def __init__(self, browser, site, name, **view):
        self.context = browser.new_context(**view)
        self.page, self.site, self.complaints = self.context.new_page(), site, []
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.sit_down(name)

    def sit_down(self, name):
        """With the login of an earlier test where there was one: it says nothing new and takes long."""
        if (self.site.url, name) not in LOGINS:
            self.open("login/?next=/admin/password_change/")  # a short page
            self.page.fill("[name=username]", name)
            self.page.fill("[name=password]", PASSWORD)
            self.press("Log in")
            assert not self.page.locator("[name=password]").count(), "The login was refused."
            LOGINS[self.site.url, name] = self.context.cookies()
        self.context.add_cookies(LOGINS[self.site.url, name])

    def open(self, path):
        return self.page.goto(f"{self.site.url}/admin/{path}")

    def press(self, name):
        with self.page.expect_navigation():
            self.page.locator(f"input[value='{name}'], a.move:has-text('{name}')").first.click()

    def choose(self, field, words):
        """Type into an autocomplete and take the first answer."""
        box = self.page.locator(f"#id_{field} + .select2 [role=combobox]")
        box.click()
        self.page.locator(".select2-container--open input").last.press_sequentially(words)
        self.page.locator(".select2-results__option--highlighted").filter(has_text=re.compile(words, re.I)).click()

    def add_row(self, prefix):
        self.page.locator(f"#{prefix}-group .add-row a").click()

    def said(self):
        return self.page.locator(".messagelist").inner_text()

    def read_aloud(self):
        """The page is accessible, fits the screen, and the browser refused nothing."""
        self.page.wait_for_load_state()
        assert self.complaints == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert axe(self.page) == []
        self.complaints.clear()  # axe tries a style of its own, which the policy refuses


@pytest.fixture
def desk(browser, live_site):
    """Make desks, and clear them away."""
    desks = []

    def sit_down(name, **view):
        desks.append(Desk(browser, live_site, name, **view))
        return desks[-1]

    yield sit_down
    for each in desks:
        each.context.close()


def write(reporter, headline):
    """Fill in the form as a person does: by keyboard and mouse, rich text, autocompletes and rows."""
    page = reporter.page
    reporter.open("articles/article/add/")
    page.locator("#id_headline").press_sequentially(headline)
    assert page.input_value("#id_slug") == headline.lower().replace(" ", "-")
    page.fill("#id_standfirst", "In short.")
    page.fill("#id_dated", "2024-06-12")
    page.fill("#id_source_name", "ILO, press release")
    body = page.get_by_role("textbox", name="Body")
    body.click()
    body.press_sequentially("Miners are ")
    page.keyboard.press("Control+b")
    body.press_sequentially("safer")
    reporter.choose("countries", "Kazakh")
    reporter.add_row("citations")
    reporter.choose("citations-0-convention", "C176")
    page.fill("#id_citations-0-words", "Convention No. 176")
    reporter.add_row("appearances")
    reporter.choose("appearances-0-person", "Andrees")
    page.fill("#id_appearances-0-role_as_stated", "Director")
    reporter.read_aloud()
    reporter.press("Save and continue editing")


def jot(reporter, headline):
    """Save a draft with what the form demands, quickly: that it can be written as a person does, `write` has shown."""
    reporter.open("articles/article/add/")
    fields = {"headline": headline, "slug": headline.lower().replace(" ", "-"), "standfirst": "In short.", "dated": "2024-06-12"}
    for name, value in {**fields, "source_name": "ILO, press release"}.items():
        reporter.page.fill(f"#id_{name}", value)
    reporter.page.get_by_role("textbox", name="Body").fill("Miners are safer.")
    reporter.press("Save and continue editing")


def test_an_article_goes_from_the_first_word_to_the_public(desk, live_site):
    headline = f"Safer mines {uuid.uuid4().hex[:8]}"
    address = f"/articles/2024/{headline.lower().replace(' ', '-')}/"
    reporter = desk("reporter")
    write(reporter, headline)
    assert "was added successfully" in reporter.said()
    reporter.read_aloud()
    assert "<strong>safer</strong>" in reporter.page.input_value("#id_body")
    assert live_site.get(address)[0] == 404
    reporter.press("Submit for review")
    reporter.read_aloud()
    reporter.press("Submit for review")
    assert "It is in review" in reporter.said()
    assert reporter.page.locator("a.move").count() == 0

    editor = desk("editor")
    editor.open("articles/article/?state=in_review")
    editor.page.get_by_role("link", name=headline).click()
    editor.press("Publish")
    editor.read_aloud()
    editor.press("Publish")
    assert "It is published" in editor.said()
    status, text = live_site.get(address)
    assert status == 200
    assert "Miners are <strong>safer</strong>" in text

    reporter.page.reload()
    assert reporter.page.locator("[name=_save]").count() == 1  # what they change now waits for a second person
    reporter.read_aloud()
    editor.page.get_by_role("link", name="View on site").click()
    assert editor.page.locator("h1").inner_text() == headline
    assert editor.complaints == reporter.complaints == []


@pytest.mark.parametrize("view", VIEWS)
def test_lists_and_forms_are_accessible(desk, view):
    chief = desk("chief", **VIEWS[view])
    for path in ["", *LISTS, *EMPTY_FORMS]:
        assert chief.open(path).ok, path
        chief.read_aloud()
    for path in ["articles/article/", "articles/roadmap/", "articles/person/", "conventions/convention/", "auth/user/"]:
        chief.open(path)
        chief.page.locator("#result_list tbody th a").first.click()
        chief.read_aloud()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["reporter", "editor"])
def test_a_text_lies_on_the_desk_of_whoever_has_to_act(desk, name, view):
    headline = f"A text for the desk {uuid.uuid4().hex[:8]}"
    reporter = desk("reporter")
    jot(reporter, headline)
    if name == "editor":
        reporter.press("Submit for review")
        reporter.press("Submit for review")
    person = desk(name, **VIEWS[view])
    person.open("")
    person.page.locator("#review, #drafts").first.get_by_role("link", name=headline).wait_for()
    person.read_aloud()


@pytest.mark.parametrize("view", VIEWS)
def test_the_calendar_shows_what_becomes_public_by_time(desk, view):
    headline = f"A scheduled text {uuid.uuid4().hex[:8]}"
    reporter = desk("reporter")
    jot(reporter, headline)
    reporter.press("Submit for review")
    reporter.press("Submit for review")
    editor = desk("editor", **VIEWS[view])
    editor.open("find/?q=" + headline.replace(" ", "+"))
    editor.page.locator("#content").get_by_role("link", name=headline).first.click()
    editor.press("Publish")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    editor.page.fill("[name=at]", f"{tomorrow:%Y-%m-%d}T09:00")
    editor.press("Publish")
    editor.open("")
    entry = editor.page.locator("#scheduled td").filter(has=editor.page.get_by_role("link", name=headline))
    assert f"{tomorrow:%A}" in entry.inner_text() or editor.page.locator("#scheduled thead").is_visible()
    assert entry.locator("time", has_text="09:00").first.is_visible()
    editor.read_aloud()


def test_the_box_finds_an_instrument_from_any_page(desk):
    reporter = desk("reporter")
    reporter.open("articles/article/")
    reporter.page.get_by_role("searchbox", name="Find any record").fill("c87")
    reporter.page.keyboard.press("Enter")
    reporter.page.get_by_role("heading", name="Found with “c87”").wait_for()
    reporter.page.get_by_role("link", name="C87 Freedom of Association").click()
    reporter.page.get_by_role("heading", name="C87 Freedom of Association").wait_for()
    assert reporter.complaints == []


@pytest.mark.parametrize("view", VIEWS)
def test_the_login_is_accessible(browser, live_site, view):
    context = browser.new_context(**VIEWS[view])
    page = context.new_page()
    page.goto(f"{live_site.url}/admin/login/")
    assert axe(page) == []
    page.fill("[name=username]", "reporter")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button", name="Log in").click()
    assert "Please enter the correct username" in page.locator(".errornote").inner_text()
    assert axe(page) == []
    context.close()


def test_a_refused_form_is_accessible_and_keeps_its_input(desk):
    reporter = desk("reporter")
    reporter.open("articles/article/add/")
    reporter.page.fill("#id_headline", "Half a text")
    reporter.press("Save")
    assert "Please correct the errors below" in reporter.page.locator(".errornote").inner_text()
    assert reporter.page.input_value("#id_headline") == "Half a text"
    reporter.read_aloud()
