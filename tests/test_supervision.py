"""What supervisory bodies said: the facts that are committed, what the record refuses, how it is shown and who keeps it."""

import json
from collections import Counter

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conventions.models import Convention, Country, SupervisoryComment
from tests.cast import CastMixin
from tests.crawl import Page
from tests.forms import form_data

ADDRESS = "https://normlex.ilo.org/comment?id=1&lang=en"
UGLY = '<script>alert("1")</script> & <b>'
EXPERTS = "ILO Committee of Experts (CEACR), on NORMLEX"


def committed():
    """The fields of the records in the fixture, as they are written there."""
    text = (settings.BASE_DIR / "fixtures" / "supervisorycomment.json").read_text("utf-8")
    return [record["fields"] for record in json.loads(text)]


def codes(comment):
    return [convention.code for convention in comment.conventions.all()]


class CommittedComments(TestCase):
    """What a new site is filled with."""

    @classmethod
    def setUpTestData(cls):
        call_command("loaddata", "topic", "country", "convention", "supervisorycomment", verbosity=0)
        cls.comments = list(SupervisoryComment.objects.for_pages())

    def test_nobody_is_missing(self):
        self.assertEqual(
            Counter((comment.country.iso3, comment.kind) for comment in self.comments),
            {
                ("KAZ", "observation"): 3,
                ("KAZ", "direct-request"): 5,
                ("KAZ", "conference-case"): 3,
                ("KGZ", "observation"): 3,
                ("KGZ", "conference-case"): 1,
                ("TKM", "conference-case"): 1,
                ("UZB", "direct-request"): 1,
            },
        )
        self.assertEqual(len(self.comments), len(committed()))

    def test_every_record_passes_its_own_rules(self):
        for comment in self.comments:
            comment.full_clean()

    def test_each_has_an_address_of_the_web_and_a_publisher(self):
        for comment in self.comments:
            self.assertRegex(comment.url, r"^https?://[a-z.]+/")
            self.assertTrue(comment.publisher)

    def test_each_says_in_a_line_what_was_said(self):
        for comment in self.comments:
            with self.subTest(comment.url):
                self.assertLessEqual(len(comment.summary), 300)
                self.assertRegex(comment.summary, r"^[A-Z0-9][^\n]+[.?]$")

    def test_no_year_lies_in_the_future_or_before_the_convention(self):
        for comment in self.comments:
            with self.subTest(comment.url):
                self.assertLessEqual(max(comment.year, comment.published_year or 0), timezone.localdate().year)
                self.assertLessEqual(max([0, *(convention.year for convention in comment.conventions.all())]), comment.year)

    def test_experts_report_to_the_next_conference_and_cases_are_heard_there(self):
        for comment in self.comments:
            with self.subTest(comment.url):
                if comment.kind == "conference-case":
                    self.assertIsNone(comment.published_year)
                else:
                    self.assertEqual(comment.publisher, EXPERTS)
                    self.assertIn(comment.published_year - comment.year, {1, 2})  # the Conference of 2020 did not meet

    def test_only_the_duty_to_submit_names_no_instrument(self):
        (submission,) = (comment for comment in self.comments if not codes(comment))
        self.assertEqual((submission.country.iso3, submission.year), ("KGZ", 2024))
        self.assertIn("42 instruments", submission.summary)
        self.assertIn("duty to submit", submission.note)

    def test_a_case_that_others_tell_of_says_so(self):
        others = [comment for comment in self.comments if "ILO" not in comment.publisher]
        self.assertEqual(
            [(c.country.iso3, c.year, c.kind) for c in others],
            [("KGZ", 2025, "conference-case"), ("KAZ", 2024, "conference-case")],
        )
        for comment in others:
            self.assertIn("statement of the European Union", comment.note)

    def test_the_case_of_2016_has_the_code_of_another_state(self):
        case = next(comment for comment in self.comments if comment.year == 2016)
        self.assertEqual((case.country.iso3, codes(case)), ("KAZ", ["C087"]))
        self.assertIn("2016-Indonesia-C087", case.note)

    def test_kazakhstan_was_asked_about_these_instruments(self):
        asked = Counter(code for comment in self.comments if comment.country.iso3 == "KAZ" for code in codes(comment))
        labour_inspection, safety = {"C081": 4, "C129": 4}, dict.fromkeys(["C148", "C155", "C162", "C167", "C187"], 1)
        self.assertEqual(asked, {"C087": 3, "C144": 2, "C175": 1, **labour_inspection, **safety})


class CommentTestCase(CastMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.comment = cls.make()
        cls.comment.conventions.set([cls.c087, cls.c131])

    @classmethod
    def make(cls, **fields):
        facts = {"country": cls.kaz, "kind": "observation", "year": 2023, "published_year": 2024, "url": ADDRESS}
        return SupervisoryComment.objects.create(**{**facts, "publisher": "NORMLEX", "summary": "More inspectors.", **fields})


class RecordTests(CommentTestCase):
    def test_it_works(self):
        self.comment.full_clean()
        self.assertEqual(str(self.comment), "Kazakhstan, Observation, Committee of Experts, 2023")
        self.assertEqual(SupervisoryComment.objects.get_by_natural_key(ADDRESS), self.comment)

    def test_none_is_published_before_it_is_adopted(self):
        self.comment.published_year = 2022
        with self.assertRaises(ValidationError) as caught:
            self.comment.validate_constraints()
        self.assertEqual(caught.exception.messages, ["A comment cannot be published before it is adopted."])
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.comment.save()

    def test_one_address_is_one_comment(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.make(year=2020)

    def test_an_address_is_of_the_web(self):
        for address in ["javascript:alert(1)", "ftp://ilo.org/comment", "NORMLEX"]:
            self.comment.url = address
            with self.assertRaises(ValidationError) as caught:
                self.comment.full_clean()
            self.assertEqual(list(caught.exception.message_dict), ["url"])

    def test_the_newest_stand_first(self):
        for n, year in enumerate([2024, 2022]):
            self.make(year=year, published_year=None, url=f"{ADDRESS}&n={n}")
        self.assertEqual([comment.year for comment in SupervisoryComment.objects.for_pages()], [2024, 2023, 2022])


class PartialTests(CommentTestCase):
    def shown(self, of, comments=None):
        comments = SupervisoryComment.objects.for_pages() if comments is None else comments
        return render_to_string("_partials/supervision.html", {"comments": comments, "of": of})

    def test_the_page_of_a_state_names_the_instruments(self):
        page = Page(self.shown("country"))
        self.assertEqual(page.links, [self.c087.get_absolute_url(), self.c131.get_absolute_url(), ADDRESS])
        for words in ["What the supervisors said", "not a complete list", "2023", "Observation, Committee of Experts", "2024"]:
            self.assertIn(words, page.text)
        self.assertIn("More inspectors.", page.text)

    def test_the_page_of_an_instrument_names_the_state(self):
        page = Page(self.shown("convention"))
        self.assertEqual(page.links, [self.kaz.get_absolute_url(), ADDRESS])
        self.assertIn("Kazakhstan", page.text)

    def test_a_doubt_is_shown_and_nothing_where_there_is_none(self):
        self.assertNotIn("doubt", self.shown("country"))
        self.make(url=f"{ADDRESS}&n=2", note="The instrument is not stated.", published_year=None)
        self.assertInHTML('<p class="doubt">The instrument is not stated.</p>', self.shown("country"))

    def test_no_comments_make_no_section(self):
        self.assertEqual(self.shown("country", []).strip(), "")

    def test_ugly_text_is_only_text(self):
        country = Country.objects.create(
            name=UGLY, slug="ugly", iso3="UGL", iso2="UG", official_name=UGLY, region="africa", source="A source"
        )
        self.make(country=country, summary=UGLY, note=UGLY, publisher=UGLY, url=f'{ADDRESS}"onclick="alert(1)')
        for of in ("country", "convention"):
            html = self.shown(of)
            self.assertNotIn("<script", html)
            self.assertNotIn("<b>", html)
            self.assertNotIn('"onclick', html)
            self.assertIn("&lt;script&gt;", html)

    def test_two_queries_however_many(self):
        for n in range(20):
            self.make(url=f"{ADDRESS}&n={n}").conventions.set(Convention.objects.all())
        for of in ("country", "convention"):
            with CaptureQueriesContext(connection) as captured:
                self.shown(of)
            self.assertEqual(len(captured), 2)


class DeskTests(CommentTestCase):
    """The back office: editors keep the comments, reporters read them."""

    LIST = reverse("admin:conventions_supervisorycomment_changelist")
    ADD = reverse("admin:conventions_supervisorycomment_add")

    def page(self, page="change"):
        return reverse(f"admin:conventions_supervisorycomment_{page}", args=[self.comment.pk])

    def test_an_editor_writes_changes_and_deletes(self):
        self.client.force_login(self.boris)
        facts = {"country": self.kaz.pk, "kind": "direct-request", "year": "2024", "publisher": "NORMLEX", "summary": "Wages."}
        data = form_data(self.client.get(self.ADD), **facts, conventions=[self.c131.pk], url="https://ilo.org/comment")
        self.assertEqual(self.client.post(self.ADD, data).status_code, 302)
        self.assertEqual(codes(SupervisoryComment.objects.get(kind="direct-request")), ["C131"])
        data = form_data(self.client.get(self.page()), summary="Many more inspectors.")
        self.assertEqual(self.client.post(self.page(), data).status_code, 302)
        self.comment.refresh_from_db()
        self.assertEqual((self.comment.summary, codes(self.comment)), ("Many more inspectors.", ["C087", "C131"]))
        self.assertEqual(self.client.post(self.page("delete"), {"post": "yes"}).status_code, 302)
        self.assertFalse(SupervisoryComment.objects.filter(pk=self.comment.pk).exists())

    def test_an_editor_reads_why_a_year_is_refused(self):
        self.client.force_login(self.boris)
        data = form_data(self.client.get(self.page()), published_year="2022")
        self.assertContains(self.client.post(self.page(), data), "A comment cannot be published before it is adopted.")

    def test_a_reporter_reads_and_changes_nothing(self):
        self.client.force_login(self.alice)
        for address in (self.LIST, self.page()):
            self.assertContains(self.client.get(address), "Kazakhstan")
        for address in (self.ADD, self.page(), self.page("delete")):
            self.assertEqual(self.client.post(address, {"summary": "Mine", "post": "yes"}).status_code, 403)
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.summary, "More inspectors.")

    def test_the_list_is_searched_as_people_write(self):
        self.client.force_login(self.alice)
        self.assertContains(self.client.get(self.LIST), "C87, C131")
        for words, found in [("c87", 1), ("kazakh", 1), ("inspectors", 1), ("C176", 0), ("uzbek", 0)]:
            with self.subTest(words=words):
                self.assertEqual(self.client.get(self.LIST, {"q": words}).context["cl"].result_count, found)

    def test_the_list_costs_the_same_however_long(self):
        self.client.force_login(self.alice)
        costs = []
        for n in range(3):
            with CaptureQueriesContext(connection) as captured:
                self.client.get(self.LIST)
            costs.append(len(captured))
            self.make(url=f"{ADDRESS}&n={n}").conventions.set(Convention.objects.all())
        self.assertEqual(costs, [costs[0]] * 3)
