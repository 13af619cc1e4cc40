"""The log of moves and the corrections are append-only in the database itself, whoever tries and however."""

from django.db import IntegrityError, connection, transaction
from django.test import TestCase

from articles.models import Correction, Transition
from tests.cast import CastMixin


class AppendOnlyTests(CastMixin, TestCase):
    def setUp(self):
        self.row = Transition.objects.of(self.published).first()
        self.before = list(Transition.objects.order_by("pk").values())

    def assert_refused(self, attempt):
        with self.assertRaisesMessage(IntegrityError, "are added, and never changed or deleted."), transaction.atomic():
            attempt()
        self.assertEqual(list(Transition.objects.order_by("pk").values()), self.before)

    def test_rows_are_added(self):
        self.draft.submit(by=self.alice)
        self.assertEqual(Transition.objects.count(), len(self.before) + 1)

    def test_no_row_is_changed(self):
        self.row.reason = "Another reason"
        self.assert_refused(self.row.save)
        self.assert_refused(lambda: Transition.objects.update(reason="Another reason"))
        self.assert_refused(lambda: self.by_hand("UPDATE articles_transition SET reason = 'Another reason'"))

    def test_no_row_is_deleted(self):
        self.assert_refused(self.row.delete)
        self.assert_refused(lambda: Transition.objects.all().delete())
        self.assert_refused(lambda: self.by_hand("DELETE FROM articles_transition"))

    def test_what_matches_nothing_is_no_attempt(self):
        self.assertEqual(Transition.objects.filter(pk=0).update(reason="-"), 0)

    def test_no_correction_is_rewritten_by_hand(self):
        before = list(Correction.objects.values())
        for statement in ("UPDATE articles_correction SET text = 'Another'", "DELETE FROM articles_correction"):
            self.assert_refused(lambda statement=statement: self.by_hand(statement))
        self.assertEqual(list(Correction.objects.values()), before)

    def by_hand(self, statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)
