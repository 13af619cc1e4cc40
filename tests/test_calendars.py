"""The calendars of due dates, read back with a calendar library."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from articles import calendars
from articles import models as newsroom
from articles.models import Commitment
from conventions.models import Version
from conventions.snapshots import snapshot
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import PUBLISHED_AT
from tests.crawl import Page
from tests.test_commitment_list import LIST, NOW, TrackerCase

pytestmark = pytest.mark.once

ALL = "/commitments/due.ics"
UGLY = 'Закон; «о труде», часть 1\\2: "ratify", 😀 ' + "очень длинное название, " * 9


class CalendarCase(TrackerCase):
    def body(self, address=ALL, **headers):
        response = self.client.get(address, headers=headers)
        self.assertEqual(response.status_code, 200, address)
        return response.content

    def events(self, address=ALL, **headers):
        """The events by the slug of their commitment."""
        calendar = Calendar.from_ical(self.body(address, **headers))
        self.assertEqual([error for part in calendar.walk() for error in part.errors], [])
        return {str(event["url"]).split("?")[0].split("/")[-2]: event for event in calendar.walk("VEVENT")}


class EventTests(CalendarCase):
    @override_settings(SITE_NAME="The Record")
    def test_it_works(self):
        calendar = Calendar.from_ical(self.body("/commitments/law/due.ics", host="127.0.0.1:8000"))
        self.assertEqual((calendar["version"], calendar["prodid"]), ("2.0", "-//The Record//commitments//EN"))
        self.assertEqual((calendar["name"], calendar["x-wr-calname"]), ("The Record: Adopt the law",) * 2)
        self.assertIn(b"REFRESH-INTERVAL;VALUE=DURATION:P1D\r\nX-PUBLISHED-TTL:P1D\r\n", calendar.to_ical())
        [event] = calendar.walk("VEVENT")
        self.assertEqual(event.decoded("dtstart"), date(2030, 12, 31))
        self.assertEqual(event.decoded("dtend"), date(2031, 1, 1))
        self.assertEqual(event["uid"], f"commitment-{self.law.pk}@127.0.0.1")
        self.assertEqual(event["summary"], "Due: Adopt the law (Not delivered, not yet confirmed)")
        self.assertEqual(event["url"], "http://127.0.0.1:8000/commitments/law/")
        self.assertEqual(
            event["description"],
            "Uzbekistan: Programme 2030\n“a law on safety”\nNot delivered, not yet confirmed\n"
            "No date of its own: the end of the roadmap.",
        )

    def test_what_the_answer_bears(self):
        response = self.client.get(ALL)
        self.assertEqual(response.headers["Content-Type"], "text/calendar; charset=utf-8")
        self.assertEqual(response.headers["Content-Disposition"], 'attachment; filename="commitments.ics"')
        self.assertFalse(response.cookies)

    def test_the_dates_are_those_of_the_database(self):
        Commitment.objects.filter(pk=self.ratify.pk).update(due_on=date(2027, 2, 28), due_on_precision="month")
        Commitment.objects.filter(pk=self.amend.pk).update(due_on=date(2026, 3, 5))
        dated = {c.slug: c.due for c in Commitment.objects.published().with_state() if c.due}
        self.assertEqual({slug: event.decoded("dtstart") for slug, event in self.events().items()}, dated)
        self.assertNotIn("submit", dated)

    def test_a_period_stands_on_its_last_day_and_says_so(self):
        Commitment.objects.filter(pk=self.law.pk).update(due_on=date(2027, 2, 28), due_on_precision="month")
        event = self.events()["law"]
        self.assertEqual(event.decoded("dtstart"), date(2027, 2, 28))
        self.assertIn("Due in February 2027; no day is stated, so it stands on the last one.", event["description"])
        self.assertNotIn("No date of its own", event["description"])

    def test_after_the_last_day_of_the_calendar_there_is_none(self):
        newsroom.Roadmap.objects.filter(pk=self.programme.pk).update(ends_on=date.max)
        for address in (ALL, "/commitments/law/due.ics", "/roadmaps/programme/due.ics", "/countries/uzbekistan/due.ics"):
            event = self.events(address)["law"]
            self.assertEqual(event.decoded("dtstart"), date.max)
            self.assertNotIn("dtend", event)
        for page in (LIST, f"{LIST}data.csv", "/commitments/law/", "/roadmaps/programme/", "/countries/uzbekistan/", "/"):
            self.assertEqual(self.client.get(page).status_code, 200, page)

    def test_ugly_text_comes_back_as_it_was(self):
        words = "строка, один; два\\три"
        Commitment.objects.filter(pk=self.law.pk).update(title=UGLY, exact=words + "\r\nнайдена\x0b\rтретья\u2028конец")
        body = self.body()
        event = self.events()["law"]
        self.assertEqual(event["summary"], f"Due: {UGLY} (Not delivered, not yet confirmed)")
        self.assertIn(f"“{words}\nнайдена\nтретья\nконец”", event["description"])
        for line in body.split(b"\r\n"):
            self.assertLessEqual(len(line), 75)
            self.assertNotIn(b"\n", line)
            self.assertNotIn(b"\r", line)
            line.decode()  # no letter is cut in two

    def test_a_slug_that_changes_keeps_its_event(self):
        before = self.events(host="127.0.0.1:8000")["law"]["uid"]
        Commitment.objects.filter(pk=self.law.pk).update(slug="renamed")
        self.assertEqual(self.events(host="127.0.0.1:8001")["renamed"]["uid"], before)

    def test_no_date_no_event(self):
        self.assertEqual(self.events("/commitments/submit/due.ics"), {})
        self.assertEqual(set(self.events()), {"law", "ratify-c176", "amend-labour-code"})

    def test_no_date_no_calendar_is_offered(self):
        """A calendar without an event is none (RFC 5545)."""
        self.assertContains(self.client.get(self.amend.get_absolute_url()), "due.ics")
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(ends_on=None)
        self.assertNotContains(self.client.get(self.amend.get_absolute_url()), "due.ics")
        newsroom.Commitment.objects.filter(pk=self.amend.pk).update(due_on="2030-01-01")
        self.assertContains(self.client.get(self.amend.get_absolute_url()), "due.ics")

    def test_more_than_it_holds(self):
        with mock.patch.object(calendars, "MOST", 2):
            self.assertEqual(set(self.events()), {"law", "ratify-c176"})
            self.assertIn(b"There are more: this calendar holds the 2 that are due last.", self.body())
        self.assertNotIn(b"There are more", self.body())


class ChangeTests(CalendarCase):
    """What a program compares to know whether an event changed. No clock is read: the same record, the same bytes."""

    def told(self, slug="law", address=ALL):
        event = self.events(address)[slug]
        self.assertEqual(event.decoded("dtstamp"), event.decoded("last-modified"))
        return event["sequence"], event.decoded("last-modified")

    @contextmanager
    def rises(self, at=NOW, slug="law", address=ALL):
        """The number rises, and the last change is said to have been at this moment."""
        before, _ = self.told(slug, address)
        yield
        number, moment = self.told(slug, address)
        self.assertGreater(number, before)
        self.assertEqual(moment, at)

    @contextmanager
    def stays(self, slug="law", address=ALL):
        before = self.told(slug, address)
        yield
        self.assertEqual(self.told(slug, address), before)

    def edit(self, record, **fields):
        """As its form does: the record is changed, and what it says then is written down."""
        record.refresh_from_db()
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()
        facts = {"kind": "saved", "number": Version.objects.of(record).count() + 1, "headline": "-", "at": timezone.now()}
        Version.objects.create(record=record, snapshot=snapshot(record), **facts)

    def test_it_works(self):
        self.assertEqual(self.told()[1], datetime(2026, 6, 1, tzinfo=UTC))
        with self.rises(NOW - timedelta(days=2)):
            confirmed = {"confirmed_at": NOW - timedelta(days=2), "confirmed_by": self.carl}
            newsroom.ProgressUpdate.objects.filter(pk=self.failed.pk).update(**confirmed)
        with self.rises(NOW - timedelta(days=1)):
            self.happened(self.law, date(2026, 7, 1), "under-way", recorded=NOW - timedelta(days=1))

    def test_the_number_is_an_integer_as_calendars_know_it(self):
        with mock.patch.object(timezone, "now", return_value=datetime(2067, 12, 31, tzinfo=UTC)):
            with self.rises(datetime(2067, 12, 31, tzinfo=UTC)):
                self.edit(self.law, title="Adopt the law at last")
            self.assertLess(self.told()[0], 2**31)

    def test_it_rises_also_when_an_update_is_withdrawn(self):
        later = self.happened(self.law, date(2026, 7, 1), "under-way", recorded=NOW - timedelta(days=1))
        with self.rises():
            later.withdraw(by=self.chloe, note="Wrong source.")
        self.assertIn("Not delivered", self.events()["law"]["summary"])

    def test_it_rises_with_what_is_edited(self):
        for record, field, value in [
            (self.law, "title", "Adopt the act"),
            (self.law, "due_on", date(2029, 1, 1)),
            (self.law, "exact", "an act"),
            (self.uzb, "name", "Republic of Uzbekistan"),
        ]:
            with self.subTest(field), self.rises():
                self.edit(record, **{field: value})

    def test_it_rises_with_a_change_of_the_roadmap_once_the_public_reads_it(self):
        Version.objects.keep(self.programme, by=None).publish(PUBLISHED_AT)
        with self.stays():
            shot = snapshot(self.programme)
            shot["fields"]["ends_on"] = "2028-12-31"
            self.programme.propose(shot, by=self.alice)
            self.programme.submit_change(by=self.alice)
        with self.rises():
            self.programme.apply(by=self.boris, seen=self.programme.pending.number)
        self.assertEqual(self.events()["law"].decoded("dtstart"), date(2028, 12, 31))

    def test_what_is_overdue_no_more_has_changed_again(self):
        with self.rises(slug="amend-labour-code"):
            self.edit(self.amend, due_on=date(2028, 1, 1))
        self.assertNotIn("overdue", self.events()["amend-labour-code"]["summary"])
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        self.happened(self.ratify, date(2026, 3, 1), "under-way", recorded=moment)
        with self.rises(moment + timedelta(days=1), slug="ratify-c176"):
            self.happened(self.ratify, date(2026, 3, 1), "superseded", recorded=moment + timedelta(days=1))
        self.assertNotIn("overdue", self.events()["ratify-c176"]["summary"])

    def test_what_takes_effect_by_time_alone_changes_at_midnight(self):
        with self.rises(NOW - timedelta(days=1)):
            month = {"happened_on_precision": "month", "recorded": NOW - timedelta(days=1)}
            self.happened(self.law, date(2026, 11, 30), "delivered", **month)
        self.assertIn("Not delivered", self.events()["law"]["summary"])
        before, midnight = self.told(), datetime(2026, 11, 30, tzinfo=UTC)
        timezone.now.return_value = midnight + timedelta(hours=1)
        self.assertIn("(Delivered", self.events()["law"]["summary"])
        self.assertGreater(self.told(), (before[0], NOW))
        self.assertEqual(self.told()[1], midnight)

    def test_two_changes_within_a_second_are_two(self):
        for title in ("Adopt the act", "Adopt the code"):
            with self.rises():
                self.edit(self.law, title=title)

    def test_nothing_hidden_makes_it_rise(self):
        with self.stays():
            newsroom.ProgressUpdate.objects.create(
                commitment=self.law, number=9, happened_on=date(2026, 8, 1), delivery="delivered", summary="SECRETUPDATE",
                evidence=self.hidden_evidence,
            )  # fmt: skip

    def test_to_become_overdue_is_a_change_at_midnight(self):
        event = self.events()["amend-labour-code"]
        self.assertIn("overdue", event["summary"])
        after = self.told("amend-labour-code")
        self.assertEqual(after[1], datetime(2026, 1, 1, tzinfo=UTC))
        with mock.patch.object(timezone, "now", return_value=datetime(2025, 12, 31, 12, tzinfo=UTC)):
            before = self.told("amend-labour-code")
        self.assertEqual(before[1], PUBLISHED_AT)
        self.assertLess(before[0], after[0])

    def test_the_same_bytes_on_another_hour(self):
        before = self.body("/commitments/law/due.ics")
        with mock.patch.object(timezone, "now", return_value=NOW + timedelta(hours=5)):
            self.assertEqual(self.body("/commitments/law/due.ics"), before)

    def test_as_of_and_known(self):
        days = "?as_of=2026-06-30&known=2026-05-31"
        event = self.events(f"/commitments/law/due.ics{days}")["law"]
        self.assertEqual(event["summary"], "Due: Adopt the law (No information)")
        self.assertEqual(event.decoded("dtstamp"), PUBLISHED_AT)
        self.assertEqual(event["url"], f"http://testserver/commitments/law/{days}")


class OfTests(CalendarCase):
    def test_each_calendar(self):
        for address, found in [
            ("/commitments/ratify-c176/due.ics", {"ratify-c176"}),
            ("/roadmaps/roadmap-2024-2025/due.ics", {"ratify-c176", "amend-labour-code"}),
            ("/roadmaps/duties/due.ics", set()),
            ("/countries/uzbekistan/due.ics", {"law"}),
            (f"{ALL}?country=uzbekistan", {"law"}),
            (f"{ALL}?overdue=true&q=code", {"amend-labour-code"}),
        ]:
            self.assertEqual(set(self.events(address)), found, address)

    def test_what_is_not_understood_is_refused(self):
        day = "This is no day, or has not come yet: write it as 2025-06-30.\n"
        for address, sentence in [
            (f"{ALL}?strength=x", "strength: Select a valid choice. x is not one of the available choices.\n"),
            (f"{ALL}?as_of=soon", f"as_of: {day}"),
            ("/roadmaps/programme/due.ics?known=2999-01-01", f"known: {day}"),
        ]:
            response = self.client.get(address)
            self.assertEqual((response.status_code, response.content.decode()), (400, sentence))

    def test_what_is_not_there(self):
        for folder in ("commitments", "roadmaps", "countries"):
            self.assertEqual(self.client.get(f"/{folder}/nowhere/due.ics").status_code, 404)

    def test_they_are_found(self):
        for record in (self.ratify, self.roadmap, self.kaz):
            page = Page(self.client.get(record.get_absolute_url()).content.decode())
            address = f"{record.get_absolute_url()}due.ics"
            self.assertIn(address, page.links)
            self.assertEqual([link["href"] for link in page.all("link") if link.get("type") == "text/calendar"], [address])
        self.assertIn(ALL, Page(self.client.get(LIST).content.decode()).links)

    def test_few_questions(self):
        addresses = (ALL, "/countries/kazakhstan/due.ics", f"{ALL}?overdue=true&as_of=2026-06-30&known=2026-07-01")
        for more in (False, True):
            if more:
                make_crowd(Crowd(articles=1, roadmaps=3, commitments=40, people=1, organisations=1, updates=2))
            for address in addresses:
                with CaptureQueriesContext(connection) as captured:
                    self.body(address)
                self.assertLessEqual(len(captured), 8, (address, more))
