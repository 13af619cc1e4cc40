"""Mail about moves: to whom, what it says, when it is sent, and what happens when it cannot be."""

import re
from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from unittest import mock

from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.test import TestCase, override_settings
from django.utils import timezone

from articles.mail import NOTICES, announce
from articles.models import VERBS, Article, Embargo, Notices, Refused
from conventions.models import Version
from conventions.snapshots import snapshot
from ilonews.settings import BASE_DIR
from tests.cast import NEVER_YET, CastMixin, account
from tests.forms import AdminCase
from tests.test_structure import untranslated

HERE = "tests.test_mail"


class BrokenServer(BaseEmailBackend):
    """A mail server that nobody reaches."""

    def open(self):
        raise ConnectionRefusedError("Connection refused")


class ChoosyServer(BaseEmailBackend):
    """A mail server that takes everything but mail to boris."""

    def send_messages(self, messages):
        for message in messages:
            if message.to == ["boris@example.org"]:
                raise SMTPRecipientsRefused({"boris@example.org": (550, b"no such person")})
            mail.outbox.append(message)


class DroppingServer(BaseEmailBackend):
    """A mail server that hangs up when one begins to speak."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected("Connection unexpectedly closed")


class MailCase(CastMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        for person in (cls.alice, cls.boris, cls.carl, cls.chloe, cls.root):
            person.email = f"{person.username.replace('é', 'e')}@example.org"
            person.save()

    def setUp(self):
        self.addCleanup(cache.clear)

    @contextmanager
    def sent(self):
        """The mails that go out when what is done inside is committed, as a list."""
        mail.outbox, found = [], []
        with self.captureOnCommitCallbacks(execute=True):
            yield found
        found += mail.outbox

    def to(self, mails):
        self.assertTrue(all(len(each.to) == 1 and not each.cc and not each.bcc for each in mails))
        return sorted(each.to[0].partition("@")[0] for each in mails)

    def handed_in_change(self, by=None, **values):
        shot = snapshot(self.published)
        self.published.propose({**shot, "fields": {**shot["fields"], "headline": "Better"}}, by=by or self.alice)
        self.published.submit_change(by=by or self.alice, **values)
        return self.published.pending


class RecipientTests(MailCase):
    def test_it_works(self):
        with self.sent() as mails:
            self.draft.submit(by=self.alice, to=self.boris)
        (message,) = mails
        self.assertEqual(message.to, ["boris@example.org"])
        self.assertEqual(message.subject, "[ilonews] alice asks you to review: SECRETDRAFT headline")
        self.assertIn("alice handed in “SECRETDRAFT headline” for review.", message.body)
        self.assertIn(f"http://127.0.0.1:8000/admin/articles/article/{self.draft.pk}/change/", message.body)
        self.assertIn("http://127.0.0.1:8000/admin/mail/", message.body)

    def test_a_text_handed_to_all_is_told_to_all_who_may_review_it(self):
        with self.sent() as mails:
            self.draft.submit(by=self.alice)
        self.assertEqual(self.to(mails), ["boris", "carl", "chloe", "root"])

    def test_no_author_is_asked_by_mail(self):
        Version.objects.keep(self.draft, by=self.carl, note="a better word")
        with self.sent() as mails:
            self.draft.submit(by=self.boris)
        self.assertEqual(self.to(mails), ["chloe", "root"])

    def test_changes_requested_are_told_to_all_authors_with_the_reason(self):
        Version.objects.keep(self.draft, by=self.carl, note="a better word")
        self.draft.submit(by=self.chloe)
        with self.sent() as mails:
            self.draft.request_changes(by=self.boris, reason="Name the source.\nTwice.")
        self.assertEqual(self.to(mails), ["alice", "carl", "chloe"])
        self.assertEqual(mails[0].subject, "[ilonews] Changes requested: SECRETDRAFT headline")
        self.assertIn("boris read “SECRETDRAFT headline” and asks for changes:\n\nName the source.\nTwice.\n\n", mails[0].body)

    def test_publication_is_told_to_the_authors(self):
        with self.sent() as mails:
            self.in_review.publish(by=self.boris)
        (message,) = mails
        self.assertEqual((message.to, message.subject), (["alice@example.org"], "[ilonews] Published: SECRETREVIEW headline"))
        self.assertIn("boris reviewed “SECRETREVIEW headline” and published it.", message.body)
        self.assertIn(f"Read it: http://127.0.0.1:8000{self.in_review.get_absolute_url()}", message.body)

    def test_what_is_scheduled_says_for_when(self):
        with self.sent() as mails:
            self.in_review.publish(by=self.boris, at=NEVER_YET)
        self.assertEqual(mails[0].subject, "[ilonews] Scheduled for 1 January 2999, 09:00: SECRETREVIEW headline")
        self.assertIn("It becomes public on 1 January 2999, 09:00 (UTC).", mails[0].body)
        self.assertNotIn("Read it", mails[0].body)

    def test_a_time_is_told_in_the_zone_of_the_site(self):
        with self.settings(TIME_ZONE="Asia/Almaty"), self.sent() as mails:
            self.draft.submit(by=self.alice, to=self.boris, at=NEVER_YET)
        self.assertRegex(mails[0].body, r"meant to become public on 1 January 2999, 1[45]:00 \(Asia/Almaty\)")

    def test_changes_of_what_is_published(self):
        with self.sent() as mails:
            change = self.handed_in_change(to=self.carl)
        self.assertEqual(self.to(mails), ["carl"])
        self.assertIn("handed in a change of “Headline of the published article”", mails[0].body)
        with self.sent() as mails:
            self.published.return_change(by=self.carl, reason="Shorter.")
        self.assertEqual(self.to(mails), ["alice"])
        self.assertIn("What the public reads has not changed.", mails[0].body)
        self.published.submit_change(by=self.alice)
        with self.sent() as mails:
            self.published.apply(seen=change.number, by=self.boris, reason="The same in fewer words.")
        self.assertEqual(self.to(mails), ["alice"])
        self.assertEqual(mails[0].subject, "[ilonews] Your change is applied: Better")

    def test_an_applied_change_is_told_to_whoever_wrote_it(self):
        change = self.handed_in_change(by=self.carl)
        with self.sent() as mails:
            self.published.apply(seen=change.number, by=self.boris, reason="The same in fewer words.")
        self.assertEqual(self.to(mails), ["carl"])

    def test_nothing_else_is_told(self):
        with self.sent() as mails:
            self.published.withdraw(by=self.chloe, note="Wrong.")
        self.assertEqual(mails, [])
        self.assertLessEqual(set(NOTICES), set(VERBS))

    def test_nobody_without_an_address_gets_any(self):
        get_user_model().objects.filter(pk=self.boris.pk).update(email="")
        with self.sent() as mails:
            self.draft.submit(by=self.alice)
        self.assertEqual(self.to(mails), ["carl", "chloe", "root"])
        self.boris.refresh_from_db()
        with self.sent() as mails:
            self.hidden_roadmap.submit(by=self.alice, to=self.boris)
        self.assertEqual(mails, [])

    def test_nobody_who_left_gets_any(self):
        account("gone", "editor", is_active=False, email="gone@example.org")
        get_user_model().objects.filter(pk=self.alice.pk).update(is_active=False)
        with self.sent() as mails:
            self.draft.submit(by=self.boris)
            self.in_review.request_changes(by=self.boris, reason="Shorter.")
        self.assertEqual(self.to(mails), ["carl", "chloe", "root"])

    def test_each_kind_can_be_declined(self):
        Notices.objects.create(user=self.boris, review_requested=False)
        Notices.objects.create(user=self.carl, changes_requested=False, published=False)
        Notices.objects.create(user=self.alice, published=False)
        with self.sent() as mails:
            self.draft.submit(by=self.alice)
        self.assertEqual(self.to(mails), ["carl", "chloe", "root"])
        with self.sent() as mails:
            self.draft.request_changes(by=self.boris, reason="Shorter.")
        self.assertEqual(self.to(mails), ["alice"])
        self.draft.submit(by=self.alice)
        with self.sent() as mails:
            self.draft.publish(by=self.boris)
        self.assertEqual(mails, [])

    def test_what_is_under_embargo_is_told_to_those_who_may_see_it(self):
        until = timezone.now() + timedelta(days=3)
        Embargo.objects.set(self.draft, by=self.alice, until=until, source="The Ministry of Labour", people=[self.carl])
        with self.sent() as mails:
            self.draft.submit(by=self.alice)
        self.assertEqual(self.to(mails), ["carl", "chloe", "root"])
        self.draft.request_changes(by=self.carl, reason="Shorter.")
        with self.sent() as mails:
            self.draft.submit(by=self.alice, to=self.boris)
        self.assertEqual(self.to(mails), ["boris"])

    def test_several_moves_send_several_mails(self):
        with self.sent() as mails:
            for record in (self.in_review, self.resubmitted):
                record.publish(by=self.boris)
        self.assertEqual(self.to(mails), ["alice", "alice"])


class TextTests(MailCase):
    def test_it_is_plain_text_as_it_was_written(self):
        Article.objects.filter(pk=self.draft.pk).update(headline="Mines & <safety>: “what's\nnext”")
        with self.sent() as mails:
            self.draft.submit(by=self.alice, to=self.boris)
        (message,) = mails
        self.assertEqual(message.subject, "[ilonews] alice asks you to review: Mines & <safety>: “what's next”")
        self.assertIn("“Mines & <safety>: “what's next””", message.body)
        self.assertEqual(message.content_subtype, "plain")
        self.assertEqual(message.extra_headers["Auto-Submitted"], "auto-generated")

    def test_a_person_is_called_by_name(self):
        get_user_model().objects.filter(pk=self.alice.pk).update(first_name="Alice", last_name="Adams")
        self.alice.refresh_from_db()
        with self.sent() as mails:
            self.draft.submit(by=self.alice, to=self.boris)
        self.assertIn("Alice Adams asks you to review", mails[0].subject)

    def test_no_text_has_holes(self):
        with self.sent() as mails:
            self.draft.submit(by=self.alice, to=self.boris, at=NEVER_YET)
            self.draft.request_changes(by=self.boris, reason="Shorter.")
            self.draft.submit(by=self.alice)
            self.draft.publish(by=self.boris)
            self.handed_in_change()
            self.published.return_change(by=self.boris, reason="Shorter.")
        for message in mails:
            with self.subTest(message.subject):
                self.assertNotRegex(message.body, r"\n\n\n|[{}]|None|  ")
                self.assertEqual(message.body, message.body.strip() + "\n")

    @override_settings(SITE_URL="https://news.example.org", SITE_NAME="The Record", DEFAULT_FROM_EMAIL="news@example.org")
    def test_the_site_says_who_it_is(self):
        with self.sent() as mails:
            self.in_review.publish(by=self.boris)
        (message,) = mails
        self.assertEqual(message.from_email, "news@example.org")
        self.assertTrue(message.subject.startswith("[The Record] "))
        self.assertEqual(set(re.findall(r"https?://[^/]+", message.body)), {"https://news.example.org"})

    def test_every_word_is_marked_for_translation(self):
        files = sorted((BASE_DIR / "templates" / "articles" / "mail").glob("*.txt"))
        self.assertEqual({file.stem for file in files}, {"base", *NOTICES.values()})
        for file in files:
            self.assertEqual(untranslated(file.read_text("utf-8")), [], file)


class SendingTests(MailCase):
    def test_nothing_is_sent_before_the_commit(self):
        with self.captureOnCommitCallbacks() as callbacks:
            self.draft.submit(by=self.alice)
        self.assertEqual((len(callbacks), mail.outbox), (1, []))

    def test_what_is_rolled_back_is_not_told(self):
        with self.sent() as mails:
            with self.assertRaises(ZeroDivisionError), transaction.atomic():
                self.draft.submit(by=self.alice)
                raise ZeroDivisionError
            with self.assertRaises(Refused):
                self.draft.publish(by=self.boris)
        self.assertEqual(mails, [])
        self.draft.refresh_from_db()
        self.assertEqual(self.draft.status, "draft")

    def assert_untold(self, sentence):
        with self.assertLogs("articles.mail", "ERROR") as logs, self.sent():
            self.draft.submit(by=self.alice)
        self.assertTrue(self.draft.untold)
        self.assertIn(sentence, logs.output[0])
        self.assertEqual(Article.objects.get(pk=self.draft.pk).status, "in_review")

    @override_settings(EMAIL_BACKEND=f"{HERE}.BrokenServer")
    def test_a_server_that_is_down_loses_no_move(self):
        self.assert_untold("The mail server cannot be reached (Connection refused). Not sent: “[ilonews] To review: SECRETDRAFT")

    @override_settings(EMAIL_BACKEND=f"{HERE}.DroppingServer")
    def test_a_server_that_hangs_up_loses_no_move(self):
        self.assert_untold("Not sent (Connection unexpectedly closed): “[ilonews] To review: SECRETDRAFT")

    @override_settings(EMAIL_BACKEND=f"{HERE}.ChoosyServer")
    def test_one_wrong_address_keeps_the_mail_from_nobody_else(self):
        self.assert_untold("“[ilonews] To review: SECRETDRAFT headline” to boris@example.org")
        self.assertEqual(self.to(mail.outbox), ["carl", "chloe", "root"])

    def test_a_mistake_of_ours_loses_no_move(self):
        with mock.patch("articles.mail.render_to_string", side_effect=KeyError("page")):
            self.assert_untold("was not written")

    @override_settings(EMAIL_BACKEND=f"{HERE}.BrokenServer")
    def test_a_server_that_is_down_is_not_waited_for_by_each_of_many_moves(self):
        with mock.patch.object(BrokenServer, "open", side_effect=TimeoutError("timed out")) as opened:
            for record in (self.draft, self.hidden_roadmap):
                with self.assertLogs("articles.mail", "ERROR"), self.sent():
                    record.submit(by=self.alice)
                self.assertTrue(record.untold)
        self.assertEqual(opened.call_count, 1)

    def test_what_could_be_sent_is_told(self):
        with self.sent():
            self.draft.submit(by=self.alice)
        self.assertFalse(self.draft.untold)

    @override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")
    def test_where_mail_is_off_nothing_is_done(self):
        with self.captureOnCommitCallbacks() as callbacks:
            self.draft.submit(by=self.alice)
        self.assertEqual(callbacks, [])

    def test_it_is_announced_once_for_each_move(self):
        with mock.patch("articles.mail.announce", wraps=announce) as announced:
            self.draft.submit(by=self.alice)
            self.draft.publish(by=self.boris)
        self.assertEqual([call.args[1].verb for call in announced.call_args_list], ["submit", "publish"])
        self.assertEqual(announced.call_args.args[2], {self.alice.pk})


class MessageTests(AdminCase):
    @override_settings(EMAIL_BACKEND=f"{HERE}.BrokenServer")
    def test_whoever_moved_it_is_told_that_nobody_else_was(self):
        get_user_model().objects.update(email="somebody@example.org")
        self.addCleanup(cache.clear)
        address = f"{self.list_of(Article)}transition/publish/?ids={self.in_review.pk}"
        self.client.force_login(self.boris)
        with mock.patch("django.db.transaction.on_commit", side_effect=lambda call: call()), self.assertLogs("articles.mail"):
            response = self.client.post(address, follow=True)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(
            self.said(response),
            [
                "“SECRETREVIEW headline”: done. It is published.",
                "The mail about “SECRETREVIEW headline” could not be sent: tell those whom it concerns.",
            ],
        )


class SettingsPageTests(AdminCase):
    def page_of(self, who):
        self.client.force_login(who)
        return self.client.get("/admin/mail/")

    def test_it_works(self):
        response = self.page_of(self.alice)
        self.assertContains(response, "checked", count=3)
        self.assertContains(response, "Your account has no e-mail address")
        response = self.client.post("/admin/mail/", {"published": "on"}, follow=True)
        self.assertEqual(self.said(response), ["Your mail settings are saved."])
        self.assertContains(response, "checked", count=1)
        notices = Notices.objects.get(user=self.alice)
        self.assertEqual((notices.review_requested, notices.changes_requested, notices.published), (False, False, True))
        self.client.post("/admin/mail/", {"review_requested": "on"})
        self.assertEqual(Notices.objects.count(), 1)

    def test_everybody_has_their_own_and_nobody_elses(self):
        self.page_of(self.alice)
        self.client.post("/admin/mail/", {"published": "on"})
        theirs = Notices.objects.get()
        for other in (self.walter, self.chloe, self.root):
            self.client.force_login(other)
            self.client.post("/admin/mail/", {"user": self.alice.pk, "id": theirs.pk, "pk": theirs.pk})
        theirs.refresh_from_db()
        self.assertEqual((theirs.user, theirs.published), (self.alice, True))
        self.assertEqual(Notices.objects.count(), 4)

    def test_the_head_of_every_page_leads_to_it(self):
        for who in (self.alice, self.walter):
            self.client.force_login(who)
            self.assertContains(self.client.get("/admin/"), '<a href="/admin/mail/">Your mail settings</a>')

    def test_strangers_are_asked_to_sign_in(self):
        self.client.logout()
        self.assertRedirects(self.client.get("/admin/mail/"), "/admin/login/?next=/admin/mail/")

    def test_it_says_where_mail_goes_and_that_a_site_sends_none(self):
        get_user_model().objects.filter(pk=self.alice.pk).update(email="alice@example.org")
        self.assertContains(self.page_of(self.alice), "Mail goes to alice@example.org.")
        self.assertNotContains(self.page_of(self.alice), "sends no mail")
        with self.settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
            self.assertContains(self.page_of(self.alice), "This site sends no mail at present.")

    def test_whoever_never_chose_wants_everything(self):
        notices = Notices.objects.for_account(self.alice)
        self.assertTrue(notices.review_requested and notices.changes_requested and notices.published)
        self.assertEqual((notices.pk, str(notices)), (None, "alice"))

    def test_every_kind_of_mail_is_a_field(self):
        for kind in NOTICES.values():
            self.assertTrue(Notices._meta.get_field(kind).default)

    def test_a_late_text_is_nobodys_mail(self):
        """A time that passes sends nothing, because nothing happens."""
        with self.captureOnCommitCallbacks() as callbacks:
            Article.objects.filter(pk=self.in_review.pk).update(meant_for=timezone.now() - timedelta(days=1))
            self.client.get("/admin/")
        self.assertEqual(callbacks, [])
