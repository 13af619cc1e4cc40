"""Pages about the site itself: what editors change of them, what stands below them, and where they are when nobody wrote one."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import SimpleTestCase, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from articles.models import LINKED, Page, Refused
from conventions.models import OldAddress, Version
from conventions.records import clean_html
from conventions.restoring import restore
from conventions.snapshots import snapshot
from tests import crawl
from tests.cast import PUBLIC_NOTE, PUBLISHED_AT, SECRETS, CastMixin, publish
from tests.forms import AdminCase, errors_of
from tests.test_content import CONTENT, REGISTER, read

pytestmark = pytest.mark.rules

UNWRITTEN = "No text has been published here yet."
BELOW = "As entered by whoever runs this site"
NOBODY = {"SITE_OPERATOR": "", "SITE_CONTACT": "", "CONTENT_LICENCE": "", "CONTENT_LICENCE_URL": ""}
SOMEBODY = {"SITE_OPERATOR": "The Record Society", "SITE_CONTACT": "desk@example.org"}
SOMEBODY |= {"CONTENT_LICENCE": "CC BY 4.0", "CONTENT_LICENCE_URL": "https://example.org/by"}


def address(slug):
    return Page(slug=slug).get_absolute_url()


class SitePageCase(CastMixin, TestCase):
    def page(self, path, status=200):
        response = self.client.get(path)
        self.assertEqual(response.status_code, status, path)
        return crawl.Page(response.content.decode())

    def write(self, slug, **fields):
        """A page by alice, read and published by boris."""
        facts = {"title": f"On {slug}", "standfirst": f"Briefly on {slug}.", "body": f"<p>All of {slug}.</p>", **fields}
        page = Page.objects.create(slug=slug, drafted_by=self.alice, **facts)
        publish(self, page)
        return page

    def change(self, page, **fields):
        """Let a change by alice wait."""
        shot = snapshot(page)
        page.propose({**shot, "fields": {**shot["fields"], **fields}}, by=self.alice)

    def apply(self, page, **fields):
        self.change(page, **fields)
        page.submit_change(by=self.alice)
        page.apply(by=self.boris, seen=page.pending.number)


class PublicTests(SitePageCase):
    def test_it_works(self):
        page = self.page("/about/privacy/")
        for words in ("About Privacy", self.privacy.standfirst, "Last changed: 13 June 2024", "Public pages set no cookie."):
            self.assertIn(words, page.text)
        self.assertEqual(page.all("meta")[2]["content"], self.privacy.standfirst)
        self.assertIn("/about/", page.links)
        self.assertNotIn("noindex", str(page.all("meta")))

    def test_the_first_lists_all_others(self):
        self.write("about", body='<p>Who we are. <a href="/corrections/">What was wrong</a></p>')
        self.write("method")
        self.write("thanks", title="Thanks", position=9)
        page = self.page("/about/")
        self.assertIn("Who we are.", page.text)
        text = page.text.split("More about this site")[1]
        self.assertLess(text.index("On method"), text.index("Thanks"))
        self.assertLessEqual({"/corrections/", "/method/", "/about/privacy/", "/about/thanks/"}, set(page.links))
        self.assertNotIn("More about this site", self.page("/about/thanks/").text)

    def test_what_is_not_public_is_not_told(self):
        for path in ("/about/", "/method/", "/about/privacy/", "/sitemap-about.xml"):
            text = self.client.get(path).content.decode().casefold()
            for word in SECRETS:
                self.assertNotIn(word.casefold(), text, path)
        self.assertEqual(self.client.get(self.hidden_page.get_absolute_url()).status_code, 404)
        self.assertEqual(self.client.get("/about/nowhere/").status_code, 404)

    def test_the_foot_of_every_page_leads_to_them_and_no_link_leads_nowhere(self):
        for path in ("/", "/about/privacy/", "/method/", "/nowhere/"):
            links = crawl.Page(self.client.get(path).content.decode()).links
            self.assertLessEqual({address(slug) for slug in LINKED} | {"/corrections/", "/discrepancies/"}, set(links), path)
        for slug, title in LINKED.items():
            page = self.page(address(slug))
            self.assertIn(str(title), page.text)
            self.assertEqual(len(page.all("h1")), 1)

    def test_what_nobody_has_written_yet_says_so_and_no_search_engine_lists_it(self):
        for slug in ("about", "licence", "contact"):
            page = self.page(address(slug))
            self.assertIn(UNWRITTEN, page.text)
            self.assertIn({"name": "robots", "content": "noindex"}, page.all("meta"))
        Page.objects.create(title="SECRETPAGE", slug="licence", standfirst="SECRETPAGE", body="<p>SECRETPAGE</p>")
        self.assertNotIn("SECRET", self.page("/about/licence/").text)

    def test_one_page_has_one_address(self):
        for slug in ("about", "method"):
            self.assertRedirects(self.client.get(f"/about/{slug}/"), f"/{slug}/", status_code=301)

    def test_a_withdrawn_page_leaves_a_tombstone(self):
        self.privacy.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        page = self.page("/about/privacy/", 410)
        self.assertIn("Withdrawn Privacy", page.text)
        self.assertIn(PUBLIC_NOTE, page.text)
        self.assertNotIn("set no cookie", page.text)
        self.assertNotIn("/about/privacy/", self.client.get("/sitemap-about.xml").content.decode())

    def test_what_holds_more_than_its_text_stands_without_it(self):
        for slug, stays in (("about", "More about this site"), ("method", "What this record holds now")):
            self.write(slug).withdraw(by=self.chloe, note=PUBLIC_NOTE)
            page = self.page(address(slug))
            for words in (PUBLIC_NOTE, "Withdrawn", stays):
                self.assertIn(words, page.text)
            self.assertNotIn(f"All of {slug}", page.text)

    def test_the_sitemap_names_each_once(self):
        for slug in ("about", "method"):
            self.write(slug)
        paths = crawl.sitemap_paths(self.client)
        self.assertEqual([paths.count(path) for path in ("/about/", "/method/", "/about/privacy/")], [1, 1, 1])
        self.assertContains(self.client.get("/sitemap-about.xml"), "<lastmod>2024-06-13</lastmod>")
        self.assertNotContains(self.client.get("/sitemap-about.xml"), "secret")

    def test_a_few_queries_are_enough_for_any_number(self):
        for path, most in (("/about/", 3), ("/about/privacy/", 1), ("/about/contact/", 2), ("/method/", 12)):
            few = self.count(path)
            self.assertLessEqual(few, most, path)
        for number in range(20):
            self.write(f"page-{number}")
        self.assertLessEqual(self.count("/about/"), 3)

    def count(self, path):
        self.client.get(path)  # kinds of records are looked up once a process
        with CaptureQueriesContext(connection) as captured:
            self.client.get(path)
        return len(captured)


class MethodTests(SitePageCase):
    RULES = ("The latest event decides", "What this record holds now", "Government, Workers, Employers", "2 commitments")

    def test_it_stands_without_an_introduction(self):
        page = self.page("/method/")
        for words in ("Nobody types a state", *self.RULES):
            self.assertIn(words, page.text)
        self.assertNotIn(UNWRITTEN, page.text)

    def test_editors_write_its_introduction(self):
        self.write("method", title="How we find out", body="<h2>What for</h2><p>So that it can be checked.</p>")
        page = self.page("/method/")
        told = (
            "How we find out Briefly on method. Introduction last changed: 13 June 2024",
            "What for So that it can be checked.",
        )
        for words in (*told, *self.RULES):
            self.assertIn(words, page.text)
        self.assertNotIn("Nobody types a state", page.text)
        self.assertLess(page.text.index("What for"), page.text.index("What this record holds now"))


class OperatorTests(SitePageCase):
    """What only the operator knows: told where it belongs, and never invented."""

    OPERATOR, CONTACT = "Who runs this site", "E-mail address"
    LICENCE, KEPT = "Licence of the texts", "Keyed hash of the network address"

    def below(self, slug):
        self.assertIn(BELOW, self.page(address(slug)).text)
        return self.page(address(slug)).text.split(BELOW)[1]

    def test_each_fact_stands_where_it_belongs(self):
        table = {
            "about": (self.OPERATOR, self.CONTACT, self.LICENCE),
            "licence": (self.OPERATOR, self.LICENCE),
            "privacy": (self.OPERATOR, self.CONTACT, self.KEPT),
            "contact": (self.OPERATOR, self.CONTACT),
        }
        for slug, told in table.items():
            for fact in (self.OPERATOR, self.CONTACT, self.LICENCE, self.KEPT):
                with self.subTest(slug=slug, fact=fact):
                    (self.assertIn if fact in told else self.assertNotIn)(fact, self.below(slug))
        for slug in ("editorial-policy", "accessibility", "method"):
            self.assertNotIn(BELOW, self.page(address(slug)).text)

    @override_settings(**SOMEBODY, REPLY_DAYS=90)
    def test_it_works(self):
        self.assertIn("Who runs this site The Record Society", self.below("about"))
        self.assertIn("desk@example.org", self.below("contact"))
        self.assertIn("mailto:desk@example.org", self.page("/about/contact/").links)
        self.assertIn("Licence of the texts CC BY 4.0", self.below("licence"))
        self.assertIn("https://example.org/by", self.page("/about/licence/").links)
        self.assertIn("Removed 90 days after an editor has dealt with the message", self.below("privacy"))

    @override_settings(**NOBODY, REPLY_DAYS=1)
    def test_what_is_not_set_is_said_to_be_missing(self):
        self.assertIn("Whoever runs this site has not entered a name.", self.below("about"))
        self.assertIn("Whoever runs this site has not entered an e-mail address.", self.below("contact"))
        self.assertIn("has stated none beyond the licence of the project, BSD-3-Clause", self.below("licence"))
        self.assertIn("Removed 1 day after", self.below("privacy"))
        for slug in LINKED:
            self.assertFalse([link for link in self.page(address(slug)).links if link.startswith("mailto:")])

    @override_settings(**{**SOMEBODY, "CONTENT_LICENCE_URL": ""})
    def test_a_licence_without_an_address_is_named(self):
        self.assertIn("Licence of the texts CC BY 4.0", self.below("licence"))

    @override_settings(SITE_OPERATOR="<b>A & B</b>")
    def test_a_setting_is_text(self):
        self.assertContains(self.client.get("/about/contact/"), "&lt;b&gt;A &amp; B&lt;/b&gt;")


class SlugTests(SitePageCase):
    """Where the foot of every page leads by a slug, the slug stays; another one changes and leads on."""

    def refused(self, sentence, error, verb, *args, **kwargs):
        with self.assertRaises(error) as caught, transaction.atomic():
            verb(*args, **kwargs)
        self.assertIn(sentence, str(caught.exception))

    def test_another_page_can_change_its_address_and_leads_on(self):
        page = self.write("thanks")
        self.apply(page, slug="with-thanks")
        self.assertRedirects(self.client.get("/about/thanks/"), "/about/with-thanks/", status_code=301)
        self.assertEqual(OldAddress.objects.get(path="/about/thanks/").record, page)

    def test_the_form_says_that_it_stays(self):
        self.privacy.slug = "data"
        self.refused("it stays as it is", ValidationError, self.privacy.full_clean)

    def test_no_other_way_leads_past_it(self):
        self.change(self.privacy, slug="data")
        self.refused("it stays as it is", Refused, self.privacy.submit_change, by=self.alice)
        Page.objects.filter(pk=self.privacy.pk).update(pending_status="in_review")
        seen = self.privacy.pending.number
        self.refused("it stays as it is", Refused, self.privacy.apply, by=self.boris, seen=seen)
        self.assertEqual(Page.objects.get(pk=self.privacy.pk).slug, "privacy")

    def test_nor_does_a_version_of_before(self):
        page = Page.objects.create(title="Help", slug="help", standfirst="-", body="<p>-</p>", drafted_by=self.alice)
        version = Version.objects.keep(page, by=self.alice)
        Page.objects.filter(pk=page.pk).update(slug="contact")
        page.refresh_from_db()
        publish(self, page)
        self.refused("it stays as it is", ValidationError, restore, page, version, by=self.alice)
        page.withdraw(by=self.chloe, note=PUBLIC_NOTE)
        self.refused("it stays as it is", ValidationError, restore, page, version, by=self.boris)

    def test_before_it_was_public_it_may_change(self):
        draft = Page.objects.create(title="Contact", slug="contact", standfirst="-", body="<p>-</p>", drafted_by=self.alice)
        draft.slug = "write-to-us"
        draft.full_clean()

    def test_everything_else_of_it_may_change(self):
        self.apply(self.privacy, title="Personal data")
        page = self.page("/about/privacy/")
        self.assertIn("Personal data", page.text)
        self.assertIn(f"Last changed: {timezone.localdate():%-d %B %Y}", page.text)


class AdminTests(AdminCase):
    """An editor changes the page on privacy; a second one reads it; then the public does."""

    def public(self, path="/about/privacy/"):
        return crawl.Page(self.client_class().get(path).content.decode()).text

    def move(self, record, verb, by):
        """Press the button of a move, having read the last version."""
        self.client.force_login(by)
        seen = Version.objects.of(record).last().number
        path = reverse("admin:articles_page_move", args=[verb])
        return self.client.post(f"{path}?ids={record.pk}", {"read": f"{record.pk}-{seen}"}, follow=True)

    def test_it_works(self):
        self.client.force_login(self.alice)
        self.save(self.page(self.privacy), self.filled_in(self.privacy, body="<p>We keep nothing of you.</p>"))
        self.assertIn("Public pages set no cookie.", self.public())
        self.move(self.privacy, "submit_change", self.alice)
        self.move(self.privacy, "apply", self.alice)
        self.assertIn("Public pages set no cookie.", self.public())
        self.move(self.privacy, "apply", self.boris)
        self.assertIn("We keep nothing of you.", self.public())
        self.assertNotIn("Public pages set no cookie.", self.public())

    def test_a_new_one_is_written_read_and_published(self):
        self.client.force_login(self.alice)
        body = '<p>To <a href="/corrections/">all</a>.</p><script>alert(1)</script>'
        facts = {"title": "Thanks", "slug": "thanks", "standfirst": "To whom.", "body": body}
        self.save(self.list_of(Page, "add"), self.add_form(Page, **facts))
        made = Page.objects.get(slug="thanks")
        self.assertEqual((made.status, made.drafted_by), ("draft", self.alice))
        self.assertEqual(made.body, '<p>To <a href="/corrections/" rel="noopener noreferrer">all</a>.</p>')
        self.move(made, "submit", self.alice)
        self.move(made, "publish", self.boris)
        self.assertIn("To all.", self.public("/about/thanks/"))

    def test_a_slug_that_stays_is_refused_in_the_form(self):
        self.client.force_login(self.boris)
        data = self.filled_in(self.privacy, slug="data")
        response = self.client.post(self.page(self.privacy), data)
        self.assertEqual(response.status_code, 200)
        self.assertIn("The foot of every page leads here by this slug: it stays as it is.", errors_of(response))

    def test_it_stands_on_the_lists_and_is_found(self):
        self.client.force_login(self.alice)
        for words, found in (("privacy", self.privacy), ("SECRETPAGE", self.hidden_page)):
            for path in (self.list_of(Page), "/admin/find/"):
                self.assertContains(self.client.get(path, {"q": words}), self.page(found))

    def test_the_form_says_what_is_a_setting(self):
        self.client.force_login(self.alice)
        self.assertContains(self.client.get(self.list_of(Page, "add")), "shown below the text where they belong")

    def test_the_preview_is_the_public_page(self):
        self.client.force_login(self.boris)
        response = self.client.get(self.page(self.hidden_page, "preview"))
        self.assertContains(response, "SECRETPAGE")
        self.assertTemplateUsed(response, "articles/page_detail.html")
        draft = Page.objects.create(title="Our way", slug="method", standfirst="How.", body="<p>Step by step.</p>")
        text = crawl.Page(self.client.get(self.page(draft, "preview")).content.decode()).text
        for words in ("Our way How.", "Step by step.", "What this record holds now"):
            self.assertIn(words, text)
        self.assertNotIn("Step by step.", self.public("/method/"))

    def test_the_preview_of_a_change_of_the_first_has_the_list_too(self):
        first = Page.objects.create(
            title="About", slug="about", standfirst="-", body="<p>-</p>", status="published", published_at=PUBLISHED_AT
        )
        self.client.force_login(self.alice)
        self.save(self.page(first), self.filled_in(first, body="<p>Another text.</p>"))
        text = crawl.Page(self.client.get(self.page(first, "preview")).content.decode()).text
        for words in ("Another text.", "More about this site Privacy"):
            self.assertIn(words, text)


class FilesTests(SimpleTestCase):
    """The texts that come with the project."""

    TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "a"}

    def test_there_is_one_for_every_link_of_the_foot(self):
        self.assertEqual([fields["slug"] for fields in read("page")], list(LINKED))
        self.assertEqual([fields["position"] for fields in read("page")], list(range(1, len(LINKED) + 1)))

    def test_each_is_what_will_be_stored(self):
        for fields in read("page"):
            with self.subTest(fields["slug"]):
                self.assertEqual(fields["body"], clean_html(fields["body"]))
                self.assertLessEqual(set(re.findall(r"<(\w+)", fields["body"])), self.TAGS)
                self.assertTrue(120 <= len(strip_tags(fields["body"].replace("<", " <")).split()) <= 450)
                self.assertNotRegex(strip_tags(fields["body"]), r"""["']""")

    def test_none_names_a_person_a_machine_or_an_address_of_ours(self):
        names = {fields["name"] for fields in read("person")}
        for fields in read("page"):
            text = f"{fields['title']} {fields['standfirst']} {fields['body']}"
            self.assertFalse([name for name in names if name in text])
            self.assertNotRegex(text, r"https?://|mailto:|@")
            self.assertNotIn("ilonews", text)  # the operator may call the site otherwise


class ContentTests(TestCase):
    """The same, as the public reads them."""

    fixtures = [*REGISTER, *CONTENT]

    def test_every_page_is_read_and_every_link_answers(self):
        links = set()
        for slug in LINKED:
            response = self.client.get(address(slug))
            self.assertEqual(response.status_code, 200)
            page = crawl.Page(response.content.decode())
            self.assertNotIn(UNWRITTEN, page.text)
            self.assertRegex(page.text, "[Ll]ast changed: 28 November 2026")
            links |= {link for link in page.links if link.startswith("/")}
        for link in sorted(links):
            self.assertEqual(self.client.get(link).status_code, 200, link)

    def test_the_method_says_who_confirms(self):
        text = crawl.Page(self.client.get("/method/").content.decode()).text
        for words in ("What counts as evidence", "Who confirms", "entered without names. Its verdicts stay unconfirmed"):
            self.assertEqual(text.count(words), 1, words)
        self.assertEqual(text.count("until somebody other than its author has confirmed it"), 1)

    def test_what_privacy_says_of_the_form_is_what_the_form_says(self):
        form = crawl.Page(self.client.get("/commitments/kazakhstan-2024-ratify-c131/reply/").content.decode()).text
        text = crawl.Page(self.client.get("/about/privacy/").content.decode()).text
        for told in (form, text):
            self.assertIn(f"{settings.REPLY_DAYS} days after an editor has dealt with", told)
        self.assertIn("No address of your computer is kept.", form)
        self.assertIn("and not the address", text)
