"""The figures on the pages are those that the tables of the register give, counted here anew, row by row.

The rules are written out a second time, in the plainest way, and not imported: an act counts if its day or year was
verified, or if NORMLEX or the Committee of Experts is named for its existence.
"""

import csv
import re
from calendar import month_name
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from conventions.models import Convention, Country
from tests.crawl import Page

pytestmark = pytest.mark.rules

TABLES = settings.BASE_DIR / "fixtures" / "register"


def rows(name):
    with (TABLES / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counts(row):
    if row["verified"] in ("yes", "year"):
        return True
    return row["verified"] == "exists" and any(word in row["source"].lower() for word in ("normlex", "ceacr"))


def tally(html, section):
    """The number beside the heading of a section; 0 where there is no such section."""
    found = re.search(rf'id="{section}">[^<]*<span class="tally">(\d+)</span>', html)
    return int(found[1]) if found else 0


class FigureTests(TestCase):
    """Every page of the register, against all rows of its tables."""

    @classmethod
    def setUpTestData(cls):
        call_command("loaddata", "topic", "country", "convention", "ratification", verbosity=0)
        cls.acts = rows("ratifications")
        cls.states = set(Country.objects.values_list("slug", flat=True))
        cls.instruments = {row["code"]: row for row in rows("conventions")}

    def html(self, path):
        with CaptureQueriesContext(connection) as captured:
            html = self.client.get(path).content.decode()
        self.assertLessEqual(len(captured), 12, path)
        return html

    def test_no_row_is_left_out(self):
        self.assertEqual(len(self.acts), 2106)
        self.assertEqual(sum(counts(row) for row in self.acts), 1934)

    def test_every_instrument_page(self):
        registered = Counter(row["convention"] for row in self.acts if counts(row))
        reported = Counter(row["convention"] for row in self.acts if not counts(row))
        denounced = Counter(row["convention"] for row in self.acts if counts(row) and row["denounced_on"])
        for convention in Convention.objects.exclude(kind="recommendation"):
            code = convention.code
            with self.subTest(code):
                html = self.html(convention.get_absolute_url())
                self.assertEqual(tally(html, "ratifications"), registered[code])
                self.assertEqual(tally(html, "reported"), reported[code])
                self.assertEqual(html.count('<tr class="is-ratified">'), registered[code] - denounced[code])
                self.assertEqual(html.count('<tr class="is-denounced">'), denounced[code])
                self.assertEqual(html.count('<tr class="is-reported">'), reported[code])
                named = set(re.findall(r'href="/countries/([a-z-]+)/"', html[html.index('class="states"') :]))
                self.assertTrue(convention.coverage == "none" or named == self.states, "Each State is in the grid.")
                self.assertEqual("not ratified</td>" in html, convention.coverage == "complete" and registered[code] < 187)

    def test_every_country_page(self):
        registered = Counter(row["iso3"] for row in self.acts if counts(row))
        reported = Counter(row["iso3"] for row in self.acts if not counts(row))
        laws = Counter(row["iso3"] for row in self.acts if row["national_law"])
        for country in Country.objects.all():
            with self.subTest(country.iso3):
                html = self.html(country.get_absolute_url())
                self.assertEqual(tally(html, "ratifications"), registered[country.iso3])
                self.assertEqual(tally(html, "reported"), reported[country.iso3])
                self.assertEqual(tally(html, "laws"), laws[country.iso3])

    def test_the_basic_instruments_of_every_country(self):
        """Ratified, denounced, only reported, not ratified or not known: by the rows alone."""
        basic = {code for code, row in self.instruments.items() if row["category"] in ("fundamental", "governance")}
        expected = {}
        for row in self.acts:
            if row["convention"] in basic:
                word = "reported" if not counts(row) else "denounced" if row["denounced_on"] else "ratified"
                expected[row["iso3"], row["convention"]] = word
        for country in Country.objects.all():
            html = self.html(country.get_absolute_url())
            basics = html[html.index('id="basic"') : html.index('id="ratifications"')]
            found = re.findall(r'<tr class="is-([a-z-]+)"><th scope="row"><a href="/conventions/([cp]\d+)/">', basics)
            self.assertEqual({code.upper() for _word, code in found}, basic)
            for word, code in found:
                absent = "not-ratified" if self.instruments[code.upper()]["category"] == "fundamental" else "unknown"
                self.assertEqual(word, expected.get((country.iso3, code.upper()), absent), (country.iso3, code))

    def test_the_lists_count_the_same(self):
        by_code = Counter(row["convention"] for row in self.acts if counts(row))
        by_state = Counter(row["iso3"] for row in self.acts if counts(row))
        for path, field, expected in [("/conventions/", "code", by_code), ("/countries/", "iso3", by_state)]:
            found, page = {}, 1
            while page:
                listed = self.client.get(path, {"page": page}).context["page"]
                found |= {getattr(record, field): record.registered for record in listed}
                page = listed.next_page_number() if listed.has_next() else None
            self.assertEqual({key: number for key, number in found.items() if number}, dict(expected), path)

    def test_what_a_page_says_of_a_single_date(self):
        """Each day in the tables that a source gives stands on its page, and no day that none gives."""
        for convention in Convention.objects.filter(code__in=["C001", "C105", "C140", "C176", "C190"]):
            text = Page(self.html(convention.get_absolute_url())).text
            for row in self.acts:
                if row["convention"] == convention.code and row["ratified_on"]:
                    year, month, day = row["ratified_on"].split("-")
                    written = f"{int(day)} {month_name[int(month)]} {year}"
                    name = Country.objects.get(iso3=row["iso3"]).name
                    sourced = row["verified"] == "yes" and not row["denounced_on"]
                    self.assertEqual(f"{name} ● ratified {written}" in text, sourced, (convention.code, name))


class KazakhstanTests(TestCase):
    """The case this register was made for."""

    @classmethod
    def setUpTestData(cls):
        call_command("loaddata", "topic", "country", "convention", "ratification", verbosity=0)

    def setUp(self):
        self.page = self.client.get("/countries/kazakhstan/").content.decode()

    def section(self, start, end):
        return Page(self.page[self.page.index(f'id="{start}"') : self.page.index(f'id="{end}"')]).text

    def test_c131_is_a_law_and_no_ratification(self):
        self.assertNotIn("C131", self.section("ratifications", "laws"))
        self.assertIn("Law No. 224-VIII of 20 Oct 2025: C131", self.section("laws", "reported"))
        self.assertIn("no registration with the ILO was seen", self.section("laws", "reported"))
        self.assertIn("C131", self.section("reported", "neighbours"))
        states = self.client.get("/conventions/c131/").content.decode()
        self.assertRegex(states, r'is-reported"><th scope="row"><a href="/countries/kazakhstan/">')

    def test_c87_reads_2000_and_the_day_is_unknown(self):
        self.assertRegex(self.section("basic", "ratifications"), r"C87 [^●]*● ratified 2000")
        self.assertRegex(self.section("ratifications", "laws"), r"C87 [^0-9]*Convention, 1948 \(No. 87\) \d+ 2000 day unknown")
        self.assertNotIn("13 December 2000", self.page)
        self.assertIn("Law No. 29-II of 30 Dec 1999", self.section("laws", "reported"))

    def test_absence_is_read_only_where_the_list_is_complete(self):
        basic = self.section("basic", "ratifications")
        self.assertRegex(basic, r"P29 .* ○ not ratified as of 4 June 2026")
        self.assertIn("one or more acts may be missing here", self.section("ratifications", "laws"))
