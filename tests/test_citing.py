"""How pages are cited: an address that never says anything else, and citations that programs read."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import RequestFactory, override_settings
from django.utils import timezone

from articles import models as newsroom
from articles.citing import tex
from articles.models import Commitment, Roadmap
from articles.previews import preview_page
from conventions.models import Country
from tests.crawl import Page
from tests.test_commitment_list import NOW, TrackerCase

pytestmark = pytest.mark.once

CSL_FIELDS = {"id", "type", "title", "container-title", "author", "issued", "accessed", "URL", "note"}


def entries(text):
    """A small reader of BibTeX: {key: {field: value}} of entries whose braces balance."""
    found, place = {}, 0
    while match := re.compile(r"\s*@(\w+)\{([^,\s{}]+),").match(text, place):
        fields, place = {}, match.end()
        while field := re.compile(r"\s*(\w+)\s*=\s*").match(text, place):
            begin = place = field.end()
            depth = 0
            while depth or text[place] not in ",}\n":
                depth += {"{": 1, "}": -1}.get(text[place], 0)
                place += 1
            fields[field[1]] = text[begin:place]
            place += text[place] == ","
        place = text.index("}", place) + 1
        found[match[2]] = {"type": match[1], **fields}
    return found


class CiteCase(TrackerCase):
    def bib(self, record, query=""):
        response = self.client.get(f"{record.get_absolute_url()}cite.bib{query}")
        self.assertEqual(response.status_code, 200)
        [(key, fields)] = entries(response.content.decode()).items()
        return key, fields

    def csl(self, record, query=""):
        response = self.client.get(f"{record.get_absolute_url()}cite.json{query}")
        self.assertEqual(response.status_code, 200)
        [item] = json.loads(response.content)
        self.assertEqual(set(item), CSL_FIELDS)
        return item


class ProgramTests(CiteCase):
    @override_settings(SITE_NAME="The Record & Co")
    def test_bibtex(self):
        key, fields = self.bib(self.ratify)
        self.assertEqual(key, "the-record-co-commitment-ratify-c176-2026-11-22")
        self.assertEqual(
            fields,
            {
                "type": "misc",
                "author": r"{{The Record \& Co}}",
                "title": "{{Ratify Convention No. 176 (Kazakhstan, Roadmap 2024-2025)}}",
                "year": "{2026}",
                "month": "nov",
                "url": "{http://testserver/commitments/ratify-c176/?as_of=2026-11-22&known=2026-11-22T12:00:00Z}",
                "urldate": "{2026-11-22}",
                "note": "{As things stood on 2026-11-22, by what was recorded here until 2026-11-22T12:00:00Z.}",
            },
        )

    @override_settings(SITE_NAME="The Record & Co")
    def test_csl(self):
        self.assertEqual(
            self.csl(self.ratify),
            {
                "id": "the-record-co-commitment-ratify-c176-2026-11-22",
                "type": "webpage",
                "title": "Ratify Convention No. 176 (Kazakhstan, Roadmap 2024-2025)",
                "container-title": "The Record & Co",
                "author": [{"literal": "The Record & Co"}],
                "issued": {"date-parts": [[2026, 11, 22]]},
                "accessed": {"date-parts": [[2026, 11, 22]]},
                "URL": "http://testserver/commitments/ratify-c176/?as_of=2026-11-22&known=2026-11-22T12:00:00Z",
                "note": "As things stood on 2026-11-22, by what was recorded here until 2026-11-22T12:00:00Z.",
            },
        )

    def test_what_the_answers_bear(self):
        for form, kind in [("bib", "application/x-bibtex"), ("json", "application/vnd.citationstyles.csl+json")]:
            response = self.client.get(f"{self.kaz.get_absolute_url()}cite.{form}")
            self.assertEqual(response.headers["Content-Type"], f"{kind}; charset=utf-8")
            self.assertEqual(response.headers["Content-Disposition"], f'inline; filename="kazakhstan.{form}"')
            self.assertFalse(response.cookies)

    def test_each_kind(self):
        for record, title in [
            (self.roadmap, "Roadmap 2024-2025 (Kazakhstan)"),
            (self.duties, "Duties of members (All member States)"),
            (self.submit, "Submit it (All member States, Duties of members)"),
            (self.kaz, "Kazakhstan"),
        ]:
            self.assertEqual(self.csl(record)["title"], title)
            self.assertEqual(self.bib(record)[1]["title"], f"{{{{{title}}}}}")

    def test_signs_of_tex(self):
        self.assertEqual(tex("50 % of #1 & a_b"), r"50 \% of \#1 \& a\_b")
        self.assertEqual(tex("$x^2~y\\"), r"\$x\textasciicircum{}2\textasciitilde{}y\textbackslash{}")
        self.assertEqual(tex("a } b {\n c"), r"a \textbraceright{} b \textbraceleft{} c")

    def test_ugly_titles_leave_it_whole(self):
        title = 'Закон «о труде» } { 50 % & #1_2 \\ "é"\n😀'
        Commitment.objects.filter(pk=self.ratify.pk).update(title=title)
        Roadmap.objects.filter(pk=self.roadmap.pk).update(title="}}{")
        _key, fields = self.bib(self.ratify)
        self.assertEqual(len(fields), 8)
        self.assertIn(r"Закон «о труде» \textbraceright{} \textbraceleft{} 50 \% \& \#1\_2 \textbackslash{} ", fields["title"])
        self.assertIn('"é" 😀', fields["title"])
        self.assertTrue(self.csl(self.ratify)["title"].startswith('Закон «о труде» } { 50 % & #1_2 \\ "é" 😀 ('))

    def test_a_wrong_day_is_refused(self):
        day = "This is no day, or has not come yet: write it as 2025-06-30."
        response = self.client.get(f"{self.ratify.get_absolute_url()}cite.bib?as_of=soon")
        self.assertEqual((response.status_code, response.content.decode()), (400, f"as_of: {day}\n"))
        response = self.client.get(f"{self.kaz.get_absolute_url()}cite.json?known=2999-01-01")
        self.assertEqual((response.status_code, response.json()), (400, {"errors": {"known": [day]}}))

    def test_no_other_form(self):
        for address in ("/commitments/nowhere/cite.bib", "/countries/nowhere/cite.json", "/commitments/ratify-c176/cite.xml"):
            self.assertEqual(self.client.get(address).status_code, 404)


class MomentTests(CiteCase):
    def asked(self, query=""):
        parts = parse_qs(urlsplit(self.csl(self.ratify, query)["URL"]).query)
        return parts["as_of"][0], parts["known"][0]

    def test_what_was_asked_is_carried(self):
        self.assertEqual(self.asked("?as_of=2025-06&known=2026-06-01"), ("2025-06-30", "2026-06-01"))
        self.assertEqual(self.asked("?as_of=2025-06-30"), ("2025-06-30", "2026-11-22T12:00:00Z"))
        self.assertEqual(self.asked("?known=2026-06-01T10:00:00%2B05:00"), ("2026-11-22", "2026-06-01T05:00:00Z"))
        item = self.csl(self.ratify, "?as_of=2025-06-30&known=2026-06-01")
        self.assertEqual(item["issued"], {"date-parts": [[2026, 6, 1]]})
        self.assertEqual(item["accessed"], {"date-parts": [[2026, 11, 22]]})

    def test_a_day_that_is_not_over_is_cited_as_of_now(self):
        """Whatever is recorded this evening would change the page that was cited this morning."""
        self.assertEqual(self.asked("?known=2026-11-22"), ("2026-11-22", "2026-11-22T12:00:00Z"))

    def test_what_was_cited_never_changes(self):
        """Not even by what is recorded in the same second."""
        moment = NOW + timedelta(microseconds=250)
        with mock.patch.object(timezone, "now", return_value=moment):
            address = urlsplit(self.csl(self.law)["URL"])
        path = f"{address.path}?{address.query}"
        before = self.client.get(path).context["commitment"].delivery
        self.assertEqual(before, "not-delivered")
        self.happened(self.law, date(2026, 11, 20), "delivered", recorded=moment + timedelta(microseconds=1))
        newsroom.ProgressUpdate.objects.filter(pk=self.failed.pk).update(
            status="withdrawn", withdrawn_at=moment + timedelta(days=1), public_note="It was wrong."
        )
        with mock.patch.object(timezone, "now", return_value=NOW + timedelta(days=400)):
            self.assertEqual(self.client.get(path).context["commitment"].delivery, before)
            self.assertEqual(self.client.get(self.law.get_absolute_url()).context["commitment"].delivery, "delivered")

    @override_settings(TIME_ZONE="Asia/Almaty")
    def test_the_day_is_that_of_the_site_and_the_moment_is_everybodys(self):
        with mock.patch.object(timezone, "now", return_value=datetime(2026, 11, 22, 20, tzinfo=UTC)):
            self.assertEqual(self.asked(), ("2026-11-23", "2026-11-22T20:00:00Z"))


class PageTests(CiteCase):
    """What stands on the pages themselves."""

    def cited(self, record, query=""):
        return Page(self.client.get(record.get_absolute_url() + query).content.decode())

    def test_it_works(self):
        for record, words in [
            (self.ratify, "Ratify Convention No. 176 (Kazakhstan, Roadmap 2024-2025). In: ilonews, public record of labour"),
            (self.roadmap, "Roadmap 2024-2025 (Kazakhstan). In: ilonews, public record of labour commitments, <http://"),
            (self.kaz, "Kazakhstan. In: ilonews, register of international labour standards and record of labour commitments,"),
        ]:
            with self.subTest(record):
                page = self.cited(record)
                self.assertIn(words, page.text)
                where = f"<http://testserver{record.get_absolute_url()}?as_of=2026-11-22&known=2026-11-22T12:00:00Z>."
                self.assertIn(where, page.text)
                stood = "As things stood on 22 November 2026, by what was recorded here until 22 November 2026."
                self.assertIn(stood, page.text)
                self.assertEqual([attrs.get("id") for _tag, attrs in page.elements].count("cite"), 1)
                for form in ("bib", "json"):
                    self.assertIn(f"{record.get_absolute_url()}cite.{form}", page.links)

    def test_the_days_of_the_page_are_carried(self):
        query = "?as_of=2025-06-30&known=2026-07-01"
        for record in (self.ratify, self.roadmap, self.kaz):
            page = self.cited(record, query)
            self.assertIn(f"<http://testserver{record.get_absolute_url()}{query}>.", page.text)
            self.assertIn(f"{record.get_absolute_url()}cite.bib{query}", page.links)

    def test_a_title_is_no_markup(self):
        Country.objects.filter(pk=self.kaz.pk).update(official_name="<b>Kazakhstan</b> & co")
        self.assertIn("<b>Kazakhstan</b> & co. In: ilonews", self.cited(self.kaz).text)

    def test_a_preview_is_neither_cited_nor_followed(self):
        self.client.force_login(self.boris)
        request = RequestFactory().get("/")
        request.user = self.boris
        page = Page(preview_page(request, self.hidden_roadmap, template=None).content.decode())
        self.assertIn("SECRETROADMAP", page.text)
        self.assertNotIn("cite", {attrs.get("id") for _tag, attrs in page.elements})
        self.assertFalse([link for link in page.links if "feed" in link or "due.ics" in link])
