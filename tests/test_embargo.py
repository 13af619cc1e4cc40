"""Embargoes: until their end nobody but those named sees the record, by whatever door of the back office."""

from datetime import timedelta
from unittest import mock

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import (
    Article,
    Commitment,
    Embargo,
    Image,
    Insider,
    PreviewLink,
    ProgressUpdate,
    Publishable,
    Refused,
    Roadmap,
    Statistic,
    Term,
    Transition,
)
from tests.cast import NEVER_YET, CastMixin, account
from tests.forms import form_data, request_of

pytestmark = pytest.mark.rules

MINISTRY = "Ministry of Labour: not before the press conference."


class EmbargoCase(CastMixin, TestCase):
    """dora is a second reporter: she neither wrote nor reviews anything."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.dora = account("dora", "reporter")
        cls.until = timezone.now() + timedelta(days=3)

    def bind(self, record, by=None, until=None, people=(), source=MINISTRY):
        return Embargo.objects.set(record, by=by or self.alice, until=until or self.until, source=source, people=people)

    def address(self, record, page="change"):
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])

    def seen_by(self, record):
        """The names of those who see it, asked of many records and of one in hand."""
        names = ("alice", "boris", "carl", "chloe", "dora", "root")
        people = {name: getattr(self, name) for name in names}
        many = {name for name, who in people.items() if type(record).objects.visible_to(who).filter(pk=record.pk).exists()}
        self.assertEqual(many, {name for name, who in people.items() if record.is_visible_to(who)})
        return many

    def refused(self, error, verb, *args, **kwargs):
        """The verb is refused, and nothing has changed."""
        tables = (Embargo, Insider, Article, Roadmap, ProgressUpdate, Transition, PreviewLink)
        before = [list(model.objects.order_by("pk").values()) for model in tables]
        with self.assertRaises(error) as refusal:
            verb(*args, **kwargs)
        self.assertEqual([list(model.objects.order_by("pk").values()) for model in tables], before)
        return str(refusal.exception)


class RuleTests(EmbargoCase):
    def test_it_works(self):
        self.assertEqual(self.seen_by(self.draft), {"alice", "boris", "carl", "chloe", "dora", "root"})
        embargo = self.bind(self.draft)
        self.assertEqual(self.seen_by(self.draft), {"alice", "chloe", "root"})
        self.assertEqual((self.draft.embargo, embargo.headline), (embargo, self.draft.headline))
        with mock.patch.object(timezone, "now", return_value=self.until + timedelta(seconds=1)):
            self.assertEqual(len(self.seen_by(self.draft)), 6)
            self.assertIsNone(self.draft.embargo)

    def test_nothing_else_is_hidden(self):
        self.bind(self.draft)
        for model in Publishable.__subclasses__():
            others = set(model.objects.exclude(pk=self.draft.pk) if model is Article else model.objects.all())
            self.assertEqual(set(model.objects.visible_to(self.dora)), others)

    def test_those_named_see_it(self):
        self.bind(self.draft, people=[self.dora, self.carl])
        self.assertEqual(self.seen_by(self.draft), {"alice", "carl", "chloe", "dora", "root"})

    def test_whoever_set_it_sees_it(self):
        self.bind(self.draft, by=self.boris)
        self.assertEqual(self.seen_by(self.draft), {"alice", "boris", "chloe", "root"})

    def test_whoever_is_asked_to_review_sees_it(self):
        self.bind(self.draft)
        self.draft.submit(by=self.alice, to=self.carl)
        self.assertEqual(self.seen_by(self.draft), {"alice", "carl", "chloe", "root"})

    def test_authors_see_it(self):
        """Whoever wrote a version or handed it in knows it."""
        from conventions.models import Version

        Version.objects.keep(self.draft, by=self.dora)
        self.draft.submit(by=self.carl)
        ProgressUpdate.objects.filter(pk=self.draft_update.pk).update(recorded_by=self.dora)
        for record in (self.draft, self.draft_update):
            self.bind(record)
            for who in (self.alice, self.carl, self.dora) if record == self.draft else (self.alice, self.dora):
                self.assertTrue(record.is_visible_to(who))
            self.assertFalse(record.is_visible_to(self.boris))

    def test_what_stands_in_a_roadmap_goes_with_it(self):
        update = ProgressUpdate.objects.filter(pk=self.draft_update.pk)
        update.update(commitment=self.hidden_commitment, drafted_by=self.dora)
        self.bind(self.hidden_roadmap)
        for model, record in [(Commitment, self.hidden_commitment), (type(self.hidden_area), self.hidden_area)]:
            self.assertFalse(model.objects.visible_to(self.boris).filter(pk=record.pk).exists())
            self.assertTrue(model.objects.visible_to(self.chloe).filter(pk=record.pk).exists())
            self.assertTrue(model.objects.visible_to(self.alice).filter(pk=record.pk).exists())
        self.assertFalse(update.get().is_visible_to(self.boris))
        self.assertFalse(update.get().is_visible_to(self.dora))
        self.assertTrue(Commitment.objects.visible_to(self.boris).filter(pk=self.ratify.pk).exists())


class VerbTests(EmbargoCase):
    def test_by_an_author_or_a_reviewer(self):
        self.refused(PermissionDenied, self.bind, self.draft, by=self.dora)
        self.refused(PermissionDenied, self.bind, self.draft, by=self.walter)
        for who, record in [(self.alice, self.draft), (self.boris, self.in_review), (self.chloe, self.hidden_roadmap)]:
            self.assertEqual(self.bind(record, by=who).set_by, who)

    def test_it_says_until_when_and_who_asks(self):
        self.refused(Refused, self.bind, self.draft, until=timezone.now())
        self.assertIn("who asks", self.refused(Refused, self.bind, self.draft, source=" "))

    def test_what_was_public_cannot_be_hidden(self):
        for record in (self.published, self.withdrawn, self.resubmitted, self.roadmap, self.update):
            self.assertIn("was public already", self.refused(Refused, self.bind, record, by=self.boris))

    def test_what_is_scheduled_becomes_public_after_it(self):
        self.bind(self.scheduled)
        self.assertIn("Request changes first", self.refused(Refused, self.bind, self.scheduled, until=NEVER_YET + timedelta(1)))

    def test_it_is_changed_by_whoever_set_it_or_a_chief_and_every_act_is_kept(self):
        first = self.bind(self.draft, by=self.boris, people=[self.dora])
        for who in (self.alice, self.dora, self.carl):
            self.refused(PermissionDenied, self.bind, self.draft, by=who)
            self.refused(PermissionDenied, first.lift, by=who)
        second = self.bind(self.draft, by=self.boris, people=[self.carl])
        third = self.bind(self.draft, by=self.chloe)
        rows = [(each.pk, each.lifted_by, [*each.people.all()]) for each in Embargo.objects.of(self.draft)]
        self.assertEqual(rows, [(third.pk, None, []), (second.pk, self.chloe, [self.carl]), (first.pk, self.boris, [self.dora])])
        self.assertEqual(self.seen_by(self.draft), {"alice", "chloe", "root"})
        self.refused(PermissionDenied, self.bind, self.draft, by=self.boris)

    def test_it_is_lifted_once(self):
        embargo = self.bind(self.draft)
        embargo.lift(by=self.chloe)
        self.assertEqual(len(self.seen_by(self.draft)), 6)
        self.refused(Refused, embargo.lift, by=self.alice)
        self.bind(self.draft, until=self.until)
        with mock.patch.object(timezone, "now", return_value=self.until + timedelta(1)):
            self.assertIn("ended already", self.refused(Refused, Embargo.objects.first().lift, by=self.alice))

    def test_publication_before_its_end_is_refused(self):
        self.bind(self.in_review, by=self.boris)
        for at in (None, self.until - timedelta(seconds=1)):
            sentence = self.refused(Refused, self.in_review.publish, by=self.boris, at=at)
            self.assertIn("is under embargo until", sentence)
            self.assertIn("publish at that time or later, or lift it", sentence)
        self.in_review.publish(by=self.boris, at=self.until)
        self.assertTrue(Article.objects.get(pk=self.in_review.pk).is_scheduled)

    def test_lifted_it_is_published(self):
        self.bind(self.in_review, by=self.boris).lift(by=self.boris)
        self.in_review.publish(by=self.boris)
        self.assertTrue(self.in_review.is_published)

    def test_nobody_moves_what_they_may_not_see(self):
        self.bind(self.in_review)
        self.refused(PermissionDenied, self.in_review.publish, by=self.boris, at=NEVER_YET)
        self.refused(PermissionDenied, self.in_review.request_changes, by=self.boris, reason="x")
        self.bind(self.draft_update)
        self.refused(PermissionDenied, self.draft_update.confirm, by=self.boris)
        self.refused(Refused, self.draft_update.confirm, by=self.chloe)  # who may see it: it is not public yet

    def test_nobody_shows_around_what_they_may_not_see(self):
        self.bind(self.draft)
        self.refused(PermissionDenied, PreviewLink.objects.make, self.draft, by=self.boris, term=Term.DAY)
        PreviewLink.objects.make(self.draft, by=self.alice, term=Term.DAY)

    def test_the_database_keeps_every_row(self):
        embargo = self.bind(self.draft, people=[self.dora])
        rows = Embargo.objects.filter(pk=embargo.pk)
        for changes in ({"until": NEVER_YET}, {"source": "x"}, {"set_by": self.dora}, {"object_id": self.in_review.pk}):
            with self.assertRaises(IntegrityError), transaction.atomic():
                rows.update(**changes)
        for kept in (Insider.objects.all(), rows):
            with self.assertRaises((IntegrityError, ProtectedError)), transaction.atomic():
                kept._raw_delete(kept.db)
        with self.assertRaises(IntegrityError), transaction.atomic():
            Insider.objects.update(person=self.carl)
        with self.assertRaises(IntegrityError), transaction.atomic():
            rows.update(lifted_at=timezone.now())
        self.assertEqual([each.person for each in Insider.objects.all()], [self.dora])


class DoorTests(EmbargoCase):
    """Every page of the back office that could tell of an embargoed record, asked by everybody."""

    WORD = "SECRETDRAFT"
    SEE, SEE_NOT = ("alice", "chloe", "root"), ("boris", "carl", "dora")

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.in_review.related.set([cls.draft])
        cls.published.related.set([cls.draft])
        Article.objects.filter(pk=cls.in_review.pk).update(translation_of=cls.draft, language="fr")
        Embargo.objects.set(cls.draft, by=cls.alice, until=cls.until, source=MINISTRY)
        cls.draft.submit(by=cls.alice)

    def get(self, who, address, **query):
        self.client.force_login(getattr(self, who))
        return self.client.get(address, query)

    def assertToldTo(self, address, **query):
        """Those who may see it read of it there, and nobody else does; the page is there for all."""
        for who in (*self.SEE, *self.SEE_NOT):
            with self.subTest(who=who, address=address):
                response = self.get(who, address, **query)
                self.assertEqual(response.status_code, 200)
                (self.assertIn if who in self.SEE else self.assertNotIn)(
                    self.WORD.casefold(), response.content.decode().casefold()
                )

    def assertOpenTo(self, address, shut=404, **query):
        for who in (*self.SEE, *self.SEE_NOT):
            with self.subTest(who=who, address=address):
                response = self.get(who, address, **query)
                self.assertEqual(response.status_code in (200, 302) and response.status_code != shut, who in self.SEE)
                if who in self.SEE_NOT:
                    self.assertEqual(response.status_code, shut)
                    self.assertNotIn(
                        self.WORD.casefold(), (response.content.decode() + response.headers.get("Location", "")).casefold()
                    )

    def test_change_lists(self):
        self.assertToldTo("/admin/articles/article/")
        self.assertToldTo("/admin/articles/article/", q="headline", state="in_review")

    def test_its_own_pages(self):
        for page in ("preview", "bare", "frame", "links", "comments", "embargo"):
            self.assertOpenTo(self.address(self.draft, page))
        for page in ("change", "history", "delete"):
            for who in self.SEE_NOT:
                with self.subTest(page=page, who=who):
                    response = self.get(who, self.address(self.draft, page))
                    self.assertIn(response.status_code, (302, 403))
                    self.assertNotIn(self.WORD, response.content.decode())
            self.assertEqual(self.get("chloe", self.address(self.draft, page)).status_code, 200)

    def test_moves(self):
        address = reverse("admin:articles_article_move", args=["publish"])
        for who in ("boris", "carl"):
            self.assertEqual(self.get(who, address, ids=self.draft.pk).status_code, 404)
            self.assertEqual(self.client.post(f"{address}?ids={self.draft.pk}", {}).status_code, 404)
        self.assertContains(self.get("chloe", address, ids=self.draft.pk), "under embargo until")
        self.assertEqual(Article.objects.get(pk=self.draft.pk).status, "in_review")

    def test_posts(self):
        """What cannot be seen cannot be changed, commented on or shown around either."""
        data = form_data(self.get("chloe", self.address(self.draft)), headline="Stolen")
        for who in self.SEE_NOT:
            self.client.force_login(getattr(self, who))
            self.assertEqual(self.client.post(self.address(self.draft), data).status_code, 302)
            for page, sent in [
                ("comments", {"seen": "", "text": "x"}),
                ("embargo", {"lift": "lift"}),
                ("links", {"term": "day"}),
            ]:
                self.assertEqual(self.client.post(self.address(self.draft, page), sent).status_code, 404)
            action = {"action": "delete_selected", "_selected_action": [self.draft.pk], "post": "yes"}
            self.client.post("/admin/articles/article/", action)
        self.assertEqual(Article.objects.get(pk=self.draft.pk).headline, self.draft.headline)
        self.assertIsNotNone(self.draft.embargo)
        self.assertFalse(PreviewLink.objects.exists())

    def test_autocompletes(self):
        facts = {"app_label": "articles", "model_name": "article", "field_name": "related", "term": "SECRETDRAFT"}
        self.assertToldTo("/admin/autocomplete/", **facts)

    def test_the_find_box(self):
        for who in (*self.SEE, *self.SEE_NOT):
            response = self.get(who, "/admin/find/", q=self.draft.headline)
            (self.assertContains if who in self.SEE else self.assertNotContains)(response, self.address(self.draft))

    def test_the_desk(self):
        kind = ContentType.objects.get_for_model(Article)
        for who in self.SEE_NOT:
            entry = {"user": getattr(self, who), "content_type": kind, "object_id": self.draft.pk, "object_repr": str(self.draft)}
            LogEntry.objects.create(**entry, action_flag=CHANGE)
            self.assertNotContains(self.get(who, "/admin/"), self.WORD)
        self.assertContains(self.get("alice", "/admin/"), "under embargo until")
        self.assertContains(self.get("chloe", "/admin/"), self.WORD)

    def test_the_log(self):
        moves = Transition.objects.of(self.draft)
        self.assertToldTo("/admin/articles/transition/", q="headline")
        for who in self.SEE_NOT:
            response = self.get(who, reverse("admin:articles_transition_change", args=[moves.first().pk]))
            self.assertEqual(response.status_code, 302)
        self.assertContains(self.get("chloe", "/admin/articles/transition/"), self.WORD)

    def test_the_shortcut_to_the_public_page(self):
        kind = ContentType.objects.get_for_model(Article)
        self.assertOpenTo(f"/admin/r/{kind.pk}/{self.draft.pk}/")
        self.assertEqual(self.get("walter", f"/admin/r/{kind.pk}/{self.published.pk}/").status_code, 404)
        self.assertEqual(self.get("alice", f"/admin/r/{kind.pk}/{self.published.pk}/").status_code, 302)
        for path in (f"/admin/r/{kind.pk}/999999/", f"/admin/r/99999/{self.draft.pk}/"):
            self.assertEqual(self.get("root", path).status_code, 404)

    def test_forms_of_what_is_linked_to_it(self):
        """The link is there without a name, and is still there when somebody who may not see it saves the form."""
        self.assertToldTo(self.address(self.in_review))
        self.assertToldTo(self.address(self.published))
        response = self.get("boris", self.address(self.in_review))
        self.assertContains(response, "under embargo")
        data = form_data(response, standfirst="Another one.")
        self.assertEqual(self.client.post(self.address(self.in_review), data).status_code, 302)
        saved = Article.objects.get(pk=self.in_review.pk)
        self.assertEqual(
            (saved.standfirst, saved.translation_of, [*saved.related.all()]), ("Another one.", self.draft, [self.draft])
        )

    def test_nobody_links_to_what_they_may_not_see(self):
        data = form_data(self.get("boris", self.address(self.resubmitted)))
        for name in ("related", "translation_of"):
            response = self.client.post(self.address(self.resubmitted), {**data, name: self.draft.pk, "language": "fr"})
            self.assertContains(response, "Select a valid choice")
            self.assertNotContains(response, self.WORD)
        self.assertFalse(self.resubmitted.related.filter(pk=self.draft.pk).exists())

    def test_forms_that_are_only_read(self):
        from django.contrib.auth.models import Permission

        self.walter.user_permissions.set(Permission.objects.filter(codename__in=["view_article", "view_statistic"]))
        for record in (self.in_review, self.published):
            response = self.get("walter", self.address(record))
            self.assertEqual(response.status_code, 200)
            self.assertNotContains(response, self.WORD)
        saved = Article.objects.get(pk=self.in_review.pk)
        self.assertEqual((saved.translation_of, [*saved.related.all()]), (self.draft, [self.draft]))

    def test_what_forms_list_beside_their_fields(self):
        figure = Statistic.objects.get(articles=self.draft)
        Statistic.objects.filter(pk=figure.pk).update(indicator="A figure", unit="persons")
        self.assertToldTo(self.address(figure))
        Article.objects.filter(pk=self.draft.pk).update(translation_of=self.resubmitted, language="ru")
        self.assertToldTo(self.address(self.resubmitted))

    def test_a_deletion_does_not_tell_what_stands_in_its_way(self):
        image = Image.objects.get(articles=self.draft)
        Image.objects.filter(pk=image.pk).update(name="A picture", caption="A caption")
        response = self.get("boris", self.address(image, "delete"))
        self.assertContains(response, "Article: under embargo")
        self.assertNotContains(response, self.WORD)
        self.assertContains(self.get("root", self.address(image, "delete")), self.draft.headline)
        response = self.get("boris", self.address(self.hidden_minister, "delete"))
        self.assertContains(response, "Appearance: under embargo", count=1)
        self.assertNotContains(response, self.WORD)

    def test_the_page_of_a_change(self):
        from conventions.snapshots import snapshot

        shot = snapshot(self.published)
        shot["sets"]["related"] = []
        self.published.propose(shot, by=self.alice)
        self.published.submit_change(by=self.alice)
        address = reverse("admin:articles_article_move", args=["apply"])
        for who in ("boris", "carl"):
            response = self.get(who, address, ids=self.published.pk)
            self.assertContains(response, "under embargo")
            self.assertNotContains(response, self.WORD)
        self.assertContains(self.get("chloe", address, ids=self.published.pk), self.draft.headline)

    def test_a_hidden_roadmap_takes_its_commitments_with_it(self):
        Embargo.objects.set(self.hidden_roadmap, by=self.alice, until=self.until, source=MINISTRY)
        for path in ("roadmap", "commitment", "priorityarea"):
            for who in self.SEE_NOT:
                response = self.get(who, f"/admin/articles/{path}/")
                for word in ("SECRETROADMAP", "SECRETCOMMITMENT", "SECRETAREA"):
                    self.assertNotContains(response, word)
        self.assertContains(self.get("alice", "/admin/articles/commitment/"), "SECRETCOMMITMENT")
        self.assertEqual(self.get("boris", self.address(self.hidden_commitment)).status_code, 302)
        for field, term in [("roadmap", "SECRETROADMAP"), ("area", "SECRETAREA")]:
            facts = {"app_label": "articles", "model_name": "commitment", "field_name": field, "term": term}
            self.assertEqual(self.get("boris", "/admin/autocomplete/", **facts).json()["results"], [])
            self.assertEqual(len(self.get("alice", "/admin/autocomplete/", **facts).json()["results"]), 1)

    def test_every_list_that_can_hide_something_does(self):
        """A form that is registered later for such records cannot forget it."""
        for model, model_admin in admin.site._registry.items():
            if hasattr(model._default_manager, "visible_to"):
                self.assertIn("NOT", str(model_admin.get_queryset(request_of(self.dora)).query), model)

    def test_mail(self):
        """Nobody is written to about what they may not see."""
        from articles.mail import messages_about

        for who in (self.boris, self.carl, self.chloe):
            type(who).objects.filter(pk=who.pk).update(email=f"{who.pk}@example.org")
        [message] = messages_about(Transition.objects.of(self.draft).last(), self.draft.author_ids())
        self.assertEqual(message.to, [f"{self.chloe.pk}@example.org"])

    def test_when_it_ends_all_doors_open(self):
        Embargo.objects.get().lift(by=self.chloe)
        for who in (*self.SEE, *self.SEE_NOT):
            self.assertContains(self.get(who, "/admin/articles/article/"), self.WORD)
            self.assertEqual(self.get(who, self.address(self.draft)).status_code, 200)
            self.assertContains(self.get(who, "/admin/articles/transition/"), self.WORD)


class LinkTests(EmbargoCase):
    def link(self, record, by):
        return f"/preview/{PreviewLink.objects.make(record, by=by, term=Term.WEEK)[1]}/"

    def status(self, path):
        return Client().get(path).status_code

    def test_a_link_made_before_is_closed_for_good(self):
        path, other = self.link(self.draft, self.alice), self.link(self.in_review, self.alice)
        self.assertEqual(self.status(path), 200)
        embargo = self.bind(self.draft)
        self.assertEqual((self.status(path), self.status(other)), (404, 200))
        self.client.force_login(self.alice)
        self.assertContains(self.client.get(self.address(self.draft, "links")), "It opens nothing any more.")
        embargo.lift(by=self.alice)
        self.assertEqual(self.status(path), 404)

    def test_a_link_of_somebody_who_sees_it_opens_it(self):
        self.bind(self.draft)
        path = self.link(self.draft, self.alice)
        self.assertContains(Client().get(path), "Under embargo until")
        self.bind(self.draft, until=self.until + timedelta(days=1))
        self.assertEqual(self.status(path), 404)

    def test_a_link_of_somebody_who_sees_it_no_more_is_closed(self):
        self.bind(self.draft)
        path = self.link(self.draft, self.chloe)
        self.assertEqual(self.status(path), 200)
        self.chloe.groups.clear()
        self.assertEqual(self.status(path), 404)

    def test_the_bar_says_it(self):
        self.client.force_login(self.alice)
        self.assertNotContains(self.client.get(self.address(self.draft, "preview")), "mbargo")
        embargo = self.bind(self.draft)
        for page in ("preview", "frame"):
            self.assertContains(self.client.get(self.address(self.draft, page)), f"Under embargo until {embargo.end}.")


class ScreenTests(EmbargoCase):
    def send(self, record, by, **data):
        self.client.force_login(by)
        return self.client.post(self.address(record, "embargo"), data, follow=True)

    def terms(self, **changes):
        return {"until": self.until.strftime("%Y-%m-%dT%H:%M"), "source": MINISTRY, "people": [self.dora.pk], **changes}

    def test_it_works(self):
        response = self.send(self.draft, self.alice, **self.terms())
        self.assertContains(response, "is under embargo until")
        embargo = self.draft.embargo
        self.assertEqual((embargo.set_by, embargo.source, [*embargo.people.all()]), (self.alice, MINISTRY, [self.dora]))
        for who in (self.alice, self.dora, self.chloe):
            self.client.force_login(who)
            form = self.client.get(self.address(self.draft))
            self.assertContains(form, f"Under embargo until {embargo.end}.")
            self.assertContains(form, MINISTRY)
            self.assertContains(form, self.address(self.draft, "embargo"))
        self.assertContains(self.send(self.draft, self.alice, lift="lift"), "is lifted")
        self.assertIsNone(self.draft.embargo)
        self.assertContains(self.client.get(self.address(self.draft, "embargo")), "Lifted or changed by alice")

    def test_a_change_begins_with_what_holds(self):
        self.bind(self.draft, by=self.boris, people=[self.dora])
        self.client.force_login(self.chloe)
        response = self.client.get(self.address(self.draft, "embargo"))
        self.assertContains(response, "Change the embargo")
        self.assertCountEqual(response.context["form"].initial["people"], [self.dora, self.boris])

    def test_whoever_may_not_reads_it_only(self):
        self.bind(self.draft, by=self.boris, people=[self.dora])
        for who in (self.alice, self.dora):
            for data in (self.terms(), {"lift": "lift"}):
                response = self.send(self.draft, who, **data)
                self.assertContains(response, "or by a chief")
                self.assertNotContains(response, "Lift the embargo")
        self.assertEqual(Embargo.objects.count(), 1)
        self.assertIsNone(Embargo.objects.get().lifted_at)

    def test_refusals_are_sentences(self):
        past = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        self.assertContains(self.send(self.draft, self.alice, **self.terms(until=past)), "This time has passed")
        self.assertContains(self.send(self.draft, self.alice, **self.terms(source="")), "This field is required")
        self.assertContains(self.send(self.draft, self.alice, **self.terms(people=["x"])), "not a valid value")
        self.assertContains(self.send(self.draft, self.alice, lift="lift"), "This embargo has ended already")
        self.assertContains(self.send(self.published, self.boris, **self.terms()), "was public already")
        self.assertFalse(Embargo.objects.exists())

    def test_what_is_public_offers_none(self):
        self.client.force_login(self.boris)
        self.assertNotContains(self.client.get(self.address(self.published)), "/embargo/")
        self.assertContains(self.client.get(self.address(self.draft)), "/embargo/")
        self.client.force_login(self.dora)
        self.assertNotContains(self.client.get(self.address(self.draft)), "/embargo/")

    def test_publishing_too_early_is_told(self):
        self.bind(self.in_review, by=self.boris)
        self.client.force_login(self.boris)
        address = reverse("admin:articles_article_move", args=["publish"])
        response = self.client.post(f"{address}?ids={self.in_review.pk}", {"at": ""}, follow=True)
        self.assertContains(response, "publish at that time or later, or lift it")
        self.assertEqual(Article.objects.get(pk=self.in_review.pk).status, "in_review")


class CostTests(EmbargoCase):
    def cost(self, who, path):
        self.client.force_login(who)
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(self.client.get(path).status_code, 200)
        return len(captured)

    def test_lists_and_desk_ask_no_more_where_there_are_embargoes(self):
        paths = ["/admin/", *(f"/admin/articles/{name}/" for name in ("article", "commitment", "progressupdate", "transition"))]
        people = (self.alice, self.boris, self.chloe, self.root)
        before = {(who, path): self.cost(who, path) for who in people for path in paths for _twice in "ab"}
        for record in (self.draft, self.in_review, self.hidden_roadmap, self.draft_update):
            self.bind(record)
        after = {(who, path): self.cost(who, path) for who in people for path in paths}
        for asked, number in after.items():
            self.assertLessEqual(number, before[asked], asked)
