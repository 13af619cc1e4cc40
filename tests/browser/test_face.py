"""How pages hold under what readers do to them: without a script, by keys alone, twice as large, mirrored, with long words."""

import re
from itertools import pairwise

import pytest

from tests.browser.shots import FOLDER, KINDS, SCHEMES, SIZES, album, name
from tests.live import ROOT

pytestmark = pytest.mark.once

ARTICLE = KINDS["article"][1]
PATHS = {kind: path for kind, (_title, path) in KINDS.items()} | {
    "people": "/people/",
    "discrepancies": "/discrepancies/",
    "privacy": "/about/privacy/",
    "method": "/method/",
    "changes": "/corrections/",
    "report": ARTICLE + "reply/",
}
#: Words as long as German makes them, and a Kazakh name as long as a line.
LONG = "Arbeitsunfähigkeitsbescheinigungsverordnungsänderungsgesetz Нұрсұлтанбекжанғалиевқызыайгүлімханым"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Where names and titles stand.
NAMES = "h1, h2 > a, h3 > a, li > a, li > p > a, tbody th > a:not(.bars a), td > a, caption, .kicker, .standfirst"
#: Elements whose text is cut off: something hides what does not fit. What is hidden from the eye on purpose is left out.
CUT = """[...document.querySelectorAll('main *')].filter(each => {
  const style = getComputedStyle(each), hides = /hidden|clip/;
  if (style.clipPath !== 'none' || !each.checkVisibility() || each.closest('.visually-hidden, svg')) return false;
  return hides.test(style.overflowX) && each.scrollWidth > each.clientWidth + 1
    || hides.test(style.overflowY) && each.scrollHeight > each.clientHeight + 1 && !/SELECT|INPUT/.test(each.tagName);
}).map(each => each.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def site(live_site):
    return live_site


@pytest.fixture
def bare(browser):
    """A page without scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("kind", PATHS)
def test_it_holds_at_320_pixels_twice_as_large_with_long_words_and_mirrored(kind, page, site):
    page.goto(site.url + PATHS[kind])
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDER) <= 0
    page.set_viewport_size({"width": 640, "height": 400})  # a desk of 1280 pixels at 200 %
    assert page.evaluate(WIDER) <= 0
    assert page.evaluate(CUT) == []
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")  # the reader's own letters, twice as large
    for width in (1280, 640, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(WIDER) <= 0, width
        assert page.evaluate(CUT) == []
    page.evaluate("document.documentElement.style.fontSize = ''")
    rename = (
        "([names, words]) => document.querySelector('main').querySelectorAll(names).forEach(each => { each.textContent = words })"
    )
    page.evaluate(rename, [NAMES, LONG])
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(WIDER) <= 0, width
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("kind", PATHS)
def test_set_from_right_to_left_it_is_its_own_mirror(kind, page, site):
    page.goto(site.url + PATHS[kind])
    edges = """(['.masthead-name', '.masthead-nav li', 'h1'].map(each => document.querySelector(each))
      .filter(each => each.checkVisibility() && !each.matches('.visually-hidden'))
      .map(each => { const box = each.getBoundingClientRect(); return [box.left, innerWidth - box.right] }))"""
    there = page.evaluate(edges)
    page.evaluate("document.documentElement.dir = 'rtl'")
    mirrored = page.evaluate(edges)
    assert len(there) >= 2
    for (start, _), (_, end) in zip(there, mirrored, strict=True):
        assert abs(start - end) <= 1
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(WIDER) <= 0, width


@pytest.mark.parametrize("width", [1280, 390])
def test_set_from_right_to_left_a_timeline_keeps_its_words(width, page, site):
    """Time runs one way: whatever the direction of the page, each name of a lane stands within the drawing."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + PATHS["roadmap"])
    page.evaluate("document.documentElement.dir = 'rtl'")
    names = page.evaluate("""[...document.querySelectorAll('.timeline text')].filter(each => each.checkVisibility()).map(each => {
      const box = each.getBoundingClientRect(), all = each.closest('svg').getBoundingClientRect();
      return [each.textContent.trim(), box.left - all.left, all.right - box.right] })""")
    assert "The roadmap" in [name for name, *_ in names]
    assert [each for each in names if min(each[1:]) < -1] == []


@pytest.mark.parametrize("kind", ["articles", "commitments", "people", "discrepancies"])
def test_no_button_breaks_within_a_word(kind, page, site):
    """At any width between a phone and a desk, with what clears the filter beside it."""
    page.goto(f"{site.url}{PATHS[kind]}?q=a")
    for width in (320, 390, 600, 768, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for pressed in page.locator(".filter-actions > *").all():
            if pressed.is_visible():
                lines = pressed.evaluate("each => { const all = document.createRange(); all.selectNodeContents(each);"
                                         " return new Set([...all.getClientRects()].map(box => box.top)).size }")  # fmt: skip
                assert lines == 1, (width, pressed.inner_text())


def test_the_stylesheet_knows_no_left_and_right():
    """Only logical properties, in layers, one file, under 30 KB."""
    css = (ROOT / "ilonews/static/ilonews/site.css").read_text()
    assert len(css.encode()) < 30_000
    assert css.count("@layer base, layout, components, print;") == 1
    rules = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    assert not re.findall(r"^\s*(?:[a-z-]*(?:left|right)|(?:min-|max-)?(?:width|height))\s*:", rules, re.MULTILINE)
    for layer in ("base", "layout", "components", "print"):
        assert rules.count(f"@layer {layer} {{") == 1


def is_open(note):
    return note.evaluate("each => each.matches(':popover-open')")


def test_by_keys_alone_an_instrument_is_explained(page, site):
    page.goto(site.url + ARTICLE)
    link, note = page.locator(".named > a").first, page.locator(".named-note").first
    assert not note.is_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.parentElement.className") == "named":
            break
    assert link.evaluate("each => each === document.activeElement")
    assert note.is_visible()
    assert "Minimum Wage Fixing Convention" in note.inner_text()
    assert "Kazakhstan: † reported, not verified" in note.inner_text()
    page.keyboard.press("Tab")
    assert not note.is_visible()
    page.keyboard.press("Enter")
    assert is_open(note)
    page.keyboard.press("Escape")
    assert not is_open(note) and not note.is_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conventions/c131/")


def test_by_keys_alone_the_promises_are_filtered_and_read(page, site):
    page.goto(site.url + "/commitments/")
    page.get_by_label("Words").focus()
    page.keyboard.type("cotton")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=cotton**")
    assert page.locator(".promise-title").count() >= 3
    page.locator(".promise-title a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/commitments/turkmenistan-**")
    assert "Turkmenistan" in page.locator(".page-head").inner_text()


def test_on_hover_it_is_explained_and_can_be_reached(page, site):
    page.goto(site.url + ARTICLE)
    note = page.locator(".named-note").first
    page.locator(".named > a").first.hover()
    assert note.is_visible()
    words, box = page.locator(".named > a").first.bounding_box(), note.bounding_box()
    for step in range(11):  # from the words down into the note, as a hand goes
        page.mouse.move(words["x"] + 10, words["y"] + (box["y"] + 20 - words["y"]) * step / 10)
    assert note.is_visible()
    page.mouse.move(5, 5)
    assert not note.is_visible()


@pytest.mark.parametrize("height", [500, 800])
def test_a_tap_explains_it_and_another_puts_it_away(height, browser, site):
    """Also where the word stands at the foot of the screen, and without a script."""
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, java_script_enabled=False)
    page = phone.new_page()
    page.goto(site.url + ARTICLE)
    more, note = page.locator(".named-more").first, page.locator(".named-note").first
    page.mouse.wheel(0, more.bounding_box()["y"] - height)
    page.wait_for_timeout(200)
    x, y = (more.bounding_box()[side] + 8 for side in ("x", "y"))
    assert abs(y - height) < 30
    page.touchscreen.tap(x, y)
    assert note.is_visible()
    box = note.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
    page.touchscreen.tap(195, 60)
    assert not note.is_visible()
    assert page.url.endswith(ARTICLE)
    phone.close()


def test_without_a_script_everything_is_reached_from_the_front(bare, site):
    bare.goto(site.url + "/")
    for words in (
        "What changed in commitments",
        "Falls due next",
        "Past their date",
        "Where promises stand",
        "In figures",
        "Ways in",
    ):
        assert bare.get_by_role("heading", name=words).is_visible()
    bare.get_by_role("link", name="All overdue commitments").click()
    assert "overdue=true" in bare.url
    bare.locator(".state-overdue").first.wait_for()
    bare.goto(site.url + ARTICLE)
    bare.locator(".beside a[rel=next]").click()
    assert "/articles/2026/" in bare.url
    bare.locator(".beside a[rel=prev]").click()
    assert bare.url.endswith(ARTICLE)
    bare.get_by_role("link", name="Privacy").click()
    bare.get_by_role("heading", name="To have something corrected or removed").wait_for()


def test_on_paper_the_page_is_what_one_reads(page, site):
    page.goto(site.url + ARTICLE)
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".masthead-nav", ".named-more", ".skip-link", ".beside"):
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator(".prose").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 27, 26)", "Ink, also where the screen is dark."
    address = "getComputedStyle(document.querySelector('.story-body a[href^=http]'), '::after').content"
    assert "http" in page.evaluate(address)


def test_who_asks_for_more_contrast_gets_it(page, site):
    page.emulate_media(contrast="more")
    page.goto(site.url + "/")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_nothing_moves_for_who_asks_for_less_motion(page, site):
    page.emulate_media(reduced_motion="reduce")
    page.goto(site.url + "/")
    moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').length"
    assert page.evaluate(moving) == 0
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_number_never_parts_from_its_word(page, site):
    for path in PATHS.values():
        page.goto(site.url + path)
        page.evaluate("document.querySelectorAll('cite').forEach(each => each.remove())")  # is copied as it was written
        assert not page.evaluate(r"/\bNos?\. \d/.test(document.querySelector('main').innerText)"), path


def test_a_date_stays_on_one_line_as_long_as_there_is_room(page, site):
    page.set_viewport_size({"width": 390, "height": 800})
    two_lines = "e => e.offsetHeight > 1.9 * parseFloat(getComputedStyle(e).lineHeight)"
    broken = f"[...document.querySelectorAll('main time')].filter({two_lines})"
    for path in PATHS.values():
        page.goto(site.url + path)
        assert page.evaluate(f"{broken}.map(each => each.textContent)") == [], path


def test_headings_are_in_order(page, site):
    for path in PATHS.values():
        page.goto(site.url + path)
        levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(each => +each.tagName[1])")
        assert levels[0] == 1 and levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)


def test_the_pictures_of_the_pages_are_there():
    """What `make shots` made, all of it, and the page that shows it."""
    files = {name(kind, width, scheme) for kind in KINDS for width in SIZES for scheme in SCHEMES}
    assert {file.name for file in FOLDER.glob("*.webp")} == files
    assert (FOLDER / "README.md").read_text() == album()
