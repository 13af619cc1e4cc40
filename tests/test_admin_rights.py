"""Who may do what in the back office: the table of rights, and what is public belongs to the editors."""

from datetime import date

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Group, User
from django.test import TestCase
from django.urls import reverse

from articles.models import (
    Article,
    Citation,
    Commitment,
    Correction,
    Evidence,
    Image,
    Organisation,
    Person,
    Post,
    ProgressUpdate,
    Roadmap,
    Statistic,
    Transition,
)
from conventions.models import Convention, Country, OldAddress, Ratification, SupervisoryComment, Topic
from tests.cast import SOURCE, CastMixin
from tests.forms import add_row, errors_of, form_data, request_of

pytestmark = pytest.mark.rules

NEWSROOM = [Article, Roadmap, ProgressUpdate, Commitment, Evidence, Image, Organisation, Person, Post, Statistic]
REGISTER = [Convention, Country, Ratification, Topic]
PUBLIC_AT_ONCE = "This would be public at once: an editor can do that, or you with something unpublished."


class RightsCase(CastMixin, TestCase):
    def page(self, record, page="change"):
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])

    def list_of(self, model, page="changelist"):
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")

    def allowed(self, by, record=None, model=None):
        """What this person may do to a record, or to the records of a model, as the letters of view, add, change, delete."""
        model_admin = admin.site._registry[model or type(record)]
        request = request_of(by)
        rights = {
            "v": model_admin.has_view_permission(request, record),
            "a": model_admin.has_add_permission(request),
            "c": model_admin.has_change_permission(request, record),
            "d": model_admin.has_delete_permission(request, record),
        }
        return "".join(letter for letter, right in rights.items() if right)

    def forms(self, by, record):
        self.client.force_login(by)
        return form_data(self.client.get(self.page(record)))


class TableTests(RightsCase):
    """The table of rights in the README, as it comes with the migration."""

    def test_the_newsroom(self):
        for model in NEWSROOM:
            with self.subTest(model=model):
                self.assertEqual(self.allowed(self.alice, model=model), "vac")
                self.assertEqual(self.allowed(self.boris, model=model), "vacd")
                self.assertEqual(self.allowed(self.chloe, model=model), "vacd")
                self.assertEqual(self.allowed(self.walter, model=model), "")

    def test_the_register_is_the_chiefs(self):
        for model in REGISTER:
            with self.subTest(model=model):
                self.assertEqual(self.allowed(self.alice, model=model), "v")
                self.assertEqual(self.allowed(self.boris, model=model), "v")
                self.assertEqual(self.allowed(self.chloe, model=model), "vacd")

    def test_what_supervisors_said_is_the_editors(self):
        for by, rights in [(self.alice, "v"), (self.boris, "vacd"), (self.chloe, "vacd"), (self.walter, "")]:
            with self.subTest(by=by):
                self.assertEqual(self.allowed(by, model=SupervisoryComment), rights)

    def test_logs_are_nobodys_to_touch(self):
        for model in (Transition, OldAddress, Group):
            self.assertEqual(self.allowed(self.root, model=model), "v")
        self.assertEqual(self.allowed(self.alice, model=Transition), "v")

    def test_a_chief_edits_the_register_and_an_editor_reads_it(self):
        self.client.force_login(self.chloe)
        data = form_data(self.client.get(self.page(self.c087)), note="Checked.")
        self.client.force_login(self.boris)
        self.assertEqual(self.client.post(self.page(self.c087), data).status_code, 403)
        self.c087.refresh_from_db()
        self.assertEqual(self.c087.note, "")
        self.client.force_login(self.chloe)
        self.client.post(self.page(self.c087), data)
        self.c087.refresh_from_db()
        self.assertEqual(self.c087.note, "Checked.")

    def test_a_stranger_sees_the_login(self):
        for address in ["/admin/", self.page(self.published), f"{self.list_of(Article)}transition/publish/?ids=1"]:
            self.assertRedirects(
                self.client.get(address), f"/admin/login/?next={address.replace('?', '%3F').replace('=', '%3D')}"
            )


class PublicRecordTests(RightsCase):
    def test_what_is_public_is_read_by_reporters_and_changed_by_editors(self):
        image, figure = self.published.lead_image, self.published.statistics.get()
        for record in [self.ratify, self.minister, self.ministry, self.post, image, figure]:
            with self.subTest(record=record):
                self.assertEqual(self.allowed(self.alice, record), "va")
                self.assertEqual(self.allowed(self.boris, record), "vac")
                self.assertEqual(self.allowed(self.root, record), "vac")

    def test_what_passed_review_takes_changes_from_whoever_drafts(self):
        for record in (self.published, self.scheduled, self.roadmap):
            with self.subTest(record=record):
                self.assertEqual(self.allowed(self.alice, record), "vac")
                self.assertEqual(self.allowed(self.boris, record), "vac")
                self.assertEqual(self.allowed(self.walter, record), "")

    def test_what_is_not_is_changed_by_reporters_and_deleted_by_editors(self):
        image, figure = self.draft.lead_image, self.draft.statistics.get()
        for record in [
            self.draft, self.in_review, self.hidden_roadmap, self.hidden_commitment, self.hidden_minister, self.hidden_ministry,
            self.hidden_post, image, figure, self.draft_update, self.hidden_evidence,
        ]:  # fmt: skip
            with self.subTest(record=record):
                self.assertEqual(self.allowed(self.alice, record), "vac")
                self.assertEqual(self.allowed(self.boris, record), "vacd")

    def test_what_was_public_is_not_the_reporters_either(self):
        for record in (self.withdrawn, self.resubmitted):
            with self.subTest(record=record):
                self.assertEqual(self.allowed(self.alice, record), "va")
                self.assertEqual(self.allowed(self.boris, record), "vac")
        self.roadmap.withdraw(by=self.chloe, note="A mistake.")
        self.ratify.roadmap.refresh_from_db()
        self.assertEqual(self.allowed(self.alice, self.ratify), "va")
        self.assertEqual(self.allowed(self.root, self.ratify), "vac")

    def test_a_published_update_and_its_evidence_are_nobodys_to_change(self):
        """But for the copy of a source: while there is none, an editor can add one."""
        Evidence.objects.filter(pk=self.evidence.pk).update(archived_url="https://archive.example/1")
        self.evidence.refresh_from_db()
        for accessed_on, to_editors in [(None, "vac"), (date(2025, 1, 1), "va")]:
            self.evidence.accessed_on = accessed_on
            for by in (self.alice, self.boris, self.chloe, self.root):
                with self.subTest(by=by, accessed_on=accessed_on):
                    self.assertEqual(self.allowed(by, self.update), "va")
                    self.assertEqual(self.allowed(by, self.evidence), "va" if by == self.alice else to_editors)

    def test_a_reporter_who_sends_the_form_anyway_changes_nothing(self):
        data = self.forms(self.boris, self.withdrawn)
        self.client.force_login(self.alice)
        response = self.client.post(self.page(self.withdrawn), {**data, "headline": "Mine now"})
        self.assertEqual(response.status_code, 403)
        self.withdrawn.refresh_from_db()
        self.assertEqual(self.withdrawn.headline, "Headline of the withdrawn article")

    def test_rows_follow_their_whole(self):
        self.client.force_login(self.alice)
        for record in (self.withdrawn, self.minister):
            response = self.client.get(self.page(record))
            for inline in response.context["inline_admin_formsets"]:
                with self.subTest(record=record, inline=inline.opts):
                    may = (inline.has_add_permission, inline.has_change_permission, inline.has_delete_permission)
                    self.assertEqual(may, (False, False, False))

    def test_a_row_sent_into_what_is_public_is_not_saved(self):
        data = self.forms(self.boris, self.published)
        self.client.force_login(self.alice)
        self.client.post(
            self.page(self.published), add_row(data, "citations", convention=self.c131.pk, words="No. 131", position=9)
        )
        self.assertFalse(Citation.objects.filter(article=self.published, convention=self.c131).exists())

    def test_corrections_are_the_editors_to_add(self):
        reporters = self.client
        reporters.force_login(self.alice)
        self.assertNotContains(reporters.get(self.page(self.published)), "corrections-__prefix__-text")
        data = add_row(self.forms(self.boris, self.published), "corrections", kind="correction", text="It was 2022.")
        self.assertEqual(self.client.post(self.page(self.published), data).status_code, 302)
        self.assertEqual(Correction.objects.first().made_by, self.boris)


class PublicAtOnceTests(RightsCase):
    """A reporter cannot make anything public by hanging it on something that is."""

    def assert_refused(self, address, data, model):
        before = list(model.objects.order_by("pk").values())
        response = self.client.post(address, data)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(errors_of(response), [PUBLIC_AT_ONCE])
        self.assertEqual(list(model.objects.order_by("pk").values()), before)

    def test_a_new_commitment_of_a_public_roadmap(self):
        self.client.force_login(self.alice)
        facts = {"title": "More", "slug": "more", "number": "9", "exact": "more", "strength": "other", "source": SOURCE}
        add = self.list_of(Commitment, "add")
        data = form_data(self.client.get(add), **facts, roadmap=self.roadmap.pk)
        self.assert_refused(add, data, Commitment)
        self.assertEqual(self.client.post(add, {**data, "roadmap": self.hidden_roadmap.pk}).status_code, 302)
        self.client.force_login(self.boris)
        self.assertEqual(self.client.post(add, {**data, "slug": "much-more"}).status_code, 302)

    def test_a_commitment_moved_into_a_public_roadmap(self):
        data = self.forms(self.alice, self.hidden_commitment)
        self.assert_refused(
            self.page(self.hidden_commitment), {**data, "roadmap": self.roadmap.pk, "area": "", "number": "9"}, Commitment
        )


class DeletionTests(RightsCase):
    def delete_selected(self, *records):
        chosen = {ACTION_CHECKBOX_NAME: [record.pk for record in records], "action": "delete_selected", "post": "yes"}
        return self.client.post(self.list_of(type(records[0])), chosen)

    def test_it_works_for_what_nobody_has_seen(self):
        self.client.force_login(self.boris)
        self.assertEqual(self.client.post(self.page(self.draft, "delete"), {"post": "yes"}).status_code, 302)
        self.assertFalse(Article.objects.filter(pk=self.draft.pk).exists())

    def test_what_was_ever_public_is_deleted_by_nobody(self):
        self.client.force_login(self.root)
        for record in (self.published, self.withdrawn, self.resubmitted, self.scheduled, self.roadmap, self.update, self.ratify):
            with self.subTest(record=record):
                count = type(record).objects.count()
                self.assertEqual(self.client.post(self.page(record, "delete"), {"post": "yes"}).status_code, 403)
                self.assertIn(self.delete_selected(record).status_code, (200, 403))  # 200: what hangs on it is listed
                self.assertEqual(type(record).objects.count(), count)

    def test_nor_among_others(self):
        self.client.force_login(self.root)
        count = Article.objects.count()
        self.assertEqual(self.delete_selected(self.draft, self.withdrawn).status_code, 403)
        self.assertEqual(Article.objects.count(), count)

    def test_reporters_delete_nothing(self):
        self.client.force_login(self.alice)
        self.assertEqual(self.client.post(self.page(self.draft, "delete"), {"post": "yes"}).status_code, 403)
        self.assertTrue(Article.objects.filter(pk=self.draft.pk).exists())

    def test_what_others_refer_to_stays(self):
        """The register's rows are the chief's to delete, but not under an article's feet."""
        self.client.force_login(self.chloe)
        self.client.post(self.page(self.c176, "delete"), {"post": "yes"})
        self.assertTrue(Convention.objects.filter(pk=self.c176.pk).exists())
        self.client.post(self.page(self.c131, "delete"), {"post": "yes"})
        self.assertFalse(Convention.objects.filter(pk=self.c131.pk).exists())


class AccountTests(RightsCase):
    def test_accounts_are_the_chiefs(self):
        for by, rights in [(self.alice, ""), (self.boris, ""), (self.chloe, "vac"), (self.root, "vacd")]:
            with self.subTest(by=by):
                self.assertEqual(self.allowed(by, model=User), rights)

    def test_a_chief_hands_out_groups(self):
        data = self.forms(self.chloe, self.walter)
        reporters = Group.objects.get(name="reporter")
        self.client.post(self.page(self.walter), {**data, "groups": [reporters.pk]})
        self.assertEqual(list(self.walter.groups.all()), [reporters])

    def test_a_chief_makes_an_account(self):
        self.client.force_login(self.chloe)
        password = "a long and decent word"
        data = {"username": "nina", "usable_password": "true", "password1": password, "password2": password}
        self.assertEqual(self.client.post(self.list_of(User, "add"), data).status_code, 302)
        self.assertFalse(User.objects.get(username="nina").is_superuser)

    def test_a_chief_cannot_touch_a_superuser(self):
        self.assertEqual(self.allowed(self.chloe, self.root), "va")
        data = self.forms(self.root, self.root)
        self.client.force_login(self.chloe)
        self.assertEqual(self.client.post(self.page(self.root), {**data, "username": "gone"}).status_code, 403)
        password = reverse("admin:auth_user_password_change", args=[self.root.pk])
        self.assertEqual(self.client.post(password, {"password1": "x", "password2": "x"}).status_code, 403)
        self.root.refresh_from_db()
        self.assertEqual(self.root.username, "root")

    def test_a_chief_makes_no_superuser_and_hands_out_no_single_right(self):
        for account in (self.walter, self.chloe):
            data = self.forms(self.chloe, account)
            self.assertNotIn("is_superuser", data)
            data |= {"is_superuser": "on", "user_permissions": ["1", "2"]}
            self.assertEqual(self.client.post(self.page(account), data).status_code, 302)
            account.refresh_from_db()
            self.assertEqual((account.is_superuser, account.user_permissions.count()), (False, 0))

    def test_a_superuser_sees_all(self):
        self.client.force_login(self.root)
        self.assertContains(self.client.get(self.page(self.walter)), 'name="is_superuser"')


class EntranceTests(RightsCase):
    def test_each_group_opens_what_it_works_with(self):
        for by in (self.alice, self.boris, self.chloe):
            self.client.force_login(by)
            for record in (self.draft, self.published, self.roadmap, self.ratify, self.update, self.minister, self.c087):
                with self.subTest(by=by, record=record):
                    self.assertEqual(self.client.get(self.page(record)).status_code, 200)
                    self.assertEqual(self.client.get(self.list_of(type(record))).status_code, 200)

    def test_actions_are_those_one_may_do(self):
        moves = {"submit", "request_changes", "publish", "withdraw", "confirm"}
        for by, model, names in [
            (self.alice, Article, {"submit"}),
            (self.boris, Article, {"submit", "request_changes", "publish"}),
            (self.chloe, Roadmap, {"submit", "request_changes", "publish", "withdraw"}),
            (self.boris, ProgressUpdate, {"submit", "request_changes", "publish", "confirm"}),
        ]:
            with self.subTest(by=by, model=model):
                self.client.force_login(by)
                response = self.client.get(self.list_of(model))
                offered = {name for name, _label in response.context["action_form"].fields["action"].choices}
                self.assertEqual(offered & moves, names)

    def test_autocompletes_answer_those_who_may_see(self):
        self.client.force_login(self.alice)
        asked = {"app_label": "articles", "model_name": "citation", "field_name": "convention", "term": "c176"}
        found = self.client.get("/admin/autocomplete/", asked).json()["results"]
        self.assertEqual([row["id"] for row in found], [str(self.c176.pk)])
        self.client.force_login(self.walter)
        self.assertEqual(self.client.get("/admin/autocomplete/", asked).status_code, 403)
