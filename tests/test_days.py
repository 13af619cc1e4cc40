"""The two days in an address: what is read of them, and the country page as of another day."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import SimpleTestCase, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from conventions.days import Days, beginning
from conventions.models import Convention, Country, Ratification, Version
from conventions.past import absent_by, answer_on, as_recorded, stood, unsure
from conventions.standing import Standing
from tests.cast import PUBLISHED_AT, SOURCE, CastMixin
from tests.crawl import Page

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(moment):
    return mock.patch.object(timezone, "now", return_value=moment)


class ReadTests(SimpleTestCase):
    def read(self, **query):
        with at(NOON):
            return Days.read(query)

    def test_it_works(self):
        days = self.read(as_of="2025-06-30", known=" 2025-07-01 ")
        self.assertEqual((days.as_of, days.known), (date(2025, 6, 30), date(2025, 7, 1)))
        self.assertEqual(days.suffix, "?as_of=2025-06-30&known=2025-07-01")
        self.assertEqual((days.is_past, days.wrong), (True, {}))

    def test_nothing_asks_for_now(self):
        days = self.read(as_of="", known=" ")
        self.assertEqual((days.is_past, days.suffix, days.wrong, days.end), (False, "", {}, None))
        with at(NOON):
            self.assertEqual(days.day, date(2026, 11, 22))

    def test_a_period_is_asked_by_its_last_day_and_one_that_is_not_over_by_today(self):
        for text, day in [
            ("2025", date(2025, 12, 31)),
            ("2024-02", date(2024, 2, 29)),
            ("2026", date(2026, 11, 22)),
            ("2026-11", date(2026, 11, 22)),
            ("2026-11-22", date(2026, 11, 22)),
        ]:
            self.assertEqual(self.read(as_of=text).as_of, day, text)

    def test_what_is_no_day_gets_a_sentence_and_asks_nothing(self):
        for text in ("soon", "2025-13", "2025-02-30", "30.6.2025", "20250630", "\0", "2025-06-30T10:00", "<b>", "0000-01-01"):
            days = self.read(as_of=text)
            self.assertEqual((days.as_of, days.is_past), (None, False), text)
            self.assertIn("is not a day: write it as 2025-06-30. What is shown is the present state.", days.wrong["as_of"])

    def test_what_has_not_come_gets_a_sentence(self):
        for text in ("2026-11-23", "2026-12", "2027", "9999-12-31"):
            days = self.read(as_of=text, known=text)
            self.assertEqual((days.as_of, days.known), (None, None), text)
            self.assertEqual(set(days.wrong), {"as_of", "known"})
            self.assertIn("has not come yet", days.wrong["known"])

    def test_one_wrong_day_leaves_the_other(self):
        days = self.read(as_of="soon", known="2025")
        self.assertEqual((days.as_of, days.known), (None, date(2025, 12, 31)))
        self.assertEqual(days.typed, {"as_of": "soon", "known": "2025"})

    def test_a_moment_of_knowledge_is_exact_and_comes_back_from_its_own_address(self):
        moment = datetime(2025, 6, 30, 10, 15, 30, 123456, tzinfo=UTC)
        for text in ("2025-06-30T10:15:30.123456Z", "2025-06-30T12:15:30.123456+02:00", "2025-06-30T12:15:30.123456 02:00"):
            days = self.read(known=text)
            self.assertEqual((days.known, days.end), (moment, moment), text)
            self.assertIn("known=2025-06-30T10%3A15%3A30.123456%2B00%3A00", days.suffix)
        self.assertIn("has not come yet", self.read(known="2026-11-22T12:00:01Z").wrong["known"])
        for text in ("0001-01-01T00:00+14:00", "0001-01-01T00:00-14:00", "9999-12-31T23:59-14:00", "2025-06-30T25:00Z"):
            self.assertEqual(len(self.read(known=text).wrong) + (self.read(known=text).known is not None), 1, text)

    def test_a_day_of_knowledge_ends_where_the_site_is_and_never_after_now(self):
        with override_settings(TIME_ZONE="Asia/Almaty"):
            end = self.read(known="2025-06-30").end
            self.assertEqual(end, datetime(2025, 6, 30, 23, 59, 59, 999999, ZoneInfo("Asia/Almaty")))
        with at(NOON):
            self.assertEqual(self.read(known="2026-11-22").end, NOON)
            for known in (date(2025, 6, 30), date(2026, 11, 22), NOON - timedelta(hours=1), None):
                self.assertEqual(Days(known=known).end, newsroom.end_of(known))


class RegisterTests(TestCase):
    """Where a State stood to an instrument on another day."""

    @classmethod
    def setUpTestData(cls):
        facts = {"kind": "convention", "title": "Some Convention, 1950", "year": 1950, "source": SOURCE}
        cls.convention = Convention.objects.create(
            code="C999", number=999, coverage="complete", coverage_on=date(2026, 6, 4), **facts
        )
        cls.state = Country.objects.create(
            iso3="QQA", iso2="QA", name="Somewhere", official_name="Somewhere", slug="somewhere", region="africa", source=SOURCE
        )

    def act(self, day=None, *, precision="day", number=1, recorded=PUBLISHED_AT, **facts):
        facts = {"status": "in-force", "verification": precision if day else "exists", "registered": True} | facts
        return Ratification.objects.create(
            country=self.state, convention=self.convention, act=number, ratified_on=day, ratified_on_precision=precision,
            source=SOURCE, recorded_at=recorded, **facts,
        )  # fmt: skip

    def answer(self, as_of=None, known=None):
        return answer_on(self.convention, list(self.state.ratifications.order_by("act")), Days(as_of, known))

    def assertStood(self, standing, as_of=None, known=None):
        self.assertEqual(self.answer(as_of, known).standing, standing, (as_of, known))

    def test_it_works(self):
        self.act(date(2000, 12, 13))
        self.assertStood(Standing.RATIFIED)
        self.assertStood(Standing.RATIFIED, date(2000, 12, 13))
        self.assertStood(Standing.NOT_RATIFIED, date(2000, 12, 12))

    def test_within_its_period_nobody_knows(self):
        self.act(date(2000, 12, 31), precision="year")
        for day, standing in [
            (date(1999, 12, 31), Standing.NOT_RATIFIED),
            (date(2000, 1, 1), Standing.UNKNOWN),
            (date(2000, 12, 30), Standing.UNKNOWN),
            (date(2000, 12, 31), Standing.RATIFIED),
        ]:
            self.assertStood(standing, day)

    def test_without_a_date_nobody_knows_of_any_past_day(self):
        act = self.act()
        self.assertStood(Standing.RATIFIED)
        self.assertStood(Standing.UNKNOWN, date(2020, 1, 1))
        self.assertEqual((stood([act], Days(date(2020, 1, 1))), unsure([act], Days(date(2020, 1, 1)))), ([], [act]))
        self.assertEqual((stood([act], Days()), unsure([act], Days())), ([act], []))

    def test_what_was_denounced_later_was_in_force_then_and_the_row_stays_as_it_is(self):
        act = self.act(date(1960, 1, 1), status="denounced", denounced_on=date(1980, 1, 1))
        self.assertStood(Standing.DENOUNCED)
        self.assertStood(Standing.DENOUNCED, date(1980, 1, 1))
        self.assertStood(Standing.RATIFIED, date(1979, 12, 31))
        (then,) = stood([act], Days(date(1979, 12, 31)))
        self.assertEqual((then.denounced, then.get_status_display()), (None, ""))
        self.assertEqual((act.denounced_on, act.status), (date(1980, 1, 1), "denounced"))
        self.act(date(1990, 1, 1), number=2)
        self.assertStood(Standing.DENOUNCED, date(1989, 12, 31))
        self.assertStood(Standing.RATIFIED, date(1990, 1, 1))

    def test_what_was_recorded_later_was_not_known(self):
        self.act(date(2000, 12, 13))
        day = timezone.localdate(PUBLISHED_AT)
        self.assertStood(Standing.RATIFIED, known=day)
        self.assertStood(Standing.UNKNOWN, known=day - timedelta(days=1))
        self.assertStood(Standing.UNKNOWN, date(1990, 1, 1), day - timedelta(days=1))

    def test_absence_is_said_only_of_a_list_that_had_been_read(self):
        with at(NOON):
            self.assertStood(Standing.NOT_RATIFIED)
            self.assertStood(Standing.NOT_RATIFIED, date(1990, 1, 1))
            self.assertStood(Standing.NOT_RATIFIED, known=date(2026, 6, 4))
            self.assertStood(Standing.UNKNOWN, known=date(2026, 6, 3))
        self.assertEqual(str(absent_by(self.convention, Days(date(1990, 1, 1)))), "1 January 1990")
        self.assertEqual(str(absent_by(self.convention, Days(date(2026, 10, 1)))), "4 June 2026")
        self.assertEqual(str(absent_by(self.convention, Days())), "4 June 2026")
        Convention.objects.filter(pk=self.convention.pk).update(coverage="partial")
        self.convention.refresh_from_db()
        self.assertStood(Standing.UNKNOWN, date(1990, 1, 1))

    def test_what_is_only_reported_stays_so(self):
        self.act(registered=False, verification="none")
        self.assertStood(Standing.REPORTED)
        self.assertStood(Standing.REPORTED, date(1990, 1, 1))


class CountryPageTests(CastMixin, TestCase):
    def page(self, query=""):
        with at(NOON):
            response = self.client.get(f"{self.kaz.get_absolute_url()}{query}")
        self.assertEqual(response.status_code, 200)
        return Page(response.content.decode())

    def setUp(self):
        newsroom.Commitment.objects.update(recorded_at=PUBLISHED_AT)
        newsroom.Commitment.objects.filter(pk=self.amend.pk).update(made_on=date(2024, 6, 12))
        Ratification.objects.update(recorded_at=PUBLISHED_AT)
        self.day = timezone.localdate(PUBLISHED_AT)

    def test_now_is_not_marked(self):
        page = self.page()
        self.assertNotIn("Back to now", page.text)
        self.assertNotIn("noindex", str(page.elements))
        self.assertIn("Amend the Labour Code", page.text)

    def test_as_of(self):
        page = self.page("?as_of=2024-06-11")
        self.assertIn("As things stood on 11 June 2024, by what is recorded here today. Back to now", page.text)
        self.assertNotIn("Amend the Labour Code", page.text)
        self.assertIn("Ratify Convention No. 176 ○ No information · due 31 December 2025", page.text)
        self.assertNotIn(self.published.headline, page.text)
        self.assertIn("◔ Under way", self.page("?as_of=2024-09-01").text)
        self.assertIn(f"{self.ratify.get_absolute_url()}?as_of=2024-06-11", page.links)
        self.assertIn(f"{self.roadmap.get_absolute_url()}?as_of=2024-06-11", page.links)

    def test_the_register_as_of(self):
        self.assertIn("C87 Freedom", self.page("?as_of=2000-12-13").text.split("Ratifications seen in a source 1")[1])
        self.assertIn("None is known to have been registered", self.page("?as_of=2000-12-12").text)

    def test_known(self):
        self.assertIn("Amend the Labour Code", self.page(f"?known={self.day}").text)
        before = self.page(f"?known={self.day - timedelta(days=1)}").text
        for words in ("Amend the Labour Code", "Roadmap 2024-2025", self.published.headline, "13 December 2000"):
            self.assertNotIn(words, before)
        self.assertIn("None is known to have been registered, and recorded here, by then.", before)

    def test_a_roadmap_without_commitments_stands_there_too(self):
        empty = newsroom.Roadmap.objects.create(
            kind="roadmap", title="Empty programme", slug="empty", country=self.kaz, starts_on=date(2007, 12, 31),
            starts_on_precision="year", source=SOURCE, status="published", published_at=PUBLISHED_AT,
        )  # fmt: skip
        self.assertIn(empty.title, self.page("?as_of=2007-01-01").text)
        self.assertNotIn(empty.title, self.page("?as_of=2006-12-31").text)

    def test_the_address_to_find_is_the_present_one(self):
        for query in ("?as_of=2024-06-11", "?known=2024-06-11", "?as_of=soon"):
            page = self.page(query)
            self.assertIn({"name": "robots", "content": "noindex"}, page.all("meta"), query)
            canonical = {"rel": "canonical", "href": f"http://testserver{self.kaz.get_absolute_url()}"}
            self.assertIn(canonical, page.all("link"), query)

    def test_another_day_costs_no_more(self):
        """But to ask what of the register, its roadmaps, its commitments and theirs was edited since."""
        with CaptureQueriesContext(connection) as now:
            self.page()
        for query, more in [("?as_of=2024-06-30", 0), ("?as_of=2024-06-30&known=2025-06-30", 4)]:
            with CaptureQueriesContext(connection) as then:
                self.page(query)
            self.assertLessEqual(len(then), len(now) + more, query)

    def test_a_wrong_day_is_told_beside_its_field_and_shows_the_present(self):
        page = self.page("?as_of=<b>soon&known=2999")
        self.assertIn("“<b>soon” is not a day", page.text)
        self.assertIn("31 December 2999 has not come yet", page.text)
        self.assertNotIn("Back to now", page.text)
        self.assertIn("Amend the Labour Code", page.text)
        fields = [field for field in page.all("input") if field.get("aria-invalid")]
        self.assertEqual([field["value"] for field in fields], ["<b>soon", "2999"])
        told = {element["id"] for element in page.all("p") if "id" in element}
        self.assertLessEqual({field["aria-describedby"] for field in fields}, told)


class EndsOfTheCalendarTests(CastMixin, TestCase):
    """The first and the last day that can be written are answered wherever the site is."""

    ZONES = ("Asia/Almaty", "America/New_York")

    def answers(self, address, query, status=200):
        for zone in self.ZONES:
            with self.subTest(zone=zone, address=address, query=query), override_settings(TIME_ZONE=zone):
                self.assertEqual(self.client.get(address + query).status_code, status)

    def test_the_two_days(self):
        pages = ["/commitments/", *(record.get_absolute_url() for record in (self.ratify, self.roadmap, self.kaz))]
        outlets = [f"/commitments/{name}" for name in ("data.csv", "data.json", "due.ics")]
        outlets += [page + name for page in pages[1:] for name in ("feed/", "due.ics", "cite.bib", "cite.json")]
        for query in ("?as_of=0001-01-01", "?known=0001-01-01", "?known=0001-01-01T12:00Z"):
            for address in pages + outlets:
                self.answers(address, query)
        for query in ("?as_of=9999-12-31", "?known=9999-12-31T23:59Z"):
            for address in pages:
                self.answers(address, query)
            for address in outlets:
                self.answers(address, query, 400)

    def test_since(self):
        for query in ("?since=0001-01-01", "?since=0001", "?since=9999-12-31", "?since=0001-01-01&known=0001-01-01"):
            for address in ("/commitments/", "/commitments/data.json"):
                self.answers(address, query)

    def test_a_day_begins_where_the_site_is(self):
        begins = [datetime(2024, 6, 29, 19, tzinfo=UTC), datetime(2024, 6, 30, 4, tzinfo=UTC)]
        for zone, begin in zip(self.ZONES, begins, strict=True):
            with override_settings(TIME_ZONE=zone):
                self.assertEqual(beginning(date(2024, 6, 30)), begin)


class EditedRegisterTests(CastMixin, TestCase):
    """What is edited in the register later changes nothing of what was recorded here before: a cited page stays as it was."""

    def setUp(self):
        self.before = timezone.now() - timedelta(hours=1)
        facts = {"country": self.kaz, "convention": self.c176, "verification": "none", "status": "in-force"}
        self.act = Ratification.objects.create(act=1, **facts, recorded_at=PUBLISHED_AT)

    def edit(self, **fields):
        """As its form does: what stands is written down, changed, and written down again."""
        Version.objects.keep(self.act, by=None)
        for name, value in fields.items():
            setattr(self.act, name, value)
        self.act.save()
        Version.objects.keep(self.act, by=self.chloe)

    def register_it(self):
        self.edit(registered=True, ratified_on=date(2024, 5, 6), verification="day", source=SOURCE)

    def text(self, record, moment=None):
        known = f"?known={moment.isoformat()}".replace("+", "%2B") if moment else ""
        return Page(self.client.get(record.get_absolute_url() + known).content.decode()).text

    def test_it_works(self):
        pages = {record: self.text(record, self.before) for record in (self.ratify, self.kaz, self.uzb)}
        self.register_it()
        for record, page in pages.items():
            self.assertEqual(self.text(record, self.before), page, record)
        self.assertIn("Registered with the ILO ● reached 6 May 2024", self.text(self.ratify))
        self.assertNotIn("6 May 2024", pages[self.ratify])

    def test_each_edit_counts_from_its_own_moment(self):
        self.register_it()
        between = timezone.now()
        self.edit(ratified_on=date(2024, 5, 7))
        days = [Days(known=moment) for moment in (self.before, between)] + [Days()]
        acts = Ratification.objects.filter(pk=self.act.pk)
        found = [[(act.registered, act.ratified_on) for act in as_recorded(each)(acts)] for each in days]
        self.assertEqual(found, [[(False, None)], [(True, date(2024, 5, 6))], [(True, date(2024, 5, 7))]])

    def test_the_row_itself_stays_as_it_is(self):
        self.register_it()
        [act] = as_recorded(Days(known=self.before))([self.act])
        self.assertFalse(act.registered)
        self.assertTrue(self.act.registered)
        self.assertEqual((act.country, act.convention), (self.kaz, self.c176))

    def test_what_nobody_edited_costs_one_query_and_now_none(self):
        self.register_it()
        others = list(Ratification.objects.exclude(pk=self.act.pk))
        with self.assertNumQueries(1):
            self.assertEqual(as_recorded(Days(known=self.before))(others), others)
        with self.assertNumQueries(0):
            self.assertEqual(as_recorded(Days(as_of=date(2025, 1, 1)))(others), others)
