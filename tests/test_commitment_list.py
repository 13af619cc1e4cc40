"""The list of all commitments: each filter, each order, the two days in the same form, and how many stand where."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from articles.commitment_filters import OFFERED
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import PUBLISHED_AT, SECRETS, SOURCE
from tests.crawl import Page
from tests.test_lists import ListTestCase

pytestmark = pytest.mark.once

LIST = "/commitments/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NONE = "Select a valid choice. {} is not one of the available choices."
NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."
PUBLIC = {"status": "published", "published_at": PUBLISHED_AT}


class TrackerCase(ListTestCase):
    """Beside the two of the cast, both overdue: a duty of all States that was met, and an Uzbek promise not kept."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.duties = cls.made("Duties of members", "duties", None, kind="statements")
        cls.programme = cls.made("Programme 2030", "programme", cls.uzb, ends_on=date(2030, 12, 31))
        facts = {"number": 1, "source": SOURCE, "recorded_at": PUBLISHED_AT}
        cls.submit = newsroom.Commitment.objects.create(
            roadmap=cls.duties, title="Submit it", slug="submit", exact="submit", strength="consult", convention=cls.c190, **facts
        )
        cls.law = newsroom.Commitment.objects.create(
            roadmap=cls.programme, title="Adopt the law", slug="law", exact="a law on safety", strength="adopt-law",
            area=newsroom.PriorityArea.objects.create(roadmap=cls.programme, number=1, title="Dialogue"), **facts,
        )  # fmt: skip
        cls.law.also_concerns.add(cls.c176)
        cls.union = newsroom.Organisation.objects.create(name="Federation of Trade Unions", slug="federation", country=cls.uzb)
        newsroom.OrganisationName.objects.create(organisation=cls.union, name="Федерация профсоюзов", source=SOURCE)
        newsroom.Responsibility.objects.create(commitment=cls.law, organisation=cls.union)
        newsroom.Commitment.objects.filter(roadmap=cls.roadmap).update(recorded_at=PUBLISHED_AT)
        early = datetime(2026, 5, 1, tzinfo=UTC)
        cls.met = cls.happened(
            cls.submit, date(2025, 2, 1), "delivered", early, effect="full", confirmed_at=NOW - timedelta(days=9),
            confirmed_by=cls.carl,
        )  # fmt: skip
        cls.failed = cls.happened(cls.law, date(2026, 5, 1), "not-delivered", effect="none-seen")

    @classmethod
    def made(cls, title, slug, country, kind="roadmap", **facts):
        return newsroom.Roadmap.objects.create(
            title=title, slug=slug, kind=kind, country=country, source=SOURCE, **PUBLIC, **facts
        )

    @classmethod
    def happened(cls, commitment, day, delivery, recorded=datetime(2026, 6, 1, tzinfo=UTC), **facts):
        number = commitment.updates.count() + 1
        return newsroom.ProgressUpdate.objects.create(
            commitment=commitment, number=number, happened_on=day, delivery=delivery, summary=f"Step {number}",
            evidence=cls.evidence, recorded_at=recorded, status="published", published_at=recorded, **facts,
        )  # fmt: skip

    def setUp(self):
        clock = mock.patch.object(timezone, "now", return_value=NOW)
        clock.start()
        self.addCleanup(clock.stop)

    def bars(self, query=""):
        """What the chart says: {word: number}."""
        return {bar.delivery or bar.name: bar.count for bar in self.client.get(LIST + query).context["bars"]}


class FilterTests(TrackerCase):
    def test_it_works(self):
        self.assertFinds(LIST, self.law, self.ratify, self.amend, self.submit)

    def test_each_filter(self):
        for query, found in [
            ("q=LAW", [self.law]),
            ("country=kazakhstan", [self.ratify, self.amend]),
            ("country=all-member-states", [self.submit]),
            ("area=Dialogue", [self.law]),
            ("area=Occupational+safety+and+health", [self.ratify]),
            ("convention=C176", [self.law, self.ratify]),
            ("convention=C190", [self.submit]),
            ("strength=consult", [self.submit]),
            ("delivery=not-delivered", [self.law]),
            ("effect=full", [self.submit]),
            ("overdue=true", [self.ratify, self.amend]),
            ("overdue=false", [self.law, self.submit]),
            ("confirmed=true", [self.submit]),
            ("confirmed=false", [self.law]),
            ("responsible=ministry-of-labour", [self.ratify]),
            ("responsible=trade+FEDERATION", [self.law]),
            ("responsible=профсоюзов", [self.law]),
            ("overdue=false&since=2026-05-01", [self.law, self.submit]),
            ("overdue=false&since=2026-05", [self.law, self.submit]),
            ("overdue=false&since=2026-06-01", [self.law, self.submit]),
            ("overdue=false&since=2026-06-02", [self.submit]),
            ("overdue=false&since=2026", [self.law, self.submit]),
        ]:
            with self.subTest(query):
                self.assertFinds(f"{LIST}?{query}", *found)

    def test_filters_work_together(self):
        self.assertFinds(f"{LIST}?convention=C176&country=uzbekistan&delivery=not-delivered&confirmed=false", self.law)
        self.assertFinds(f"{LIST}?convention=C176&country=kazakhstan&delivery=not-delivered")

    def test_one_row_a_commitment(self):
        newsroom.Responsibility.objects.create(commitment=self.law, organisation=self.ministry)
        self.law.also_concerns.add(self.c190, self.c131)
        self.assertFinds(f"{LIST}?convention=C176&country=uzbekistan&responsible=of", self.law)

    def test_what_was_superseded_is_no_change(self):
        self.happened(self.law, date(2025, 1, 1), "under-way", supersedes=self.failed, reason="The vote was never held.")
        self.assertFinds(f"{LIST}?delivery=under-way", self.law, self.ratify)
        self.assertFinds(f"{LIST}?since=2026-06-02&country=uzbekistan")

    def test_what_was_written_down_long_ago_and_published_now_is_new(self):
        update = self.happened(self.law, date(2025, 1, 1), "under-way", recorded=datetime(2026, 5, 2, tzinfo=UTC))
        self.assertFinds(f"{LIST}?since=2026-06-10&country=uzbekistan")
        newsroom.ProgressUpdate.objects.filter(pk=update.pk).update(published_at=datetime(2026, 6, 10, tzinfo=UTC))
        self.assertFinds(f"{LIST}?since=2026-06-10&country=uzbekistan", self.law)
        self.assertContains(self.client.get(self.law.get_absolute_url()), '<time datetime="2026-06-10')
        order = list(self.client.get(f"{LIST}?sort=recorded").context["page"])
        self.assertLess(order.index(self.law), order.index(self.submit))

    def test_a_verdict_that_was_confirmed_is_a_change(self):
        self.assertFinds(f"{LIST}?since={NOW - timedelta(days=10):%Y-%m-%d}&country=all-member-states", self.submit)
        self.assertFinds(f"{LIST}?since={NOW - timedelta(days=8):%Y-%m-%d}&country=all-member-states")

    def test_what_was_withdrawn_is_a_change(self):
        self.assertFinds(f"{LIST}?since=2026-11-20&overdue=false")
        self.failed.withdraw(by=self.chloe, note="Wrong source.")
        self.assertFinds(f"{LIST}?since=2026-11-22&overdue=false", self.law)
        self.assertFinds(f"{LIST}?since=2026-11-22&as_of=2026-04-30&overdue=false")  # it had not happened yet

    def test_what_is_new_here_is_a_change(self):
        newsroom.Commitment.objects.filter(pk=self.law.pk).update(recorded_at=NOW - timedelta(days=2))
        self.assertFinds(f"{LIST}?since=2026-11-20&overdue=false", self.law)
        self.assertFinds(f"{LIST}?since=2026-11-21&overdue=false")
        newsroom.Roadmap.objects.filter(pk=self.duties.pk).update(published_at=NOW - timedelta(days=1))
        self.assertFinds(f"{LIST}?since=2026-11-21&overdue=false", self.submit)

    def test_a_code_is_read_as_people_write_it(self):
        unknown = "Select a valid choice. That choice is not one of the available choices."
        for code in ("C190", "c190"):
            self.assertFinds(f"{LIST}?convention={code}", self.submit)
        self.assertRefuses(f"{LIST}?convention=C87", "convention", unknown)  # nobody promised anything about it
        page = Page(self.client.get(f"{LIST}?convention=c190").content.decode())
        self.assertIn({"value": "C190", "selected": ""}, [{k: v or "" for k, v in each.items()} for each in page.all("option")])
        self.assertEqual(len(self.client.get("/articles/?convention=c176").context["page"]), 1)

    def test_each_order(self):
        for sort, found in [
            ("due", [self.ratify, self.amend, self.law, self.submit]),
            ("event", [self.law, self.submit, self.ratify, self.amend]),
            ("recorded&overdue=false", [self.law, self.submit]),
            ("country", [self.ratify, self.amend, self.law, self.submit]),
            ("title", [self.law, self.amend, self.ratify, self.submit]),
        ]:
            with self.subTest(sort):
                self.assertFinds(f"{LIST}?sort={sort}", *found)

    def test_a_wrong_value_has_its_sentence(self):
        for name in ("country", "convention"):
            self.assertRefuses(f"{LIST}?{name}=atlantis", name, NO_CHOICE)
        for name in ("area", "strength", "delivery", "effect", "overdue", "confirmed", "sort"):
            self.assertRefuses(f"{LIST}?{name}=maybe", name, NONE.format("maybe"))
        nobody = "No organisation of this name is responsible for a public commitment."
        self.assertRefuses(f"{LIST}?responsible=nobody", "responsible", nobody)
        self.assertRefuses(f"{LIST}?since=soon", "since", "“soon” is not a day: write it as 2025-06-30.")
        self.assertRefuses(f"{LIST}?since=2025-02-30", "since", "“2025-02-30” is not a day: write it as 2025-06-30.")
        self.assertRefuses(f"{LIST}?q=%00", "q", "Null characters are not allowed.")

    def test_another_filter_still_works_beside_a_wrong_one(self):
        self.assertFinds(f"{LIST}?since=soon&country=uzbekistan", self.law)

    def test_only_what_leads_somewhere_can_be_chosen(self):
        self.assertEqual(self.choices(LIST, "area"), ["Dialogue", "Occupational safety and health"])
        self.assertEqual(self.choices(LIST, "convention"), ["C176", "C190"])
        self.assertEqual(self.choices(LIST, "country"), ["all-member-states", "kazakhstan", "uzbekistan"])
        offered = [attrs["value"] for attrs in Page(self.client.get(LIST).content.decode()).all("option") if "value" in attrs]
        self.assertIn("Federation of Trade Unions", offered)
        self.assertLessEqual(len(newsroom.Organisation.objects.all()), OFFERED)

    def test_nothing_hidden_can_be_asked_for(self):
        for name in ("q", "country", "area", "convention", "responsible"):
            for word in SECRETS:
                response = self.client.get(LIST, {name: word.lower() if name != "q" else word})
                self.assertEqual(response.status_code, 200)
                if name in ("q",):
                    self.assertEqual(list(response.context["page"]), [])
                shown = response.content.decode().replace(word, "").replace(word.lower(), "").casefold()
                for secret in SECRETS:
                    self.assertNotIn(secret.casefold(), shown)

    def test_the_rest_of_the_form_opens_when_it_is_in_use(self):
        def is_open(query):
            [details] = Page(self.client.get(LIST + query).content.decode()).all("details")
            return "open" in details

        self.assertFalse(is_open("?country=kazakhstan"))
        for query in ("?effect=full", "?as_of=2025-01-01", "?known=soon", "?since=soon"):
            self.assertTrue(is_open(query), query)


class DayTests(TrackerCase):
    """As of another day, and as known by another: marked, in the same form, and never lost on the way."""

    def test_as_of(self):
        self.assertFinds(f"{LIST}?as_of=2026-04-30&delivery=no-information", self.law, self.amend)
        self.assertFinds(f"{LIST}?as_of=2025-12-31&overdue=true")
        self.assertFinds(f"{LIST}?as_of=2026-01-01&overdue=true", self.ratify, self.amend)

    def test_known(self):
        self.assertFinds(f"{LIST}?known=2026-05-31&delivery=not-delivered")
        self.assertFinds(f"{LIST}?known=2026-06-01&delivery=not-delivered", self.law)
        self.assertFinds(f"{LIST}?known=2026-06-01T00:00:00Z&delivery=not-delivered", self.law)
        self.assertFinds(f"{LIST}?known=2026-11-12&confirmed=true")

    def test_what_was_not_held_then_is_not_listed(self):
        newsroom.Commitment.objects.filter(pk=self.law.pk).update(recorded_at=NOW - timedelta(days=1))
        self.assertFinds(f"{LIST}?known=2026-11-20", self.ratify, self.amend, self.submit)
        newsroom.Commitment.objects.filter(pk=self.amend.pk).update(made_on=date(2025, 3, 1))
        self.assertFinds(f"{LIST}?known=2026-11-20&as_of=2025-02-28", self.ratify, self.submit)

    def test_changes_are_those_of_that_time(self):
        self.assertFinds(f"{LIST}?known=2026-05-31&since=2026&overdue=false", self.submit)
        self.assertFinds(f"{LIST}?as_of=2026-04-30&since=2026&country=uzbekistan")
        self.assertFinds(f"{LIST}?known=2026-11-12&since=2026-11-01&overdue=false")  # confirmed on the day after
        self.assertFinds(f"{LIST}?known=2026-11-13&since=2026-11-01&overdue=false", self.submit)
        self.failed.withdraw(by=self.chloe, note="Wrong source.")
        self.assertFinds(f"{LIST}?known=2026-11-21&since=2026-11-14&overdue=false")
        self.assertFinds(f"{LIST}?known=2026-11-22&since=2026-11-14&overdue=false", self.law)

    def test_it_is_marked_with_a_way_back(self):
        query = "?country=kazakhstan&as_of=2025-06-30&known=2026-06-01"
        page = Page(self.client.get(LIST + query).content.decode())
        self.assertIn("As things stood on 30 June 2025, by what was recorded here until 1 June 2026.", page.text)
        self.assertIn(f"{LIST}?country=kazakhstan", page.links)
        moment = Page(self.client.get(f"{LIST}?known=2026-06-01T02:01:30Z").content.decode())
        self.assertIn("by what was recorded here until 1 June 2026, 02:01 UTC.", moment.text)
        self.assertNotIn("As things stood", Page(self.client.get(LIST).content.decode()).text)

    def test_a_wrong_day_has_its_sentence_beside_its_field(self):
        present = "What is shown is the present state."
        self.assertRefuses(f"{LIST}?as_of=soon", "as_of", f"“soon” is not a day: write it as 2025-06-30. {present}")
        self.assertRefuses(f"{LIST}?known=2027-01-01", "known", f"1 January 2027 has not come yet. {present}")

    def test_the_form_keeps_them(self):
        page = Page(self.client.get(f"{LIST}?as_of=2025-06-30&known=soon").content.decode())
        typed = {attrs["name"]: attrs.get("value", "") for attrs in page.all("input")}
        self.assertEqual((typed["as_of"], typed["known"]), ("2025-06-30", "soon"))
        self.assertEqual(len(page.all("form")), 1)

    def test_every_link_out_of_the_list_keeps_what_was_asked(self):
        query = "?country=uzbekistan&as_of=2026-06-30"
        links = Page(self.client.get(LIST + query).content.decode()).links
        for path in ("data.csv", "data.json", "due.ics"):
            self.assertIn(LIST + path + query, links)
        self.assertIn(f"{LIST}{query}&delivery=not-delivered", links)


class ChartTests(TrackerCase):
    def test_it_works(self):
        self.assertEqual(
            self.bars(),
            {
                "no-information": 1, "under-way": 1, "in-part": 0, "delivered": 1, "not-delivered": 1, "superseded": 0,
                "overdue": 2, "unconfirmed": 1,
            },
        )  # fmt: skip

    def test_it_counts_what_the_filter_lets_through_but_for_the_state(self):
        for query in ("?country=kazakhstan", "?country=kazakhstan&delivery=under-way", "?country=kazakhstan&sort=event"):
            counts = self.bars(query)
            self.assertEqual((counts["no-information"], counts["under-way"], counts["delivered"]), (1, 1, 0), query)
        self.assertEqual(self.bars("?overdue=true&delivery=delivered")["no-information"], 1)
        self.assertEqual(self.bars("?effect=full")["delivered"], 1)
        self.assertEqual(self.bars("?as_of=2026-04-30")["not-delivered"], 0)
        self.assertEqual(self.bars("?known=2026-05-31")["not-delivered"], 0)

    def test_the_number_on_a_bar_is_the_number_of_rows_it_leads_to(self):
        for query in ("", "?country=kazakhstan", "?as_of=2026-04-30", "?known=2026-05-31&country=uzbekistan"):
            for bar in self.client.get(LIST + query).context["bars"]:
                self.assertEqual(len(self.found(LIST + bar.query)), bar.count, bar.query)

    def test_word_shape_and_number(self):
        text = Page(self.client.get(LIST).content.decode()).text
        for words in ("○ No information 1", "✕ Not delivered 1", "▲ Overdue 2", "? Not yet confirmed 1"):
            self.assertIn(words, text)

    def test_a_state_of_nothing_leads_nowhere(self):
        self.assertFalse([link for link in Page(self.client.get(LIST).content.decode()).links if "delivery=in-part" in link])

    def test_the_chosen_state_says_so_and_leads_back(self):
        page = Page(self.client.get(f"{LIST}?delivery=delivered").content.decode())
        self.assertEqual([a["href"] for a in page.all("a") if a.get("aria-current") == "true"], [f"{LIST}?delivery=delivered"])
        self.assertIn("Show every state", page.text)

    def test_nothing_found_has_no_chart(self):
        response = self.client.get(f"{LIST}?q=unheard")
        self.assertContains(response, "Nothing matches.")
        self.assertNotContains(response, 'class="bars"')


class PageTests(TrackerCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        make_crowd(Crowd(articles=1, roadmaps=7, commitments=60, people=1, organisations=9, updates=2))

    def test_every_filter_stays_from_page_to_page(self):
        query, shown = "?strength=ratify&as_of=2026-06-30&sort=title", []
        address = LIST + query
        while address:
            response = self.client.get(address)
            shown += response.context["page"]
            following = [attrs["href"] for attrs in Page(response.content.decode()).all("a") if attrs.get("rel") == "next"]
            address = LIST + following[0] if following else None
        self.assertEqual(len(shown), len(set(shown)))
        self.assertEqual(len(shown), response.context["page"].paginator.count)
        self.assertEqual([c.title for c in shown], sorted(c.title for c in shown))
        self.assertEqual({c.strength for c in shown}, {"ratify"})

    def test_few_questions_whatever_is_asked(self):
        everything = (
            "?q=a&country=kazakhstan&convention=C176&delivery=under-way&sort=event&area=Dialogue&strength=ratify"
            "&effect=some&overdue=true&confirmed=true&responsible=ministry&since=2025&as_of=2026-06-30&known=2026-07-01"
        )
        for query in ("", "?page=2", "?sort=event", everything):
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.client.get(LIST + query).status_code, 200)
            self.assertLessEqual(len(captured), 12, query)
