"""The public pages: each kind works and shows what it must."""

from datetime import date

import pytest
from django.test import TestCase

from articles import models as newsroom
from conventions.models import Ratification
from tests.cast import PUBLISHED_AT, SOURCE, CastMixin
from tests.crawl import Page, sitemap_paths

pytestmark = pytest.mark.rules

LISTS = ["/articles/", "/roadmaps/", "/commitments/", "/people/", "/organisations/", "/conventions/", "/countries/", "/topics/"]


class PageTestCase(CastMixin, TestCase):
    """Reads pages as a stranger."""

    def page(self, path, status=200):
        response = self.client.get(path)
        self.assertEqual(response.status_code, status, path)
        return Page(response.content.decode())

    def assertShows(self, path, *words):
        text = self.page(path).text
        for word in words:
            self.assertIn(word, text, path)

    def assertHides(self, path, *words):
        text = self.page(path).text
        for word in words:
            self.assertNotIn(word, text, path)

    def publish(self, record):
        record.submit(by=self.alice)
        record.publish(by=self.boris, at=PUBLISHED_AT)


class KindsTests(PageTestCase):
    """One test a kind of page."""

    def test_it_works(self):
        for path in sitemap_paths(self.client):
            with self.subTest(path):
                page = self.page(path)
                self.assertEqual(len(page.all("h1")), 1)
                self.assertEqual(page.all("html"), [{"lang": "en", "dir": "ltr"}])

    def test_front(self):
        self.assertShows(
            "/",
            self.published.headline,
            "standfirst of the published article",
            "12 June 2024",
            "1 September 2024 · Kazakhstan",
            "Ratify Convention No. 176",
            "Under way",
            "evidence: The Gazette",
            "C176 Safety and Health in Mines Convention",
            "Occupational safety and health",
        )
        self.assertNotIn("C190", self.page("/").text)  # cited by hidden articles only

    def test_article(self):
        self.assertShows(
            self.published.get_absolute_url(),
            "Headline of the published article",
            "standfirst of the published article",
            "body of the published article",
            "Geneva, 12 June 2024",
            "caption of the published picture",
            "Ratify Convention No. 176",
            "Amend the Labour Code",
            "until 31 December 2025",
            "C176 Safety and Health in Mines Convention, 1995",
            "The source’s words:",
            "the Convention",
            "Aigul Testova",
            "Vice-Minister",
            "Ministry of Labour",
            "aid that the work goes on.",
            "took part",
            "657 persons victims, published-article, Kazakhstan, 2022",
            f"Source: {SOURCE}",
            "ILO, press release, 12 June 2024",
            "A page elsewhere",
        )

    def test_who_answers_for_an_article(self):
        self.boris.first_name, self.boris.last_name = "Boris", "Answers"
        self.boris.save()
        self.assertShows(self.published.get_absolute_url(), "Responsible editor: Boris Answers")

    def test_a_correction_is_shown(self):
        self.assertShows(self.published.get_absolute_url(), "Correction, 13 June 2024: The year was wrong.")

    def test_roadmap(self):
        self.assertShows(
            self.roadmap.get_absolute_url(),
            "Roadmap 2024-2025",
            "Kazakhstan · Roadmap",
            "Government: Ministry of Labour",
            "“the Government”",
            "Aigul Testova",
            "Vice-Minister",
            "2 commitments",
            "1. Occupational safety and health",
            "Ratify Convention No. 176",
            "Amend the Labour Code",
            self.published.headline,
        )

    def test_a_roadmap_of_which_only_the_end_is_known_shows_it(self):
        period = self.page(self.roadmap.get_absolute_url()).text.split("Period")[1].split("Agreed by")[0]
        self.assertIn("31 December 2025", period)

    def test_commitment(self):
        self.assertShows(
            self.ratify.get_absolute_url(),
            "Ratify Convention No. 176",
            "ratification of Convention No. 176",
            "Strength: Ratify.",
            "Responsible Ministry of Labour",
            "drafts the law",
            "Due 31 December 2025 end of the roadmap",
            "Effect: – Not assessed",
            "Under way",
            "1 September 2024",
            "A draft law was sent to parliament.",
            "Media Draft law sent to parliament, The Gazette",
            "Recorded here",
            self.published.headline,
        )

    def test_a_commitment_of_which_nothing_is_known_says_so(self):
        self.assertShows(self.amend.get_absolute_url(), "No information", "No source on what happened since has been seen")

    def test_convention(self):
        self.assertShows(
            "/conventions/c087/",
            "Freedom of Association",
            "Adopted 1948 day not verified",
            "Ratifications seen in a source 1",
            "Kazakhstan ● ratified 13 December 2000",
            "the list is not complete",
        )
        self.assertShows("/conventions/c176/", "Ratify Convention No. 176", self.published.headline, self.topic.name)
        self.assertHides("/conventions/r206/", "Ratifications")

    def test_country(self):
        self.assertShows(
            "/countries/kazakhstan/",
            "Kazakhstan",
            "Roadmap 2024-2025",
            "Ratify Convention No. 176",
            self.published.headline,
            "657 persons victims, published-article, Kazakhstan, 2022",
            "C87 Freedom of Association",
        )
        self.assertHides("/countries/uzbekistan/", "Roadmap 2024", "Headline")

    def test_person(self):
        self.assertShows(
            "/people/aigul-testova/",
            "Aigul Testova",
            "Айгүл Тестова (Cyrillic)",
            "Vice-Minister, Ministry of Labour",
            "as stated on 12 June 2024",
            self.published.headline,
            "aid that the work goes on.",
            "Signed Roadmap 2024-2025",
            "as Vice-Minister, Ministry of Labour",
        )

    def test_organisation(self):
        newsroom.OrganisationName.objects.create(
            organisation=self.ministry, name="Министерство труда", script="Cyrl", source=SOURCE
        )
        self.assertShows(
            "/organisations/ministry-of-labour/",
            "Ministry of Labour",
            "Government · Kazakhstan",
            "Министерство труда (Cyrillic)",
            "Responsible for 1 ◔ Under way 1",
            "Agreed or signed Roadmap 2024-2025",
            "Vice-Minister of Labour Aigul Testova, Vice-Minister as stated on 12 June 2024",
            self.published.headline,
        )

    def test_topic(self):
        self.assertShows(self.topic.get_absolute_url(), self.topic.name, self.published.headline, "C176 Safety and Health")
        self.assertShows("/topics/", self.topic.name, "1 instrument")

    def test_about(self):
        self.assertShows("/about/", "independent project", "More about this site", self.privacy.title, self.privacy.standfirst)
        self.assertShows("/method/", "No information", "Delivered in part", "Superseded")

    def test_the_site_says_who_runs_it(self):
        with self.settings(SITE_NAME="The Record", SITE_CONTACT="desk@example.org"):
            self.assertShows("/about/", "The Record is an independent project", "desk@example.org")


class RegisterTests(PageTestCase):
    """What is reported and not verified stands apart and counts nowhere."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        law = {"national_law": "Law No. 217 of 2025", "verification": "exists", "status": "not-in-force", "source": SOURCE}
        Ratification.objects.create(country=cls.kaz, convention=cls.c131, registered=False, **law)

    def test_on_the_page_of_the_instrument(self):
        page = self.page("/conventions/c131/").text
        registered, reported = page.split("Reported, not verified")
        self.assertIn("Ratifications seen in a source 0", registered)
        self.assertNotIn("Law No. 217", registered)
        self.assertIn("These are not counted", reported)
        self.assertIn("National law: Law No. 217 of 2025", reported)
        self.assertIn("not shown not verified", reported)
        self.assertNotIn("Not in force", reported)

    def test_on_the_page_of_the_state(self):
        text = self.page("/countries/kazakhstan/").text
        registered, rest = text.split("Ratifications seen in a source 1")[1].split("Domestic law of ratification 1")
        law, reported = rest.split("Reported, not verified 1")
        self.assertIn("C87", registered)
        self.assertNotIn("C131", registered)
        self.assertIn("Law No. 217 of 2025: C131", law)
        self.assertIn("no registration with the ILO was seen", law)
        self.assertIn("C131", reported)

    def test_in_the_lists(self):
        self.assertShows("/conventions/?q=C131", "C131 Minimum Wage Fixing Convention, 1970 –")
        self.assertShows("/conventions/?q=C87", "1 ratification seen")
        self.assertShows("/countries/?q=kaz", "1 ratification seen")

    def test_a_date_is_as_precise_as_the_source(self):
        Ratification.objects.create(
            country=self.uzb, convention=self.c087, status="in-force", verification="year", registered=True,
            ratified_on=date(2016, 12, 31), ratified_on_precision="year", source=SOURCE,
        )  # fmt: skip
        Ratification.objects.create(
            country=self.uzb, convention=self.c131, status="in-force", verification="exists", registered=True, source=SOURCE
        )
        self.assertShows("/conventions/c087/", "Uzbekistan ● ratified 2016")
        self.assertHides("/conventions/c087/", "December 2016")
        self.assertShows("/conventions/c131/", "Uzbekistan ● ratified")
        self.assertRegex(self.page("/countries/uzbekistan/").text, r"2016 day unknown In force .* date unknown In force")


class LanguagesTests(PageTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        facts = {"standfirst": "-", "body": "<p>-</p>", "source_name": SOURCE, "drafted_by": cls.alice}
        rows = [
            ("russian", "ru", "Новости труда", date(2024, 6, 13), cls.published),
            ("french", "fr", "Nouvelles du travail", date(2024, 6, 11), cls.published),
            ("related", "ru", "Другие новости", date(2024, 6, 10), None),
            ("hidden", "es", "SECRETDRAFT noticia", date(2024, 6, 9), cls.published),
        ]
        for name, language, headline, day, original in rows:
            article = newsroom.Article.objects.create(
                headline=headline, slug=name, dated=day, language=language, translation_of=original, **facts
            )
            setattr(cls, name, article)
        for article in (cls.russian, cls.french, cls.related):
            cls.publish(cls, article)
        cls.published.related.add(cls.related)

    def test_the_page_is_in_the_language_of_the_article(self):
        self.assertEqual(self.page(self.russian.get_absolute_url()).all("html")[0]["lang"], "ru")
        self.assertEqual(self.page(self.published.get_absolute_url()).all("html")[0]["lang"], "en")

    def byline(self, article):
        html = self.client.get(article.get_absolute_url()).content.decode()
        return Page(html.split('<p class="byline">')[1].split("</p>")[0])

    def test_an_article_leads_to_its_translations(self):
        self.assertEqual(
            {(a["hreflang"], a["lang"], a["href"]) for a in self.byline(self.published).all("a")},
            {(other.language, other.language, other.get_absolute_url()) for other in (self.russian, self.french)},
        )

    def test_a_translation_leads_to_the_original_and_to_the_others(self):
        self.assertEqual(
            set(self.byline(self.russian).links), {self.published.get_absolute_url(), self.french.get_absolute_url()}
        )

    def test_a_related_article_in_another_language_is_no_translation(self):
        self.assertNotIn(self.related.get_absolute_url(), self.byline(self.published).links)
        links = self.page(self.published.get_absolute_url()).all("a")
        self.assertIn((self.related.get_absolute_url(), "ru"), {(a["href"], a.get("lang")) for a in links})
        self.assertShows(self.published.get_absolute_url(), "Related news", "Другие новости")

    def test_a_hidden_translation_is_not_named(self):
        for article in (self.published, self.russian):
            self.assertHides(article.get_absolute_url(), "SECRET", "Spanish", "español")

    def test_a_headline_says_its_language_wherever_it_stands(self):
        paths = ["/", "/articles/", "/countries/kazakhstan/", "/people/aigul-testova/"]
        self.russian.countries.add(self.kaz)
        newsroom.Appearance.objects.create(article=self.russian, person=self.minister, role_as_stated="Vice-Minister")
        for path in paths:
            with self.subTest(path):
                [link] = [a for a in self.page(path).all("a") if a.get("href") == self.russian.get_absolute_url()]
                self.assertEqual(link.get("lang"), "ru")


class EmptyTests(TestCase):
    """A site on its first day."""

    def test_every_list_says_that_it_is_empty(self):
        for path in LISTS:
            with self.subTest(path):
                response = self.client.get(path)
                self.assertContains(
                    response, "No topic has been recorded yet." if path == "/topics/" else "Nothing has been publ"
                )

    def test_the_front_page_works(self):
        self.assertContains(self.client.get("/"), "No article has been published yet.")

    def test_so_do_about_robots_and_the_sitemap(self):
        for path in ["/about/", "/robots.txt", "/sitemap.xml", *sitemap_paths(self.client)]:
            self.assertEqual(self.client.get(path).status_code, 200, path)

    def test_a_filter_of_nothing_finds_nothing(self):
        self.assertContains(self.client.get("/articles/?q=wages"), "Nothing matches.")


class HeadTests(PageTestCase):
    """What the head of a page tells: search engines, and whoever has many tabs open."""

    def heads(self):
        """The title and the description of every page of the sitemap, by its path."""
        for path in sitemap_paths(self.client):
            page = self.page(path)
            [description] = [meta["content"] for meta in page.all("meta") if meta.get("name") == "description"]
            html = self.client.get(path).content.decode()
            yield path, html.split("<title>")[1].split("</title>")[0].strip(), " ".join(description.split())

    def test_it_works(self):
        heads = {path: (title, description) for path, title, description in self.heads()}
        titles = [title for title, _description in heads.values()]
        self.assertEqual(len(titles), len(set(titles)))
        general = heads["/"][1]
        for path, (_title, description) in heads.items():
            with self.subTest(path):
                self.assertGreaterEqual(len(description), 20)
                self.assertTrue(path == "/" or description != general)
