"""People, organisations and topics: their pages, their lists, and what editors are shown to look at."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from articles import models as newsroom
from articles.models import Membership, Person
from conventions.models import Ratification
from tests.cast import PUBLISHED_AT, SECRETS, SOURCE, CastMixin
from tests.crawl import Page
from tests.forms import AdminCase
from tests.test_roles import RoleMixin

pytestmark = pytest.mark.rules

UGLY = [
    "Қазақстан Республикасының Еңбек және халықты әлеуметтік қорғау министрлігінің бірінші вице-министрі",
    "وزارة العمل والشؤون الاجتماعية",
    'The "Union" of <script>alert(1)</script> & O’Brien',
]


class ToLookAtTests(RoleMixin, AdminCase):
    """Shown to editors, never to the public, and nothing is refused by it."""

    TOLD = "Aigul Testova and Anna Role both hold the post “Vice-Minister of Labour, Ministry of Labour” on 12 June 2024."

    def contradict(self):
        self.role("Vice-Minister", post=self.post, organisation=self.ministry)

    def test_on_the_forms_of_the_people_and_the_post(self):
        self.contradict()
        for record in (self.minister, self.person, self.post):
            self.assertContains(self.client.get(self.page(record)), self.TOLD)
        self.assertContains(self.client.get(self.page(self.person)), self.page(self.minister))

    def test_a_form_without_any_says_so(self):
        for record in (self.person, self.post):
            self.assertContains(self.client.get(self.page(record)), '<div class="readonly">—</div>', html=True)

    def test_the_filter_finds_whom_to_check(self):
        found = {"roles": "check"}
        self.assertEqual(list(self.client.get(self.list_of(Person), found).context["cl"].queryset), [])
        self.contradict()
        self.assertCountEqual(self.client.get(self.list_of(Person), found).context["cl"].queryset, [self.minister, self.person])
        self.assertIn(self.rival, self.client.get(self.list_of(Person)).context["cl"].queryset)

    def test_the_filter_asks_no_more_for_many(self):
        self.contradict()
        address = self.list_of(Person) + "?roles=check"
        few = self.queries(address)
        for n in range(30):
            person = Person.objects.create(name=f"Person {n}", slug=f"person-{n}")
            self.role("Vice-Minister", person=person, post=self.post, organisation=self.ministry)
        self.assertLessEqual(self.queries(address), few)
        form = self.queries(self.page(self.post))
        self.role("Vice-Minister", person=self.rival, post=self.post, organisation=self.ministry)
        self.assertLessEqual(self.queries(self.page(self.post)), form)

    def queries(self, address):
        self.client.get(address)
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(captured)

    def test_nothing_is_refused(self):
        self.contradict()
        self.save(self.page(self.person), self.filled_in(self.person, note="Looked at."))

    def test_the_public_does_not_read_it(self):
        self.contradict()
        self.client.logout()
        for record in (self.minister, self.ministry):
            self.assertNotContains(self.client.get(record.get_absolute_url()), "both hold")

    def test_names_are_escaped(self):
        Person.objects.filter(pk=self.person.pk).update(name=UGLY[2])
        self.contradict()
        response = self.client.get(self.page(self.minister))
        self.assertNotContains(response, "<script>alert(1)")
        self.assertContains(response, "&lt;script&gt;alert(1)")


class PageTestCase(RoleMixin, CastMixin, TestCase):
    def page(self, record):
        path = record if isinstance(record, str) else record.get_absolute_url()
        response = self.client.get(path)
        self.assertEqual(response.status_code, 200, path)
        return Page(response.content.decode())

    def assertReads(self, record, *words):
        text = self.page(record).text
        for word in words:
            self.assertIn(word, text)

    def assertSecret(self, record, *words):
        text = self.page(record).text
        for word in (*SECRETS, *words):
            self.assertNotIn(word.casefold(), text.casefold())


class PersonPageTests(PageTestCase):
    def stated(self, *args, **kwargs):
        return self.role(*args, person=self.minister, organisation=self.ministry, **kwargs)

    def test_what_is_known_of_today_stands_at_the_head(self):
        self.assertReads(self.minister, "Vice-Minister, Ministry of Labour last stated on 12 June 2024, not known to have ended")

    def test_what_has_ended_stands_below_only(self):
        Membership.objects.filter(person=self.minister).update(ends_on=date(2025, 12, 31), ends_on_precision="year")
        self.assertReads(self.minister, "as stated on 12 June 2024 · until 2025 · post: Vice-Minister of Labour")
        self.assertNotIn("not known to have ended", self.page(self.minister).text)

    def test_a_role_whose_end_is_still_to_come(self):
        Membership.objects.filter(person=self.minister).update(ends_on=date(2999, 12, 31))
        self.assertReads(self.minister, "as stated on 12 June 2024, until 31 December 2999")

    def test_roles_by_organisation_the_newest_statement_first(self):
        self.role("Delegate", person=self.minister, stated="2025-01-01", starts="2019-05")
        self.stated("Director", stated="2010-01-01")
        text = self.page(self.minister).text.split("Roles, as sources state them")[1]
        order = ["Union", "Delegate", "from May 2019", "Ministry of Labour", "Vice-Minister", "Director", "1 January 2010"]
        places = [text.index(word) for word in order]
        self.assertEqual(places, sorted(places))

    def test_days_are_told_to_machines_as_precisely_as_they_are_known(self):
        self.stated("Director", stated="2010-01-01", starts="2009", ends="2010-03")
        days = {attrs["datetime"] for attrs in self.page(self.minister).all("time")}
        self.assertLessEqual({"2010-01-01", "2009", "2010-03", "2024-06-12"}, days)

    def test_names_say_their_script_and_no_language(self):
        for n, (name, script) in enumerate([("آيغول", "Arab"), ("Aigoul", "Latn"), ("ᠠᠢᠭᠤᠯ", "Xxxx")]):
            newsroom.PersonName.objects.create(person=self.minister, name=name, script=script, source=f"Source {n}")
        page = self.page(self.minister)
        for words in ("Айгүл Тестова (Cyrillic)", "آيغول (Arabic)", "Aigoul (Latin)", "ᠠᠢᠭᠤᠯ (Xxxx)", "Source: Source 1"):
            self.assertIn(words, page.text)
        self.assertEqual({attrs["lang"] for attrs in page.all("bdi") if "lang" in attrs}, {"und-Cyrl", "und-Arab"})

    def test_appearances_newest_first_fifty_to_a_page(self):
        for n in range(60):
            article = newsroom.Article.objects.create(
                headline=f"Story {n:02}", slug=f"story-{n}", standfirst="-", body="-", source_name=SOURCE,
                dated=date(2025, 1, 1) + timedelta(n), status="published", published_at=PUBLISHED_AT,
            )  # fmt: skip
            newsroom.Appearance.objects.create(article=article, person=self.minister, role_as_stated="Minister then")
        address = self.minister.get_absolute_url()
        first, second = self.page(address).text, self.page(f"{address}?page=2").text
        self.assertIn("In the news 61", first)
        self.assertLess(first.index("Story 59"), first.index("Story 58"))
        self.assertIn("Story 10", first)
        self.assertNotIn("Story 09", first)
        self.assertIn("Story 09", second)
        self.assertIn(self.published.headline, second)
        self.assertIn("?page=2", self.page(address).links)

    def test_empty(self):
        newsroom.Appearance.objects.create(article=self.published, person=self.person, role_as_stated="Delegate")
        self.assertReads(self.person, "In the news 1", "as Delegate")
        text = self.page(self.person).text
        for heading in ("Roles, as sources state them", "Other names", "Signed"):
            self.assertNotIn(heading, text)

    def test_nothing_unpublished_shows(self):
        for article in (self.draft, self.scheduled, self.withdrawn):
            newsroom.Appearance.objects.create(article=article, person=self.minister, role_as_stated="SECRETNOTE")
        newsroom.Signature.objects.create(
            roadmap=self.hidden_roadmap, person=self.minister, organisation=self.ministry, role_as_stated="SECRETNOTE",
            source=SOURCE,
        )  # fmt: skip
        self.assertSecret(self.minister, "Headline of the withdrawn")
        self.assertIn("In the news 1", self.page(self.minister).text)
        self.assertEqual(self.client.get(self.hidden_minister.get_absolute_url()).status_code, 404)

    def test_ugly_text(self):
        for n, name in enumerate(UGLY):
            Person.objects.filter(pk=self.minister.pk).update(name=name)
            newsroom.Organisation.objects.filter(pk=self.ministry.pk).update(name=name)
            self.stated(name, stated=f"2024-01-0{n + 1}")
            for path in (self.minister.get_absolute_url(), self.ministry.get_absolute_url(), "/people/", "/organisations/"):
                page = self.page(path)
                self.assertIn(name, page.text)
                self.assertEqual(page.all("script"), [])


class PeopleListTests(PageTestCase):
    def found(self, path):
        return list(self.client.get(path).context["page"])

    def test_each_with_the_role_stated_last(self):
        self.role("Director", person=self.minister, organisation=self.ministry, stated="2010-01-01")
        self.assertReads("/people/", "Aigul Testova Vice-Minister, Ministry of Labour, as stated on 12 June 2024")
        self.assertNotIn("Director", self.page("/people/").text)

    def test_who_has_no_role_on_record_stands_with_the_one_told_last(self):
        for article, role in [(self.published, "Delegate"), (self.draft, "Chair")]:
            newsroom.Appearance.objects.create(article=article, person=self.person, role_as_stated=role)
        self.assertReads("/people/", f"{self.person} Delegate, in the news of 12 June 2024")
        self.assertNotIn("Chair", self.page("/people/").text)

    def test_any_spelling_and_script_finds_a_person(self):
        newsroom.PersonName.objects.create(person=self.minister, name="Айгуль Тестова", script="Cyrl", source=SOURCE)
        newsroom.PersonName.objects.create(person=self.minister, name="آيغول (تستوفا)", script="Arab", source=SOURCE)
        for words in ["aigul", "TESTOVA Aigul", "Айгүл", "айгүл тестова", "ТЕСТОВА", "aigul Тестова", "آيغول", "(تستوفا)"]:
            self.assertEqual(self.client.get("/people/", {"q": words}).context["page"].object_list[:], [self.minister], words)
        for words in ["Тестов Иван", "ай.үл", "Т*", "آيغو.", "%", "secretperson", "[", "Тест("]:
            self.assertEqual(list(self.client.get("/people/", {"q": words}).context["page"]), [], words)

    def test_a_hidden_person_is_found_by_no_name(self):
        newsroom.PersonName.objects.create(person=self.hidden_minister, name="Тайна", script="Cyrl", source=SOURCE)
        self.assertEqual(self.found("/people/?q=тайна"), [])

    def test_organisations_too(self):
        newsroom.OrganisationName.objects.create(organisation=self.ministry, name="Министерство", script="Cyrl", source=SOURCE)
        self.assertEqual(self.found("/organisations/?q=министерство"), [self.ministry])

    def test_organisations_by_country(self):
        self.assertEqual(self.found("/organisations/?country=kazakhstan"), [self.ministry])
        response = self.client.get("/organisations/?country=uzbekistan")
        self.assertIn("country", response.context["filter"].form.errors, "No public organisation is there.")

    def test_who_is_public_is_as_before(self):
        """Each way by which something published names somebody, and none by which only a draft does."""
        self.assertEqual(list(Person.objects.published()), [self.minister])
        newsroom.Signature.objects.create(
            roadmap=self.hidden_roadmap, person=self.person, organisation=self.union, role_as_stated="-", source=SOURCE
        )
        self.role()
        newsroom.Appearance.objects.create(article=self.draft, person=self.rival, role_as_stated="-", organisation=self.union)
        self.assertEqual(list(Person.objects.published()), [self.minister])
        self.assertNotIn(self.union, newsroom.Organisation.objects.published())
        newsroom.Appearance.objects.create(article=self.published, person=self.person, role_as_stated="-")
        self.assertCountEqual(Person.objects.published(), [self.minister, self.person])
        self.assertIn(self.union, newsroom.Organisation.objects.published(), "Somebody public has a role there.")


class OrganisationPageTests(PageTestCase):
    def test_posts_and_who_held_them(self):
        newsroom.Appearance.objects.create(article=self.published, person=self.person, role_as_stated="-")
        self.role("Adviser", organisation=self.ministry, stated="2025-01-01")
        self.role("Vice-Minister of Labour", organisation=self.ministry, stated="2020-01-01", post=self.post, ends="2021")
        text = self.page(self.ministry).text.split("Posts and people")[1]
        order = [
            "Vice-Minister of Labour",
            "Aigul Testova, Vice-Minister",
            "12 June 2024",
            "Anna Role as stated on",
            "until 2021",
        ]
        order += ["Other roles", "Anna Role, Adviser", "1 January 2025"]
        places = [text.index(word) for word in order]
        self.assertEqual(places, sorted(places))

    def test_a_post_is_as_public_as_its_holder(self):
        secret = newsroom.Post.objects.create(organisation=self.ministry, label="SECRETPOST")
        self.role("SECRETNOTE", person=self.hidden_minister, organisation=self.ministry, post=secret)
        newsroom.Post.objects.create(organisation=self.ministry, label="SECRETPOST of nobody")
        self.assertSecret(self.ministry)

    def test_what_it_is_responsible_for_and_where_that_stands(self):
        newsroom.Responsibility.objects.create(commitment=self.amend, organisation=self.ministry, role="leads the work")
        newsroom.Responsibility.objects.create(commitment=self.amend, organisation=self.union, role="is consulted")
        newsroom.Responsibility.objects.create(commitment=self.hidden_commitment, organisation=self.ministry, role="SECRETNOTE")
        self.assertReads(
            self.ministry,
            "Responsible for 2 ○ No information 1 ◔ Under way 1 ▲ Overdue 2",
            "Its part: drafts the law",
            "Its part: leads the work",
        )
        self.assertSecret(self.ministry, "is consulted")
        self.assertReads(self.union, "Its part: is consulted")

    def test_its_news_is_there_once_however_it_is_named(self):
        self.assertEqual(self.page(self.ministry).links.count(self.published.get_absolute_url()), 1)
        self.assertReads(self.ministry, "In the news 1")
        newsroom.Participation.objects.create(article=self.draft, organisation=self.ministry, role_as_stated="SECRETNOTE")
        self.assertSecret(self.ministry)

    def test_empty(self):
        newsroom.Participation.objects.create(article=self.published, organisation=self.union, role_as_stated="-")
        text = self.page(self.union).text
        for heading in ("Responsible for", "Agreed or signed", "Posts and people", "Other names"):
            self.assertNotIn(heading, text)


class TopicPageTests(PageTestCase):
    def test_instruments_by_kind_with_the_acts_that_count(self):
        self.topic.conventions.add(self.c087, self.r206)
        self.c087.category = "fundamental"
        self.c087.save()
        Ratification.objects.create(country=self.uzb, convention=self.c087, status="in-force", verification="none")
        text = self.page(self.topic).text
        self.assertIn("Instruments 3 Conventions", text)
        self.assertIn("C87 Freedom of Association", text)
        self.assertIn("Fundamental 1 ratification seen", text)
        conventions, recommendations = text.split("Recommendations", 1)
        self.assertIn("Convention, 1995 –", conventions)
        self.assertNotIn("– ratification", conventions)
        self.assertIn("R206 Violence and Harassment Recommendation", recommendations)
        self.assertNotIn("seen R206", text)

    def test_promises_and_countries(self):
        self.topic.conventions.add(self.c190)
        self.draft.countries.add(self.uzb)
        self.assertReads(
            self.topic,
            "Promised 1 Kazakhstan · Roadmap 2024-2025 Ratify Convention No. 176 ◔ Under way",
            "In the news: Kazakhstan Promised",
        )
        self.assertSecret(self.topic, "Uzbekistan")

    def test_the_list_counts_what_is_public(self):
        self.assertReads("/topics/", f"{self.topic} 1 instrument · 1 article")
        newsroom.Article.objects.filter(pk=self.published.pk).update(status="draft")
        self.assertNotIn("article", self.page("/topics/").text.split(str(self.topic))[1].split("ilonews is")[0])
