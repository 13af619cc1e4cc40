"""The steps towards ratification: what updates tell, what the register tells, and that neither is taken for the other."""

from datetime import UTC, date, datetime, timedelta

from django.test import TestCase

from articles import models as newsroom
from articles.ladder import Reached, ladder_of, months_after, neighbours_of, rungs_told
from articles.models import Commitment, ProgressUpdate, Rung
from conventions.days import Days
from conventions.models import Country, Ratification
from conventions.records import PartialDate
from tests.cast import PUBLISHED_AT, SOURCE, CastMixin
from tests.crawl import Page

RECORDED = datetime(2024, 6, 20, 9, tzinfo=UTC)
YES, AHEAD, UNKNOWN = Reached.YES, Reached.AHEAD, Reached.UNKNOWN


class MonthsTests(TestCase):
    def test_as_precisely_as_the_registration_is_known(self):
        for made, months, told in [
            ("2000-12-13", 12, "2001-12-13"),
            ("2000-12-13", 6, "2001-06-13"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-08-31", 6, "2025-02-28"),
            ("2000-12", 12, "2001-12"),
            ("2000-12", 3, "2001-03"),
            ("2000", 12, "2001"),
            ("2000", 24, "2002"),
        ]:
            self.assertEqual(months_after(PartialDate.parse(made), months).iso, told, (made, months))

    def test_what_cannot_be_said_is_not(self):
        self.assertIsNone(months_after(PartialDate.parse("2000"), 6))
        self.assertIsNone(months_after(None, 12))


class LadderTestCase(CastMixin, TestCase):
    def setUp(self):
        self.c176.months_to_force, self.c176.months_source = 12, "C176, Article 18"
        self.c176.save()
        self.ratify.refresh_from_db()

    def add(self, rung, day, number=10, **facts):
        facts = {"delivery": "under-way", "status": "published", "published_at": RECORDED, "recorded_at": RECORDED} | facts
        return ProgressUpdate.objects.create(
            commitment=self.ratify, number=number, happened_on=day, rung=rung, summary=f"{rung} {number}",
            evidence=self.evidence, **facts,
        )  # fmt: skip

    def act(self, day=None, precision="day", country=None, **facts):
        facts = {"verification": precision if day else "exists", "registered": True, "status": "in-force"} | facts
        facts = {"act": 1, "source": SOURCE, "recorded_at": RECORDED} | facts
        return Ratification.objects.create(
            country=country or self.kaz, convention=self.c176, ratified_on=day, ratified_on_precision=precision, **facts
        )

    def ladder(self, as_of=None, known=None):
        days = Days(as_of, known)
        updates = ProgressUpdate.objects.in_effect(as_of, known).filter(commitment=self.ratify).latest_first(known)
        acts = list(Ratification.objects.filter(country=self.ratify.roadmap.country, convention=self.c176).order_by("act"))
        return ladder_of(self.ratify, list(updates), acts, days)

    def steps(self, *days):
        return {step.rung: step for step in self.ladder(*days).steps}

    def assertStep(self, rung, reached, iso=None, *days):
        step = self.steps(*days)[rung]
        self.assertEqual((step.reached, step.date and step.date.iso), (reached, iso), (rung, days))


class ToldTests(LadderTestCase):
    """The rungs that updates tell."""

    def test_without_any_source_every_rung_is_unknown_and_none_is_no(self):
        steps = self.ladder().steps
        names = [Rung.ANNOUNCED, Rung.CONSULTATION, Rung.BILL, Rung.PARLIAMENT, Rung.SIGNED, Rung.REGISTERED, Rung.IN_FORCE]
        self.assertEqual([step.rung for step in steps], names)
        self.assertEqual({step.reached for step in steps}, {UNKNOWN})

    def test_it_works(self):
        update = self.add(Rung.BILL, date(2024, 7, 1))
        self.assertStep(Rung.BILL, YES, "2024-07-01")
        self.assertEqual(self.steps()[Rung.BILL].update, update)
        self.assertStep(Rung.SIGNED, UNKNOWN)
        self.assertStep(Rung.CONSULTATION, UNKNOWN)  # a later rung proves no earlier one

    def test_a_rung_was_reached_by_its_first_event(self):
        self.add(Rung.BILL, date(2024, 8, 1), 10)
        first = self.add(Rung.BILL, date(2024, 7, 1), 11)
        self.assertEqual(self.steps()[Rung.BILL].update, first)

    def test_a_parliament_has_the_chambers_that_updates_name(self):
        for rungs, shown in [
            ([], ["parliament"]),
            (["parliament"], ["parliament"]),
            (["lower-house"], ["lower-house", "upper-house"]),
            (["parliament", "upper-house"], ["parliament", "lower-house", "upper-house"]),
        ]:
            found = rungs_told(dict.fromkeys(map(Rung, rungs)))
            chambers = {"parliament", "lower-house", "upper-house"}
            self.assertEqual([rung for rung in found if rung in chambers], shown, rungs)

    def test_both_days(self):
        self.add(Rung.BILL, date(2024, 7, 1), recorded_at=RECORDED + timedelta(days=60))
        self.assertStep(Rung.BILL, UNKNOWN, None, date(2024, 6, 30))
        self.assertStep(Rung.BILL, YES, "2024-07-01", date(2024, 7, 1))
        self.assertStep(Rung.BILL, UNKNOWN, None, None, date(2024, 8, 18))
        self.assertStep(Rung.BILL, YES, "2024-07-01", None, date(2024, 8, 19))

    def test_what_was_superseded_is_no_rung_any_more_and_was_one_then(self):
        wrong = self.add(Rung.SIGNED, date(2024, 7, 1))
        later = RECORDED + timedelta(days=9)
        self.add("", date(2024, 7, 1), 11, supersedes=wrong, reason="It was a draft.", recorded_at=later, published_at=later)
        self.assertStep(Rung.SIGNED, UNKNOWN)
        self.assertStep(Rung.SIGNED, YES, "2024-07-01", None, date(2024, 6, 28))

    def test_only_a_promise_to_ratify_has_steps(self):
        for strength in newsroom.Strength:
            self.ratify.strength = strength
            self.assertEqual(self.ladder() is not None, strength == "ratify")


class RegisterTests(LadderTestCase):
    """The rungs that the register tells."""

    def test_it_works(self):
        act = self.act(date(2024, 7, 10))
        self.assertStep(Rung.REGISTERED, YES, "2024-07-10")
        self.assertStep(Rung.IN_FORCE, YES, "2025-07-10")
        self.assertEqual({self.steps()[rung].act for rung in newsroom.READ_IN_REGISTER}, {act})

    def test_both_days(self):
        self.act(date(2024, 7, 10), recorded_at=RECORDED + timedelta(days=60))
        for rung in newsroom.READ_IN_REGISTER:
            self.assertStep(rung, UNKNOWN, None, date(2024, 7, 9))
            self.assertStep(rung, UNKNOWN, None, None, date(2024, 8, 18))
        self.assertStep(Rung.REGISTERED, YES, "2024-07-10", date(2024, 7, 10), date(2024, 8, 19))
        self.assertStep(Rung.IN_FORCE, AHEAD, "2025-07-10", date(2025, 7, 9))
        self.assertStep(Rung.IN_FORCE, YES, "2025-07-10", date(2025, 7, 10))

    def test_an_act_before_the_promise_is_shown_too(self):
        self.act(date(2001, 1, 1))
        self.assertStep(Rung.REGISTERED, YES, "2001-01-01")

    def test_where_no_source_gives_the_months_entry_into_force_is_unknown(self):
        self.act(date(2024, 7, 10))
        self.ratify.convention.months_to_force = None
        self.assertStep(Rung.REGISTERED, YES, "2024-07-10")
        self.assertStep(Rung.IN_FORCE, UNKNOWN)

    def test_where_the_date_is_not_known_entry_into_force_is_unknown(self):
        self.act()
        self.assertStep(Rung.REGISTERED, YES)
        self.assertStep(Rung.IN_FORCE, UNKNOWN)
        self.assertStep(Rung.REGISTERED, UNKNOWN, None, date(2025, 1, 1))
        self.assertIn("whether by then is not known", self.steps(date(2025, 1, 1))[Rung.REGISTERED].note)

    def test_a_year_is_kept_as_a_year(self):
        self.act(date(2024, 12, 31), "year")
        self.assertStep(Rung.REGISTERED, YES, "2024")
        self.assertStep(Rung.IN_FORCE, AHEAD, "2025", date(2025, 12, 30))
        self.assertStep(Rung.IN_FORCE, YES, "2025", date(2025, 12, 31))
        self.assertStep(Rung.REGISTERED, UNKNOWN, None, date(2024, 12, 30))

    def test_nobody_is_bound_before_the_instrument_is_in_force(self):
        self.act(date(2024, 7, 10))
        convention = self.ratify.convention
        convention.entry_into_force, convention.in_force_on = "entered", date(2025, 9, 1)
        self.assertStep(Rung.IN_FORCE, YES, "2025-09-01")
        convention.entry_into_force, convention.in_force_on = "not-yet", None
        self.assertStep(Rung.IN_FORCE, UNKNOWN)

    def test_a_law_is_shown_as_a_law_and_never_as_registration(self):
        law = self.act(registered=False, verification="exists", national_law="Law No. 224 of 20 October 2025")
        self.assertStep(Rung.REGISTERED, UNKNOWN)
        self.assertEqual(self.ladder().laws, [law])
        self.assertEqual(self.ladder(None, date(2024, 6, 19)).laws, [])

    def test_what_does_not_count_is_no_registration(self):
        act = self.act(registered=False, verification="none")
        self.assertStep(Rung.REGISTERED, UNKNOWN)
        self.assertIn("no source seen shows", self.steps()[Rung.REGISTERED].note)
        act.delete()
        self.act(date(2024, 7, 10), delisted_on=date(2025, 1, 1))
        self.assertStep(Rung.REGISTERED, UNKNOWN)

    def test_what_was_denounced_stood_until_then(self):
        self.act(date(2001, 1, 1), status="denounced", denounced_on=date(2010, 1, 1))
        self.assertStep(Rung.REGISTERED, UNKNOWN)
        self.assertIn("1 January 2010", self.steps()[Rung.REGISTERED].note)
        self.assertStep(Rung.REGISTERED, YES, "2001-01-01", date(2009, 12, 31))
        self.act(date(2020, 1, 1), act=2)
        self.assertStep(Rung.REGISTERED, YES, "2020-01-01")

    def test_all_member_states_together_have_no_register(self):
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(country=None)
        self.ratify = Commitment.objects.get(pk=self.ratify.pk)
        self.assertFalse(self.ladder().has_register)
        self.assertFalse(set(self.steps()) & set(newsroom.READ_IN_REGISTER))
        page = self.client.get(self.ratify.get_absolute_url())
        self.assertContains(page, "The register answers for one State at a time")
        self.assertContains(page, "All member States")


class PageTests(LadderTestCase):
    def section(self, query=""):
        html = self.client.get(f"{self.ratify.get_absolute_url()}{query}").content.decode()
        return Page(html.split('<section aria-labelledby="ladder">')[1].split("</section>")[0])

    def test_it_works(self):
        self.add(Rung.BILL, date(2024, 7, 1))
        self.act(date(2024, 7, 10), national_law="Law No. 1")
        page = self.section("?as_of=2024-12-31")
        for words in (
            "Domestic law and registration with the ILO in Geneva are two things.",
            "Announced ? unknown",
            "Bill ● reached 1 July 2024 Media: The Gazette",
            "Signed into law ? unknown",
            f"Registered with the ILO ● reached 10 July 2024 by the register: {SOURCE}",
            "In force ◔ to come will be, on 10 July 2025 12 months after the registration: C176, Article 18",
            "National law in the register: Law No. 1 A law is not the registration.",
        ):
            self.assertIn(words, page.text)
        self.assertIn("#update-10", page.links)
        self.assertEqual(len(page.all("ol")), 1)

    def test_what_is_known_of_nothing_is_told_in_words_too(self):
        self.assertEqual(self.section().text.count("? unknown"), 7)


class NeighbourTests(LadderTestCase):
    def near(self, as_of=None, known=None):
        return neighbours_of(self.ratify, Days(as_of, known))

    def setUp(self):
        super().setUp()
        facts = {"official_name": "-", "source": SOURCE}
        self.near_by = Country.objects.create(
            iso3="QQA", iso2="QA", name="Nearby", slug="nearby", region="europe-central-asia", **facts
        )
        self.far = Country.objects.create(iso3="QQB", iso2="QB", name="Faraway", slug="faraway", region="africa", **facts)
        self.farther = Country.objects.create(iso3="QQC", iso2="QC", name="Farther", slug="farther", region="africa", **facts)
        Commitment.objects.update(recorded_at=PUBLISHED_AT)

    def promise(self, country, **facts):
        roadmap = newsroom.Roadmap.objects.create(
            kind="statements", title=f"Promises of {country}", slug=f"promises-{country}".lower(), country=country, source=SOURCE,
            **{"status": "published", "published_at": PUBLISHED_AT} | facts,
        )  # fmt: skip
        return Commitment.objects.create(
            roadmap=roadmap, title=f"{country} consults", slug=f"consult-{country}".lower(), exact="-", strength="consult",
            convention=self.c176, source=SOURCE, recorded_at=PUBLISHED_AT,
        )  # fmt: skip

    def test_it_works(self):
        theirs = self.promise(self.far)
        for country in (self.near_by, self.far, self.farther):
            self.act(date(2010, 1, 1), country=country)
        near = self.near()
        self.assertEqual([(row.country, row.promises) for row in near.rows], [(self.far, [theirs]), (self.kaz, [self.ratify])])
        self.assertEqual([row.country for row in near.others], [self.near_by])
        page = Page(self.client.get(self.ratify.get_absolute_url()).content.decode())
        self.assertIn("Faraway ● ratified 1 January 2010 Submit or consult on ratification: ○ No information", page.text)
        self.assertIn("Kazakhstan ? not known this promise since when is not known In the region", page.text)
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(signed_on=date(2024, 6, 1))
        page = Page(self.client.get(self.ratify.get_absolute_url()).content.decode())
        self.assertIn("this promise since 1 June 2024", page.text)
        self.assertIn("● Nearby ratified 1 January 2010", page.text)
        self.assertNotIn("Farther", page.text)
        self.assertIn(theirs.get_absolute_url(), page.links)

    def test_what_is_not_public_is_not_there(self):
        self.promise(self.far, status="draft", published_at=None)
        self.assertEqual([row.country for row in self.near().rows], [self.kaz])

    def test_both_days(self):
        theirs = self.promise(self.far)
        Commitment.objects.filter(pk=theirs.pk).update(made_on=date(2024, 1, 1))
        self.act(date(2024, 8, 1), country=self.near_by)
        for days, there, others in [
            ((date(2023, 12, 31), None), False, False),
            ((date(2024, 1, 1), None), True, False),
            ((date(2024, 8, 1), None), True, True),
            ((None, date(2024, 6, 19)), True, False),
            ((None, date(2024, 6, 20)), True, True),
            ((None, date(2024, 6, 12)), False, False),
        ]:
            near = self.near(*days)
            self.assertEqual((self.far in [row.country for row in near.rows], bool(near.others)), (there, others), days)
        links = Page(self.client.get(f"{self.ratify.get_absolute_url()}?as_of=2024-08-01").content.decode()).links
        self.assertIn(f"{theirs.get_absolute_url()}?as_of=2024-08-01", links)
        self.assertIn(f"{self.near_by.get_absolute_url()}?as_of=2024-08-01", links)

    def test_a_promise_of_all_member_states_stands_apart(self):
        theirs = self.promise(self.far)
        newsroom.Roadmap.objects.filter(pk=theirs.roadmap_id).update(country=None)
        self.assertEqual(self.near().jointly, [theirs])
        for record in (self.ratify, theirs):
            self.assertContains(self.client.get(record.get_absolute_url()), "All member States together:")
