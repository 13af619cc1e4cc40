"""The watch list of the desk: what lies in each pile, for whom, where its rows lead, and that the lists show the same."""

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from articles.admin.desk import Desk
from articles.admin.trays import ROWS
from articles.admin.watch import PILES
from articles.models import Commitment, Evidence, Link, ProgressUpdate, Reply
from conventions.models import Ratification
from tests.cast import PUBLISHED_AT, SOURCE, CastMixin
from tests.forms import request_of

pytestmark = pytest.mark.rules

PUBLIC = {"status": "published", "published_at": PUBLISHED_AT}


class WatchCase(CastMixin, TestCase):
    def piles(self, who):
        self.who = who
        self.__dict__.pop("response", None)
        return {pile.name: pile for pile in Desk(request_of(who), admin.site).watch}

    @cached_property
    def response(self):
        """The page of whoever was asked about last."""
        self.client.force_login(self.who)
        return self.client.get("/admin/")

    def pile(self, who, name):
        """The records in a pile, or None where the desk has no such pile."""
        pile = self.piles(who).get(name)
        return pile and [row.record for row in pile.rows]

    def update_of(self, commitment, days_ago, delivery="under-way", **changes):
        number = (commitment.updates.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        facts = {"number": number, "happened_on": timezone.localdate() - timedelta(days=days_ago), "summary": "-", **PUBLIC}
        facts |= {"delivery": delivery, "evidence": self.evidence, "recorded_by": self.alice, "drafted_by": self.alice}
        return ProgressUpdate.objects.create(commitment=commitment, **facts | changes)

    def due(self, commitment, days):
        day = timezone.localdate() + timedelta(days=days)
        Commitment.objects.filter(pk=commitment.pk).update(due_on=day, due_on_precision="day")

    def fill(self, count):
        """So many in every pile."""
        for number in range(count):
            facts = {"roadmap": self.roadmap, "number": number + 10, "slug": f"c-{number}", "exact": "x", "source": SOURCE}
            Commitment.objects.create(title=f"Promise {number}", strength="other", due_on=date(2020, 1, 1), **facts)
            closed = {**facts, "number": number + 500, "slug": f"d-{number}"}
            self.update_of(Commitment.objects.create(title=f"Done {number}", strength="other", **closed), 1, "delivered")
            self.dead(f"https://dead.example/{number}")
            Reply.objects.create(commitment=self.ratify, kind="error", text="-", sender="s")

    def dead(self, url, state="gone", archived_url="", days=3):
        evidence = Evidence.objects.create(title="T", url=url, publisher="P", voice="media", archived_url=archived_url)
        since = timezone.now() - timedelta(days=days)
        Link.objects.create(url=url, state=state, told="404 Not Found", asked_at=timezone.now(), failing_since=since)
        return evidence


class PileTests(WatchCase):
    def test_it_works(self):
        piles = self.piles(self.boris)
        self.assertEqual(list(piles), sorted(PILES, key=lambda name: not piles[name].total), "What is empty comes last.")
        for pile in self.piles(self.boris).values():
            self.assertContains(self.response, pile.title)

    def test_who_has_which(self):
        reporters = ["overdue", "quiet", "register", "unregistered", "dead"]
        self.assertEqual(set(self.piles(self.alice)), set(reporters))
        self.assertEqual(set(self.piles(self.chloe)), set(PILES))
        self.assertEqual(list(self.piles(self.walter)), [])
        self.walter.user_permissions.add(Permission.objects.get(codename="view_reply"))
        self.assertEqual(list(self.piles(self.walter)), [], "Whoever can only read them has nothing to do with them.")

    def test_overdue(self):
        self.due(self.ratify, -1)
        self.due(self.amend, 0)
        self.due(self.hidden_commitment, -9)
        self.assertEqual(self.pile(self.alice, "overdue"), [self.ratify])
        self.assertContains(self.response, reverse("admin:articles_progressupdate_record") + f"?commitment={self.ratify.pk}")
        self.update_of(self.ratify, 1, "not-delivered")
        self.assertEqual(self.pile(self.alice, "overdue"), [])

    def test_no_evidence_for_180_days(self):
        for commitment in (self.ratify, self.amend):
            self.update_of(commitment, 180)
        self.assertEqual(self.pile(self.alice, "quiet"), [])

    def test_the_days_count_to_what_is_in_effect(self):
        self.update_of(self.ratify, 181)
        self.update_of(self.amend, 181, "delivered")
        self.assertEqual(self.pile(self.alice, "quiet"), [self.ratify])
        self.assertContains(self.response, "last")

    def test_where_nothing_was_recorded_they_count_from_the_promise(self):
        for days, expected in [(180, []), (181, [self.amend])]:
            made = timezone.localdate() - timedelta(days=days)
            Commitment.objects.filter(pk=self.amend.pk).update(made_on=made, made_on_precision="day")
            self.update_of(self.ratify, 1)
            self.assertEqual(self.pile(self.alice, "quiet"), expected)

    def test_a_draft_says_nothing_yet(self):
        self.update_of(self.ratify, 181)
        self.update_of(self.ratify, 1, status="draft", published_at=None)
        self.update_of(self.amend, 1)
        self.assertEqual(self.pile(self.alice, "quiet"), [self.ratify])

    def test_verdicts_are_for_somebody_else(self):
        verdict = self.update_of(self.amend, 5, "delivered", recorded_by=self.boris)
        self.assertEqual(self.pile(self.carl, "verdicts"), [verdict])
        self.assertEqual(self.pile(self.boris, "verdicts"), [], "It is his own.")
        self.assertIsNone(self.pile(self.alice, "verdicts"))
        for who in (self.carl, self.boris):
            offered = who.has_perm("articles.confirm_progressupdate") and who.pk not in verdict.author_ids()
            self.assertEqual(offered, self.pile(who, "verdicts") == [verdict])
        verdict.confirm(by=self.carl)
        self.assertEqual(self.pile(self.carl, "verdicts"), [])

    def test_a_verdict_that_is_superseded_needs_no_confirmation(self):
        verdict = self.update_of(self.amend, 5, "delivered")
        self.update_of(self.amend, 4, "in-part", supersedes=verdict, reason="It was less.")
        self.assertEqual(self.pile(self.carl, "verdicts"), [])

    def test_met_by_the_register(self):
        facts = {"country": self.kaz, "convention": self.c176, "status": "in-force", "registered": True, "verification": "day"}
        act = Ratification.objects.create(ratified_on=date(2025, 3, 1), source=SOURCE, **facts)
        self.assertEqual(self.pile(self.alice, "register"), [self.ratify])
        self.assertContains(self.response, f"?commitment={self.ratify.pk}&amp;act={act.pk}")
        self.update_of(self.ratify, 1, "delivered")
        self.assertEqual(self.pile(self.alice, "register"), [])

    def test_delivered_but_not_in_the_register(self):
        self.assertEqual(self.pile(self.alice, "unregistered"), [])
        self.assertContains(self.response, "Every ratification that an update calls delivered is in the register.")
        self.update_of(self.ratify, 1, "delivered")
        self.update_of(self.amend, 1, "delivered")
        self.assertEqual(self.pile(self.alice, "unregistered"), [self.ratify])
        self.assertContains(self.response, "Delivered, but not in the register")
        facts = {"country": self.kaz, "convention": self.c176, "status": "in-force", "registered": True, "verification": "day"}
        Ratification.objects.create(ratified_on=date(2025, 3, 1), source=SOURCE, **facts)
        self.assertEqual(self.pile(self.alice, "unregistered"), [])

    def test_evidence_that_answers_no_more(self):
        gone, unreachable = self.dead("https://a.example/"), self.dead("https://b.example/", "unreachable", days=9)
        self.dead("https://c.example/", "refused")
        self.dead("https://d.example/", "answers")
        self.dead("https://e.example/", archived_url="https://archive.example/e")
        both = self.dead("https://f.example/", archived_url="https://archive.example/f", days=1)
        Link.objects.create(url="https://archive.example/f", state="gone", asked_at=timezone.now())
        self.assertEqual(self.pile(self.boris, "dead"), [unreachable, gone, both])
        self.assertContains(self.response, reverse("admin:articles_evidence_change", args=[gone.pk]))
        self.assertContains(self.response, "404 Not Found")

    def test_replies(self):
        Reply.objects.filter(pk=self.report.pk).update(received_at=timezone.now())
        older = Reply.objects.create(commitment=self.ratify, kind="error", text="-", sender="s", received_at=PUBLISHED_AT)
        settled = Reply.objects.create(commitment=self.ratify, kind="error", text="-", sender="s")
        settled.settle(by=self.boris, outcome="Done.")
        self.assertEqual(self.pile(self.boris, "replies"), [older, self.report])
        self.assertContains(self.response, reverse("admin:articles_reply_change", args=[older.pk]))
        self.assertNotContains(self.response, "SECRETADDRESS")
        self.assertIsNone(self.pile(self.alice, "replies"))


class ListTests(WatchCase):
    def test_more_than_a_pile_holds_is_in_the_filtered_list(self):
        self.fill(ROWS + 2)
        for name, pile in self.piles(self.carl).items():
            if name in ("register", "unregistered"):
                continue
            with self.subTest(name=name):
                self.assertEqual(len(pile.rows), ROWS)
                self.assertGreaterEqual(pile.total, ROWS + 2)
                self.assertContains(self.response, pile.every)
                found = self.client.get(pile.every).context["cl"].queryset
                self.assertEqual(found.count(), pile.total)
                self.assertLessEqual({row.record.pk for row in pile.rows}, {record.pk for record in found})

    def test_every_list_opens_also_for_nonsense(self):
        self.client.force_login(self.boris)
        for pile in self.piles(self.boris).values():
            self.assertEqual(self.client.get(pile.every).status_code, 200)
            self.assertEqual(self.client.get(pile.every.split("=")[0] + "=nonsense").status_code, 200)

    def test_at_a_glance(self):
        self.piles(self.boris)
        self.assertContains(self.response, '<a href="#replies" class="mine">')
        self.assertTrue(self.response.context["desk"].has_work_to_do)

    def test_one_query_each(self):
        self.fill(3)
        desk = self.piles(self.boris) and self.response.context["desk"]
        del desk.__dict__["watch"]
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(len(desk.watch), len(PILES))
        asked = [
            query["sql"] for query in captured if "django_content_type" not in query["sql"] and "auth_" not in query["sql"][:60]
        ]
        self.assertLessEqual(len(asked), len(PILES))
