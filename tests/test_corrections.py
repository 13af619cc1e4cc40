"""Corrections: who may make them and of what, that they stay, and where readers find them."""

from datetime import timedelta
from unittest import mock
from xml.etree import ElementTree

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Correction, CorrectionKind, Refused
from articles.models.corrections import NEVER_PUBLIC, STAYS
from conventions.models import OldAddress
from tests.benchmarks.crowd import Crowd, make_crowd
from tests.cast import PUBLISHED_AT, SECRETS, CastMixin
from tests.crawl import Page
from tests.forms import AdminCase, add_row

pytestmark = pytest.mark.once

ATOM = "{http://www.w3.org/2005/Atom}"
LIST, FEED = "/corrections/", "/corrections/feed/"


def rows():
    return list(Correction.objects.order_by("pk").values())


class MakingTests(CastMixin, TestCase):
    """The verb: in whose name, when, and of what."""

    def new(self, article, **changes):
        return Correction(article=article, **{"kind": "clarification", "text": "It was 2022.", **changes})

    def assert_refused(self, correction, sentence, by=None, error=Refused):
        before = rows()
        with self.assertRaisesMessage(error, sentence):
            correction.make(by=by or self.boris)
        self.assertEqual(rows(), before)

    def test_it_works(self):
        before = timezone.now()
        self.new(self.published).make(by=self.boris)
        made = self.published.corrections.latest_first().first()
        self.assertEqual((made.text, made.made_by), ("It was 2022.", self.boris))
        self.assertTrue(before <= made.made_at <= timezone.now())

    def test_each_kind(self):
        self.assertEqual(CorrectionKind.values, ["update", "clarification", "correction", "retraction"])
        for kind in CorrectionKind.values:
            self.new(self.published, kind=kind).make(by=self.boris)
        self.assertEqual(set(self.published.corrections.values_list("kind", flat=True)), set(CorrectionKind.values))

    def test_who_and_when_are_never_taken_from_the_one_who_writes(self):
        made = self.new(self.published, made_by=self.alice, made_at=PUBLISHED_AT - timedelta(days=400))
        made.make(by=self.boris)
        made.refresh_from_db()
        self.assertEqual(made.made_by, self.boris)
        self.assertLess(timezone.now() - made.made_at, timedelta(minutes=5))

    def test_what_is_withdrawn_can_be_corrected(self):
        self.new(self.withdrawn).make(by=self.boris)
        self.assertEqual(self.withdrawn.corrections.count(), 1)

    def test_what_was_never_public_cannot(self):
        for article in (self.draft, self.in_review, self.scheduled):
            with self.subTest(article):
                self.assert_refused(self.new(article), str(NEVER_PUBLIC))
                with self.assertRaisesMessage(ValidationError, str(NEVER_PUBLIC)):
                    self.new(article, made_at=timezone.now()).full_clean()

    def test_editors_only(self):
        for user in (self.alice, self.walter):
            self.assert_refused(self.new(self.published), "You may not correct what is public.", user, PermissionDenied)

    def test_it_says_something_of_a_known_kind(self):
        self.assert_refused(self.new(self.published, text=""), "This field cannot be blank.")
        self.assert_refused(self.new(self.published, kind="erratum"), "Value 'erratum' is not a valid choice.")


class StayingTests(CastMixin, TestCase):
    """What readers were told is never told otherwise, by whatever way."""

    def setUp(self):
        self.correction = self.published.corrections.get()

    def assert_stays(self, act):
        before = rows()
        with self.assertRaisesMessage(Refused, str(STAYS)), transaction.atomic():
            act()
        self.assertEqual(rows(), before)

    def test_it_is_not_written_over(self):
        self.correction.text = "Nothing was wrong."
        self.assert_stays(self.correction.save)
        self.assert_stays(lambda: self.correction.make(by=self.boris))

    def test_its_number_is_not_taken_by_another(self):
        before = rows()
        again = Correction(pk=self.correction.pk, article=self.published, kind="update", text="Nothing was wrong.")
        with self.assertRaises(Refused):
            again.make(by=self.boris)
        with self.assertRaises(IntegrityError), transaction.atomic():
            again.save()
        self.assertEqual(rows(), before)

    def test_it_is_not_deleted(self):
        self.assert_stays(self.correction.delete)
        self.assert_stays(Correction.objects.all().delete)
        self.assert_stays(self.published.corrections.all().delete)

    def test_many_are_neither(self):
        self.assert_stays(lambda: Correction.objects.update(text=""))
        self.correction.text = ""
        self.assert_stays(lambda: Correction.objects.bulk_update([self.correction], ["text"]))
        self.assert_stays(lambda: Correction.objects.update_or_create(pk=self.correction.pk, defaults={"text": ""}))

    def test_what_is_withdrawn_keeps_its_own(self):
        self.published.withdraw(by=self.chloe, note="Gone.")
        self.assert_stays(self.correction.delete)


class DeskTests(AdminCase):
    """The form of the article is where corrections are written."""

    def inline(self, article):
        context = self.client.get(self.page(article)).context
        return next(i for i in context["inline_admin_formsets"] if i.formset.model is Correction)

    def test_it_works(self):
        self.client.force_login(self.boris)
        data = add_row(self.filled_in(self.published), "corrections", kind="retraction", text="All of it.")
        self.save(self.page(self.published), data)
        new = self.published.corrections.latest_first().first()
        self.assertEqual((new.kind, new.text, new.made_by), ("retraction", "All of it.", self.boris))

    def test_who_and_when_are_not_typed(self):
        data = add_row(self.filled_in(self.published), "corrections", kind="update", text="More.", made_by=str(self.alice.pk))
        data |= {"corrections-1-made_at_0": "2001-01-01", "corrections-1-made_at_1": "00:00:00"}
        self.save(self.page(self.published), data)
        new = self.published.corrections.latest_first().first()
        self.assertEqual((new.text, new.made_by, new.made_at.date()), ("More.", self.root, timezone.now().date()))

    def test_what_stands_is_read_and_not_written(self):
        before = rows()
        data = self.filled_in(self.published)
        data |= {"corrections-0-text": "Nothing was wrong.", "corrections-0-kind": "update", "corrections-0-DELETE": "on"}
        for user in (self.boris, self.chloe, self.root):
            self.client.force_login(user)
            self.save(self.page(self.published), data)
            self.assertEqual(rows(), before)
        self.assertFalse(self.inline(self.published).has_change_permission)
        self.assertFalse(self.inline(self.published).has_delete_permission)

    def test_it_is_offered_only_for_what_was_public(self):
        for article, offered in [(self.draft, False), (self.scheduled, False), (self.published, True), (self.withdrawn, True)]:
            self.assertEqual(self.inline(article).has_add_permission, offered, article)

    def test_a_form_that_came_round_the_offer_is_refused_with_a_sentence(self):
        """Whatever the form offers, the model has the last word."""
        with mock.patch("articles.admin.articles.CorrectionInline.has_add_permission", return_value=True):
            data = add_row(self.filled_in(self.draft), "corrections", kind="correction", text="It was 2022.")
            self.assert_not_saved(self.page(self.draft), data, str(NEVER_PUBLIC), Correction, Article)


class PublicTests(CastMixin, TestCase):
    def setUp(self):
        self.correction = self.published.corrections.get()
        self.add(self.withdrawn, "SECRETNOTE of what is withdrawn")

    def add(self, article, text, kind="update", at=PUBLISHED_AT):
        return Correction.objects.create(article=article, kind=kind, text=text, made_at=at, made_by=self.boris)

    def assertTellsNothing(self, response):
        text = response.content.decode().casefold()
        for word in SECRETS:
            self.assertNotIn(word.casefold(), text)


class PublishedTests(PublicTests):
    def test_it_works(self):
        self.assertEqual(list(Correction.objects.published()), [self.correction])

    def test_it_follows_its_article_in_every_state(self):
        for article in (self.draft, self.in_review, self.scheduled, self.resubmitted):
            self.add(article, "SECRETNOTE")
        self.assertEqual(list(Correction.objects.published()), [self.correction])
        self.published.withdraw(by=self.chloe, note="Gone.")
        self.assertFalse(Correction.objects.published().exists())
        for address in (LIST, FEED):
            self.assertNotContains(self.client.get(address), "The year was wrong.")

    def test_the_latest_comes_first(self):
        later, same = self.add(self.published, "Later", at=PUBLISHED_AT + timedelta(days=1)), self.add(self.published, "Same")
        self.assertEqual(list(Correction.objects.published().latest_first()), [later, same, self.correction])


class ListTests(PublicTests):
    def shown(self, **asked):
        return [correction.text for correction in self.client.get(LIST, asked).context["page"]]

    def test_it_works(self):
        response = self.client.get(LIST)
        page = Page(response.content.decode())
        self.assertIn("Correction · 13 June 2024 Headline of the published article The year was wrong.", page.text)
        self.assertIn(f"/articles/2024/published-article/#correction-{self.correction.pk}", page.links)
        self.assertTellsNothing(response)
        self.assertFalse(response.cookies)

    def test_it_says_what_the_words_mean(self):
        for kind in CorrectionKind.values:
            self.assertContains(self.client.get(LIST), f"<strong>{kind}</strong>")

    def test_the_anchor_is_on_the_page_of_the_article(self):
        path, anchor = self.correction.get_absolute_url().split("#")
        page = Page(self.client.get(path).content.decode())
        self.assertIn(anchor, [attrs.get("id") for attrs in page.all("aside")])
        self.assertIn("All corrections", page.text)
        self.assertEqual(page.links.count(LIST), 2)  # beside the correction and at the foot

    def test_filters(self):
        self.add(self.published, "A second ministry signed.")
        self.assertEqual(self.shown(kind="update"), ["A second ministry signed."])
        self.assertEqual(self.shown(kind="retraction"), [])
        self.assertEqual(self.shown(q="ministry SIGNED"), ["A second ministry signed."])
        self.assertEqual(len(self.shown(q="published headline")), 2)
        self.assertContains(self.client.get(LIST, {"kind": "erratum"}), "field-error")
        for word in SECRETS:
            self.assertEqual(self.shown(q=word), [])

    def test_nothing_matches(self):
        self.assertContains(self.client.get(LIST, {"q": "unheard"}), "Nothing matches.")
        self.assertNotContains(self.client.get(LIST, {"q": "unheard"}), "No article has been changed")

    def test_nothing_is_there(self):
        self.published.withdraw(by=self.chloe, note="Gone.")
        self.assertContains(self.client.get(LIST), "No article has been changed since it was published.")

    def test_an_error_is_reported_where_somebody_reads_it(self):
        self.assertNotContains(self.client.get(LIST), "Have you found an error?")
        with override_settings(SITE_CONTACT="desk@example.org"):
            self.assertContains(self.client.get(LIST), 'Write to <a href="mailto:desk@example.org">desk@example.org</a>')

    def test_pages(self):
        for number in range(30):
            self.add(self.published, f"Update {number}")
        self.assertEqual((len(self.shown()), len(self.shown(page=2))), (25, 6))

    def test_what_is_written_is_shown_as_written(self):
        self.add(self.published, "It was <b>5</b> & not 6.\n\nSee below.")
        self.assertContains(self.client.get(LIST), "<p>It was &lt;b&gt;5&lt;/b&gt; &amp; not 6.</p>")

    def test_the_words_have_the_language_of_the_article(self):
        Article.objects.filter(pk=self.published.pk).update(language="kk")
        page = Page(self.client.get(LIST).content.decode())
        self.assertIn({"lang": "kk"}, page.all("div"))

    def test_it_is_found(self):
        for address in ("/", "/about/"):
            self.assertIn(LIST, Page(self.client.get(address).content.decode()).links)


class FeedTests(PublicTests):
    def read(self, **headers):
        response = self.client.get(FEED, headers=headers)
        self.assertEqual(response.status_code, 200)
        return ElementTree.fromstring(response.content)

    def entries(self, **headers):
        return self.read(**headers).findall(f"{ATOM}entry")

    def link(self, node, rel):
        return node.find(f"{ATOM}link[@rel='{rel}']").get("href")

    @override_settings(SITE_NAME="The Record")
    def test_it_works(self):
        feed = self.read(host="127.0.0.1:8000")
        self.assertEqual(feed.findtext(f"{ATOM}title"), "The Record: corrections")
        self.assertEqual(feed.findtext(f"{ATOM}author/{ATOM}name"), "The Record")
        self.assertEqual(self.link(feed, "self"), f"http://127.0.0.1:8000{FEED}")
        self.assertEqual(self.link(feed, "alternate"), f"http://127.0.0.1:8000{LIST}")
        self.assertEqual(feed.findtext(f"{ATOM}updated"), "2024-06-13T09:00:00+00:00")
        [entry] = feed.findall(f"{ATOM}entry")
        self.assertEqual(entry.findtext(f"{ATOM}title"), "Correction: Headline of the published article")
        self.assertEqual(entry.findtext(f"{ATOM}summary"), "<p>The year was wrong.</p>")
        self.assertEqual(entry.findtext(f"{ATOM}updated"), "2024-06-13T09:00:00+00:00")
        self.assertEqual(entry.find(f"{ATOM}category").get("term"), "Correction")
        self.assertEqual(self.link(entry, "alternate"), f"http://127.0.0.1:8000{self.correction.get_absolute_url()}")

    def test_what_the_answer_bears(self):
        response = self.client.get(FEED)
        self.assertEqual(response.headers["Content-Type"], "application/atom+xml; charset=utf-8")
        self.assertFalse(response.cookies)
        self.assertNotIn("Cookie", response.headers.get("Vary", ""))
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
        self.assertTellsNothing(response)

    def test_a_name_is_kept_when_the_address_changes(self):
        old = self.published.get_absolute_url()
        [entry] = self.entries(host="127.0.0.1:8000")
        Article.objects.filter(pk=self.published.pk).update(slug="renamed")
        self.published.refresh_from_db()
        OldAddress.objects.remember(old, self.published)
        [again] = self.entries(host="127.0.0.1:8001")
        self.assertEqual(entry.findtext(f"{ATOM}id"), f"tag:127.0.0.1,2024-06-13:correction-{self.correction.pk}")
        self.assertEqual(again.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}id"))
        self.assertIn("/renamed/#", self.link(again, "alternate"))

    def test_no_character_breaks_it(self):
        self.add(self.published, "A tab\vand \x1f a \ufffe <b>tag</b> & an emoji 😀\n\nEnd.")
        newest = self.entries()[0]
        self.assertEqual(
            newest.findtext(f"{ATOM}summary"),
            "<p>A taband  a  &lt;b&gt;tag&lt;/b&gt; &amp; an emoji 😀</p>\n\n<p>End.</p>",
        )

    def test_without_a_correction_it_is_a_feed_still(self):
        self.published.withdraw(by=self.chloe, note="Gone.")
        self.assertEqual(self.entries(), [])

    def test_the_newest_fifty(self):
        for number in range(60):
            self.add(self.published, f"Update {number}", at=PUBLISHED_AT + timedelta(hours=number + 1))
        summaries = [entry.findtext(f"{ATOM}summary") for entry in self.entries()]
        self.assertEqual((len(summaries), summaries[0], summaries[-1]), (50, "<p>Update 59</p>", "<p>Update 10</p>"))

    def test_readers_of_feeds_find_it(self):
        [offered] = [link for link in Page(self.client.get(LIST).content.decode()).all("link") if link["rel"] == "alternate"]
        self.assertEqual((offered["href"], offered["type"]), (FEED, "application/atom+xml"))
        self.assertEqual(reverse("articles:corrections-feed"), FEED)


class QueriesTests(PublicTests):
    def count(self, address):
        with CaptureQueriesContext(connection) as captured:
            self.assertEqual(self.client.get(address).status_code, 200)
        return len(captured)

    def test_as_many_for_one_as_for_many(self):
        addresses = {LIST: 2, f"{LIST}?kind=update&q=year": 2, FEED: 1}
        make_crowd(Crowd(articles=60, roadmaps=1, commitments=1, people=1, organisations=1, updates=1))
        for articles in (Article.objects.published()[:1], Article.objects.published()):
            for article in articles:
                self.add(article, "The year was wrong.")
            for address, most in addresses.items():
                self.assertLessEqual(self.count(address), most, address)


class Microdata(Page):
    """The items of schema.org on a page, outermost first: (type, {property: [value or item]})."""

    VOID = {"meta", "link", "img", "br", "input"}

    def __init__(self, html):
        self.items, self.open = [], []
        super().__init__(html)

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        attrs = dict(attrs)
        item = (attrs["itemtype"], {}) if "itemscope" in attrs else None
        value = item or attrs.get("content", attrs.get("href"))
        around = next((found for _tag, found, _text in reversed(self.open) if found), None)
        texts = []
        for name in attrs.get("itemprop", "").split():
            around[1].setdefault(name, []).append(texts if value is None else value)
        if item and not around:
            self.items.append(item)
        if tag not in self.VOID:
            self.open.append((tag, item, texts))

    def handle_data(self, data):
        super().handle_data(data)
        for _tag, _item, texts in self.open:
            texts.append(data)

    def handle_endtag(self, tag):
        super().handle_endtag(tag)
        while self.open and self.open.pop()[0] != tag:
            pass


class StructuredDataTests(PublicTests):
    """What machines read on the page of an article, as schema.org has it."""

    def article(self, article=None):
        address = (article or self.published).get_absolute_url()
        [(kind, facts)] = Microdata(self.client.get(address).content.decode()).items
        self.assertEqual(kind, "https://schema.org/NewsArticle")
        return facts

    @override_settings(SITE_NAME="The Record")
    def test_it_works(self):
        facts = self.article()
        self.assertEqual("".join(facts["headline"][0]), "Headline of the published article")
        self.assertEqual(facts["datePublished"], ["2024-06-13T09:00:00Z"])
        self.assertEqual(facts["dateModified"], ["2024-06-13T09:00:00Z"])
        self.assertEqual(facts["inLanguage"], ["en"])
        self.assertEqual(facts["isBasedOn"], ["https://example.org/release"])
        self.assertEqual(facts["mainEntityOfPage"], [self.published.get_absolute_url()])
        self.assertEqual(facts["author"], facts["publisher"])
        [(kind, publisher)] = facts["publisher"]
        self.assertEqual(kind, "https://schema.org/NewsMediaOrganization")
        self.assertEqual(publisher, {"name": ["The Record"], "url": ["/"], "correctionsPolicy": [LIST]})

    def test_each_correction(self):
        self.add(self.published, "It was <2022>.", at=PUBLISHED_AT + timedelta(days=1))
        facts = self.article()
        found = [(kind, "".join(said["text"][0]), said["datePublished"]) for kind, said in facts["correction"]]
        comment = "https://schema.org/CorrectionComment"
        self.assertEqual(
            found,
            [
                (comment, "It was <2022>.", ["2024-06-14T09:00:00Z"]),
                (comment, "The year was wrong.", ["2024-06-13T09:00:00Z"]),
            ],
        )
        self.assertEqual(facts["dateModified"], ["2024-06-14T09:00:00Z"])

    def test_what_is_not_known_is_not_said(self):
        self.resubmitted.publish(by=self.boris)
        Article.objects.filter(pk=self.resubmitted.pk).update(source_url="")
        self.assertEqual({"dateModified", "correction", "isBasedOn", "image"} & set(self.article(self.resubmitted)), set())

    def test_what_nobody_may_read_yet_does_not_call_itself_published(self):
        """A draft that the desk looks at in the same template says nothing to machines of when and by whom."""
        context = {"article": self.draft, "instruments": {}, "SITE_NAME": "The Record"}
        html = render_to_string("articles/article_detail.html", context)
        self.assertEqual(set(Microdata(html).items[0][1]), {"headline", "description", "isBasedOn"})

    def test_the_times_are_the_same_in_every_zone(self):
        with timezone.override("Asia/Almaty"):
            self.assertEqual(self.article()["datePublished"], ["2024-06-13T09:00:00Z"])
