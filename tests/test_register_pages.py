"""The pages of the register: where a State stands to an instrument, chains of revision, sources, and how to cite."""

from datetime import date

import pytest
from django.test import TestCase

from conventions.models import Convention, Country, Ratification
from conventions.standing import Footnotes, Standing, answer, brief
from tests.cast import SOURCE, CastMixin
from tests.crawl import Page

pytestmark = pytest.mark.rules

COUNTS = {"status": "in-force", "verification": "exists", "registered": True, "source": SOURCE}
REPORTED = {"status": "in-force", "verification": "none", "registered": False}


class RegisterPageCase(CastMixin, TestCase):
    def text(self, path):
        response = self.client.get(path)
        self.assertEqual(response.status_code, 200, path)
        return Page(response.content.decode()).text

    def make_complete(self, convention):
        convention.coverage, convention.coverage_on, convention.coverage_note = "complete", date(2026, 6, 4), "A list of all."
        convention.save()


class StandingTests(RegisterPageCase):
    """The five answers."""

    def standing(self, convention, *acts):
        return answer(convention, acts).standing

    def act(self, **facts):
        return Ratification(country=self.uzb, convention=self.c131, **facts)

    def test_it_works(self):
        self.assertEqual(self.standing(self.c131, self.act(**COUNTS)), Standing.RATIFIED)
        self.assertEqual(self.standing(self.c131, self.act(**REPORTED)), Standing.REPORTED)

    def test_absence_says_something_only_where_the_list_is_complete(self):
        self.assertEqual(self.standing(self.c131), Standing.UNKNOWN)
        self.c131.coverage = "partial"
        self.assertEqual(self.standing(self.c131), Standing.UNKNOWN)
        self.c131.coverage = "complete"
        self.assertEqual(self.standing(self.c131), Standing.NOT_RATIFIED)

    def test_what_is_reported_is_no_answer_even_where_the_list_is_complete(self):
        self.c131.coverage = "complete"
        self.assertEqual(self.standing(self.c131, self.act(**REPORTED)), Standing.REPORTED)

    def test_the_last_act_decides(self):
        first = self.act(**COUNTS | {"status": "denounced", "denounced_on": date(1990, 1, 1)})
        second = self.act(act=2, **COUNTS)
        self.assertEqual(self.standing(self.c131, first), Standing.DENOUNCED)
        self.assertEqual(self.standing(self.c131, second, first), Standing.RATIFIED)

    def test_what_was_struck_counts_no_longer(self):
        self.assertEqual(self.standing(self.c131, self.act(delisted_on=date(2026, 1, 1), **COUNTS)), Standing.REPORTED)

    def test_in_a_narrow_cell(self):
        self.c131.coverage = "complete"
        dated = self.act(**COUNTS | {"ratified_on": date(2000, 12, 31), "ratified_on_precision": "year"})
        gone = self.act(**COUNTS | {"status": "denounced", "denounced_on": date(1990, 1, 1)})
        for acts, cell in [((dated,), 2000), ((self.act(**COUNTS),), "yes"), ((gone,), "ended"), ((), "no")]:
            self.assertEqual(brief(answer(self.c131, acts)), cell)
        self.assertEqual(brief(answer(self.c131, [self.act(**REPORTED)])), "†")
        self.c131.coverage = "none"
        self.assertEqual(brief(answer(self.c131, ())), "?")

    def test_one_act_in_hand_and_the_queryset_agree(self):
        Ratification.objects.create(country=self.uzb, convention=self.c131, **COUNTS)
        Ratification.objects.create(country=self.uzb, convention=self.c176, **REPORTED)
        Ratification.objects.create(country=self.uzb, convention=self.c190, delisted_on=date(2026, 1, 1), **COUNTS)
        for act, lean in zip(Ratification.objects.order_by("pk"), Ratification.objects.order_by("pk").lean(), strict=True):
            counted = Ratification.objects.registered().filter(pk=act.pk).exists()
            self.assertEqual((act.counts, lean.counts), (counted, counted))
            self.assertEqual(Ratification.objects.reported().filter(pk=act.pk).exists(), not counted)
            self.assertEqual((lean.ratified, lean.denounced_on), (act.ratified, act.denounced_on))


class InstrumentPageTests(RegisterPageCase):
    def test_a_complete_list_names_every_state_and_its_day(self):
        self.make_complete(self.c087)
        text = self.text("/conventions/c087/")
        self.assertIn("1 member State has ratified it, as of 4 June 2026.", text)
        self.assertIn("Europe and Central Asia 1 of 2 States", text)
        self.assertIn("Kazakhstan ● ratified 13 December 2000", text)
        self.assertIn("Uzbekistan ○ not ratified", text)
        self.assertIn("“Not ratified” means: not by that day. A list of all.", text)

    def test_a_partial_list_names_every_state_and_denies_nothing(self):
        Convention.objects.filter(code="C087").update(coverage="partial", coverage_note="Read from A to G.")
        text = self.text("/conventions/c087/")
        self.assertIn("? Not known: Uzbekistan", text)
        self.assertIn("Read from A to G.", text)
        self.assertNotIn("not ratified", text)

    def test_where_no_list_was_read_only_the_known_are_named(self):
        text = self.text("/conventions/c087/")
        self.assertIn("Kazakhstan ● ratified", text)
        self.assertNotIn("Uzbekistan", text)
        self.assertIn("No list of the States that ratified was read.", text)
        self.assertIn("A source shows 1 ratification; the list is not complete.", text)

    def test_who_denounced(self):
        self.ratification.denounced_on, self.ratification.status = date(2010, 5, 1), "denounced"
        self.ratification.save()
        text = self.text("/conventions/c087/")
        self.assertIn("Kazakhstan ✕ denounced 1 May 2010", text)
        self.assertIn("Kazakhstan: ratified 13 December 2000, denounced 1 May 2010.", text)

    def test_who_promised_to_ratify(self):
        self.assertIn(
            "Promised to ratify Kazakhstan · Roadmap 2024-2025 Ratify Convention No. 176", self.text("/conventions/c176/")
        )
        self.amend.convention = self.c176
        self.amend.save()
        self.assertRegex(
            self.text("/conventions/c176/"),
            r"Promised to ratify Kazakhstan.* Ratify.*Other promises that name it Kazakhstan.* Amend",
        )
        self.assertNotIn("Promised to ratify", self.text("/conventions/c190/"))  # only a draft promises that

    def test_each_source_stands_once(self):
        self.make_complete(self.c087)
        Ratification.objects.create(country=self.uzb, convention=self.c087, **COUNTS)
        page = Page(self.client.get("/conventions/c087/").content.decode())
        self.assertEqual(page.links.count("#source-1"), 2)
        self.assertEqual([attrs["id"] for attrs in page.all("li") if attrs.get("id", "").startswith("source-")], ["source-1"])

    def test_a_recommendation_is_ratified_by_nobody(self):
        text = self.text("/conventions/r206/")
        for words in ("Ratifications", "In force", "Sources of the ratifications"):
            self.assertNotIn(words, text)

    def test_what_was_struck_says_so_and_stays(self):
        for record, path in [(self.c087, "/conventions/c087/"), (self.kaz, "/countries/kazakhstan/")]:
            type(record).objects.filter(pk=record.pk).update(delisted_on=date(2026, 1, 2))
            self.assertIn("Struck from the register: 2 January 2026", self.text(path))
        Ratification.objects.update(delisted_on=date(2026, 1, 3))
        text = self.text("/conventions/c087/")
        self.assertIn("Ratifications seen in a source 0", text)
        self.assertIn("Struck from the register: 3 January 2026", text)

    def test_how_to_cite_it(self):
        text = self.text("/conventions/c176/")
        self.assertIn(
            "Safety and Health in Mines Convention, 1995. In: ilonews, register of international labour standards,", text
        )
        self.assertRegex(text, r"http://testserver/conventions/c176/, as recorded on \d{1,2} [A-Z][a-z]+ \d{4}\.")

    def test_no_text_of_a_record_is_markup(self):
        self.make_complete(self.c087)
        Country.objects.filter(pk=self.kaz.pk).update(name="<script>alert(1)</script>")
        Ratification.objects.update(source='"><script>alert(2)</script>', note="<script>alert(3)</script>")
        for path in ("/conventions/c087/", "/countries/kazakhstan/"):
            self.assertNotContains(self.client.get(path), "<script")


class ChainTests(RegisterPageCase):
    def revise(self, later, *earlier):
        later.revises.add(*earlier)

    def places(self, convention):
        return [(link.code, link.place) for link in convention.chain()]

    def test_it_works(self):
        self.revise(self.c131, self.c087)
        self.revise(self.c190, self.c131)
        self.assertEqual(self.places(self.c131), [("C087", "before"), ("C131", "this"), ("C190", "after")])
        self.assertEqual(self.places(self.c087), [("C087", "this"), ("C131", "after"), ("C190", "after")])
        text = self.text("/conventions/c131/")
        self.assertRegex(text, r"Chain of revisions not verified C87 .* revised by it.* C131 .* C190 .* revises it")

    def test_what_stands_alone_has_no_chain(self):
        self.assertEqual(self.places(self.c131), [])
        self.assertNotIn("Chain of revisions", self.text("/conventions/c131/"))

    def test_siblings_are_no_links_and_a_circle_ends(self):
        self.revise(self.c190, self.c087, self.c131)
        self.assertEqual(self.places(self.c087), [("C087", "this"), ("C190", "after")])
        self.revise(self.c087, self.c190)
        self.assertEqual(len(self.places(self.c087)), 3)


class CountryPageTests(RegisterPageCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        Convention.objects.filter(code__in=["C087", "C190"]).update(category="fundamental")
        Convention.objects.filter(code="C131").update(category="governance")
        Convention.objects.filter(code="C087").update(coverage="complete", coverage_on=date(2026, 6, 4))

    def test_the_basic_instruments(self):
        self.assertRegex(
            self.text("/countries/kazakhstan/"),
            r"C87 .* Fundamental ● ratified 13 December 2000.* C190 .* Fundamental \? not known "
            r"C131 .* Governance \(priority\) \? not known",
        )
        self.assertRegex(self.text("/countries/uzbekistan/"), r"C87 .* Fundamental ○ not ratified as of 4 June 2026")

    def test_the_neighbours(self):
        Country.objects.create(iso3="FJI", iso2="FJ", name="Fiji", slug="fiji", region="asia-pacific", source=SOURCE)
        text = self.text("/countries/uzbekistan/")
        self.assertIn("Beside its neighbours: Europe and Central Asia", text)
        self.assertIn("State C87 C190 C131 Kazakhstan 2000 ? ? Uzbekistan no ? ?", text)
        self.assertNotIn("Fiji", text)

    def test_how_far_the_list_goes(self):
        Country.objects.filter(pk=self.kaz.pk).update(coverage_note="One or more acts may be missing.")
        self.assertIn("may have been ratified. One or more acts may be missing.", self.text("/countries/kazakhstan/"))

    def test_how_to_cite_it(self):
        self.assertIn("Kazakhstan. In: ilonews, register of", self.text("/countries/kazakhstan/"))


class FootnoteTests(TestCase):
    def test_it_works(self):
        notes = Footnotes()
        self.assertEqual([notes.number("one"), notes.number("two"), notes.number("one")], [1, 2, 1])
        self.assertEqual(list(notes), [(1, "one"), (2, "two")])
        self.assertEqual((len(notes), notes.mark("")), (2, ""))
        self.assertIn('href="#source-2"', notes.mark("two"))
