"""The content that is committed: the first two articles with their roadmaps, what happened since, and what holds for all.

Every fact that the two source texts give stands here by hand, so that none can be lost from the fixtures unseen. What was
promised elsewhere is in test_tracker_content.py, the further articles in test_further_articles.py.
"""

import json
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import SimpleTestCase, TestCase
from django.utils.html import strip_tags

from articles.models import (
    Appearance,
    Article,
    Citation,
    Commitment,
    Discrepancy,
    Evidence,
    Image,
    Law,
    Membership,
    Organisation,
    Person,
    PriorityArea,
    ProgressUpdate,
    Responsibility,
    Roadmap,
    Signature,
    Statistic,
)
from conventions.records import clean_html

pytestmark = pytest.mark.rules

REGISTER = ["topic", "country", "convention"]
CONTENT = [
    "organisation",
    "organisationname",
    "person",
    "personname",
    "post",
    "membership",
    "roadmap",
    "party",
    "signature",
    "priorityarea",
    "commitment",
    "responsibility",
    "law",
    "evidence",
    "wording",
    "progressupdate",
    "image",
    "article",
    "citation",
    "appearance",
    "participation",
    "outsidelink",
    "statistic",
    "discrepancy",
    "reading",
    "page",
]
ROADMAP = "kazakhstan-roadmap-2024-2025"
PROGRAMME = "kazakhstan-decent-work-country-programme-2007-2009"
SIGNING = "kazakhstan-ilo-roadmap-decent-work"
CONFERENCE = "ilo-90th-anniversary-conference-astana"
RELATED_TO_THE_SIGNING = [
    "central-asian-unions-ilo-workplace-safety",
    "kazakhstan-general-agreement-2021-2023",
    "kazakhstan-pay-system-round-table",
    "somalia-ratifies-seven-conventions",
]
MINISTRY = "Ministry of Labour and Social Protection of Population of the Republic of Kazakhstan"
FEDERATION = "Federation of Trade Unions of the Republic of Kazakhstan"
ILO = "International Labour Organization"
CONFEDERATION = "Confederation of Employers of the Republic of Kazakhstan"
FIRST_VICE_MINISTER = "First Vice-Minister of Labour and Social Protection of Population of the Republic of Kazakhstan"
SOURCES = Path(os.environ.get("SOURCES_DIR") or settings.BASE_DIR.parent / "shared" / "sources")


def fold(text):
    """Read a text as a reader does: any run of white space, and one that does not break, is one space."""
    return re.sub(r"\s+", " ", strip_tags(text).replace("&nbsp;", " ")).strip()


def read(name):
    """The fields of every record of a fixture, as they are written there."""
    return [record["fields"] for record in json.loads((settings.BASE_DIR / "fixtures" / f"{name}.json").read_text("utf-8"))]


class ContentTestCase(TestCase):
    """The fixtures, loaded once for a class."""

    fixtures = REGISTER + CONTENT

    @classmethod
    def setUpTestData(cls):
        cls.signing, cls.conference = Article.objects.get(slug=SIGNING), Article.objects.get(slug=CONFERENCE)
        cls.roadmap, cls.programme = Roadmap.objects.get(slug=ROADMAP), Roadmap.objects.get(slug=PROGRAMME)

    def assertTells(self, article, *phrases):
        text = fold(f"{article.standfirst} {article.body}")
        for phrase in phrases:
            self.assertIn(phrase, text)


#: What the desk writes on its way; none of it is content to begin with.
NOT_CONTENT = {"transition", "correction", "previewlink", "comment", "embargo", "insider", "notices", "link", "reply"}


class FilesTests(SimpleTestCase):
    def test_every_model_of_the_newsroom_has_its_file(self):
        models = {model._meta.model_name for model in apps.get_app_config("articles").get_models()}
        self.assertEqual(models - set(CONTENT), NOT_CONTENT)

    def test_records_are_known_by_their_natural_key(self):
        for name in CONTENT:
            records = json.loads((settings.BASE_DIR / "fixtures" / f"{name}.json").read_text("utf-8"))
            with self.subTest(name):
                self.assertEqual({record["model"] for record in records}, {f"articles.{name}"})
                self.assertFalse([record for record in records if "pk" in record])

    def test_nobody_is_invented(self):
        """Fixtures have no accounts, so nobody drafted, recorded or confirmed anything."""
        for name in ("article", "roadmap", "progressupdate", "discrepancy", "page"):
            for fields in read(name):
                people = {key: value for key, value in fields.items() if key.endswith("_by") or key == "responsible_editor"}
                self.assertEqual(set(people.values()), {None})

    def test_the_recorded_date_is_explicit_and_not_the_day_of_the_news(self):
        for fields in read("progressupdate"):
            self.assertGreater(fields["recorded_at"][:10], fields["happened_on"])
            self.assertEqual(fields["recorded_at"], fields["published_at"])

    def test_the_body_is_what_will_be_stored(self):
        for fields in read("article"):
            self.assertHTMLEqual(fields["body"], clean_html(fields["body"]))
            self.assertLessEqual(
                set(re.findall(r"<(\w+)", fields["body"])), {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "blockquote", "a"}
            )
            self.assertTrue(150 <= len(fold(fields["body"]).split()) <= 400, fields["slug"])


class EveryRecordTests(ContentTestCase):
    def test_it_works(self):
        self.assertEqual(Article.objects.published().count(), 18)
        self.assertEqual(Roadmap.objects.published().count(), 14)

    def test_every_record_is_valid(self):
        for model in apps.get_app_config("articles").get_models():
            for record in model._default_manager.all():
                with self.subTest(record=repr(record)):
                    record.full_clean()

    def test_nothing_is_hidden(self):
        models = (Person, Organisation, Image, Statistic, Commitment, ProgressUpdate, Citation, Appearance, Signature, Law)
        for model in (*models, Discrepancy):
            with self.subTest(model.__name__):
                self.assertEqual(model.objects.published().count(), model.objects.count())

    def test_every_fact_has_its_source(self):
        for model in (Roadmap, Commitment, Membership, Signature, Statistic, Law):
            self.assertFalse(model.objects.filter(source="").exists())
        self.assertFalse(Article.objects.filter(source_name="").exists())
        for article in Article.objects.all():
            self.assertTrue(article.source_url or "not found" in article.source_note, article)

    def test_every_figure_has_unit_and_year(self):
        for figure in Statistic.objects.all():
            self.assertTrue(figure.unit and figure.year, figure)

    def test_a_figure_without_a_state_is_of_states_or_of_the_world(self):
        """A State is left out only where the figure is of no single one."""
        found = Statistic.objects.filter(country=None).order_by("year", "value").values_list("year", "value", "unit")
        self.assertEqual(
            [(year, int(value), unit) for year, value, unit in found],
            [
                (2023, 435_000_000, "persons"),
                (2024, 41, "States"),
                (2024, 75, "States"),
                (2025, 54, "States"),
                (2026, 8, "votes"),
                (2026, 36, "abstentions"),
                (2026, 406, "votes"),
            ],
        )

    def test_everybody_appears_in_a_role(self):
        self.assertFalse(Appearance.objects.filter(role_as_stated="").exists())

    def test_every_update_has_evidence_and_all_evidence_is_used(self):
        for update in ProgressUpdate.objects.select_related("evidence"):
            source = update.evidence
            self.assertTrue(source.url and source.publisher and source.title and source.voice, update)
        idle = dict.fromkeys(["leads__isnull", "supports__isnull", "wordings__isnull", "readings__isnull"], True)
        self.assertFalse(Evidence.objects.filter(**idle).exists())

    def test_evidence_of_an_update_is_not_older_than_a_report_can_be(self):
        """A leading source that bears a day is of the day of the event or later, or opens a meeting of several days."""
        for update in ProgressUpdate.objects.select_related("evidence"):
            source = update.evidence
            if source.dated_on and source.dated_on_precision == update.happened_on_precision == "day":
                self.assertGreaterEqual((source.dated_on - update.happened_on).days, -1, update)

    def test_no_verdict_is_confirmed(self):
        self.assertFalse(ProgressUpdate.objects.filter(confirmed_at__isnull=False).exists())


class SigningTests(ContentTestCase):
    """The article on the roadmap 2024-2025."""

    def test_when_and_where(self):
        self.assertEqual((self.signing.dated, self.signing.dateline_place), (date(2024, 6, 12), "Geneva"))
        self.assertEqual(self.signing.source_date, date(2024, 6, 12))
        self.assertIn("reprint", self.signing.source_note)
        self.assertTells(self.signing, "on the sidelines of the International Labour Conference", "in 2024 and 2025")

    def test_parties_and_period(self):
        self.assertEqual([party.role for party in self.roadmap.parties.all()], ["government", "employers", "workers", "ilo"])
        self.assertEqual((str(self.roadmap.starts), str(self.roadmap.ends)), ("2024", "2025"))
        self.assertEqual(str(self.roadmap.signed), "June 2024")
        self.assertEqual(list(self.signing.roadmaps.all()), [self.roadmap])

    def test_five_areas(self):
        self.assertEqual(
            list(self.roadmap.areas.values_list("title", flat=True)),
            [
                "Occupational safety and health",
                "Social dialogue and tripartism",
                "Elimination of violence and harassment",
                "Fair wages",
                "Social protection",
            ],
        )
        areas = "occupational safety and health, social dialogue and tripartism, violence and harassment, fair wages"
        self.assertTells(self.signing, f"{areas}, and social protection")

    def test_law_and_inspection(self):
        self.assertTells(self.signing, "In 2023", "Social Code", "Labour Code", "labour inspection")

    def test_figures(self):
        self.assertEqual(
            [(str(figure.year), str(figure)[-11:]) for figure in self.signing.statistics.order_by("year")],
            [("2020", "237 persons"), ("2022", "657 persons")],
        )
        self.assertTells(self.signing, "237 victims of occupational diseases in 2020 and 657 in 2022", "occur in mining")

    def test_instruments(self):
        self.assertEqual(
            list(self.signing.citations.values_list("convention__code", "words")),
            [
                ("C176", "Safety and Health in Mines Convention, 1995 (No. 176)"),
                (
                    "C087",
                    "Freedom of Association and Protection of the Right to Organise Convention, 1948 (No. 87)",
                ),
                ("C131", "Minimum Wage Fixing Convention, 1970 (No. 131)"),
                ("C190", "Violence and Harassment Convention, 2019 (No. 190)"),
            ],
        )
        self.assertTells(self.signing, "(No. 176)", "(No. 87)", "(No. 131)", "(No. 190)")

    def test_the_year_of_c87_is_told_with_what_the_register_says(self):
        note = fold(self.signing.citations.get(convention__code="C087").note)
        for phrase in ("1999", "2000", "the day is not known", "No. 29-II of 30 December 1999"):
            self.assertIn(phrase, note)
        self.assertTells(self.signing, "gives 1999 as the year")

    def test_no_131_twice(self):
        self.assertIn("names No. 131 twice; which other Convention was meant is not known", self.signing.body)
        note = fold(self.signing.citations.get(convention__code="C131").note)
        self.assertIn("names No. 131 twice", note)
        self.assertIn("unconfirmed", note)
        self.assertFalse(Commitment.objects.filter(convention__code="C102").exists())

    def test_people(self):
        self.assertEqual(
            list(self.signing.appearances.values_list("person__name", "role_as_stated", "organisation__name")),
            [
                ("Akmadi Sarbassov", FIRST_VICE_MINISTER, MINISTRY),
                ("Satybaldy Dauletalin", f"Chairman of the {FEDERATION}", FEDERATION),
                ("Zhumabek Zhanykylov", f"Chairman of the Presidium of the {CONFEDERATION}", CONFEDERATION),
                ("Beate Andrees", "ILO Regional Director for Europe and Central Asia", ILO),
            ],
        )

    def test_who_was_present_only_says_nothing(self):
        silent = self.signing.appearances.filter(reported_speech="").values_list("person__name", flat=True)
        self.assertEqual(list(silent), ["Satybaldy Dauletalin", "Zhumabek Zhanykylov"])
        said = " ".join(self.signing.appearances.values_list("reported_speech", flat=True))
        self.assertIn("safety and the dignity", said)
        self.assertIn("in mining and in other sectors", said)

    def test_five_links(self):
        links = self.signing.outside_links.all()
        self.assertEqual(len(links), 5)
        self.assertEqual([link.title for link in links if not link.url], ["International Labour Standards"])
        for link in links:
            self.assertTrue("ilo.org" in link.url or link.note, link)

    def test_the_articles_lead_to_each_other(self):
        """And its own related links lead to our pages too: four of its five have an article here."""
        related = set(self.signing.related.values_list("slug", flat=True))
        self.assertEqual(related, {CONFERENCE, *RELATED_TO_THE_SIGNING})
        self.assertIn(self.signing, self.conference.related.all())


class ConferenceTests(ContentTestCase):
    """The article on the ILO's 90th anniversary."""

    def test_when_and_where(self):
        self.assertEqual((self.conference.dated, self.conference.dateline_place), (date(2009, 4, 23), "Astana"))
        self.assertIsNone(self.conference.source_date)
        self.assertEqual(self.conference.source_url, "")
        self.assertTells(self.conference, "22 and 23 April 2009", "90th anniversary")

    def test_who_came(self):
        self.assertEqual(set(self.conference.countries.values_list("iso3", flat=True)), {"KAZ", "UZB", "KGZ", "TJK"})
        part = self.conference.participations.get(organisation__name=MINISTRY)
        self.assertEqual(part.role_as_stated, "Initiated the conference")
        self.assertTells(self.conference, "Kazakhstan, Uzbekistan, Kyrgyzstan and Tajikistan", "had initiated it")

    def test_people(self):
        self.assertEqual(
            list(self.conference.appearances.values_list("person__name", "role_as_stated", "organisation__name")),
            [
                ("Sten Petersen", "Senior workers activities specialist", None),
                ("B. Nurymbetov", "Vice minister of labour and social protection of Kazakhstan", MINISTRY),
                ("Wiking Husberg", "Senior OSH specialist", None),
            ],
        )

    def test_what_it_was_about(self):
        self.assertTells(
            self.conference,
            "the labour code, the employment law and the legal acts on targeted social assistance",
            "national priority",
            "collective agreements and memoranda with large companies",
            "national profiles and national programmes",
            "development after the crisis",
        )

    def test_it_cites_no_instrument(self):
        self.assertFalse(self.conference.citations.exists())

    def test_the_picture_is_a_caption_only(self):
        self.assertFalse(self.conference.lead_image.file)
        self.assertIn("Wiking Husberg giving an interview to the press", self.conference.lead_image.caption)

    def test_the_programme(self):
        self.assertEqual(list(self.conference.roadmaps.all()), [self.programme])
        self.assertEqual(self.programme.kind, "country-programme")
        self.assertEqual((str(self.programme.starts), str(self.programme.ends)), ("2007", "2009"))
        self.assertIsNone(self.programme.signed_on)
        self.assertEqual([party.role for party in self.programme.parties.all()], ["government", "ilo"])
        self.assertEqual(
            list(self.programme.commitments.values_list("exact", flat=True)),
            [
                "the improvement of OSH system",
                "further development of collective bargaining mechanism",
                "the development of the employment strategy",
            ],
        )
        self.assertEqual({state.delivery for state in self.programme.commitments.with_state()}, {"no-information"})
        self.assertIn("no source on its completion was seen", self.programme.summary.lower())


class CommitmentsTests(ContentTestCase):
    """What the roadmap 2024-2025 promised and how it stands, as the evidence seen says."""

    def states(self, as_of=None):
        found = self.roadmap.commitments.with_state(as_of=as_of)
        return {state.number: (state.delivery, state.effect) for state in found}

    def test_what_was_promised(self):
        self.assertEqual(
            list(self.roadmap.commitments.values_list("number", "strength", "convention__code")),
            [
                (1, "ratify", "C176"),
                (2, "amend-law", "C176"),
                (3, "strengthen", None),
                (4, "other", "C087"),
                (5, "ratify", "C131"),
                (6, "amend-law", None),
                (7, "discuss", "C190"),
                (8, "other", None),
            ],
        )

    def test_no_commitment_stands_for_social_protection(self):
        area = PriorityArea.objects.get(roadmap=self.roadmap, title="Social protection")
        self.assertFalse(area.commitments.exists())
        self.assertIn("No separate commitment", area.note)

    def test_only_the_government_is_held_to_it_and_only_where_the_source_says_so(self):
        held = Responsibility.objects.filter(commitment__roadmap=self.roadmap)
        found = held.values_list("commitment__number", "organisation__name")
        self.assertEqual(set(found), {(number, "Government of Kazakhstan") for number in (1, 2, 5, 6)})

    def test_who_signed(self):
        signed = set(self.roadmap.signatures.values_list("person__name", flat=True))
        self.assertEqual(signed, {"Beate Andrees", "Satybaldy Dauletalin", "Akmadi Sarbassov", "Aidos Abikhanov"})
        for words in ("12 June 2024", "10 June", "Zhumabek Zhanykylov", "Aidos Abikhanov"):
            self.assertIn(words, self.roadmap.signed_note)

    def test_a_second_spelling(self):
        self.assertEqual(Person.objects.get(other_names__name="Akmadi Sarbasov").name, "Akmadi Sarbassov")

    def test_on_the_day_of_the_news_nothing_had_happened(self):
        self.assertEqual(set(self.states(date(2024, 6, 12)).values()), {("no-information", "not-assessed")})

    def test_how_they_stand(self):
        self.assertEqual(
            self.states(date(2026, 11, 20)),
            {
                1: ("under-way", "not-assessed"),
                2: ("under-way", "not-assessed"),
                3: ("in-part", "not-assessed"),
                4: ("under-way", "not-assessed"),
                5: ("in-part", "none-seen"),
                6: ("under-way", "not-assessed"),
                7: ("delivered", "not-assessed"),
                8: ("delivered", "none-seen"),
            },
        )

    def test_the_law_on_c131_is_not_the_ratification(self):
        law = ProgressUpdate.objects.get(commitment__slug="kazakhstan-2024-ratify-c131", happened_on=date(2025, 10, 20))
        self.assertEqual((law.delivery, law.effect), ("in-part", "not-assessed"))
        self.assertEqual(self.states(date(2025, 10, 20))[5], ("in-part", "not-assessed"))
        self.assertEqual(self.states(date(2025, 10, 19))[5], ("under-way", "not-assessed"))

    def test_at_the_end_of_2025_the_law_stands_and_nothing_is_overdue(self):
        self.assertEqual(self.states(date(2025, 12, 31))[5], ("in-part", "none-seen"))
        self.assertFalse(self.roadmap.commitments.overdue(date(2025, 12, 31)))
        late = self.roadmap.commitments.overdue(date(2026, 1, 1)).values_list("number", flat=True)
        self.assertEqual(set(late), {1, 2, 3, 4, 5, 6})

    def test_nothing_was_known_before_it_was_recorded(self):
        first = min(update.recorded_at for update in ProgressUpdate.objects.all())
        self.assertGreater(first, datetime(2026, 1, 1, tzinfo=UTC))
        found = Commitment.objects.with_state(known=date(2026, 1, 1))
        self.assertEqual({state.delivery for state in found}, {"no-information"})


class QuotesTests(SimpleTestCase):
    """Words in quotation are the source's own."""

    def test_a_quote_is_short_and_has_no_blank_at_its_edge(self):
        for fields in read("commitment") + read("wording"):
            self.assertLessEqual(len(fields["exact"].split()), 12)
            for part in ("exact", "prefix", "suffix"):
                self.assertEqual(fields[part], fold(fields[part]))

    def test_words_of_instruments_are_in_the_words_of_commitments(self):
        """Where both quote the source, they agree."""
        quoted = " ".join(f"{fields['prefix']} {fields['exact']}{fields['suffix']}" for fields in read("commitment"))
        citations = [fields for fields in read("citation") if fields["article"] == [SIGNING]]
        words = [fields["words"] for fields in citations if fields["convention"] != ["C087"]]
        for name in words:
            self.assertIn(name, quoted)

    def assertQuotes(self, text, fields):
        """The words stand in the text once, between those that are given as before and after them."""
        before, after = text.split(fields["exact"])
        self.assertTrue(before.rstrip().endswith(fields["prefix"]), fields)
        self.assertTrue(after.lstrip().startswith(fields["suffix"]), fields)

    def test_every_quote_of_the_two_texts_is_in_them(self):
        if not SOURCES.is_dir():
            pytest.skip(f"The source texts are not ours to copy and are not at {SOURCES}: set SOURCES_DIR.")
        texts = [fold(path.read_text("utf-8")) for path in sorted(SOURCES.glob("*.txt"))]
        for fields in read("commitment"):
            if fields["roadmap"][0] in (ROADMAP, PROGRAMME):
                with self.subTest(fields["exact"]):
                    [text] = [text for text in texts if fields["exact"] in text]
                    self.assertQuotes(text, fields)
        for fields in read("citation"):
            if fields["article"] == [SIGNING]:
                self.assertTrue([text for text in texts if fields["words"] in text], fields["words"])

    def test_words_of_an_instrument_elsewhere_are_those_of_a_title(self):
        """Of the sources of the further articles no text is at hand; their wording stands only where their title has it."""
        titles = {fields["slug"]: fields["source_name"] for fields in read("article")}
        for fields in read("citation"):
            if fields["words"] and fields["article"] != [SIGNING]:
                self.assertIn(fields["words"], titles[fields["article"][0]])

    def test_every_other_quote_is_in_the_excerpt_of_its_source(self):
        """Of a piece of evidence whose address the commitment's own source gives."""
        evidence = read("evidence")
        for fields in read("commitment"):
            if fields["exact"] and fields["roadmap"][0] not in (ROADMAP, PROGRAMME):
                with self.subTest(fields["exact"]):
                    named = [row["excerpt"] for row in evidence if row["url"] in fields["source"]]
                    [text] = [text for text in named if fields["exact"] in text]
                    self.assertQuotes(text, fields)

    def test_a_commitment_without_words_says_so(self):
        silent = {fields["slug"]: fields["note"] for fields in read("commitment") if not fields["exact"]}
        self.assertEqual(len(silent), 5)
        for slug, note in silent.items():
            self.assertRegex(note, r"words of .* were not seen|Neither the words nor .* were found", slug)

    def test_other_wordings_and_readings_quote_their_evidence(self):
        excerpts = {(row["url"], row["title"]): row["excerpt"] for row in read("evidence")}
        for fields in read("wording"):
            with self.subTest(fields["exact"]):
                self.assertQuotes(excerpts[tuple(fields["evidence"])], fields)
        for fields in read("reading"):
            self.assertIn(fields["exact"], excerpts[tuple(fields["evidence"])], fields["says"])
