"""How often a page asks the database: as often for 20 records as for 20,000, and never more than twelve times."""

from unittest import mock

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from articles.sitemaps import SITEMAPS
from conventions.models import Convention, Country, Ratification, Topic
from tests.benchmarks.crowd import PUBLISHED_AT, SOURCE, Crowd, make_crowd
from tests.cast import CastMixin
from tests.test_public_versions import applied

pytestmark = pytest.mark.rules

MOST = 12
#: An article also explains its instruments, and finds what shares records with it and what came before and after.
MOST_OF_AN_ARTICLE = 15
#: The large number is for the embedded database: it must be met on one, and the rule is the same on both.
MANY = 20_000 if connection.vendor == "sqlite" else 600
REGISTER = ["q=87&year=1948", "in_force=true&ratified_by=kazakhstan&sort=ratifications", "sort=title"]
PROMISED = ["overdue=true", "overdue=false", "as_of=2020-06-30&known=2026-02-01", "sort=due", "effect=some"]
PROMISED += ["strength=ratify", "convention=C087"]

LISTS = {
    "/corrections/": ["q=year&kind=correction"],
    "/articles/": ["q=mines", "country=kazakhstan", "topic={topic}", "convention=C087", "year=2000", "page=2"],
    "/roadmaps/": ["q=mines", "country=kazakhstan", "kind=roadmap", "page=2"],
    "/commitments/": ["q=mines", "country=kazakhstan", "delivery=under-way", *PROMISED, "page=2"],
    "/commitments/data.csv": ["", "as_of=2020-06-30"],
    "/commitments/data.json": ["country=kazakhstan"],
    "/commitments/due.ics": [],
    "/discrepancies/": ["country=kazakhstan", "q=year"],
    "/method/": [],
    "/people/": ["q=person", "page=2"],
    "/organisations/": ["q=mines", "classification=workers", "page=2"],
    "/conventions/": ["q=C087", "q=labour", "kind=recommendation", "status=outdated", "topic={topic}", "page=2", *REGISTER],
    "/countries/": ["q=kaz", "region=africa", "page=2"],
    "/topics/": [],
    "/": [],
}


def register(count, start=0):
    """So many Recommendations, States and topics more, as far as codes of their form go."""
    codes = range(start, min(start + count, 600))
    Topic.objects.bulk_create(Topic(name=f"Topic {n}", slug=f"topic-{n}") for n in codes)
    Convention.objects.bulk_create(
        Convention(code=f"R{n + 300}", kind="recommendation", number=n + 300, year=1990, title=f"Labour {n}", source=SOURCE)
        for n in codes
    )
    letters = [(chr(65 + n // 26), chr(65 + n % 26)) for n in codes]
    Country.objects.bulk_create(
        Country(iso3=f"Q{a}{b}", iso2=f"{a}{b}", name=f"State {a}{b}", slug=f"state-{a}{b}", region="africa", source=SOURCE)
        for a, b in letters
        if a + b not in ("KZ", "UZ")
    )


class QueriesTestCase(CastMixin, TestCase):
    def count(self, address):
        with CaptureQueriesContext(connection) as captured:
            response = self.client.get(address)
            response.getvalue()
        self.assertEqual(response.status_code, 200, address)
        return len(captured)


class ListTests(QueriesTestCase):
    """With twenty of each, and then with twenty thousand: articles, roadmaps, commitments, people and organisations."""

    def counts(self):
        """The queries of each list, filtered in each way."""
        topic = self.topic.slug
        addresses = [path + query for path, queries in LISTS.items() for query in ["", *(f"?{query}" for query in queries)]]
        addresses += [f"/sitemap-{name}.xml" for name in SITEMAPS]
        return {address: self.count(address.format(topic=topic)) for address in addresses}

    def test_it_works(self):
        register(20)
        make_crowd(Crowd(20, 20, 20, 20, 20, updates=1))
        ContentType.objects.get_for_models(newsroom.Commitment, newsroom.Roadmap, Country)  # Django asks for them once
        few = self.counts()
        register(MANY - 20, start=20)
        make_crowd(Crowd(*[MANY - 20] * 5, updates=1), start=20)
        for model in (newsroom.Article, newsroom.Roadmap, newsroom.Commitment, newsroom.Person, newsroom.Organisation):
            self.assertGreaterEqual(model.objects.count(), MANY)
        many = self.counts()
        self.assertEqual(few, many)
        self.assertLessEqual(max(many.values()), MOST)


class EveryPageTests(QueriesTestCase):
    """Whatever stands on a page, there may be much of it."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        register(30)
        make_crowd(Crowd(articles=60, roadmaps=30, commitments=90, people=30, organisations=30))
        cls.crowd_everything()

    @classmethod
    def crowd_everything(cls):
        """Let the public records of the cast have many of everything that a page shows."""
        article, roadmap, person = cls.published, cls.roadmap, cls.minister
        articles, roadmaps = newsroom.Article.objects.published(), newsroom.Roadmap.objects.published()
        people, organisations = newsroom.Person.objects.exclude(pk=person.pk), newsroom.Organisation.objects.all()
        commitments = newsroom.Commitment.objects.published()
        article.countries.set(Country.objects.all()[:20])
        article.topics.set(Topic.objects.all())
        article.roadmaps.set(roadmaps)
        article.commitments.set(commitments)
        article.related.set(articles.exclude(pk=article.pk)[:20])
        for n, (other, ministry) in enumerate(zip(people, organisations, strict=False)):
            newsroom.Appearance.objects.create(article=article, person=other, organisation=ministry, role_as_stated="Officer")
            newsroom.OutsideLink.objects.create(article=article, title=f"Link {n}", url="https://example.org/")
            newsroom.Correction.objects.create(article=article, kind="update", text=f"Update {n}", made_at=PUBLISHED_AT)
            newsroom.Signature.objects.create(
                roadmap=roadmap, person=other, organisation=ministry, role_as_stated="Officer", source=f"Source {n}"
            )
            newsroom.Party.objects.create(roadmap=roadmap, role="workers", organisation=ministry, as_stated=f"Union {n}")
            newsroom.PersonName.objects.create(person=person, name=f"Name {n}", source=SOURCE)
            newsroom.Membership.objects.create(
                person=person, organisation=ministry, role=f"Role {n}", stated_on="2024-01-01", source=SOURCE
            )
            newsroom.Membership.objects.create(
                person=other, organisation=cls.ministry, role=f"Role {n}", stated_on="2024-01-01", source=SOURCE
            )
        for ministry in organisations.exclude(responsibilities__commitment=cls.ratify):
            newsroom.Responsibility.objects.create(commitment=cls.ratify, organisation=ministry)
            newsroom.Participation.objects.get_or_create(article=article, organisation=ministry)
        cls.crowd_register(articles, commitments)
        cls.crowd_updates()
        for change in ({"headline": "A second headline"}, {"parts": {"appearances": []}, "sets": {"roadmaps": []}}):
            applied(cls, cls.published, **change)

    @classmethod
    def crowd_register(cls, articles, commitments):
        newsroom.Citation.objects.bulk_create(
            newsroom.Citation(article=article, convention=cls.c087, words="the Convention")
            for article in articles.exclude(citations__convention=cls.c087)
        )
        newsroom.Citation.objects.bulk_create(
            newsroom.Citation(article=cls.published, convention=convention, words="the Convention")
            for convention in Convention.objects.exclude(citations__article=cls.published)
        )
        commitments.update(convention=cls.c087)
        newsroom.Roadmap.objects.filter(slug__startswith="roadmap-").update(country=cls.kaz)
        newsroom.Statistic.objects.update(country=cls.kaz)
        cls.kaz.articles.set(articles)
        cls.topic.articles.set(articles)
        cls.topic.conventions.set(Convention.objects.all())
        cls.c087.topics.set(Topic.objects.all())
        cls.c087.revises.set(Convention.objects.exclude(pk=cls.c087.pk))
        cls.c087.revised_by.set(Convention.objects.exclude(pk=cls.c087.pk))
        states = Country.objects.exclude(ratifications__convention=cls.c087)
        for n, state in enumerate(states):
            facts = {"status": "in-force", "verification": "exists", "source": SOURCE, "registered": bool(n % 2)}
            Ratification.objects.create(country=state, convention=cls.c087, **facts)
        for n, convention in enumerate(Convention.objects.exclude(ratifications__country=cls.kaz)):
            facts = {"status": "in-force", "verification": "exists", "source": SOURCE, "registered": bool(n % 2)}
            Ratification.objects.create(country=cls.kaz, convention=convention, **facts)

    @classmethod
    def crowd_updates(cls):
        previous = None
        for n in range(3, 23):
            previous = newsroom.ProgressUpdate.objects.create(
                commitment=cls.ratify, number=n, happened_on="2024-12-01", delivery="delivered", summary=f"Step {n}",
                evidence=cls.evidence, status="published", published_at=PUBLISHED_AT, supersedes=previous,
                reason="It was wrong." if previous else "",
            )  # fmt: skip
            previous.further_evidence.set(newsroom.Evidence.objects.exclude(pk=cls.hidden_evidence.pk)[:10])

    def addresses(self):
        records = [self.published, self.roadmap, self.ratify, self.minister, self.ministry, self.topic, self.c087, self.kaz]
        yield from (record.get_absolute_url() for record in records)
        yield from (self.published.get_absolute_url() + end for end in ("v2/", "v3/", "v2/changes/", "v3/changes/"))
        followed = [record.get_absolute_url() for record in (self.ratify, self.roadmap, self.kaz)]
        yield from (address + end for address in followed for end in ("feed/", "due.ics", "cite.bib", "cite.json"))
        yield from (f"{address}?as_of=2025-06-30&known=2026-01-01" for address in followed)
        yield from (self.c087.get_absolute_url() + "feed/", self.discrepancy.get_absolute_url())
        yield from ("/about/", self.privacy.get_absolute_url(), "/robots.txt", "/sitemap.xml", "/articles/?year=soon&country=x")
        yield from LISTS

    def test_it_works(self):
        for address in self.addresses():
            with self.subTest(address):
                most = MOST_OF_AN_ARTICLE if address.startswith(self.published.get_absolute_url()) else MOST
                most += "known=" in address  # what was edited in the register since
                self.assertLessEqual(self.count(address), most)

    def test_neither_does_what_is_not_there(self):
        for address, status in [
            ("/nowhere/", 404),
            (self.withdrawn.get_absolute_url(), 410),
            (self.draft.get_absolute_url(), 404),
        ]:
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.client.get(address).status_code, status)
            self.assertLessEqual(len(captured), MOST, address)

    def test_the_passing_of_time_costs_nothing(self):
        with mock.patch.object(timezone, "now", return_value=PUBLISHED_AT.replace(year=2998)):
            self.assertLessEqual(self.count("/"), MOST)
