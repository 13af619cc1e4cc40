"""Instruments where an article names them: linked, explained once, and nothing else taken for one."""

from datetime import date

from django.test import SimpleTestCase, TestCase

from articles.instruments import linked, notes_on
from articles.models import Citation
from conventions.models import Convention, Ratification
from conventions.typesetting import typeset
from tests.cast import SOURCE, CastMixin
from tests.crawl import Page

C176 = '<a href="/conventions/c176/" aria-describedby="about-c176">'


class TextTests(SimpleTestCase):
    """The text alone: no record is asked for."""

    def test_typeset(self):
        self.assertEqual(
            typeset("<p>No. 176, Nos 81 and 87, Law No. 29-II</p>"), "<p>No.\xa0176, Nos\xa081 and 87, Law No.\xa029-II</p>"
        )

    def test_what_is_typed_and_what_is_no_text_stays(self):
        kept = '<a title="No. 176">x</a><textarea rows="3">No. 176</textarea><p>No. one. No problem</p>'
        self.assertEqual(typeset(kept), kept)
        self.assertEqual(typeset("<p>2024–2025, 6 March 2009</p>"), "<p>2024–2025, 6 March 2009</p>")  # found and copied as typed
        self.assertEqual(
            typeset("<p title=\"Workmen's\">Workmen's, d&#x27;Ivoire</p>"), '<p title="Workmen\'s">Workmen’s, d’Ivoire</p>'
        )
        for kept in ("<blockquote><p>it's</p></blockquote>", "<mark>it's</mark>", "<cite>No. 1</cite>", "the workers' 'own'"):
            self.assertEqual(typeset(kept), kept)
        self.assertIn("No.\xa087", typeset("<textarea>No. 176</textarea>No. 87"))
        self.assertEqual(typeset("<pre>No. 1 <code>No. 2</code></pre>"), "<pre>No. 1 <code>No. 2</code></pre>")
        self.assertEqual(typeset('<input value="a > No. 176">'), '<input value="a > No. 176">')


class LinkedTests(CastMixin, TestCase):
    def link(self, html, *instruments, countries=()):
        return linked(html, notes_on(instruments or [self.c176, self.c087], countries))

    def test_it_works(self):
        html = self.link("<p>The Convention on mines (No.&nbsp;176) binds.</p>")
        self.assertIn(f'mines (<span class="named">{C176}No.&nbsp;176</a>', html)
        self.assertIn('popovertarget="about-c176"', html)
        self.assertIn("</span>) binds.</p>", html)
        self.assertIn("C176 Safety and Health in Mines Convention, 1995", Page(html).text)

    def test_every_way_of_naming(self):
        for words in ("No.&nbsp;176", "No.\xa0176", "No. 176", "C176"):
            self.assertIn(f"{C176}{words}</a>", self.link(f"<p>{words}</p>"), words)
        for words in ("No. 176.", "No. 176, and", "(No. 176)", "No. 176;", "Convention No. 176"):
            self.assertIn(f"{C176}No. 176</a>", self.link(f"<p>{words}</p>"), words)
        self.assertIn(">C87</a>", self.link("<p>C87</p>"))
        self.assertIn(">C087</a>", self.link("<p>C087</p>"))

    def test_a_list_of_numbers_is_linked_one_by_one(self):
        for words in (
            "Nos 87, 131 and 176",
            "Nos. 87 and 176",
            "Nos\xa087, 154, and\xa0176",
            "Conventions Nos&nbsp;87 and&nbsp;176",
        ):
            html = self.link(f"<p>{words} are.</p>")
            self.assertIn('href="/conventions/c087/"', html, words)
            self.assertIn(f"{C176}176</a>", html, words)
        self.assertNotIn("131</a>", self.link("<p>Nos 87, 131 and 176</p>"))

    def test_it_is_explained_once_and_linked_each_time(self):
        html = self.link("<p>No. 176 and No. 87.</p><p>Again No. 176.</p>")
        self.assertEqual(html.count('id="about-c176"'), 1)
        self.assertEqual(html.count('href="/conventions/c176/"'), 2)
        self.assertEqual(html.count('id="about-c087"'), 1)

    def test_what_is_not_cited_is_not_linked(self):
        for words in ("No. 131", "Law No. 17", "No. 1766", "C1760", "XC176", "176", "No.176"):
            self.assertEqual(self.link(f"<p>{words}</p>"), f"<p>{words}</p>", words)

    def test_what_has_its_number_and_is_something_else_is_not_linked(self):
        laws = ["Law No. 176", "Resolution&nbsp;No. 176", "an Act No. 176", "Decree No. 87", "Law No. 29-II", "No. 176-VII"]
        for words in [
            *laws,
            "No. 87/2020",
            "No. 176.5",
            "No. 87,000",
            "https://x.org/C176/",
            "a-C176",
            "C1 visa",
            "Nos 87/1 and 176",
        ]:
            self.assertNotIn("about-c", self.link(f"<p>{words}</p>"), words)

    def test_links_and_headings_stay_as_they_are(self):
        kept = '<h2>On No. 176</h2><p><a href="https://example.org/?x=C176">No. <em>C176</em> there</a></p>'
        self.assertEqual(self.link(kept), kept)
        self.assertIn(f"{C176}No. 176", self.link(f"{kept}<p>No. 176</p>"))

    def test_a_number_means_the_convention_before_the_recommendation_or_protocol(self):
        protocol = Convention.objects.create(code="P176", kind="protocol", number=176, year=2000, title="Protocol", source=SOURCE)
        html = self.link("<p>No. 176, and P176</p>", protocol, self.c176)
        self.assertIn(f"{C176}No. 176</a>", html)
        self.assertIn('href="/conventions/p176/"', html)
        self.assertIn('href="/conventions/p176/"', self.link("<p>the Protocol No. 176</p>", protocol, self.c176))
        self.assertIn('href="/conventions/r206/"', self.link("<p>No. 206</p>", self.r206))
        self.assertNotIn("about-", self.link("<p>Recommendation No. 176</p>"))

    def test_it_says_where_each_state_stands(self):
        Ratification.objects.create(country=self.kaz, convention=self.c131, act=1, status="in-force", verification="none")
        Convention.objects.filter(code="C176").update(
            coverage="complete", coverage_on=date(2024, 12, 31), coverage_on_precision="year"
        )
        self.c176.refresh_from_db()
        text = Page(self.link("<p>No. 87, No. 131, No. 176</p>", self.c087, self.c131, self.c176, countries=[self.kaz])).text
        self.assertIn("Kazakhstan: ● ratified 13 December 2000", text)
        self.assertIn("Kazakhstan: † reported, not verified", text)
        self.assertIn("Kazakhstan: ○ not ratified, as of 2024", text)
        text = Page(self.link("<p>No. 190</p>", self.c190, countries=[self.kaz, self.uzb])).text
        self.assertIn("Kazakhstan: ? not known Uzbekistan: ? not known", text)

    def test_status_that_nobody_checked_says_so(self):
        self.assertIn("status not known", Page(self.link("<p>No. 176</p>")).text)
        Convention.objects.filter(code="C176").update(status="up-to-date", category="technical")
        self.c176.refresh_from_db()
        self.assertIn("Technical · Up-to-date instrument not verified", Page(self.link("<p>No. 176</p>")).text)

    def test_of_many_states_the_first_are_told_and_the_others_counted(self):
        states = [self.kaz, self.uzb] * 4
        self.assertIn("and 2 more States: see its page", Page(self.link("<p>No. 176</p>", countries=states)).text)

    def test_it_is_one_query(self):
        with self.assertNumQueries(1):
            notes_on([self.c087, self.c131, self.c176], [self.kaz, self.uzb])


class OnThePageTests(CastMixin, TestCase):
    def test_the_article_explains_what_it_cites(self):
        self.published.body = "<p>On mines (No.&nbsp;176) and on wages (No.&nbsp;131).</p>"
        self.published.save(update_fields=["body"])
        html = self.client.get(self.published.get_absolute_url()).content.decode()
        self.assertIn(C176, html)
        self.assertIn("(No.&nbsp;131)", html)
        self.assertNotIn("about-c131", html)

    def test_a_citation_without_words_says_none(self):
        Citation.objects.filter(article=self.published).update(words="")
        citation = Citation.objects.get(article=self.published)
        citation.full_clean()
        self.assertEqual(str(citation), str(self.c176))
        page = Page(self.client.get(self.published.get_absolute_url()).content.decode())
        self.assertIn("C176 Safety and Health in Mines Convention, 1995", page.text)
        self.assertNotIn("The source’s words:", page.text)
