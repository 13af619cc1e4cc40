"""The verbs that move records between states: each does its work, and each refusal leaves everything as it was."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from articles.models import Article, Discrepancy, Page, ProgressUpdate, Publishable, Refused, Reply, Roadmap, Status, Transition
from tests.cast import NEVER_YET, PUBLIC_NOTE, PUBLISHED_AT, CastMixin, publish

PUBLISHABLES = [Article, Roadmap, ProgressUpdate, Discrepancy, Page, Reply]


class Case(CastMixin, TestCase):
    def everything(self):
        """All rows that a verb could touch, and the log."""
        return [list(model.objects.order_by("pk").values()) for model in [*PUBLISHABLES, Transition]]

    def assert_refused(self, sentence, verb, record, error=Refused, **values):
        """The verb says why it refuses, and neither the records nor the log have changed."""
        before = self.everything()
        with self.assertRaisesMessage(error, sentence):
            getattr(record, verb)(**values)
        self.assertEqual(self.everything(), before)


class WorkflowTests(Case):
    def test_it_works(self):
        self.draft.submit(by=self.alice)
        self.assertEqual(self.draft.status, Status.IN_REVIEW)
        self.draft.publish(by=self.boris)
        self.assertTrue(self.draft.is_published)
        self.draft.withdraw(by=self.chloe, note="A mistake.")
        self.draft.refresh_from_db()
        self.assertEqual((self.draft.status, self.draft.public_note), (Status.WITHDRAWN, "A mistake."))
        self.assertIsNotNone(self.draft.withdrawn_at)

    def test_the_log_says_who_when_what_and_why(self):
        self.draft.submit(by=self.alice)
        self.draft.request_changes(by=self.boris, reason="Name the source.")
        self.draft.submit(by=self.alice)
        self.draft.publish(by=self.boris, at=NEVER_YET)
        log = [(row.verb, row.before, row.after, row.by, row.reason, row.effective_at) for row in self.draft.history()]
        self.assertEqual(
            log,
            [
                ("submit", "draft", "in_review", self.alice, "", None),
                ("request_changes", "in_review", "draft", self.boris, "Name the source.", None),
                ("submit", "draft", "in_review", self.alice, "", None),
                ("publish", "in_review", "published", self.boris, "", NEVER_YET),
            ],
        )
        row = self.draft.history().first()
        self.assertEqual((row.record, row.headline), (self.draft, self.draft.headline))
        self.assertEqual(str(row), "SECRETDRAFT headline: Draft → In review")
        self.assertLess(timezone.now() - row.at, timedelta(minutes=1))

    def test_the_log_of_one_record_is_its_own(self):
        """A roadmap and an article may have the same number."""
        self.assertEqual({row.record for row in self.roadmap.history()}, {self.roadmap})

    def test_changes_are_requested_and_the_text_returns(self):
        self.in_review.request_changes(by=self.boris, reason="Shorter.")
        self.assertEqual(self.in_review.status, Status.DRAFT)

    def test_what_was_withdrawn_needs_review_before_it_returns(self):
        self.assert_refused("is withdrawn", "publish", self.withdrawn, by=self.boris)
        self.resubmitted.publish(by=self.boris)
        self.assertTrue(self.resubmitted.is_published)
        self.assertEqual(self.resubmitted.public_note, PUBLIC_NOTE)  # a withdrawal stays on the record

    def test_every_publishable_has_the_same_life(self):
        for record in (self.hidden_roadmap, self.draft_update):
            with self.subTest(record=record):
                record.submit(by=self.alice)
                record.publish(by=self.boris)
                record.withdraw(by=self.chloe, note="A mistake.")
                self.assertEqual(list(record.history().values_list("verb", flat=True)), ["submit", "publish", "withdraw"])


class RefusalTests(Case):
    def test_nobody_does_what_takes_a_right_they_lack(self):
        for verb, right, record, by, values in [
            ("submit", "submit", self.draft, self.walter, {}),
            ("request_changes", "review", self.in_review, self.alice, {"reason": "Shorter."}),
            ("publish", "publish", self.in_review, self.alice, {}),
            ("withdraw", "withdraw", self.published, self.boris, {"note": "A mistake."}),
            ("withdraw", "withdraw", self.roadmap, self.boris, {"note": "A mistake."}),
        ]:
            with self.subTest(verb=verb):
                self.assert_refused(f"the right to {right}", verb, record, PermissionDenied, by=by, **values)

    def test_no_verb_works_in_the_wrong_state(self):
        for verb, by, values, allowed in [
            ("submit", self.carl, {}, {"draft", "withdrawn"}),
            ("request_changes", self.carl, {"reason": "Shorter."}, {"in_review", "scheduled", "resubmitted"}),
            ("publish", self.carl, {}, {"in_review", "resubmitted"}),
            ("withdraw", self.chloe, {"note": "A mistake."}, {"published"}),
        ]:
            for name in {"draft", "in_review", "scheduled", "published", "withdrawn", "resubmitted"} - allowed:
                with self.subTest(verb=verb, state=name):
                    article = getattr(self, name)
                    self.assert_refused(f"“{article}” is", verb, article, by=by, **values)

    def test_a_stale_record_in_hand_decides_nothing(self):
        """Two editors press at once: the row in the database counts, not what the second one saw."""
        stale = Article.objects.get(pk=self.in_review.pk)
        self.in_review.publish(by=self.boris)
        self.assert_refused("is published", "publish", stale, by=self.carl)

    def test_what_is_public_can_only_be_withdrawn(self):
        self.assert_refused("can only be withdrawn", "request_changes", self.published, by=self.carl, reason="Shorter.")

    def test_what_is_scheduled_is_called_back_not_withdrawn(self):
        self.assert_refused("request changes instead", "withdraw", self.scheduled, by=self.chloe, note="A mistake.")

    def test_nobody_reviews_their_own_text(self):
        mine = Article.objects.get(pk=self.in_review.pk)
        Article.objects.filter(pk=mine.pk).update(drafted_by=self.boris)
        self.assert_refused("your own text", "publish", mine, by=self.boris)
        self.assert_refused("your own text", "request_changes", mine, by=self.boris, reason="Shorter.")

    def test_who_submitted_it_is_an_author_too(self):
        self.draft.submit(by=self.boris)
        self.assert_refused("your own text", "publish", self.draft, by=self.boris)
        self.draft.publish(by=self.carl)

    def test_a_superuser_is_no_exception(self):
        self.draft.submit(by=self.root)
        self.assert_refused("your own text", "publish", self.draft, by=self.root)

    def test_a_reason_is_required(self):
        self.assert_refused("Say what should change", "request_changes", self.in_review, by=self.boris, reason=" \n")
        self.assert_refused("the public reads this note", "withdraw", self.published, by=self.chloe, note=" ")

    def test_what_is_not_valid_is_not_moved(self):
        Article.objects.filter(pk=self.in_review.pk).update(standfirst="")
        self.assert_refused("This field cannot be blank", "publish", self.in_review, by=self.boris)


class PublicTests(Case):
    STATES = ["draft", "in_review", "scheduled", "published", "withdrawn", "resubmitted"]

    def test_published_and_is_published_agree_in_every_state(self):
        records = [getattr(self, name) for name in self.STATES]
        records += [self.roadmap, self.hidden_roadmap, self.update, self.draft_update]
        for record in records:
            with self.subTest(record=record):
                self.assertEqual(type(record).objects.published().contains(record), record.is_published)
        self.assertEqual([name for name in self.STATES if getattr(self, name).is_published], ["published"])

    def test_each_state_is_found_by_its_name(self):
        found = {
            "drafts": [self.draft],
            "awaiting_review": [self.in_review, self.resubmitted],
            "scheduled": [self.scheduled],
            "published": [self.published],
            "tombstones": [self.withdrawn, self.resubmitted],
        }
        for name, articles in found.items():
            with self.subTest(name=name):
                self.assertCountEqual(getattr(Article.objects.all(), name)(), articles)
        labels = ["Draft", "In review", "Scheduled", "Published", "Withdrawn", "In review"]
        self.assertEqual([getattr(self, name).state() for name in self.STATES], labels)

    def test_what_was_ever_public_is_known(self):
        ever = [name for name in self.STATES if getattr(self, name).was_ever_public]
        self.assertEqual(ever, ["published", "withdrawn", "resubmitted"])

    def test_the_scheduled_becomes_public_by_time_alone(self):
        self.assertFalse(Article.objects.published(at=NEVER_YET - timedelta(seconds=1)).contains(self.scheduled))
        self.assertTrue(Article.objects.published(at=NEVER_YET).contains(self.scheduled))
        self.assertFalse(Article.objects.scheduled(at=NEVER_YET).contains(self.scheduled))

    def test_the_scheduled_can_be_called_back(self):
        self.scheduled.request_changes(by=self.boris, reason="Wait.")
        self.scheduled.refresh_from_db()
        self.assertEqual((self.scheduled.status, self.scheduled.published_at), (Status.DRAFT, None))

    def test_a_tombstone_keeps_when_it_was_public(self):
        self.assertEqual((self.withdrawn.published_at, self.withdrawn.public_note), (PUBLISHED_AT, PUBLIC_NOTE))
        self.resubmitted.request_changes(by=self.boris, reason="Not yet.")
        self.assertEqual(self.resubmitted.published_at, PUBLISHED_AT)
        self.assertTrue(Article.objects.tombstones().contains(self.resubmitted))

    def test_an_update_is_public_only_with_its_roadmap(self):
        self.assertTrue(ProgressUpdate.objects.published().contains(self.update))
        self.roadmap.withdraw(by=self.chloe, note="A mistake.")
        self.assertFalse(ProgressUpdate.objects.published().contains(self.update))


class ConstraintTests(Case):
    def test_each_child_inherits_the_constraints_of_the_parent(self):
        """A `class Meta` that does not name its parent's loses them silently."""
        self.assertCountEqual(Publishable.__subclasses__(), PUBLISHABLES)
        for model in PUBLISHABLES:
            names = {constraint.name for constraint in model._meta.constraints}
            label = f"articles_{model._meta.model_name}"
            with self.subTest(model=model):
                self.assertLessEqual({f"{label}_published_has_time", f"{label}_withdrawn_has_note"}, names)
                self.assertLessEqual({"submit", "review", "publish", "withdraw"}, set(model._meta.default_permissions))

    def test_the_database_refuses_what_the_verbs_never_write(self):
        wrong = [{"status": "published", "published_at": None}, {"status": "withdrawn", "withdrawn_at": None}]
        for model in PUBLISHABLES:
            for values in wrong:
                with self.subTest(model=model, values=values):
                    before = self.everything()
                    with self.assertRaises(IntegrityError), transaction.atomic():
                        model.objects.update(**values)
                    self.assertEqual(self.everything(), before)


class ConfirmTests(Case):
    def test_it_works(self):
        publish(self, self.draft_update)
        self.draft_update.confirm(by=self.carl)
        self.draft_update.refresh_from_db()
        self.assertEqual(self.draft_update.confirmed_by, self.carl)
        self.assertIsNotNone(self.draft_update.confirmed_at)

    def test_it_takes_the_right(self):
        self.assert_refused("You may not confirm", "confirm", self.draft_update, PermissionDenied, by=self.alice)

    def test_only_closing_verdicts_are_confirmed(self):
        self.assert_refused("Only a closing verdict", "confirm", self.update, by=self.carl)

    def test_what_can_still_be_rewritten_is_not_confirmed(self):
        self.assert_refused("Only what is public is confirmed", "confirm", self.draft_update, by=self.carl)

    def test_it_is_done_once(self):
        publish(self, self.draft_update)
        self.draft_update.confirm(by=self.carl)
        self.assert_refused("confirmed already", "confirm", self.draft_update, by=self.boris)

    def test_nobody_confirms_their_own(self):
        ProgressUpdate.objects.filter(pk=self.draft_update.pk).update(recorded_by=self.root)
        self.assert_refused("another person must confirm it", "confirm", self.draft_update, by=self.root)


class DeletionTests(Case):
    """What the public saw can be deleted by nobody, by no door of the model."""

    def test_a_draft_can_be_deleted(self):
        self.draft.delete()
        self.assertFalse(Article.objects.filter(slug=self.draft.slug).exists())
        Article.objects.filter(pk=self.in_review.pk).delete()
        self.assertFalse(Article.objects.filter(slug=self.in_review.slug).exists())

    def test_what_was_public_stays(self):
        before = self.everything()
        for record in [self.published, self.withdrawn, self.resubmitted, self.roadmap, self.update]:
            with self.subTest(record=record):
                with self.assertRaisesMessage(Refused, "can be deleted by nobody"):
                    record.delete()
                with self.assertRaisesMessage(Refused, "can be deleted by nobody"):
                    type(record).objects.filter(pk=record.pk).delete()
        with self.assertRaises(Refused):
            Article.objects.all().delete()
        self.assertEqual(self.everything(), before)

    def test_the_rule_is_the_same_for_one_and_for_many(self):
        ever_public = set(Article.objects.all().ever_public())
        self.assertEqual(ever_public, {article for article in Article.objects.all() if article.was_ever_public})
        self.assertEqual(ever_public, {self.published, self.withdrawn, self.resubmitted})
