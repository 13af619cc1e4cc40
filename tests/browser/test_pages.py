"""Every kind of public page in a real browser: accessible, valid, no wider than a phone, usable by keys and without a script."""

import pytest

from tests.browser.checks import barriers, html_errors

pytestmark = pytest.mark.once

ARTICLE = "/articles/2024/kazakhstan-ilo-roadmap-decent-work/"
CHANGED = "/articles/2024/changed-for-the-browser-tests/"
PAGES = {
    "front": "/",
    "articles": "/articles/",
    "article": ARTICLE,
    "article-versions": CHANGED,
    "article-version": f"{CHANGED}v1/",
    "article-changes": f"{CHANGED}v2/changes/",
    "article-caption-only": "/articles/2009/ilo-90th-anniversary-conference-astana/",
    "roadmaps": "/roadmaps/",
    "roadmap": "/roadmaps/kazakhstan-roadmap-2024-2025/",
    "commitments": "/commitments/",
    "commitment": "/commitments/kazakhstan-2024-ratify-c131/",
    "conventions": "/conventions/",
    "conventions-page-2": "/conventions/?page=2",
    "convention": "/conventions/c087/",
    "convention-reported": "/conventions/c131/",
    "recommendation": "/conventions/r200/",
    "countries": "/countries/",
    "country": "/countries/kazakhstan/",
    "people": "/people/",
    "person": "/people/akmadi-sarbassov/",
    "organisations": "/organisations/",
    "organisation": "/organisations/government-of-kazakhstan/",
    "topics": "/topics/",
    "topic": "/topics/occupational-safety-and-health/",
    "about": "/about/",
    "about-privacy": "/about/privacy/",
    "contact": "/about/contact/",
    "corrections": "/corrections/",
    "register-report": "/method/register/",
    "filtered": "/commitments/?delivery=under-way&overdue=true",
    "nothing-found": "/articles/?q=unheard",
    "wrong-value": "/articles/?year=soon&country=atlantis",
    "not-found": "/nowhere/",
    "withdrawn": "/articles/2024/withdrawn-for-the-browser-tests/",
}
CHANGE = """
import datetime
from django.contrib.auth import get_user_model
from articles.models import Article, Correction
from conventions.snapshots import snapshot
slug = "changed-for-the-browser-tests"
users = {user.username: user for user in get_user_model().objects.all()}
if not Article.objects.filter(slug=slug).exists():
    article = Article.objects.create(
        headline="Changed for the browser tests", slug=slug, standfirst="It said something else.", source_name="A source",
        body="<h2>First</h2><p>One paragraph that stays.</p><p>Another that is changed.</p><ul><li>An item</li></ul>",
        dated=datetime.date(2024, 1, 1), drafted_by=users["reporter"],
    )
    article.submit(by=users["reporter"])
    article.publish(by=users["editor"])
    shot = snapshot(article)
    shot["fields"]["body"] = "<h2>First</h2><p>One paragraph that stays.</p><p>Another, which changed.</p><p>A new one.</p>"
    shot["fields"]["standfirst"] = "It says this."
    shot["sets"]["countries"] = [{"id": 1, "name": "A State"}]
    version = article.propose(shot, by=users["reporter"])
    article.submit_change(by=users["reporter"])
    told = Correction(kind="correction", text="The second paragraph was wrong.")
    article.apply(by=users["editor"], seen=version.number, correction=told)
"""
WITHDRAW = """
import datetime
from django.contrib.auth import get_user_model
from django.utils import timezone
from articles.models import Article
slug = "withdrawn-for-the-browser-tests"
users = {user.username: user for user in get_user_model().objects.all()}
if not Article.objects.filter(slug=slug).exists():
    article = Article.objects.create(
        headline="Withdrawn for the browser tests", slug=slug, standfirst="-", body="<p>-</p>", source_name="A source",
        dated=datetime.date(2024, 1, 1), drafted_by=users["reporter"],
    )
    article.submit(by=users["reporter"])
    article.publish(by=users["editor"])
    article.withdraw(by=users["chief"], note="The source withdrew its statement.")
"""


@pytest.fixture(scope="module")
def site(live_site):
    """The running site, with a tombstone and an article of two versions beside its real content."""
    for story in (WITHDRAW, CHANGE):
        done = live_site.manage("shell", "-c", story)
        assert done.returncode == 0, done.stderr
    return live_site


@pytest.mark.parametrize("name", PAGES)
def test_no_barrier_in_any_view(name, page, site):
    page.goto(site.url + PAGES[name])
    assert barriers(page) == {}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(name, page, site):
    page.goto(site.url + PAGES[name])
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_page_is_valid_html(site, tmp_path):
    files = []
    for name, path in PAGES.items():
        status, html = site.get(path)
        assert status == {"not-found": 404, "withdrawn": 410}.get(name, 200), path
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(html)
    assert html_errors(files) == []


def test_the_first_key_skips_to_the_content(page, site):
    page.emulate_media(reduced_motion="reduce")  # else the link is still on its way in
    for path in ("/", ARTICLE, "/conventions/"):
        page.goto(site.url + path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip-link"
        box = page.locator(".skip-link").bounding_box()
        assert box["x"] >= 0 and box["y"] >= 0 and box["height"] > 20, "It is not to be seen."
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_what_has_the_focus_is_seen(page, site):
    """Each stop of the Tab key is marked and in sight, and there is a way through the page."""
    page.goto(site.url + "/articles/")
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(e => [e.tagName, getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth])(document.activeElement)"
            )
        )
    for tag, style, width in stops:
        assert tag != "BODY"
        assert style != "none" and width != "0px", stops


def test_it_reads_and_filters_without_a_script(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + "/articles/")
    page.get_by_label("Words").fill("astana")
    page.get_by_role("button", name="Show").click()
    assert "q=astana" in page.url
    conference, signing = (page.get_by_role("link", name=name) for name in ("90 years of the ILO", "agree on a roadmap"))
    conference.wait_for()
    assert (conference.count(), signing.count()) == (1, 0)
    page.get_by_role("link", name="Clear").click()
    signing.wait_for()
    assert (conference.count(), signing.count()) == (1, 1)  # other tests may have published more
    signing.click()
    assert page.url.endswith(ARTICLE)
    page.get_by_text("names No. 131 twice").first.wait_for()
    context.close()


def test_no_page_asks_for_a_script_or_anything_of_others(page, site):
    asked, said = [], []
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    page.on("console", lambda message: said.append(message.text))
    for path in ("/", ARTICLE, "/conventions/c087/", "/about/"):
        page.goto(site.url + path)
    assert {kind for kind, _url in asked} <= {"document", "stylesheet", "image", "other"}
    assert all(url.startswith(site.url) for _kind, url in asked)
    assert said == []
    assert page.context.cookies() == []
