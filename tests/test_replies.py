"""What readers send: the public form, what it refuses and keeps, how it reaches the desk, is published and forgotten."""

import threading
import time
from datetime import timedelta
from io import StringIO
from unittest import mock

from django.core import mail, signing
from django.core.management import call_command
from django.db import connections
from django.test import Client, RequestFactory, TestCase, TransactionTestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from articles import replies
from articles.models import Refused, Reply, Transition
from articles.replies import SALT, client_address, one_sender, receive, senders
from conventions.models import Version
from tests.cast import CastMixin, make_cast
from tests.forms import form_data, values_of

RECEIVED = "We received it"


class ReplyCase(CastMixin, TestCase):
    def setUp(self):
        self.before = set(Reply.objects.values_list("pk", flat=True))

    def address(self, about=None, end=""):
        return (about or self.ratify).get_absolute_url() + "reply/" + end

    def opened(self, about=None, ago=60):
        about = about or self.ratify
        told = {"page": f"{about._meta.model_name}-{about.pk}", "at": int(time.time()) - ago}
        return signing.dumps(told, salt=SALT)

    def send(self, about=None, client=None, headers=None, **changes):
        """Send the form as a person would who opened it a minute ago."""
        data = {"kind": "error", "text": "The year is wrong.", "opened": self.opened(about), **changes}
        return (client or self.client).post(self.address(about), data, headers=headers)

    def new(self):
        return Reply.objects.exclude(pk__in=self.before).order_by("pk")

    def assertRefused(self, response, sentence, status=200, text="The year is wrong."):
        """Not stored; a sentence, and all that was written."""
        self.assertContains(response, sentence, status_code=status)
        self.assertContains(response, text, status_code=status)
        self.assertEqual(list(self.new()), [])
        self.assertIn("no-store", response.headers["Cache-Control"])


class FormTests(ReplyCase):
    def test_it_works(self):
        response = self.send(
            kind="reply", text="We disagree.\r\nTwice.", url="https://example.org/statement", voice="workers",
            organisation="Federation", name="A. Person", email="a@example.org",
        )  # fmt: skip
        self.assertEqual((response.status_code, response.headers["Location"]), (303, self.address(end="received/")))
        reply = self.new().get()
        self.assertEqual((reply.commitment, reply.article, reply.status), (self.ratify, None, "draft"))
        self.assertEqual((reply.text, reply.voice, reply.organisation), ("We disagree.\nTwice.", "workers", "Federation"))
        self.assertEqual((reply.name, reply.email, reply.identity, reply.drafted_by), ("A. Person", "a@example.org", "", None))
        page = self.client.get(response.headers["Location"])
        self.assertContains(page, RECEIVED)
        self.assertNotContains(page, "Person")
        self.assertIn(reply, Reply.objects.waiting())
        self.assertNotIn(reply, Reply.objects.published())

    def test_an_article_takes_them_too(self):
        response = self.send(self.published)
        self.assertRedirects(response, self.address(self.published, "received/"), status_code=303)
        self.assertEqual(self.new().get().article, self.published)

    def test_the_pages_lead_there(self):
        page = self.client.get(self.published.get_absolute_url())
        self.assertContains(page, self.address(self.published))
        self.assertEqual(self.address(), reverse("articles:commitment-reply", args=[self.ratify.slug]))

    def test_no_cookie_and_no_cache(self):
        for response in (self.client.get(self.address()), self.send(text=""), self.send()):
            self.assertFalse(response.cookies)
            self.assertIn("no-store", response.headers["Cache-Control"])
            self.assertIn("noindex", response.headers["X-Robots-Tag"])

    def test_no_token_is_needed(self):
        self.assertEqual(self.send(client=Client(enforce_csrf_checks=True)).status_code, 303)

    def test_what_is_not_public_takes_none(self):
        for about, status in [(self.draft, 404), (self.scheduled, 404), (self.hidden_commitment, 404), (self.withdrawn, 410)]:
            with self.subTest(about=about):
                self.assertEqual(self.client.get(self.address(about)).status_code, status)
                self.assertEqual(self.send(about).status_code, status)
                self.assertEqual(self.client.get(self.address(about, "received/")).status_code, status)
        self.roadmap.withdraw(by=self.chloe, note="A mistake.")
        self.assertEqual(self.send().status_code, 410)
        self.assertEqual(list(self.new()), [])

    def test_other_methods_are_refused(self):
        self.assertEqual(self.client.put(self.address()).status_code, 405)
        self.assertEqual(self.client.post(self.address(end="received/")).status_code, 405)

    def test_it_says_when_names_are_deleted(self):
        self.assertContains(self.client.get(self.address()), "deleted 180 days after")


class RefusalTests(ReplyCase):
    def test_nothing_is_lost(self):
        said = {
            "kind": "reply",
            "text": "The year is wrong.",
            "url": "nowhere",
            "name": "Á <b>",
            "organisation": "O’B & Co",
            "email": "x@",
        }
        response = self.send(**said)
        self.assertRefused(response, "Say for whom you speak")
        for sentence in ("Enter a valid URL.", "Enter a valid email address."):
            self.assertContains(response, sentence)
        self.assertEqual({name: values_of(response.context["form"])[name] for name in said}, said)
        self.assertNotContains(response, "<b>")

    def test_each_refusal_stands_beside_its_field(self):
        response = self.send(email="x@")
        self.assertContains(response, '<p class="field-error" id="id_email_error">Enter a valid email address.</p>', html=True)
        self.assertRegex(response.content.decode(), r'<input type="email"[^>]*aria-describedby="[^"]*id_email_error"')

    def test_text_and_kind_are_needed(self):
        self.assertContains(self.send(text=" \n "), "This field is required.")
        self.assertContains(self.send(kind=""), "This field is required.")
        self.assertContains(self.send(kind="praise"), "Select a valid choice")
        self.assertEqual(list(self.new()), [])

    def test_the_end_of_a_line_is_one_sign(self):
        self.assertEqual(self.send(text="a\r\n" * 2499 + "ab").status_code, 303)
        self.assertEqual(len(self.new().get().text), 5000)
        self.assertContains(self.send(text="a" * 5001), "at most 5000 characters (it has 5001)")

    def test_what_no_database_holds(self):
        self.assertContains(self.send(text="a\0b"), "Null characters are not allowed.")
        self.assertEqual(self.send(text="\U0001f600 \u202e مرحبا").status_code, 303)

    def test_the_trap(self):
        response = self.send(website="https://spam.example")
        self.assertRefused(response, "A field was filled in that readers do not see")
        self.assertEqual(response.context["form"]["website"].value(), "")

    def test_faster_than_a_person(self):
        self.assertRefused(self.send(opened=self.opened(ago=1)), "faster than anybody writes")
        self.assertRefused(self.send(opened=self.opened(ago=-60)), "faster than anybody writes")

    def test_opened_yesterday_of_another_page_or_by_nobody(self):
        for opened in (self.opened(ago=25 * 3600), self.opened(self.amend), "", "x", self.opened() + "x"):
            with self.subTest(opened=opened):
                response = self.send(opened=opened)
                self.assertRefused(response, "opened too long ago")
        again = values_of(response.context["form"])
        with mock.patch.object(replies.time, "time", return_value=time.time() + 10):
            self.assertEqual(self.client.post(self.address(), again).status_code, 303)

    def test_from_another_site(self):
        for headers in (
            {"Origin": "https://evil.example"},
            {"Referer": "https://evil.example/x"},
            {"Origin": "null"},
            {"Origin": "http://["},
        ):
            with self.subTest(headers=headers):
                self.assertRefused(self.send(headers=headers), "sent from another site", status=403)
        self.assertEqual(self.send(headers={"Origin": "http://testserver"}).status_code, 303)
        with override_settings(CSRF_TRUSTED_ORIGINS=["https://news.example"]):
            self.assertEqual(self.send(headers={"Origin": "https://news.example"}).status_code, 303)

    def test_a_database_that_is_busy(self):
        with mock.patch.object(replies, "receive", side_effect=replies.OperationalError("database is locked")):
            self.assertRefused(self.send(), "We could not store it", status=503)


class FloodTests(ReplyCase):
    def test_five_an_hour_from_one_sender(self):
        for number in range(5):
            self.assertEqual(self.send(text=f"The year is wrong, {number}.").status_code, 303)
        kept = self.new().count()
        response = self.send(self.published, text="The sixth.")
        self.assertContains(response, "as many messages in the last hour as we can take", status_code=429)
        self.assertContains(response, "The sixth.", status_code=429)
        self.assertEqual(self.new().count(), kept)
        other = Client(REMOTE_ADDR="203.0.113.9")
        self.assertEqual(self.send(client=other).status_code, 303)
        self.new().update(received_at=timezone.now() - timedelta(minutes=61))
        self.assertEqual(self.send(text="An hour later.").status_code, 303)
        self.assertEqual(self.new().count(), kept + 2)

    def test_a_form_that_is_sent_again_is_received_already(self):
        said = {"kind": "reply", "voice": "workers", "organisation": "Federation", "name": "A", "email": "a@example.org"}
        opened = self.opened()
        for _ in range(6):
            response = self.send(opened=opened, text="We disagree.\r\nTwice.", **said)
            self.assertRedirects(response, self.address(end="received/"), status_code=303)
        self.assertEqual(self.new().count(), 1)
        for number, other in enumerate([{"text": "Else."}, {"name": "B"}, {"organisation": "Union"}, {"kind": "error"}], 2):
            self.assertEqual(self.send(**{"opened": opened, "text": "We disagree.\nTwice.", **said, **other}).status_code, 303)
            self.assertEqual(self.new().count(), number, other)

    def test_it_is_received_also_when_the_hour_is_used_up(self):
        for number in range(5):
            self.send(text=f"The year is wrong, {number}.")
        self.assertEqual(self.send(text="The year is wrong, 3.").status_code, 303)
        self.assertEqual(self.send(text="The year is wrong, 5.").status_code, 429)
        self.assertEqual(self.new().count(), 5)

    def test_the_same_of_another_about_another_and_on_another_day_is_another(self):
        self.send()
        self.send(client=Client(REMOTE_ADDR="203.0.113.9"))
        self.send(self.amend)
        self.send(self.published)
        self.assertEqual(self.new().count(), 4)
        self.new().update(received_at=timezone.now() - timedelta(hours=25))
        self.send()
        self.assertEqual(self.new().count(), 5)

    @override_settings(REPLIES_PER_HOUR=2)
    def test_so_many_from_all(self):
        for number in (1, 2):
            self.assertEqual(self.send(client=Client(REMOTE_ADDR=f"203.0.113.{number}")).status_code, 303)
        response = self.send(client=Client(REMOTE_ADDR="203.0.113.3"))
        self.assertContains(response, "More came in the last hour than we can read", status_code=429)

    def test_the_hour_goes_on_over_midnight(self):
        night = timezone.now().replace(hour=23, minute=50)
        with mock.patch.object(timezone, "now", return_value=night):
            for number in range(5):
                receive(Reply(commitment=self.ratify, text=str(number), kind="error"), "203.0.113.1")
        with mock.patch.object(timezone, "now", return_value=night + timedelta(minutes=20)), self.assertRaises(Refused):
            receive(Reply(commitment=self.ratify, text="-", kind="error"), "203.0.113.1")

    def test_no_address_is_stored(self):
        self.send(client=Client(REMOTE_ADDR="203.0.113.7"))
        reply = self.new().get()
        self.assertRegex(reply.sender, r"^[0-9a-f]{64}$")
        self.assertNotIn("203.0.113.7", " ".join(map(str, Reply.objects.filter(pk=reply.pk).values_list()[0])))
        with mock.patch.object(timezone, "localdate", return_value=timezone.localdate() + timedelta(days=1)):
            tomorrow, today = senders("203.0.113.7")
        self.assertEqual(today, reply.sender)
        self.assertNotEqual(tomorrow, today)
        with override_settings(SECRET_KEY="another"):
            self.assertNotEqual(senders("203.0.113.7")[0], reply.sender)

    def test_a_network_of_ipv6_is_one_sender(self):
        self.assertEqual(one_sender("2001:db8:1:2:3::4"), one_sender("2001:db8:1:2:ffff::1"))
        self.assertNotEqual(one_sender("2001:db8:1:2::1"), one_sender("2001:db8:1:3::1"))
        self.assertEqual(one_sender("::ffff:203.0.113.7"), "203.0.113.7")
        self.assertEqual(one_sender("fe80::1%eth0"), one_sender("fe80::2"))
        self.assertEqual([one_sender(odd) for odd in ("", "unix:")], ["", "unix:"])

    def test_whose_address_it_is(self):
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.7"})
        for proxies, address in [(0, "10.0.0.1"), (1, "203.0.113.7"), (2, "1.1.1.1"), (3, "10.0.0.1")]:
            with override_settings(TRUSTED_PROXIES=proxies):
                self.assertEqual(client_address(request), address)

    def test_writing_the_header_oneself_helps_nobody(self):
        for number in range(7):
            self.send(text=f"The year is wrong, {number}.", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        self.assertEqual(self.new().count(), 5)


class TogetherTests(TransactionTestCase):
    """Ten processes at once, as far as threads with connections of their own are that."""

    serialized_rollback = True

    def setUp(self):
        self.ratify = make_cast().ratify

    def test_the_count_holds(self):
        self.assertEqual(self.send_ten(texts=map(str, range(10))), ["refused"] * 5 + ["taken"] * 5)
        self.assertEqual(Reply.objects.filter(text__in=map(str, range(10))).count(), 5)

    def test_what_is_the_same_is_stored_once(self):
        self.assertEqual(self.send_ten(texts=["The same."] * 10), ["taken"] * 10)
        self.assertEqual(Reply.objects.filter(text="The same.").count(), 1)

    def send_ten(self, texts):
        outcomes = []

        def one(text):
            try:
                for attempt in range(50):
                    try:
                        receive(Reply(commitment_id=self.ratify.pk, text=text, kind="error"), "203.0.113.1")
                    except Refused:
                        outcomes.append("refused")
                    except replies.OperationalError:  # the table of a shared database in memory is locked: ask again
                        time.sleep(0.02 * (attempt + 1))
                        continue
                    else:
                        outcomes.append("taken")
                    return
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=[text]) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)


# --- In the back office -----------------------------------------------------------------------------------------------


class AdminCase(ReplyCase):
    def make(self, **changes):
        facts = {"commitment": self.ratify, "kind": "reply", "text": "Their words.", "sender": "s", "name": "A. Person"}
        facts |= {"organisation": "Federation", "voice": "workers", "email": "a@example.org", "identity": "Known by telephone."}
        return Reply.objects.create(**facts | changes)

    def page(self, reply, page="change"):
        return reverse(f"admin:articles_reply_{page}", args=[reply.pk])

    def as_(self, who):
        self.client.force_login(who)
        return self.client

    def move(self, reply, verb, by, **data):
        address = f"{reverse('admin:articles_reply_move', args=[verb])}?ids={reply.pk}"
        response = self.as_(by).post(address, data, follow=True)
        reply.refresh_from_db()
        return response


class DeskTests(AdminCase):
    def test_editors_change_whose_it_is_and_nothing_of_what_was_sent(self):
        reply = self.make()
        response = self.as_(self.boris).get(self.page(reply))
        self.assertEqual(set(response.context["adminform"].form.fields), {"organisation", "voice", "identity"})
        sent = {"text": "Rewritten.", "kind": "error", "email": "b@example.org", "name": "B", "url": "https://b.example/"}
        data = form_data(response, organisation="Federation of Unions", **sent)
        self.assertEqual(self.client.post(self.page(reply), data).status_code, 302)
        again = Reply.objects.get(pk=reply.pk)
        self.assertEqual(again.organisation, "Federation of Unions")
        for name in ("text", "kind", "email", "name", "url"):
            self.assertEqual(getattr(again, name), getattr(reply, name))

    def test_reporters_read_them(self):
        reply = self.make()
        response = self.as_(self.alice).get(self.page(reply))
        self.assertContains(response, "Their words.")
        self.assertEqual(response.context["adminform"].form.fields, {})
        self.assertEqual(self.client.post(self.page(reply), {"organisation": "Mine"}).status_code, 403)
        self.assertEqual(self.client.get(reverse("admin:articles_reply_add")).status_code, 403)

    def test_no_preview_is_offered_of_what_has_no_page(self):
        reply = self.make()
        response = self.as_(self.boris).get(self.page(reply))
        self.assertIsNone(response.context["preview_url"])
        self.assertEqual(self.client.get(self.page(reply, "preview")).status_code, 404)
        self.assertContains(self.client.post(self.page(reply, "links"), {"term": "day"}), "is received")

    def test_settling(self):
        reply = self.make(kind="error")
        self.assertContains(self.as_(self.boris).get(self.page(reply)), "Settle")
        response = self.move(reply, "settle", self.boris, outcome=" ")
        self.assertContains(response, "This field is required.")
        self.assertIsNone(reply.settled_at)
        self.move(reply, "settle", self.boris, outcome="The year is corrected.")
        self.assertEqual((reply.settled_by, reply.outcome, reply.state()), (self.boris, "The year is corrected.", "Settled"))
        self.assertNotIn(reply, Reply.objects.waiting())
        self.assertContains(self.move(reply, "settle", self.carl, outcome="Again."), "This is settled already.")
        self.assertEqual(reply.outcome, "The year is corrected.")

    def test_reporters_settle_nothing(self):
        reply = self.make()
        self.assertEqual(self.move(reply, "settle", self.alice, outcome="Mine.").status_code, 403)
        self.assertIsNone(reply.settled_at)

    def test_two_editors_publish_a_reply(self):
        reply = self.make()
        with self.captureOnCommitCallbacks(execute=True):
            self.move(reply, "submit", self.boris)
        self.assertContains(self.move(reply, "publish", self.boris), "your own text")
        self.assertEqual(reply.status, "in_review")
        with self.captureOnCommitCallbacks(execute=True):
            self.move(reply, "publish", self.carl)
        self.assertIn(reply, Reply.objects.published())
        self.assertNotIn(reply, Reply.objects.waiting())
        self.assertContains(self.as_(self.carl).get(self.page(reply)), self.ratify.get_absolute_url())

    def test_who_said_whose_it_is_does_not_publish_it(self):
        reply = self.make(identity="")
        data = form_data(self.as_(self.boris).get(self.page(reply)), identity="Known by telephone.")
        self.client.post(self.page(reply), data)
        reply.refresh_from_db()
        reply.submit(by=self.carl)
        with self.assertRaises(Refused):
            reply.publish(by=self.boris)
        reply.publish(by=self.chloe)

    def test_what_may_not_be_public_is_refused_in_a_sentence(self):
        sentence = "Only a reply is published, with the organisation, for whom it speaks, and how we know who wrote it."
        for changes in ({"kind": "error"}, {"voice": ""}, {"organisation": ""}, {"identity": ""}, {"identity": " "}):
            reply = self.make(**changes)
            before = Reply.objects.filter(pk=reply.pk).values().get()
            with self.subTest(changes=changes):
                self.assertNotContains(self.as_(self.boris).get(self.page(reply)), "Submit for review</a>")
                self.assertContains(self.move(reply, "submit", self.boris), sentence)
                self.assertEqual(Reply.objects.filter(pk=reply.pk).values().get(), before)
                Reply.objects.filter(pk=reply.pk).update(status="in_review")
                self.assertContains(self.move(reply, "publish", self.boris), sentence)
                self.assertEqual(Reply.objects.get(pk=reply.pk).status, "in_review")
        self.assertFalse(Transition.objects.filter(content_type__model="reply").exists())

    def test_what_is_public_is_not_changed_by_the_form(self):
        reply = self.make()
        reply.submit(by=self.boris)
        reply.publish(by=self.carl)
        self.assertEqual(self.as_(self.boris).get(self.page(reply)).context["adminform"].form.fields, {})
        self.assertEqual(self.client.post(self.page(reply), {"organisation": "Another"}).status_code, 403)
        reply.withdraw(by=self.chloe, note="They asked us to.")
        self.assertNotIn(reply, Reply.objects.published())
        self.assertIn("organisation", self.client.get(self.page(reply)).context["adminform"].form.fields)

    @override_settings(SITE_URL="https://news.example")
    def test_the_mail_about_it_leads_to_its_page(self):
        for editor in (self.boris, self.carl):
            type(editor).objects.filter(pk=editor.pk).update(email=f"{editor.username}@example.org")
        reply = self.make()
        with self.captureOnCommitCallbacks(execute=True):
            reply.submit(by=self.boris)
        with self.captureOnCommitCallbacks(execute=True):
            reply.publish(by=self.carl)
        self.assertEqual([message.to for message in mail.outbox], [["carl@example.org"], ["boris@example.org"]])
        self.assertFalse(reply.untold)
        self.assertIn(f"https://news.example{self.ratify.get_absolute_url()}", mail.outbox[1].body)
        self.assertNotIn("a@example.org", "".join(message.body + message.subject for message in mail.outbox))


class SecrecyTests(AdminCase):
    """Name, e-mail address and identity stay in the form, and can be forgotten."""

    PRIVATE = ("A. Person", "a@example.org", "Known by telephone.")

    def test_no_log_and_no_version_holds_them(self):
        reply = self.make(organisation="")
        self.assertNotIn("Person", str(reply))
        data = form_data(self.as_(self.boris).get(self.page(reply)), organisation="Federation")
        self.client.post(self.page(reply), data)
        reply.refresh_from_db()
        reply.submit(by=self.boris)
        reply.publish(by=self.carl)
        rows = [list(model.objects.values_list()) for model in (Version, Transition)]
        self.assertGreater(Version.objects.of(reply).count(), 0)
        for word in self.PRIVATE:
            self.assertNotIn(word, str(rows))
        for page in ("versions", "history", "comments"):
            response = self.client.get(self.page(reply, page))
            self.assertEqual(response.status_code, 200)
            for word in self.PRIVATE:
                self.assertNotContains(response, word)

    def test_strangers_see_no_screen_of_it(self):
        reply = self.make()
        Version.objects.keep(reply, by=self.boris)
        for page in ("change", "versions", "compare", "history", "comments", "embargo"):
            response = Client().get(self.page(reply, page))
            self.assertRedirects(response, f"/admin/login/?next={self.page(reply, page)}", fetch_redirect_response=False)

    def test_the_page_of_the_commitment_tells_none_of_it(self):
        reply = self.make()
        reply.submit(by=self.boris)
        reply.publish(by=self.carl)
        for word in self.PRIVATE:
            self.assertNotContains(Client().get(self.ratify.get_absolute_url()), word)


class ForgettingTests(AdminCase):
    def settled(self, days, **changes):
        reply = self.make(**changes)
        facts = {"settled_at": timezone.now() - timedelta(days=days), "settled_by": self.boris, "outcome": "Done."}
        Reply.objects.filter(pk=reply.pk).update(**facts)
        return reply

    def forget(self):
        told = StringIO()
        call_command("forget_replies", stdout=told)
        return told.getvalue()

    def private(self, reply):
        return tuple(Reply.objects.values_list("name", "email", "identity").get(pk=reply.pk))

    def test_it_works(self):
        old, young, waiting = self.settled(181), self.settled(179), self.make()
        public = self.settled(181)
        Reply.objects.filter(pk=public.pk).update(status="published", published_at=timezone.now())
        whole = self.private(old)
        self.assertIn("1 senders were forgotten", self.forget())
        self.assertEqual(self.private(old), ("", "", ""))
        for kept in (young, waiting, public):
            self.assertEqual(self.private(kept), whole)
        old.refresh_from_db()
        self.assertEqual((old.text, old.organisation, old.outcome), ("Their words.", "Federation", "Done."))
        self.assertIn("0 senders were forgotten", self.forget())
        self.assertEqual(self.as_(self.boris).get(self.page(old)).status_code, 200)

    def test_the_hash_of_the_sender_is_kept_for_a_day(self):
        old, young = self.make(received_at=timezone.now() - timedelta(hours=25)), self.make()
        self.forget()
        self.assertEqual([Reply.objects.get(pk=reply.pk).sender for reply in (old, young)], ["forgotten", "s"])

    @override_settings(REPLY_DAYS=10)
    def test_the_days_are_a_setting(self):
        old = self.settled(11)
        self.forget()
        self.assertEqual(self.private(old), ("", "", ""))
        self.assertContains(self.client.get(self.address()), "deleted 10 days after")
