"""The pages about versions in the back office: all of a record, two side by side, and the ways that lead there."""

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import models as newsroom
from articles.models import Article
from conventions.models import Version
from conventions.snapshots import snapshot
from tests.cast import NEVER_YET, CastMixin
from tests.crawl import Page

pytestmark = pytest.mark.once


class ScreensCase(CastMixin, TestCase):
    def address(self, record, page, *key):
        model = record if isinstance(record, type) else type(record)
        key = key or (() if isinstance(record, type) else (record.pk,))
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=key)

    def page(self, record, page, query="", by=None, status=200):
        self.client.force_login(by or self.boris)
        response = self.client.get(self.address(record, page) + query)
        self.assertEqual(response.status_code, status)
        return response

    def text(self, *args, **kwargs):
        return Page(self.page(*args, **kwargs).content.decode()).text

    def write(self, record, by=None, **fields):
        type(record)._base_manager.filter(pk=record.pk).update(**fields)
        record.refresh_from_db()
        return Version.objects.keep(record, by=by or self.alice)


class ListTests(ScreensCase):
    def test_it_works(self):
        self.write(self.draft)
        self.write(self.draft, by=self.boris, headline="SECRETDRAFT, mended")
        page = Page(self.page(self.draft, "versions").content.decode())
        self.assertIn("Versions of “SECRETDRAFT, mended”", page.text)
        rows = [attrs["id"] for attrs in page.all("th") if attrs.get("id", "").startswith("version-")]
        self.assertEqual(rows, ["version-2", "version-1"])
        self.assertIn("boris", page.text)
        self.assertIn("What it says now", page.text)
        chosen = {attrs["name"]: attrs["value"] for attrs in page.all("input") if "checked" in attrs}
        self.assertEqual(chosen, {"from": "1", "to": "2"})
        restorable = [attrs["value"] for attrs in page.all("button") if attrs.get("name") == "version"]
        self.assertEqual(restorable, ["1"])

    def test_the_form_leads_there(self):
        self.write(self.draft)
        self.write(self.draft, headline="SECRETDRAFT, mended")
        page = Page(self.page(self.draft, "change").content.decode())
        self.assertIn(self.address(self.draft, "versions"), page.links)
        self.assertIn("Versions (2)", page.text)
        self.assertIn("History", page.text)
        self.assertIn("Versions (0)", self.text(self.c087, "change", by=self.chloe))

    def test_public_ones_lead_to_their_page(self):
        page = Page(self.page(self.published, "versions").content.decode())
        self.assertIn("/articles/2024/published-article/v1/", page.links)
        self.assertNotIn("/v1/", " ".join(Page(self.page(self.scheduled, "versions").content.decode()).links))
        self.assertNotIn("/v1/", " ".join(Page(self.page(self.withdrawn, "versions").content.decode()).links))
        self.assertIn("Version 1", self.text(self.roadmap, "versions"))

    def test_the_change_that_waits_is_named(self):
        shot = snapshot(self.published)
        self.published.propose({**shot, "fields": {**shot["fields"], "headline": "Waiting"}}, by=self.alice)
        text = self.text(self.published, "versions")
        self.assertIn("The change that waits", text)
        self.assertIn("becomes the change that waits", text)

    def test_who_may_not_change_it_restores_nothing(self):
        self.write(self.minister)
        self.write(self.minister, name="Otherwise")
        self.assertIn("Put back", self.text(self.minister, "versions"))
        self.assertNotIn("Put back", self.text(self.minister, "versions", by=self.alice))
        for page in ("versions", "compare"):
            self.page(self.minister, page, by=self.walter, status=404)
            self.page(self.draft, page, by=self.walter, status=404)

    def test_of_what_was_not_saved_yet_there_is_none(self):
        self.assertIn("No version yet", self.text(self.c087, "versions", by=self.chloe))
        self.page(self.c087, "compare", by=self.chloe, status=404)

    def test_every_curated_record_has_them_and_nothing_else(self):
        records = [self.draft, self.roadmap, self.ratify, self.area, self.update, self.evidence, self.minister, self.ministry]
        records += [self.post, self.published.statistics.get(), self.published.lead_image]
        records += [self.c087, self.kaz, self.ratification, self.topic]
        for record in records:
            with self.subTest(record=record._meta.label):
                self.page(record, "versions", by=self.root)
                self.page(type(record), "deleted", by=self.root, status=200 if self.may_add(record) else 403)
        for name in ("articles_transition", "conventions_release", "conventions_oldaddress", "auth_user", "auth_group"):
            with self.assertRaisesMessage(Exception, "versions"):
                reverse(f"admin:{name}_versions", args=[1])

    def may_add(self, record):
        return not isinstance(record, newsroom.PriorityArea)

    def test_an_embargo_hides_them(self):
        newsroom.Embargo.objects.set(self.in_review, by=self.alice, until=NEVER_YET, source="The ministry")
        for page in ("versions", "compare"):
            self.page(self.in_review, page, by=self.carl, status=404)
            self.page(self.in_review, page, by=self.alice)
        self.write(self.draft)
        self.draft.related.add(self.in_review)
        self.write(self.draft)
        self.assertIn("SECRETREVIEW", self.text(self.draft, "compare", by=self.alice))
        text = self.text(self.draft, "compare", by=self.carl)
        self.assertNotIn("SECRETREVIEW", text)
        self.assertIn("under embargo", text)


class CompareTests(ScreensCase):
    def setUp(self):
        self.write(self.draft)
        self.write(self.draft, by=self.boris, headline="SECRETDRAFT second headline")
        self.draft.citations.update(words="other words")
        self.draft.topics.clear()
        self.write(self.draft, standfirst="Another standfirst.")

    def test_it_works(self):
        text = self.text(self.draft, "compare", "?from=1&to=2")
        self.assertIn("Versions 1 and 2 of", text)
        for words in ("Version 1", "Version 2", "alice", "boris", "added: second", "Headline"):
            self.assertIn(words, text)

    def test_parts_and_sets_too(self):
        text = self.text(self.draft, "compare", "?from=2&to=3")
        for words in ("other", "Occupational safety and health", "Another", "Citations"):
            self.assertIn(words, text)

    def test_the_last_two_unless_others_are_named_and_the_older_first(self):
        self.assertIn("Versions 2 and 3", self.text(self.draft, "compare"))
        self.assertIn("Versions 1 and 3", self.text(self.draft, "compare", "?from=3&to=1"))
        self.assertIn("Nothing differs.", self.text(self.draft, "compare", "?from=2&to=2"))

    def test_it_leads_on_step_by_step(self):
        page = Page(self.page(self.draft, "compare", "?from=2&to=2").content.decode())
        for query in ("?from=1&to=2", "?from=2&to=3"):
            self.assertIn(query, page.links)
        page = Page(self.page(self.draft, "compare", "?from=1&to=3").content.decode())
        self.assertEqual([link for link in page.links if "from=" in link], [])

    def test_there_is_nothing_else(self):
        for query in (
            "?from=1&to=9",
            "?from=a&to=2",
            "?from=1",
            "?to=1",
            f"?from={'9' * 40}&to=1",
            "?from=²&to=1",
            "?from=-1&to=1",
        ):
            self.page(self.draft, "compare", query, status=404)

    def test_versions_of_others_are_not_among_them(self):
        for _ in range(6):
            self.write(self.in_review, standfirst=f"SECRETREVIEW {_}")
        self.page(self.draft, "compare", "?from=1&to=6", status=404)


class QueriesTests(ScreensCase):
    def counts(self):
        found = []
        for record, page, key in [
            (self.draft, "versions", ()),
            (self.draft, "compare", ()),
            (Article, "deleted", ()),
            (Article, "recover", (self.gone,)),
        ]:
            address = self.address(record, page, *key)
            self.client.get(address)
            with CaptureQueriesContext(connection) as captured:
                self.assertEqual(self.client.get(address).status_code, 200)
            found.append(len(captured))
        return found

    def test_as_many_for_many(self):
        self.gone = self.drop("first")
        self.write(self.draft)
        self.write(self.draft, headline="SECRETDRAFT again")
        self.client.force_login(self.boris)
        few = self.counts()
        for number in range(20):
            self.write(self.draft, by=[self.alice, self.boris, self.carl][number % 3], headline=f"SECRETDRAFT {number}")
            self.drop(f"more-{number}")
        self.assertEqual(self.counts(), few)
        self.assertLessEqual(max(few), 16)

    def drop(self, slug):
        article = Article.objects.create(
            headline=slug, slug=slug, standfirst="-", dated="2024-01-01", body="-", source_name="-", drafted_by=self.alice
        )
        key = article.pk
        Version.objects.keep(article, by=self.alice)
        article.delete()
        return key
