"""What differs between two snapshots of a record, and how it is told."""

import time
from itertools import pairwise

import pytest
from django.conf import settings as site
from django.template.loader import render_to_string
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from articles.models import Article, Commitment, Roadmap
from conventions.diff import compare
from conventions.wording import ADDED, ASIDE, GAP, PAIRS, REMOVED, SAME, WORD, all_rows, compare_texts
from conventions.wording import _plain_blocks as plain_blocks

pytestmark = pytest.mark.rules

set_hypothesis_home_dir(site.VAR_DIR)

FILLER = [
    f"<p>Paragraph number {word} stays as it is.</p>" for word in ["one", "two", "three", "four", "five", "six", "seven", "8th"]
]


def fields(**values):
    return {"fields": values}


def told(side):
    """A side as a test reads it: -removed-, +added+, the rest plain."""
    sign = {SAME: "", REMOVED: "-", ADDED: "+", GAP: ""}
    return "".join(f"{sign[run.op]}{run.text}{sign[run.op]}" for run in side.runs) if side else None


def sides(old, new, rich=False):
    """The rows that differ."""
    return [(told(row.left), told(row.right)) for row in compare_texts(old, new, rich) if not row.same]


def html(model, old, new, **context):
    return render_to_string("_partials/diff.html", {"changes": compare(model, old, new), **context})


class WordTests(SimpleTestCase):
    def test_it_works(self):
        rows = sides("The mine of Karaganda is safe.", "The mine of Astana is safe.")
        self.assertEqual(rows, [("The mine of -Karaganda- is safe.", "The mine of +Astana+ is safe.")])

    def test_what_is_equal_gives_nothing(self):
        for text in ("", "A text.", "Two\n\nparagraphs"):
            self.assertEqual(sides(text, text), [])

    def test_a_phrase_is_one_change_and_not_three(self):
        rows = sides("It was agreed by the minister yesterday.", "It was signed of the minister yesterday.")
        self.assertEqual(rows, [("It was -agreed by- the minister yesterday.", "It was +signed of+ the minister yesterday.")])

    def test_what_has_nothing_in_common_is_not_held_against_each_other(self):
        old, new = "Seven miners spoke about wages.", "The conference closes on Friday, late."
        self.assertEqual(sides(old, new), [(f"-{old}-", f"+{new}+")])

    def test_figures_and_compounds_are_one_word(self):
        self.assertEqual(
            WORD.findall("3.5 %, decision-making, don't."), ["3.5", " ", "%", ",", " ", "decision-making", ",", " ", "don't", "."]
        )

    def test_blanks_are_told_apart(self):
        self.assertEqual(sides("2 000 men", "2\u00a0000 men"), [("2- -000 men", "2+\u00a0+000 men")])
        self.assertEqual(sides("a b", "a  b"), [("a b", "a + +b")])

    def test_ends_of_lines_of_another_system_are_no_change(self):
        self.assertEqual(sides("one\r\ntwo", "one\ntwo"), [])

    def test_cyrillic_and_kazakh(self):
        self.assertEqual(
            sides("Еңбек министрлігі қолдады", "Еңбек палатасы қолдады"),
            [("Еңбек -министрлігі- қолдады", "Еңбек +палатасы+ қолдады")],
        )

    def test_letters_keep_their_marks(self):
        self.assertEqual(WORD.findall("и\u0306од а\u0301 हिन्दी می‌روم"), ["и\u0306од", " ", "а\u0301", " ", "हिन्दी", " ", "می‌روم"])

    def test_two_ways_to_write_the_same_letter_are_no_change(self):
        self.assertEqual(sides("йод", "и\u0306од"), [])

    def test_chinese_is_compared_by_character(self):
        self.assertEqual(
            sides("本公约于一九四八年通过。", "本公约于一九四九年通过。"),
            [("本公约于一九四-八-年通过。", "本公约于一九四+九+年通过。")],
        )

    def test_right_to_left(self):
        self.assertEqual(sides("عقد مؤتمر العمل", "عقد مؤتمر السلام"), [("عقد مؤتمر -العمل-", "عقد مؤتمر +السلام+")])
        self.assertIn('dir="auto"', html(Article, fields(byline="عقد مؤتمر العمل"), fields(byline="عقد مؤتمر")))


class ParagraphTests(SimpleTestCase):
    def test_added_and_removed(self):
        self.assertEqual(sides("one\n\ntwo", "one\n\ntwo\n\nthree"), [(None, "+\n\nthree+")])
        self.assertEqual(sides("one\ntwo\nthree", "one\nthree"), [("-\ntwo-", None)])

    def test_a_changed_paragraph_stands_beside_its_old_version(self):
        old = "<p>The mine was closed in spring.</p><p>Nobody was hurt in it.</p>"
        new = "<p>A wholly other beginning, here.</p><p>The mine was closed in autumn.</p><p>Nobody was hurt in it at all.</p>"
        self.assertEqual(
            sides(old, new, rich=True),
            [
                (None, "+A wholly other beginning, here.+"),
                ("The mine was closed in -spring-.", "The mine was closed in +autumn+."),
                ("Nobody was hurt in it.", "Nobody was hurt in it+ at all+."),
            ],
        )

    def test_what_is_far_from_a_change_is_counted(self):
        old, new = "".join(FILLER), "".join(FILLER).replace("number four", "number 4")
        rows = compare_texts(old, new, rich=True)
        self.assertEqual([row.skipped for row in rows], [2, 0, 0, 0, 3])
        self.assertEqual([row.same for row in rows[1:4]], [True, False, True])
        written = html(Article, fields(body=old), fields(body=new))
        self.assertIn("2 unchanged paragraphs", written)
        self.assertIn("3 unchanged paragraphs", written)
        self.assertNotIn("number one", written)

    def test_a_single_paragraph_is_shown_and_not_counted(self):
        rows = compare_texts("".join(FILLER[:4]), "".join(FILLER[:3]) + "<p>Another.</p>", rich=True)
        self.assertEqual([row.skipped for row in rows], [2, 0, 0])
        rows = compare_texts("".join(FILLER[:3]), "".join(FILLER[:2]) + "<p>Another.</p>", rich=True)
        self.assertEqual([row.skipped for row in rows], [0, 0, 0])

    def test_words_far_from_a_change_are_left_out(self):
        long = "The same words again and again. " * 100
        (row,) = compare_texts(f"{long}old{long}", f"{long}new{long}")
        self.assertIn(GAP, [run.op for run in row.left.runs])
        self.assertLess(sum(len(run.text) for run in row.left.runs), 1200)
        self.assertIn("old", told(row.left))

    def test_a_long_block_is_compared_by_sentences_first(self):
        sentences = [
            f"Sentence {n} tells of the {n * 7919 % 1009} men and the {n * 104729 % 997} women of the mine." for n in range(300)
        ]
        new = [*sentences[:100], "Sentence 100 is another.", *sentences[101:200], "Sentence 200 too.", *sentences[201:]]
        (row,) = all_rows(*(plain_blocks(" ".join(text)) for text in (sentences, new)))
        removed = [run.text for run in row.left.runs if run.op == REMOVED]
        self.assertLess(len("".join(removed)), 200)
        self.assertTrue(any(run.op == SAME and "Sentence 150" in run.text for run in row.left.runs))

    def test_a_long_text_written_anew_stays_quick(self):
        old = " ".join(f"{n * 7919 % 1009} the" for n in range(5000))
        new = " ".join(f"{n * 104729 % 997} the" for n in range(5000))
        self.assertGreater(5000**2, PAIRS)
        started = time.perf_counter()
        self.assertTrue(compare_texts(old, new))
        self.assertLess(time.perf_counter() - started, 1)


class RichTextTests(SimpleTestCase):
    def kinds(self, old, new):
        return [(row.left.kind, row.right.kind) for row in compare_texts(old, new, rich=True) if not row.same]

    def test_a_paragraph_made_a_heading(self):
        old, new = "<p>What follows</p>", "<h2>What follows</h2>"
        self.assertEqual(self.kinds(old, new), [((), ("h2",))])
        self.assertEqual(sides(old, new, rich=True), [("What follows", "What follows")])
        written = html(Article, fields(body=old), fields(body=new))
        self.assertIn("removed: </span>paragraph</del>", written)
        self.assertIn("added: </span>heading</ins>", written)

    def test_a_list_that_becomes_numbered_or_nested(self):
        self.assertEqual(self.kinds("<ul><li>x</li></ul>", "<ol><li>x</li></ol>"), [(("ul",), ("ol",))])
        old, new = "<ul><li>x</li><li>y</li></ul>", "<ul><li>x<ul><li>y</li></ul></li></ul>"
        self.assertEqual(self.kinds(old, new), [(("ul",), ("ul", "ul"))])
        self.assertEqual(sides("<ol><li>x</li></ol>", '<ol start="3"><li>x</li></ol>', rich=True), [("x", "+[3.]+x")])

    def test_an_item_that_becomes_part_of_the_one_before(self):
        old, new = "<ul><li><p>x</p></li><li><p>y</p></li></ul>", "<ul><li><p>x</p><p>y</p></li></ul>"
        self.assertEqual(self.kinds(old, new), [(("ul",), ("ul", "more"))])

    def test_a_quotation(self):
        self.assertEqual(self.kinds("<p>x</p>", "<blockquote><p>x</p></blockquote>"), [((), ("blockquote",))])

    def test_the_address_of_a_link(self):
        old, new = (f'<p>See <a href="https://example.org/{end}" rel="noopener">the report</a>.</p>' for end in ("old", "new"))
        self.assertEqual(
            sides(old, new, rich=True),
            [("See the report-[https://example.org/old]-.", "See the report+[https://example.org/new]+.")],
        )
        written = html(Article, fields(body=old), fields(body=new))
        self.assertIn("[https://example.org/new]", written)
        self.assertNotIn("href", written)

    def test_an_address_that_stays_is_not_shown(self):
        old, new = (f'<p>{word} <a href="https://example.org/">report</a>.</p>' for word in ("The long", "A long"))
        self.assertNotIn("example.org", html(Article, fields(body=old), fields(body=new)))

    def test_bold_and_italic(self):
        rows = compare_texts("<p>It must be so.</p>", "<p>It <strong>must</strong> be <em>so</em>.</p>", rich=True)
        self.assertEqual(
            [(run.text, run.marks) for run in rows[0].right.runs if run.op == ADDED], [("must", ("strong",)), ("so", ("em",))]
        )
        written = html(Article, fields(body="<p>It must be.</p>"), fields(body="<p>It <strong>must</strong> be.</p>"))
        self.assertIn('<strong><span class="diff-said">bold: </span>must</strong>', written)

    def test_a_line_break_inside_a_paragraph(self):
        self.assertEqual(sides("<p>one two</p>", "<p>one<br>two</p>", rich=True), [("one- -two", "one+\n+two")])
        self.assertIn("[line break]", html(Article, fields(body="<p>one two</p>"), fields(body="<p>one<br>two</p>")))

    def test_what_a_browser_would_not_show_is_no_change(self):
        for old, new in (
            ("<p>a b</p><p>c</p>", "<p>\n a\n  b </p>\n\n<p>c</p>"),
            ('<p><a href="/x">a</a></p>', '<p><a rel="noopener" href="/x">a</a></p>'),
            ("<p>a &amp; b</p>", "<p>a &#38; b</p>"),
            ("<p><strong>a</strong><strong>b</strong></p>", "<p><strong>ab</strong></p>"),
            ("<ul><li>a</li></ul>", "<ul><li><p>a</p></li></ul>"),
        ):
            self.assertEqual(sides(old, new, rich=True), [], new)

    def test_broken_html_is_read_somehow(self):
        for broken in (
            "<p>a <strong>b",
            "</p></strong>a b",
            "<ul><li>a b",
            "a b</a></ul>",
            "<a>a b</a>",
            "<p>a < b",
            "<",
            "<br>",
        ):
            compare_texts("<p>a b</p>", broken, rich=True)


class ValueTests(SimpleTestCase):
    def value(self, model, old, new):
        (change,) = compare(model, fields(**old), fields(**new))
        return change.label, change.old, change.new

    def test_choices_by_their_words(self):
        self.assertEqual(self.value(Article, {"language": "en"}, {"language": "ru"}), ("Language", "English", "Russian"))

    def test_a_choice_that_is_no_more(self):
        self.assertEqual(self.value(Article, {"language": "tlh"}, {"language": "ru"})[1:], ("tlh", "Russian"))

    def test_dates(self):
        self.assertEqual(
            self.value(Article, {"dated": "2024-06-12"}, {"dated": "2024-06-13"}), ("Dated", "12 June 2024", "13 June 2024")
        )
        self.assertEqual(self.value(Article, {"dated": "soon"}, {"dated": None})[1:], ("soon", ""))

    def test_a_moment(self):
        old, new = {"published_at": None}, {"published_at": "2024-06-12T10:00:00Z"}
        self.assertEqual(self.value(Article, old, new), ("Published at", "", "12 June 2024, 10:00"))

    def test_partial_dates_are_one_value(self):
        old = {"due_on": "2024-12-31", "due_on_precision": "year"}
        self.assertEqual(self.value(Commitment, old, {**old, "due_on_precision": "day"}), ("Due on", "2024", "31 December 2024"))
        self.assertEqual(self.value(Commitment, old, {"due_on": "2025-02-28", "due_on_precision": "month"})[2], "February 2025")
        self.assertEqual(self.value(Commitment, old, {"due_on": None, "due_on_precision": "day"})[2], "")
        self.assertEqual(self.value(Commitment, {"due_on": "2024-12-31"}, old)[1:], ("31 December 2024", "2024"))
        self.assertEqual(
            compare(Commitment, fields(due_on=None, due_on_precision="day"), fields(due_on=None, due_on_precision="year")), []
        )

    def test_yes_and_no(self):
        self.assertEqual(self.value(Article, {"is_x": True}, {"is_x": False}), ("Is x", "yes", "no"))

    def test_a_record_is_known_by_its_number(self):
        mine, renamed = {"id": 5, "name": "A mine"}, {"id": 5, "name": "The mine"}
        self.assertEqual(self.value(Article, {"lead_image": mine}, {"lead_image": None}), ("Lead image", "A mine", ""))
        self.assertEqual(compare(Article, fields(lead_image=mine), fields(lead_image=renamed)), [])

    def test_a_snapshot_of_other_software(self):
        self.assertEqual(compare(Article, {}, {}), [])
        self.assertEqual(
            compare(Article, fields(headline="x"), fields(headline="x", language="en", byline="", source_date=None)), []
        )
        changes = compare(
            Article, fields(headline="x", old_key="a b", odd=[1], n=1), fields(headline="x", old_key="a c", odd=None, n=2)
        )
        self.assertEqual(
            [(change.kind, change.label) for change in changes], [("text", "Old key"), ("value", "Odd"), ("value", "N")]
        )

    def test_the_order_is_that_of_the_model(self):
        new = {
            "parts": {"citations": [{"id": 1, "fields": {"words": "x"}}]},
            "sets": {"topics": [{"id": 1, "name": "x"}], "countries": [{"id": 1, "name": "x"}]},
            "fields": {"zzz": "x", "body": "<p>x</p>", "headline": "x"},
        }
        self.assertEqual(
            [change.name for change in compare(Article, None, new)],
            ["headline", "body", "zzz", "countries", "topics", "citations"],
        )

    def test_all_is_new_where_there_was_nothing(self):
        new = fields(headline="News", body="<p>Text</p>", language="en", byline="", source_date=None)
        written = html(Article, None, new)
        self.assertEqual([change.name for change in compare(Article, None, new)], ["headline", "body", "language"])
        self.assertNotIn("<del>", written)
        self.assertIn("diff-single", written)
        self.assertEqual([change.name for change in compare(Article, new, None)], ["headline", "body", "language"])


class SetTests(SimpleTestCase):
    KAZ, KGZ = {"id": 1, "name": "Kazakhstan"}, {"id": 2, "name": "Kyrgyzstan"}

    def test_added_and_removed(self):
        (change,) = compare(Article, {"sets": {"countries": [self.KAZ]}}, {"sets": {"countries": [self.KGZ]}})
        self.assertEqual((change.label, change.added, change.removed), ("Countries", ["Kyrgyzstan"], ["Kazakhstan"]))

    def test_a_new_name_and_a_new_order_are_no_change(self):
        renamed = {"id": 1, "name": "Republic of Kazakhstan"}
        self.assertEqual(
            compare(Article, {"sets": {"countries": [self.KAZ, self.KGZ]}}, {"sets": {"countries": [self.KGZ, renamed]}}), []
        )

    def test_what_leads_to_the_record_is_called_by_its_plural(self):
        (change,) = compare(Article, None, {"sets": {"statistics": [{"id": 1, "name": "Deaths"}]}})
        self.assertEqual(change.label, "Statistics")


class PartTests(SimpleTestCase):
    def citation(self, id, code="C087", words="Convention No. 87", position=1, **values):
        return {
            "id": id,
            "fields": {"convention": {"id": int(code[1:]), "name": code}, "words": words, "position": position, **values},
        }

    def rows(self, old, new):
        changes = compare(Article, {"parts": {"citations": old}}, {"parts": {"citations": new}})
        return [(row.op, row.name, [each.name for each in row.changes], row.moved) for change in changes for row in change.rows]

    def test_added_and_removed_with_what_they_say(self):
        a, b = self.citation(1), self.citation(2, "C098", "Convention 98")
        self.assertEqual(self.rows([a], [a, b]), [("added", "C098", ["convention", "words"], ())])
        self.assertEqual(self.rows([a, b], [a]), [("removed", "C098", ["convention", "words"], ())])

    def test_changed(self):
        self.assertEqual(self.rows([self.citation(1)], [self.citation(1, words="C. 87")]), [("changed", "C087", ["words"], ())])

    def test_moved_in_plain_words(self):
        a, b, c = (self.citation(n, f"C00{n}", position=n) for n in (1, 2, 3))
        moved = [self.citation(3, "C003", position=1), self.citation(1, "C001", position=2), self.citation(2, "C002", position=3)]
        self.assertEqual(self.rows([a, b, c], moved), [("changed", "C003", [], (3, 1))])
        written = html(Article, {"parts": {"citations": [a, b, c]}}, {"parts": {"citations": moved}})
        self.assertIn("moved from place 3 to place 1", written)
        self.assertInHTML("<b>Moved:</b>", written)

    def test_new_numbers_in_the_old_order_are_no_move(self):
        a, b = self.citation(1, position=1), self.citation(2, "C098", position=2)
        shifted = [self.citation(1, position=10), self.citation(2, "C098", position=20)]
        self.assertEqual(self.rows([a, b], shifted), [])

    def test_rows_not_yet_stored_are_known_by_what_they_say(self):
        stored = [self.citation(7), self.citation(8, "C098", "Convention 98", position=2)]
        for id in (None, -1):
            drafted = [
                self.citation(id and id - 1, "C098", "Convention 98", position=2),
                self.citation(id, words="Convention No. 87 of 1948"),
            ]
            self.assertEqual(self.rows(drafted, stored), [("changed", "C087", ["words"], ())])

    def test_rows_that_the_database_tells_apart_are_never_one(self):
        self.assertEqual([row[0] for row in self.rows([self.citation(1)], [self.citation(2)])], ["added", "removed"])

    def test_parts_the_model_no_longer_has(self):
        (change,) = compare(Article, {"parts": {"old_parts": [{"id": 1, "fields": {"a_word": "x"}}]}}, {"parts": {}})
        self.assertEqual((change.label, change.rows[0].name, change.rows[0].changes[0].label), ("Old parts", "x", "A word"))
        self.assertTrue(compare(Article, None, {"parts": {"citations": [{}]}}))

    def test_no_query_is_made(self):
        """SimpleTestCase refuses any."""
        compare(Roadmap, None, {"parts": {"signatures": [{"id": 1, "fields": {"person": {"id": 1, "name": "A"}}}]}})


class WrittenTests(SimpleTestCase):
    HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"

    def test_hostile_text_is_text(self):
        written = html(
            Article,
            {"fields": {"headline": "x"}, "sets": {"countries": [{"id": 1, "name": self.HOSTILE}]}},
            {
                "fields": {
                    "headline": self.HOSTILE,
                    "body": f'<p>{self.HOSTILE}<a href="javascript:\'&quot;&gt;&lt;b&gt;">a</a></p>',
                    "lead_image": {"id": 1, "name": self.HOSTILE},
                    self.HOSTILE: "x",
                },
                "parts": {
                    "citations": [{"id": 1, "fields": {"words": self.HOSTILE, "convention": {"id": 1, "name": self.HOSTILE}}}]
                },
            },
        )
        for element in ("<script", "<img", "<b>alert", "href"):
            self.assertNotIn(element, written)
        self.assertIn("&lt;script&gt;", written)

    def test_colour_is_never_alone(self):
        written = html(
            Article, fields(headline="old words here", language="en"), fields(headline="new words here", language="ru")
        )
        self.assertEqual(written.count("<del>"), written.count('<del><span class="diff-said">removed: </span>'))
        self.assertEqual(written.count("<ins>"), written.count('<ins><span class="diff-said">added: </span>'))
        self.assertEqual((written.count("<del>"), written.count("<ins>")), (2, 2))

    def test_a_change_that_nobody_sees_is_named(self):
        for old, new, name in (
            ("ab", "a\u00adb", "[soft hyphen]"),
            ("a b", "a\u00a0b", "[no-break blank]"),
            ("ab", "a\u200bb", "[U+200B]"),
            ("a", "a ", "[blank]"),
        ):
            self.assertIn(name, html(Article, fields(headline=old), fields(headline=new)))

    def test_the_page_decides_how_high_the_headings_are(self):
        self.assertIn("<h3 class=", html(Article, None, fields(headline="x")))
        self.assertIn("<h4 class=", html(Article, None, fields(headline="x"), heading="h4"))

    def test_nothing(self):
        self.assertInHTML("<p>Nothing differs.</p>", html(Article, fields(headline="x"), fields(headline="x")))


TEXTS = st.lists(
    st.sampled_from(
        [
            "the",
            "mine",
            "шахта",
            "й",
            "и\u0306",
            "本",
            "约",
            " ",
            " ",
            "\u00a0",
            "\n",
            "\n\n",
            ".",
            "‘",
            "\u0301",
            "👩‍🏭",
            "\u200b",
        ]
    ),
    max_size=30,
).map("".join)
BLOCKS = st.lists(
    st.sampled_from(
        [
            "<p>one two</p>",
            "<p>one <em>two</em></p>",
            "<h2>one</h2>",
            "<ul><li>a</li><li>b c</li></ul>",
            '<p><a href="/x">x</a> y</p>',
        ]
    ),
    max_size=8,
).map("".join)


class PropertyTests(SimpleTestCase):
    @settings(max_examples=150, derandomize=True, deadline=None)
    @given(TEXTS, TEXTS)
    def test_each_side_is_its_text(self, old, new):
        blocks = [plain_blocks(text) for text in (old, new)]
        rows = all_rows(*blocks)
        for text, part, op in ((old, 0, REMOVED), (new, 1, ADDED)):
            runs = [run for row in rows if row[part] for run in row[part].runs]
            self.assertEqual("".join(run.text for run in runs), text)
            self.assertLessEqual({run.op for run in runs}, {SAME, op})

    @settings(max_examples=100, derandomize=True, deadline=None)
    @given(TEXTS)
    def test_words_lose_nothing(self, text):
        self.assertEqual("".join(WORD.findall(text)), text)

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(BLOCKS, BLOCKS)
    def test_there_and_back_is_the_same_way(self, old, new):
        """What one way removes, the other way adds; and only equal texts differ in nothing."""
        there, back = compare_texts(old, new, rich=True), compare_texts(new, old, rich=True)
        self.assertEqual(bool(there), bool(back))
        self.assertEqual(bool(there), old != new)
        for rows in (there, back):
            self.assertFalse(any(one.skipped and other.skipped for one, other in pairwise(rows)))
            self.assertFalse(any(run.marks == ASIDE and run.op == GAP for row in rows if row.left for run in row.left.runs))
