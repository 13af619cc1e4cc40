"""How much of the register is verified: the command and the page, against figures counted anew from the fixtures."""

import csv
import json
from collections import Counter
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from conventions import report
from conventions.models import Convention, Ratification
from tests.crawl import Page

pytestmark = pytest.mark.once

ADDRESS = "/method/register/"
EMPTY = "The register is empty: there is nothing to report."


def records(name):
    """The fields of the records in a committed fixture."""
    text = (settings.BASE_DIR / "fixtures" / f"{name}.json").read_text("utf-8")
    return [record["fields"] for record in json.loads(text)]


def said(*arguments):
    """What the command prints."""
    out = StringIO()
    call_command("register_report", *arguments, stdout=out)
    return out.getvalue()


class CommittedRegister(TestCase):
    """The report on what a new site is filled with."""

    @classmethod
    def setUpTestData(cls):
        call_command("loaddata", "topic", "country", "convention", "ratification", verbosity=0)
        cls.report = report.read()
        cls.instruments, cls.states, cls.acts = records("convention"), records("country"), records("ratification")

    def test_it_works(self):
        total = self.report.total
        self.assertEqual((total.total, total.counting, total.reported), (2106, 1934, 172))
        self.assertEqual((total.day, total.year, total.exists), (383, 1546, 5))
        self.assertEqual((len(self.report.instruments), total.share), (199, 91.8))

    def test_each_instrument_is_counted_as_in_the_files(self):
        found = {}
        for act in self.acts:
            word = act["verification"] if act["registered"] else "reported"
            found.setdefault(act["convention"][0], Counter())[word] += 1
        for row in self.report.instruments:
            code, acts = row.convention.code, row.acts
            with self.subTest(code):
                self.assertEqual(
                    Counter(day=acts.day, year=acts.year, exists=acts.exists, reported=acts.reported), found.get(code, Counter())
                )
                self.assertEqual(acts.counting, row.convention.ratifications.registered().count())

    def test_the_rows_add_up_to_the_total(self):
        for name in ("day", "year", "exists", "reported", "counting", "total"):
            with self.subTest(name):
                self.assertEqual(
                    sum(getattr(row.acts, name) for row in self.report.instruments), getattr(self.report.total, name)
                )
        self.assertEqual(self.report.total.total, Ratification.objects.count())
        self.assertEqual(self.report.total.counting, Ratification.objects.registered().count())

    def test_coverage_is_told_as_the_instrument_says(self):
        rows = {row.convention.code: row for row in self.report.instruments}
        for code, coverage, covered in [
            ("C087", "complete", "4 June 2026"), ("C170", "complete", "2024"), ("C131", "in part", "None"),
            ("C081", "no list read", "None"),
        ]:  # fmt: skip
            self.assertEqual((rows[code].coverage, str(rows[code].convention.covered)), (coverage, covered))

    def fields(self):
        return {(row.record, row.name): (row.verified, row.of) for row in self.report.fields}

    def test_each_field_is_counted_as_in_the_files(self):
        every = len(self.instruments)
        entered = [fields for fields in self.instruments if fields["entry_into_force"] == "entered"]
        classified = [fields for fields in self.instruments if fields["status"]]

        def where(rows, name):
            return sum(bool(fields[name]) for fields in rows), len(rows)

        found = self.fields()
        for name, expected in [
            ("Title", where(self.instruments, "title_verified")),
            ("Day of adoption", where(self.instruments, "adopted_on")),
            ("Day of entry into force", where(entered, "in_force_on")),
            ("NORMLEX status", where(classified, "status_verified")),
        ]:
            with self.subTest(name):
                self.assertEqual(found["Instruments", name], expected)
        self.assertEqual(found["Instruments", "Title"], (182, every))
        self.assertEqual(found["Member States", "Year of membership"], where(self.states, "member_since"))
        self.assertEqual(found["Member States", "Region"], where(self.states, "region_verified"))
        self.assertEqual(found["Ratifications", "Registration with the ILO"], where(self.acts, "registered"))
        self.assertEqual(found["Ratifications", "Year of registration"], where(self.acts, "ratified_on"))
        days = sum(act["verification"] == "day" for act in self.acts)
        self.assertEqual(found["Ratifications", "Day of registration"], (days, len(self.acts)))

    def test_what_has_no_flag_of_its_own_is_never_called_verified(self):
        unflagged = {name for (_record, name), (verified, _of) in self.fields().items() if verified is None}
        self.assertEqual(
            unflagged,
            {
                "Year of the title", "Whether it entered into force", "Category", "Topics", "What it revises",
                "Names and ISO codes", "Whether it is still in force",
            },
        )  # fmt: skip

    def test_the_command_prints_both_tables(self):
        first, second = (block.splitlines() for block in said().strip().split("\n\n"))
        self.assertEqual((len(first), len(second)), (1 + len(self.report.fields), 1 + 199 + 1))
        self.assertEqual(first[1].split(), ["Instruments", "Title", "182", "408", "44.6", "%"])
        self.assertEqual(second[0].split("  ")[0], "instrument")
        self.assertEqual(second[-1].split(), ["all", "1,934", "383", "1,546", "5", "172", "91.8", "%"])
        ends = {line.rindex("%") for line in second if "%" in line}
        self.assertEqual(len(ends), 1, "The columns are not aligned.")

    def test_the_command_prints_what_a_spreadsheet_reads(self):
        first, second = (list(csv.DictReader(StringIO(block))) for block in said("--format=csv").strip().split("\n\n"))
        self.assertEqual([row["verified"] for row in first if row["field"] == "Topics"], ["not recorded"])
        *rows, total = second
        for name in ("count", "day", "year", "no date", "not verified"):
            self.assertEqual(sum(int(row[name]) for row in rows), int(total[name]))
        c087 = next(row for row in rows if row["instrument"] == "C087")
        self.assertEqual((c087["coverage"], c087["as of"], c087["count"]), ("complete", "4 June 2026", "158"))

    def test_the_command_knows_two_formats(self):
        with self.assertRaises(CommandError):
            said("--format=pdf")

    def test_the_page_shows_the_same(self):
        page = Page(self.client.get(ADDRESS).content.decode())
        for words in ["Of 2,106 acts of ratification 1,934 count", "383 with the day", "1,546 with the year alone"]:
            self.assertIn(words, page.text)
        for words in ["The other 172 are reported and not verified", "182 of 408", "44.6 %", "not recorded", "91.8 %"]:
            self.assertIn(words, page.text)
        listed = [link for link in page.links if link.startswith("/conventions/c") or link.startswith("/conventions/p")]
        self.assertEqual(listed, [row.convention.get_absolute_url() for row in self.report.instruments])

    def test_the_page_says_how_it_is_read_and_where_it_is_explained(self):
        page = Page(self.client.get(ADDRESS).content.decode())
        self.assertIn("/method/", page.links)
        self.assertIn("/conventions/", page.links)
        self.assertIn("manage.py register_report", page.text)
        self.assertIn(ADDRESS, Page(self.client.get("/method/").content.decode()).links)

    def test_a_few_queries_are_enough(self):
        for ask, most in [(report.read, 3), (lambda: self.client.get(ADDRESS), 12)]:
            with CaptureQueriesContext(connection) as captured:
                ask()
            self.assertLessEqual(len(captured), most)

    def test_what_was_struck_is_left_out(self):
        act = Ratification.objects.get_by_natural_key("KAZ", "C087", 1)
        Ratification.objects.filter(pk=act.pk).update(delisted_on="2026-11-01")
        self.assertEqual(report.read().total.total, 2105)
        Convention.objects.filter(code="C131").update(delisted_on="2026-11-01")
        found = report.read()
        self.assertEqual(len(found.instruments), 198)
        self.assertEqual(found.total.total, 2105 - Ratification.objects.filter(convention__code="C131").count())
        self.assertEqual({row.of for row in found.fields if row.record == "Ratifications"}, {found.total.total})
        self.assertIn(407, {row.of for row in found.fields})


class SharesTests(TestCase):
    def test_a_share_is_rounded_down_so_that_100_means_all(self):
        for part, whole, expected in [(0, 3, 0.0), (1, 3, 33.3), (2, 3, 66.6), (1999, 2000, 99.9), (2000, 2000, 100.0)]:
            self.assertEqual(report.share(part, whole), expected)
        self.assertIsNone(report.share(0, 0))


class EmptyRegister(TestCase):
    def test_the_command_says_so(self):
        for arguments in ([], ["--format=csv"]):
            self.assertEqual(said(*arguments), f"{EMPTY}\n")

    def test_the_page_says_so(self):
        response = self.client.get(ADDRESS)
        self.assertContains(response, EMPTY)
        self.assertNotContains(response, "<table")

    def test_a_register_without_acts_has_no_shares_of_them(self):
        Convention.objects.create(kind="convention", code="C087", number=87, title="Freedom", year=1948, source="A source")
        response = self.client.get(ADDRESS)
        self.assertContains(response, "none in this register")
        self.assertNotContains(response, "acts of ratification")
        self.assertNotContains(response, "None")
        self.assertEqual(said().splitlines()[-1].split(), ["all", "0", "0", "0", "0", "0"])
