"""What was written before is put back, and what was deleted made again: whole, by those who may, and never half."""

from unittest import mock

import pytest
from django.db import OperationalError
from django.test import TestCase
from django.urls import reverse

from articles import models as newsroom
from articles.models import Article, PreviewLink, Term, Transition
from conventions.models import OldAddress, Topic, Version
from conventions.restoring import deleted
from conventions.snapshots import snapshot
from tests.cast import NEVER_YET, SECRETS, CastMixin, publish

pytestmark = pytest.mark.once


class RestoringCase(CastMixin, TestCase):
    def address(self, record, page, *key):
        model = record if isinstance(record, type) else type(record)
        key = key or (() if isinstance(record, type) else (record.pk,))
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=key)

    def kept(self, record, by=None, **fields):
        """Write the fields into the record and keep the version."""
        type(record)._base_manager.filter(pk=record.pk).update(**fields)
        record.refresh_from_db()
        return Version.objects.keep(record, by=by or self.alice)

    def restore(self, record, version, by=None, status=302):
        self.client.force_login(by or self.boris)
        number = getattr(version, "number", version)
        response = self.client.post(self.address(record, "restore"), {"version": number}, follow=status == 302)
        self.assertEqual(response.status_code, 200 if status == 302 else status)
        return [str(message) for message in response.context["messages"]] if status == 302 else []

    def last(self, record):
        return Version.objects.of(record).last()


class RestoreTests(RestoringCase):
    def test_it_works(self):
        first = self.kept(self.draft)
        self.draft.citations.all().delete()
        self.draft.countries.set([self.uzb])
        self.kept(self.draft, headline="SECRETDRAFT, worse", standfirst="Worse.")
        told = self.restore(self.draft, first)
        self.draft.refresh_from_db()
        self.assertEqual(told, [f"Version {first.number} is restored."])
        self.assertEqual(self.draft.headline, "SECRETDRAFT headline")
        self.assertEqual([row.words for row in self.draft.citations.all()], ["SECRETCITATION the Convention"])
        self.assertEqual(list(self.draft.countries.all()), [self.kaz])
        last = self.last(self.draft)
        self.assertEqual((last.by, last.note), (self.boris, f"Restored from version {first.number}"))
        self.assertEqual(last.number, first.number + 2)

    def test_whoever_restored_it_does_not_publish_it(self):
        first = self.kept(self.draft)
        self.kept(self.draft, headline="SECRETDRAFT, worse")
        self.restore(self.draft, first)
        self.draft.submit(by=self.alice)
        with self.assertRaisesMessage(newsroom.Refused, "your own text"):
            self.draft.publish(by=self.boris)

    def test_what_was_written_by_another_door_is_kept_first(self):
        first = self.kept(self.draft)
        Article.objects.filter(pk=self.draft.pk).update(headline="SECRETDRAFT, by a script")
        self.draft.refresh_from_db()
        self.restore(self.draft, first)
        headlines = Version.objects.of(self.draft).values_list("headline", "by__username")
        self.assertIn(("SECRETDRAFT, by a script", None), headlines)

    def test_of_what_is_public_it_becomes_a_change(self):
        first = Version.objects.of(self.published).saved().first()
        self.kept(self.published, headline="A changed headline")
        told = self.restore(self.published, first, by=self.alice)
        self.published.refresh_from_db()
        self.assertIn("as a change that waits", told[0])
        self.assertEqual(self.published.headline, "A changed headline")
        self.assertEqual(self.published.state(), "Published, change in draft")
        self.assertEqual(self.published.pending.snapshot["fields"]["headline"], "Headline of the published article")
        self.assertEqual(self.published.pending.note, f"Restored from version {first.number}")
        self.assertEqual(self.published.pending.by, self.alice)

    def test_what_is_scheduled_takes_it_as_a_change_too(self):
        first = Version.objects.of(self.scheduled).saved().first()
        self.kept(self.scheduled, headline="SECRETSCHEDULED, changed")
        self.restore(self.scheduled, first, by=self.alice)
        self.scheduled.refresh_from_db()
        self.assertEqual(self.scheduled.pending.kind, "pending")

    def test_a_discarded_change_can_be_taken_up_again(self):
        shot = snapshot(self.published)
        change = self.published.propose({**shot, "fields": {**shot["fields"], "headline": "Another"}}, by=self.alice)
        self.published.discard(by=self.alice)
        self.restore(self.published, change, by=self.carl)
        self.published.refresh_from_db()
        self.assertEqual((self.published.pending.headline, self.published.pending_status), (change.headline, "draft"))

    def test_what_was_withdrawn_is_written_and_stays_withdrawn(self):
        first = Version.objects.of(self.withdrawn).saved().first()
        self.kept(self.withdrawn, headline="Mended")
        self.restore(self.withdrawn, first)
        self.withdrawn.refresh_from_db()
        self.assertEqual((self.withdrawn.status, self.withdrawn.headline), ("withdrawn", "Headline of the withdrawn article"))

    def test_it_says_this_already(self):
        version = self.kept(self.draft)
        before = Version.objects.count()
        self.assertEqual(self.restore(self.draft, version), ["It says this already."])
        self.assertEqual(Version.objects.count(), before)

    def test_records_of_the_register_too(self):
        first = Version.objects.keep(self.topic, by=None)
        was_at = self.topic.get_absolute_url()
        self.kept(self.topic, name="Another name", slug="another-slug")
        self.restore(self.topic, first, by=self.chloe)
        self.topic.refresh_from_db()
        self.assertEqual(self.topic.get_absolute_url(), was_at)
        self.assertRedirects(self.client.get("/topics/another-slug/"), was_at, 301)

    def test_the_address_of_what_nobody_has_seen_is_not_remembered(self):
        first = self.kept(self.draft)
        self.kept(self.draft, slug="secretdraft-moved")
        self.restore(self.draft, first)
        self.assertFalse(OldAddress.objects.exists())

    def test_every_kind_of_record(self):
        records = [self.hidden_roadmap, self.hidden_minister, self.hidden_ministry, self.hidden_post, self.hidden_commitment]
        records += [self.draft_update, self.hidden_evidence, self.c190, self.kaz, self.ratification]
        records += [self.draft.statistics.get(), self.draft.lead_image]
        texts = ("note", "summary", "title", "label", "source", "caption")
        for record in records:
            with self.subTest(record=record._meta.label):
                first = Version.objects.keep(record, by=None)
                field = next(name for name in texts if name in first.snapshot["fields"])
                self.kept(record, **{field: "Otherwise"})
                self.assertEqual(self.restore(record, first, by=self.root), [f"Version {first.number} is restored."])
                self.assertEqual(snapshot(type(record)._base_manager.get(pk=record.pk)), first.snapshot)

    # Left out, refused.

    def test_what_is_no_more_is_left_out_and_named(self):
        topic = Topic.objects.create(name="Short-lived", slug="short-lived")
        self.draft.topics.add(topic)
        first = self.kept(self.draft)
        self.draft.topics.remove(topic)
        self.kept(self.draft)
        topic.delete()
        self.assertIn("Left out, because it is no more: Short-lived.", self.restore(self.draft, first))

    def test_without_what_it_needs_nothing_is_done(self):
        first = Version.objects.keep(self.hidden_commitment, by=None)
        other = newsroom.Roadmap.objects.create(title="Other", slug="other", kind="roadmap", country=self.kaz, source="-")
        self.kept(self.hidden_commitment, roadmap=other, area=None)
        self.hidden_roadmap.areas.all().delete()
        newsroom.Roadmap.objects.filter(pk=self.hidden_roadmap.pk).delete()
        [told] = self.restore(self.hidden_commitment, first)
        self.assertIn("cannot be without", told)
        self.hidden_commitment.refresh_from_db()
        self.assertEqual(self.hidden_commitment.roadmap, other)

    def test_what_the_database_would_refuse_is_a_sentence(self):
        first = self.kept(self.draft)
        self.kept(self.draft, slug="secretdraft-moved")
        Article.objects.filter(pk=self.in_review.pk).update(slug="secretdraft")
        before = Version.objects.count()
        [told] = self.restore(self.draft, first)
        self.assertIn("already exists", told)
        self.draft.refresh_from_db()
        self.assertEqual((self.draft.slug, Version.objects.count()), ("secretdraft-moved", before))

    def test_a_part_that_the_database_refuses_takes_all_back(self):
        row = self.draft.citations.get()
        first = self.kept(self.draft)
        shot = {**first.snapshot, "parts": {**first.snapshot["parts"]}}
        shot["parts"]["citations"] = [
            *shot["parts"]["citations"],
            {"id": 10**9, "fields": shot["parts"]["citations"][0]["fields"]},
        ]
        shot["fields"] = {**shot["fields"], "headline": "SECRETDRAFT twice"}
        twice = Version.objects.add(self.draft, "saved", shot, by=None, base=None, note="")
        self.kept(self.draft, standfirst="Otherwise.")
        [told] = self.restore(self.draft, twice)
        self.assertEqual(told, "The article cites this instrument already.")
        self.draft.refresh_from_db()
        self.assertEqual((self.draft.headline, self.draft.citations.get()), ("SECRETDRAFT headline", row))

    # Rights.

    def test_only_by_post_and_only_for_who_may_change_it(self):
        first = self.kept(self.minister, by=self.boris)
        self.kept(self.minister, by=self.boris, name="Otherwise")
        self.client.force_login(self.boris)
        self.assertEqual(self.client.get(self.address(self.minister, "restore")).status_code, 405)
        for user, status in [(self.alice, 403), (self.walter, 404)]:  # somebody public is the editors' to change
            self.restore(self.minister, first, by=user, status=status)
        self.minister.refresh_from_db()
        self.assertEqual(self.minister.name, "Otherwise")
        self.restore(self.minister, first, by=self.boris)
        self.minister.refresh_from_db()
        self.assertEqual(self.minister.name, "Aigul Testova")

    def test_a_form_from_elsewhere_restores_nothing(self):
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(self.boris)
        first = self.kept(self.draft)
        self.assertEqual(client.post(self.address(self.draft, "restore"), {"version": first.number}).status_code, 403)

    def test_what_a_published_update_says_is_nobodys_to_restore(self):
        version = Version.objects.of(self.update).first()
        self.restore(self.update, version, by=self.root, status=403)

    def test_a_reporter_makes_nothing_public_by_it(self):
        promise = self.hidden_commitment
        first = self.kept(promise, roadmap=self.roadmap, area=None, number=9)
        self.kept(promise, roadmap=self.hidden_roadmap, title="SECRETCOMMITMENT, mended")
        [told] = self.restore(promise, first, by=self.alice)
        self.assertIn("This would be public at once", told)
        promise.refresh_from_db()
        self.assertEqual(promise.roadmap, self.hidden_roadmap)
        self.restore(promise, first, by=self.boris)
        promise.refresh_from_db()
        self.assertEqual(promise.roadmap, self.roadmap)

    def test_only_versions_of_this_record(self):
        self.kept(self.draft)
        for number in ("", "0", "999", "a", "9" * 40, "-1", "²"):
            self.restore(self.draft, number, status=404)

    def test_a_busy_database_is_told(self):
        first = self.kept(self.draft)
        self.kept(self.draft, headline="SECRETDRAFT, worse")
        with mock.patch("conventions.admin.versions.restore", side_effect=OperationalError):
            [told] = self.restore(self.draft, first)
        self.assertIn("was busy", told)


class RecoveryTests(RestoringCase):
    def delete(self, record, by=None):
        """By the form of the back office."""
        self.client.force_login(by or self.boris)
        address = self.address(record, "delete")
        self.assertEqual(self.client.post(address, {"post": "yes"}).status_code, 302)
        self.assertFalse(type(record)._base_manager.filter(pk=record.pk).exists())

    def recover(self, record, key, by=None, status=200):
        self.client.force_login(by or self.boris)
        response = self.client.post(self.address(type(record), "recover", key), follow=True)
        self.assertEqual(response.status_code, status)
        return [str(message) for message in response.context["messages"]] if status == 200 else []

    def test_it_works(self):
        shot, key = Version.objects.keep(self.draft, by=self.alice).snapshot, self.draft.pk
        self.delete(self.draft)
        self.draft.pk = key
        self.assertIn("“SECRETDRAFT headline” is recovered.", self.recover(self.draft, key))
        record = Article.objects.get(pk=key)
        self.assertEqual((record.status, record.drafted_by, record.pending), ("draft", self.alice, None))
        now = snapshot(record)
        self.assertEqual((now["fields"], now["sets"]), (shot["fields"], shot["sets"]))
        self.assertEqual(
            [row["fields"] for row in now["parts"]["citations"]], [row["fields"] for row in shot["parts"]["citations"]]
        )
        last = self.last(record)
        self.assertEqual((last.by, last.note), (self.boris, f"Recovered from version {last.number - 1}"))
        self.assertNotIn(key, deleted(Article).values_list("object_id", flat=True))

    def test_its_log_is_its_own_again_and_it_goes_on(self):
        self.in_review.request_changes(by=self.boris, reason="Not yet.")
        moves, key = list(Transition.objects.of(self.in_review)), self.in_review.pk
        self.delete(self.in_review)
        self.in_review.pk = key
        self.recover(self.in_review, key)
        record = Article.objects.get(pk=key)
        self.assertEqual(list(record.history()), moves)
        record.submit(by=self.alice)
        record.publish(by=self.carl)
        self.assertContains(self.client.get(record.get_absolute_url()), "SECRETREVIEW headline")

    def test_it_says_when_and_by_whom(self):
        self.delete(self.draft)
        page = self.client.get(self.address(Article, "deleted"))
        self.assertContains(page, "SECRETDRAFT headline")
        self.assertContains(page, "Deleted")
        self.assertContains(page, "boris")
        self.assertContains(self.client.get(self.address(Article, "changelist")), self.address(Article, "deleted"))

    def test_its_text_can_be_read(self):
        key = self.draft.pk
        self.delete(self.draft)
        page = self.client.get(self.address(Article, "recover", key))
        for words in ("standfirst of the draft article", "SECRETCITATION", "SECRETPERSON", "Kazakhstan"):
            self.assertContains(page, words)

    def test_a_new_record_does_not_take_its_key(self):
        key = self.draft.pk
        self.delete(self.draft)
        self.draft.pk = key
        self.recover(self.draft, key)
        other = Article.objects.create(headline="-", slug="other", standfirst="-", dated="2024-01-01", body="-", source_name="-")
        self.assertNotEqual(other.pk, key)

    def test_an_address_that_is_taken_gets_a_number(self):
        key = self.draft.pk
        self.delete(self.draft)
        Article.objects.filter(pk=self.in_review.pk).update(slug="secretdraft")
        Article.objects.filter(pk=self.withdrawn.pk).update(slug="secretdraft-2")
        self.draft.pk = key
        told = self.recover(self.draft, key)
        self.assertIn("The address “secretdraft” is taken by now, so it has “secretdraft-3”.", told)
        self.assertEqual(Article.objects.get(pk=key).slug, "secretdraft-3")

    def test_what_cannot_be_is_refused_with_a_sentence(self):
        post = newsroom.Post.objects.create(organisation=self.hidden_ministry, label="Passing")
        key = post.pk
        self.delete(post, by=self.root)
        post.pk = key
        organisation = newsroom.Organisation.objects.create(name="-", slug="nobody", classification="other")
        newsroom.Participation.objects.filter(organisation=self.hidden_ministry).update(organisation=organisation)
        newsroom.Appearance.objects.update(organisation=None)
        newsroom.Responsibility.objects.filter(organisation=self.hidden_ministry).delete()
        self.hidden_post.delete()
        self.hidden_ministry.delete()
        told = self.recover(post, key, by=self.root)[-1]
        self.assertIn("cannot be without", told)
        self.assertFalse(newsroom.Post.objects.filter(pk=key).exists())

    def test_twice_is_once(self):
        key = self.draft.pk
        self.delete(self.draft)
        self.draft.pk = key
        self.recover(self.draft, key)
        self.recover(self.draft, key, status=404)

    def test_for_whoever_may_add_such_a_record(self):
        key = self.draft.pk
        self.delete(self.draft)
        self.draft.pk = key
        for page, keys in [("deleted", ()), ("recover", (key,))]:
            self.client.force_login(self.walter)
            self.assertEqual(self.client.get(self.address(Article, page, *keys)).status_code, 403)
        self.client.force_login(self.alice)
        self.assertEqual(self.client.get(reverse("admin:conventions_topic_deleted")).status_code, 403)
        self.recover(self.draft, key, by=self.walter, status=403)
        self.recover(self.draft, key, by=self.alice)

    def test_a_reporter_makes_nothing_public_by_it(self):
        promise, key = self.hidden_commitment, self.hidden_commitment.pk
        Version.objects.keep(promise, by=None)
        promise.delete()
        promise.pk = key
        publish(self, self.hidden_roadmap)
        [told] = self.recover(promise, key, by=self.alice)
        self.assertIn("This would be public at once", told)
        self.assertFalse(newsroom.Commitment.objects.filter(pk=key).exists())
        self.recover(promise, key, by=self.boris)
        self.assertTrue(newsroom.Commitment.objects.filter(pk=key).exists())

    def test_its_old_links_stay_closed(self):
        _link, token = PreviewLink.objects.make(self.draft, by=self.boris, term=Term.WEEK)
        key = self.draft.pk
        self.delete(self.draft)
        self.draft.pk = key
        self.recover(self.draft, key)
        self.assertEqual(self.client_class().get(f"/preview/{token}/").status_code, 404)

    def test_an_update_remembers_who_recorded_it(self):
        Version.objects.keep(self.draft_update, by=self.alice)
        key = self.draft_update.pk
        self.delete(self.draft_update)
        self.draft_update.pk = key
        self.recover(self.draft_update, key)
        record = newsroom.ProgressUpdate.objects.get(pk=key)
        self.assertEqual((record.recorded_by, record.drafted_by), (self.alice, self.alice))

    def test_under_embargo_it_stays_hidden(self):
        newsroom.Embargo.objects.set(self.in_review, by=self.alice, until=NEVER_YET, source="The ministry")
        self.in_review.request_changes(by=self.chloe, reason="-")
        self.delete(self.in_review, by=self.chloe)
        for user, seen in [(self.carl, False), (self.alice, True), (self.chloe, True)]:
            client = self.client_class()
            client.force_login(user)
            text = client.get(self.address(Article, "deleted")).content.decode()
            self.assertEqual("SECRETREVIEW" in text, seen, user)


class SecretTests(RestoringCase):
    def test_strangers_are_told_nothing(self):
        first = self.kept(self.draft)
        client = self.client_class()
        addresses = [self.address(self.draft, page) for page in ("versions", "compare", "restore")]
        addresses += [self.address(Article, "deleted"), self.address(Article, "recover", first.object_id)]
        for address in addresses:
            response = client.get(address)
            self.assertEqual(response.status_code, 302)
            for word in SECRETS:
                self.assertNotIn(word, response.content.decode())
