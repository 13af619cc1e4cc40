"""The pages of the tracker in a real browser: the answer in one screen, and a timeline that reads on a phone and on paper."""

import pytest

from tests.browser.checks import barriers, html_errors

pytestmark = pytest.mark.once

ROADMAP = "/roadmaps/kazakhstan-roadmap-2024-2025/"
PAGES = {
    "roadmap-of-another-day": f"{ROADMAP}?as_of=2025-06-30&known=2026-11-22",
    "roadmap-wrong-day": f"{ROADMAP}?as_of=soon",
    "single-promises": "/roadmaps/promises-of-kazakhstan/",
    "of-all-states": "/roadmaps/duties-of-all-member-states/",
    "programme": "/roadmaps/kazakhstan-decent-work-country-programme-2007-2009/",
    "discrepancies": "/discrepancies/",
    "discrepancies-filtered": "/discrepancies/?state=open&country=kazakhstan&q=signed",
    "discrepancy": "/discrepancies/year-in-which-kazakhstan-ratified-c87/",
    "method": "/method/",
}

#: The texts of the drawing that are seen, with where they stand, and the drawing itself.
TEXTS = """
() => {
  const svg = document.querySelector("svg.timeline"), box = e => e.getBoundingClientRect().toJSON();
  const texts = [...svg.querySelectorAll("text")].filter(e => getComputedStyle(e).display !== "none");
  return {svg: box(svg), texts: texts.map(e => ({
    ...box(e), word: e.textContent.trim(), kind: e.getAttribute("class"),
    size: parseFloat(getComputedStyle(e).fontSize), fill: getComputedStyle(e).fill,
  }))};
}
"""


@pytest.fixture(scope="module")
def site(live_site):
    return live_site


@pytest.mark.parametrize("name", PAGES)
def test_no_barrier_in_any_view(name, page, site):
    page.goto(site.url + PAGES[name])
    assert barriers(page) == {}
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_page_is_valid_html(site, tmp_path):
    files = []
    for name, path in {**PAGES, "roadmap": ROADMAP}.items():
        status, html = site.get(path)
        assert status == 200, path
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(html)
    assert html_errors(files) == []


def test_the_answer_is_one_screen(page, site):
    """Who agreed, how much time is used, what stands where and what changed last: without scrolling on a desk."""
    page.goto(site.url + ROADMAP)
    for words in ("Who agreed, and until when", "24 of 24 months", "Not yet confirmed", "What changed last"):
        box = page.locator(".glance").get_by_text(words).bounding_box()
        assert box["y"] + box["height"] <= 800, words
    page.set_viewport_size({"width": 390, "height": 844})
    top = page.locator(".glance").bounding_box()
    assert top["y"] < 844 and top["height"] < 3 * 844


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_timeline_reads_at_any_width(width, page, site):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + ROADMAP)
    drawn = page.evaluate(TEXTS)
    svg, texts = drawn["svg"], drawn["texts"]
    assert svg["width"] <= width
    assert len([text for text in texts if text["kind"] == "mark"]) > 20
    for text in texts:
        assert text["size"] >= 12, text
        assert svg["left"] - 1 <= text["left"] and text["right"] <= svg["right"] + 1, text
        assert svg["top"] - 1 <= text["top"] and text["bottom"] <= svg["bottom"] + 6, text
    named = [text for text in texts if text["kind"] != "mark"]
    overlapping = [
        (one["word"], other["word"])
        for index, one in enumerate(named)
        for other in named[index + 1 :]
        if one["left"] < other["right"] - 1
        and other["left"] < one["right"] - 1
        and one["top"] < other["bottom"] - 4
        and other["top"] < one["bottom"] - 4
    ]
    assert overlapping == []


def test_the_table_tells_what_is_drawn(page, site):
    """Every mark of the drawing has its row, and the table is opened by a key."""
    page.goto(site.url + ROADMAP)
    summary = page.get_by_text("The same as a table")
    summary.focus()
    page.keyboard.press("Enter")
    rows = page.locator(".timeline ~ details tbody tr")
    assert rows.first.is_visible()
    assert rows.count() == page.locator("svg.timeline text.mark").count()


def test_it_prints(page, site):
    """On paper: no form, the bars and marks in ink on white, nothing cut off."""
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": 700, "height": 900})
    page.goto(site.url + ROADMAP)
    drawn = page.evaluate(TEXTS)
    assert {text["fill"] for text in drawn["texts"] if text["kind"] == "mark"} == {"rgb(27, 27, 26)"}
    assert drawn["svg"]["right"] <= 700
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).fill") == "rgb(27, 27, 26)"
    assert not page.locator(".filter").first.is_visible()
