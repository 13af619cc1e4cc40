"""Versions: what a record said each time, whole; changes that wait for a second person; what the database keeps."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import TestCase
from django.utils import timezone

from articles.models import Article, Citation, Correction, Refused, Transition
from conventions.models import Version
from conventions.snapshots import in_memory, provisional, same_words, snapshot, write
from tests.cast import NEVER_YET, PUBLISHED_AT, CastMixin


def changed(record, **fields):
    """What the record says, with other fields."""
    shot = snapshot(record)
    return {**shot, "fields": {**shot["fields"], **fields}}


def numbers(record):
    return list(Version.objects.of(record).values_list("number", flat=True))


def public_numbers(record):
    return list(Version.objects.of(record).public().values_list("public_number", flat=True))


class SnapshotTests(CastMixin, TestCase):
    def test_it_holds_fields_sets_and_parts_with_names(self):
        shot = snapshot(self.published)
        self.assertEqual(shot["fields"]["headline"], self.published.headline)
        self.assertEqual(shot["fields"]["dated"], "2024-06-12")
        self.assertEqual(shot["sets"]["countries"], [{"id": self.kaz.pk, "name": "Kazakhstan"}])
        self.assertEqual([figure["id"] for figure in shot["sets"]["statistics"]], [self.published.statistics.get().pk])
        self.assertEqual(shot["parts"]["citations"][0]["fields"]["convention"]["id"], self.c176.pk)
        self.assertEqual(shot["parts"]["appearances"][0]["fields"]["person"]["name"], "Aigul Testova")

    def test_it_never_holds_where_the_record_stands(self):
        names = set(snapshot(self.withdrawn)["fields"])
        self.assertFalse(names & {"status", "published_at", "withdrawn_at", "public_note", "drafted_by", "pending"})

    def test_what_was_written_back_is_the_same(self):
        for record in [self.draft, self.hidden_roadmap, self.minister, self.ministry, self.ratify, self.c176, self.kaz]:
            with self.subTest(record=str(record)):
                shot = snapshot(record)
                self.assertEqual(write(record, shot), [])
                self.assertEqual(snapshot(record), shot)

    def test_parts_are_added_mended_and_removed(self):
        before = snapshot(self.draft)
        citation = self.draft.citations.get()
        self.draft.appearances.all().delete()
        citation.words = "Convention No. 190"
        citation.save()
        Citation.objects.create(article=self.draft, convention=self.c131, words="Convention No. 131")
        self.draft.countries.set([self.uzb])
        write(self.draft, before)
        self.assertEqual([row.words for row in self.draft.citations.all()], ["SECRETCITATION the Convention"])
        self.assertEqual(self.draft.citations.get().pk, citation.pk)
        self.assertEqual([row.person for row in self.draft.appearances.all()], [self.hidden_minister])
        self.assertEqual(list(self.draft.countries.all()), [self.kaz])

    def test_what_is_no_more_is_left_out_and_named(self):
        self.draft.topics.add(topic := type(self.topic).objects.create(name="Short-lived", slug="short-lived"))
        shot = snapshot(self.draft)
        topic.delete()
        self.assertEqual(write(self.draft, shot), ["Short-lived"])
        self.assertEqual(list(self.draft.topics.all()), [self.topic])

    def test_a_snapshot_of_before_a_field_leaves_the_field(self):
        shot = snapshot(self.draft)
        del shot["fields"]["byline"], shot["sets"]["topics"], shot["parts"]["outside_links"]
        write(self.draft, shot)
        self.draft.refresh_from_db()
        self.assertTrue(self.draft.byline and self.draft.topics.exists() and self.draft.outside_links.exists())

    def test_in_memory_it_says_what_the_snapshot_says_and_stores_nothing(self):
        shot = changed(self.published, headline="Another headline")
        shot["parts"]["citations"][0]["fields"]["words"] = "other words"
        shot["parts"]["appearances"] = []
        then = in_memory(self.published, shot)
        self.assertEqual(then.headline, "Another headline")
        self.assertEqual([row.words for row in then.citations.all()], ["other words"])
        self.assertEqual(list(then.appearances.all()), [])
        self.assertEqual(list(then.countries.all()), [self.kaz])
        self.assertEqual(self.published.headline, "Headline of the published article")
        self.assertEqual(Article.objects.get(pk=self.published.pk).headline, "Headline of the published article")
        self.assertTrue(self.published.appearances.exists())

    def test_spelling_and_form_are_no_other_words(self):
        one = snapshot(self.published)
        for body, same in [
            ("<p>Body of the <strong>published</strong> article.</p>", True),
            ("<p>body of the published articles</p>", False),
            ('<p>body of the <a href="https://example.org/">published</a> article</p>', False),
        ]:
            with self.subTest(body=body):
                self.assertEqual(same_words(one, changed(self.published, body=body)), same)

    def test_rows_that_are_not_stored_have_keys_below_zero(self):
        shot = snapshot(self.published)
        row = {**shot["parts"]["citations"][0], "id": 10**9}
        shot["parts"]["citations"] += [row, {**row, "id": -1}, {**row, "id": 10**9 + 1}]
        keys = [row["id"] for row in provisional(shot, self.published)["parts"]["citations"]]
        self.assertEqual(keys, [self.published.citations.get().pk, -2, -1, -3])


class KeepingTests(CastMixin, TestCase):
    def test_the_same_is_not_kept_twice(self):
        first = Version.objects.keep(self.draft, by=self.alice)
        self.assertEqual(Version.objects.keep(self.draft, by=self.boris), first)
        self.draft.headline = "SECRETDRAFT, another headline"
        self.draft.save()
        second = Version.objects.keep(self.draft, by=self.boris)
        self.assertEqual((second.number, second.base, second.by), (2, first, self.boris))

    def test_the_database_lets_nobody_rewrite_or_delete_a_version(self):
        version = Version.objects.keep(self.draft, by=self.alice)
        for attempt in [
            lambda: Version.objects.filter(pk=version.pk).update(snapshot={}),
            lambda: Version.objects.filter(pk=version.pk).update(by=self.boris),
            lambda: Version.objects.filter(pk=version.pk).update(kind="autosave"),
            lambda: Version.objects.filter(pk=version.pk).delete(),
        ]:
            with self.assertRaises(DatabaseError), transaction.atomic():
                attempt()
        self.assertEqual(Version.objects.get(pk=version.pk).snapshot, version.snapshot)

    def test_publication_numbers_for_the_public_from_one(self):
        self.assertEqual(public_numbers(self.published), [1])
        self.assertEqual(Version.objects.of(self.published).get(public_number=1).public_at, PUBLISHED_AT)

    def test_what_is_called_back_before_its_time_had_no_number(self):
        version = Version.objects.of(self.scheduled).get(public_at=NEVER_YET)
        self.assertEqual(version.public_number, 1)
        self.scheduled.request_changes(by=self.boris, reason="not yet")
        version.refresh_from_db()
        self.assertEqual((version.public_number, version.public_at), (None, None))

    def test_the_same_text_published_again_keeps_its_number(self):
        self.resubmitted.publish(by=self.boris)
        self.assertEqual(public_numbers(self.resubmitted), [1])

    def test_whoever_rewrote_a_draft_does_not_publish_it(self):
        self.draft.headline = "SECRETDRAFT, mended"
        self.draft.save()
        Version.objects.keep(self.draft, by=self.boris)
        self.draft.submit(by=self.alice)
        with self.assertRaisesMessage(Refused, "your own text"):
            self.draft.publish(by=self.boris)
        self.draft.publish(by=self.carl)
        self.assertTrue(self.draft.is_published)

    def test_a_text_that_changed_since_it_was_read_is_not_published(self):
        seen = Version.objects.of(self.in_review).last().number
        Article.objects.filter(pk=self.in_review.pk).update(standfirst="SECRETREVIEW, said otherwise")
        with self.assertRaisesMessage(Refused, "was changed since you opened it"):
            self.in_review.publish(by=self.boris, seen=seen)
        self.in_review.refresh_from_db()
        self.assertEqual(self.in_review.status, "in_review")


class ChangeTests(CastMixin, TestCase):
    def propose(self, by=None, **fields):
        return self.published.propose(changed(self.published, **fields), by=by or self.alice)

    def handed_in(self, **fields):
        change = self.propose(**fields)
        self.published.submit_change(by=self.alice)
        return change

    def correction(self):
        return Correction(kind="correction", text="The headline was wrong.")

    def test_a_change_waits_and_leaves_the_published_text_alone(self):
        change = self.propose(headline="A better headline")
        row = Article.objects.get(pk=self.published.pk)
        self.assertEqual((row.headline, row.pending, row.pending_status), (self.published.headline, change, "draft"))
        self.assertEqual(row.state(), "Published, change in draft")
        self.assertIn(row, Article.objects.drafts())
        self.assertIn(row, Article.objects.published())

    def test_a_change_that_changes_nothing_is_none(self):
        self.assertIsNone(self.propose())
        change = self.propose(headline="A better headline")
        self.assertEqual(self.propose(headline="A better headline"), change)

    def test_it_is_reviewed_by_a_second_person(self):
        change = self.handed_in(headline="A better headline")
        self.assertIn(self.published, Article.objects.awaiting_review())
        with self.assertRaises(PermissionDenied):
            self.published.apply(seen=change.number, by=self.alice, correction=self.correction())
        self.published.return_change(by=self.boris, reason="say since when")
        change = self.propose(by=self.boris, headline="The best headline")
        self.published.submit_change(by=self.alice)
        for author in (self.boris, self.root):
            if author == self.root:
                change = self.propose(by=self.root, headline="The very best headline")
            with self.assertRaisesMessage(Refused, "your own text"):
                self.published.apply(seen=change.number, by=author, correction=self.correction())
        self.assertEqual(Article.objects.get(pk=self.published.pk).headline, "Headline of the published article")
        self.published.apply(seen=change.number, by=self.carl, correction=self.correction())
        self.assertEqual(self.published.headline, "The very best headline")

    def test_applied_it_is_the_record_with_a_public_number_and_a_correction(self):
        shot = changed(self.published, headline="A better headline", slug="a-better-address")
        row = shot["parts"]["citations"][0]
        convention = {"id": self.c131.pk, "name": "C131"}
        shot["parts"]["citations"].append({"id": 10**9, "fields": {**row["fields"], "convention": convention}})
        shot["sets"]["countries"] = [{"id": self.uzb.pk, "name": "Uzbekistan"}]
        change = self.published.propose(shot, by=self.alice)
        self.published.submit_change(by=self.alice)
        self.published.apply(seen=change.number, by=self.boris, correction=self.correction())
        row = Article.objects.get(pk=self.published.pk)
        self.assertEqual((row.headline, row.pending, row.pending_status), ("A better headline", None, ""))
        self.assertEqual({citation.convention for citation in row.citations.all()}, {self.c176, self.c131})
        self.assertEqual(list(row.countries.all()), [self.uzb])
        self.assertEqual(public_numbers(row), [1, 2])
        self.assertEqual(row.corrections.latest("made_at").text, "The headline was wrong.")
        self.assertEqual(Transition.objects.of(row).last().verb, "apply")
        response = self.client.get("/articles/2024/published-article/")
        self.assertRedirects(response, "/articles/2024/a-better-address/", 301)

    def test_a_change_of_substance_is_told_to_the_readers_or_explained(self):
        change = self.handed_in(headline="A better headline")
        with self.assertRaisesMessage(Refused, "tell them what was changed"):
            self.published.apply(seen=change.number, by=self.boris)
        row = Article.objects.get(pk=self.published.pk)
        self.assertEqual((row.headline, row.pending_id), ("Headline of the published article", change.pk))
        self.published.apply(seen=change.number, by=self.boris, reason="The new headline says the same in fewer words.")
        self.assertEqual(Transition.objects.of(self.published).last().reason, "The new headline says the same in fewer words.")

    def test_spelling_needs_no_correction(self):
        change = self.handed_in(headline="Headline of the Published Article")
        self.published.apply(seen=change.number, by=self.boris)
        self.assertEqual(self.published.headline, "Headline of the Published Article")

    def test_only_the_change_that_was_read_is_applied(self):
        read = self.handed_in(headline="A better headline")
        self.propose(headline="A headline nobody has read")
        with self.assertRaisesMessage(Refused, "was changed since you opened it"):
            self.published.apply(seen=read.number, by=self.boris, correction=self.correction())
        self.assertEqual(Article.objects.get(pk=self.published.pk).headline, "Headline of the published article")

    def test_a_discarded_change_stays_among_the_versions(self):
        change = self.propose(headline="A better headline")
        self.published.discard(by=self.alice, reason="no better after all")
        row = Article.objects.get(pk=self.published.pk)
        self.assertEqual((row.pending, row.pending_status), (None, ""))
        self.assertIn(change, Version.objects.of(row))
        self.propose(by=self.carl, headline="Another")
        self.published.submit_change(by=self.carl)
        self.assertEqual(self.published.author_ids(), {self.carl.pk})

    def test_somebody_elses_change_is_discarded_by_a_reviewer_only(self):
        self.propose(by=self.boris, headline="A better headline")
        with self.assertRaisesMessage(Refused, "somebody else’s"):
            self.published.discard(by=self.alice)
        self.published.discard(by=self.carl)

    def test_withdrawal_discards_it(self):
        self.propose(headline="A better headline")
        self.published.withdraw(by=self.chloe, note="Wrong in every line.")
        self.assertEqual([move.verb for move in self.published.history()][-2:], ["discard", "withdraw"])
        self.assertEqual((self.published.pending, self.published.pending_status), (None, ""))

    def test_what_is_scheduled_takes_changes_too_and_nobody_is_told(self):
        change = self.scheduled.propose(changed(self.scheduled, headline="SECRETSCHEDULED, mended"), by=self.alice)
        self.scheduled.submit_change(by=self.alice)
        self.scheduled.apply(seen=change.number, by=self.boris)
        self.assertEqual(self.scheduled.headline, "SECRETSCHEDULED, mended")
        version = Version.objects.of(self.scheduled).get(public_at=NEVER_YET)
        self.assertEqual((version.public_number, version.snapshot["fields"]["headline"]), (1, "SECRETSCHEDULED, mended"))

    def test_only_what_passed_review_takes_changes(self):
        for record in (self.draft, self.in_review, self.withdrawn, self.resubmitted):
            with self.subTest(record=record.slug), self.assertRaises(Refused):
                record.propose(changed(record, headline="Another"), by=self.alice)

    def test_without_the_right_nothing_is_proposed(self):
        with self.assertRaises(PermissionDenied):
            self.propose(by=self.walter, headline="Another")
        self.assertIsNone(Article.objects.get(pk=self.published.pk).pending)

    def test_numbers_have_no_gap(self):
        change = self.handed_in(headline="A better headline")
        self.published.apply(seen=change.number, by=self.boris, correction=self.correction())
        self.propose(headline="Once more")
        self.assertEqual(numbers(self.published), list(range(1, len(numbers(self.published)) + 1)))

    def test_an_address_in_the_past_or_future_is_public_from_its_time(self):
        version = Version.objects.of(self.scheduled).get(public_at=NEVER_YET)
        self.assertNotIn(version, Version.objects.public())
        self.assertIn(version, Version.objects.public(NEVER_YET + timedelta(seconds=1)))
        self.assertLess(timezone.now(), NEVER_YET)
