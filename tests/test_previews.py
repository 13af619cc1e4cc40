"""Previews: the page as the public will see it, before it does, for the newsroom and by links; and nothing besides."""

import io
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture

from articles import models as newsroom
from articles.models import PreviewLink, Refused, Term
from articles.previews import without_links
from tests.cast import DAY, NEVER_YET, PUBLISHED_AT, SECRETS, SOURCE, CastMixin
from tests.crawl import Page
from tests.test_page_cache import PageCacheCase

pytestmark = pytest.mark.once

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
#: What a draft of the cast holds besides its own word: its parts are let through with it, its roadmap is not.
OWN = {"SECRETPERSON", "SECRETORGANISATION", "SECRETIMAGE", "SECRETSTATISTIC", "SECRETCITATION", "SECRETLINK"}
CLOSED = "This link opens nothing"
#: What a page offers to the public alone: another day, to follow it, to cite it, to reply.
ONLY_IN_PUBLIC = re.compile(
    r'<details class="days".*?</details>|<section class="(?:follow|cite)".*?</section>|<link rel="alternate"[^>]*>'
    r'|<p(?: class="meta")?>[^<]*<a [^>]*href="[^"]*/reply/".*?</p>',
    re.DOTALL,
)


class PreviewCase(CastMixin, TestCase):
    def address(self, record, page="preview", end=""):
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk]) + end

    def preview(self, record, page="preview", by=None):
        self.client.force_login(by or self.boris)
        response = self.client.get(self.address(record, page))
        self.assertEqual(response.status_code, 200)
        return response

    def link(self, record, by=None, term=Term.DAY):
        """A link to a record and the path that opens it."""
        link, token = PreviewLink.objects.make(record, by=by or self.boris, term=term)
        return link, f"/preview/{token}/"

    def stranger(self, path):
        return Client().get(path)

    def assertTellsOnly(self, response, *words):
        """None of the secret words but those that belong to what is previewed."""
        text = response.content.decode().casefold()
        for word in SECRETS:
            (self.assertIn if word in words else self.assertNotIn)(word.casefold(), text)

    def assertUnlisted(self, response):
        cache = response.headers["Cache-Control"]
        self.assertTrue("no-store" in cache and "private" in cache and "public" not in cache, cache)
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")

    def assertClosed(self, path, status=404, sentence=CLOSED):
        response = self.stranger(path)
        self.assertContains(response, sentence, status_code=status)
        self.assertTellsOnly(response)
        self.assertUnlisted(response)
        self.assertFalse(response.cookies)
        return response


def crowd_update(cast, **changes):
    """Another draft update of the public commitment."""
    facts = {"commitment": cast.ratify, "number": 9, "happened_on": date(2025, 6, 1), "delivery": "delivered"}
    facts |= {"summary": "It was ratified.", "evidence": cast.evidence, "drafted_by": cast.alice, "recorded_by": cast.alice}
    return newsroom.ProgressUpdate.objects.create(**facts | changes)


def sign(roadmap, person, organisation):
    facts = {"person": person, "organisation": organisation, "role_as_stated": "-", "source": SOURCE}
    newsroom.Signature.objects.create(roadmap=roadmap, **facts)


class PageTests(PreviewCase):
    def test_it_works(self):
        response = self.preview(self.draft)
        self.assertContains(response, "SECRETDRAFT headline</h1>")
        text = " ".join(Page(response.content.decode()).text.split())
        self.assertIn("Preview. Not public. Draft. Whoever may view it in the back office sees this, and nobody else.", text)
        self.assertTemplateUsed(response, "articles/article_detail.html")

    def test_nothing_else_is_let_through(self):
        for record, word in [(self.draft, "SECRETDRAFT"), (self.in_review, "SECRETREVIEW"), (self.scheduled, "SECRETSCHEDULED")]:
            record.related.set([self.draft, self.in_review, self.scheduled, self.withdrawn, self.published])
            record.commitments.set([self.ratify, self.hidden_commitment])
            for page in ("preview", "bare"):
                with self.subTest(word=word, page=page):
                    response = self.preview(record, page)
                    self.assertTellsOnly(response, word, *OWN)
                    self.assertContains(response, self.published.headline)
                    self.assertContains(response, "Ratify Convention No.\xa0176")
        self.assertTellsOnly(
            self.preview(self.hidden_roadmap),
            *("SECRETROADMAP", "SECRETAREA", "SECRETCOMMITMENT"),
        )
        self.assertTellsOnly(self.preview(self.draft_update), "SECRETUPDATE", "SECRETEVIDENCE")

    def test_a_second_draft_update_stays_hidden(self):
        crowd_update(self, summary="SECRETREASON")
        self.assertTellsOnly(self.preview(self.draft_update), "SECRETUPDATE", "SECRETEVIDENCE")

    def test_it_is_what_the_public_will_see(self):
        """Before publication the preview without its bar, after it the page: they differ in what is not linked yet."""
        sign(self.hidden_roadmap, self.minister, self.hidden_ministry)
        in_hidden = {"commitment": self.hidden_commitment, "number": 1, "status": "published", "published_at": PUBLISHED_AT}
        crowd_update(self, **in_hidden, happened_on=date(2025, 2, 1))
        superseding = crowd_update(self, supersedes=self.update, reason="It was wrong.", happened_on=date(2024, 8, 1))
        later = crowd_update(self, number=10, delivery="in-part", happened_on=timezone.localdate() + timedelta(days=9))
        for record in (self.draft, self.in_review, self.scheduled, self.draft_update, superseding, later, self.hidden_roadmap):
            with self.subTest(record=record), transaction.atomic():
                before = self.without_marks(self.preview(record, "bare"))
                type(record).objects.filter(pk=record.pk).update(status="published", published_at=PUBLISHED_AT)
                public = self.client.get(self.client.get(self.address(record)).url)
                self.assertEqual(before, self.without_marks(public))
                self.assertIn("Overdue" if record == later else "", before)
                transaction.set_rollback(True)

    def without_marks(self, response):
        """The page with no word linked to a page of somebody and none marked as not linked, without what machines read."""
        text = re.sub(r'<span class="not-yet">(.*?)</span>', r"\1", response.content.decode())
        text = re.sub(r'<a href="/(?:people|organisations|commitments)/[^"/]+/(?:#[^"]*)?">(.*?)</a>', r"\1", text)
        text = ONLY_IN_PUBLIC.sub("", text)
        text = re.sub(r'<(?:meta|link) itemprop="[^>]*>|<div itemprop="author.*?</div>', "", text, flags=re.DOTALL)
        return " ".join(text.split())

    def test_the_state_is_the_one_that_the_update_gives(self):
        self.assertContains(self.preview(self.draft_update), "not yet confirmed", count=2)
        self.assertNotContains(self.stranger(self.ratify.get_absolute_url()), "not yet confirmed")

    def test_names_without_a_page_are_marked_and_lead_nowhere(self):
        for record, names in [(self.draft, 3), (self.hidden_roadmap, 2)]:
            with self.subTest(record=record):
                response = self.preview(record)
                self.assertEqual(response.content.decode().count('<span class="not-yet">'), names)
                self.assertContains(response, "Names with a dotted line")
                for href in Page(response.content.decode()).links:
                    if href.startswith("/") and not href.startswith("/admin/"):
                        self.assertEqual(self.stranger(href).status_code, 200, href)
        self.assertNotContains(self.preview(self.draft_update), "dotted line")

    def test_who_is_public_already_is_linked(self):
        newsroom.Appearance.objects.create(article=self.draft, person=self.minister, role_as_stated="Vice-Minister")
        self.assertContains(self.preview(self.draft), f'<a href="{self.minister.get_absolute_url()}">')

    def test_what_is_public_leads_to_its_page(self):
        for record, address in [
            (self.published, self.published.get_absolute_url()),
            (self.roadmap, self.roadmap.get_absolute_url()),
            (self.update, self.ratify.get_absolute_url()),
        ]:
            for page in ("preview", "bare", "frame"):
                self.client.force_login(self.alice)
                response = self.client.get(self.address(record, page))
                self.assertRedirects(response, address)
                self.assertUnlisted(response)

    def test_what_waits_for_nothing_has_no_preview(self):
        hidden = crowd_update(self, commitment=self.hidden_commitment)
        lonely = crowd_update(self, commitment=self.hidden_commitment, number=8, status="published", published_at=PUBLISHED_AT)
        self.client.force_login(self.root)
        for record in (self.withdrawn, hidden, lonely):
            for page in ("preview", "bare", "frame"):
                self.assertEqual(self.client.get(self.address(record, page)).status_code, 404)
            with self.assertRaises(Refused):
                PreviewLink.objects.make(record, by=self.root, term=Term.DAY)

    def test_what_was_handed_in_again_has_one(self):
        self.assertContains(self.preview(self.resubmitted), "Not public. In review")

    def test_the_moment_of_publication_ends_it(self):
        newsroom.Article.objects.filter(pk=self.scheduled.pk).update(published_at=NOON)
        self.client.force_login(self.alice)
        for seconds, status in [(-1, 200), (1, 302)]:
            with mock.patch.object(timezone, "now", return_value=NOON + timedelta(seconds=seconds)):
                self.client.force_login(self.alice)
                response = self.client.get(self.address(self.scheduled))
            self.assertEqual(response.status_code, status)
        with mock.patch.object(timezone, "now", return_value=NOON - timedelta(seconds=1)):
            text = Page(self.preview(self.scheduled).content.decode()).text
            self.assertIn("Scheduled: 22 November 2026, 12:00 UTC", text)

    def test_the_links_that_are_taken_out_leave_no_bare_text_of_an_attribute(self):
        gone = {"/people/x/"}
        for html, left in [
            ('<a href="/people/x/">A &amp; B</a>', '<span class="not-yet">A &amp; B</span>'),
            ('<a href="/people/x/" rel="a b"\n   itemprop="name" download>A</a>', '<span class="not-yet">A</span>'),
            ('<a href="/people/x/" title="><script>">A</a>', '<a href="/people/x/" title="><script>">A</a>'),
            ('<a href="/people/xy/">A</a>', '<a href="/people/xy/">A</a>'),
        ]:
            self.assertEqual(without_links(html, gone), left)
        self.assertEqual(without_links("<a href='/'>A</a>", set()), "<a href='/'>A</a>")


class FrameTests(PreviewCase):
    def policy(self, response):
        return dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))

    def test_it_works(self):
        self.client.force_login(self.alice)
        for width in ("390", "1280"):
            response = self.client.get(self.address(self.draft, "frame", f"?width={width}"))
            [frame] = Page(response.content.decode()).all("iframe")
            self.assertEqual((frame["src"], frame["width"]), (self.address(self.draft, "bare"), width))
            self.assertContains(response, f'?width={width}"\n             aria-current="page"')
            self.assertUnlisted(response)

    def test_there_is_no_other_width(self):
        self.client.force_login(self.alice)
        for width in ("", "391", "-1", "a", "0390", "%00"):
            self.assertEqual(self.client.get(self.address(self.draft, "frame", f"?width={width}")).status_code, 404, width)

    def test_only_the_bare_page_may_stand_in_a_frame_and_only_in_ours(self):
        _link, path = self.link(self.draft)
        for response, ancestors, option in [
            (self.preview(self.draft), "'none'", "DENY"),
            (self.preview(self.draft, "frame"), "'none'", "DENY"),
            (self.preview(self.draft, "bare"), "'self'", "SAMEORIGIN"),
            (self.preview(self.draft, "links"), "'none'", "DENY"),
            (self.stranger(path), "'none'", "DENY"),
        ]:
            self.assertEqual(self.policy(response)["frame-ancestors"], ancestors)
            self.assertEqual(response.headers["X-Frame-Options"], option)

    def test_no_preview_runs_a_script_or_sets_a_cookie(self):
        for page in ("preview", "bare", "frame"):
            response = self.preview(self.draft, page)
            policy = self.policy(response)
            self.assertEqual((policy["default-src"], policy["script-src"]), ("'none'", "'none'"))
            self.assertEqual(policy.get("frame-src"), "'self'" if page == "frame" else None)
            self.assertFalse(response.cookies)
            self.assertEqual([tag for tag, _attrs in Page(response.content.decode()).elements if tag in ("script", "style")], [])
            self.assertUnlisted(response)

    def test_the_bare_page_has_no_bar(self):
        self.assertNotContains(self.preview(self.draft, "bare"), "preview-bar")


class RightsTests(PreviewCase):
    """Whoever may view the record in the back office; everybody else finds nothing, or the login."""

    def test_every_role_at_every_address(self):
        records = [self.draft, self.in_review, self.scheduled, self.resubmitted, self.hidden_roadmap, self.draft_update]
        for name, status in [("alice", 200), ("boris", 200), ("chloe", 200), ("root", 200), ("walter", 404), (None, 302)]:
            client = Client()
            if name:
                client.force_login(getattr(self, name))
            for record in records:
                for page in ("preview", "bare", "frame", "links"):
                    with self.subTest(name=name, record=record, page=page):
                        address = self.address(record, page)
                        response = client.get(address)
                        self.assertEqual(response.status_code, status)
                        if status == 404:
                            self.assertTellsOnly(response)
                        if status == 302:
                            self.assertEqual(response.url, f"/admin/login/?next={address}")

    def test_nobody_previews_what_is_not_there(self):
        self.client.force_login(self.root)
        for number in (0, 999_999, "9" * 40):
            for page in ("preview/", "preview/bare/", "preview/frame/", "preview/links/"):
                self.assertEqual(self.client.get(f"/admin/articles/article/{number}/{page}").status_code, 404)

    def test_the_form_offers_what_there_is(self):
        self.client.force_login(self.alice)
        for record, offered in [
            (self.draft, True), (self.scheduled, True), (self.draft_update, True), (self.hidden_roadmap, True),
            (self.published, False), (self.withdrawn, False), (self.update, False),
        ]:  # fmt: skip
            form = self.client.get(reverse(f"admin:articles_{record._meta.model_name}_change", args=[record.pk]))
            self.assertEqual(f'href="{self.address(record)}"' in form.content.decode(), offered, record)


class LinkTests(PreviewCase):
    def make(self, record, by, term="day"):
        self.client.force_login(by)
        return self.client.post(self.address(record, "links"), {"term": term})

    def test_it_works(self):
        response = self.make(self.draft, self.alice)
        address = response.context["made"]["address"]
        self.assertContains(response, f'value="{address}"')
        self.assertContains(response, "Copy it now: it is shown this once.")
        self.assertNotContains(self.client.get(self.address(self.draft, "links")), address.split("/")[-2])
        page = self.stranger(address.removeprefix("http://testserver"))
        self.assertContains(page, "SECRETDRAFT headline")
        self.assertContains(page, "Shown to you by a link that ends on")

    def test_only_its_hash_is_stored(self):
        link, path = self.link(self.draft)
        token = path.split("/")[2]
        self.assertGreaterEqual(len(token), 43)
        for value in PreviewLink.objects.values().get().values():
            self.assertNotIn(token, str(value))
        self.assertClosed(f"/preview/{link.digest}/")

    def test_it_opens_that_one_thing(self):
        for record, words in [
            (self.draft, {"SECRETDRAFT", *OWN}),
            (self.in_review, {"SECRETREVIEW", *OWN}),
            (self.scheduled, {"SECRETSCHEDULED", *OWN}),
            (self.resubmitted, {"SECRETRESUBMITTED", *OWN}),
            (self.hidden_roadmap, {"SECRETROADMAP", "SECRETAREA", "SECRETCOMMITMENT"}),
            (self.draft_update, {"SECRETUPDATE", "SECRETEVIDENCE"}),
        ]:
            with self.subTest(record=record):
                _link, path = self.link(record)
                client = Client()
                response = client.get(path)
                self.assertEqual(response.status_code, 200)
                self.assertTellsOnly(response, *words)
                self.assertUnlisted(response)
                self.assertEqual((dict(response.cookies), dict(client.cookies)), ({}, {}))
                self.assertNotIn("Cookie", response.headers.get("Vary", ""))
                page = Page(response.content.decode())
                self.assertEqual([href for href in page.links if "/admin/" in href or "/preview/" in href], [])
                self.assertEqual(page.all("form"), [])
                for href in page.links:
                    if href.startswith("/"):
                        self.assertEqual(client.get(href).status_code, 200, href)
                address = self.client.get(record.get_absolute_url()) if hasattr(record, "get_absolute_url") else None
                self.assertIn(address and address.status_code, (None, 404, 410))
                self.assertEqual(client.get(self.address(record)).status_code, 302)

    def test_who_may_make_one(self):
        newsroom.Article.objects.filter(pk=self.in_review.pk).update(drafted_by=self.boris)
        for record, by, status in [
            (self.draft, self.alice, 200), (self.draft, self.boris, 200), (self.draft, self.root, 200),
            (self.in_review, self.alice, 403), (self.in_review, self.chloe, 200), (self.draft, self.walter, 404),
            (self.draft_update, self.alice, 200), (self.hidden_roadmap, self.carl, 200),
        ]:  # fmt: skip
            with self.subTest(record=record, by=by):
                before = PreviewLink.objects.count()
                self.assertEqual(self.make(record, by).status_code, status)
                self.assertEqual(PreviewLink.objects.count(), before + (status == 200))
        self.client.force_login(self.alice)
        self.assertNotContains(self.client.get(self.address(self.in_review, "links")), "Make a link")
        self.assertNotContains(self.client.get(self.address(self.in_review)), self.address(self.in_review, "links"))
        self.in_review.refresh_from_db()
        with self.assertRaises(PermissionDenied):
            PreviewLink.objects.make(self.in_review, by=self.alice, term=Term.DAY)

    def test_a_term_is_one_of_three(self):
        for term, length in [("hour", timedelta(hours=1)), ("day", timedelta(days=1)), ("week", timedelta(days=7))]:
            link = self.make(self.draft, self.alice, term).context["made"]["link"]
            self.assertEqual(link.expires_at - link.made_at, length)
        for term in ("", "year", "HOUR"):
            response = self.make(self.draft, self.alice, term)
            self.assertTrue(response.context["form"].errors["term"])
            self.assertIsNone(response.context["made"])
        self.assertEqual(PreviewLink.objects.count(), 3)

    def test_no_link_to_what_is_public_or_gone(self):
        for record in (self.published, self.withdrawn):
            response = self.make(record, self.boris)
            self.assertIn("”", str(next(iter(response.context["messages"]))))
        self.assertEqual(PreviewLink.objects.count(), 0)

    def test_it_is_protected_against_forged_requests(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.boris)
        self.assertEqual(client.post(self.address(self.draft, "links"), {"term": "day"}).status_code, 403)
        self.assertEqual(PreviewLink.objects.count(), 0)

    def test_the_form_shown_holds_what_it_needs(self):
        link, _path = self.link(self.draft)
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.boris)
        page = client.get(self.address(self.draft, "links"))
        token = next(
            attrs["value"] for attrs in Page(page.content.decode()).all("input") if attrs.get("name") == "csrfmiddlewaretoken"
        )
        response = client.post(self.address(self.draft, "links"), {"revoke": link.pk, "csrfmiddlewaretoken": token})
        self.assertEqual(response.status_code, 302)

    def test_it_is_only_read(self):
        _link, path = self.link(self.draft)
        for method in ("post", "put", "delete", "patch"):
            response = getattr(Client(), method)(path)
            self.assertEqual(response.status_code, 405)
            self.assertUnlisted(response)

    def test_openings_are_counted(self):
        link, path = self.link(self.draft)
        Client().head(path)
        link.refresh_from_db()
        self.assertEqual((link.opened, link.opened_at), (0, None))
        for _ in range(2):
            self.stranger(path)
        link.refresh_from_db()
        self.assertEqual(link.opened, 2)
        self.assertLess(timezone.now() - link.opened_at, timedelta(minutes=1))
        self.assertContains(self.preview(self.draft, "links"), "Opened 2 times")

    def test_it_ends_after_it_was_made(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            PreviewLink.objects.create(record=self.draft, digest="-", made_by=self.boris, made_at=NOON, expires_at=NOON)

    def test_its_name(self):
        with mock.patch.object(timezone, "now", return_value=NOON):
            link, _path = self.link(self.draft)
        self.assertEqual(str(link), "SECRETDRAFT headline, 2026-11-22 12:00")


class EndTests(PreviewCase):
    def test_time_ends_it(self):
        with mock.patch.object(timezone, "now", return_value=NOON):
            _link, path = self.link(self.draft, term=Term.HOUR)
        for seconds, is_open in [(0, True), (3599, True), (3600, False), (7200, False)]:
            with (
                mock.patch.object(timezone, "now", return_value=NOON + timedelta(seconds=seconds)),
                self.subTest(seconds=seconds),
            ):
                if is_open:
                    self.assertEqual(self.stranger(path).status_code, 200)
                else:
                    self.assertClosed(path)

    def test_every_wrong_one_is_told_the_same(self):
        expired, expired_path = self.link(self.draft)
        PreviewLink.objects.filter(pk=expired.pk).update(made_at=PUBLISHED_AT, expires_at=NOON - timedelta(days=300))
        revoked, revoked_path = self.link(self.draft)
        revoked.revoke(by=self.boris)
        _link, right = self.link(self.draft)
        deleted, deleted_path = self.link(self.in_review)
        PreviewLink.objects.filter(pk=deleted.pk).update(object_id=999_999)
        _link, hidden_path = self.link(self.draft_update)
        self.roadmap.withdraw(by=self.chloe, note="Gone.")
        paths = [expired_path, revoked_path, deleted_path, hidden_path, "/preview/forged/"]
        paths += [f"{right[:-2]}/", f"/preview/{right.split('/')[2].swapcase()}/"]
        paths += ["/preview/%00/", f"/preview/{'x' * 4000}/", "/preview/%F0%9F%98%80/", f"/preview/{self.draft.pk}/"]
        answers = {self.assertClosed(path).content for path in paths}
        self.assertEqual(len(answers), 1)
        costs = set()
        for path in (expired_path, revoked_path, "/preview/forged/"):
            with CaptureQueriesContext(connection) as captured:
                self.stranger(path)
            costs.add(len(captured))
        self.assertEqual(len(costs), 1)

    def test_the_end_of_an_account_ends_its_links(self):
        _link, path = self.link(self.draft)
        self.boris.is_active = False
        self.boris.save()
        self.assertClosed(path)

    def test_moves_before_the_public_leave_it_open(self):
        _link, path = self.link(self.draft)
        self.draft.submit(by=self.alice)
        self.assertContains(self.stranger(path), "Not public. In review")
        self.draft.request_changes(by=self.boris, reason="More.")
        self.assertContains(self.stranger(path), "Not public. Draft")
        self.draft.submit(by=self.alice)
        self.draft.publish(by=self.boris, at=NEVER_YET)
        self.assertContains(self.stranger(path), "Not public. Scheduled")

    def test_publication_leads_to_the_public_page(self):
        paths = {record: self.link(record)[1] for record in (self.in_review, self.draft_update, self.hidden_roadmap)}
        self.draft_update.submit(by=self.alice)
        self.hidden_roadmap.submit(by=self.alice)
        for record, path in paths.items():
            record.refresh_from_db()
            record.publish(by=self.boris)
            place = record.commitment if record == self.draft_update else record
            response = self.stranger(path)
            self.assertRedirects(response, place.get_absolute_url())
            self.assertUnlisted(response)

    def test_a_new_version_of_what_was_withdrawn_takes_a_new_link(self):
        _link, path = self.link(self.in_review)
        self.in_review.publish(by=self.boris)
        self.in_review.withdraw(by=self.chloe, note="A mistake.")
        self.assertClosed(path, 410, "What this link showed was withdrawn")
        self.in_review.submit(by=self.alice)
        self.assertClosed(path, 410, "What this link showed was withdrawn")
        _link, new = self.link(self.in_review)
        self.assertContains(self.stranger(new), "Not public. In review")
        self.in_review.publish(by=self.boris)
        for each in (path, new):
            self.assertRedirects(self.stranger(each), self.in_review.get_absolute_url())

    def test_deletion_ends_it(self):
        _link, path = self.link(self.draft)
        self.draft.delete()
        self.assertClosed(path)


class RevokingTests(PreviewCase):
    def revoke(self, record, number, by):
        self.client.force_login(by)
        return self.client.post(self.address(record, "links"), {"revoke": number})

    def test_it_works(self):
        link, path = self.link(self.draft, by=self.alice)
        form = self.client_of(self.alice).get(reverse("admin:articles_article_change", args=[self.draft.pk]))
        self.assertContains(form, f'name="revoke" value="{link.pk}"')
        self.assertRedirects(self.revoke(self.draft, link.pk, self.alice), self.address(self.draft, "links"))
        self.assertClosed(path)
        form = self.client.get(reverse("admin:articles_article_change", args=[self.draft.pk]))
        self.assertNotContains(form, "revoke")
        self.assertContains(self.client.get(self.address(self.draft, "links")), "Taken back on")

    def client_of(self, user):
        self.client.force_login(user)
        return self.client

    def test_by_whoever_made_it_or_reviews(self):
        for record, maker, by, status in [
            (self.draft, self.alice, self.carl, 302),
            (self.draft, self.boris, self.alice, 302),  # alice drafted it
            (self.foreign(), self.boris, self.alice, 403),
            (self.draft, self.boris, self.walter, 404),
        ]:
            with self.subTest(by=by):
                link, path = self.link(record, by=maker)
                self.assertEqual(self.revoke(record, link.pk, by).status_code, status)
                self.assertEqual(self.stranger(path).status_code, 404 if status == 302 else 200)

    def foreign(self):
        newsroom.Article.objects.filter(pk=self.in_review.pk).update(drafted_by=self.boris)
        return newsroom.Article.objects.get(pk=self.in_review.pk)

    def test_who_may_not_review_any_more_takes_back_their_own(self):
        link, _path = self.link(self.foreign(), by=self.carl)
        self.carl.groups.set(Group.objects.filter(name="reporter"))
        self.assertEqual(self.revoke(self.in_review, link.pk, self.carl).status_code, 302)

    def test_twice_is_once(self):
        link, _path = self.link(self.draft)
        link.revoke(by=self.boris)
        at = link.revoked_at
        link.revoke(by=self.carl)
        self.assertEqual(link.revoked_at, at)

    def test_only_links_of_this_record(self):
        link, path = self.link(self.draft)
        for number in (link.pk, "0", "", "a", "9" * 40, "-1", "²"):
            self.assertEqual(self.revoke(self.in_review, number, self.boris).status_code, 404)
        self.assertEqual(self.stranger(path).status_code, 200)


class PictureTests(PreviewCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.addClassCleanup(shutil.rmtree, settings.MEDIA_ROOT / "images", ignore_errors=True)
        data = io.BytesIO()
        Picture.new("RGB", (40, 30), "navy").save(data, "png")
        for article in (cls.draft, cls.in_review):
            image = article.lead_image
            image.alt_text, image.credit = "A blue rectangle", "A. Photographer"
            image.file.save("picture.png", ContentFile(data.getvalue()))

    def test_it_works(self):
        _link, path = self.link(self.draft)
        [picture] = Page(self.stranger(path).content.decode()).all("img")
        self.assertEqual(picture["src"], f"{path}images/{self.draft.lead_image.filename}")
        response = self.stranger(picture["src"])
        self.assertTrue(response.getvalue().startswith(b"\x89PNG"))
        self.assertUnlisted(response)
        self.assertEqual(response.headers["Content-Type"], "image/png")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertFalse(response.cookies)

    def test_the_newsroom_sees_it_where_it_is(self):
        [picture] = Page(self.preview(self.draft).content.decode()).all("img")
        self.assertEqual(picture["src"], f"/media/images/{self.draft.lead_image.filename}")
        self.client.get(picture["src"]).close()

    def test_no_other_picture_is_shown(self):
        _link, path = self.link(self.draft)
        mine, others = self.draft.lead_image.filename, self.in_review.lead_image.filename
        for name in (others, "..", "%00", f"{mine}%00", mine.upper(), "x" * 4000, f"..%2f{mine}"):
            self.assertEqual(self.stranger(f"{path}images/{name}").status_code, 404, name)
        self.assertEqual(self.stranger(f"/media/images/{mine}").status_code, 404)
        for record in (self.scheduled, self.hidden_roadmap, self.draft_update):
            _link, other = self.link(record)
            self.assertClosed(f"{other}images/{mine}")
        self.assertClosed(f"/preview/forged/images/{mine}")

    def test_it_ends_with_its_link(self):
        link, path = self.link(self.draft)
        picture = f"{path}images/{self.draft.lead_image.filename}"
        self.assertEqual(Client().head(picture).status_code, 200)
        link.revoke(by=self.boris)
        self.assertClosed(picture)

    def test_a_file_that_is_lost_is_not_found(self):
        _link, path = self.link(self.draft)
        with mock.patch("django.core.files.storage.FileSystemStorage.exists", return_value=False):
            self.assertEqual(self.stranger(f"{path}images/{self.draft.lead_image.filename}").status_code, 404)


class QueriesTests(PreviewCase):
    """A preview costs as much with one person and update as with thirty."""

    def counts(self):
        counts = {}
        for record, path in self.paths.items():
            for client, address in [(self.client, self.address(record)), (Client(), path)]:
                client.get(address)
                with CaptureQueriesContext(connection) as captured:
                    self.assertEqual(client.get(address).status_code, 200)
                counts[address] = len(captured)
        self.client.get(self.address(self.draft, "links"))
        with CaptureQueriesContext(connection) as captured:
            self.client.get(self.address(self.draft, "links"))
        return counts | {"links": len(captured)}

    def test_it_works(self):
        self.client.force_login(self.boris)
        self.paths = {record: self.link(record)[1] for record in (self.draft, self.hidden_roadmap, self.draft_update)}
        newsroom.Party.objects.create(roadmap=self.hidden_roadmap, role="ilo", as_stated="-", organisation=self.hidden_ministry)
        sign(self.hidden_roadmap, self.hidden_minister, self.ministry)
        few = self.counts()
        self.crowd()
        self.assertEqual(self.counts(), few)
        self.assertLessEqual(max(few.values()), 28)

    def crowd(self):
        for n in range(20):
            person = newsroom.Person.objects.create(name=f"Person {n}", slug=f"person-{n}")
            body = newsroom.Organisation.objects.create(name=f"Body {n}", slug=f"body-{n}", classification="other")
            newsroom.Appearance.objects.create(article=self.draft, person=person, organisation=body, role_as_stated="-")
            newsroom.Participation.objects.create(article=self.draft, organisation=body, role_as_stated="-")
            sign(self.hidden_roadmap, person, body)
            newsroom.Party.objects.create(roadmap=self.hidden_roadmap, role="workers", as_stated=f"{n}", organisation=body)
            facts = {"number": n + 10, "title": f"Promise {n}", "slug": f"promise-{n}", "exact": "-", "source": SOURCE}
            newsroom.Commitment.objects.create(roadmap=self.hidden_roadmap, strength="other", **facts)
            crowd_update(self, number=n + 10, status="published", published_at=PUBLISHED_AT, happened_on=DAY)
            self.link(self.draft)


class PageCacheTests(PageCacheCase):
    """With pages kept: no preview is, and none raises the edition."""

    def test_it_works(self):
        link, token = PreviewLink.objects.make(self.draft, by=self.boris, term=Term.DAY)
        path = f"/preview/{token}/"
        for _ in range(2):
            response = self.client.get(path)
            self.assertContains(response, "SECRETDRAFT")
        newsroom.Article.objects.filter(pk=self.draft.pk).update(headline="Another headline")
        self.assertContains(self.client.get(path), "Another headline")
        link.revoke(by=self.boris)
        self.assertContains(self.client.get(path), CLOSED, status_code=404)

    def test_a_public_page_is_kept_and_its_preview_is_not_in_it(self):
        _link, token = PreviewLink.objects.make(self.draft_update, by=self.boris, term=Term.DAY)
        page = self.ratify.get_absolute_url()
        self.client.get(f"/preview/{token}/")
        self.assertNotContains(self.client.get(page), "SECRETUPDATE")
        self.assertEqual(self.queries(page), 1)
        self.client.get(f"/preview/{token}/")
        self.assertEqual(self.queries(page), 1)

    def test_links_do_not_raise_the_edition(self):
        page = self.ratify.get_absolute_url()
        self.client.get(page)
        link, token = PreviewLink.objects.make(self.draft, by=self.boris, term=Term.DAY)
        self.client.get(f"/preview/{token}/")
        link.revoke(by=self.boris)
        self.assertEqual(self.queries(page), 1)
