"""Every verb for every role: who may, on one's own text and on somebody else's, and that a refusal changes nothing.

Letters: w has an account in no group, r is a reporter, e an editor, c a chief, s a superuser. Capitals tell that the person
wrote the text: the verb is asked of R, E, C and S on a text of their own.
"""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from articles.models import VERBS, Article, Comment, Correction, Embargo, PreviewLink, ProgressUpdate, Refused
from conventions.models import Release, Version
from conventions.snapshots import snapshot
from tests.cast import CastMixin, account, make_article, publish

pytestmark = pytest.mark.rules

#: verb: (the state it starts from, who may do it, who may do it to a text of their own)
MATRIX = {
    "submit": ("draft", "recs", "RECS"),
    "request_changes": ("in_review", "ecs", ""),
    "publish": ("in_review", "ecs", ""),
    "withdraw": ("published", "cs", "CS"),
    "propose": ("published", "recs", "RECS"),
    "submit_change": ("change", "recs", "RECS"),
    "return_change": ("change in review", "ecs", ""),
    "apply": ("change in review", "ecs", ""),
    "discard": ("change", "ecs", "RECS"),
    "correct": ("published", "ecs", "ECS"),
    "share": ("draft", "ecs", "RECS"),
    "comment": ("draft", "recs", "RECS"),
    "embargo": ("draft", "ecs", "RECS"),
    "confirm": ("verdict", "ecs", ""),
}
#: Verbs that ask for no text of anybody's: who may do them.
ON_THE_REGISTER = {"accept": "ecs", "decline": "ecs"}


class VerbTests(CastMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        others = {"W": [], "R": ["reporter"], "E": ["editor"], "C": ["chief"]}
        cls.people = {letter.lower(): account(f"other {letter}", *groups) for letter, groups in others.items()}
        cls.people["s"] = get_user_model().objects.create_superuser("other S", is_staff=True)

    def text(self, state, author):
        """An article of `author` in this state; a change or a verdict is theirs, and the rest is somebody else's."""
        if state == "verdict":
            facts = {"commitment": self.ratify, "number": 9, "happened_on": "2025-02-01", "delivery": "delivered"}
            update = ProgressUpdate.objects.create(
                summary="Ratified.", evidence=self.evidence, recorded_by=author, drafted_by=author, **facts
            )
            publish(self, update)
            return update
        of_change = state.startswith("change")
        article = make_article(self, "tried", "")
        Article.objects.filter(pk=article.pk).update(drafted_by=self.alice if of_change else author)
        article.refresh_from_db()
        first = self.alice if of_change else author
        if state != "draft":
            article.submit(by=self.root if not first.has_perm("articles.submit_article") else first)
        if of_change or state == "published":
            article.publish(by=self.carl)
        if of_change:
            shot = snapshot(article)
            change = {**shot, "fields": {**shot["fields"], "byline": "Another"}}
            article.propose(change, by=author)
            if state == "change in review":
                article.submit_change(by=author)
        return article

    def do(self, verb, record, by):
        shot, tomorrow = snapshot(record), timezone.now() + timedelta(days=1)
        asked = {
            "request_changes": {"reason": "More."}, "return_change": {"reason": "More."}, "withdraw": {"note": "Wrong."},
            "apply": {"seen": record.pending and record.pending.number, "reason": "A name only."},
        }.get(verb, {})  # fmt: skip
        special = {
            "propose": lambda: record.propose({**shot, "fields": {**shot["fields"], "byline": "Mine"}}, by=by),
            "correct": lambda: Correction(article=record, kind="correction", text="It was 2022.").make(by=by),
            "share": lambda: PreviewLink.objects.make(record, by=by, term="hour"),
            "comment": lambda: Comment.objects.make(record, by=by, text="Since when?"),
            "embargo": lambda: Embargo.objects.set(record, by=by, until=tomorrow, source="The ministry"),
        }
        special.get(verb, lambda: getattr(record, verb)(by=by, **asked))()

    def may(self, verb, state, letter, own):
        """Whether this person does the verb; if not, that nothing was changed by trying."""
        by = self.people[letter]
        author = by if own else account("author", "editor" if state.startswith(("change", "verdict")) else "reporter")
        record = self.text(state, author)
        before = self.everything(record)
        try:
            with transaction.atomic():
                self.do(verb, record, by)
        except (PermissionDenied, Refused):
            record = type(record).objects.get(pk=record.pk)
            self.assertEqual(self.everything(record), before, "What was refused changed something.")
            return False
        return True

    def everything(self, record):
        """All that a verb could have changed."""
        kept = [Version.objects.at(type(record), record.pk), record.history(), Comment.objects.of(record)]
        kept += [PreviewLink.objects.of(record), Correction.objects, Embargo.objects]
        row = type(record).objects.filter(pk=record.pk).values()
        return [list(row), snapshot(record), *(found.count() for found in kept)]

    def table(self, verb, state, letters, own):
        found = ""
        for letter in letters:
            with transaction.atomic():
                found += letter.upper() * own + letter * (not own) if self.may(verb, state, letter, own) else ""
                transaction.set_rollback(True)
        return found

    def test_each_verb_is_done_by_whom_the_table_says(self):
        for verb, (state, others, _own) in MATRIX.items():
            with self.subTest(verb=verb):
                self.assertEqual(self.table(verb, state, "wrecs", own=False), others)

    def test_and_on_ones_own_text(self):
        for verb, (state, _others, own) in MATRIX.items():
            with self.subTest(verb=verb):
                self.assertEqual(self.table(verb, state, "recs", own=True), own)

    def test_the_table_has_every_verb(self):
        self.assertLessEqual(set(VERBS), set(MATRIX))

    def test_decisions_on_a_release(self):
        proposals = Release.objects.create(name="2026", is_complete=True).proposals.all()
        for verb, letters in ON_THE_REGISTER.items():
            found = ""
            for letter, person in self.people.items():
                try:
                    getattr(proposals, verb)(by=person)
                except PermissionDenied:
                    continue
                found += letter
            self.assertEqual(found, letters)
