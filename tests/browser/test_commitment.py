"""The page of a commitment in a real browser: now, on another day, and printed; its steps and voices read well in each."""

import re

import pytest

from tests.browser.checks import axe, barriers, html_errors

pytestmark = pytest.mark.once

MINIMUM_WAGE = "/commitments/kazakhstan-2024-ratify-c131/"
PAGES = {
    "to-ratify": MINIMUM_WAGE,
    "past": f"{MINIMUM_WAGE}?as_of=2025-12-31",
    "not-made": f"{MINIMUM_WAGE}?as_of=2020-01-01",
    "not-recorded": f"{MINIMUM_WAGE}?known=2020-01-01",
    "wrong-day": f"{MINIMUM_WAGE}?as_of=soon&known=2999-01-01",
    "words-not-seen": "/commitments/kazakhstan-2007-employment-strategy/",
    "country-past": "/countries/kazakhstan/?as_of=2015-06-30",
}


@pytest.mark.parametrize("name", PAGES)
def test_no_barrier_in_any_view(name, page, live_site):
    page.goto(live_site.url + PAGES[name])
    assert barriers(page) == {}


def test_every_page_is_valid_html(live_site, tmp_path):
    files = []
    for name, path in PAGES.items():
        status, html = live_site.get(path)
        assert status == 200, path
        files.append(tmp_path / f"{name}.html")
        files[-1].write_text(html)
    assert html_errors(files) == []


def top(page, selector):
    """Where each element found begins: (left, top) in whole pixels."""
    return page.eval_on_selector_all(selector, "all => all.map(e => [e.getBoundingClientRect().x, e.getBoundingClientRect().y])")


def test_voices_stand_beside_each_other_and_on_a_phone_below(page, live_site):
    page.goto(live_site.url + MINIMUM_WAGE)
    page.set_viewport_size({"width": 1280, "height": 800})
    wide = top(page, ".voices > section")
    assert len({y for _x, y in wide[:3]}) == 1 and len({x for x, _y in wide[:3]}) == 3
    page.set_viewport_size({"width": 390, "height": 800})
    narrow = top(page, ".voices > section")
    assert len({x for x, _y in narrow}) == 1
    assert [y for _x, y in narrow] == sorted({y for _x, y in narrow})


def test_the_steps_are_told_in_words_also_in_print(page, live_site):
    page.goto(live_site.url + PAGES["past"])
    for media, width in (("screen", 390), ("print", 720)):
        page.emulate_media(media=media)
        page.set_viewport_size({"width": width, "height": 800})
        steps = page.locator(".ladder > li").all_inner_texts()
        assert len(steps) >= 7
        assert all(re.search(r"● reached|\? unknown|◔ to come", step) for step in steps), steps
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.locator("details.days").is_visible()  # nobody fills in a form on paper
    assert page.locator(".then").is_visible()
    assert axe(page) == []


def test_another_day_is_asked_for_with_the_keyboard_alone(page, live_site):
    page.goto(live_site.url + MINIMUM_WAGE)
    page.locator("details.days summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("2024-06-13")
    page.keyboard.press("Enter")
    page.locator(".then").get_by_text("As things stood on 13 June 2024").wait_for()
    page.get_by_role("link", name="Back to now").click()
    assert page.url == live_site.url + MINIMUM_WAGE
