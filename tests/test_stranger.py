"""One stranger reads everything there is to read, and finds nothing that was not meant for the public."""

import re
from datetime import date

import pytest
from django.test import TestCase

from articles import models as newsroom
from articles.sitemaps import SITEMAPS
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import PUBLIC_NOTE, SECRETS, CastMixin
from tests.crawl import Page, crawl, sitemap_paths
from tests.test_public_versions import applied

pytestmark = pytest.mark.rules

#: Versions of an article are found from it, and by no search engine.
VERSION = re.compile(r"/v\d+/(changes/)?$")

#: What is made of a page for programs, and the form for what a reader has to say of it. No search engine lists them.
OUTLET = re.compile(r"/(data\.csv|data\.json|due\.ics|feed/|cite\.bib|cite\.json|reply/|reply/received/)$")
OUTLETS = ["feed/", "due.ics", "cite.bib", "cite.json", "reply/", "reply/received/"]

LISTS = [
    "/articles/",
    "/corrections/",
    "/roadmaps/",
    "/commitments/",
    "/discrepancies/",
    "/people/",
    "/organisations/",
    "/conventions/",
    "/countries/",
]


NAMED = [newsroom.Person, newsroom.Organisation]


class StrangerTests(CastMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        make_crowd(Crowd(articles=60, roadmaps=28, commitments=28, people=52, organisations=52, updates=1))
        applied(cls, cls.published, headline="A second headline", sets={"related": cls.hidden_references()})
        for record in (cls.withdrawn, cls.resubmitted):
            newsroom.Article.objects.filter(pk=record.pk).update(headline="SECRETDRAFT of a new headline")
        cls.seen = {path: Seen(response) for path, response in crawl(cls.client_class()).items()}

    @classmethod
    def hidden_references(cls):
        return [{"id": article.pk, "name": str(article)} for article in (cls.draft, cls.in_review, cls.scheduled)]

    def test_nothing_is_told(self):
        """What links and the sitemap lead to, what is hidden behind its own address, and the answers to questions."""
        seen = dict(self.seen)
        others = ["/robots.txt", "/sitemap.xml", *(f"/sitemap-{name}.xml" for name in SITEMAPS), *sitemap_paths(self.client)]
        seen |= {path: Seen(self.client.get(path)) for path in others if path not in seen}
        for path, answer in seen.items():
            self.assertEqual(answer.status, 200, path)
            self.assertTellsNothing(answer.text, path)

        tombstones = {record.get_absolute_url() for record in (self.withdrawn, self.resubmitted)}
        hidden = set(self.addresses_of_what_is_hidden())
        self.assertLess(tombstones, hidden)
        for path in hidden:
            answer = Seen(self.client.get(path))
            self.assertEqual(answer.status, 410 if path in tombstones else 404, path)
            self.assertTellsNothing(answer.text, path)
            self.assertEqual(PUBLIC_NOTE in answer.text, path in tombstones)
            self.assertNotIn(path, seen)

        for path, name, value in self.questions():
            response = self.client.get(path, {name: value})
            self.assertEqual(response.status_code, 200)
            if name == "q":
                self.assertEqual(list(response.context["page"]), [], (path, value))
            self.assertTellsNothing(Seen(response).text.replace(value, ""), (path, name, value))

    def addresses_of_what_is_hidden(self):
        """Every address that would show a hidden record, or its tombstone."""
        for model in (newsroom.Article, newsroom.Roadmap, newsroom.Commitment, newsroom.Discrepancy, newsroom.Page, *NAMED):
            shown = model.objects.published().values("pk")
            yield from (record.get_absolute_url() for record in model.objects.exclude(pk__in=shown))

    def test_no_outlet_of_what_is_hidden(self):
        """Nor any day of the past, in which what is hidden now was hidden too."""
        for model in (newsroom.Article, newsroom.Roadmap, newsroom.Commitment):
            shown = model.objects.published().values("pk")
            for record in model.objects.exclude(pk__in=shown):
                for end in [*OUTLETS, "?as_of=2030-01-01&known=2030-01-01", "?as_of=2025-06-30"]:
                    answer = Seen(self.client.get(record.get_absolute_url() + end))
                    self.assertIn(answer.status, (404, 410), (record, end))
                    self.assertTellsNothing(answer.text, (record, end))
        public = [self.ratify, self.amend, self.roadmap, self.kaz]
        ends = ["", "feed/", "due.ics", "cite.bib", "cite.json"]
        paths = [record.get_absolute_url() + end for record in public for end in ends]
        paths += [self.c176.get_absolute_url() + "feed/", "/commitments/", "/commitments/data.csv", "/commitments/data.json"]
        for path in [*paths, "/commitments/due.ics"]:
            for query in ("", "?as_of=2025-06-30", f"?known={date.today()}", "?as_of=2024-01-01&known=2024-07-01"):
                answer = Seen(self.client.get(path + query))
                self.assertEqual(answer.status, 200, path + query)
                self.assertTellsNothing(answer.text, path + query)

    def test_versions_are_hidden_with_their_article(self):
        public = set(newsroom.Article.objects.published().values_list("pk", flat=True))
        for article in newsroom.Article.objects.exclude(pk__in=public):
            for end in ("v1/", "v2/", "v2/changes/"):
                answer = Seen(self.client.get(article.get_absolute_url() + end))
                self.assertEqual(answer.status, 410 if article in (self.withdrawn, self.resubmitted) else 404)
                self.assertTellsNothing(answer.text, end)

    def questions(self):
        """The secret words, asked for in every form. A page repeats what was asked, and may say no more than that."""
        for path in LISTS:
            for name in self.client.get(path).context["filter"].form.fields:
                for word in SECRETS:
                    yield path, name, word if name == "q" else word.lower()

    def assertTellsNothing(self, text, place):
        text = text.casefold()  # once: the pages are long, and there are many
        for word in SECRETS:
            self.assertNotIn(word.casefold(), text, place)

    def test_every_public_page_is_reached_by_links_from_the_front_page(self):
        public, reached = set(sitemap_paths(self.client)), {path.split("?")[0] for path in self.seen}
        versions = {path for path in reached if VERSION.search(path)}
        reached = {path for path in reached if not OUTLET.search(path)}
        self.assertGreater(len(public), 200)
        self.assertEqual(public - reached, set())
        unwritten = {newsroom.Page(slug=slug).get_absolute_url() for slug in newsroom.LINKED} - public
        self.assertEqual(reached - public, versions | unwritten, "A page that the sitemap does not name.")
        self.assertEqual(versions, {self.published.get_absolute_url() + end for end in ("v1/", "v2/", "v2/changes/")})

    def test_no_link_leads_nowhere_or_round_a_corner(self):
        for path, answer in self.seen.items():
            self.assertEqual(answer.status, 200, path)
            page = Page(answer.text)
            ids = {attrs["id"] for _tag, attrs in page.elements if "id" in attrs}
            self.assertLessEqual({href[1:] for href in page.links if href.startswith("#")}, ids, path)


class Seen:
    """An answer, kept without what rendered it."""

    def __init__(self, response):
        self.status, self.text = response.status_code, f"{response.headers}\n{response.content.decode()}"
