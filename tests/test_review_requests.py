"""A text is handed to a named person or to all, and is meant for a day: whom it waits for, who may take it, what time does."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from articles.models import Article, ProgressUpdate, Publishable, Refused, Roadmap, reviewers
from conventions.models import Version
from conventions.snapshots import snapshot
from tests.cast import NEVER_YET, account
from tests.forms import AdminCase
from tests.test_desk import NOON, DeskCase

pytestmark = pytest.mark.rules

TOMORROW = NOON + timedelta(days=1)


def row(record):
    return type(record).objects.get(pk=record.pk)


def at(moment):
    """The clock of the site, stopped."""
    return mock.patch.object(timezone, "now", return_value=moment)


class AskingTests(DeskCase):
    def assert_refused(self, sentence, verb, record, **values):
        moves = record.history().count()
        with self.assertRaisesMessage(Refused, sentence):
            getattr(record, verb)(**values)
        self.assertEqual((row(record).reviewer, record.history().count()), (None, moves))

    def handed_in_change(self, **values):
        shot = snapshot(self.published)
        self.published.propose({**shot, "fields": {**shot["fields"], "headline": "Better"}}, by=self.alice)
        self.published.submit_change(by=self.alice, **values)

    def test_it_works(self):
        self.draft.submit(by=self.alice, to=self.boris, at=NEVER_YET)
        self.assertEqual((self.draft.reviewer, self.draft.meant_for), (self.boris, NEVER_YET))
        self.assertEqual((row(self.draft).reviewer, row(self.draft).meant_for), (self.boris, NEVER_YET))
        move = self.draft.history().last()
        self.assertEqual((move.verb, move.by, move.to, move.effective_at), ("submit", self.alice, self.boris, None))

    def test_a_change_asks_too(self):
        self.handed_in_change(to=self.carl)
        self.assertEqual(row(self.published).reviewer, self.carl)
        self.assertEqual(self.published.history().last().to, self.carl)

    def test_every_publishable_asks(self):
        for record in (self.draft, self.hidden_roadmap, self.draft_update):
            with self.subTest(record=record):
                record.submit(by=self.alice, to=self.chloe)
                self.assertEqual(row(record).reviewer, self.chloe)

    def test_whoever_may_not_review_cannot_be_asked(self):
        self.assert_refused("walter may not review", "submit", self.draft, by=self.alice, to=self.walter)
        self.assert_refused("alice may not review", "submit", self.draft, by=self.carl, to=self.alice)

    def test_whoever_left_cannot_be_asked(self):
        for facts in ({"is_active": False}, {"is_staff": False}):
            type(self.boris).objects.filter(pk=self.boris.pk).update(**{"is_active": True, "is_staff": True, **facts})
            self.boris.refresh_from_db()
            self.assert_refused("boris has no working account", "submit", self.draft, by=self.alice, to=self.boris)

    def test_no_author_can_be_asked(self):
        Version.objects.keep(self.draft, by=self.carl, note="a better word")
        for by, to in [(self.alice, self.carl), (self.boris, self.boris), (self.root, self.root)]:
            with self.subTest(to=to):
                self.assert_refused(f"{to} is an author", "submit", self.draft, by=by, to=to)

    def test_whoever_writes_a_change_cannot_be_asked_to_review_it(self):
        shot = snapshot(self.published)
        self.published.propose({**shot, "fields": {**shot["fields"], "headline": "Better"}}, by=self.carl)
        self.assert_refused("carl is an author", "submit_change", self.published, by=self.alice, to=self.carl)
        self.published.submit_change(by=self.alice, to=self.boris)

    def test_a_name_is_a_request_and_no_lock(self):
        self.draft.submit(by=self.alice, to=self.boris)
        self.draft.publish(by=self.carl)
        self.assertTrue(self.draft.is_published)

    def test_it_is_forgotten_when_the_text_leaves_review(self):
        def ask(record):
            record.submit(by=self.alice, to=self.boris, at=NEVER_YET)
            return record

        ask(self.draft).request_changes(by=self.carl, reason="Shorter.")
        self.assertEqual((row(self.draft).reviewer, row(self.draft).meant_for), (None, None))
        ask(self.draft).publish(by=self.carl)
        self.assertEqual((row(self.draft).reviewer, row(self.draft).meant_for), (None, None))
        self.assertEqual((self.draft.reviewer, self.draft.meant_for), (None, None))

    def test_a_change_forgets_it_too(self):
        for verb, values in [
            ("return_change", {"by": self.carl, "reason": "Shorter."}),
            ("discard", {"by": self.carl}),
            ("withdraw", {"by": self.chloe, "note": "Wrong."}),
        ]:
            with self.subTest(verb=verb):
                if row(self.published).pending_id:
                    self.published.submit_change(by=self.alice, to=self.boris)
                else:
                    self.handed_in_change(to=self.boris)
                getattr(self.published, verb)(**values)
                self.assertIsNone(row(self.published).reviewer)

    def test_an_applied_change_asks_nobody_any_more(self):
        self.handed_in_change(to=self.boris)
        self.published.apply(seen=self.published.pending.number, by=self.carl, reason="The same in fewer words.")
        self.assertIsNone(row(self.published).reviewer)

    def test_handed_in_again_it_asks_anew(self):
        self.draft.submit(by=self.alice, to=self.boris)
        self.draft.request_changes(by=self.boris, reason="Shorter.")
        self.draft.submit(by=self.alice)
        self.assertIsNone(row(self.draft).reviewer)

    def test_who_can_be_asked(self):
        self.assertCountEqual(reviewers(Article), [self.boris, self.carl, self.chloe, self.root])
        account("gone", "editor", is_active=False)
        self.assertCountEqual(reviewers(Roadmap), [self.boris, self.carl, self.chloe, self.root])
        for who in reviewers(ProgressUpdate):
            self.assertTrue(who.has_perm("articles.review_progressupdate"))


class TrayTests(DeskCase):
    def test_what_one_is_asked_for_comes_first(self):
        self.draft.submit(by=self.alice, to=self.boris)
        self.assertEqual(self.tray(self.boris, "review"), [self.draft, self.in_review, self.resubmitted])
        response = self.sit_down(self.boris)
        self.assertContains(response, "asked of you", count=1)
        self.assertContains(self.sit_down(self.alice), "asked of boris", count=1)

    def test_what_somebody_else_is_asked_for_is_in_the_lists(self):
        self.draft.submit(by=self.alice, to=self.boris)
        for other in (self.carl, self.chloe, self.root):
            self.assertNotIn(self.draft, self.tray(other, "review"))
            self.assertNotContains(self.sit_down(other), "asked of you")

    def test_whoever_becomes_an_author_is_asked_no_more(self):
        """Otherwise the text would wait for somebody who may not take it, on nobody's desk."""
        self.draft.submit(by=self.alice, to=self.boris)
        Article.objects.filter(pk=self.draft.pk).update(standfirst="Mended by the reviewer.")
        Version.objects.keep(self.draft, by=self.boris)
        self.assertNotIn(self.draft, self.tray(self.boris, "review"))
        self.assertIn(self.draft, self.tray(self.carl, "review"))

    def test_whoever_loses_the_right_or_leaves_is_asked_no_more(self):
        self.draft.submit(by=self.alice, to=self.boris)
        self.boris.groups.clear()
        self.assertIn(self.draft, self.tray(self.carl, "review"))
        self.hidden_roadmap.submit(by=self.alice, to=self.chloe)
        self.assertNotIn(self.hidden_roadmap, self.tray(self.carl, "review"))
        type(self.chloe).objects.filter(pk=self.chloe.pk).update(is_active=False)
        self.assertIn(self.hidden_roadmap, self.tray(self.carl, "review"))

    def test_the_lists_are_filtered_by_who_is_asked(self):
        self.draft.submit(by=self.alice, to=self.boris)
        for who, mine, others in [(self.boris, [self.draft], []), (self.carl, [], [self.draft])]:
            self.client.force_login(who)
            for asked, found in [("me", mine), ("all", [self.in_review, self.resubmitted]), ("others", others)]:
                with self.subTest(who=who, asked=asked):
                    listed = self.client.get(f"/admin/articles/article/?asked={asked}").context["cl"].queryset
                    self.assertCountEqual(listed, found)

    def test_every_list_has_the_filter(self):
        for model in Publishable.__subclasses__():
            self.client.force_login(self.boris)
            response = self.client.get(f"/admin/articles/{model._meta.model_name}/?asked=all")
            self.assertContains(response, "asked of")


class MeantForTests(DeskCase):
    def submit(self, moment, **values):
        with at(NOON):
            self.draft.submit(by=self.alice, at=moment, **values)

    def test_a_time_that_passes_publishes_nothing(self):
        self.submit(TOMORROW)
        for later in (timedelta(seconds=1), timedelta(days=400)):
            with at(TOMORROW + later):
                self.assertNotIn(self.draft, Article.objects.published())
                self.assertNotIn(self.draft, Article.objects.scheduled())
                self.assertEqual((row(self.draft).status, row(self.draft).published_at), ("in_review", None))
                self.assertEqual(self.client.get(self.draft.get_absolute_url()).status_code, 404)

    def test_the_desk_says_that_it_passed_to_the_reviewer_and_to_the_author(self):
        self.submit(TOMORROW)
        sentence = "Meant for 11 June 2026, 12:00: the time passed and nothing was published, because nobody has reviewed it."
        with at(TOMORROW + timedelta(minutes=1)):
            for who in (self.alice, self.boris, self.carl):
                self.assertContains(self.sit_down(who), sentence, count=1)
            self.assertNotContains(self.sit_down(self.boris), "meant for this time, in review")

    def test_until_then_it_says_what_it_is_meant_for(self):
        self.submit(TOMORROW)
        with at(NOON):
            for who in (self.alice, self.boris):
                response = self.sit_down(who)
                self.assertContains(response, "Meant for 11 June 2026, 12:00. Nothing is published before", count=1)
                self.assertNotContains(response, "the time passed")

    def test_it_stands_in_the_calendar_in_words(self):
        self.submit(TOMORROW)
        with at(NOON):
            response = self.sit_down(self.carl)
            desk = response.context["desk"]
            day = next(day for week in desk.calendar.weeks for day in week if day.total)
        self.assertEqual((str(day.date), [entry.record for entry in day.entries]), ("2026-06-11", [self.draft]))
        self.assertContains(response, "meant for this time, in review", count=1)
        self.assertEqual(desk.piles["scheduled"].total, 1)  # the one of the cast, in 2999
        self.assertEqual(desk.later, 1)

    def test_scheduled_and_meant_are_counted_together_on_a_day(self):
        self.submit(TOMORROW)
        other = self.write("Another", self.alice)
        other.submit(by=self.alice)
        with at(NOON):
            other.publish(by=self.boris, at=TOMORROW)
            desk = self.desk(self.carl)
            day = next(day for week in desk.calendar.weeks for day in week if day.total)
            self.assertEqual((day.total, len(day.entries), day.more), (2, 2, 0))
            self.assertContains(self.sit_down(self.carl), "meant for this time, in review", count=1)

    def test_the_calendar_is_there_where_nothing_is_scheduled(self):
        self.scheduled.request_changes(by=self.boris, reason="Not yet.")
        self.submit(TOMORROW)
        with at(NOON):
            self.assertContains(self.sit_down(self.boris), "meant for this time, in review")

    def test_somebody_elses_request_stands_in_the_calendar_too(self):
        self.submit(TOMORROW, to=self.boris)
        with at(NOON):
            self.assertContains(self.sit_down(self.carl), "meant for this time, in review")

    def test_the_day_is_one_of_the_time_zone_of_the_site(self):
        self.submit(datetime(2026, 6, 12, 19, 30, tzinfo=UTC))
        with at(NOON), self.settings(TIME_ZONE="Asia/Almaty"):
            response = self.sit_down(self.carl)
        self.assertContains(response, '<time datetime="2026-06-13T00:30:00+0500">00:30</time>')
        self.assertContains(response, "Meant for 13 June 2026, 00:30")


class PageTests(AdminCase):
    """The page between the button and the move."""

    def address(self, verb, *records):
        return f"{self.list_of(type(records[0]))}transition/{verb}/?ids={','.join(str(record.pk) for record in records)}"

    def form(self, verb, *records, by):
        self.client.force_login(by)
        return self.client.get(self.address(verb, *records)).context["form"]

    def send(self, verb, *records, by, **values):
        self.client.force_login(by)
        return self.client.post(self.address(verb, *records), values, follow=True)

    def test_it_works(self):
        moment = timezone.localtime() + timedelta(days=3)
        response = self.send("submit", self.draft, by=self.alice, to=self.boris.pk, at=f"{moment:%Y-%m-%dT%H:%M}")
        self.assertEqual(self.said(response), ["“SECRETDRAFT headline”: done. It is in review."])
        self.assertEqual(row(self.draft).reviewer, self.boris)
        self.assertEqual(row(self.draft).meant_for, moment.replace(second=0, microsecond=0))
        self.assertContains(response, "Asked: boris.")

    def test_nobody_need_be_asked(self):
        self.send("submit", self.draft, by=self.alice)
        self.assertEqual((row(self.draft).status, row(self.draft).reviewer), ("in_review", None))

    def test_it_offers_those_who_may_and_no_author(self):
        self.boris.first_name, self.boris.last_name = "Boris", "Godunov"
        self.boris.save()
        choices = [label for _key, label in self.form("submit", self.draft, by=self.alice).fields["to"].choices]
        self.assertCountEqual(choices, ["Everybody who may review it", "Boris Godunov", "carl", "chloé", "root"])
        self.assertNotIn("root", [label for _key, label in self.form("submit", self.draft, by=self.root).fields["to"].choices])
        Version.objects.keep(self.draft, by=self.carl, note="a better word")
        self.assertNotIn("carl", [label for _key, label in self.form("submit", self.draft, by=self.alice).fields["to"].choices])

    def test_nobody_else_can_be_sent(self):
        for person in (self.walter, self.alice):
            response = self.send("submit", self.draft, by=self.alice, to=person.pk)
            self.assertIn("Select a valid choice", response.context["form"].errors["to"][0])
        self.assertEqual(row(self.draft).status, "draft")

    def test_of_several_each_record_refuses_its_own_author(self):
        mine = self.withdrawn
        Article.objects.filter(pk=mine.pk).update(drafted_by=self.boris)
        response = self.send("submit", self.draft, mine, by=self.alice, to=self.boris.pk)
        self.assertIn(f"boris is an author of “{mine}”; ask somebody else.", self.said(response))
        self.assertEqual((row(self.draft).reviewer, row(mine).status), (self.boris, "withdrawn"))

    def test_a_time_that_passed_is_refused(self):
        response = self.send("submit", self.draft, by=self.alice, at="2024-06-12T09:00")
        self.assertIn("This time has passed", response.context["form"].errors["at"][0])
        self.assertEqual(row(self.draft).status, "draft")

    def test_the_time_zone_is_named(self):
        with self.settings(TIME_ZONE="Asia/Almaty"):
            self.assertIn("Asia/Almaty", str(self.form("submit", self.draft, by=self.alice).fields["at"].help_text))

    def test_publishing_is_offered_for_the_time_it_was_meant_for(self):
        moment = (timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
        self.draft.submit(by=self.alice, at=moment)
        self.assertEqual(self.form("publish", self.draft, by=self.boris).fields["at"].initial, moment)
        with self.settings(TIME_ZONE="Asia/Almaty"):
            self.client.force_login(self.boris)
            shown = timezone.localtime(moment, timezone.get_default_timezone())
            response = self.client.get(self.address("publish", self.draft))
        self.assertContains(response, f'value="{shown:%Y-%m-%dT%H:%M}"')
        self.assertNotIn("value=", str(self.form("publish", self.in_review, by=self.boris)["at"]))
        self.assertNotIn("value=", str(self.form("publish", self.draft, self.in_review, by=self.boris)["at"]))

    def test_a_time_that_passed_is_not_offered(self):
        Article.objects.filter(pk=self.in_review.pk).update(meant_for=timezone.now() - timedelta(days=1))
        self.assertNotIn("value=", str(self.form("publish", self.in_review, by=self.boris)["at"]))

    def test_the_form_of_the_record_says_who_is_asked(self):
        self.draft.submit(by=self.alice, to=self.boris, at=NEVER_YET)
        self.client.force_login(self.alice)
        response = self.client.get(self.page(self.draft))
        self.assertContains(response, "Asked to review")
        self.assertContains(response, "2999")
