"""A person's desk: what lies in each tray, for whom, and what it costs to look."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin.desk import Calendar, Desk
from articles.admin.trays import PER_DAY, ROWS, is_mine
from articles.models import Article, Commitment, Membership, ProgressUpdate, Publishable, Roadmap, Transition
from conventions.models import Proposal, Release, Version
from conventions.snapshots import snapshot
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import DAY, SOURCE, CastMixin, publish
from tests.forms import request_of

pytestmark = pytest.mark.rules

MOST = 33  # six of them for the watch list, two for each kind of record with a life before the public
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)  # a Wednesday


class DeskCase(CastMixin, TestCase):
    def sit_down(self, who):
        self.client.force_login(who)
        return self.client.get("/admin/")

    def desk(self, who):
        """What lies on somebody's desk. That the page shows it, is asked of the page."""
        return Desk(request_of(who), admin.site)

    def tray(self, who, name):
        """The records in a tray, or None where the desk has no such tray."""
        pile = self.desk(who).piles.get(name)
        return pile and [entry.record for entry in pile.entries]

    def write(self, headline, by):
        slug = headline.lower().replace(" ", "-")
        facts = {"standfirst": "In short.", "dated": DAY, "body": "<p>Text.</p>", "source_name": SOURCE}
        return Article.objects.create(headline=headline, slug=slug, drafted_by=by, **facts)


class TrayTests(DeskCase):
    def test_it_works(self):
        response = self.sit_down(self.alice)
        self.assertContains(response, "<h1>Your desk</h1>", html=True)
        self.assertContains(response, "Your drafts")
        self.assertContains(response, self.draft.headline)
        self.assertContains(response, "All lists")

    def test_drafts_are_their_authors(self):
        mine = [self.draft, self.hidden_roadmap, self.draft_update]
        self.assertCountEqual(self.tray(self.alice, "drafts"), mine)
        for other in (self.boris, self.carl, self.chloe, self.root):
            with self.subTest(other=other):
                self.assertEqual(self.tray(other, "drafts"), [])
        self.assertIsNone(self.tray(self.walter, "drafts"))

    def test_what_waits_for_review_waits_for_everybody_but_its_authors(self):
        for reviewer in (self.boris, self.carl, self.chloe, self.root):
            with self.subTest(reviewer=reviewer):
                self.assertEqual(self.tray(reviewer, "review"), [self.in_review, self.resubmitted])
        self.assertIsNone(self.tray(self.alice, "review"))
        self.assertIsNone(self.tray(self.walter, "review"))

    def test_ones_own_text_waits_for_others(self):
        self.assertEqual(self.tray(self.alice, "others"), [self.in_review, self.resubmitted])
        self.assertEqual(self.tray(self.boris, "others"), [])
        self.assertIsNone(self.tray(self.walter, "others"))

    def test_whoever_hands_it_in_is_an_author_too(self):
        text = self.write("Handed in by an editor", self.alice)
        text.submit(by=self.boris)
        self.assertNotIn(text, self.tray(self.boris, "review"))
        self.assertIn(text, self.tray(self.boris, "others"))
        self.assertIn(text, self.tray(self.carl, "review"))

    def test_a_withdrawn_text_handed_in_again_waits_for_somebody_else(self):
        self.withdrawn.submit(by=self.boris)
        self.assertIn(self.withdrawn, self.tray(self.alice, "others"))
        self.assertIn(self.withdrawn, self.tray(self.boris, "others"))
        self.assertNotIn(self.withdrawn, self.tray(self.boris, "review"))
        self.assertIn(self.withdrawn, self.tray(self.chloe, "review"))

    def test_a_superuser_does_not_review_their_own_text(self):
        text = self.write("The text of a superuser", self.root)
        text.submit(by=self.root)
        self.assertNotIn(text, self.tray(self.root, "review"))
        self.assertIn(text, self.tray(self.boris, "review"))

    def test_changes_are_shown_with_who_asked_and_why(self):
        self.in_review.request_changes(by=self.boris, reason="Name the source.\nTwice.")
        response = self.sit_down(self.alice)
        self.assertContains(response, "“Name the source.\nTwice.”")
        self.assertContains(response, "boris asked on")
        self.assertEqual(self.tray(self.alice, "changes"), [self.in_review])
        self.assertNotIn(self.in_review, self.tray(self.alice, "drafts"))
        self.assertEqual(self.tray(self.boris, "changes"), [])
        self.assertNotContains(self.sit_down(self.carl), "Name the source")

    def test_handed_in_again_it_leaves_the_changes(self):
        self.in_review.request_changes(by=self.boris, reason="Name the source.")
        self.in_review.submit(by=self.alice)
        self.assertEqual(self.tray(self.alice, "changes"), [])
        self.assertIn(self.in_review, self.tray(self.alice, "others"))

    def test_it_says_since_when_a_text_waits(self):
        self.assertNotContains(self.sit_down(self.boris), " days)")
        with mock.patch.object(timezone, "now", return_value=timezone.now() + timedelta(days=8)):
            response = self.sit_down(self.boris)
        self.assertContains(response, "(8 days)", count=2)
        self.assertContains(response, "from alice, since")

    def test_the_longest_waiting_is_first(self):
        self.assertEqual(self.tray(self.carl, "review"), [self.in_review, self.resubmitted])
        self.in_review.request_changes(by=self.boris, reason="Name the source.")
        self.in_review.submit(by=self.alice)
        self.assertEqual(self.tray(self.carl, "review"), [self.resubmitted, self.in_review])

    def test_what_came_into_review_without_a_log_entry_is_shown_first(self):
        Article.objects.filter(pk=self.draft.pk).update(status="in_review", drafted_by=None)
        self.assertEqual(self.tray(self.boris, "review")[0], self.draft)

    def test_everybody_who_may_look_sees_what_is_scheduled_and_published_last(self):
        for who in (self.alice, self.boris, self.chloe, self.root):
            with self.subTest(who=who):
                self.assertEqual(self.tray(who, "scheduled"), [self.scheduled])
                found = [self.published, self.roadmap, self.update, self.discrepancy, self.privacy, self.reply]
                self.assertCountEqual(self.tray(who, "published"), found)

    def test_an_account_without_rights_is_told_whom_to_ask(self):
        response = self.sit_down(self.walter)
        self.assertEqual(response.context["desk"].piles, {})
        self.assertContains(response, "Ask a chief to put it into a group.")
        self.assertNotContains(response, "<h2")

    def test_a_right_to_look_at_one_kind_shows_that_kind(self):
        self.walter.user_permissions.add(Permission.objects.get(codename="view_roadmap"))
        desk = self.desk(self.walter)
        self.assertEqual(list(desk.piles), ["scheduled", "published"])
        self.assertEqual(self.tray(self.walter, "published"), [self.roadmap])

    def test_an_empty_tray_says_what_to_do(self):
        response = self.sit_down(self.chloe)
        for sentence in (
            "You have no drafts. Begin one here.",
            "Nobody asked you for changes.",
            "None of your texts is in review.",
        ):
            self.assertContains(response, sentence)
        self.assertContains(response, "/admin/articles/article/add/")

    def test_more_than_a_tray_holds_is_in_the_filtered_list(self):
        for number in range(ROWS + 2):
            self.write(f"Draft {number}", self.alice)
        pile = self.desk(self.alice).piles["drafts"]
        self.assertEqual((len(pile.entries), pile.total), (ROWS, ROWS + 5))
        address = dict(pile.lists)["articles"]
        self.assertContains(self.sit_down(self.alice), address.replace("&", "&amp;"))
        found = self.client.get(address).context["cl"].queryset
        self.assertEqual(found.count(), ROWS + 3)
        self.assertEqual({article.drafted_by for article in found}, {self.alice})

    def test_every_tray_leads_to_a_list_that_opens(self):
        for who in (self.alice, self.boris):
            self.client.force_login(who)
            for pile in self.desk(who).piles.values():
                for _name, address in pile.lists:
                    with self.subTest(address=address):
                        self.assertEqual(self.client.get(address).status_code, 200)


class NothingMoreThanTheListsTests(DeskCase):
    def test_the_desk_holds_only_what_the_lists_show(self):
        for who in (self.alice, self.boris, self.chloe, self.root):
            request = request_of(who)
            for pile in self.desk(who).piles.values():
                for entry in pile.entries:
                    with self.subTest(who=who, record=entry.record):
                        model_admin = admin.site.get_model_admin(type(entry.record))
                        self.assertIn(entry.record, model_admin.get_queryset(request))
                        self.assertTrue(model_admin.has_view_permission(request, entry.record))

    def test_is_mine_asks_what_author_ids_answers(self):
        """The one rule that is written twice: of one record in hand, and of many at once."""
        self.withdrawn.submit(by=self.boris)
        ProgressUpdate.objects.filter(pk=self.draft_update.pk).update(recorded_by=self.carl, drafted_by=None)
        Roadmap.objects.filter(pk=self.hidden_roadmap.pk).update(drafted_by=None)
        Version.objects.keep(self.draft, by=self.carl, note="a better word")
        for record, by, field in [(self.published, self.chloe, "headline"), (self.roadmap, self.boris, "title")]:
            shot = snapshot(record)
            record.propose({**shot, "fields": {**shot["fields"], field: "Another"}}, by=by)
        self.published.submit_change(by=self.root)
        for who in (self.alice, self.boris, self.carl, self.chloe, self.root):
            for model in Publishable.__subclasses__():
                with self.subTest(who=who, model=model):
                    mine = model.objects.filter(is_mine(model, who))
                    self.assertCountEqual(mine, [each for each in model.objects.all() if who.pk in each.author_ids()])

    def test_what_waits_for_review_is_what_the_verb_would_not_refuse(self):
        for who in (self.boris, self.carl, self.chloe, self.root):
            offered = [
                each for each in Article.objects.awaiting_review()
                if not admin.site.get_model_admin(Article).refusal(request_of(who), each, "publish")
            ]  # fmt: skip
            self.assertCountEqual(self.tray(who, "review"), offered)


class CalendarTests(DeskCase):
    def schedule(self, headline, at):
        text = self.write(headline, self.alice)
        text.submit(by=self.alice)
        with mock.patch.object(timezone, "now", return_value=NOON):
            text.publish(by=self.boris, at=at)
        return text

    def days(self, who=None):
        """The days of the calendar that hold something, as of NOON, with the headlines."""
        with mock.patch.object(timezone, "now", return_value=NOON):
            weeks = self.desk(who or self.boris).calendar.weeks
        return {day.date: [entry.record.headline for entry in day.entries] for week in weeks for day in week if day.total}

    def test_it_begins_on_monday_and_has_four_weeks(self):
        calendar = Calendar(date(2026, 6, 14))
        self.assertEqual((calendar.first, calendar.last), (date(2026, 6, 8), date(2026, 7, 5)))
        self.assertEqual(Calendar(date(2026, 6, 15)).first, date(2026, 6, 15))

    def test_a_text_stands_on_its_day(self):
        self.schedule("Tomorrow", NOON + timedelta(days=1))
        self.schedule("On the last day", datetime(2026, 7, 5, 23, 59, tzinfo=UTC))
        self.schedule("A day too late", datetime(2026, 7, 6, 0, 0, tzinfo=UTC))
        self.assertEqual(self.days(), {date(2026, 6, 11): ["Tomorrow"], date(2026, 7, 5): ["On the last day"]})
        with mock.patch.object(timezone, "now", return_value=NOON):
            response = self.sit_down(self.alice)
            self.assertContains(response, "2 are scheduled for later.")
            self.assertContains(response, 'aria-current="date"', count=1)
            self.assertContains(response, '<th scope="col">Monday</th>')

    def test_a_day_begins_in_the_time_zone_of_the_site(self):
        self.schedule("After midnight there", datetime(2026, 6, 12, 19, 30, tzinfo=UTC))
        self.assertEqual(list(self.days()), [date(2026, 6, 12)])
        with override_settings(TIME_ZONE="Asia/Almaty"):
            self.assertEqual(list(self.days()), [date(2026, 6, 13)])
            with mock.patch.object(timezone, "now", return_value=NOON):
                self.assertContains(self.sit_down(self.boris), '<time datetime="2026-06-13T00:30:00+0500">00:30</time>')

    def test_today_begins_there_too(self):
        with override_settings(TIME_ZONE="Asia/Almaty"):
            late = datetime(2026, 6, 14, 20, tzinfo=UTC)  # Sunday in Geneva, Monday in Almaty
            with mock.patch.object(timezone, "now", return_value=late):
                self.assertEqual(Calendar().first, date(2026, 6, 15))

    def test_a_month_is_named_where_it_begins(self):
        days = [day for week in Calendar(date(2026, 6, 10)).fill([], None).weeks for day in week]
        self.assertEqual([day.date for day in days if day.opens_month], [date(2026, 6, 8), date(2026, 7, 1)])
        self.assertEqual(len(days), 28)

    def test_a_full_day_shows_the_first_and_counts_the_rest(self):
        for number in range(PER_DAY + 3):
            self.schedule(f"Text {number}", NOON + timedelta(days=1, minutes=number))
        self.schedule("The day after", NOON + timedelta(days=2))
        days = self.days()
        self.assertEqual(days[date(2026, 6, 11)], [f"Text {number}" for number in range(PER_DAY)])
        self.assertEqual(days[date(2026, 6, 12)], ["The day after"])
        with mock.patch.object(timezone, "now", return_value=NOON):
            self.assertContains(self.sit_down(self.boris), "and 3 more")

    def test_called_back_it_is_gone(self):
        text = self.schedule("Called back", NOON + timedelta(days=1))
        with mock.patch.object(timezone, "now", return_value=NOON):
            text.request_changes(by=self.boris, reason="Not yet.")
        self.assertEqual(self.days(), {})
        self.assertEqual(self.tray(self.alice, "changes"), [text])

    def test_nothing_scheduled_says_how_a_time_is_given(self):
        self.scheduled.request_changes(by=self.boris, reason="Not yet.")
        response = self.sit_down(self.boris)
        self.assertContains(response, "Nothing is scheduled.")
        self.assertNotContains(response, 'aria-current="date"')


class DueTests(DeskCase):
    def due(self, who, **days):
        """Let commitments fall due so many days from today, and return those on the desk."""
        for name, number in days.items():
            facts = {"due_on": timezone.localdate() + timedelta(days=number), "due_on_precision": "day"}
            Commitment.objects.filter(pk=getattr(self, name).pk).update(**facts)
        return [commitment for _address, commitment in self.desk(who).due]

    def test_what_fell_due_lately_and_what_will_soon(self):
        self.assertEqual(self.due(self.boris, amend=-30, ratify=30), [self.amend, self.ratify])
        response = self.sit_down(self.alice)
        falling_due = response.content.decode().split('id="due"')[1].split("</section>")[0]
        self.assertEqual(falling_due.count("Overdue"), 1)
        self.assertContains(response, "Under way")
        self.assertContains(response, "No information")
        self.assertEqual(self.due(self.boris, amend=-31, ratify=31), [])
        self.assertContains(self.sit_down(self.boris), "No open promise fell due in the last 30 days")

    def test_a_promise_that_is_settled_or_not_public_is_not_on_it(self):
        publish(self, self.draft_update)
        self.assertEqual(self.draft_update.delivery, "delivered")
        self.assertEqual(self.due(self.boris, ratify=-1, hidden_commitment=-1), [])

    def test_it_is_for_those_who_can_record_an_update(self):
        self.assertNotContains(self.sit_down(self.walter), "Promises falling due")
        self.walter.user_permissions.add(Permission.objects.get(codename="view_commitment"))
        self.assertNotContains(self.sit_down(self.walter), "Promises falling due")


class CheckTests(DeskCase):
    def test_releases_with_open_proposals_are_for_those_who_may_decide(self):
        release = Release.objects.create(name="november.csv", is_complete=True)
        for key in ("KAZ", "UZB"):
            Proposal.objects.create(release=release, table="country", key=key, kind="changed")
        broken = Release.objects.create(name="broken-off.csv")
        Proposal.objects.create(release=broken, table="country", key="KAZ", kind="changed")
        for who in (self.boris, self.chloe, self.root):
            response = self.sit_down(who)
            self.assertContains(response, f"/admin/conventions/release/{release.pk}/change/?decision=open")
            self.assertContains(response, "open proposals: 2")
            self.assertNotContains(response, "broken-off.csv")
        for who in (self.alice, self.walter):
            self.assertNotContains(self.sit_down(who), "november.csv")

    def test_people_to_check_are_for_those_who_may_change_what_is_public(self):
        self.assertContains(self.sit_down(self.boris), "Nothing contradictory is recorded")
        facts = {"person": self.minister, "organisation": self.ministry, "role": "Minister", "source": SOURCE}
        Membership.objects.create(**facts, stated_on=date(2020, 1, 1), ends_on=date(2019, 1, 1))
        self.assertContains(self.sit_down(self.boris), "1 person to check")
        self.assertNotContains(self.sit_down(self.alice), "person to check")


class ActionTests(DeskCase):
    def test_it_shows_where_one_left_off(self):
        self.assertNotContains(self.sit_down(self.boris), "You last worked on")
        for flag, name in [(ADDITION, "A new one"), (CHANGE, "A changed one"), (DELETION, "A deleted one")]:
            facts = {"content_type": ContentType.objects.get_for_model(Article), "object_id": self.draft.pk}
            LogEntry.objects.create(user=self.boris, object_repr=name, action_flag=flag, **facts)
        response = self.sit_down(self.boris)
        address = f"/admin/articles/article/{self.draft.pk}/change/"
        self.assertContains(response, f'<a href="{address}">A changed one</a>', html=True)
        for words in ("added", "changed", "deleted", "A deleted one"):
            self.assertContains(response, words)
        self.assertNotContains(response, ">A deleted one</a>")
        self.assertNotContains(self.sit_down(self.carl), "A changed one")


class CostTests(DeskCase):
    """As many queries for three hundred of everything as for five."""

    def fill(self, count, start):
        make_crowd(Crowd(count, count, count, count, count, updates=1), start=start)
        today, now = timezone.localdate(), timezone.now()
        for number, article in enumerate(Article.objects.filter(slug__startswith="article-").order_by("pk")[start:]):
            facts = [
                {"status": "draft", "drafted_by": self.boris},
                {"status": "in_review", "drafted_by": self.alice},
                {"status": "published", "published_at": now + timedelta(hours=number)},
                {"status": "in_review", "drafted_by": self.boris},
                {},
            ][number % 5]
            Article.objects.filter(pk=article.pk).update(**facts)
        waiting = Article.objects.awaiting_review()
        kind = ContentType.objects.get_for_model(Article)
        Transition.objects.bulk_create(
            Transition(content_type=kind, object_id=each.pk, verb="submit", before="draft", after="in_review", by=self.alice)
            for each in waiting
        )
        Commitment.objects.update(due_on=today, due_on_precision="day")

    def count(self, who):
        self.client.force_login(who)
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(self.client.get("/admin/").status_code, 200)
        return len(captured)

    def test_it_works(self):
        people = (self.alice, self.boris, self.chloe, self.root)
        self.fill(5, 0)
        self.sit_down(self.root)
        few = [self.count(who) for who in people]
        self.fill(295, 5)
        self.assertGreater(self.desk(self.boris).piles["review"].total, 50)
        self.assertEqual([self.count(who) for who in people], few)
        self.assertLessEqual(max(few), MOST)
