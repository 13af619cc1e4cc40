"""The page of a roadmap: its answers at a glance, its commitments, and how all of it stood on another day."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from articles.models import Commitment, Delivery, ProgressUpdate, Roadmap
from articles.templatetags.newsroom import first_sentence
from tests.cast import PUBLIC_NOTE, PUBLISHED_AT, SECRETS, SOURCE, CastMixin
from tests.crawl import Page
from tests.test_content import CONTENT, REGISTER, ROADMAP

pytestmark = pytest.mark.once

#: The noon of the day on which the content was recorded.
NOON = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def row_of(text, word):
    """The number that stands beside a word in the chart."""
    return int(re.search(rf"{word} (\d+)\b", text)[1])


class RoadmapPageCase(CastMixin, TestCase):
    def page(self, query="", roadmap=None, status=200):
        response = self.client.get((roadmap or self.roadmap).get_absolute_url() + query)
        self.assertEqual(response.status_code, status)
        return Page(response.content.decode())

    def add_update(self, **changes):
        facts = {"commitment": self.ratify, "number": 9, "happened_on": date(2025, 6, 1), "delivery": "delivered"}
        facts |= {"summary": "It was ratified.", "evidence": self.evidence, "recorded_at": PUBLISHED_AT}
        return ProgressUpdate.objects.create(**facts | {"status": "published", "published_at": PUBLISHED_AT} | changes)

    def glance(self, page):
        """The part of the page above its commitments."""
        return page.text.split("Who agreed, and until when")[1].split("Sources differ")[0]


class PageTests(RoadmapPageCase):
    def test_it_works(self):
        with mock.patch.object(timezone, "now", return_value=NOON):
            text = self.glance(self.page())
        for words in (
            "Government: Ministry of Labour",
            "until 31 December 2025",
            "ended 326 days ago",
            "1 September 2024 · Ratify Convention No. 176",
            "Under way A draft law was sent to parliament.",
        ):
            self.assertIn(words, text)
        standing = {"No information": 1, "Under way": 1, "Delivered": 0, "Superseded": 0, "Overdue": 2, "Not yet confirmed": 0}
        self.assertEqual({word: row_of(text, word) for word in standing}, standing)

    def test_the_period_is_told_as_precisely_as_it_is_known(self):
        told = {"starts_on": date(2024, 12, 31), "starts_on_precision": "year", "ends_on_precision": "year"}
        Roadmap.objects.filter(pk=self.roadmap.pk).update(**told)
        with mock.patch.object(timezone, "now", return_value=NOON):
            text = self.page().text
        self.assertIn("Period: 2024–2025 24 of 24 months, ended 326 days ago", text)
        self.assertIn("counted from 1 January 2024 to 31 December 2025: the sources give no days", text)
        nothing = {"starts_on": None, "starts_on_precision": "day", "ends_on": None, "ends_on_precision": "day"}
        Roadmap.objects.filter(pk=self.roadmap.pk).update(**nothing)
        page = self.page()
        self.assertIn("Period: period not known", page.text)
        self.assertNotIn("days ago", page.text)
        self.assertNotIn("Overdue 1", page.text)

    def test_the_latest_updates_lead_to_their_place(self):
        for number, day in enumerate([date(2025, 2, 1), date(2025, 4, 1), date(2025, 3, 1)], 10):
            self.add_update(number=number, happened_on=day, delivery="under-way", summary=f"Step of {day}.")
        page = self.page()
        links = [href for href in page.links if "#update-" in href]
        address = self.ratify.get_absolute_url()
        self.assertEqual(links[:3], [f"{address}#update-{number}" for number in (11, 12, 10)])
        self.assertIn("Step of 2025-04-01.", self.glance(page))
        self.assertNotIn("A draft law was sent", self.glance(page))

    def test_what_is_superseded_is_not_in_effect(self):
        self.add_update(supersedes=self.update, reason="It was wrong.", happened_on=date(2024, 8, 1), delivery="in-part")
        page = self.page()
        self.assertNotIn("A draft law was sent to parliament.", page.text)
        self.assertEqual(row_of(self.glance(page), "Delivered in part"), 1)

    def test_the_sources_that_differ_are_marked(self):
        self.assertIn("Sources differ: In which year was it ratified? (we use “ratified in 2000”)", self.page().text)

    def test_a_table_tells_what_is_drawn(self):
        self.add_update(happened_on=date(2024, 12, 31), happened_on_precision="year", delivery="in-part", summary="Half of it.")
        page = self.page()
        table = page.text.split("The same as a table")[1]
        self.assertIn(
            "1 September 2024 ◔ Under way A draft law was sent to parliament. Ratify Convention No. 176 Media The Gazette", table
        )
        self.assertIn("2024 ◑ Delivered in part Half of it.", table)
        self.assertIn("31 December 2025 ◇ Due Amend the Labour Code", table)
        [drawing] = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
        named = set(drawing["aria-labelledby"].split())
        self.assertLessEqual(named, {attrs.get("id") for tag, attrs in page.elements if tag in ("title", "desc")})

    def test_the_unpublished_is_nowhere(self):
        self.add_update(number=30, commitment=self.hidden_commitment, summary="SECRETUPDATE")
        self.add_update(number=31, status="in_review", published_at=None, summary="SECRETUPDATE")
        self.add_update(number=32, published_at=timezone.now() + timedelta(hours=1), summary="SECRETUPDATE")
        for query in ("", "?as_of=2025-06-30", "?known=2026-01-01", "?as_of=2025-06-30&known=2026-01-01"):
            text = self.page(query).text.casefold()
            for word in SECRETS:
                self.assertNotIn(word.casefold(), text)
            self.page(query, roadmap=self.hidden_roadmap, status=404)

    def test_a_withdrawn_one_is_gone_on_every_day(self):
        self.roadmap.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        for query in ("", "?as_of=2025-06-30", "?known=2025-06-30"):
            page = self.page(query, status=410)
            self.assertIn(PUBLIC_NOTE, page.text)
            self.assertNotIn(self.ratify.title, page.text)

    def test_it_costs_as_much_for_many(self):
        def cost(query):
            with CaptureQueriesContext(connection) as captured:
                self.page(query)
            return len(captured)

        Commitment.objects.update(recorded_at=PUBLISHED_AT)
        queries = ("", "?as_of=2025-06-30", "?as_of=2025-06-30&known=2025-12-01")
        few = [[cost(query) for query in queries] for _once_for_the_kinds_of_records in range(2)][1]
        Commitment.objects.bulk_create(
            Commitment(
                roadmap=self.roadmap, number=number, title=f"Promise {number}", slug=f"promise-{number}", exact="-",
                strength="other", source=SOURCE, area=self.area, recorded_at=PUBLISHED_AT,
            )
            for number in range(3, 63)
        )  # fmt: skip
        for number, commitment in enumerate(Commitment.objects.filter(number__gte=3, roadmap=self.roadmap)):
            self.add_update(commitment=commitment, happened_on=date(2024, 9, 1) + timedelta(days=number))
        self.assertEqual([cost(query) for query in queries], few)
        self.assertLessEqual(max(few), 12)


class OtherDayTests(RoadmapPageCase):
    def test_it_works(self):
        self.add_update(happened_on=date(2025, 6, 1))
        text = self.page("?as_of=2025-05-31").text
        self.assertIn("As things stood on 31 May 2025", text)
        self.assertIn("214 days were left", text)
        self.assertNotIn("It was ratified.", text)
        self.assertEqual((row_of(text, "Under way"), row_of(text, "Overdue")), (1, 0))
        text = self.page("?as_of=2025-06-01").text
        self.assertIn("It was ratified.", text)
        self.assertEqual((row_of(text, "Under way"), row_of(text, "Delivered")), (0, 1))

    def test_what_was_recorded_later_was_not_known(self):
        Commitment.objects.update(recorded_at=PUBLISHED_AT)
        later = PUBLISHED_AT + timedelta(days=400)
        self.add_update(recorded_at=later, published_at=later)
        known = f"?known={(PUBLISHED_AT + timedelta(days=399)).date()}"
        self.assertNotIn("It was ratified.", self.page(known).text)
        self.assertIn("It was ratified.", self.page(f"?known={later.date()}").text)

    def test_news_that_came_later_is_not_told(self):
        self.assertIn(self.published.headline, self.page().text)
        self.assertIn(self.published.headline, self.page("?as_of=2024-06-12").text)
        self.assertNotIn(self.published.headline, self.page("?as_of=2024-06-11").text)
        self.assertNotIn(self.published.headline, self.page(f"?known={(PUBLISHED_AT - timedelta(days=1)).date()}").text)

    def test_every_link_to_what_has_days_carries_them(self):
        query = "?as_of=2025-06-30&known=2026-01-01"
        Commitment.objects.update(recorded_at=PUBLISHED_AT)
        ProgressUpdate.objects.filter(pk=self.update.pk)
        links = self.page(query).links
        for start in ("/commitments/", "/countries/"):
            found = [href for href in links if href.startswith(start) and href != start and ".ics" not in href]
            self.assertTrue(found, start)
            for href in found:
                self.assertIn(query, href)

    def test_before_anything_was_promised(self):
        Roadmap.objects.filter(pk=self.roadmap.pk).update(starts_on=date(2024, 1, 1))
        page = self.page("?as_of=2023-12-30")
        self.assertIn("none of its commitments had been made", page.text)
        self.assertIn("began 2 days later", page.text)
        self.assertNotIn(self.ratify.title, page.text)

    def test_a_wrong_day_gets_a_sentence_and_the_present(self):
        page = self.page("?as_of=soon")
        self.assertIn("“soon” is not a day", page.text)
        self.assertIn("ago", page.text.split("Where the commitments stand")[0])
        self.assertIn("A draft law was sent to parliament.", page.text)

    def test_another_day_is_not_for_search_engines(self):
        robots = [attrs for attrs in self.page("?as_of=2025-06-30").all("meta") if attrs.get("name") == "robots"]
        self.assertEqual([attrs["content"] for attrs in robots], ["noindex"])
        self.assertFalse([attrs for attrs in self.page().all("meta") if attrs.get("name") == "robots"])


class StatementsTests(RoadmapPageCase):
    """Single promises: nobody agreed to them together, and they have no period."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        facts = {"kind": "statements", "country": None, "status": "published", "published_at": PUBLISHED_AT, "source": SOURCE}
        cls.single = Roadmap.objects.create(title="Duties of all", slug="duties-of-all", **facts)
        days = [("First", date(2021, 12, 31), "year"), ("Undated", None, "day"), ("Last", date(2023, 3, 8), "day")]
        for number, (title, made, precision) in enumerate(days, 1):
            Commitment.objects.create(
                roadmap=cls.single, number=number, title=f"{title} promise", slug=title.lower(), exact="-", strength="other",
                source=SOURCE, made_on=made, made_on_precision=precision,
            )  # fmt: skip

    def test_it_works(self):
        text = self.page(roadmap=self.single).text
        self.assertIn("All member States · Single promises", text)
        self.assertIn("stand in no common agreement", text)
        self.assertIn("made 8 March 2023", text)
        self.assertIn("made 2021", text)
        for word in ("Period", "Signed", "Who agreed", "the source names", "Date not known"):
            self.assertNotIn(word, text.split("Source " + SOURCE)[0].replace("The roadmap", ""))

    def test_the_last_to_be_made_comes_first(self):
        listed = self.page(roadmap=self.single).text.split("3 commitments")[2]
        places = [listed.index(f"{title} promise") for title in ("Last", "First", "Undated")]
        self.assertEqual(places, sorted(places))

    def test_without_any_date_nothing_is_drawn(self):
        Commitment.objects.filter(roadmap=self.single).update(made_on=None, made_on_precision="day")
        self.assertNotIn("Timeline", self.page(roadmap=self.single).text)


class ContentTests(TestCase):
    """The real content, on any day: the chart counts what the queryset says."""

    fixtures = [*REGISTER, *CONTENT]

    def page(self, roadmap, query=""):
        response = self.client.get(roadmap.get_absolute_url() + query)
        self.assertEqual(response.status_code, 200)
        return response

    def test_it_works(self):
        for roadmap in Roadmap.objects.published():
            for day in (None, date(2009, 1, 1), date(2024, 6, 12), date(2025, 6, 30), date(2025, 12, 31), date(2026, 3, 1)):
                with self.subTest(roadmap=roadmap.slug, day=day):
                    self.assertCounts(roadmap, day)

    def assertCounts(self, roadmap, day):
        response = self.page(roadmap, f"?as_of={day}" if day else "")
        found = list(roadmap.commitments.held(as_of=day).with_state(as_of=day))
        standing = response.context["standing"]
        counted = Counter(commitment.delivery for commitment in found)
        self.assertEqual(standing["delivery"], {value: counted[value] for value in Delivery.values})
        self.assertEqual(standing["overdue"], sum(commitment.is_overdue for commitment in found))
        self.assertEqual(standing, roadmap.commitments.held(as_of=day).standing(as_of=day))
        text = Page(response.content.decode()).text
        for commitment in found:
            self.assertIn(commitment.title, text)
        for value in Delivery:
            self.assertEqual(row_of(text, value.label), counted[value])

    def test_every_update_in_effect_is_drawn_and_told(self):
        roadmap = Roadmap.objects.get(slug=ROADMAP)
        response = self.page(roadmap)
        timeline = response.context["timeline"]
        updates = ProgressUpdate.objects.in_effect().filter(commitment__roadmap=roadmap)
        marks = [mark for lane in timeline.lanes for mark in lane.marks if mark.is_state]
        self.assertEqual(len(marks), updates.count())
        text = Page(response.content.decode()).text
        for update in updates.select_related("evidence"):
            self.assertIn(" ".join(update.summary.split()), text)
            self.assertIn(f"{update.evidence.get_voice_display()} {update.evidence.publisher}", text)

    def test_on_the_day_of_the_news_nothing_had_been_delivered(self):
        response = self.page(Roadmap.objects.get(slug=ROADMAP), "?as_of=2024-06-12")
        for value, count in response.context["standing"]["delivery"].items():
            self.assertFalse(count and value not in ("no-information", "under-way"))

    def test_the_time_of_the_kazakh_roadmap_is_used_up(self):
        with mock.patch.object(timezone, "now", return_value=NOON):
            response = self.page(Roadmap.objects.get(slug=ROADMAP))
        self.assertContains(response, "24 of 24 months, ended 326 days ago")

    def test_promises_of_all_states_have_no_country(self):
        roadmap = newsroom.Roadmap.objects.get(country=None)
        self.assertContains(self.page(roadmap), "All member States")


class OnArticleTests(CastMixin, TestCase):
    def test_an_article_names_its_roadmap_before_any_commitment_is_recorded(self):
        bare = newsroom.Roadmap.objects.create(
            title="Freshly signed", slug="freshly-signed", kind="roadmap", country=self.kaz, source="ILO", status="published",
            published_at=PUBLISHED_AT,
        )  # fmt: skip
        address = self.published.get_absolute_url()
        self.assertNotContains(self.client.get(address), "Freshly signed")
        self.published.roadmaps.add(bare)
        self.assertContains(self.client.get(address), "Freshly signed")
        self.assertContains(self.client.get(address), self.roadmap.title)


def test_what_changed_last_is_told_in_its_first_sentence():
    """A number, an initial and an abbreviation end none."""
    for words, first in [
        ("The Majilis passed a bill. The Senate has it.", "The Majilis passed a bill."),
        ("Law No. 29 of C87 passed. Nobody signed.", "Law No. 29 of C87 passed."),
        ("B. Nurymbetov said so on 6 March 2025. Then nothing.", "B. Nurymbetov said so on 6 March 2025."),
        ("It spoke of “deep regret.” The comment is of 2024.", "It spoke of “deep regret.”"),
        ("One sentence only", "One sentence only"),
        ("", ""),
    ]:
        assert first_sentence(words) == first
