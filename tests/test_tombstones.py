"""What the public may not see is not there; what it could see once has left a tombstone, and nothing else."""

from datetime import UTC, datetime, timedelta

from django.test import TestCase
from django.utils import timezone

from articles import models as newsroom
from tests.cast import NEVER_YET, PUBLIC_NOTE, PUBLISHED_AT, SECRETS, CastMixin
from tests.crawl import Page

OUTLETS = ["/", "/articles/", "/roadmaps/", "/commitments/", "/people/", "/organisations/", "/countries/kazakhstan/"]
SITEMAPS = ["article", "roadmap", "commitment", "person", "organisation"]


class HiddenTests(CastMixin, TestCase):
    def test_what_was_never_public_is_not_found(self):
        hidden = [self.draft, self.in_review, self.scheduled, self.hidden_roadmap, self.hidden_commitment]
        hidden += [self.hidden_minister, self.hidden_ministry]
        for record in hidden:
            with self.subTest(record):
                response = self.client.get(record.get_absolute_url())
                self.assertEqual(response.status_code, 404)
                self.assertEqual(response.templates[0].name, "404.html")

    def test_not_even_by_the_staff_on_the_public_side(self):
        """The public pages are the same for everybody; whoever may see more sees it in the back office."""
        for user in (self.alice, self.chloe, self.root):
            self.client.force_login(user)
            self.assertEqual(self.client.get(self.draft.get_absolute_url()).status_code, 404)

    def test_an_article_is_found_only_under_its_own_year(self):
        self.assertEqual(self.client.get("/articles/2023/published-article/").status_code, 404)
        for year in ("0", "99999", "9" * 30):
            self.assertEqual(self.client.get(f"/articles/{year}/published-article/").status_code, 404, year)

    def test_a_draft_update_is_not_on_the_page_of_its_commitment(self):
        response = self.client.get(self.ratify.get_absolute_url())
        for word in SECRETS:
            self.assertNotContains(response, word)


class TombstoneTests(CastMixin, TestCase):
    """`withdrawn` is withdrawn; `resubmitted` was handed in again since."""

    def tombstone(self, record):
        response = self.client.get(record.get_absolute_url())
        self.assertEqual(response.status_code, 410)
        html = response.content.decode()
        main = Page(html.split("<main")[1].split("</main>")[0]).text.removeprefix('id="main" tabindex="-1">').strip()
        return main, Page(html)

    def test_it_works(self):
        today = timezone.localdate()
        for article in (self.withdrawn, self.resubmitted):
            with self.subTest(article):
                text, page = self.tombstone(article)
                day = f"{today:%-d %B %Y}"
                self.assertEqual(
                    text,
                    f"Withdrawn Headline of the {article.slug.removesuffix('-article')} article {PUBLIC_NOTE} "
                    f"Published 13 June 2024 · withdrawn {day}",
                )
                self.assertIn({"name": "robots", "content": "noindex"}, page.all("meta"))

    def test_the_description_tells_nothing_either(self):
        _text, page = self.tombstone(self.withdrawn)
        [description] = [meta["content"] for meta in page.all("meta") if meta.get("name") == "description"]
        self.assertNotIn("SECRET", description)

    def test_it_says_the_headline_that_was_public(self):
        for article in (self.withdrawn, self.resubmitted):
            newsroom.Article.objects.filter(pk=article.pk).update(headline="SECRETDRAFT of a new headline")
            text, page = self.tombstone(article)
            self.assertIn(f"Headline of the {article.slug.removesuffix('-article')} article", text)
            self.assertNotIn("SECRETDRAFT", page.text)

    def test_requested_changes_leave_it_standing(self):
        self.resubmitted.request_changes(by=self.boris, reason="SECRETREASON")
        text, _page = self.tombstone(self.resubmitted)
        self.assertIn("Published 13 June 2024", text)
        self.assertNotIn("SECRET", text)

    def test_the_language_of_the_article_stays(self):
        newsroom.Article.objects.filter(pk=self.withdrawn.pk).update(language="ru")
        _text, page = self.tombstone(self.withdrawn)
        [heading] = page.all("h1")
        self.assertIn("ru", [heading.get("lang"), page.all("html")[0]["lang"]])

    def test_published_again_it_is_public_again(self):
        self.resubmitted.publish(by=self.boris)
        self.assertEqual(self.client.get(self.resubmitted.get_absolute_url()).status_code, 200)

    def test_scheduled_again_it_is_a_tombstone_until_then(self):
        """What was ever public is never simply gone."""
        self.resubmitted.publish(by=self.boris, at=timezone.now() + timedelta(days=1))
        text, _page = self.tombstone(self.resubmitted)
        self.assertIn("Headline of the resubmitted article", text)
        self.assertTrue(self.resubmitted.was_ever_public)

    def test_withdrawn_a_second_time_it_has_its_latest_note(self):
        self.resubmitted.publish(by=self.boris, at=datetime(2024, 7, 1, 9, tzinfo=UTC))
        self.resubmitted.withdraw(by=self.chloe, note="Second note.")
        text, _page = self.tombstone(self.resubmitted)
        self.assertIn("Second note.", text)
        self.assertNotIn(PUBLIC_NOTE, text)

    def test_it_is_in_no_list_and_no_sitemap(self):
        for path in [*OUTLETS, *(f"/sitemap-{name}.xml" for name in SITEMAPS if name != "article"), "/sitemap-articles.xml"]:
            response = self.client.get(path)
            self.assertEqual(response.status_code, 200, path)
            self.assertNotContains(response, "withdrawn-article")
            self.assertNotContains(response, "Headline of the withdrawn")


class WithdrawnRoadmapTests(CastMixin, TestCase):
    """A roadmap takes its commitments, their updates and whoever it alone names with it."""

    def withdraw(self):
        self.roadmap.withdraw(by=self.chloe, note=PUBLIC_NOTE)

    def test_it_works(self):
        self.withdraw()
        for record in (self.roadmap, self.ratify, self.amend):
            response = self.client.get(record.get_absolute_url())
            self.assertEqual(response.status_code, 410)
            text = Page(response.content.decode()).text
            self.assertIn("Withdrawn Roadmap 2024-2025", text)
            self.assertIn(PUBLIC_NOTE, text)
            for words in ("Ratify Convention", "Amend the Labour Code", "ratification of", "draft law", "Aigul Testova"):
                self.assertNotIn(words, text)

    def test_nothing_of_it_is_left_elsewhere(self):
        self.withdraw()
        others = ["/conventions/c176/", self.published.get_absolute_url(), self.minister.get_absolute_url()]
        others += [self.ministry.get_absolute_url(), *(f"/sitemap-{name}.xml" for name in SITEMAPS if name != "article")]
        for path in [*OUTLETS, *others]:
            response = self.client.get(path)
            self.assertEqual(response.status_code, 200, path)
            for words in ("Roadmap 2024-2025", "Ratify Convention No. 176", "ratify-c176", "Amend the Labour Code", "draft law"):
                self.assertNotContains(response, words)

    def test_whoever_only_it_named_is_gone(self):
        self.published.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        self.assertEqual(self.client.get(self.minister.get_absolute_url()).status_code, 200)
        self.withdraw()
        for record in (self.minister, self.ministry):
            self.assertEqual(self.client.get(record.get_absolute_url()).status_code, 404)

    def test_an_article_that_names_a_commitment_does_not_make_it_public(self):
        self.published.commitments.add(self.hidden_commitment)
        response = self.client.get(self.published.get_absolute_url())
        self.assertNotContains(response, "SECRETCOMMITMENT")
        self.assertEqual(self.client.get(self.hidden_commitment.get_absolute_url()).status_code, 404)

    def test_published_again_everything_is_back(self):
        self.withdraw()
        self.roadmap.submit(by=self.alice)
        self.roadmap.publish(by=self.boris, at=PUBLISHED_AT)
        for record in (self.roadmap, self.ratify):
            self.assertContains(self.client.get(record.get_absolute_url()), "Ratify Convention No.\xa0176")

    def test_its_updates_cannot_be_seen_before_it(self):
        self.hidden_roadmap.submit(by=self.alice)
        self.hidden_roadmap.publish(by=self.boris, at=NEVER_YET)
        self.assertNotIn(self.hidden_commitment, newsroom.Commitment.objects.published())
