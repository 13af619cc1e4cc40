"""The calendars of due dates, read back with a calendar library."""

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

    def test_it_works(self):
        self.assertEqual(self.told(), (1, datetime(2026, 6, 1, tzinfo=UTC)))
        newsroom.ProgressUpdate.objects.filter(pk=self.failed.pk).update(confirmed_at=NOW - timedelta(days=2))
        self.assertEqual(self.told(), (2, NOW - timedelta(days=2)))
        self.happened(self.law, date(2026, 7, 1), "under-way", recorded=NOW - timedelta(days=1))
        self.assertEqual(self.told(), (3, NOW - timedelta(days=1)))

    def test_it_rises_also_when_an_update_is_withdrawn(self):
        later = self.happened(self.law, date(2026, 7, 1), "under-way", recorded=NOW - timedelta(days=1))
        before = self.told()
        later.withdraw(by=self.chloe, note="Wrong source.")
        self.assertEqual(self.told(), (before[0] + 1, NOW))
        self.assertIn("Not delivered", self.events()["law"]["summary"])

    def test_nothing_hidden_makes_it_rise(self):
        before = self.told()
        newsroom.ProgressUpdate.objects.create(
            commitment=self.law, number=9, happened_on=date(2026, 8, 1), delivery="delivered", summary="SECRETUPDATE",
            evidence=self.hidden_evidence,
        )  # fmt: skip
        self.assertEqual(self.told(), before)

    def test_to_become_overdue_is_a_change_at_midnight(self):
        event = self.events()["amend-labour-code"]
        self.assertIn("overdue", event["summary"])
        self.assertEqual(self.told("amend-labour-code"), (1, datetime(2026, 1, 1, tzinfo=UTC)))
        with mock.patch.object(timezone, "now", return_value=datetime(2025, 12, 31, 12, tzinfo=UTC)):
            self.assertEqual(self.told("amend-labour-code"), (0, PUBLISHED_AT))

    def test_the_same_bytes_on_another_hour(self):
        before = self.body("/commitments/law/due.ics")
        with mock.patch.object(timezone, "now", return_value=NOW + timedelta(hours=5)):
            self.assertEqual(self.body("/commitments/law/due.ics"), before)

    def test_as_of_and_known(self):
        days = "?as_of=2026-06-30&known=2026-05-31"
        event = self.events(f"/commitments/law/due.ics{days}")["law"]
        self.assertEqual(event["summary"], "Due: Adopt the law (No information)")
        self.assertEqual((event["sequence"], event.decoded("dtstamp")), (0, PUBLISHED_AT))
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
        for address in (ALL, "/countries/kazakhstan/due.ics", f"{ALL}?overdue=true&as_of=2026-06-30&known=2026-07-01"):
            with CaptureQueriesContext(connection) as captured:
                self.body(address)
            self.assertLessEqual(len(captured), 8, address)
