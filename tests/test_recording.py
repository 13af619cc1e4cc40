"""The short form: an update and its evidence in one, from a commitment, an article or the register, or nothing at all."""

import threading
import time
from datetime import date, timedelta
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, OperationalError, connections, transaction
from django.test import Client, TestCase, TransactionTestCase
from django.urls import reverse
from django.utils import timezone

from articles import models as newsroom
from articles.admin.recording import record_url, source_of_act, source_of_article
from articles.models import Embargo, Evidence, ProgressUpdate
from articles.recording_forms import EvidenceForm
from conventions.models import Ratification, Version
from tests.cast import SOURCE, CastMixin, make_cast
from tests.forms import form_data, values_of

pytestmark = pytest.mark.rules

NEW = {
    "new-title": "Law signed", "new-url": "https://example.org/signed", "new-publisher": "The Gazette",
    "new-voice": "government", "new-dated_on": "2025-03-02", "new-dated_on_precision": "day", "new-excerpt": "was signed",
    "new-archived_url": "", "new-accessed_on": "",
}  # fmt: skip
NO_NEW = {**dict.fromkeys(NEW, ""), "new-dated_on_precision": "day"}


class RecordCase(CastMixin, TestCase):
    def setUp(self):
        self.client.force_login(self.alice)

    def address(self, commitment=None, **query):
        return record_url(commitment or self.ratify, **query)

    def data(self, **changes):
        facts = {"summary": "The law was signed.", "happened_on": "2025-03-01", "happened_on_precision": "day"}
        return {**facts, "delivery": "in-part", "effect": "not-assessed", "rung": "signed", "evidence": "", **NEW, **changes}

    def tables(self):
        models = (ProgressUpdate, Evidence, Version, LogEntry, newsroom.Transition)
        return [list(model.objects.order_by("pk").values()) for model in models]

    def sentences(self, response):
        forms = (response.context["form"], response.context["evidence_form"])
        return {name: list(told) for form in forms for name, told in form.errors.items()}

    def assertRefused(self, data, address=None, **sentences):
        """Shown again with these sentences beside these fields, nothing lost, nothing changed."""
        before = self.tables()
        response = self.client.post(address or self.address(), data)
        self.assertEqual(response.status_code, 200)
        found = self.sentences(response)
        for name, sentence in sentences.items():
            self.assertIn(sentence, " ".join(found[name.replace("all_", "__all__")]), name)
            self.assertContains(response, sentence.split("“")[0])
        self.assertEqual(set(found), {name.replace("all_", "__all__") for name in sentences})
        self.assertEqual(self.tables(), before)
        shown = values_of(response.context["form"]) | values_of(response.context["evidence_form"])
        self.assertEqual(
            {name: shown.get(name, "") for name in data if not name.startswith("_")},
            {n: str(v) for n, v in data.items() if not n.startswith("_")},
        )
        return response

    def record(self, address=None, **changes):
        response = self.client.post(address or self.address(), self.data(**changes))
        self.assertEqual(response.status_code, 302, response.context and self.sentences(response))
        return ProgressUpdate.objects.order_by("-pk").first()


class RecordTests(RecordCase):
    def test_it_works(self):
        update = self.record()
        self.assertEqual((update.commitment, update.number, update.status), (self.ratify, 3, "draft"))
        self.assertEqual((update.summary, update.happened_on, update.rung), ("The law was signed.", date(2025, 3, 1), "signed"))
        self.assertEqual((update.recorded_by, update.drafted_by), (self.alice, self.alice))
        evidence = update.evidence
        self.assertEqual((evidence.title, evidence.voice, evidence.dated_on), ("Law signed", "government", date(2025, 3, 2)))
        self.assertIsNone(evidence.article)
        for record in (update, evidence):
            self.assertEqual([version.by for version in Version.objects.of(record)], [self.alice])
            self.assertTrue(LogEntry.objects.filter(object_id=str(record.pk), user=self.alice, action_flag=1).exists())

    def test_it_leads_to_the_form_of_the_update(self):
        response = self.client.post(self.address(), self.data())
        update = ProgressUpdate.objects.order_by("-pk").first()
        self.assertRedirects(response, reverse("admin:articles_progressupdate_change", args=[update.pk]))
        self.assertNotIn(update, ProgressUpdate.objects.published())

    def test_save_and_submit(self):
        response = self.client.post(self.address(), self.data(_submit="1"), follow=True)
        update = ProgressUpdate.objects.order_by("-pk").first()
        self.assertEqual(update.status, "in_review")
        self.assertContains(response, "done. It is in review.")
        self.assertEqual([move.verb for move in update.history()], ["submit"])
        self.assertTrue(self.alice.pk in update.author_ids())
        update.publish(by=self.boris)
        self.assertIn(update, ProgressUpdate.objects.published())

    def test_evidence_that_is_recorded_already_is_chosen(self):
        count = Evidence.objects.count()
        update = self.record(**NO_NEW, evidence=self.evidence.pk)
        self.assertEqual((update.evidence, Evidence.objects.count()), (self.evidence, count))

    def test_the_same_source_is_not_recorded_twice(self):
        same = {"new-title": self.evidence.title, "new-url": self.evidence.url, "new-publisher": "Another name"}
        response = self.client.post(self.address(), self.data(**same), follow=True)
        self.assertContains(response, "This source was recorded already, and is used as it stands")
        self.assertEqual(ProgressUpdate.objects.order_by("-pk").first().evidence, self.evidence)
        self.evidence.refresh_from_db()
        self.assertEqual(self.evidence.publisher, "The Gazette")

    def test_a_date_known_in_part(self):
        update = self.record(happened_on="2025-03-01", happened_on_precision="year")
        self.assertEqual(str(update.happened), "2025")

    def test_superseding(self):
        update = self.record(supersedes=self.update.pk, reason="The date was wrong.")
        self.assertEqual((update.supersedes, update.reason), (self.update, "The date was wrong."))

    def test_what_came_later_supersedes_nothing(self):
        for address in (self.address(), reverse("admin:articles_progressupdate_add")):
            page = self.client.get(address)
            self.assertContains(page, "What came later needs no superseding: the latest event decides.")
            self.assertNotContains(page, "overtaken")

    def test_only_what_is_in_effect_is_superseded(self):
        choices = self.client.get(self.address()).context["form"].fields["supersedes"].queryset
        self.assertEqual(list(choices), [self.update])
        self.assertRefused(self.data(supersedes=self.draft_update.pk, reason="x"), supersedes="Select a valid choice")

    def test_rungs_are_for_promises_to_ratify(self):
        self.assertNotIn("rung", self.client.get(self.address(self.amend)).context["form"].fields)
        self.assertEqual(self.record(self.address(self.amend), rung="signed").rung, "")
        self.assertRefused(self.data(rung="registered"), rung="Select a valid choice")

    def test_a_promise_of_a_draft_roadmap(self):
        self.assertEqual(self.record(self.address(self.hidden_commitment)).commitment, self.hidden_commitment)


class TwiceTests(RecordCase):
    """The button pressed twice, in one window or two: what was recorded once is found again."""

    ALREADY = "You recorded this already, and nobody has decided on it yet: here it is."

    def assert_found(self, update, **data):
        """Sent again it leads to what is there, and changes nothing."""
        before = self.tables()
        response = self.client.post(self.address(), self.data(**data), follow=True)
        self.assertRedirects(response, reverse("admin:articles_progressupdate_change", args=[update.pk]))
        self.assertEqual([str(message) for message in response.context["messages"]][-1], self.ALREADY)
        self.assertEqual(self.tables(), before)

    def test_a_draft(self):
        self.assert_found(self.record())

    def test_with_evidence_that_was_chosen(self):
        self.assert_found(self.record(**NO_NEW, evidence=self.evidence.pk), **NO_NEW, evidence=self.evidence.pk)

    def test_with_a_date_known_in_part_and_what_it_supersedes(self):
        said = {"happened_on_precision": "year", "supersedes": self.update.pk, "reason": "The date was wrong."}
        self.assert_found(self.record(**said), **said)

    def test_what_was_handed_in_is_not_handed_in_again(self):
        self.assert_found(self.record(_submit="1"), _submit="1")

    def test_first_saved_and_then_handed_in(self):
        update = self.record()
        self.client.post(self.address(), self.data(_submit="1"))
        update.refresh_from_db()
        self.assertEqual((update.status, self.ratify.updates.count()), ("in_review", 3))

    def test_a_source_that_another_window_recorded_meanwhile_is_used(self):
        look_up, facts = EvidenceForm.look_up, {name.removeprefix("new-"): value for name, value in NEW.items() if value}

        def first_before_it_is_there(form):
            look_up(form)
            if form.known is None:
                Evidence.objects.create(**facts)

        with mock.patch.object(EvidenceForm, "look_up", first_before_it_is_there):
            update = self.record()
        self.assertEqual(update.evidence, Evidence.objects.get(url=NEW["new-url"]))

    def test_what_differs_is_another(self):
        self.record()
        changes = [{"summary": "It was signed."}, {"delivery": "under-way"}, {"rung": "bill"}, {"new-title": "Another source"}]
        for number, change in enumerate(changes, 4):
            with self.subTest(change=change):
                self.assertEqual(self.record(**change).number, number)

    def test_so_is_what_somebody_else_records(self):
        self.record()
        self.client.force_login(self.boris)
        self.assertEqual(self.record().number, 4)

    def test_and_what_is_recorded_after_a_decision(self):
        """A withdrawn update is not published again: another one is recorded, in the same words perhaps."""
        update = self.record(_submit="1")
        update.publish(by=self.boris)
        self.assertEqual(self.record().number, 4)


class RefusalTests(RecordCase):
    def test_nothing_at_all(self):
        required = "This field is required."
        names = ("summary", "happened_on", "delivery", "title", "url", "publisher", "voice")
        data = {
            **dict.fromkeys(self.data(), ""),
            "effect": "not-assessed",
            "happened_on_precision": "day",
            "new-dated_on_precision": "day",
        }
        self.assertRefused(data, **dict.fromkeys(names, required))

    def test_an_update_without_evidence(self):
        self.assertRefused(
            self.data(**NO_NEW), **dict.fromkeys(("title", "url", "publisher", "voice"), "This field is required.")
        )

    def test_two_pieces_of_evidence(self):
        self.assertRefused(self.data(evidence=self.evidence.pk), evidence="You chose one and described another")

    def test_evidence_that_is_none(self):
        self.assertRefused(self.data(**NO_NEW, evidence=10**9), evidence="Select a valid choice")
        self.assertRefused(self.data(**{"new-url": "javascript:alert(1)"}), url="Enter a valid URL.")

    def test_an_event_that_has_not_happened(self):
        tomorrow = timezone.localdate() + timedelta(days=1)
        self.assertRefused(self.data(happened_on=tomorrow.isoformat()), happened_on="This day has not come yet.")
        self.assertRefused(
            self.data(happened_on=f"{tomorrow.year + 1}-12-31", happened_on_precision="year"),
            happened_on="This day has not come yet.",
        )

    def test_our_own_pages_are_no_evidence(self):
        for address in ("http://testserver/articles/2024/x/", "HTTP://TESTSERVER/"):
            self.assertRefused(self.data(**{"new-url": address}), url="This is a page of ours.")

    def test_superseding_takes_a_reason_and_a_reason_what_it_is_of(self):
        self.assertRefused(self.data(supersedes=self.update.pk, reason=" "), reason="An update that supersedes another says why.")
        self.assertRefused(self.data(supersedes="", reason="Wrong."), supersedes="say which update")

    def test_somebody_or_something_stands_in_the_way(self):
        for error, sentence in [
            (IntegrityError("x"), "Somebody saved the same at this moment"),
            (OperationalError("x"), "The database was busy"),
        ]:
            with mock.patch.object(ProgressUpdate, "save", side_effect=error):
                self.assertRefused(self.data(), all_=sentence)

    def test_whoever_may_not(self):
        for who, status in [(self.walter, 403), (None, 302)]:
            client = Client()
            if who:
                client.force_login(who)
            for response in (client.get(self.address()), client.post(self.address(), self.data())):
                self.assertEqual(response.status_code, status)
        self.assertEqual(ProgressUpdate.objects.count(), 2)

    def test_an_address_that_names_nothing(self):
        for query in (
            {},
            {"commitment": "x"},
            {"commitment": 10**9},
            {"commitment": "9" * 30},
            {"commitment": self.ratify.pk, "article": 10**9},
        ):
            self.assertEqual(
                self.client.get(f"{reverse('admin:articles_progressupdate_record')}?{urlencode(query)}").status_code, 404
            )

    def test_an_act_that_meets_nothing_fills_in_nothing(self):
        for act in (self.ratification.pk, "x", "9" * 30):
            self.assertEqual(self.client.get(self.address(act=act)).context["form"].initial.get("delivery"), "")

    def test_what_is_under_embargo_is_nowhere(self):
        facts = {"until": timezone.now() + timedelta(days=1), "source": "The ministry"}
        Embargo.objects.set(self.hidden_roadmap, by=self.chloe, **facts)
        Embargo.objects.set(self.draft, by=self.chloe, **facts)
        self.client.force_login(self.carl)
        self.assertEqual(self.client.get(self.address(self.hidden_commitment)).status_code, 404)
        self.assertEqual(self.client.get(self.address(article=self.draft.pk)).status_code, 404)
        self.client.force_login(self.alice)  # who wrote them
        self.assertEqual(self.client.get(self.address(self.hidden_commitment)).status_code, 200)


class ArticleTests(RecordCase):
    def form_from(self, article):
        return self.client.get(self.address(article=article.pk)).context["evidence_form"]

    def test_its_source_is_the_evidence(self):
        newsroom.Article.objects.filter(pk=self.published.pk).update(source_name="The Gazette: “Law signed”")
        shown = values_of(self.form_from(self.published))
        self.assertEqual((shown["new-title"], shown["new-publisher"]), ("Law signed", "The Gazette"))
        self.assertEqual((shown["new-url"], shown["new-dated_on"]), ("https://example.org/release", "2024-06-12"))
        update = self.record(self.address(article=self.published.pk), **shown, **{"new-voice": "media"})
        self.assertEqual((update.evidence.article, update.evidence.url), (self.published, "https://example.org/release"))
        self.assertNotIn(self.published.get_absolute_url(), update.evidence.url)

    def test_what_the_source_does_not_say_stays_empty(self):
        self.assertEqual(source_of_article(self.published)["publisher"], "")
        self.assertEqual(values_of(self.form_from(self.published)).get("new-voice", ""), "")

    def test_a_source_that_is_recorded_is_chosen(self):
        newsroom.Article.objects.filter(pk=self.published.pk).update(source_url=self.evidence.url)
        response = self.client.get(self.address(article=self.published.pk))
        self.assertEqual(response.context["form"]["evidence"].value(), self.evidence.pk)
        self.assertEqual(values_of(response.context["evidence_form"]).get("new-url", ""), "")

    def test_what_was_filled_in_and_not_touched_gives_way_to_a_choice(self):
        shown = values_of(self.form_from(self.published))
        update = self.record(self.address(article=self.published.pk), **NO_NEW | shown, evidence=self.evidence.pk)
        self.assertEqual(update.evidence, self.evidence)

    def test_its_form_leads_to_the_form(self):
        page = reverse("admin:articles_article_change", args=[self.published.pk])
        for commitment in (self.ratify, self.amend):  # of its roadmap
            self.assertContains(self.client.get(page), self.address(commitment, article=self.published.pk).replace("&", "&amp;"))
        self.published.roadmaps.clear()
        self.published.commitments.set([self.amend])
        response = self.client.get(page)
        self.assertNotContains(response, f"?commitment={self.ratify.pk}&amp;")
        self.assertContains(response, f"?commitment={self.amend.pk}&amp;")

    def test_and_the_form_of_a_commitment(self):
        page = reverse("admin:articles_commitment_change", args=[self.ratify.pk])
        self.assertContains(self.client.get(page), f'<a href="{self.address()}" class="move">Record what happened</a>', html=True)
        self.assertEqual(self.client.get(reverse("admin:articles_commitment_add")).status_code, 200)

    def test_public_pages_do_not(self):
        for page in (self.ratify.get_absolute_url(), self.published.get_absolute_url()):
            self.assertNotContains(self.client.get(page), "/record/")


class ActTests(RecordCase):
    def act(self, **changes):
        facts = {"country": self.kaz, "convention": self.c176, "status": "in-force", "registered": True, "verification": "day"}
        facts |= {"ratified_on": date(2025, 3, 1), "source": "NORMLEX, ratifications of C176, https://normlex.ilo.org/x?p=1."}
        return Ratification.objects.create(**facts | changes)

    def test_it_fills_in_what_the_register_says(self):
        response = self.client.get(self.address(act=self.act().pk))
        shown = values_of(response.context["form"]) | values_of(response.context["evidence_form"])
        facts = {
            "delivery": "delivered", "happened_on": "2025-03-01", "happened_on_precision": "day", "rung": "",
            "summary": "The ILO registered the ratification of C176 by Kazakhstan (1 March 2025).",
            "new-title": "NORMLEX, ratifications of C176", "new-url": "https://normlex.ilo.org/x?p=1",
            "new-publisher": "ILO", "new-voice": "ilo",
        }  # fmt: skip
        self.assertEqual({name: shown.get(name) for name in facts}, facts)

    def test_a_source_without_an_address_is_no_evidence_yet(self):
        self.assertEqual(source_of_act(self.act(source="A list on paper")), {})

    def test_nobody_is_named_as_speaker_whom_the_address_does_not_name(self):
        found = source_of_act(self.act(source=f"{SOURCE}; https://ilo.org.example/"))
        self.assertEqual((found["url"], "voice" in found, "publisher" in found), ("https://example.org/release", False, False))


class OrdinaryFormTests(RecordCase):
    """The copy of a source may be added to evidence that is public, and nothing else of it be changed."""

    def setUp(self):
        self.client.force_login(self.boris)
        self.page = reverse("admin:articles_evidence_change", args=[self.evidence.pk])

    def stored(self):
        return Evidence.objects.filter(pk=self.evidence.pk).values().get()

    def test_a_copy_is_added(self):
        response = self.client.get(self.page)
        self.assertEqual(set(response.context["adminform"].form.fields), {"archived_url", "accessed_on"})
        before = self.stored()
        sent = {
            "archived_url": "https://archive.example/1",
            "accessed_on": "2025-01-01",
            "title": "Rewritten",
            "url": "https://x.example/",
        }
        self.assertEqual(self.client.post(self.page, form_data(response, **sent)).status_code, 302)
        after = self.stored()
        self.assertEqual((after["archived_url"], after["accessed_on"]), ("https://archive.example/1", date(2025, 1, 1)))
        self.assertEqual({**after, "archived_url": "", "accessed_on": None}, before)
        self.assertEqual(Version.objects.of(self.evidence).last().by, self.boris)

    def test_a_copy_that_is_there_is_not_changed(self):
        data = form_data(self.client.get(self.page), archived_url="https://archive.example/2", accessed_on="2025-01-01")
        Evidence.objects.filter(pk=self.evidence.pk).update(
            archived_url="https://archive.example/1", accessed_on=date(2024, 1, 1)
        )
        before = self.stored()
        self.assertEqual(self.client.post(self.page, data).status_code, 403)
        self.assertEqual(self.stored(), before)

    def test_what_is_there_of_it_stays_while_the_rest_is_added(self):
        Evidence.objects.filter(pk=self.evidence.pk).update(archived_url="https://archive.example/1")
        response = self.client.get(self.page)
        data = form_data(response, archived_url="https://archive.example/2", accessed_on="2025-01-01")
        self.assertEqual(self.client.post(self.page, data).status_code, 302)
        self.assertEqual(self.stored()["archived_url"], "https://archive.example/1")
        self.assertEqual(self.stored()["accessed_on"], date(2025, 1, 1))

    def test_two_at_the_same_moment(self):
        data = form_data(self.client.get(self.page), archived_url="https://archive.example/2", accessed_on="2025-01-01")
        first = Evidence(pk=self.evidence.pk, archived_url="https://archive.example/1", accessed_on=date(2024, 1, 1))
        before = self.stored()
        with mock.patch("django.db.models.query.QuerySet.select_for_update") as locked:
            locked.return_value.get.return_value = first
            response = self.client.post(self.page, data)
        self.assertContains(response, "The one that is there stays.")
        self.assertEqual(self.stored(), before)

    def test_reporters_add_none(self):
        self.client.force_login(self.alice)
        self.assertEqual(self.client.post(self.page, {"archived_url": "https://archive.example/1"}).status_code, 403)
        self.assertEqual(self.stored()["archived_url"], "")

    def test_what_only_a_draft_rests_on_is_written_freely(self):
        self.client.force_login(self.alice)
        page = reverse("admin:articles_evidence_change", args=[self.hidden_evidence.pk])
        self.assertIn("title", self.client.get(page).context["adminform"].form.fields)

    def test_the_source_of_a_public_wording_is_the_editors(self):
        source = Evidence.objects.create(title="Speech", url="https://example.org/speech", publisher="The Gazette", voice="media")
        newsroom.Wording.objects.create(commitment=self.ratify, evidence=source, exact="consult", strength="consult")
        page = reverse("admin:articles_evidence_change", args=[source.pk])
        self.assertIn("title", self.client.get(page).context["adminform"].form.fields)
        self.client.force_login(self.alice)
        self.assertEqual(self.client.get(page).context["adminform"].form.fields, {})


def together(act, count):
    """Do it so many times at once."""
    threads = [threading.Thread(target=act) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class TwoWindowsTests(TransactionTestCase):
    """Two people record at the same moment: each gets a number, and no window an error."""

    serialized_rollback = True

    def test_of_the_same_form_sent_by_both_one_is_kept(self):
        cast = make_cast()
        self.client.force_login(cast.alice)
        data = {"summary": "The law was signed.", "happened_on": "2025-03-01", "happened_on_precision": "day", "evidence": ""}
        data |= {**NEW, "delivery": "in-part", "effect": "not-assessed", "rung": "signed", "_submit": "1"}
        led_to, failed = [], []

        def press():
            client = Client()
            client.cookies = self.client.cookies
            try:
                for attempt in range(80):
                    try:
                        response = client.post(record_url(cast.ratify), data)
                    except OperationalError:  # the table of a shared database in memory is locked: try again
                        response = None
                    if response is not None and response.status_code == 302:
                        led_to.append(response.headers["Location"])
                        return
                    time.sleep(0.01 * (attempt + 1))
            except Exception as error:
                failed.append(error)
            finally:
                connections.close_all()

        together(press, 4)
        self.assertEqual(failed, [])
        [update] = ProgressUpdate.objects.filter(summary="The law was signed.")
        self.assertEqual(led_to, [reverse("admin:articles_progressupdate_change", args=[update.pk])] * 4)
        self.assertEqual([move.verb for move in update.history()], ["submit"])
        self.assertEqual(Evidence.objects.filter(url=NEW["new-url"]).count(), 1)

    def test_each_takes_a_number_of_its_own(self):
        cast = make_cast()
        commitment, evidence, person = cast.ratify.pk, cast.evidence.pk, cast.alice
        failed = []

        def record():
            facts = {"happened_on": date(2025, 1, 1), "delivery": "under-way", "summary": "-", "evidence_id": evidence}
            try:
                for attempt in range(80):
                    try:
                        with transaction.atomic():
                            update = ProgressUpdate(commitment_id=commitment, recorded_by=person, **facts)
                            update.take_number()
                            time.sleep(0.01)
                            update.save()
                    except OperationalError:  # the table of a shared database in memory is locked: try again
                        time.sleep(0.01 * (attempt + 1))
                    else:
                        return
            except Exception as error:
                failed.append(error)
            finally:
                connections.close_all()

        together(record, 6)
        self.assertEqual(failed, [])
        numbers = ProgressUpdate.objects.filter(commitment=commitment).order_by("number").values_list("number", flat=True)
        self.assertEqual(list(numbers), list(range(1, 9)))
