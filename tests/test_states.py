"""Time. What had happened by a day (`as_of`), what had been recorded by a day (`known`), and what time alone makes public."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from unittest import mock

from django.test import TestCase, override_settings
from django.utils import timezone

from articles import models as newsroom
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import CastMixin

AUGUST = datetime(2024, 8, 1, 9, tzinfo=UTC)
NEW_YEARS_EVE, NEW_YEARS_DAY = date(2025, 12, 31), date(2026, 1, 1)


def at(moment):
    """Stop the clock."""
    return mock.patch.object(timezone, "now", return_value=moment)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class StateTestCase(CastMixin, TestCase):
    """The cast, with `amend` as the commitment to which things happen."""

    def add(self, happened_on, delivery, *, recorded=AUGUST, published=None, **fields):
        """An update of `amend`, public since it was recorded, unless a later time is given."""
        number = self.amend.updates.count() + 1
        return newsroom.ProgressUpdate.objects.create(
            commitment=self.amend, number=number, happened_on=happened_on, delivery=delivery, summary=f"Step {number}",
            evidence=self.evidence, recorded_at=recorded, status="published", published_at=published or recorded, **fields,
        )  # fmt: skip

    def state(self, as_of=None, known=None):
        return newsroom.Commitment.objects.with_state(as_of, known).get(pk=self.amend.pk)

    def assertStands(self, delivery, as_of=None, known=None):
        self.assertEqual(self.state(as_of, known).delivery, delivery)


class AsOfTests(StateTestCase):
    def test_it_works(self):
        self.add(date(2024, 2, 1), "under-way")
        self.add(date(2024, 5, 1), "in-part", effect="some")
        self.assertStands("no-information", date(2024, 1, 31))
        self.assertStands("under-way", date(2024, 2, 1))
        self.assertStands("under-way", date(2024, 4, 30))
        self.assertStands("in-part", date(2024, 5, 1))
        self.assertEqual(self.state(date(2024, 5, 1)).effect, "some")
        self.assertEqual(self.state(date(2024, 4, 30)).effect, "not-assessed")

    def test_the_order_of_recording_does_not_decide(self):
        self.add(date(2024, 5, 1), "delivered")
        self.add(date(2024, 2, 1), "under-way", recorded=AUGUST + timedelta(days=1))
        self.assertStands("delivered", date(2024, 8, 10))

    def test_ties_go_to_the_later_recorded_and_then_to_the_later_number(self):
        self.add(date(2024, 5, 1), "in-part", recorded=AUGUST + timedelta(hours=1))
        self.add(date(2024, 5, 1), "under-way")
        self.assertStands("in-part", date(2024, 8, 10))
        self.add(date(2024, 5, 1), "delivered", recorded=AUGUST + timedelta(hours=1))
        self.assertStands("delivered", date(2024, 8, 10))

    def test_a_partial_date_counts_from_the_last_day_of_its_period(self):
        self.add(date(2024, 6, 30), "under-way", happened_on_precision="month")
        self.assertStands("no-information", date(2024, 6, 29))
        self.assertStands("under-way", date(2024, 6, 30))
        self.assertEqual(str(self.state(date(2024, 6, 30)).stands_since), "June 2024")
        self.add(date(2024, 12, 31), "delivered", happened_on_precision="year")
        self.assertStands("under-way", date(2024, 12, 30))
        self.assertStands("delivered", date(2024, 12, 31))

    def test_what_did_not_happen_yet_is_not_shown_as_state(self):
        self.add(date(2024, 9, 1), "delivered")
        with at(noon(date(2024, 8, 31))):
            self.assertStands("no-information")
            self.assertContains(self.client.get(self.amend.get_absolute_url()), "No information")
        with at(noon(date(2024, 9, 1))):
            self.assertStands("delivered")

    def test_an_update_that_is_not_public_decides_nothing(self):
        self.add(date(2024, 5, 1), "delivered", published=datetime(2999, 1, 1, tzinfo=UTC))
        self.assertStands("no-information")

    def test_a_withdrawn_update_decides_nothing(self):
        self.update.withdraw(by=self.chloe, note="Wrong source.")
        self.assertEqual(newsroom.Commitment.objects.with_state().get(pk=self.ratify.pk).delivery, "no-information")
        self.assertNotContains(self.client.get(self.ratify.get_absolute_url()), self.update.summary)


class DueTests(StateTestCase):
    """Periods are half-open: due 2025 is not overdue on its last day."""

    def test_it_works(self):
        self.assertFalse(self.state(NEW_YEARS_EVE).is_overdue)
        self.assertTrue(self.state(NEW_YEARS_DAY).is_overdue)

    def test_on_the_page(self):
        for day, overdue in [(NEW_YEARS_EVE, False), (NEW_YEARS_DAY, True)]:
            with at(noon(day)):
                for path in [self.amend.get_absolute_url(), self.roadmap.get_absolute_url()]:
                    shown = self.client.get(path).content.decode().count("▲")
                    named = path == self.roadmap.get_absolute_url()  # its chart has the word whatever the number
                    self.assertEqual(shown > named, overdue, (day, path))
                self.assertEqual("No promise is overdue." in self.client.get("/").content.decode(), not overdue)

    def test_its_own_date_comes_before_the_end_of_the_roadmap(self):
        newsroom.Commitment.objects.filter(pk=self.amend.pk).update(due_on=date(2024, 12, 31), due_on_precision="year")
        self.assertFalse(self.state(date(2024, 12, 31)).is_overdue)
        self.assertTrue(self.state(date(2025, 1, 1)).is_overdue)
        self.assertEqual(str(self.state().due_date), "2024")
        self.assertContains(self.client.get(self.amend.get_absolute_url()), '<time datetime="2024">2024</time>')

    def test_without_any_date_nothing_is_overdue(self):
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(ends_on=None)
        self.assertFalse(self.state(date(2999, 1, 1)).is_overdue)
        self.assertContains(self.client.get(self.amend.get_absolute_url()), "No date")

    def test_what_is_settled_is_not_overdue(self):
        for day, delivery in enumerate(newsroom.Delivery, 1):
            with self.subTest(delivery):
                self.add(date(2025, 1, day), delivery)
                self.assertEqual(self.state(NEW_YEARS_DAY).is_overdue, delivery not in newsroom.SETTLED)

    def test_what_was_delivered_later_was_overdue_then(self):
        self.add(date(2026, 3, 1), "delivered")
        self.assertTrue(self.state(date(2026, 2, 28)).is_overdue)
        self.assertFalse(self.state(date(2026, 3, 1)).is_overdue)

    @override_settings(TIME_ZONE="Asia/Almaty")
    def test_a_day_begins_where_the_site_is(self):
        with at(datetime(2025, 12, 31, 18, 59, tzinfo=UTC)):
            self.assertFalse(self.state().is_overdue)
        with at(datetime(2025, 12, 31, 19, 0, tzinfo=UTC)):
            self.assertTrue(self.state().is_overdue)


class CostTests(StateTestCase):
    def test_the_state_of_all_is_one_question_and_their_counts_are_two(self):
        make_crowd(Crowd(articles=1, roadmaps=5, commitments=300, people=2, organisations=2))
        with self.assertNumQueries(1):
            states = [(each.delivery, each.effect, each.is_overdue) for each in newsroom.Commitment.objects.with_state()]
        self.assertGreater(len(states), 300)
        with self.assertNumQueries(2):
            counted = newsroom.Commitment.objects.standing()
        self.assertEqual(counted["total"], len(states))
        self.assertEqual(counted["overdue"], sum(overdue for _delivery, _effect, overdue in states))
        self.assertEqual(counted["delivery"], {**dict.fromkeys(newsroom.Delivery.values, 0), **Counter(s[0] for s in states)})
        self.assertEqual(counted["effect"], {**dict.fromkeys(newsroom.Effect.values, 0), **Counter(s[1] for s in states)})


class KnownTests(StateTestCase):
    def test_it_works(self):
        self.add(date(2024, 2, 1), "under-way", recorded=datetime(2024, 3, 1, 23, 59, 59, 999999, tzinfo=UTC))
        self.assertStands("no-information", date(2024, 8, 1), known=date(2024, 2, 29))
        self.assertStands("under-way", date(2024, 8, 1), known=date(2024, 3, 1))

    def test_the_first_moment_of_the_next_day_is_too_late(self):
        self.add(date(2024, 2, 1), "under-way", recorded=datetime(2024, 3, 2, tzinfo=UTC))
        self.assertStands("no-information", known=date(2024, 3, 1))
        self.assertStands("under-way", known=date(2024, 3, 2))

    @override_settings(TIME_ZONE="Asia/Almaty")
    def test_the_day_ends_where_the_site_is(self):
        self.add(date(2024, 2, 1), "under-way", recorded=datetime(2024, 3, 1, 19, 0, tzinfo=UTC))
        self.assertStands("no-information", known=date(2024, 3, 1))
        self.assertStands("under-way", known=date(2024, 3, 2))

    def test_the_two_axes_are_independent(self):
        self.add(date(2024, 2, 1), "under-way", recorded=datetime(2024, 6, 1, tzinfo=UTC))
        self.add(date(2024, 5, 1), "delivered", recorded=datetime(2024, 5, 2, tzinfo=UTC))
        self.assertStands("no-information", date(2024, 4, 1), known=date(2024, 5, 31))
        self.assertStands("delivered", date(2024, 5, 1), known=date(2024, 5, 31))
        self.assertStands("under-way", date(2024, 4, 1), known=date(2024, 6, 1))

    def test_what_became_public_later_was_not_known(self):
        """Else a page cited with `known` would change after it was cited."""
        self.add(date(2024, 2, 1), "under-way", recorded=AUGUST, published=AUGUST + timedelta(days=30))
        self.assertStands("no-information", known=date(2024, 8, 15))
        self.assertStands("under-way", known=date(2024, 8, 31))


class SupersedingTests(StateTestCase):
    def supersede(self, recorded=AUGUST + timedelta(days=2), **fields):
        return self.add(
            date(2024, 2, 1), "in-part", supersedes=self.first, reason="The law was not yet signed.", recorded=recorded, **fields
        )

    def setUp(self):
        self.first = self.add(date(2024, 5, 1), "delivered")

    def test_it_works(self):
        self.supersede()
        self.assertStands("in-part", date(2024, 9, 1))
        response = self.client.get(self.amend.get_absolute_url())
        for words in ("Step 1", "Step 2", "uperseded by", "The law was not yet signed."):
            self.assertContains(response, words)

    def test_what_was_known_before_stands_as_it_was(self):
        self.supersede()
        self.assertStands("delivered", date(2024, 9, 1), known=date(2024, 8, 2))
        self.assertStands("in-part", date(2024, 9, 1), known=date(2024, 8, 3))

    def test_a_superseding_update_that_is_not_public_supersedes_nothing(self):
        self.supersede(published=datetime(2999, 1, 1, tzinfo=UTC))
        self.assertStands("delivered", date(2024, 9, 1))
        response = self.client.get(self.amend.get_absolute_url())
        for words in ("uperseded by", "Step 2", "The law was not yet signed."):
            self.assertNotContains(response, words)

    def test_a_superseding_update_of_a_later_event_supersedes_at_once(self):
        newsroom.ProgressUpdate.objects.create(
            commitment=self.amend, number=9, happened_on=date(2024, 7, 1), delivery="under-way", summary="Step 9",
            evidence=self.evidence, recorded_at=AUGUST, status="published", published_at=AUGUST, supersedes=self.first,
            reason="It was only the first reading.",
        )  # fmt: skip
        self.assertStands("no-information", date(2024, 6, 1))
        self.assertStands("under-way", date(2024, 7, 1))


class VerdictTests(StateTestCase):
    def test_a_closing_verdict_is_marked_until_another_confirms_it(self):
        verdict = self.add(date(2024, 5, 1), "delivered", recorded_by=self.alice)
        for path in [self.amend.get_absolute_url(), "/commitments/", self.roadmap.get_absolute_url()]:
            self.assertContains(self.client.get(path), "not yet confirmed")
        verdict.confirm(by=self.boris)
        for path in [self.amend.get_absolute_url(), "/commitments/", self.roadmap.get_absolute_url()]:
            self.assertNotContains(self.client.get(path), "not yet confirmed")


class ScheduledTests(CastMixin, TestCase):
    """Scheduled is published with a time that has not come."""

    def test_it_becomes_public_by_time_alone(self):
        moment = self.scheduled.published_at
        path = self.scheduled.get_absolute_url()
        for when, status in [(moment - timedelta(microseconds=1), 404), (moment, 200)]:
            with at(when):
                self.assertEqual(self.client.get(path).status_code, status)
                for outlet in ["/", "/articles/", "/sitemap-articles.xml", "/conventions/c190/", "/people/"]:
                    shown = self.client.get(outlet).content.decode().upper()
                    self.assertEqual("SECRETSCHEDULED" in shown or "SECRETPERSON" in shown, status == 200, (outlet, when))

    def test_so_do_roadmaps_with_their_commitments_and_updates(self):
        self.hidden_roadmap.submit(by=self.alice)
        self.hidden_roadmap.publish(by=self.boris, at=datetime(2999, 1, 1, tzinfo=UTC))
        pages = [self.hidden_roadmap.get_absolute_url(), self.hidden_commitment.get_absolute_url()]
        for year, status in [(2998, 404), (2999, 200)]:
            with at(datetime(year, 1, 1, tzinfo=UTC)):
                self.assertEqual([self.client.get(path).status_code for path in pages], [status, status])
