"""The addresses: the ways in which a code is written, old addresses, pictures, and what every answer bears."""

import io
import shutil
from unittest import mock

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory, TestCase, override_settings
from django.urls import include, path
from PIL import Image as Picture

from articles import models as newsroom
from articles import outputs
from conventions.models import OldAddress, Topic
from tests.cast import CastMixin
from tests.crawl import Page, crawl, locations, sitemap_paths

pytestmark = pytest.mark.once


def raising(request):
    raise RuntimeError("SECRETREASON")


# This module is its own ROOT_URLCONF where a view must fail.
handler500 = "articles.views.server_error"
urlpatterns = [path("raising/", raising), path("", include("ilonews.urls"))]


class CodesTests(CastMixin, TestCase):
    def test_it_works(self):
        self.assertEqual(self.client.get("/conventions/c087/").status_code, 200)

    def test_other_ways_to_write_it_lead_there_for_ever(self):
        for code in ("C87", "c87", "C087", "c087%20", "C87%20"):
            with self.subTest(code):
                self.assertRedirects(self.client.get(f"/conventions/{code}/"), "/conventions/c087/", status_code=301)

    def test_unknown_codes(self):
        for code in ("c999", "C000", "87", "x87", "c0087", "c", "convention-87", "c87.html", "c%0087", "c%F0%9F%98%80"):
            with self.subTest(code):
                self.assertEqual(self.client.get(f"/conventions/{code}/", follow=True).status_code, 404)

    def test_a_slash_is_added(self):
        self.assertRedirects(self.client.get("/conventions/c087"), "/conventions/c087/", status_code=301)


class OldAddressTests(CastMixin, TestCase):
    """As the back office does it: a new slug, and the old address remembered."""

    def rename(self, record, slug):
        old = record.get_absolute_url()
        type(record).objects.filter(pk=record.pk).update(slug=slug)
        record.refresh_from_db()
        OldAddress.objects.remember(old, record)

    def assertLeads(self, old, new):
        self.assertRedirects(self.client.get(old), new, status_code=301)

    def test_it_works(self):
        for record in (self.published, self.roadmap, self.ratify, self.minister, self.ministry, self.topic, self.kaz):
            with self.subTest(record):
                old = record.get_absolute_url()
                self.rename(record, "another")
                self.assertNotEqual(old, record.get_absolute_url())
                self.assertLeads(old, record.get_absolute_url())

    def test_what_can_be_followed_and_cited_moves_along_with_its_day(self):
        for record in (self.roadmap, self.ratify, self.kaz):
            old = record.get_absolute_url()
            self.rename(record, "another")
            for end in ("feed/", "due.ics", "cite.bib", "cite.json"):
                self.assertLeads(old + end, record.get_absolute_url() + end)
            self.assertLeads(f"{old}?as_of=2025-06-30", f"{record.get_absolute_url()}?as_of=2025-06-30")
        for record in (self.published, self.ratify):
            old = record.get_absolute_url()
            self.rename(record, "yet-another")
            self.assertLeads(f"{old}reply/", f"{record.get_absolute_url()}reply/")

    def test_a_chain_of_names_leads_in_one_step(self):
        for slug in ("second", "third", "fourth"):
            self.rename(self.minister, slug)
        for slug in ("aigul-testova", "second", "third"):
            self.assertLeads(f"/people/{slug}/", "/people/fourth/")

    def test_a_name_taken_back_is_the_page_again(self):
        self.rename(self.minister, "second")
        self.rename(self.minister, "aigul-testova")
        self.assertEqual(self.client.get("/people/aigul-testova/").status_code, 200)
        self.assertLeads("/people/second/", "/people/aigul-testova/")

    def test_a_name_that_another_took_is_the_others(self):
        self.rename(self.topic, "osh")
        Topic.objects.create(name="Other", slug="occupational-safety-and-health").conventions.add(self.c087)
        self.assertContains(self.client.get("/topics/occupational-safety-and-health/"), "Other")

    def test_the_old_address_of_what_is_withdrawn_leads_to_its_tombstone(self):
        self.rename(self.published, "renamed")
        self.published.withdraw(by=self.chloe, note="Gone.")
        response = self.client.get("/articles/2024/published-article/", follow=True)
        self.assertEqual(response.status_code, 410)

    def test_what_is_deleted_is_not_found(self):
        topic = Topic.objects.create(name="Brief", slug="brief")
        self.rename(topic, "short")
        topic.delete()
        self.assertEqual(self.client.get("/topics/brief/").status_code, 404)

    def test_only_reading_is_led_on(self):
        self.rename(self.minister, "second")
        self.assertEqual(self.client.head("/people/aigul-testova/").status_code, 301)
        self.assertEqual(self.client.post("/people/aigul-testova/").status_code, 405)

    def test_an_address_that_no_database_would_take(self):
        for address in ("/people/%00/", "/%00", "/nowhere/" + "x" * 5000):
            self.assertEqual(self.client.get(address).status_code, 404, address)


class PictureTests(CastMixin, TestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.addClassCleanup(shutil.rmtree, settings.MEDIA_ROOT / "images", ignore_errors=True)
        for article in (cls.published, cls.draft, cls.withdrawn):
            data = io.BytesIO()
            Picture.new("RGB", (40, 30), "navy").save(data, "png")
            image = article.lead_image
            image.alt_text, image.credit = "A blue rectangle", "A. Photographer"
            image.file.save("SECRETIMAGE.PNG", ContentFile(data.getvalue()))

    def address(self, article):
        return f"/media/images/{article.lead_image.filename}"

    def test_it_works(self):
        response = self.client.get(self.address(self.published))
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.getvalue().startswith(b"\x89PNG"))
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertEqual(response.headers["Cache-Control"], "public, max-age=86400")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertFalse(response.cookies)

    def test_the_page_shows_it_with_all_that_must_stand_beside_it(self):
        page = Page(self.client.get(self.published.get_absolute_url()).content.decode())
        [picture] = page.all("img")
        self.assertEqual(picture, {"src": self.address(self.published), "alt": "A blue rectangle", "width": "40", "height": "30"})
        for words in ("caption of the published picture", "A. Photographer"):
            self.assertIn(words, page.text)

    def test_its_name_tells_nothing(self):
        self.assertNotIn("SECRETIMAGE", self.draft.lead_image.file.name.upper())

    def test_it_is_public_only_with_an_article(self):
        for article in (self.draft, self.withdrawn):
            self.assertEqual(self.client.get(self.address(article)).status_code, 404)
        self.published.withdraw(by=self.chloe, note="Gone.")
        self.assertEqual(self.client.get(self.address(self.published)).status_code, 404)

    def test_the_staff_sees_it_before_and_nobody_keeps_it_for_others(self):
        self.client.force_login(self.alice)
        response = self.client.get(self.address(self.draft))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Cache-Control"], "private, max-age=86400")
        response.close()

    def test_a_file_that_is_lost_is_not_found(self):
        with mock.patch("django.core.files.storage.FileSystemStorage.exists", return_value=False):
            self.assertEqual(self.client.get(self.address(self.published)).status_code, 404)

    def test_no_other_file_is_served(self):
        name = self.published.lead_image.filename
        (settings.MEDIA_ROOT / "secret.txt").write_text("SECRET")
        for trick in (
            "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..", ".", "%00", f"./{name}", f"{name}%00", f"{name}/",
            "/etc/passwd", "..%5csecret.txt", "", name.upper(), "x" * 4000,
        ):  # fmt: skip
            with self.subTest(trick):
                self.assertEqual(self.client.get(f"/media/images/{trick}").status_code, 404)

    def test_it_is_only_read(self):
        self.assertEqual(self.client.post(self.address(self.published)).status_code, 405)


class EveryAnswerTests(CastMixin, TestCase):
    """Public pages set no cookie, run no script, and load nothing of anybody else's."""

    POLICY = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }

    def assertIsStrict(self, response):
        policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
        self.assertEqual(policy, self.POLICY)
        self.assertFalse(response.cookies)
        self.assertNotIn("Cookie", response.headers.get("Vary", ""))
        if not response.headers["Content-Type"].startswith("text/html"):  # a feed, which holds addresses in full
            return
        page = Page(response.content.decode())
        self.assertEqual([tag for tag, _attrs in page.elements if tag in ("script", "style", "iframe", "object", "embed")], [])
        for _tag, attrs in page.elements:
            self.assertEqual([name for name in attrs if name in ("style", "nonce") or name.startswith("on")], [])
        for tag, name in [("link", "href"), ("img", "src"), ("form", "action")]:
            for attrs in page.all(tag):
                self.assertTrue(attrs.get(name, "/").startswith("/"), attrs)

    def test_it_works(self):
        for address, response in crawl(self.client).items():
            with self.subTest(address):
                self.assertEqual(response.status_code, 200)
                self.assertIsStrict(response)

    def test_errors_too(self):
        for address, status in [("/nowhere/", 404), (self.withdrawn.get_absolute_url(), 410), ("/articles/?year=soon", 200)]:
            response = self.client.get(address)
            self.assertEqual(response.status_code, status)
            self.assertIsStrict(response)

    def test_the_page_of_what_is_not_found_leads_on(self):
        page = Page(self.client.get("/nowhere/").content.decode())
        self.assertIn("There is no page at this address", page.text)
        self.assertIn({"name": "robots", "content": "noindex"}, page.all("meta"))

    @override_settings(ROOT_URLCONF=__name__)
    def test_the_page_of_what_failed_asks_no_database(self):
        self.client.raise_request_exception = False
        with self.assertNumQueries(0):
            response = self.client.get("/raising/")
        self.assertEqual(response.status_code, 500)
        self.assertContains(response, "Something failed on our side", status_code=500)
        self.assertNotContains(response, "SECRETREASON", status_code=500)
        self.assertIsStrict(response)


class ReadOnlyTests(CastMixin, TestCase):
    def answer(self, method, address):
        """What the site hands to the server; Django's client would drop a body itself."""
        return WSGIHandler().get_response(RequestFactory().generic(method, address))

    def test_a_head_is_answered_like_a_get_without_the_body(self):
        for address in ("/", "/nowhere/", "/conventions/c087", "/commitments/data.json?since=soon", "/admin/login/"):
            with self.subTest(address):
                whole, head = self.answer("GET", address), self.answer("HEAD", address)
                self.assertEqual((head.status_code, head.content), (whole.status_code, b""))
                self.assertEqual(head.headers.get("Content-Length"), whole.headers.get("Content-Length"))
                self.assertEqual(head.headers["Content-Type"], whole.headers["Content-Type"])

    def test_what_is_sent_as_it_is_read_is_not_read_for_it(self):
        with mock.patch.object(outputs, "WHOLE", 0):
            head = self.answer("HEAD", "/commitments/data.csv")
            with self.assertNumQueries(0):
                self.assertEqual(head.getvalue(), b"")

    def test_no_other_method_is_taken(self):
        self.client.handler.enforce_csrf_checks = True
        outlets = [f"/commitments/{name}" for name in ("data.csv", "data.json", "due.ics")]
        outlets += [f"{self.ratify.get_absolute_url()}{name}" for name in ("feed/", "due.ics", "cite.json", "reply/received/")]
        for address in [*sitemap_paths(self.client), *outlets, "/robots.txt", "/sitemap.xml"]:
            for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
                with self.subTest(method=method, address=address):
                    response = self.client.generic(method, address)
                    self.assertEqual((response.status_code, response.headers["Allow"]), (405, "GET, HEAD"))

    def test_what_takes_something_says_itself_how(self):
        self.client.handler.enforce_csrf_checks = True
        reply = f"{self.ratify.get_absolute_url()}reply/"
        self.assertEqual(self.client.post(reply, {}).status_code, 200)
        self.assertEqual(self.client.delete(reply).headers["Allow"], "GET, HEAD, POST")
        self.assertEqual(self.client.post("/admin/login/", {}).status_code, 403)


class MachinesTests(CastMixin, TestCase):
    def test_robots(self):
        response = self.client.get("/robots.txt", headers={"host": "127.0.0.1:8000"})
        self.assertEqual(response.headers["Content-Type"].split(";")[0], "text/plain")
        lines = response.content.decode().splitlines()
        self.assertIn("Sitemap: http://127.0.0.1:8000/sitemap.xml", lines)
        self.assertIn("Disallow: /admin/", lines)

    def test_robots_over_https(self):
        self.assertContains(self.client.get("/robots.txt", secure=True), "Sitemap: https://testserver/sitemap.xml")

    def test_the_sitemap_names_exactly_the_public_pages(self):
        lists = ["/", "/articles/", "/roadmaps/", "/commitments/", "/people/", "/organisations/", "/about/"]
        lists += ["/corrections/", "/conventions/", "/countries/", "/topics/", "/method/register/", "/method/", "/discrepancies/"]
        records = [self.published, self.roadmap, self.ratify, self.amend, self.minister, self.ministry, self.topic]
        records += [self.discrepancy, self.privacy]
        records += [self.c087, self.c131, self.c176, self.c190, self.r206, self.kaz, self.uzb]
        paths = sitemap_paths(self.client)
        self.assertEqual(len(paths), len(set(paths)))
        self.assertEqual(set(paths), {*lists, *(record.get_absolute_url() for record in records)})

    def test_it_says_since_when_an_article_is_public(self):
        self.assertContains(self.client.get("/sitemap-articles.xml"), "<lastmod>2024-06-13</lastmod>")

    def test_its_addresses_are_absolute(self):
        for address in locations(self.client.get("/sitemap.xml")):
            self.assertTrue(address.startswith("http://testserver/sitemap-"))

    def test_two_articles_never_share_an_address(self):
        self.assertTrue(newsroom.Article._meta.get_field("slug").unique)
