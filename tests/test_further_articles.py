"""The further articles, as they are committed: each event with its day, its records, its figures and its doubts."""

import gzip
import re

import pytest
from django.conf import settings

from articles.models import Appearance, Article, Membership, Statistic
from tests.crawl import Page
from tests.test_content import CONFERENCE, SIGNING, ContentTestCase, fold

pytestmark = pytest.mark.rules

#: Day, place, States; instruments; and what a reader must find on the page: facts, then doubts.
ARTICLES = {
    "central-asian-unions-ilo-workplace-safety": (
        "2023-06-24", "Astana", "KAZ KGZ TJK UZB", "C081 C129",
        ["23 and 24 June 2023", "12,488 safety councils", "approved it on 26 December 2023", "1,029", "Gocha Alexandria"],
        ["number 133", "probably a slip", "cannot be set beside", "final text was not found"],
    ),
    "kazakhstan-general-agreement-2021-2023": (
        "2021-03-12", "Nur-Sultan", "KAZ", "C097 C102 C131 C144 C154 C175 C184",
        ["12 March 2021", "19 Conventions", "Eraly Tugzhanov", "a law on it"],
        ["Who signed for the employers is not known", "full list was not seen", "law on social partnership was not found"],
    ),
    "kazakhstan-pay-system-round-table": (
        "2021-07-23", "", "KAZ", "C131",
        ["23 July 2021", "from 42,500 to 60,000 tenge", "154,635 collective agreements", "Anton Leppik"],
        ["No source seen links this to the round table", "Which count is right is open", "Where it was held is not known"],
    ),
    "somalia-ratifies-seven-conventions": (
        "2021-04-06", "", "SOM", "C097 C143 C144 C155 C181 C187 C190",
        ["6 April 2021", "8 March 2021", "26 in all", "Omar Faruk Osman", "7 February 2026"],
        ["inferred from the weekday", "No deadline of the Government was found"],
    ),
    "kazakhstan-part-time-work-convention-c175": (
        "2021-11-03", "", "KAZ", "C175",
        ["3 November 2021", "in progress of becoming a party", "115-VII", "470,000"],
        ["day of registration is not known", "A reply was not seen"],
    ),
    "ilo-director-general-visits-kazakhstan": (
        "2024-09-05", "Astana", "KAZ", "C087",
        ["5 September 2024", "This work will be continued", "25 Conventions", "Murat Nurtleu", "deep regret",
         "Events of the Global Coalition for Social Justice"],
        ["ILO’s own release was not seen", "signed programme was not found"],
    ),
    "kazakhstan-mines-convention-gap-analysis": (
        "2025-04-23", "Astana", "KAZ", "C081 C129 C176",
        ["22 and 23 April 2025", "Yerbolat Abulkhatin", "over 30", "Darko Dochinski"],
        ["not seen", "is not known"],
    ),
    "kazakhstan-law-on-minimum-wage-convention": (
        "2025-10-20", "", "KAZ", "C026 C131",
        ["20 October 2025", "224-VIII", "85,000 tenge", "Svetlana Zhakupova", "1 January 2026"],
        ["not found", "infer"],
    ),
    "kazakhstan-inspectors-trained-on-violence-and-harassment": (
        "2025-09-24", "Astana", "KAZ", "C190 R206",
        ["22 to 24 September 2025", "28", "preparing for ratification", "Elmira Zhanbyrova"],
        ["secondary source"],
    ),
    "kazakhstan-round-table-social-dialogue-disputes": (
        "2026-01-30", "Astana", "KAZ", "C087",
        ["29 and 30 January 2026", "26", "Meirambek Akhmetov", "4 February 2026"],
        ["no source", "By November 2026"],
    ),
    "kyrgyzstan-deposits-violence-and-harassment-convention": (
        "2024-06-03", "Geneva", "KGZ", "C081 C190",
        ["3 June 2024", "41st State", "28 inspectors", "Edil Baisalov", "42 instruments"],
        ["is inferred", "Whether the dead are among the injured is unclear", "The counts do not agree"],
    ),
    "uzbekistan-ratifies-safety-convention-c155": (
        "2024-10-02", "Tashkent", "UZB", "C081 C129 C148 C155 C187",
        ["2 October 2024", "Shavkat Mirziyoyev", "22 September 2021", "23 October 2025"],
        ["day of signing is not known", "is open"],
    ),
    "turkmenistan-roadmap-cotton-forced-labour": (
        "2024-06-07", "Geneva", "TKM", "C105 C144",
        ["7 June 2024", "prepare and submit a draft presidential decree", "71 per cent", "Cotton Campaign", "12 March 2026",
         "Rashid Meredov", "Peter van Rooij", "Turkmen Initiative for Human Rights", "9 September 2019"],
        ["day of its adoption is unknown", "Its report was not seen", "No presidential decree had been found"],
    ),
    "tajikistan-action-plan-decent-work-2025-2026": (
        "2025-10-28", "Dushanbe", "TJK", "",
        ["28 October 2025", "Soleha Kholmahmadzoda", "social guarantees", "green economy"],
        ["no target that could be measured", "Nothing was found by November 2026"],
    ),
    "platform-work-convention-adopted": (
        "2026-06-12", "Geneva", "", "C193",
        ["406 votes for, 8 against and 36 abstentions", "33 articles", "12 June 2026", "Amanda Brown",
         "435,000,000 persons People in online gig work (World Bank), worldwide, 2023"],
        ["No second source was seen", "both days are inferred", "no ratification had been found"],
    ),
    "bangladesh-deposits-three-conventions": (
        "2025-11-20", "Geneva", "BGD", "C081 C087 C098 C155 C187 C190",
        ["20 November 2025", "22 October", "17 November", "122 labour inspectors", "Muhammad Yunus", "17 inconsistencies",
         "Tuomo Poutiainen", "NCCWE"],
        ["the deposit counts", "is inferred", "outcome was not found"],
    ),
}  # fmt: skip


class FurtherArticlesTests(ContentTestCase):
    def test_they_are_all_there(self):
        self.assertEqual(set(Article.objects.published().values_list("slug", flat=True)), {SIGNING, CONFERENCE, *ARTICLES})

    def test_each_tells_its_facts_and_its_doubts(self):
        for article in Article.objects.filter(slug__in=ARTICLES):
            dated, place, countries, instruments, facts, doubts = ARTICLES[article.slug]
            with self.subTest(article.slug):
                self.assertEqual((article.dated.isoformat(), article.dateline_place), (dated, place))
                self.assertEqual(" ".join(article.countries.values_list("iso3", flat=True).order_by("iso3")), countries)
                cited = article.citations.values_list("convention__code", flat=True).order_by("convention__code")
                self.assertEqual(" ".join(cited), instruments)
                page = self.client.get(article.get_absolute_url())
                text = " ".join(Page(page.content.decode()).text.split())
                for words in facts + doubts:
                    self.assertIn(words.lower(), text.lower())

    def test_what_is_cited_is_named_in_the_text_and_linked_there(self):
        for article in Article.objects.filter(slug__in=ARTICLES).prefetch_related("citations__convention"):
            body = self.client.get(article.get_absolute_url()).content.decode().split('<div class="prose">')[1]
            for citation in article.citations.all():
                with self.subTest(article=article.slug, instrument=citation.convention.code):
                    self.assertIn(f'popovertarget="about-{citation.convention.code.lower()}"', body)

    def test_each_is_read_in_two_minutes(self):
        for article in Article.objects.filter(slug__in=ARTICLES):
            self.assertTrue(150 <= len(fold(article.body).split()) <= 400, article)

    def test_none_tells_how_it_was_made(self):
        """What is not known is said to be so; what the desk did not note down is no news."""
        for article in Article.objects.all():
            self.assertNotRegex(fold(f"{article.standfirst} {article.body}"), r"not noted|not recorded here|not kept", article)

    def test_every_article_has_a_source_that_can_be_opened(self):
        for article in Article.objects.filter(slug__in=ARTICLES):
            self.assertRegex(article.source_url, r"^https?://", article)
            self.assertTrue(article.source_name and article.topics.exists(), article)

    def test_what_is_told_is_found_again_in_the_tracker(self):
        """Each bears on a promise that is on record, but for the two on events at which nobody promised anything."""
        without = {each.slug for each in Article.objects.filter(slug__in=ARTICLES) if not each.reported_commitments().exists()}
        self.assertEqual(without, {"somalia-ratifies-seven-conventions", "kazakhstan-pay-system-round-table"})

    def test_every_source_address_of_a_figure_or_role_is_written_out(self):
        for model in (Statistic, Membership):
            for record in model.objects.all():
                self.assertRegex(record.source, r"https?://|the address of the original page was not found", record)

    def test_a_figure_has_a_unit_that_is_one_and_a_year(self):
        for figure in Statistic.objects.all():
            self.assertRegex(figure.unit, r"^[^\d]+$|^per 1,000 workers$", figure)
            self.assertTrue(1990 <= figure.year <= 2030, figure)

    def test_one_is_not_many(self):
        ones = Statistic.objects.filter(value=1)
        self.assertEqual({figure.unit for figure in ones}, {"person", "Protocol"})

    def test_what_is_not_exact_says_so_before_the_number(self):
        """And not in the note alone, under a bare number."""
        for figure in Statistic.objects.all():
            self.assertNotRegex(figure.note, r"(^|\. )(About|Over|More|Fewer|Up to) (than )?(\d|this)", figure)
        told = {f"{figure.amount} {figure.unit}" for figure in Statistic.objects.exclude(qualifier="")}
        self.assertLessEqual(
            {"about 470,000 persons", "more than 1,000,000 persons", "about 10,000 unions", "fewer than 100 unions"}, told
        )
        self.assertEqual(len(Statistic.objects.exclude(qualifier="")), 12)

    def test_two_ways_of_counting_never_share_a_chart(self):
        """A series is made by what is counted, so that names who counted: the bureau with diseases, the inspectorate without."""
        injured = Statistic.objects.filter(country__iso3="KAZ", indicator__iregex="^(injured|fatal|deaths|cases of injury)")
        self.assertGreater(injured.count(), 5)
        for indicator in injured.values_list("indicator", flat=True):
            self.assertRegex(indicator, r"statistics bureau|inspectorate|Concept of Safe Work|seminar", indicator)

    def test_an_article_weighs_less_than_60_kb(self):
        """With the stylesheet and the icon, which are served compressed."""
        files = [settings.BASE_DIR / "ilonews/static/ilonews" / name for name in ("site.css", "favicon.svg")]
        static = sum(len(gzip.compress(file.read_bytes())) for file in files)
        for article in Article.objects.all():
            self.assertLess(len(self.client.get(article.get_absolute_url()).content) + static, 60_000, article)

    def test_everybody_has_a_stated_role_in_the_article(self):
        for appearance in Appearance.objects.all():
            self.assertGreater(len(appearance.role_as_stated), 3, appearance)

    def test_direct_quotations_are_short_and_few(self):
        for article in Article.objects.filter(slug__in=ARTICLES):
            for quote in re.findall("“([^”]+)”", fold(article.body)):
                self.assertLessEqual(len(quote.split()), 8, article)
