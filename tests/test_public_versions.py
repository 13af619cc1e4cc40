"""Each public version of an article at its own address, and what changed in it: as it stood, and nothing private with it."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import models as newsroom
from articles.models import Article, Correction, PreviewLink, Term
from articles.versions import FIELDS, PARTS, SETS
from conventions.models import Version
from conventions.snapshots import own_fields, part_fields, set_names, snapshot
from ilonews.middleware import OldAddressMiddleware
from tests.cast import NEVER_YET, PUBLIC_NOTE, SECRETS, CastMixin
from tests.crawl import Page
from tests.test_page_cache import PageCacheCase

pytestmark = pytest.mark.rules

ADDRESS = "/articles/2024/published-article/"


def applied(cast, record, sets=None, parts=None, **fields):
    """Change something public by the verbs: alice writes it, boris applies it."""
    shot = snapshot(record)
    shot = {"fields": shot["fields"] | fields, "sets": shot["sets"] | (sets or {}), "parts": shot["parts"] | (parts or {})}
    version = record.propose(shot, by=cast.alice)
    record.submit_change(by=cast.alice)
    told = Correction(kind="correction", text="It was wrong.") if record.is_corrected and record.is_published else None
    record.apply(by=cast.boris, seen=version.number, correction=told)
    record.refresh_from_db()


class VersionsCase(CastMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        applied(cls, cls.published, headline="A second headline", body="<p>body of the published article, and more</p>")
        applied(cls, cls.published, headline="A third headline", parts={"appearances": [], "participations": []})

    def page(self, address, status=200):
        response = Client().get(address)
        self.assertEqual(response.status_code, status, address)
        return response

    def text(self, address):
        return Page(self.page(address).content.decode()).text

    def assertTellsNothing(self, response):
        text = response.content.decode().casefold()
        for word in [*SECRETS, "alice", "boris", "chloé", "picture of"]:
            self.assertNotIn(word.casefold(), text)


class PageTests(VersionsCase):
    def test_it_works(self):
        for number, headline in [(1, "Headline of the published article"), (2, "A second headline"), (3, "A third headline")]:
            text = self.text(f"{ADDRESS}v{number}/")
            self.assertIn(f"Version {number} of 3", text)
            self.assertIn(headline, text)
            self.assertIn("body of the published article, and more" if number > 1 else "body of the published article", text)
        self.assertIn("This is how the article stood then.", self.text(f"{ADDRESS}v1/"))
        self.assertIn("This is how the article stands now.", self.text(f"{ADDRESS}v3/"))

    def test_it_stands_as_it_stood_with_its_parts_and_sets(self):
        applied(self, self.published, sets={"countries": [], "topics": [], "roadmaps": [], "statistics": []}, lead_image=None)
        before, now = self.text(f"{ADDRESS}v3/"), self.text(f"{ADDRESS}v4/")
        for words in ("Kazakhstan", "Occupational safety", "Roadmap 2024-2025", "victims, published-article", "caption of the"):
            self.assertIn(words, before)
            self.assertNotIn(words, now.split("Skip to content")[1].split("News")[1] if words == "Kazakhstan" else now)
        self.assertIn("Vice-Minister", self.text(f"{ADDRESS}v1/"))
        self.assertNotIn("Vice-Minister", before)

    def test_the_last_one_reads_as_the_article(self):
        def story(address):
            html = self.page(address).content.decode()
            return html[html.index("<article") : html.index("<footer")]

        self.assertEqual(story(ADDRESS), story(f"{ADDRESS}v3/"))

    def test_it_leads_to_the_others_and_machines_to_the_article(self):
        page = Page(self.page(f"{ADDRESS}v2/").content.decode())
        for address in ("", "v1/", "v3/", "v2/changes/", "v3/changes/"):
            self.assertIn(ADDRESS + address, page.links)
        self.assertIn({"name": "robots", "content": "noindex"}, page.all("meta"))
        self.assertIn({"rel": "canonical", "href": f"http://testserver{ADDRESS}"}, page.all("link"))
        self.assertNotIn("rel=canonical", self.page(ADDRESS).content.decode())
        first, last = (Page(self.page(f"{ADDRESS}v{number}/").content.decode()).links for number in (1, 3))
        self.assertNotIn(f"{ADDRESS}v1/changes/", first)
        self.assertNotIn(f"{ADDRESS}v4/", last)

    def test_the_article_leads_to_them_once_there_are_several(self):
        page = Page(self.page(ADDRESS).content.decode())
        self.assertIn("This is version 3. Earlier versions: 1, 2. What changed last", page.text)
        for address in ("v1/", "v2/", "v3/changes/"):
            self.assertIn(ADDRESS + address, page.links)
        self.withdrawn.submit(by=self.alice)
        self.withdrawn.publish(by=self.boris)
        self.assertNotIn("Earlier versions", self.text(self.withdrawn.get_absolute_url()))

    def test_corrections_stay_shown(self):
        self.assertIn("The year was wrong.", self.text(f"{ADDRESS}v1/"))

    def test_who_has_no_page_any_more_is_named_and_not_linked(self):
        self.roadmap.withdraw(by=self.chloe, note="Gone.")
        for record in (self.minister, self.ministry):
            self.page(record.get_absolute_url(), 404)
        newsroom.Person.objects.filter(pk=self.minister.pk).update(name="SECRETPERSON today")
        page = Page((response := self.page(f"{ADDRESS}v1/")).content.decode())
        self.assertTellsNothing(response)
        self.assertIn("Aigul Testova", page.text)
        self.assertNotIn(self.minister.get_absolute_url(), page.links)
        for href in page.links:
            if href.startswith("/"):
                self.page(href)

    def test_who_is_gone_for_good_is_still_named(self):
        self.roadmap.signatures.all().delete()
        self.minister.memberships.all().delete()
        self.minister.delete()
        self.assertIn("Aigul Testova", self.text(f"{ADDRESS}v1/"))

    def test_a_figure_that_nothing_public_gives_is_told_as_it_was(self):
        figure = self.published.statistics.get()
        applied(self, self.published, sets={"statistics": []})
        newsroom.Statistic.objects.filter(pk=figure.pk).update(value=1, indicator="SECRETSTATISTIC")
        response = self.page(f"{ADDRESS}v3/")
        self.assertTellsNothing(response)
        self.assertIn("victims, published-article, Kazakhstan 2022: 657 persons", Page(response.content.decode()).text)

    def test_a_picture_that_is_not_public_any_more_is_not_shown(self):
        image = self.published.lead_image
        newsroom.Image.objects.filter(pk=image.pk).update(
            file="images/x.png", width=4, height=3, alt_text="A mine", credit="Somebody", caption=""
        )
        self.assertIn("/media/images/x.png", self.page(f"{ADDRESS}v3/").content.decode())
        applied(self, self.published, lead_image=None)
        html = self.page(f"{ADDRESS}v3/").content.decode()
        self.assertNotIn("/media/images/", html)
        self.assertIn("A mine", html)

    def test_another_editor_answered_for_it(self):
        self.boris.first_name, self.boris.last_name = "Boris", "Editorov"
        self.boris.save()
        applied(self, self.published, responsible_editor=None)
        self.assertIn("Boris Editorov", self.text(f"{ADDRESS}v3/"))
        self.assertNotIn("Boris Editorov", self.text(ADDRESS))


class AddressTests(VersionsCase):
    def test_there_is_nothing_else(self):
        self.published.propose({**snapshot(self.published), "sets": {}}, by=self.alice)
        for end in (
            "v0/",
            "v4/",
            "v5/",
            "v01/",
            "v999999999999/",
            "v1/changes/",
            "v4/changes/",
            "v0/changes/",
            "v/",
            "v-1/",
            "vx/",
        ):
            self.page(ADDRESS + end, 404)
        for article in (self.draft, self.in_review, self.scheduled):
            for end in ("v1/", "v2/", "v2/changes/"):
                self.assertTellsNothing(self.page(article.get_absolute_url() + end, 404))
        self.page("/articles/2023/published-article/v1/", 404)
        self.page("/articles/99999/published-article/v1/", 404)

    def test_withdrawn_every_one_of_them_is_gone(self):
        self.published.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        for end in ("", "v1/", "v2/", "v3/", "v2/changes/", "v3/changes/", "v9/"):
            response = self.page(ADDRESS + end, 410)
            self.assertContains(response, PUBLIC_NOTE, status_code=410)
            self.assertTellsNothing(response)
            for words in ("second headline", "Vice-Minister", "and more"):
                self.assertNotContains(response, words, status_code=410)

    def test_withdrawn_they_are_in_no_outlet(self):
        self.published.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        for path in ("/", "/articles/", "/articles/?q=headline", "/corrections/", "/corrections/feed/", "/sitemap-articles.xml"):
            for words in ("third headline", "second headline", "published-article"):
                self.assertNotContains(self.page(path), words)

    def test_published_again_what_was_withdrawn_stays_so(self):
        self.published.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        self.published.submit(by=self.alice)
        self.published.publish(by=self.boris)
        self.assertNotIn("Earlier versions", self.text(ADDRESS))
        for end in ("v1/", "v2/", "v2/changes/", "v3/changes/"):
            self.assertContains(self.page(ADDRESS + end, 410), PUBLIC_NOTE, status_code=410)
        self.assertIn("A third headline", self.text(f"{ADDRESS}v3/"))
        applied(self, self.published, headline="A fourth headline")
        self.assertIn("Earlier versions: 3.", self.text(ADDRESS))
        self.assertIn("What changed in version 4", self.text(f"{ADDRESS}v4/changes/"))

    def test_the_old_address_leads_on_with_its_versions(self):
        applied(self, self.published, slug="a-better-address", dated="2023-06-12")
        for end in ("", "v1/", "v3/", "v2/changes/", "v4/changes/"):
            self.assertRedirects(Client().get(ADDRESS + end), f"/articles/2023/a-better-address/{end}", 301)
        self.page(f"{ADDRESS}v1/nowhere/", 404)
        self.page(f"{self.draft.get_absolute_url()}v1/", 404)
        self.assertEqual(Page(self.page("/articles/2023/a-better-address/v1/").content.decode()).links.count(ADDRESS), 0)

    def test_what_looks_like_a_version_is_only_of_an_article(self):
        for path in ("/articles/2024/v3/", "/people/x/v1/", "/articles/2024/x/v1/y/"):
            self.assertIsNone(OldAddressMiddleware.VERSION.fullmatch(path))

    def test_a_version_to_come_is_there_by_time_alone(self):
        self.scheduled.refresh_from_db()
        address, at = self.scheduled.get_absolute_url(), NEVER_YET
        for moment, status in [(at - timedelta(seconds=1), 404), (at + timedelta(seconds=1), 200)]:
            with mock.patch.object(timezone, "now", return_value=moment):
                self.page(f"{address}v1/", status)

    def test_they_are_not_in_the_sitemap(self):
        self.assertNotContains(self.page("/sitemap-articles.xml"), "/v1/")


class ChangesTests(VersionsCase):
    def test_it_works(self):
        page = Page(self.page(f"{ADDRESS}v2/changes/").content.decode())
        self.assertIn("What changed in version 2", page.text)
        for words in ("Headline", "second", "and more"):
            self.assertIn(words, page.text)
        for address in ("", "v1/", "v2/", "v3/changes/"):
            self.assertIn(ADDRESS + address, page.links)
        self.assertIn({"name": "robots", "content": "noindex"}, page.all("meta"))
        self.assertIn("Aigul Testova", self.text(f"{ADDRESS}v3/changes/"))

    def test_names_of_the_back_office_are_not_told(self):
        other = newsroom.Image.objects.create(name="SECRETIMAGE for editors", caption="Miners at work")
        hidden = [self.draft, self.in_review, self.scheduled, self.withdrawn]

        def ref(record, name=None):
            return {"id": record.pk, "name": name or str(record)}

        sets = {
            "related": [ref(record) for record in hidden],
            "roadmaps": [ref(self.roadmap, "SECRETROADMAP as a draft"), ref(self.hidden_roadmap)],
            "commitments": [ref(self.ratify), ref(self.hidden_commitment)],
        }
        fields = {"lead_image": ref(other), "responsible_editor": ref(self.carl), "translation_of": None}
        applied(self, self.published, sets=sets, **fields)
        applied(self, self.published, sets={"related": [], "roadmaps": [], "commitments": []}, responsible_editor=ref(self.boris))
        for number in (4, 5):
            for end in (f"v{number}/", f"v{number}/changes/"):
                response = self.page(ADDRESS + end)
                self.assertTellsNothing(response)
                self.assertNotContains(response, "carl")
        text = self.text(f"{ADDRESS}v4/changes/")
        self.assertIn("Miners at work", text)
        self.assertIn("caption of the published picture", text)
        self.assertIn("Ratify Convention No. 176", text)
        self.assertIn("Roadmap 2024-2025", self.text(f"{ADDRESS}v5/changes/"))

    def test_an_original_that_is_not_public_is_not_told(self):
        shot = snapshot(self.published)
        reference = {"id": self.draft.pk, "name": "SECRETDRAFT headline"}
        Article.objects.filter(pk=self.draft.pk).update(language="fr")
        applied(self, self.published, translation_of=reference, standfirst="Another standfirst.")
        self.assertNotEqual(shot, snapshot(self.published))
        for end in ("v4/", "v4/changes/", ""):
            self.assertTellsNothing(self.page(ADDRESS + end))

    def test_where_nothing_differs_for_readers_it_says_so(self):
        applied(self, self.published, responsible_editor=None)
        self.assertIn("Nothing that readers see.", self.text(f"{ADDRESS}v4/changes/"))

    def test_every_field_is_told_or_kept_by_decision(self):
        """A new field is told to nobody until somebody says so here and in `articles/versions.py`."""
        self.assertEqual({field.name for field in own_fields(Article)}, FIELDS)
        self.assertEqual(set(set_names(Article)), SETS)
        for name in Article.parts:
            self.assertEqual({field.name for field in part_fields(Article, name)}, PARTS[name])


class PreviewTests(VersionsCase):
    """A change that waits is previewed as the page it would make."""

    def propose(self, record, **fields):
        shot = snapshot(record)
        return record.propose({**shot, "fields": shot["fields"] | fields}, by=self.alice)

    def preview(self, record, by=None):
        self.client.force_login(by or self.boris)
        return self.client.get(f"/admin/articles/{record._meta.model_name}/{record.pk}/preview/")

    def test_it_works(self):
        self.propose(self.published, headline="A waiting headline")
        response = self.preview(self.published)
        self.assertContains(response, "A waiting headline</h1>")
        self.assertContains(response, "A change of what is public. Published, change in draft")
        self.assertNotIn("A waiting headline", self.text(ADDRESS))
        self.published.discard(by=self.alice)
        self.assertRedirects(self.preview(self.published), ADDRESS)

    def test_what_is_scheduled_too(self):
        self.propose(self.scheduled, headline="SECRETSCHEDULED, waiting")
        self.assertContains(self.preview(self.scheduled), "SECRETSCHEDULED, waiting</h1>")

    def test_of_a_roadmap_with_its_areas(self):
        shot = snapshot(self.roadmap)
        shot["fields"] |= {"title": "A waiting roadmap", "ends_on": "2024-12-31"}
        shot["parts"]["areas"].append({"id": 10**9, "fields": {"number": 2, "title": "A new area", "note": ""}})
        self.roadmap.propose(shot, by=self.alice)
        text = Page(self.preview(self.roadmap).content.decode()).text
        for words in ("A waiting roadmap", "2. A new area", "1. Occupational safety", "Ratify Convention No. 176", "Amend the"):
            self.assertIn(words, text)
        self.assertIn("due 31 December 2024", text)
        self.assertNotIn("A new area", self.text(self.roadmap.get_absolute_url()))

    def test_its_link_ends_with_the_change(self):
        self.propose(self.published, headline="A waiting headline")
        _link, token = PreviewLink.objects.make(self.published, by=self.alice, term=Term.WEEK)
        address = f"/preview/{token}/"
        self.assertContains(Client().get(address), "A waiting headline</h1>")
        self.published.discard(by=self.alice)
        self.assertRedirects(Client().get(address), ADDRESS)
        self.propose(self.published, headline="A headline for others")
        self.assertRedirects(Client().get(address), ADDRESS)

    def test_a_link_to_the_text_before_does_not_open_the_change(self):
        _link, token = PreviewLink.objects.make(self.in_review, by=self.boris, term=Term.WEEK)
        self.in_review.publish(by=self.boris)
        self.propose(self.in_review, headline="A waiting headline")
        self.assertRedirects(Client().get(f"/preview/{token}/"), self.in_review.get_absolute_url())

    def test_who_wrote_the_change_may_show_it(self):
        reporter = self.carl
        shot = snapshot(self.published)
        self.published.propose({**shot, "fields": shot["fields"] | {"headline": "Carl’s"}}, by=reporter)
        reporter.groups.set(self.alice.groups.all())
        reporter = type(reporter).objects.get(pk=reporter.pk)
        PreviewLink.objects.make(self.published, by=reporter, term=Term.DAY)


class QueriesTests(VersionsCase):
    def test_as_many_for_many_versions(self):
        def counts():
            found = []
            for address in (f"{ADDRESS}v2/", f"{ADDRESS}v2/changes/", ADDRESS):
                self.page(address)
                with CaptureQueriesContext(connection) as captured:
                    self.page(address)
                found.append(len(captured))
            return found

        few = counts()
        for number in range(6):
            applied(self, self.published, headline=f"Headline {number}")
        self.assertEqual(counts(), few)
        self.assertLessEqual(max(few), 15)


class KeptTests(PageCacheCase):
    """With pages kept: a version is there with the change that made it, and not before."""

    def test_it_works(self):
        self.client.get(ADDRESS)
        self.assertEqual(self.client.get(f"{ADDRESS}v2/").status_code, 404)
        self.assertNotContains(self.client.get(ADDRESS), "Earlier versions")
        applied(self, self.published, headline="A second headline")
        self.assertContains(self.client.get(ADDRESS), "Earlier versions")
        self.assertContains(self.client.get(f"{ADDRESS}v2/"), "A second headline")
        self.assertEqual(self.queries(f"{ADDRESS}v2/"), 1)
        self.published.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        for end in ("", "v1/", "v2/", "v2/changes/"):
            self.assertEqual(self.client.get(ADDRESS + end).status_code, 410)

    def test_time_alone_makes_it_public(self):
        address = f"{self.scheduled.get_absolute_url()}v1/"
        with self.at(NEVER_YET - timedelta(minutes=1)):
            cache.clear()
            self.assertEqual(self.client.get(address).status_code, 404)
        with self.at(NEVER_YET + timedelta(minutes=1)):
            self.assertEqual(self.client.get(address).status_code, 200)

    def test_versions_count_from_one(self):
        applied(self, self.published, headline="A second headline")
        numbers = Version.objects.of(self.published).public().values_list("public_number", flat=True)
        self.assertEqual(list(numbers), [1, 2])
