"""A cited page stays as it was, whatever is edited, recorded, withdrawn or published again later."""

from datetime import date, timedelta

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from articles.models import Commitment, Roadmap
from articles.models.log import was_public_by_log
from articles.past import commitments_then, roadmap_then
from conventions.days import Days
from conventions.models import Version
from tests.cast import CastMixin
from tests.crawl import Page


class PastCase(CastMixin, TestCase):
    def setUp(self):
        Commitment.objects.update(recorded_at=self.roadmap.published_at)
        for record in (self.roadmap, self.amend, self.ratify):
            record.refresh_from_db()
            Version.objects.keep(record, by=None)
        self.moment = timezone.now()

    def edit(self, record, **fields):
        """As its form does."""
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()
        Version.objects.keep(record, by=self.chloe)

    def known(self, moment=None):
        return "?known=" + (moment or self.moment).isoformat().replace("+", "%2B")

    def text(self, record, query=None, end=""):
        response = self.client.get(record.get_absolute_url() + end + (self.known() if query is None else query))
        self.assertEqual(response.status_code, 200)
        return response.content.decode() if end else Page(response.content.decode()).text

    def told(self):
        """What the pages, and the feeds, told at that moment."""
        records = (self.ratify, self.amend, self.roadmap, self.kaz)
        return {(record, end): self.text(record, end=end) for record in records for end in ("", "feed/")}


class CitedTests(PastCase):
    def check(self, *now):
        """All pages are as they were; and those of today say what is said now."""
        before = self.told_before
        for place, text in self.told().items():
            self.assertEqual(text, before[place], place)
        for record, words in now:
            self.assertIn(words, self.text(record, ""))

    def setUp(self):
        super().setUp()
        self.told_before = self.told()

    def test_another_title_strength_and_due_date(self):
        self.edit(self.amend, title="Another title", strength="discuss", due_on=date(2031, 5, 6))
        self.check((self.amend, "Due 6 May 2031"), (self.roadmap, "Another title"), (self.kaz, "Another title"))

    def test_another_end_of_the_roadmap(self):
        self.edit(self.roadmap, title="Prolonged", summary="It goes on.", ends_on=date(2031, 12, 31))
        self.check((self.amend, "Due 31 December 2031 end of the roadmap"), (self.roadmap, "Prolonged"), (self.kaz, "Prolonged"))

    def test_other_areas_parties_and_signatures(self):
        self.roadmap.signatures.all().delete()
        self.roadmap.parties.all().delete()
        newsroom.PriorityArea.objects.create(roadmap=self.roadmap, number=9, title="Green jobs")
        Version.objects.keep(self.roadmap, by=self.chloe)
        self.check((self.roadmap, "Green jobs"))

    def test_a_discrepancy_that_was_published_later(self):
        found = newsroom.Discrepancy.objects.create(
            title="In which year?", slug="in-which-year", summary="Two years.", status="published", published_at=timezone.now()
        )
        found.commitments.add(self.amend)
        found.roadmaps.add(self.roadmap)
        self.check((self.amend, "In which year?"), (self.roadmap, "In which year?"))

    def test_an_update_that_was_recorded_later(self):
        newsroom.ProgressUpdate.objects.create(
            commitment=self.amend, number=7, happened_on=date(2024, 7, 1), summary="It began.", delivery="under-way",
            evidence=self.evidence, status="published", published_at=timezone.now(),
        )  # fmt: skip
        self.check((self.amend, "It began."))

    def test_a_roadmap_that_was_withdrawn_and_published_again(self):
        self.roadmap.withdraw(by=self.chloe, note="A slip.")
        between = timezone.now()
        self.roadmap.submit(by=self.alice)
        self.roadmap.publish(by=self.boris)
        self.check((self.amend, "amendments to the Labour Code"))
        self.assertIn("this promise was not told here", self.text(self.amend, self.known(between)))
        self.assertIn("none was recorded here", self.text(self.roadmap, self.known(between)))


class RuleTests(PastCase):
    def test_what_was_public_follows_the_log_through_every_period(self):
        moments = {self.roadmap.published_at - timedelta(days=1): False, timezone.now(): True}
        facts = {"withdraw": {"by": self.chloe, "note": "No."}, "submit": {"by": self.alice}, "publish": {"by": self.boris}}
        for verb in ["withdraw", "submit", "publish"] * 2:
            getattr(self.roadmap, verb)(**facts[verb])
            moments[timezone.now()] = verb == "publish"
        for moment, public in moments.items():
            found = Roadmap.objects.filter(was_public_by_log(moment, Roadmap), pk=self.roadmap.pk)
            self.assertEqual(found.exists(), public, moment)
            through = Commitment.objects.filter(was_public_by_log(moment, Roadmap, "roadmap__"), pk=self.amend.pk)
            self.assertEqual(through.exists(), public, moment)

    def test_what_was_a_draft_then_is_told_by_nobody(self):
        hidden = self.hidden_roadmap
        self.edit(hidden, title="SECRETTITLEOFTHEDRAFT")
        drafted = timezone.now()
        self.edit(hidden, title="What it is called")
        hidden.submit(by=self.alice)
        hidden.publish(by=self.boris)
        self.assertEqual(roadmap_then(Roadmap.objects.get(pk=hidden.pk), Days(known=drafted)).title, "What it is called")
        for record in (hidden, self.hidden_commitment):
            self.assertNotIn("SECRETTITLE", self.text(record, self.known(drafted)))

    def test_the_stored_rows_stay_as_they_are(self):
        self.edit(self.amend, title="Another title", due_on=date(2031, 5, 6))
        found = Commitment.objects.filter(pk=self.amend.pk).select_related("roadmap").with_state()
        [then] = commitments_then(found, Days(known=self.moment))
        self.assertEqual((then.title, then.pk), ("Amend the Labour Code", self.amend.pk))
        self.amend.refresh_from_db()
        self.assertEqual((self.amend.title, self.amend.due_on), ("Another title", date(2031, 5, 6)))

    def test_who_signed_then_and_has_no_page_today_keeps_the_name(self):
        [signature] = self.roadmap.signatures.all()
        name = str(signature.person)
        signature.delete()
        newsroom.Appearance.objects.filter(person=signature.person).delete()
        Version.objects.keep(self.roadmap, by=self.chloe)
        html = self.client.get(self.roadmap.get_absolute_url() + self.known()).content.decode()
        self.assertIn(name, html)
        self.assertNotIn(signature.person.get_absolute_url(), html)

    def test_it_costs_as_much_for_many_and_nothing_for_now(self):
        days = Days(known=self.moment)
        found = list(Commitment.objects.filter(roadmap=self.roadmap).select_related("roadmap", "convention").with_state())
        with self.assertNumQueries(0):
            commitments_then(found, Days(as_of=date(2025, 1, 1)))
        with CaptureQueriesContext(connection) as captured:
            commitments_then(found, days)
        self.assertEqual(len(captured), 2)


class ListTests(PastCase):
    def test_the_list_says_whose_words_it_is_filtered_by(self):
        said = "Titles, strengths and due dates are those of today"
        self.assertIn(said, Page(self.client.get(f"/commitments/{self.known()}").content.decode()).text)
        self.assertIn(said, self.client.get(f"/commitments/data.json{self.known()}").json()["note"])
        self.assertNotIn(said, Page(self.client.get("/commitments/?as_of=2025-01-01").content.decode()).text)
        self.assertNotIn("note", self.client.get("/commitments/data.json").json())
