"""What stands beside an article: the editor's choice, what shares its records, and what came before and after on a roadmap."""

from datetime import date

from django.test import TestCase

from articles.models import Appearance, Article, Citation, Roadmap
from articles.views import article_context
from tests.cast import PUBLISHED_AT, SOURCE, CastMixin
from tests.crawl import Page


class KinTestCase(CastMixin, TestCase):
    def story(self, name, day, cites=(), names=(), status="published", **sets):
        """A public article of that day which cites, names and reports these records."""
        article = Article.objects.create(
            headline=f"Story {name}", slug=f"story-{name}", standfirst="-", body="<p>-</p>", dated=day, source_name="A source",
            status=status, published_at=PUBLISHED_AT if status == "published" else None, drafted_by=self.alice,
        )  # fmt: skip
        for convention in cites:
            Citation.objects.create(article=article, convention=convention)
        for person in names:
            Appearance.objects.create(article=article, person=person, role_as_stated="Minister")
        for field, records in sets.items():
            getattr(article, field).set(records)
        return article

    def related(self, article=None):
        return [str(other) for other in article_context(article or self.published)["related"]]

    def beside(self, article):
        context = article_context(article)
        return context.get("before") and str(context["before"]), context.get("after") and str(context["after"])


class RelatedTests(KinTestCase):
    def test_it_works(self):
        self.story("promise", date(2020, 1, 1), commitments=[self.ratify])
        self.story("instrument", date(2021, 1, 1), cites=[self.c176])
        self.story("person", date(2022, 1, 1), names=[self.minister])
        self.story("nothing", date(2023, 1, 1), cites=[self.c087])
        self.assertEqual(self.related(), ["Story promise", "Story instrument", "Story person"])

    def test_who_shares_more_comes_first_and_the_newer_of_equals(self):
        self.story("both", date(2019, 1, 1), cites=[self.c176], names=[self.minister])
        self.story("old", date(2020, 1, 1), cites=[self.c176])
        self.story("new", date(2021, 1, 1), cites=[self.c176])
        self.assertEqual(self.related(), ["Story both", "Story new", "Story old"])

    def test_what_an_editor_named_comes_before_and_is_filled_up(self):
        named = self.story("named", date(2001, 1, 1))
        for n in range(5):
            self.story(n, date(2020, 1, n + 1), cites=[self.c176])
        self.published.related.add(named)
        self.assertEqual(self.related(), ["Story named", "Story 4", "Story 3", "Story 2"])

    def test_all_that_an_editor_named_are_shown(self):
        named = [self.story(n, date(2020, 1, n + 1)) for n in range(6)]
        self.story("other", date(2024, 1, 1), cites=[self.c176])
        self.published.related.set(named)
        self.assertEqual(len(self.related()), 6)

    def test_nothing_hidden_is_kin(self):
        for status in ("draft", "in_review"):
            self.story(status, date(2020, 1, 1), cites=[self.c176], status=status)
        self.assertEqual(self.related(), [])

    def test_a_translation_is_neither_kin_nor_neighbour(self):
        told = {"cites": [self.c176], "roadmaps": [self.roadmap]}
        russian = self.story("ru", date(2024, 6, 12), **told)
        Article.objects.filter(pk=russian.pk).update(translation_of=self.published, language="ru")
        other = self.story("other", date(2025, 1, 1), **told)
        kazakh = self.story("kk", date(2025, 1, 1), **told)
        Article.objects.filter(pk=kazakh.pk).update(translation_of=other, language="kk")
        self.assertEqual(self.related(), ["Story other"])
        self.assertEqual(self.beside(self.published), (None, "Story other"))
        russian.refresh_from_db()
        self.assertEqual(self.related(russian), ["Story other"])
        self.assertEqual(self.beside(russian), (None, "Story other"))

    def test_an_article_without_records_has_none(self):
        self.assertEqual(self.related(self.story("bare", date(2020, 1, 1))), [])


class BesideTests(KinTestCase):
    def test_it_works(self):
        self.story("first", date(2023, 1, 1), roadmaps=[self.roadmap])
        self.story("before", date(2024, 1, 1), commitments=[self.amend])
        self.story("after", date(2025, 1, 1), roadmaps=[self.roadmap])
        self.story("elsewhere", date(2024, 6, 1))
        self.assertEqual(self.beside(self.published), ("Story before", "Story after"))
        page = Page(self.client.get(self.published.get_absolute_url()).content.decode())
        self.assertIn(
            "Along Roadmap 2024-2025 Before · 1 January 2024 Story before After · 1 January 2025 Story after", page.text
        )
        self.assertEqual([link["href"] for link in page.all("a") if link.get("rel") == "next"], ["/articles/2025/story-after/"])

    def test_the_way_there_is_the_way_back(self):
        """Also for two of one day."""
        stories = [self.story(n, date(2024, 6, 12), roadmaps=[self.roadmap]) for n in range(3)]
        self.assertEqual(self.beside(stories[1]), ("Story 0", "Story 2"))
        self.assertEqual(self.beside(stories[2])[0], "Story 1")
        self.assertEqual(self.beside(stories[2])[1], None)

    def test_an_agreement_comes_before_single_promises(self):
        alone = Roadmap.objects.create(
            title="A promises", slug="a-promises", kind="statements", country=self.kaz, source=SOURCE,
            status="published", published_at=PUBLISHED_AT,
        )  # fmt: skip
        article = self.story("both", date(2024, 7, 1), roadmaps=[alone, self.roadmap])
        self.assertEqual(article_context(Article.objects.get(pk=article.pk))["along"], self.roadmap)

    def test_without_a_roadmap_there_is_no_way(self):
        self.assertNotIn("along", article_context(self.story("bare", date(2020, 1, 1))))

    def test_nothing_hidden_stands_beside(self):
        self.story("hidden", date(2024, 1, 1), roadmaps=[self.roadmap], status="draft")
        self.assertEqual(self.beside(self.published), (None, None))

    def test_a_roadmap_tells_all_that_is_reported_of_it(self):
        self.story("part", date(2025, 1, 1), commitments=[self.ratify])
        page = Page(self.client.get(self.roadmap.get_absolute_url()).content.decode())
        self.assertIn("Story part", page.text)
        self.assertIn(self.published.headline, page.text)
