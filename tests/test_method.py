"""The page that says how states are found: its words, and its counts, which are those of now."""

from datetime import date

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles.models import Commitment, Discrepancy, Evidence, ProgressUpdate, Reading, Voice
from tests.cast import PUBLISHED_AT, SECRETS, SOURCE, CastMixin
from tests.crawl import Page
from tests.test_content import CONTENT, REGISTER
from tests.test_roadmap_page import row_of

pytestmark = pytest.mark.once


class MethodTests(CastMixin, TestCase):
    def page(self):
        response = self.client.get("/method/")
        self.assertEqual(response.status_code, 200)
        return Page(response.content.decode())

    def test_it_works(self):
        text = self.page().text
        for words in (
            "Nobody types a state",
            "The latest event decides",
            "Of two events of one day the one recorded later decides",
            "counts from the last day of that month or year",
            "superseded by another update",
            "overdue by itself, from the midnight after it",
            "Days are those of the time zone UTC",
            "○ No information No source seen says how far the promise was carried out.",
            "● Delivered What the words promised was done.",
            "■ Full",
            "Ratify; Submit or consult on ratification; Open discussion",
            "A national law of ratification is not yet a ratification",
            "read in the register alone",
            "Government, Workers, Employers, ILO, ILO supervisory body, Media, NGO, Independent",
            "until somebody other than its author has confirmed it",
            "Report an error, or reply",
        ):
            self.assertIn(words, text)

    def test_it_leads_to_what_it_tells_of(self):
        links = set(self.page().links)
        self.assertLessEqual({"/discrepancies/", "/corrections/", "/method/register/"}, links)
        for href in (href for href in links if href.startswith("/")):
            self.assertEqual(self.client.get(href).status_code, 200, href)

    def test_every_page_leads_to_it(self):
        for path in ("/", "/about/", "/commitments/"):
            self.assertIn("/method/", Page(self.client.get(path).content.decode()).links)

    def test_the_counts_are_those_of_now(self):
        text = self.page().text
        self.assertIn("2 commitments", text)
        self.assertEqual([row_of(text, word) for word in ("No information", "Under way", "Overdue")], [1, 1, 2])
        self.assertIn("for 1 update, by voice", text)
        self.assertEqual([row_of(text, word) for word in ("Media", "Government")], [1, 0])
        self.assertIn("1 discrepancy, 0 of them open", text)
        self.assertIn("0 commitments stand on a verdict that is not yet confirmed", text)

        facts = {"commitment": self.amend, "number": 1, "happened_on": date(2025, 6, 1), "delivery": "delivered"}
        facts |= {"effect": "some", "summary": "-", "status": "published", "published_at": PUBLISHED_AT}
        by = Evidence.objects.create(title="A law", url="https://example.org/a", publisher="Gazette", voice="government")
        update = ProgressUpdate.objects.create(**facts, evidence=by)
        update.further_evidence.set(
            Evidence.objects.create(title=f"{voice}", url=f"https://example.org/{voice}", publisher="-", voice=voice)
            for voice in ("workers", "employers")
        )
        Reading.objects.update(is_used=False)
        text = self.page().text
        self.assertEqual([row_of(text, word) for word in ("No information", "● Delivered", "Overdue", "▣ Some")], [0, 1, 1, 1])
        self.assertEqual([row_of(text, word) for word in ("Media", "Government", "Workers", "Employers")], [1, 1, 1, 1])
        self.assertIn("1 commitment stands on a verdict that is not yet confirmed", text)
        self.assertIn("1 discrepancy, 1 of them open", text)

    def test_what_is_not_public_counts_nowhere(self):
        before = self.page().text
        hidden = {"commitment": self.hidden_commitment, "number": 1, "happened_on": date(2025, 6, 1), "delivery": "delivered"}
        ProgressUpdate.objects.create(
            **hidden, summary="SECRETUPDATE", evidence=self.hidden_evidence, status="published", published_at=PUBLISHED_AT
        )
        text = self.page().text
        self.assertEqual(text, before)
        for word in SECRETS:
            self.assertNotIn(word.casefold(), text.casefold())

    def test_it_costs_as_much_for_many(self):
        def cost():
            with CaptureQueriesContext(connection) as captured:
                self.page()
            return len(captured)

        few = cost()
        for number in range(3, 40):
            commitment = Commitment.objects.create(
                roadmap=self.roadmap, number=number, title="-", slug=f"promise-{number}", exact="-", strength="other",
                source=SOURCE,
            )  # fmt: skip
            ProgressUpdate.objects.create(
                commitment=commitment, happened_on=date(2025, 1, 1), delivery="in-part", summary="-", evidence=self.evidence,
                status="published", published_at=PUBLISHED_AT,
            )  # fmt: skip
            Discrepancy.objects.create(title="-", slug=f"-{number}", status="published", published_at=PUBLISHED_AT)
        self.assertEqual(cost(), few)
        self.assertLessEqual(few, 12)


class ContentTests(TestCase):
    """The real content: every number of the page, counted in another way."""

    fixtures = [*REGISTER, *CONTENT]

    def test_it_works(self):
        response = self.client.get("/method/")
        text = Page(response.content.decode()).text
        found = list(Commitment.objects.published().with_state())
        self.assertIn(f"{len(found)} commitments", text)
        for word, value in [("No information", "no-information"), ("Under way", "under-way"), ("Delivered in part", "in-part")]:
            self.assertEqual(row_of(text, word), sum(commitment.delivery == value for commitment in found))
        self.assertEqual(row_of(text, "Overdue"), sum(commitment.is_overdue for commitment in found))
        unconfirmed = sum(commitment.is_closed and not commitment.confirmed for commitment in found)
        self.assertEqual(row_of(text, "Not yet confirmed"), unconfirmed)
        self.assertGreater(unconfirmed, 0)  # nobody is invented who would have confirmed them
        pieces = {}
        for update in ProgressUpdate.objects.published().select_related("evidence"):
            pieces |= {piece.pk: piece.voice for piece in [update.evidence, *update.further_evidence.all()]}
        for voice in Voice:
            self.assertEqual(dict(response.context["voices"])[voice.label], list(pieces.values()).count(voice))
