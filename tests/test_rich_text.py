"""Rich text is clean by whatever door it comes in, and cleaned once more on its way out."""

import json
import tempfile
from datetime import date
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.test import TestCase

from articles.models import Article
from tests.cast import PUBLISHED_AT, SOURCE

DIRTY = (
    '<h2 onclick="x()">Head</h2><p style="color:red">Text <script>alert(1)</script><strong>strong</strong>'
    '<img src="x" onerror="alert(1)"><a href="javascript:alert(1)">bad</a> <a href="https://example.org/">good</a></p>'
    "<style>p{}</style><iframe src='//evil'></iframe><svg><script>alert(1)</script></svg>"
)
CLEAN = (
    '<h2>Head</h2><p>Text <strong>strong</strong><a rel="noopener noreferrer">bad</a> '
    '<a href="https://example.org/" rel="noopener noreferrer">good</a></p>'
)
FACTS = {
    "headline": "News", "standfirst": "-", "dated": date(2024, 6, 12), "source_name": SOURCE, "status": "published",
    "published_at": PUBLISHED_AT,
}  # fmt: skip


class DoorsTests(TestCase):
    def assertClean(self, slug="news"):
        self.assertEqual(Article.objects.get(slug=slug).body, CLEAN)

    def plain(self, slug="news"):
        return Article.objects.create(slug=slug, body="<p>-</p>", **FACTS)

    def test_save(self):
        Article(slug="news", body=DIRTY, **FACTS).save()
        self.assertClean()

    def test_save_of_one_field(self):
        article = self.plain()
        article.body = DIRTY
        article.save(update_fields=["body"])
        self.assertClean()

    def test_bulk_create(self):
        Article.objects.bulk_create([Article(slug="news", body=DIRTY, **FACTS)])
        self.assertClean()

    def test_update(self):
        self.plain()
        Article.objects.update(body=DIRTY)
        self.assertClean()

    def test_bulk_update(self):
        article = self.plain()
        article.body = DIRTY
        Article.objects.bulk_update([article], ["body"])
        self.assertClean()

    def test_update_or_create(self):
        self.plain()
        Article.objects.update_or_create(slug="news", defaults={"body": DIRTY})
        self.assertClean()

    def test_loaddata(self):
        fields = {**FACTS, "slug": "news", "body": DIRTY, "dated": "2024-06-12", "published_at": PUBLISHED_AT.isoformat()}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "news.json"
            file.write_text(json.dumps([{"model": "articles.article", "fields": fields}]))
            call_command("loaddata", file, verbosity=0)
        self.assertClean()


class WayOutTests(TestCase):
    def test_what_came_in_past_all_doors_is_cleaned_on_the_page(self):
        article = Article.objects.create(slug="news", body="<p>-</p>", **FACTS)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE articles_article SET body = %s", [DIRTY])
        html = self.client.get(article.get_absolute_url()).content.decode()
        self.assertIn("<strong>strong</strong>", html)
        for evil in ("<script", "onclick", "onerror", "javascript:", "<style>", "<iframe", "<svg", "style="):
            self.assertNotIn(evil, html)

    def test_everything_else_is_text(self):
        hostile = '<script>alert("1")</script>'
        facts = {**FACTS, "headline": hostile, "standfirst": hostile, "source_name": hostile}
        article = Article.objects.create(slug="news", body="<p>-</p>", byline=hostile, dateline_place=hostile, **facts)
        for path in ["/", "/articles/", article.get_absolute_url()]:
            response = self.client.get(path)
            self.assertNotContains(response, "<script")
            self.assertContains(response, "&lt;script&gt;")
