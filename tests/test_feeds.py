"""Feeds of what happened to promises: of a commitment, a roadmap, a country and an instrument."""

from datetime import date, datetime, timedelta
from unittest import mock
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from tests.cast import PUBLISHED_AT
from tests.crawl import Page
from tests.test_commitment_list import NOW, TrackerCase

pytestmark = pytest.mark.once

ATOM = "{http://www.w3.org/2005/Atom}"


class FeedCase(TrackerCase):
    def setUp(self):
        super().setUp()
        self.address = f"{self.amend.get_absolute_url()}feed/"

    def read(self, address=None, **headers):
        response = self.client.get(address or self.address, headers=headers)
        self.assertEqual(response.status_code, 200)
        return ElementTree.fromstring(response.content)

    def entries(self, address=None, **headers):
        return self.read(address, **headers).findall(f"{ATOM}entry")

    def titles(self, address=None):
        return [entry.findtext(f"{ATOM}title") for entry in self.entries(address)]

    def link(self, node, rel):
        return node.find(f"{ATOM}link[@rel='{rel}']").get("href")

    def recorded(self, days, day=date(2025, 1, 1), delivery="under-way", **facts):
        at = PUBLISHED_AT + timedelta(days=days)
        return self.happened(self.amend, day, delivery, recorded=at, **facts)


class EntryTests(FeedCase):
    @override_settings(SITE_NAME="The Record")
    def test_it_works(self):
        update = self.recorded(1, delivery="delivered", effect="some")
        update.further_evidence.add(
            newsroom.Evidence.objects.create(
                title="What <they> said", url="https://example.org/said", publisher="The Union", voice="workers",
                archived_url="https://example.org/kept", excerpt="It is done & good.",
            )
        )  # fmt: skip
        feed = self.read(host="127.0.0.1:8000")
        self.assertEqual(feed.findtext(f"{ATOM}title"), "The Record: what happened to promises, Amend the Labour Code")
        self.assertEqual(feed.findtext(f"{ATOM}subtitle"), "Where it stands: Delivered, not yet confirmed.")
        self.assertEqual(feed.findtext(f"{ATOM}author/{ATOM}name"), "The Record")
        self.assertEqual(feed.findtext(f"{ATOM}id"), f"tag:127.0.0.1,2026:commitment-{self.amend.pk}")
        self.assertEqual(self.link(feed, "self"), f"http://127.0.0.1:8000{self.address}")
        self.assertEqual(self.link(feed, "alternate"), f"http://127.0.0.1:8000{self.amend.get_absolute_url()}")
        [entry] = feed.findall(f"{ATOM}entry")
        self.assertEqual(entry.findtext(f"{ATOM}title"), "Delivered, not yet confirmed: Amend the Labour Code")
        self.assertEqual(entry.findtext(f"{ATOM}id"), f"tag:127.0.0.1,2024-06-14:update-{update.pk}")
        self.assertEqual(entry.findtext(f"{ATOM}updated"), "2024-06-14T09:00:00+00:00")
        self.assertEqual(entry.find(f"{ATOM}category").get("term"), "Delivered")
        self.assertEqual(
            self.link(entry, "alternate"), f"http://127.0.0.1:8000{self.amend.get_absolute_url()}#update-{update.number}"
        )
        told = Page(entry.findtext(f"{ATOM}summary"))
        self.assertIn("1 January 2025: Step 1 Delivered; effect: some; not yet confirmed", told.text)
        self.assertIn("Media Draft law sent to parliament, The Gazette", told.text)
        self.assertIn("Workers What <they> said, The Union · archived copy “It is done & good.”", told.text)
        self.assertLessEqual({"https://example.org/law", "https://example.org/said", "https://example.org/kept"}, {*told.links})

    def test_the_link_leads_to_the_update(self):
        update = self.recorded(1)
        page = Page(self.client.get(self.amend.get_absolute_url()).content.decode())
        self.assertIn(f"update-{update.number}", [attrs.get("id") for _tag, attrs in page.elements])

    def test_a_verdict_that_is_confirmed(self):
        self.recorded(1, delivery="delivered", confirmed_at=PUBLISHED_AT + timedelta(days=5), confirmed_by=self.carl)
        [entry] = self.entries()
        self.assertEqual(entry.findtext(f"{ATOM}title"), "Delivered: Amend the Labour Code")
        self.assertEqual(entry.findtext(f"{ATOM}published"), "2024-06-14T09:00:00+00:00")
        self.assertEqual(entry.findtext(f"{ATOM}updated"), "2024-06-18T09:00:00+00:00")

    def test_superseding_says_so_on_both(self):
        first = self.recorded(1, delivery="delivered")
        self.recorded(7, day=date(2025, 2, 1), supersedes=first, reason="The law was <not> signed.")
        later, earlier = self.entries()
        self.assertEqual(later.findtext(f"{ATOM}title"), "Under way: Amend the Labour Code")
        self.assertEqual(
            earlier.findtext(f"{ATOM}title"), "Delivered, not yet confirmed, superseded by a later update: Amend the Labour Code"
        )
        self.assertEqual(earlier.findtext(f"{ATOM}updated"), "2024-06-20T09:00:00+00:00")
        told = [Page(entry.findtext(f"{ATOM}summary")).text for entry in (later, earlier)]
        self.assertIn("Supersedes the update of 1 January 2025: The law was <not> signed.", told[0])
        self.assertIn("Superseded by the update of 1 February 2025: The law was <not> signed.", told[1])

    def test_what_supersedes_and_is_not_public_says_nothing(self):
        first = self.recorded(1)
        hidden = newsroom.ProgressUpdate.objects.create(
            commitment=self.amend, number=9, happened_on=date(2025, 2, 1), delivery="delivered", summary="SECRETUPDATE",
            evidence=self.hidden_evidence, supersedes=first, reason="SECRETREASON",
        )  # fmt: skip
        [entry] = self.entries()
        self.assertNotIn("SECRET", ElementTree.tostring(entry, encoding="unicode"))
        newsroom.ProgressUpdate.objects.filter(pk=hidden.pk).update(status="published", published_at=NOW)
        self.assertEqual(len(self.entries()), 2)

    def test_the_newest_recorded_comes_first_whenever_it_happened(self):
        self.recorded(3, day=date(2025, 1, 1), delivery="in-part")
        self.recorded(1, day=date(2025, 6, 1), delivery="delivered")
        told = [title.split(":")[0] for title in self.titles()]
        self.assertEqual(told, ["Delivered in part", "Delivered, not yet confirmed"])

    def test_what_has_not_happened_yet_waits_for_its_day(self):
        self.recorded(1, day=date(2026, 12, 31), happened_on_precision="year")
        self.assertEqual(self.titles(), [])
        with mock.patch.object(timezone, "now", return_value=datetime(2026, 12, 31, 1, tzinfo=NOW.tzinfo)):
            self.assertEqual(len(self.titles()), 1)

    def test_the_newest_fifty(self):
        for number in range(60):
            self.recorded(number)
        found = [Page(entry.findtext(f"{ATOM}summary")).text for entry in self.entries()]
        self.assertEqual(len(found), 50)
        self.assertIn("Step 60", found[0])
        self.assertIn("Step 11", found[-1])

    def test_no_character_breaks_it(self):
        newsroom.Commitment.objects.filter(pk=self.amend.pk).update(title="A\x0b <b>title</b> & 😀")
        self.recorded(1)
        self.assertEqual(self.titles(), ["Under way: A <b>title</b> & 😀"])

    def test_a_name_is_kept_when_the_address_changes(self):
        self.recorded(1)
        [entry] = self.entries(host="127.0.0.1:8000")
        newsroom.Commitment.objects.filter(pk=self.amend.pk).update(slug="renamed")
        [again] = self.entries("/commitments/renamed/feed/", host="127.0.0.1:8001")
        self.assertEqual(again.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}id"))

    def test_without_an_update_it_is_a_feed_as_old_as_its_roadmap(self):
        feed = self.read()
        self.assertEqual(feed.findall(f"{ATOM}entry"), [])
        self.assertEqual(feed.findtext(f"{ATOM}updated"), "2024-06-13T09:00:00+00:00")
        self.assertEqual(feed.findtext(f"{ATOM}subtitle"), "Where it stands: No information, overdue.")


class DayTests(FeedCase):
    def test_as_of_and_known(self):
        self.recorded(1, day=date(2025, 1, 1))
        confirmed = {"confirmed_at": PUBLISHED_AT + timedelta(days=60), "confirmed_by": self.carl}
        self.recorded(30, day=date(2025, 6, 1), delivery="delivered", **confirmed)
        self.assertEqual(len(self.titles()), 2)
        self.assertEqual(self.titles(f"{self.address}?as_of=2025-05-31"), ["Under way: Amend the Labour Code"])
        self.assertEqual(self.titles(f"{self.address}?known=2024-06-30"), ["Under way: Amend the Labour Code"])
        newest = self.titles(f"{self.address}?known=2024-07-31")[0]
        self.assertEqual(newest, "Delivered, not yet confirmed: Amend the Labour Code")

    def test_as_of_another_day_it_names_its_own_address_and_leads_to_that_day(self):
        self.recorded(1)
        asked = "?as_of=2025-12-31&known=2026-06-01"
        feed = self.read(self.address + asked)
        self.assertTrue(self.link(feed, "self").endswith(self.address + asked))
        for entry in feed.findall(f"{ATOM}entry"):
            self.assertIn(f"{asked}#update-", self.link(entry, "alternate"))
        self.assertTrue(self.link(self.read(), "self").endswith(self.address))

    def test_a_wrong_day_is_refused(self):
        response = self.client.get(f"{self.address}?as_of=soon")
        self.assertEqual(response.status_code, 400)
        self.assertEqual(response.content.decode(), "as_of: This is no day, or has not come yet: write it as 2025-06-30.\n")


class OfTests(FeedCase):
    """Each feed tells of the commitments of its own record."""

    RATIFY, LAW, SUBMIT = "Ratify Convention No. 176", "Adopt the law", "Submit it"

    def told(self, address):
        return {title.split(": ", 1)[1] for title in self.titles(address)}

    def test_it_works(self):
        self.assertEqual(self.told("/commitments/ratify-c176/feed/"), {self.RATIFY})
        self.assertEqual(self.told("/roadmaps/roadmap-2024-2025/feed/"), {self.RATIFY})
        self.assertEqual(self.told("/roadmaps/programme/feed/"), {self.LAW})
        self.assertEqual(self.told("/countries/kazakhstan/feed/"), {self.RATIFY})
        self.assertEqual(self.told("/countries/uzbekistan/feed/"), {self.LAW})
        self.assertEqual(self.told("/conventions/c176/feed/"), {self.RATIFY, self.LAW})
        self.assertEqual(self.told("/conventions/c190/feed/"), {self.SUBMIT})
        self.assertEqual(self.told("/conventions/c087/feed/"), set())

    def test_an_update_is_told_once(self):
        self.law.also_concerns.add(self.c190, self.c131)
        newsroom.Commitment.objects.filter(pk=self.law.pk).update(convention=self.c176)
        self.assertEqual(len([title for title in self.titles("/conventions/c176/feed/") if self.LAW in title]), 1)

    def test_codes_are_read_as_people_write_them(self):
        self.assertRedirects(self.client.get("/conventions/C176/feed/"), "/conventions/c176/feed/", 301)
        for code in ("c999", "x"):
            self.assertEqual(self.client.get(f"/conventions/{code}/feed/").status_code, 404)

    def test_what_is_not_there(self):
        for folder in ("commitments", "roadmaps", "countries"):
            self.assertEqual(self.client.get(f"/{folder}/nowhere/feed/").status_code, 404)

    def test_readers_of_feeds_find_them(self):
        for record in (self.ratify, self.roadmap, self.kaz, self.c176):
            page = Page(self.client.get(record.get_absolute_url()).content.decode())
            address = f"{record.get_absolute_url()}feed/"
            offered = [link["href"] for link in page.all("link") if link.get("type") == "application/atom+xml"]
            self.assertEqual(offered, [address])
            self.assertEqual(page.links.count(address), 1, address)

    def test_what_the_answer_bears(self):
        for address in ("/commitments/ratify-c176/feed/", "/conventions/c176/feed/"):
            response = self.client.get(address)
            self.assertEqual(response.headers["Content-Type"], "application/atom+xml; charset=utf-8")
            self.assertFalse(response.cookies)
            self.assertNotIn("Cookie", response.headers.get("Vary", ""))
            self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])

    def test_as_many_questions_for_one_as_for_many(self):
        addresses = ["/commitments/amend-labour-code/feed/", "/countries/kazakhstan/feed/", "/conventions/c176/feed/"]

        def count():
            counts = []
            for address in addresses:
                with CaptureQueriesContext(connection) as captured:
                    self.read(address)
                counts.append(len(captured))
            return counts

        previous = self.recorded(1, supersedes=self.recorded(0), reason="It was wrong.")
        few = count()
        for number in range(20):
            previous = self.recorded(number + 2, supersedes=previous, reason="It was wrong.")
            previous.further_evidence.add(self.evidence)
        self.assertEqual(count(), few)
        self.assertLessEqual(max(few), 12)
