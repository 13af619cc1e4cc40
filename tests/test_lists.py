"""The lists: what each filter lets through, what it says to a wrong value, the order, and one page after the other."""

from datetime import date
from unittest import mock

import pytest
from django.test import TestCase
from django.utils import timezone

from articles import models as newsroom
from conventions.models import Category, Convention, Country, InstrumentStatus, Topic
from tests.cast import PUBLISHED_AT, SOURCE, CastMixin
from tests.crawl import Page

pytestmark = pytest.mark.once

PUBLIC = {"status": "published", "published_at": PUBLISHED_AT}


class ListTestCase(CastMixin, TestCase):
    """Reads the records that a list shows, in their order."""

    def found(self, path):
        response = self.client.get(path)
        self.assertEqual(response.status_code, 200, path)
        return list(response.context["page"])

    def assertFinds(self, path, *records):
        self.assertEqual(self.found(path), list(records), path)

    def assertRefuses(self, path, name, sentence):
        """A wrong value is named beside its field, tied to it, and nothing is filtered away."""
        response = self.client.get(path)
        page = Page(response.content.decode())
        self.assertEqual(response.context["filter"].form.errors, {name: [sentence]})
        self.assertIn(sentence, page.text)
        [field] = [attrs for tag, attrs in page.elements if attrs.get("name") == name]
        self.assertEqual(field["aria-invalid"], "true")
        self.assertIn(field["aria-describedby"], [attrs.get("id") for _tag, attrs in page.elements])
        self.assertEqual(list(response.context["page"]), self.found(path.split("?")[0]))

    def choices(self, path, name):
        form = self.client.get(path).context["filter"].form
        return [str(value) for value, _label in form.fields[name].choices if str(value)]


class ArticleListTests(ListTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        facts = {"body": "<p>-</p>", "source_name": SOURCE, **PUBLIC}
        rows = [("older", "Older news of MINES", date(2023, 12, 31)), ("newer", "Newer news", date(2024, 12, 31))]
        for name, headline, day in rows:
            article = newsroom.Article.objects.create(headline=headline, slug=name, standfirst="Mines, wages", dated=day, **facts)
            setattr(cls, name, article)

    def test_it_works(self):
        self.assertFinds("/articles/", self.newer, self.published, self.older)

    def test_words(self):
        self.assertFinds("/articles/?q=mines", self.newer, self.older)
        self.assertFinds("/articles/?q=wages+NEWER", self.newer)
        self.assertFinds("/articles/?q=+published++headline+", self.published)
        self.assertFinds("/articles/?q=100%25")
        self.assertFinds("/articles/?q=_")

    def test_year(self):
        self.assertFinds("/articles/?year=2023", self.older)
        self.assertFinds("/articles/?year=2024", self.newer, self.published)
        self.assertFinds("/articles/?year=2022")

    def test_choices(self):
        self.assertFinds("/articles/?country=kazakhstan", self.published)
        self.assertFinds(f"/articles/?topic={self.topic.slug}", self.published)
        self.assertFinds("/articles/?convention=C176", self.published)

    def test_filters_work_together(self):
        self.assertFinds("/articles/?country=kazakhstan&year=2024&q=headline", self.published)
        self.assertFinds("/articles/?country=kazakhstan&year=2023")

    def test_only_what_leads_somewhere_can_be_chosen(self):
        self.assertEqual(self.choices("/articles/", "country"), ["kazakhstan"])
        self.assertEqual(self.choices("/articles/", "topic"), [self.topic.slug])
        self.assertEqual(self.choices("/articles/", "convention"), ["C176"])

    def test_an_article_about_two_states_is_listed_once(self):
        self.published.countries.add(self.uzb)
        self.assertFinds("/articles/?country=uzbekistan", self.published)
        self.assertFinds("/articles/", self.newer, self.published, self.older)

    def test_a_wrong_value_has_its_sentence(self):
        none = "Select a valid choice. That choice is not one of the available choices."
        for name, value in [("country", "atlantis"), ("country", "uzbekistan"), ("topic", "x"), ("convention", "C190")]:
            self.assertRefuses(f"/articles/?{name}={value}", name, none)
        self.assertRefuses("/articles/?year=soon", "year", "Enter a number.")
        self.assertRefuses("/articles/?year=1800", "year", "Ensure this value is greater than or equal to 1919.")
        self.assertRefuses("/articles/?q=%00", "q", "Null characters are not allowed.")

    def test_another_filter_still_works_beside_a_wrong_one(self):
        self.assertFinds("/articles/?year=soon&q=mines", self.newer, self.older)

    def test_nothing_found_says_so_and_leads_back(self):
        page = Page(self.client.get("/articles/?q=unheard").content.decode())
        self.assertIn("Nothing matches.", page.text)
        self.assertIn("/articles/", page.links)

    def test_what_was_typed_stays_in_the_form(self):
        self.assertContains(self.client.get("/articles/?q=mines"), 'value="mines"')
        hostile = self.client.get("/articles/", {"q": '"><script>alert(1)</script>'})
        self.assertNotContains(hostile, "<script")


class OtherListsTests(ListTestCase):
    def test_roadmaps(self):
        earlier = newsroom.Roadmap.objects.create(
            title="Earlier programme", slug="earlier", kind="country-programme", country=self.uzb, summary="Childcare",
            ends_on=date(2009, 12, 31), source=SOURCE, **PUBLIC,
        )  # fmt: skip
        self.assertFinds("/roadmaps/", self.roadmap, earlier)
        self.assertFinds("/roadmaps/?kind=roadmap", self.roadmap)
        self.assertFinds("/roadmaps/?kind=action-plan")
        self.assertFinds("/roadmaps/?country=uzbekistan", earlier)
        self.assertFinds("/roadmaps/?q=childcare", earlier)
        self.assertRefuses("/roadmaps/?kind=x", "kind", "Select a valid choice. x is not one of the available choices.")

    def test_a_roadmap_of_unknown_end_comes_last_on_every_database(self):
        open_ended = newsroom.Roadmap.objects.create(
            title="Open", slug="open", kind="roadmap", country=self.uzb, source=SOURCE, **PUBLIC
        )
        self.assertFinds("/roadmaps/", self.roadmap, open_ended)

    def test_commitments(self):
        with mock.patch.object(timezone, "now", return_value=PUBLISHED_AT.replace(year=2026)):
            self.assertFinds("/commitments/", self.ratify, self.amend)
            self.assertFinds("/commitments/?delivery=under-way", self.ratify)
            self.assertFinds("/commitments/?delivery=no-information", self.amend)
            self.assertFinds("/commitments/?delivery=delivered")
            self.assertFinds("/commitments/?overdue=true", self.ratify, self.amend)
            self.assertFinds("/commitments/?overdue=false")
            self.assertFinds("/commitments/?country=kazakhstan&q=convention", self.ratify)
            self.assertFinds("/commitments/?q=amendments", self.amend)
        sentence = "Select a valid choice. maybe is not one of the available choices."
        self.assertRefuses("/commitments/?overdue=maybe", "overdue", sentence)

    def test_commitments_are_not_overdue_before_their_time(self):
        with mock.patch.object(timezone, "now", return_value=PUBLISHED_AT.replace(year=2025)):
            self.assertFinds("/commitments/?overdue=true")
            self.assertFinds("/commitments/?overdue=false", self.ratify, self.amend)

    def test_commitments_due_last_come_first_and_those_without_date_at_the_end(self):
        newsroom.Roadmap.objects.filter(pk=self.roadmap.pk).update(ends_on=None)
        newsroom.Commitment.objects.filter(pk=self.amend.pk).update(due_on=date(2024, 12, 31))
        self.assertFinds("/commitments/", self.amend, self.ratify)

    def test_people_and_organisations(self):
        self.assertFinds("/people/", self.minister)
        self.assertFinds("/people/?q=testova", self.minister)
        self.assertFinds("/people/?q=nobody")
        self.assertFinds("/organisations/", self.ministry)
        self.assertFinds("/organisations/?classification=government", self.ministry)
        self.assertFinds("/organisations/?classification=workers")

    def test_instruments(self):
        codes = [c.code for c in self.found("/conventions/")]
        self.assertEqual(codes, ["C087", "C131", "C176", "C190", "R206"])
        for words in ("C87", "c087", "freedom+association"):
            self.assertFinds(f"/conventions/?q={words}", self.c087)
        self.assertFinds("/conventions/?q=C999")
        self.assertFinds("/conventions/?kind=recommendation", self.r206)
        self.assertFinds(f"/conventions/?topic={self.topic.slug}", self.c176)
        Convention.objects.filter(code="C087").update(category=Category.FUNDAMENTAL, status=InstrumentStatus.UP_TO_DATE)
        self.assertFinds("/conventions/?category=fundamental", self.c087)
        self.assertFinds("/conventions/?status=up-to-date", self.c087)

    def test_states(self):
        self.assertFinds("/countries/", self.kaz, self.uzb)
        self.assertFinds("/countries/?q=UZB", self.uzb)
        self.assertFinds("/countries/?region=europe-central-asia", self.kaz, self.uzb)
        self.assertFinds("/countries/?region=africa")


class PaginationTests(CastMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        facts = {"standfirst": "-", "body": "<p>-</p>", "source_name": SOURCE, **PUBLIC}
        newsroom.Article.objects.bulk_create(
            newsroom.Article(headline=f"News {n}", slug=f"news-{n}", dated=date(2023, 1, 1), **facts) for n in range(59)
        )

    def pages(self, path):
        """Each page that `next` leads to."""
        while path:
            response = self.client.get(path)
            yield response
            [path] = [a["href"] for a in Page(response.content.decode()).all("a") if a.get("rel") == "next"] or [None]
            path = path and "/articles/" + path

    def test_it_works(self):
        pages = list(self.pages("/articles/"))
        shown = [list(response.context["page"]) for response in pages]
        self.assertEqual([len(rows) for rows in shown], [25, 25, 10])
        self.assertEqual([article for rows in shown for article in rows], list(newsroom.Article.objects.published()))
        self.assertContains(pages[1], "60 found, showing 26 to 50")
        self.assertContains(pages[1], "Page 2 of 3")

    def test_the_filter_stays_from_page_to_page(self):
        shown = [article for response in self.pages("/articles/?q=News&year=2023") for article in response.context["page"]]
        self.assertEqual(len(shown), 59)
        self.assertNotIn(self.published, shown)

    def test_a_page_that_is_none_shows_the_nearest(self):
        for value, number in [("0", 3), ("-1", 3), ("4", 3), ("9" * 30, 3), ("x", 1), ("", 1), ("1.5", 1), ("%00", 1)]:
            with self.subTest(value):
                self.assertEqual(self.client.get(f"/articles/?page={value}").context["page"].number, number)

    def test_equals_are_neither_lost_nor_shown_twice(self):
        """Without a last word on the order a database may put equal rows anywhere, on each page anew."""
        people = newsroom.Person.objects.bulk_create(newsroom.Person(name="John Smith", slug=f"smith-{n}") for n in range(120))
        newsroom.Appearance.objects.bulk_create(
            newsroom.Appearance(article=self.published, person=person, role_as_stated="Officer") for person in people
        )
        shown = [person.pk for page in (1, 2, 3) for person in self.client.get(f"/people/?page={page}").context["page"]]
        self.assertEqual(len(set(shown)), 121)
        for path in ["/people/", "/organisations/", "/articles/", "/roadmaps/", "/commitments/", "/conventions/", "/countries/"]:
            self.assertEqual(self.client.get(path).context["page"].paginator.object_list.query.order_by[-1], "pk", path)

    def test_one_page_needs_no_pagination(self):
        self.assertNotContains(self.client.get("/roadmaps/"), "Page 1")


class TopicTests(TestCase):
    """Of the register everything is public; of topics, those that order something public."""

    def test_a_topic_that_only_a_draft_has_is_not_public(self):
        topic = Topic.objects.create(name="SECRETTOPIC", slug="secrettopic")
        draft = newsroom.Article.objects.create(
            headline="Draft", slug="draft", standfirst="-", body="-", source_name=SOURCE, dated=date(2024, 1, 1)
        )
        draft.topics.add(topic)
        for path in ["/topics/", "/sitemap-topic.xml", "/conventions/"]:
            self.assertNotContains(self.client.get(path), "secrettopic")
            self.assertNotContains(self.client.get(path), "SECRETTOPIC")
        self.assertEqual(self.client.get("/topics/secrettopic/").status_code, 404)

    def test_countries_are_listed_by_name(self):
        for name, iso in [("Zambia", "ZMB"), ("Albania", "ALB")]:
            Country.objects.create(
                name=name, official_name=name, iso3=iso, iso2=iso[:2], slug=name.lower(), region="africa", source=SOURCE
            )
        self.assertEqual([c.name for c in self.client.get("/countries/").context["page"]], ["Albania", "Zambia"])


class NewsAboutTests(CastMixin, TestCase):
    """A page of the register shows the newest articles about it, and leads to all of them."""

    def test_the_newest_ten_and_the_way_to_all(self):
        for number in range(11):
            article = newsroom.Article.objects.create(
                headline=f"Story {number:02}", slug=f"story-{number}", standfirst="-", body="-", source_name=SOURCE,
                dated=date(2025, 1, 1 + number), status="published", published_at=PUBLISHED_AT,
            )  # fmt: skip
            article.countries.add(self.uzb)
        page = self.client.get("/countries/uzbekistan/")
        self.assertContains(page, "Story 10")
        self.assertNotContains(page, "Story 00")
        self.assertContains(page, 'href="/articles/?country=uzbekistan"')
        self.assertContains(self.client.get("/articles/?country=uzbekistan"), "Story 00")

    def test_a_few_need_no_way_to_all(self):
        page = self.client.get("/countries/kazakhstan/")
        self.assertContains(page, self.published.headline)
        self.assertNotContains(page, "/articles/?country=")
