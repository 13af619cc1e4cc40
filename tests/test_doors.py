"""Every door by which an update could come without evidence, a verdict be confirmed by its author, or the past be rewritten.

And those by which a promise could leave the roadmap from which the public knows it.
"""

import json
import random
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from articles.models import (
    Commitment,
    Evidence,
    Law,
    PriorityArea,
    ProgressUpdate,
    Refused,
    Responsibility,
    Roadmap,
    Transition,
    Wording,
)
from articles.models.publishing import NEVER_DELETED
from conventions.models import Version
from conventions.restoring import restore
from conventions.snapshots import snapshot, write
from tests.cast import NEVER_YET, PUBLISHED_AT, SOURCE, CastMixin, publish
from tests.forms import AdminCase, form_data


def rows():
    """Everything that must not change by a refusal."""
    links = ProgressUpdate.further_evidence.through.objects.order_by("pk").values()
    return [list(model.objects.order_by("pk").values()) for model in (ProgressUpdate, Evidence, Transition)] + [list(links)]


class DoorCase(CastMixin, TestCase):
    def assert_refused(self, errors, act, *args, **kwargs):
        before = rows()
        with self.assertRaises(errors), transaction.atomic():
            act(*args, **kwargs)
        self.assertEqual(rows(), before)


class EvidenceDoorTests(DoorCase):
    def test_no_row_without_evidence(self):
        facts = {"commitment": self.amend, "happened_on": "2025-01-01", "delivery": "delivered", "summary": "-"}
        update = ProgressUpdate(**facts)
        self.assert_refused(IntegrityError, update.save)
        self.assert_refused(IntegrityError, ProgressUpdate.objects.bulk_create, [ProgressUpdate(**facts)])
        self.assert_refused(IntegrityError, ProgressUpdate.objects.filter(pk=self.draft_update.pk).update, evidence=None)

    def test_evidence_that_carries_an_update_cannot_go(self):
        for evidence in (self.evidence, self.hidden_evidence):
            self.assert_refused(ProtectedError, evidence.delete)
            self.assert_refused(ProtectedError, Evidence.objects.filter(pk=evidence.pk).delete)

    def test_no_fixture_brings_one(self):
        fields = {"commitment": ["amend-labour-code"], "number": 1, "happened_on": "2025-01-01", "delivery": "delivered"}
        fields |= {"summary": "-", "status": "published", "published_at": "2025-01-02T00:00:00Z"}
        for evidence in ({}, {"evidence": None}, {"evidence": ["https://example.org/nowhere", "Nothing"]}):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "door.json")
                path.write_text(json.dumps([{"model": "articles.progressupdate", "fields": fields | evidence}]), "utf-8")
                self.assert_refused((IntegrityError, DeserializationError), call_command, "loaddata", path, verbosity=0)

    def test_no_snapshot_takes_it_away(self):
        shot = snapshot(self.draft_update)
        shot["fields"]["evidence"] = None
        self.assert_refused(Exception, write, self.draft_update, shot)
        shot["fields"]["evidence"] = {"id": 10**9, "name": "A source that is no more"}
        self.assert_refused(Exception, write, self.draft_update, shot)


class EvidenceOfThePublicTests(DoorCase):
    """What a public update rests on stays as it was read; only a copy is added where there is none."""

    SENTENCE = "A public update rests on this source, so it stays as it is."

    def kept_while_a_draft_rested_on_it(self):
        """A version of before its update was public, which says something else."""
        self.hidden_evidence.title = "What the gazette never said"
        self.hidden_evidence.save()
        version = Version.objects.keep(self.hidden_evidence, by=self.alice)
        self.hidden_evidence.title = "What the gazette said"
        self.hidden_evidence.save()
        Version.objects.keep(self.hidden_evidence, by=self.alice)
        return version

    def test_no_version_takes_its_place(self):
        version = self.kept_while_a_draft_rested_on_it()
        publish(self, self.draft_update)
        for state in ("published", "withdrawn"):
            with self.subTest(state=state):
                self.assert_refused(ValidationError, restore, self.hidden_evidence, version, by=self.boris)
                self.client.force_login(self.boris)
                page = reverse("admin:articles_evidence_restore", args=[self.hidden_evidence.pk])
                before = rows()
                self.assertContains(self.client.post(page, {"version": version.number}, follow=True), self.SENTENCE)
                self.assertEqual(rows(), before)
            if state == "published":
                self.draft_update.withdraw(by=self.chloe, note="A mistake.")

    def test_nor_of_evidence_that_stands_behind_the_first(self):
        version = self.kept_while_a_draft_rested_on_it()
        self.draft_update.evidence = self.evidence
        self.draft_update.save()
        self.draft_update.further_evidence.add(self.hidden_evidence)
        publish(self, self.draft_update)
        self.assert_refused(ValidationError, restore, self.hidden_evidence, version, by=self.boris)

    def test_before_that_it_does(self):
        restore(self.hidden_evidence, self.kept_while_a_draft_rested_on_it(), by=self.alice)
        self.hidden_evidence.refresh_from_db()
        self.assertEqual(self.hidden_evidence.title, "What the gazette never said")

    def test_the_model_takes_the_copy_that_it_lacks_and_no_other(self):
        self.evidence.archived_url = "https://archive.example/1"
        self.evidence.full_clean()
        self.evidence.save()
        for name, value in {"archived_url": "https://archive.example/2", "publisher": "Another", "excerpt": "Else."}.items():
            with self.subTest(name=name), self.assertRaisesMessage(ValidationError, self.SENTENCE):
                setattr(self.evidence, name, value)
                self.evidence.full_clean()
            self.evidence.refresh_from_db()


class PastDoorTests(DoorCase):
    """What was recorded stays as it was recorded, by whatever door one comes."""

    CHANGES = [
        {"delivery": "delivered"},
        {"effect": "full"},
        {"summary": "It was otherwise."},
        {"happened_on": "2020-01-01"},
        {"recorded_at": PUBLISHED_AT},
        {"number": 99},
    ]

    def test_what_is_public_is_written_over_by_nobody(self):
        for change in [*self.CHANGES, {"evidence": self.hidden_evidence}, {"commitment": self.amend}]:
            with self.subTest(change=change):
                self.assert_refused(IntegrityError, ProgressUpdate.objects.filter(pk=self.update.pk).update, **change)
        self.update.summary = "It was otherwise."
        self.assert_refused(IntegrityError, self.update.save)
        self.assert_refused(Refused, ProgressUpdate.objects.filter(pk=self.update.pk).delete)
        self.assert_refused(IntegrityError, ProgressUpdate.objects.filter(pk=self.update.pk)._raw_delete, "default")

    def test_nor_is_what_was_withdrawn(self):
        self.update.withdraw(by=self.chloe, note="The source withdrew it.")
        for change in self.CHANGES:
            with self.subTest(change=change):
                self.assert_refused(IntegrityError, ProgressUpdate.objects.filter(pk=self.update.pk).update, **change)
        self.assert_refused(Refused, self.update.submit, by=self.alice)

    def test_it_takes_no_change_that_waits(self):
        shot = snapshot(self.update)
        shot["fields"]["delivery"] = "delivered"
        self.assert_refused(Refused, self.update.propose, shot, by=self.boris)

    def test_what_is_written_can_be_rewritten(self):
        ProgressUpdate.objects.filter(pk=self.draft_update.pk).update(summary="Better.")
        self.draft_update.refresh_from_db()
        self.assertEqual(self.draft_update.summary, "Better.")

    def test_superseding_leaves_the_past_as_it_was(self):
        before = ProgressUpdate.objects.filter(pk=self.update.pk).values().get()
        moment = timezone.now()
        update = ProgressUpdate.objects.create(
            commitment=self.ratify, number=9, happened_on=self.update.happened_on, delivery="in-part", summary="Less.",
            evidence=self.evidence, supersedes=self.update, reason="The source was misread.", drafted_by=self.alice,
            recorded_by=self.alice,
        )  # fmt: skip
        update.submit(by=self.alice)
        update.publish(by=self.boris)
        self.assertEqual(ProgressUpdate.objects.filter(pk=self.update.pk).values().get(), before)
        self.assertIn(self.update, ProgressUpdate.objects.in_effect(known=moment))
        self.assertNotIn(self.update, ProgressUpdate.objects.in_effect())


class FutureDoorTests(DoorCase):
    """What has not happened is no event: on its day it would change the state with nobody acting."""

    SENTENCE = "This day has not come yet."

    def setUp(self):
        self.tomorrow = timezone.localdate() + timedelta(days=1)

    def in_review_since_before_the_rule(self):
        self.draft_update.submit(by=self.alice)
        ProgressUpdate.objects.filter(pk=self.draft_update.pk).update(happened_on=self.tomorrow)

    def test_it_is_not_handed_in(self):
        ProgressUpdate.objects.filter(pk=self.draft_update.pk).update(happened_on=self.tomorrow)
        self.assert_refused(Refused, self.draft_update.submit, by=self.alice)

    def test_nor_published_now_or_for_its_day(self):
        self.in_review_since_before_the_rule()
        moment = timezone.now() + timedelta(days=2)
        self.assert_refused(Refused, self.draft_update.publish, by=self.boris)
        self.assert_refused(Refused, self.draft_update.publish, by=self.boris, at=moment)
        with self.assertRaisesMessage(Refused, self.SENTENCE):
            self.draft_update.publish(by=self.boris)

    def test_what_waits_already_is_sent_back_and_what_is_public_withdrawn(self):
        self.in_review_since_before_the_rule()
        self.draft_update.request_changes(by=self.boris, reason="It has not happened.")
        self.assertEqual(self.draft_update.status, "draft")
        facts = {"status": "published", "published_at": PUBLISHED_AT}
        ProgressUpdate.objects.filter(pk=self.draft_update.pk).update(**facts)
        self.draft_update.withdraw(by=self.chloe, note="It has not happened.")
        self.assertEqual(self.draft_update.status, "withdrawn")

    def test_no_form_takes_it(self):
        self.client.force_login(self.alice)
        page = reverse("admin:articles_progressupdate_change", args=[self.draft_update.pk])
        data, before = form_data(self.client.get(page), happened_on=self.tomorrow.isoformat()), rows()
        self.assertContains(self.client.post(page, data), self.SENTENCE)
        self.assertEqual(rows(), before)

    def test_a_period_counts_from_its_first_day(self):
        today = timezone.localdate()
        update = self.draft_update
        for precision, year, refused in [
            ("day", today.year, False),
            ("month", today.year, False),
            ("year", today.year, False),
            ("month", today.year + 1, True),
            ("year", today.year + 1, True),
        ]:
            with self.subTest(precision=precision, year=year):
                update.happened_on, update.happened_on_precision = today.replace(year=year, day=min(today.day, 28)), precision
                if refused:
                    self.assert_refused(ValidationError, update.full_clean)
                else:
                    update.full_clean()


class SupersedingDoorTests(DoorCase):
    """Only what the public has read is superseded, and so no two supersede each other."""

    SENTENCE = "Readers have not read that update, so there is nothing to supersede: change it, or delete it."

    def another(self, **changes):
        facts = {"number": 9, "happened_on": "2025-02-01", "delivery": "in-part", "summary": "Less.", "evidence": self.evidence}
        facts |= {"commitment": self.ratify, "drafted_by": self.alice, "recorded_by": self.alice}
        return ProgressUpdate.objects.create(**facts | changes)

    def supersede(self, update, other):
        """As it stood before the rule, or by another door."""
        ProgressUpdate.objects.filter(pk=update.pk).update(supersedes=other, reason="It was wrong.")
        update.refresh_from_db()

    def test_no_form_takes_a_draft(self):
        self.client.force_login(self.alice)
        update = self.another()
        page = reverse("admin:articles_progressupdate_change", args=[update.pk])
        data = form_data(self.client.get(page), supersedes=self.draft_update.pk, reason="It was wrong.")
        moves = [
            ("draft", lambda: None),
            ("in review", lambda: self.draft_update.submit(by=self.alice)),
            ("scheduled", lambda: self.draft_update.publish(by=self.boris, at=NEVER_YET)),
        ]
        for state, move in moves:
            move()
            with self.subTest(state=state):
                before = rows()
                self.assertContains(self.client.post(page, data), self.SENTENCE)
                self.assertEqual(rows(), before)
        self.client.post(page, {**data, "supersedes": self.update.pk})
        update.refresh_from_db()
        self.assertEqual(update.supersedes, self.update)

    def test_neither_of_two_drafts_that_supersede_each_other_is_published(self):
        one, other = self.another(), self.draft_update
        for update in (one, other):
            update.submit(by=self.alice)
        self.supersede(one, other)
        self.supersede(other, one)
        for update in (one, other):
            self.assert_refused(Refused, update.publish, by=self.boris)
        self.assertIn(self.update, ProgressUpdate.objects.in_effect())

    def test_what_was_withdrawn_was_read(self):
        self.update.withdraw(by=self.chloe, note="A mistake.")
        update = self.another(supersedes=self.update, reason="It was wrong.")
        publish(self, update)
        self.assertIn(update, ProgressUpdate.objects.in_effect())

    def test_a_public_update_may_be_superseded_by_one_that_is_superseded_in_turn(self):
        one = self.another(supersedes=self.update, reason="It was wrong.")
        publish(self, one)
        two = self.another(number=10, supersedes=one, reason="It was right.")
        publish(self, two)
        self.assertEqual(list(ProgressUpdate.objects.in_effect().filter(commitment=self.ratify)), [two])


class VerdictDoorTests(DoorCase):
    def test_the_database_knows_no_author_who_confirms(self):
        publish(self, self.draft_update)
        verdict = ProgressUpdate.objects.filter(pk=self.draft_update.pk)
        author = verdict.get().recorded_by or verdict.get().drafted_by
        self.assertIsNotNone(author)
        self.assert_refused(IntegrityError, verdict.update, confirmed_by=author, confirmed_at=PUBLISHED_AT)

    def test_nothing_is_confirmed_that_can_still_be_rewritten(self):
        verdict = ProgressUpdate.objects.filter(pk=self.draft_update.pk)
        self.assert_refused(IntegrityError, verdict.update, confirmed_by=self.carl, confirmed_at=PUBLISHED_AT)

    def test_a_confirmation_says_when_and_by_whom(self):
        publish(self, self.draft_update)
        verdict = ProgressUpdate.objects.filter(pk=self.draft_update.pk)
        for half in ({"confirmed_at": PUBLISHED_AT}, {"confirmed_by": self.carl}):
            with self.subTest(half=half):
                self.assert_refused(IntegrityError, verdict.update, **half)
        self.draft_update.confirm(by=self.carl)
        for half in ({"confirmed_at": None}, {"confirmed_by": None}):
            with self.subTest(half=half):
                self.assert_refused(IntegrityError, verdict.update, **half)

    def test_only_a_closing_verdict_is_confirmed(self):
        step = ProgressUpdate.objects.filter(pk=self.update.pk)
        self.assertEqual(step.get().delivery, "under-way")
        self.assert_refused(IntegrityError, step.update, confirmed_by=self.carl, confirmed_at=PUBLISHED_AT)

    def test_whoever_rewrote_or_handed_in_a_verdict_does_not_confirm_it(self):
        self.draft_update.summary = "In the words of Carl."
        self.draft_update.save()
        Version.objects.keep(self.draft_update, by=self.carl)
        self.draft_update.submit(by=self.chloe)
        self.draft_update.publish(by=self.boris)
        for author in (self.carl, self.chloe, self.alice):
            if author.has_perm("articles.confirm_progressupdate"):
                self.assert_refused(Refused, self.draft_update.confirm, by=author)
        self.draft_update.confirm(by=self.boris)
        self.assertEqual(self.draft_update.confirmed_by, self.boris)


class PromiseDoorTests(AdminCase):
    """A promise that readers know stays where they found it, and nobody deletes it."""

    SENTENCE = "Readers know this promise from its roadmap, so it stays there. Record as an update what became of it."

    def setUp(self):
        self.client.force_login(self.boris)

    def stored(self):
        return [list(model.objects.order_by("pk").values()) for model in (Commitment, PriorityArea, Wording, Law, Responsibility)]

    def assert_stays(self, errors, act, *args, **kwargs):
        before = self.stored()
        with self.assertRaises(errors) as refusal, transaction.atomic():
            act(*args, **kwargs)
        self.assertEqual(self.stored(), before)
        return str(refusal.exception)

    def test_the_form_shows_its_roadmap_and_changes_it_by_no_post(self):
        page = self.client.get(self.page(self.amend))
        self.assertTrue(page.context["adminform"].form.fields["roadmap"].disabled)
        self.assertContains(page, str(self.roadmap))
        self.save(self.page(self.amend), form_data(page, roadmap=self.hidden_roadmap.pk, note="Seen."))
        self.amend.refresh_from_db()
        self.assertEqual((self.amend.roadmap, self.amend.note), (self.roadmap, "Seen."))
        self.assertEqual(self.client.get(self.amend.get_absolute_url()).status_code, 200)

    def test_it_leaves_neither_a_public_roadmap_nor_one_that_was(self):
        for _state in ("published", "withdrawn"):
            self.amend.roadmap = self.hidden_roadmap
            self.assertIn(self.SENTENCE, self.assert_stays(ValidationError, self.amend.full_clean))
            self.amend.refresh_from_db()
            if self.roadmap.status == "published":
                self.roadmap.withdraw(by=self.chloe, note="A mistake.")
        page = self.client.get(self.page(self.amend))
        self.assertTrue(page.context["adminform"].form.fields["roadmap"].disabled)

    def test_from_a_draft_to_a_draft_it_goes(self):
        other = Roadmap.objects.create(title="Another draft", slug="another-draft", kind="roadmap", source=SOURCE)
        self.save(self.page(self.hidden_commitment), self.filled_in(self.hidden_commitment, roadmap=other.pk, area=""))
        self.hidden_commitment.refresh_from_db()
        self.assertEqual(self.hidden_commitment.roadmap, other)

    def test_no_version_of_a_draft_takes_it_back_there(self):
        moved = self.hidden_commitment
        version = Version.objects.keep(moved, by=self.boris)
        moved.roadmap, moved.area, moved.number, moved.title = self.roadmap, None, 9, "Moved while it was a draft"
        moved.save()
        Version.objects.keep(moved, by=self.boris)
        self.assertIn(self.SENTENCE, self.assert_stays(ValidationError, restore, moved, version, by=self.boris))
        response = self.client.post(self.page(moved, "restore"), {"version": version.number}, follow=True)
        self.assertIn(self.SENTENCE, self.said(response))
        self.assertEqual(Commitment.objects.get(pk=moved.pk).roadmap, self.roadmap)

    def test_nobody_deletes_it(self):
        told = str(NEVER_DELETED)
        self.client.force_login(self.root)
        for state in ("published", "withdrawn"):
            with self.subTest(state=state):
                self.assertEqual(self.assert_stays(Refused, self.amend.delete), told)
                self.assertEqual(self.assert_stays(Refused, Commitment.objects.all().delete), told)
                self.amend.roadmap = self.hidden_roadmap  # in hand, and not stored
                self.assertEqual(self.assert_stays(Refused, self.amend.delete), told)
                self.amend.refresh_from_db()
                self.assertEqual(self.client.post(self.page(self.amend, "delete"), {"post": "yes"}).status_code, 403)
                sent = {"action": "delete_selected", "_selected_action": [self.amend.pk], "post": "yes"}
                self.client.post(self.list_of(Commitment), sent)
                self.assertTrue(Commitment.objects.filter(pk=self.amend.pk).exists())
            if state == "published":
                self.roadmap.withdraw(by=self.chloe, note="A mistake.")
        self.hidden_commitment.delete()

    def test_its_parts_and_its_area_stay_its_own(self):
        """Rows are found among those of the form's own record; areas are changed in the form of their roadmap."""
        data = self.filled_in(self.hidden_commitment)
        wording, theirs = self.hidden_commitment.wordings.get(), self.ratify.wordings.get()
        self.assertEqual(data["wordings-0-id"], str(wording.pk))
        before = self.stored()
        for row in ({"wordings-0-id": str(theirs.pk)}, {"wordings-0-commitment": str(self.ratify.pk)}):
            with self.subTest(row=row):
                self.client.post(self.page(self.hidden_commitment), data | row | {"wordings-0-exact": "Rewritten."})
                self.assertEqual(self.stored(), before)
        sent = {"roadmap": self.hidden_roadmap.pk, "number": 7, "title": "Moved"}
        self.assertEqual(self.client.post(self.page(self.area), sent).status_code, 403)
        self.assertEqual(self.stored(), before)


@pytest.mark.rules
class RandomPostTests(AdminCase):
    """Many posts of the back office in a random order, by everybody: the rules hold after each of them."""

    STEPS = 150

    def test_no_combination_breaks_the_rules(self):
        self.random, self.told = random.Random(20261123), {}
        people = [self.alice, self.boris, self.carl, self.chloe, self.root]
        doors = [self.add, self.add_bare, self.rewrite, *[self.move_one] * 12, self.drop_evidence, self.drop]
        done = dict.fromkeys((door.__name__ for door in doors), 0)
        for _step in range(self.STEPS):
            self.client.force_login(self.random.choice(people))
            door = self.random.choice(doors)
            before = rows()
            door()
            done[door.__name__] += rows() != before
            self.assert_rules_hold()
        self.assertEqual(done["add_bare"], 0)
        for name in ("add", "rewrite", "move_one"):
            self.assertGreater(done[name], 0, done)
        self.assertTrue(ProgressUpdate.objects.filter(confirmed_at__isnull=False).exists(), done)

    def assert_rules_hold(self):
        self.assertFalse(ProgressUpdate.objects.filter(evidence__isnull=True).exists())
        for update in ProgressUpdate.objects.filter(confirmed_at__isnull=False):
            self.assertNotIn(update.confirmed_by_id, update.author_ids() | {None})
        said = dict(ProgressUpdate.objects.ever_public().values_list("pk", "summary"))
        self.assertEqual({key: said.get(key) for key in self.told}, self.told)  # nothing that was public changed or went
        self.told |= said

    def facts(self):
        return {
            "commitment": self.random.choice([self.ratify, self.amend]).pk,
            "happened_on": f"2025-0{self.random.randint(1, 9)}-1{self.random.randint(0, 9)}",
            "happened_on_precision": "day",
            "summary": f"Words {self.random.random()}",
            "delivery": self.random.choice(["under-way", "delivered", "not-delivered"]),
            "effect": "not-assessed",
        }

    def add(self):
        self.client.post(self.list_of(ProgressUpdate, "add"), {**self.facts(), "evidence": self.evidence.pk})

    def add_bare(self):
        self.client.post(self.list_of(ProgressUpdate, "add"), {**self.facts(), "evidence": self.random.choice(["", "0"])})

    def one(self):
        return self.random.choice(list(ProgressUpdate.objects.order_by("pk")))

    def rewrite(self):
        update = self.one()
        version = Version.objects.of(update).saved().last()
        evidence = self.random.choice([self.evidence.pk, ""])
        data = {**self.facts(), "commitment": update.commitment_id, "evidence": evidence}
        self.client.post(
            self.page(update), {**data, "made_from": version.number if version else "", "confirmed_by": self.alice.pk}
        )

    def move_one(self):
        verb = self.random.choice(["submit", "submit", "publish", "publish", "confirm", "confirm", "request_changes", "withdraw"])
        update = self.one()
        page = self.client.get(f"{self.list_of(ProgressUpdate)}transition/{verb}/?ids={update.pk}")
        if page.status_code == 200:
            read = [f"{key}-{number}" for key, number in page.context["read"]]
            data = {"read": read, "reason": "-", "note": "A mistake.", "to": ""}
            self.client.post(f"{self.list_of(ProgressUpdate)}transition/{verb}/?ids={update.pk}", data)

    def drop_evidence(self):
        self.client.post(self.page(self.random.choice([self.evidence, self.hidden_evidence]), "delete"), {"post": "yes"})

    def drop(self):
        self.client.post(self.page(self.one(), "delete"), {"post": "yes"})
