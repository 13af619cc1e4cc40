"""Comments on what waits: who may say and resolve what, about which words, where they stand, and that they stay."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Comment, PreviewLink, Refused, Term
from articles.models.comments import places, said
from articles.passages import Quote
from conventions.models import Version
from conventions.snapshots import snapshot
from tests.cast import CastMixin
from tests.crawl import Page
from tests.forms import form_data

pytestmark = pytest.mark.rules

WORDS = "SECRETREASON is not clear."


class CommentCase(CastMixin, TestCase):
    def say(self, record, by=None, text=WORDS, **about):
        return Comment.objects.make(record, by=by or self.boris, text=text, **about)

    def address(self, record, page="comments"):
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])

    def page(self, record, by=None, page="comments"):
        self.client.force_login(by or self.boris)
        response = self.client.get(self.address(record, page))
        self.assertEqual(response.status_code, 200)
        return response

    def send(self, record, by, **data):
        self.client.force_login(by)
        return self.client.post(self.address(record), data, follow=True)

    def add(self, record, by, **data):
        return self.send(record, by, **{"field": "", "exact": "", "prefix": "", "suffix": "", "seen": "", "text": WORDS, **data})

    def rows(self):
        return list(Comment.objects.order_by("pk").values())

    def refused(self, error, verb, *args, **kwargs):
        """The verb is refused, and nothing has changed."""
        before = self.rows()
        with self.assertRaises(error) as refusal:
            verb(*args, **kwargs)
        self.assertEqual(self.rows(), before)
        return str(refusal.exception)


class SayingTests(CommentCase):
    def test_it_works(self):
        version = Version.objects.keep(self.draft, by=self.alice)
        comment = self.say(self.draft, field="body", quoted=Quote("body of the draft"))
        self.assertEqual((comment.by, comment.version, comment.headline), (self.boris, version, self.draft.headline))
        self.assertEqual((comment.exact, comment.prefix, comment.suffix), ("body of the draft", " SECRETDRAFT ", " article "))
        self.assertIsNone(comment.resolved_at)

    def test_whoever_may_view_the_record_may_comment(self):
        for name in ("alice", "boris", "carl", "chloe", "root"):
            self.say(self.draft, by=getattr(self, name))
        self.refused(PermissionDenied, self.say, self.draft, by=self.walter)
        self.walter.user_permissions.add(Permission.objects.get(codename="view_article"))
        self.walter = type(self.walter).objects.get(pk=self.walter.pk)
        self.say(self.draft, by=self.walter)
        self.refused(PermissionDenied, self.say, self.hidden_roadmap, by=self.walter)
        self.boris.is_active = False
        self.refused(PermissionDenied, self.say, self.draft, by=self.boris)

    def test_comments_are_made_on_what_waits(self):
        for record in (self.draft, self.in_review, self.scheduled, self.resubmitted, self.hidden_roadmap, self.draft_update):
            self.say(record)
        for record in (self.published, self.withdrawn, self.roadmap, self.update):
            self.assertIn("what waits for the public", self.refused(Refused, self.say, record))

    def test_a_change_of_what_is_published_waits_too(self):
        shot = snapshot(self.published)
        shot["fields"]["body"] = "<p>What it shall say.</p>"
        change = self.published.propose(shot, by=self.alice)
        comment = self.say(self.published, field="body", quoted=Quote("shall"))
        self.assertEqual(comment.version, change)
        self.assertEqual(comment.suffix, " say. ")
        self.refused(Refused, self.say, self.published, field="body", quoted=Quote("body of the published"))

    def test_what_was_read_is_said(self):
        first = Version.objects.keep(self.draft, by=self.alice)
        Version.objects.keep(self.draft, by=self.alice, note="again")
        self.assertEqual(self.say(self.draft, seen=first.number).version, first)
        self.assertIsNone(self.say(self.draft, seen=99).version)
        self.assertIsNone(self.say(self.draft_update).version)

    def test_nothing_is_no_comment(self):
        self.assertIn("has a text", self.refused(Refused, self.say, self.draft, text=" \n"))

    def test_a_place_is_one_that_editors_write(self):
        for field in ("status", "drafted_by", "pk", "nothing", "statistics__pk"):
            self.refused(Refused, self.say, self.draft, field=field)
        for record in (self.draft, self.hidden_roadmap, self.draft_update):
            for field in places(type(record)):
                self.assertEqual(self.say(record, field=field).field, field)

    def test_every_place_can_be_quoted(self):
        for field, words in [
            ("headline", "SECRETDRAFT headline"), ("dated", "2024-06-12"), ("citations", "SECRETCITATION the Convention"),
            ("countries", "Kazakhstan"), ("statistics", "victims"), ("responsible_editor", "boris"), ("lead_image", "picture of"),
        ]:  # fmt: skip
            self.assertIn(words.split()[0], said(self.draft, field))
            self.say(self.draft, field=field, quoted=Quote(words))

    def test_a_passage_stands_in_its_field(self):
        for about in ({"field": "headline"}, {"field": ""}):
            self.refused(Refused, self.say, self.draft, quoted=Quote("body of the draft"), **about)

    def test_a_reply_is_one_to_a_comment_on_the_same_record(self):
        comment = self.say(self.draft)
        reply = self.say(self.draft, by=self.alice, reply_to=comment)
        self.assertEqual((reply.field, reply.reply_to), ("", comment))
        self.refused(Refused, self.say, self.draft, reply_to=reply)
        self.refused(Refused, self.say, self.in_review, reply_to=comment)
        self.refused(Refused, self.say, self.hidden_roadmap, reply_to=comment)


class ResolvingTests(CommentCase):
    def test_by_whoever_said_it_the_authors_and_the_reviewers(self):
        self.walter.user_permissions.add(Permission.objects.get(codename="view_article"))
        dora = type(self.walter).objects.create_user("dora", is_staff=True)
        dora.groups.set(self.alice.groups.all())
        comment = self.say(self.draft, by=self.walter)
        self.refused(PermissionDenied, comment.resolve, by=dora)
        for who in (self.walter, self.alice, self.boris, self.carl, self.chloe, self.root):
            who = type(who).objects.get(pk=who.pk)
            comment.resolve(by=who)
            self.assertEqual(comment.resolved_by, who)
            self.refused(PermissionDenied, comment.reopen, by=dora)
            comment.reopen(by=who)
            self.assertIsNone(comment.resolved_at)

    def test_it_is_done_once(self):
        comment = self.say(self.draft)
        self.refused(Refused, comment.reopen, by=self.alice)
        comment.resolve(by=self.alice)
        self.refused(Refused, Comment.objects.get().resolve, by=self.boris)

    def test_a_reply_is_resolved_with_its_comment(self):
        reply = self.say(self.draft, reply_to=self.say(self.draft))
        self.refused(PermissionDenied, reply.resolve, by=self.boris)
        with self.assertRaises(IntegrityError), transaction.atomic():
            Comment.objects.filter(pk=reply.pk).update(resolved_at=timezone.now(), resolved_by=self.boris)

    def test_open_ones_are_counted_without_replies(self):
        self.say(self.draft).resolve(by=self.boris)
        self.say(self.draft, reply_to=self.say(self.draft))
        self.say(self.draft)
        counted = {each.pk: each.open_comments for each in Comment.objects.counted(Article.objects.all())}
        self.assertEqual((counted[self.draft.pk], counted[self.in_review.pk]), (2, 0))


class KeptTests(CommentCase):
    def test_nobody_rewrites_or_deletes_one(self):
        comment = self.say(self.draft)
        rows = Comment.objects.filter(pk=comment.pk)
        before = self.rows()
        for changes in ({"text": "x"}, {"by": self.alice}, {"at": timezone.now()}, {"exact": "x"}, {"object_id": 1}):
            with self.assertRaises(IntegrityError), transaction.atomic():
                rows.update(**changes)
        with self.assertRaises(IntegrityError), transaction.atomic():
            rows.delete()
        self.assertEqual(self.rows(), before)

    def test_they_stay_when_the_draft_is_deleted(self):
        comment = self.say(self.draft_update)
        self.draft_update.delete()
        comment = Comment.objects.get(pk=comment.pk)
        self.assertIsNone(comment.record)
        self.refused(PermissionDenied, comment.resolve, by=self.root)

    def test_no_stranger_reads_them(self):
        self.say(self.scheduled, text="SECRETCOMMENT")
        _link, token = PreviewLink.objects.make(self.scheduled, by=self.boris, term=Term.DAY)
        self.assertNotContains(Client().get(f"/preview/{token}/"), "SECRETCOMMENT")
        Article.objects.filter(pk=self.scheduled.pk).update(published_at=timezone.now() - timedelta(hours=1))
        for path in (self.scheduled.get_absolute_url(), "/articles/", "/", "/corrections/"):
            response = Client().get(path)
            self.assertEqual(response.status_code, 200)
            self.assertNotContains(response, "SECRETCOMMENT")
        self.assertEqual(Client().get(self.address(self.scheduled)).status_code, 302)

    def test_they_raise_no_edition(self):
        from conventions.edition import Edition

        before = Edition.objects.current()
        self.say(self.draft).resolve(by=self.boris)
        self.assertEqual(Edition.objects.current(), before)


class ScreenTests(CommentCase):
    def test_it_works(self):
        version = Version.objects.keep(self.draft, by=self.alice)
        response = self.add(self.draft, self.boris, field="body", exact="body of the draft", seen=version.number)
        self.assertRedirects(response, self.address(self.draft))
        comment = Comment.objects.get()
        self.assertEqual((comment.text, comment.field, comment.version), (WORDS, "body", version))
        self.assertContains(response, "The comment is made.")
        self.assertContains(response, f'<a href="{self.address(self.draft, "change")}#id_body">Body</a>', html=True)
        form = self.page(self.draft, self.alice, "change")
        self.assertContains(form, '<a href="#id_body">Body</a>', html=True)
        self.assertContains(form, '<a href="#comments">1 open comment</a>', html=True)
        self.assertContains(form, WORDS)

    def test_it_links_to_what_is_in_the_form(self):
        for record in (self.draft, self.hidden_roadmap, self.draft_update):
            for field in places(type(record)):
                self.say(record, field=field)
            page = Page(self.page(record, self.root, "change").content.decode())
            ids = {attrs["id"] for _tag, attrs in page.elements if "id" in attrs}
            anchors = [href.removeprefix("#") for href in page.links if href.startswith("#id_") or href.endswith("-group")]
            self.assertEqual(len(set(anchors)), len(set(places(type(record))) - {"number"}))  # the site counts by itself
            self.assertLessEqual(set(anchors), ids)

    def test_a_refusal_keeps_what_was_typed(self):
        response = self.add(self.draft, self.boris, field="body", exact="words that are not there")
        self.assertContains(response, "does not hold this passage")
        self.assertContains(response, WORDS)
        self.assertContains(response, "words that are not there")
        self.assertContains(self.add(self.draft, self.boris, text=""), "This field is required")
        self.assertContains(self.add(self.draft, self.boris, field="status"), "Select a valid choice")
        response = self.add(self.published, self.boris)
        self.assertContains(response, "comments are made on what waits for the public")
        self.assertEqual(self.rows(), [])

    def test_a_passage_that_was_changed_is_said_to_be_gone(self):
        self.say(self.draft, field="standfirst", quoted=Quote("standfirst of the draft"))
        self.assertNotContains(self.page(self.draft), "no longer in the text")
        Article.objects.filter(pk=self.draft.pk).update(standfirst="Something else.")
        self.assertContains(self.page(self.draft), "This passage is no longer in the text.", count=1)

    def test_reply_resolve_and_reopen(self):
        comment = self.say(self.draft)
        self.assertContains(self.send(self.draft, self.alice, reply_to=comment.pk, text="I shall."), "I shall.")
        self.assertContains(self.send(self.draft, self.alice, resolve=comment.pk), "1 resolved comment")
        self.assertEqual(Comment.objects.get(pk=comment.pk).resolved_by, self.alice)
        self.assertContains(self.send(self.draft, self.boris, reopen=comment.pk), "The comment is open again.")
        self.assertContains(self.send(self.draft, self.boris, reopen=comment.pk), "Somebody did that already.")
        self.assertContains(self.send(self.draft, self.alice, reply_to=comment.pk, text=" "), "a comment has a text")

    def test_buttons_are_for_those_who_may(self):
        dora = type(self.walter).objects.create_user("dora", is_staff=True)
        dora.groups.set(self.alice.groups.all())
        comment = self.say(self.draft)
        self.assertNotContains(self.page(self.draft, dora), ">Resolve<")
        self.assertContains(self.page(self.draft, dora), "Reply")
        self.assertContains(self.send(self.draft, dora, resolve=comment.pk), "resolved by whoever made it")
        self.assertIsNone(Comment.objects.get().resolved_at)
        self.assertContains(self.page(self.draft, self.alice), ">Resolve<")

    def test_every_role_at_the_door(self):
        for name, status in [("alice", 200), ("boris", 200), ("chloe", 200), ("root", 200), ("walter", 404), (None, 302)]:
            client = Client()
            if name:
                client.force_login(getattr(self, name))
            for record in (self.draft, self.published, self.hidden_roadmap, self.draft_update):
                self.assertEqual(client.get(self.address(record)).status_code, status)
            if status != 200:
                self.assertEqual(client.post(self.address(self.draft), {"seen": "", "text": WORDS}).status_code, status)
        self.assertEqual(self.rows(), [])

    def test_what_is_no_comment_of_this_record_is_not_found(self):
        comment = self.say(self.in_review)
        for number in (comment.pk, "", "x", "9" * 30, "0"):
            for act in ("resolve", "reopen", "reply_to"):
                self.assertEqual(self.send(self.draft, self.root, **{act: number, "text": WORDS}).status_code, 404)
        self.assertEqual(self.send(self.draft, self.root).status_code, 404)

    def test_what_is_public_shows_what_was_said_and_takes_nothing_more(self):
        self.say(self.in_review)
        self.in_review.publish(by=self.boris)
        for page in ("comments", "change"):
            response = self.page(self.in_review, self.carl, page)
            self.assertContains(response, WORDS)
            self.assertNotContains(response, "Add a comment")
            self.assertNotContains(response, "ilonews/comments.js")

    def test_the_page_of_a_move_says_how_many_are_open(self):
        self.say(self.in_review)
        self.say(self.in_review)
        self.client.force_login(self.boris)
        response = self.client.get(reverse("admin:articles_article_move", args=["publish"]), {"ids": self.in_review.pk})
        self.assertContains(response, "2 comments")
        self.in_review.publish(by=self.boris)

    def test_the_desk_says_it_in_no_more_queries(self):
        def look():
            self.client.force_login(self.alice)
            with CaptureQueriesContext(connection) as captured:
                response = self.client.get("/admin/")
            return len(captured), response

        look()
        before, response = look()
        self.assertNotContains(response, "2 comments")
        self.say(self.draft)
        self.say(self.draft)
        after, response = look()
        self.assertContains(response, "2 comments", count=1)
        self.assertEqual(after, before)

    def test_saving_the_form_is_as_before(self):
        self.say(self.draft, field="body")
        data = form_data(self.page(self.draft, self.alice, "change"), headline="A better one")
        self.assertEqual(self.client.post(self.address(self.draft, "change"), data).status_code, 302)
        self.assertEqual(Article.objects.get(pk=self.draft.pk).headline, "A better one")
