"""The list as data: the same rows in the same order, safe in a spreadsheet, and nothing that is not public."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from unittest import mock
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from articles import outputs
from articles.commitment_filters import CommitmentFilter
from articles.models import Commitment, Delivery
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import PUBLISHED_AT, SECRETS, SOURCE
from tests.crawl import Page
from tests.test_commitment_list import LIST, NOW, TrackerCase

pytestmark = pytest.mark.once

CSV, JSON = "/commitments/data.csv", "/commitments/data.json"
ATOM = "{http://www.w3.org/2005/Atom}"


class DataCase(TrackerCase):
    def table(self, query=""):
        response = self.client.get(CSV + query)
        self.assertEqual(response.status_code, 200)
        return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))

    def data(self, query=""):
        response = self.client.get(JSON + query)
        self.assertEqual(response.status_code, 200)
        return json.loads(response.getvalue())

    def row(self, commitment):
        return next(row for row in self.table() if row["slug"] == commitment.slug)

    def entry(self, commitment):
        return next(entry for entry in self.data()["commitments"] if entry["slug"] == commitment.slug)


class CsvTests(DataCase):
    def test_it_works(self):
        self.assertEqual(
            self.row(self.ratify),
            {
                "slug": "ratify-c176",
                "address": "http://testserver/commitments/ratify-c176/",
                "title": "Ratify Convention No. 176",
                "roadmap": "Roadmap 2024-2025",
                "country_iso3": "KAZ",
                "country": "Kazakhstan",
                "area": "Occupational safety and health",
                "exact_words": "ratification of Convention No. 176",
                "strength": "ratify",
                "convention": "C176",
                "also_concerns": "",
                "responsible": "Ministry of Labour",
                "made": "",
                "due": "2025-12-31",
                "delivery": "under-way",
                "effect": "not-assessed",
                "since": "2024-09-01",
                "confirmed": "not applicable",
                "overdue": "yes",
                "updates": "1",
                "last_evidence_publisher": "The Gazette",
                "last_evidence_voice": "media",
                "last_evidence_address": "https://example.org/law",
                "source": SOURCE,
            },
        )

    def test_what_the_answer_bears(self):
        response = self.client.get(CSV)
        self.assertEqual(response.headers["Content-Type"], "text/csv; charset=utf-8; header=present")
        self.assertEqual(response.headers["Content-Disposition"], 'attachment; filename="commitments.csv"')
        self.assertTrue(response.content.startswith(b"\xef\xbb\xbfslug,address,"))
        self.assertFalse(response.cookies)

    def test_dates_are_as_precise_as_they_are_known(self):
        month = {"made_on": date(2024, 6, 30), "made_on_precision": "month"}
        Commitment.objects.filter(pk=self.law.pk).update(due_on=date(2027, 12, 31), due_on_precision="year", **month)
        row = self.row(self.law)
        self.assertEqual((row["made"], row["due"], row["since"]), ("2024-06", "2027", "2026-05-01"))
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(signed_on=date(2024, 6, 12))
        self.assertEqual(self.row(self.ratify)["made"], "2024-06-12")
        self.assertEqual(self.row(self.submit)["due"], "")

    def test_many_values_in_one_cell(self):
        newsroom.Responsibility.objects.create(commitment=self.law, organisation=self.ministry)
        self.law.also_concerns.add(self.c131)
        row = self.row(self.law)
        self.assertEqual(row["responsible"], "Federation of Trade Unions; Ministry of Labour")
        self.assertEqual(row["also_concerns"], "C131; C176")
        self.assertEqual(self.entry(self.law)["responsible"], ["Federation of Trade Unions", "Ministry of Labour"])
        self.assertEqual(self.entry(self.law)["also_concerns"], ["C131", "C176"])

    def test_a_duty_of_all_member_states(self):
        row = self.row(self.submit)
        self.assertEqual((row["country_iso3"], row["country"], row["confirmed"]), ("", "All member States", "yes"))
        self.assertEqual(self.row(self.law)["confirmed"], "no")

    def test_what_was_never_heard_of_again(self):
        row = self.row(self.amend)
        self.assertEqual((row["delivery"], row["since"], row["updates"]), ("no-information", "", "0"))
        self.assertEqual(row["last_evidence_publisher"] + row["last_evidence_voice"] + row["last_evidence_address"], "")

    def test_no_cell_is_a_formula(self):
        for sign in ("=", "+", "-", "@", "\t", "\r"):
            with self.subTest(sign):
                Commitment.objects.filter(pk=self.law.pk).update(title=f'{sign}HYPERLINK("https://example.org/")')
                table = self.client.get(CSV).content.decode("utf-8-sig")
                [row] = [row for row in csv.reader(io.StringIO(table, newline="")) if row[0] == "law"]
                self.assertEqual(row[2], f'\'{sign}HYPERLINK("https://example.org/")')
        self.assertEqual(outputs.cell("title", "a=b"), "a=b")

    def test_every_letter_survives(self):
        title = 'Закон, «о труде»; "new"\nline 😀'
        Commitment.objects.filter(pk=self.law.pk).update(title=title)
        self.assertEqual(self.row(self.law)["title"], title)
        self.assertEqual(self.entry(self.law)["title"], title)


class JsonTests(DataCase):
    @override_settings(SITE_NAME="The Record", SITE_CONTACT="desk@example.org")
    def test_it_works(self):
        data = self.data("?country=uzbekistan&page=7&as_of=")
        commitments = data.pop("commitments")
        self.assertEqual(
            data,
            {
                "publisher": "The Record",
                "contact": "desk@example.org",
                "address": "http://testserver/commitments/?country=uzbekistan",
                "as_of": "2026-11-22",
                "known": NOW.isoformat(),
                "generated_at": NOW.isoformat(),
                "filter": {"country": "uzbekistan"},
                "count": 1,
            },
        )
        self.assertEqual([entry["slug"] for entry in commitments], ["law"])
        self.assertEqual(self.client.get(JSON).headers["Content-Type"], "application/json; charset=utf-8")

    def test_it_says_as_of_when(self):
        data = self.data("?as_of=2025-06&known=2026-06-01")
        self.assertEqual((data["as_of"], data["known"]), ("2025-06-30", "2026-06-01"))
        self.assertEqual(data["filter"], {"as_of": "2025-06", "known": "2026-06-01"})

    def test_the_same_as_the_table(self):
        for row, entry in zip(self.table(), self.data()["commitments"], strict=True):
            self.assertEqual(list(row), list(entry))
            self.assertEqual(list(row.values()), [outputs.cell(name, value) for name, value in entry.items()])

    def test_what_is_not_known_is_null_or_empty(self):
        entry = self.entry(self.amend)
        self.assertIsNone(entry["confirmed"])
        self.assertIs(entry["overdue"], True)
        self.assertEqual((entry["convention"], entry["since"], entry["updates"]), ("", "", 0))

    def test_nothing_found_is_data_still(self):
        self.assertEqual(self.data("?q=unheard")["commitments"], [])
        self.assertEqual(self.table("?q=unheard"), [])


class SameTests(DataCase):
    """Exactly what is on the screen, on all pages."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        make_crowd(Crowd(articles=1, roadmaps=7, commitments=60, people=1, organisations=9, updates=2))

    def on_screen(self, query):
        shown, number, pages = [], 0, 1
        while number < pages:
            number += 1
            page = self.client.get(f"{LIST}{query or '?'}&page={number}").context["page"]
            shown, pages = [*shown, *page], page.paginator.num_pages
        return [(c.slug, c.delivery, c.is_overdue) for c in shown]

    def test_rows_and_order(self):
        queries = ["", "?sort=event", "?sort=recorded", "?sort=country", "?delivery=under-way", "?overdue=true&sort=title"]
        for query in [*queries, "?convention=C176", "?as_of=2020-01-01&sort=due", "?since=2020&confirmed=false"]:
            with self.subTest(query):
                screen = self.on_screen(query)
                self.assertEqual([(e["slug"], e["delivery"], e["overdue"]) for e in self.data(query)["commitments"]], screen)
                table = [(row["slug"], row["delivery"], row["overdue"] == "yes") for row in self.table(query)]
                self.assertEqual(table, screen)
                self.assertEqual(self.data(query)["count"], len(screen))

    def count(self, address):
        with CaptureQueriesContext(connection) as captured:
            self.client.get(address).getvalue()
        return len(captured)

    def test_as_many_questions_for_few_as_for_many(self):
        query = "?convention=C176&country=kazakhstan&overdue=true&sort=event"
        few = [self.count(path + end) for path in (CSV, JSON) for end in ("", query)]
        make_crowd(Crowd(articles=1, roadmaps=50, commitments=500, people=1, organisations=50, updates=2), start=100)
        self.assertEqual([self.count(path + end) for path in (CSV, JSON) for end in ("", query)], few)
        self.assertLessEqual(max(few), 12)

    def test_much_is_sent_as_it_is_read(self):
        whole = [self.client.get(path).content for path in (CSV, JSON)]
        with mock.patch.object(outputs, "WHOLE", 10), mock.patch.object(outputs, "AT_ONCE", 7):
            for path, before in zip((CSV, JSON), whole, strict=True):
                response = self.client.get(path)
                self.assertTrue(response.streaming)
                self.assertEqual(response.getvalue(), before)


class RefusalTests(DataCase):
    """A question that is not understood is not answered with something else."""

    def test_csv(self):
        response = self.client.get(f"{CSV}?delivery=x&as_of=soon&country=kazakhstan")
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (400, "text/plain; charset=utf-8"))
        self.assertEqual(
            response.content.decode(),
            "delivery: Select a valid choice. x is not one of the available choices.\n"
            "as_of: This is no day, or has not come yet: write it as 2025-06-30.\n",
        )

    def test_json(self):
        response = self.client.get(f"{JSON}?since=soon&known=2999")
        self.assertEqual((response.status_code, response.headers["Content-Type"]), (400, "application/json"))
        self.assertEqual(
            response.json(),
            {
                "errors": {
                    "since": ["“soon” is not a day: write it as 2025-06-30."],
                    "known": ["This is no day, or has not come yet: write it as 2025-06-30."],
                }
            },
        )

    def test_a_name_that_is_none_is_no_filter_left_out(self):
        sentence = f"Nothing is asked by this name. There are: {', '.join(CommitmentFilter.base_filters)}, page."
        for query in ("contry=kazakhstan", "contry=", "country=kazakhstan&contry=kazakhstan&page=2"):
            response = self.client.get(f"{JSON}?{query}")
            self.assertEqual(response.status_code, 400, query)
            self.assertEqual(response.json(), {"errors": {"contry": [sentence]}})
        for address in (CSV, f"{LIST}due.ics"):
            response = self.client.get(f"{address}?contry=kazakhstan&as_of=soon")
            self.assertEqual(response.status_code, 400, address)
            self.assertIn(f"\ncontry: {sentence}\n", response.content.decode())
        for record in (self.ratify, self.roadmap, self.kaz):
            for end in ("due.ics", "cite.bib", "cite.json"):
                address = f"{record.get_absolute_url()}{end}?asof=2025-06-30"
                self.assertContains(self.client.get(address), "There are: as_of, known.", status_code=400)

    def test_every_name_of_the_list_is_understood(self):
        names = dict.fromkeys(CommitmentFilter.base_filters, "")
        for address in (CSV, JSON, f"{LIST}due.ics"):
            self.assertEqual(self.client.get(address, {**names, "page": "2"}).status_code, 200, address)
        self.assertEqual(self.client.get(f"{LIST}?contry=kazakhstan").status_code, 200)  # a page shows what it asked


class AgainTests(DataCase):
    """Whoever asks again, and has what would be answered, is told so without it."""

    def again(self, address):
        """The status of a second answer to a program that has the first."""
        headers = self.client.get(address).headers
        self.at(NOW + timedelta(hours=1))
        return self.client.get(address, headers={"If-None-Match": headers["ETag"]}).status_code

    def at(self, moment):
        timezone.now.return_value = moment

    def addresses(self):
        yield from (LIST, CSV, JSON, f"{JSON}?country=kazakhstan", f"{LIST}due.ics")
        yield from (self.law.get_absolute_url() + end for end in ("", "feed/", "due.ics"))

    def test_it_works(self):
        for address in self.addresses():
            with self.subTest(address):
                self.assertEqual(self.again(address), 304)

    def test_what_changed_is_answered(self):
        for address in self.addresses():
            with self.subTest(address):
                tag = self.client.get(address).headers["ETag"]
                self.happened(self.law, date(2026, 9, 1), "under-way", recorded=NOW)
                self.happened(self.ratify, date(2026, 9, 1), "in-part", recorded=NOW)
                response = self.client.get(address, headers={"If-None-Match": tag})
                self.assertEqual(response.status_code, 200)
                self.assertNotEqual(response.headers["ETag"], tag)

    def test_another_day_is_another_answer(self):
        tag = self.client.get(JSON).headers["ETag"]
        self.at(NOW + timedelta(days=1))
        self.assertEqual(self.client.get(JSON, headers={"If-None-Match": tag}).status_code, 200)

    def test_a_feed_is_known_by_its_date_too(self):
        address = f"{self.law.get_absolute_url()}feed/"
        date_of_it = self.client.get(address).headers["Last-Modified"]
        self.assertEqual(self.client.get(address, headers={"If-Modified-Since": date_of_it}).status_code, 304)
        before = "Mon, 01 Jan 2024 00:00:00 GMT"
        self.assertEqual(self.client.get(address, headers={"If-Modified-Since": before}).status_code, 200)

    def test_what_nobody_may_keep_and_what_is_sent_as_it_is_read_bears_no_mark(self):
        for address in (f"{self.ratify.get_absolute_url()}reply/", "/admin/login/"):
            self.assertNotIn("ETag", self.client.get(address).headers)
        with mock.patch.object(outputs, "WHOLE", 3):
            for address in (CSV, JSON):
                self.assertNotIn("ETag", self.client.get(address).headers)


class HiddenTests(DataCase):
    def assertTellsNothing(self, address):
        response = self.client.get(address)
        text = f"{response.headers}\n{response.getvalue().decode()}".casefold()
        for word in SECRETS:
            self.assertNotIn(word.casefold(), text, address)
        return text

    def addresses(self):
        yield from (CSV, JSON, f"{LIST}due.ics", "/conventions/c176/feed/", "/conventions/c190/feed/")
        for record in (self.ratify, self.roadmap, self.kaz):
            for end in ("feed/", "due.ics", "cite.bib", "cite.json"):
                yield record.get_absolute_url() + end

    def test_what_is_not_public_is_in_no_outlet(self):
        self.update.further_evidence.clear()
        for address in self.addresses():
            self.assertEqual(self.client.get(address).status_code, 200, address)
            for days in ("", "?as_of=2026-06-30&known=2026-07-01"):
                self.assertTellsNothing(address + days)

    def test_what_was_never_public_has_none_of_its_own(self):
        for record in (self.hidden_roadmap, self.hidden_commitment):
            for end in ("feed/", "due.ics", "cite.bib", "cite.json"):
                self.assertEqual(self.client.get(record.get_absolute_url() + end).status_code, 404)
                self.assertTellsNothing(record.get_absolute_url() + end)

    def test_what_was_withdrawn_is_gone_from_all(self):
        self.roadmap.withdraw(by=self.chloe, note="It was never signed.")
        for record in (self.roadmap, self.ratify):
            for end in ("feed/", "due.ics", "cite.bib", "cite.json"):
                self.assertEqual(self.client.get(record.get_absolute_url() + end).status_code, 410, end)
        for address in (CSV, JSON, f"{LIST}due.ics", "/conventions/c176/feed/", "/countries/kazakhstan/feed/"):
            self.assertNotIn("ratify-c176", self.assertTellsNothing(address))

    def test_a_withdrawn_update_is_in_none(self):
        self.assertIn(self.update.summary.casefold(), self.assertTellsNothing(f"{self.ratify.get_absolute_url()}feed/"))
        self.update.withdraw(by=self.chloe, note="Wrong source.")
        for address in self.addresses():
            self.assertNotIn(self.update.summary.casefold(), self.assertTellsNothing(address))
        self.assertEqual(self.row(self.ratify)["delivery"], "no-information")
        self.assertEqual(self.row(self.ratify)["last_evidence_address"], "")


class AgreementTests(DataCase):
    """Page, list, table, JSON, feed and calendar tell the same state, whatever happened and whenever it is asked."""

    #: Each history: (day, state, recorded, which earlier one it supersedes).
    HISTORIES = [
        [],
        [(date(2025, 1, 1), "under-way", 10, None)],
        [(date(2025, 3, 1), "delivered", 10, None), (date(2025, 1, 1), "in-part", 40, None)],
        [(date(2025, 3, 1), "delivered", 10, None), (date(2025, 2, 1), "not-delivered", 40, 0)],
        [(date(2025, 3, 1), "in-part", 20, None), (date(2025, 3, 1), "under-way", 10, None)],
        [(date(2026, 3, 1), "superseded", 10, None), (date(2026, 4, 1), "delivered", 60, None)],
    ]
    ASKED = [{}, {"as_of": "2025-02-15"}, {"known": "2025-07-01"}, {"as_of": "2026-03-31", "known": "2025-07-25"}]

    def write(self, history):
        made = []
        for day, delivery, recorded, supersedes in history:
            earlier = {} if supersedes is None else {"supersedes": made[supersedes], "reason": "It was wrong."}
            at = datetime(2025, 6, 1, 9, tzinfo=UTC) + timedelta(days=recorded)
            made.append(self.happened(self.amend, day, delivery, recorded=at, **earlier))

    def test_they_agree(self):
        for number, history in enumerate(self.HISTORIES):
            slug = f"amend-{number}"
            self.amend = Commitment.objects.create(
                roadmap=self.roadmap, number=50 + number, title=f"Amend {number}", slug=slug, exact="to amend",
                strength="amend-law", source=SOURCE, recorded_at=PUBLISHED_AT,
            )  # fmt: skip
            self.write(history)
            for asked in self.ASKED:
                with self.subTest(history=number, **asked):
                    self.agree(self.amend, asked)

    def agree(self, commitment, asked):
        days = {name: date.fromisoformat(day) for name, day in asked.items()}
        state = Commitment.objects.with_state(**days).get(pk=commitment.pk)
        word = str(Delivery(state.delivery).label)
        page = self.client.get(commitment.get_absolute_url(), asked)
        self.assertEqual(page.context["commitment"].delivery, state.delivery)
        [listed] = self.client.get(LIST, {"q": commitment.title, **asked}).context["page"]
        self.assertEqual((listed.delivery, listed.is_overdue), (state.delivery, state.is_overdue))
        end = "&".join(["?q=Amend", *(f"{name}={day}" for name, day in asked.items())])
        row = next(row for row in self.table(end) if row["slug"] == commitment.slug)
        entry = next(entry for entry in self.data(end)["commitments"] if entry["slug"] == commitment.slug)
        self.assertEqual((row["delivery"], row["overdue"] == "yes"), (state.delivery, state.is_overdue))
        self.assertEqual((entry["delivery"], entry["overdue"]), (state.delivery, state.is_overdue))
        self.assertEqual(entry["since"], state.since.isoformat() if state.since else "")
        feed = ElementTree.fromstring(self.client.get(f"{commitment.get_absolute_url()}feed/", asked).content)
        self.assertRegex(feed.findtext(f"{ATOM}subtitle"), rf"^Where it stands: {word}[,.]")
        titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
        self.assertEqual(any(title.startswith(word) and "superseded by" not in title for title in titles), bool(state.since))
        calendar = self.client.get(f"{commitment.get_absolute_url()}due.ics", asked).content.decode().replace("\r\n ", "")
        self.assertIn(f"SUMMARY:Due: {commitment.title} ({word}", calendar)
        self.assertIn(word, Page(page.content.decode()).text)
