"""Moves between states in the back office: buttons, the page that asks, actions on several records."""

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from articles.models import (
    Article,
    ProgressUpdate,
    Transition,
)
from conventions.admin import refusal_of
from tests.cast import NEVER_YET, publish
from tests.forms import AdminCase

pytestmark = pytest.mark.rules


class MoveTests(AdminCase):
    def move(self, verb, *records, by=None, model=None, **values):
        """Go through the page of a move, as after pressing its button."""
        self.client.force_login(by or self.root)
        address = f"{self.list_of(model or type(records[0]))}transition/{verb}/?ids={','.join(str(r.pk) for r in records)}"
        return self.client.post(address, values, follow=True)

    def buttons(self, record, by):
        self.client.force_login(by)
        return [str(button) for button, _address in self.client.get(self.page(record)).context.get("moves", [])]

    def test_it_works(self):
        response = self.move("publish", self.in_review, by=self.boris)
        self.in_review.refresh_from_db()
        self.assertTrue(self.in_review.is_published)
        self.assertEqual(self.said(response), ["“SECRETREVIEW headline”: done. It is published."])
        self.assertEqual(self.in_review.history().last().by, self.boris)
        self.assertRedirects(response, self.page(self.in_review))

    def test_only_possible_moves_have_buttons(self):
        for record, by, buttons in [
            (self.draft, self.alice, ["Submit for review"]),
            (self.draft, self.boris, ["Submit for review"]),
            (self.draft, self.walter, None),
            (self.in_review, self.alice, []),
            (self.in_review, self.boris, ["Request changes", "Publish"]),
            (self.scheduled, self.boris, ["Request changes"]),
            (self.published, self.boris, []),
            (self.published, self.chloe, ["Withdraw"]),
            (self.withdrawn, self.alice, ["Submit for review"]),
            (self.draft_update, self.carl, ["Submit for review"]),
            (self.draft_update, self.alice, ["Submit for review"]),
            (self.update, self.carl, []),
        ]:
            with self.subTest(record=record, by=by.username):
                if buttons is None:
                    self.client.force_login(by)
                    self.assertEqual(self.client.get(self.page(record)).status_code, 403)
                else:
                    self.assertEqual(self.buttons(record, by), buttons)

    def test_an_empty_form_offers_no_move(self):
        self.assertNotIn("moves", self.client.get(self.list_of(Article, "add")).context)

    def test_the_page_says_what_will_happen_and_what_will_be_refused(self):
        address = f"{self.list_of(Article)}transition/publish/?ids={self.in_review.pk},{self.draft.pk}"
        self.client.force_login(self.boris)
        response = self.client.get(address)
        self.assertContains(response, "Publish: 2 records")
        self.assertContains(response, "Everybody will read it")
        self.assertContains(response, "will be refused: “SECRETDRAFT headline” is draft.")
        self.in_review.refresh_from_db()
        self.assertEqual(self.in_review.status, "in_review")

    def test_one_refusal_does_not_stop_the_others(self):
        response = self.move("publish", self.in_review, self.draft, self.resubmitted, by=self.boris)
        self.assertEqual(
            sorted(self.said(response)),
            [
                "“Headline of the resubmitted article”: done. It is published.",
                "“SECRETDRAFT headline” is draft.",
                "“SECRETREVIEW headline”: done. It is published.",
            ],
        )
        self.draft.refresh_from_db()
        self.assertEqual(self.draft.status, "draft")
        self.assertRedirects(response, self.list_of(Article))

    def test_pressing_twice_does_it_once(self):
        self.move("submit", self.draft, by=self.alice)
        response = self.move("submit", self.draft, by=self.alice)
        self.assertEqual(self.said(response), ["“SECRETDRAFT headline” is in review."])
        self.assertEqual(self.draft.history().count(), 1)

    def test_nobody_publishes_their_own_text_superusers_included(self):
        Article.objects.filter(pk=self.in_review.pk).update(drafted_by=self.root)
        response = self.move("publish", self.in_review)
        self.assertIn("your own text", self.said(response)[0])
        self.in_review.refresh_from_db()
        self.assertEqual(self.in_review.status, "in_review")

    def test_what_a_move_asks_for_must_be_given(self):
        for verb, record, field in [("request_changes", self.in_review, "reason"), ("withdraw", self.published, "note")]:
            with self.subTest(verb=verb):
                logged = Transition.objects.count()
                response = self.move(verb, record, **{field: "  "})
                self.assertFormError(response.context["form"], field, "This field is required.")
                self.assertEqual(Transition.objects.count(), logged)
                self.move(verb, record, **{field: "A mistake."})
                self.assertEqual(record.history().last().reason, "A mistake.")

    def test_a_reason_is_read_in_the_form(self):
        self.move("request_changes", self.in_review, by=self.carl, reason="Name the year.")
        self.client.force_login(self.alice)
        self.assertContains(self.client.get(self.page(self.in_review)), "Request changes: carl")
        self.assertContains(self.client.get(self.page(self.in_review)), "Name the year.")

    def test_publication_is_scheduled_for_a_time_to_come(self):
        response = self.move("publish", self.in_review, by=self.boris, at="2024-06-12T09:00")
        self.assertIn("This time has passed", response.context["form"].errors["at"][0])
        self.in_review.refresh_from_db()
        self.assertEqual(self.in_review.status, "in_review")
        self.move("publish", self.in_review, by=self.boris, at="2999-01-01T09:00")
        self.in_review.refresh_from_db()
        self.assertEqual((self.in_review.state(), self.in_review.published_at), ("Scheduled", NEVER_YET))

    def test_a_verdict_is_confirmed_by_another(self):
        publish(self, self.draft_update)
        self.assertEqual(self.buttons(self.draft_update, self.carl), ["Confirm the verdict"])
        self.move("confirm", self.draft_update, by=self.carl)
        self.draft_update.refresh_from_db()
        self.assertEqual(self.draft_update.confirmed_by, self.carl)
        response = self.move("confirm", self.draft_update, by=self.carl)
        self.assertEqual(self.said(response), ["This verdict is confirmed already."])
        page = self.client.get(f"{self.list_of(ProgressUpdate)}transition/confirm/?ids={self.draft_update.pk}")
        self.assertContains(page, "will be refused")

    def test_a_move_takes_its_right(self):
        for verb, record, by in [
            ("publish", self.in_review, self.alice),
            ("withdraw", self.published, self.boris),
            ("submit", self.draft, self.walter),
            ("confirm", self.draft_update, self.alice),
        ]:
            with self.subTest(verb=verb):
                logged = Transition.objects.count()
                self.assertEqual(self.move(verb, record, by=by, note="A mistake.").status_code, 403)
                self.assertEqual(Transition.objects.count(), logged)

    def test_a_right_lost_on_the_way_is_told(self):
        with patch("articles.admin.base.PublishableAdmin.has_right", return_value=True):
            response = self.move("publish", self.in_review, by=self.alice)
        self.assertEqual(self.said(response), ["You may not do this: it takes the right to publish."])

    def test_a_busy_database_is_told(self):
        with patch.object(Article, "submit", side_effect=OperationalError("database is locked")):
            response = self.move("submit", self.draft)
        self.assertEqual(self.said(response), [refusal_of(OperationalError())])

    def test_there_is_no_such_move_or_record(self):
        for rest in ("explode/?ids=1", "submit/", "submit/?ids=0", "submit/?ids=a,", f"submit/?ids={'9' * 40}", "confirm/?ids=1"):
            with self.subTest(rest=rest):
                self.assertEqual(self.client.get(f"{self.list_of(Article)}transition/{rest}").status_code, 404)

    def test_the_list_leads_several_records_to_the_page(self):
        chosen = {"_selected_action": [self.draft.pk, self.withdrawn.pk], "action": "submit"}
        response = self.client.post(self.list_of(Article), chosen, follow=True)
        self.assertContains(response, "Submit for review: 2 records")

    def test_too_many_at_once_are_refused(self):
        with patch("articles.admin.base.AT_ONCE", 1):
            chosen = {"_selected_action": [self.draft.pk, self.withdrawn.pk], "action": "submit"}
            response = self.client.post(self.list_of(Article), chosen, follow=True)
        self.assertEqual(self.said(response), ["Choose 1 at most."])

    def test_the_move_is_protected_against_forged_requests(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.root)
        response = client.post(f"{self.list_of(Article)}transition/submit/?ids={self.draft.pk}")
        self.assertEqual(response.status_code, 403)
        self.draft.refresh_from_db()
        self.assertEqual(self.draft.status, "draft")
