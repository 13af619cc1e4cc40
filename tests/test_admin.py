"""The back office: its pages, its policy, its queries. Saving, moves and rights have files of their own."""

from datetime import date
from io import BytesIO

import PIL.Image
import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import (
    Appearance,
    Article,
    Citation,
    Commitment,
    Image,
    Person,
    ProgressUpdate,
    Roadmap,
    Transition,
)
from conventions.models import Convention, Country, OldAddress, Ratification, Topic
from tests.cast import PUBLIC_NOTE, SOURCE
from tests.forms import AdminCase

pytestmark = pytest.mark.rules


class PageTests(AdminCase):
    RECORDS = [
        "draft", "published", "withdrawn", "roadmap", "ratify", "update", "draft_update", "evidence", "minister", "ministry",
        "post", "kaz", "c087", "topic", "ratification", "alice", "area",
    ]  # fmt: skip

    def test_every_form_opens(self):
        for name in self.RECORDS:
            for page in ("change", "history"):
                with self.subTest(name=name, page=page):
                    self.assertEqual(self.client.get(self.page(getattr(self, name), page)).status_code, 200)

    def test_every_list_and_every_empty_form_opens(self):
        for model, model_admin in admin.site._registry.items():
            with self.subTest(model=model):
                response = self.client.get(self.list_of(model), {"q": "a"})
                self.assertEqual(response.status_code, 200)
                adds = model_admin.has_add_permission(response.wsgi_request)
                self.assertEqual(self.client.get(self.list_of(model, "add")).status_code, 200 if adds else 403)

    def test_what_the_site_keeps_by_itself_is_only_read(self):
        OldAddress.objects.remember("/old/", self.kaz)
        for record in (Transition.objects.first(), OldAddress.objects.get(), self.alice.groups.get(), self.area):
            with self.subTest(record=record):
                response = self.client.get(self.page(record))
                self.assertNotContains(response, 'name="_save"')
                self.assertEqual(self.client.get(self.page(record, "delete")).status_code, 403)

    def test_only_what_is_public_is_viewed_on_site(self):
        for record, shown in [
            (self.published, True), (self.draft, False), (self.scheduled, False), (self.withdrawn, False),
            (self.ratify, True), (self.hidden_commitment, False), (self.minister, True), (self.hidden_minister, False),
            (self.kaz, True),
        ]:  # fmt: skip
            with self.subTest(record=record):
                response = self.client.get(self.page(record))
                self.assertEqual(response.context["has_absolute_url"], shown)
                self.assertEqual(response.context["absolute_url"], record.get_absolute_url() if shown else None)

    def test_an_update_is_viewed_on_the_page_of_its_commitment(self):
        response = self.client.get(self.page(self.update))
        self.assertEqual(response.context["absolute_url"], self.ratify.get_absolute_url())
        self.assertIsNone(self.client.get(self.page(self.draft_update)).context["absolute_url"])

    def test_a_slug_is_made_from_the_name_only_once(self):
        add = self.client.get(self.list_of(Article, "add"))
        self.assertEqual(add.context["adminform"].prepopulated_fields[0]["field"].name, "slug")
        self.assertEqual(self.client.get(self.page(self.draft)).context["adminform"].prepopulated_fields, [])

    def test_the_parts_of_a_whole_are_listed_with_links(self):
        self.assertContains(self.client.get(self.page(self.roadmap)), self.page(self.ratify))
        self.assertContains(self.client.get(self.page(self.ratify)), self.page(self.update))
        self.assertContains(self.client.get(self.page(self.evidence)), self.page(self.update))
        self.draft.language, self.draft.translation_of = "fr", self.published
        self.draft.save()
        self.assertContains(self.client.get(self.page(self.published)), self.page(self.draft))

    def test_a_part_is_added_with_its_whole_filled_in(self):
        self.assertContains(self.client.get(self.page(self.roadmap)), f"/commitment/add/?roadmap={self.roadmap.pk}")
        response = self.client.get(self.list_of(ProgressUpdate, "add"), {"commitment": self.ratify.pk})
        self.assertContains(response, self.ratify.title)

    def test_a_picture_is_previewed(self):
        picture = BytesIO()
        PIL.Image.new("RGB", (2, 2)).save(picture, "png")
        data = self.add_form(Image, name="A mine", alt_text="A mine.", credit="ILO")
        data["file"] = SimpleUploadedFile("mine.png", picture.getvalue(), "image/png")
        self.save(self.list_of(Image, "add"), data)
        image = Image.objects.get(name="A mine")
        self.assertContains(self.client.get(self.page(image)), 'class="preview"')
        self.assertNotContains(self.client.get(self.page(self.published.lead_image)), 'class="preview"')
        self.assertContains(self.client.get(self.list_of(Image)), "icon-yes")

    def test_instruments_are_found_as_people_write_them(self):
        for words in ("c87", "C087", "Freedom of Association"):
            with self.subTest(words=words):
                response = self.client.get(self.list_of(Convention), {"q": words})
                self.assertEqual(list(response.context["cl"].queryset), [self.c087])

    def test_articles_are_filtered_by_what_editors_call_their_state(self):
        for state, articles in [
            ("draft", [self.draft]),
            ("in_review", [self.in_review, self.resubmitted]),
            ("scheduled", [self.scheduled]),
            ("published", [self.published]),
            ("withdrawn", [self.withdrawn]),
        ]:
            with self.subTest(state=state):
                response = self.client.get(self.list_of(Article), {"state": state})
                self.assertCountEqual(response.context["cl"].queryset, articles)

    def test_a_ratification_shows_how_much_of_its_date_is_known(self):
        Ratification.objects.create(
            country=self.uzb, convention=self.c131, ratified_on=date(1992, 12, 31), ratified_on_precision="year",
            status="in-force", verification="year", registered=True, source=SOURCE,
        )  # fmt: skip
        response = self.client.get(self.list_of(Ratification))
        self.assertContains(response, ">1992</td>")

    def test_the_form_of_what_is_withdrawn_shows_its_public_note(self):
        self.assertContains(self.client.get(self.page(self.withdrawn)), PUBLIC_NOTE)


class PolicyTests(AdminCase):
    def policy(self, address):
        return self.client.get(address).headers["Content-Security-Policy"]

    def test_every_page_of_the_back_office_has_the_strict_policy(self):
        pages = ["/admin/", self.list_of(Article), self.page(self.draft), self.list_of(Article, "add"), "/admin/nowhere/"]
        pages += [self.page(self.in_review, page) for page in ("versions", "compare", "comments", "embargo", "preview", "links")]
        pages += [f"/admin/articles/article/transition/publish/?ids={self.in_review.pk}", "/admin/mail/", "/admin/find/?q=x"]
        for address in pages:
            with self.subTest(address=address):
                policy = self.policy(address)
                self.assertIn("default-src 'none'", policy)
                self.assertIn("frame-ancestors 'none'", policy)
                self.assertNotIn("unsafe", policy)

    def test_the_login_has_it_too(self):
        self.client.logout()
        self.assertIn("script-src 'self'", self.policy("/admin/login/"))

    def test_inline_scripts_and_styles_bear_the_nonce_of_the_request(self):
        response = self.client.get(self.page(self.draft))
        nonce = response.wsgi_request._csp_nonce
        self.assertContains(response, f'<script type="importmap" nonce="{nonce}">')
        self.assertContains(response, f'<style nonce="{nonce}" data-tiptap-style>')
        self.assertIn(f"script-src 'self' 'nonce-{nonce}'", response.headers["Content-Security-Policy"])
        self.assertNotEqual(nonce, self.client.get(self.page(self.draft)).wsgi_request._csp_nonce)

    def test_a_page_without_them_needs_no_nonce(self):
        self.assertNotIn("nonce", self.policy(self.list_of(Article)))

    def test_no_page_has_a_handler_or_a_style_in_its_elements(self):
        for address in ["/admin/", self.list_of(Article), self.page(self.published), self.page(self.roadmap)]:
            with self.subTest(address=address):
                self.assertNotRegex(self.client.get(address).content.decode(), r"<[a-z][^>]* (?:style|on[a-z]+)=\"")


class QueryTests(AdminCase):
    """The number of queries does not grow with what is shown."""

    def queries(self, address):
        self.client.get(address)  # content types are asked for once
        with CaptureQueriesContext(connection) as context:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(context)

    def test_the_list_of_articles(self):
        few = self.queries(self.list_of(Article))
        Article.objects.bulk_create(
            Article(headline=f"Text {n}", slug=f"text-{n}", dated=date(2020, 1, 1), source_name="ILO", drafted_by=self.alice)
            for n in range(300)
        )
        many = self.queries(self.list_of(Article))
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 10)

    def test_the_other_lists(self):
        for model in (Roadmap, Commitment, ProgressUpdate, Person, Ratification, Convention, Country, Topic, Transition):
            with self.subTest(model=model):
                self.assertLessEqual(self.queries(self.list_of(model)), 10)

    def test_the_form_of_an_article_with_ten_citations(self):
        few = self.queries(self.page(self.draft))
        for number in range(1, 11):
            instrument = Convention.objects.create(
                kind="recommendation",
                code=f"R{number:03}",
                number=number,
                title=f"Recommendation {number}",
                year=1930,
                source=SOURCE,
            )
            Citation.objects.create(article=self.draft, convention=instrument, words=f"No. {number}")
            person = Person.objects.create(name=f"Person {number}", slug=f"person-{number}")
            Appearance.objects.create(article=self.draft, person=person, organisation=self.ministry, role_as_stated="Delegate")
        self.assertLessEqual(self.queries(self.page(self.draft)), few)

    def test_the_form_of_a_roadmap(self):
        few = self.queries(self.page(self.roadmap))
        for number in range(1, 11):
            person = Person.objects.create(name=f"Person {number}", slug=f"person-{number}")
            self.roadmap.signatures.create(person=person, organisation=self.ministry, role_as_stated="Delegate", source=SOURCE)
            self.roadmap.parties.create(role="workers", organisation=self.ministry, as_stated=f"Party {number}")
        self.assertLessEqual(self.queries(self.page(self.roadmap)), few)
