"""Finding a quoted passage again: what counts as the same words, and where they are meant."""

import pytest
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from articles.passages import AROUND, Quote, even, find, plain, quote

pytestmark = pytest.mark.once

TEXT = "The State will ratify Convention No. 176 by 2024. It reported in 2024 that the work goes on, and in 2023 that it began."


def of(exact, prefix="", suffix=""):
    return Quote(exact, prefix, suffix)


class PlainTests(SimpleTestCase):
    def test_a_block_ends_a_word_and_a_mark_does_not(self):
        self.assertEqual(even(plain("<p>One</p><p>tw<em>o</em> &amp; <a href='/x'>three</a></p>")).strip(), "One two & three")
        self.assertEqual(even(plain("one<br>two")), "one two")


class FindTests(SimpleTestCase):
    def found(self, text, *quoted):
        place = find(text, of(*quoted))
        return place and even(text)[slice(*place)]

    def test_it_works(self):
        self.assertEqual(self.found(TEXT, "ratify Convention No. 176"), "ratify Convention No. 176")
        self.assertIsNone(find(TEXT, of("ratify Convention No. 190")))
        self.assertIsNone(find(TEXT, of("")))

    def test_letters_are_the_same_however_they_are_composed(self):
        self.assertTrue(find("l’égalité", of("e\N{COMBINING ACUTE ACCENT}galité")))
        self.assertTrue(find("e\N{COMBINING ACUTE ACCENT}galité", of("égalité")))
        self.assertTrue(find("Айгүл Тестова", of("Айгүл")))

    def test_blanks_are_the_same_however_many(self):
        self.assertTrue(find("one\N{NO-BREAK SPACE}\n two", of("one two")))
        self.assertTrue(find("one two", of(" one\r\ntwo ")))

    def test_capitals_are_not(self):
        self.assertIsNone(find("The State", of("the state")))

    def test_of_several_places_the_one_in_its_surroundings_is_meant(self):
        first, second = TEXT.index("2024"), TEXT.rindex("2024")
        self.assertEqual(find(TEXT, of("2024", "No. 176 by ", ". It reported")), (first, first + 4))
        self.assertEqual(find(TEXT, of("2024", ". It reported in ", " that the work")), (second, second + 4))

    def test_a_short_passage_that_was_changed_is_not_found_elsewhere(self):
        quoted = quote(TEXT, of("2024", "176 by ", ". It"))
        self.assertEqual(len(quoted.prefix), AROUND)
        changed = TEXT.replace("by 2024", "by 2025")
        self.assertIn("2024", changed)
        self.assertIsNone(find(changed, quoted))

    def test_it_is_found_when_only_its_surroundings_on_one_side_changed(self):
        quoted = quote(TEXT, of("2024", "176 by ", ". It"))
        self.assertTrue(find(TEXT.replace("The State will ratify Convention No. 176", "It will ratify C176"), quoted))
        self.assertTrue(find("Before it. " + TEXT, quoted))

    def test_a_long_passage_is_known_by_itself(self):
        quoted = quote(TEXT, of("ratify Convention No. 176 by 2024"))
        self.assertTrue(find("Elsewhere they ratify Convention No. 176 by 2024, it says.", quoted))

    def test_places_that_overlap(self):
        self.assertEqual(find("aaab", of("aa", "a", "b")), (1, 3))

    def test_signs_have_no_meaning_of_their_own(self):
        self.assertTrue(find("a (b) [c] .* \\d", of(".* \\d")))

    @given(st.text(alphabet="ab c", max_size=40), st.data())
    def test_whatever_is_quoted_is_found_where_it_was(self, text, data):
        text = even(text)
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        exact = text[start:end]
        if not exact.strip():
            return
        place = find(text, of(exact, text[:start], text[end:]))
        blanks = len(exact) - len(exact.lstrip()), len(exact) - len(exact.rstrip())
        self.assertEqual(place, (start + blanks[0], end - blanks[1]))


class QuoteTests(SimpleTestCase):
    def test_the_surroundings_are_taken_from_the_text(self):
        self.assertEqual(quote("  one   two three ", of("two")), Quote("two", " one ", " three "))

    def test_what_is_not_there_cannot_be_quoted(self):
        self.assertIsNone(quote("one two", of("three")))
