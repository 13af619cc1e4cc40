"""What other programs write, by a door without the editor: clean, in our elements, and with every word."""

import re

import pytest
from django.utils.html import strip_tags

from conventions.pasted import in_our_elements, is_foreign
from conventions.records import clean_html
from tests.pasted import SAMPLES, word, word_item

pytestmark = pytest.mark.once


def words(html):
    return re.findall(
        r"\w+", strip_tags(re.sub(r"<(?=/?(?:h\d|p|li|br|ul|ol|td|blockquote))", " <", html)).replace("&nbsp;", " ")
    )


def plain(html):
    """Without the blanks between elements, and at the edges of those that stand on lines of their own."""
    return re.sub(r"\s+", " ", re.sub(r"\s*(</?(?:h2|h3|p|li|ul|ol|blockquote)>)\s*", r"\1", html)).strip()


@pytest.mark.parametrize("name", SAMPLES)
def test_no_word_is_lost_and_none_runs_into_another(name):
    html, expected = SAMPLES[name]
    assert words(clean_html(html)) == words(expected)


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_clean(name):
    cleaned = clean_html(SAMPLES[name][0])
    assert not re.findall(r"mso|class=|style=|<(?!/?(?:h2|h3|p|br|strong|em|ul|ol|li|a|blockquote)\b)", cleaned)
    assert not re.search(r"<(p|h2|h3|li)>\s*</\1>", cleaned)
    assert clean_html(cleaned) == cleaned


@pytest.mark.parametrize("name", SAMPLES)
def test_what_the_editor_made_of_it_is_left_alone(name):
    expected = SAMPLES[name][1]
    assert not is_foreign(expected)
    assert clean_html(expected).replace(' rel="noopener noreferrer"', "") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>One</h1><h4>Four</h4>Text", "<h2>One</h2><h3>Four</h3>Text"),
        ("<div>One</div><div>Two</div>", "<p>One</p><p>Two</p>"),
        ("<b>Bold</b> <i>slant</i>", "<strong>Bold</strong> <em>slant</em>"),
        ("<b style='font-weight: normal'><p>Not bold</p></b>", "<p>Not bold</p>"),
        ("<b style='mso-bidi-font-weight:normal'>Bold</b>", "<strong>Bold</strong>"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "<p>A | B</p><p>1 | 2</p>"),
        ("<table><tr><td><p>A</p><p>a</p></td><td>B</td></tr><tr><td> </td><td></td></tr></table>", "<p>A a | B</p>"),
        ("<table><tr><td><h2>A</h2></td><td>B</td></tr></table>", "<h2>A</h2><p>B</p>"),
        ("<td>A</td><td>B</td>", "A B"),
        ("<div>10&nbsp;km &nbsp; &nbsp;on &lt;foot&gt; &amp; more</div>", "<p>10&nbsp;km on &lt;foot&gt; &amp; more</p>"),
        ("<div><script>alert(1)</script><p>Text</p></div>", "<p>Text</p>"),
        ("<div><xml>never closed <p>but kept</p>", "never closed<p>but kept</p>"),
        (word(word_item("One") + word_item("In", "o", 2) + "<p>End</p>"), "<ul><li>One<ul><li>In</li></ul></li></ul><p>End</p>"),
        (word(word_item("One", "1.") + word_item("Two", "2.")), "<ol><li>One</li><li>Two</li></ol>"),
        (word(word_item("One", "(a)")), "<ol><li>One</li></ol>"),
    ],
)
def test_in_our_elements(html, expected):
    assert plain(clean_html(html)) == expected


def test_what_is_ours_is_not_read_at_all():
    assert not is_foreign("<h2>Head</h2><p>Text <em>a</em><br></p><ul><li>b</li></ul><blockquote><p>c</p></blockquote>")
    assert not is_foreign("5 < 6, <p>i.e. b</p>")


@pytest.mark.parametrize(
    "html", ["<table", "<td><td></tr></table></p>", "<div " * 200, "<b></b></b></span></div>" * 50, "<tr>" * 300]
)
def test_anything_is_read(html):
    assert isinstance(in_our_elements(html), str)
    clean_html(html)
