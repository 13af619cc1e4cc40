"""The judges do judge: a page with known faults is found out, a good one passes."""

import pytest

from tests.browser.checks import axe, barriers, html_errors

pytestmark = pytest.mark.once

GOOD = '<!doctype html><html lang="en"><head><title>Good</title></head><body><main><h1>Good</h1></main></body></html>'
BAD = '<!doctype html><html><head><title>Bad</title></head><body><img src="x.png"><p><div>Bad</div></p></body></html>'


def test_axe_finds_what_is_wrong(page):
    page.set_content(BAD)
    assert {line.split(":")[0] for line in axe(page)} == {"html-has-lang", "image-alt"}
    page.set_content(GOOD)
    assert axe(page) == []


def test_a_barrier_is_found_in_the_view_that_has_it(page):
    faint = "p { color: #777; background: #888 }"
    views = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
    for width, scheme in views:
        sizes = "(width < 500px)" if width == 390 else "(width > 500px)"
        style = f"<style>@media {sizes} and (prefers-color-scheme: {scheme}) {{ {faint} }}</style>"
        page.set_content(GOOD.replace("</main>", f"<p>Faint</p></main>{style}"))
        assert list(barriers(page)) == [(width, scheme)]
    page.set_content(GOOD.replace("</main>", '<img src="x.png"></main>'))
    assert list(barriers(page)) == [(1280, "light"), (390, "light")]  # the same in the dark
    page.set_content(GOOD.replace("</main>", '<div style="width: 600px">Wide</div></main>'))
    assert list(barriers(page)) == [(390, "light"), (390, "dark")]


def test_the_html_checker_finds_what_is_wrong(tmp_path):
    (tmp_path / "good.html").write_text(GOOD)
    (tmp_path / "bad.html").write_text(BAD)
    (tmp_path / "bad.css").write_text("p { colour: red }")
    found = html_errors([tmp_path / "good.html", tmp_path / "bad.html", tmp_path / "bad.css"])
    assert {line.split(":")[0] for line in found} == {"bad.html", "bad.css"}


def test_axe_runs_under_the_policy_of_the_site(page, live_site):
    response = page.goto(live_site.url + "/admin/login/")
    assert response.ok
    assert all(isinstance(line, str) for line in axe(page))
