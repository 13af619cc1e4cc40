"""Every fact of the two source articles is found by a reader, on a public page."""

import html
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import TestCase

pytestmark = pytest.mark.rules

FIXTURES = sorted(file.stem for file in Path(settings.BASE_DIR, "fixtures").glob("*.json"))
ROADMAP_STORY = "/articles/2024/kazakhstan-ilo-roadmap-decent-work/"
CONFERENCE_STORY = "/articles/2009/ilo-90th-anniversary-conference-astana/"
ROADMAP = "/roadmaps/kazakhstan-roadmap-2024-2025/"
PROGRAMME = "/roadmaps/kazakhstan-decent-work-country-programme-2007-2009/"


def load_order():
    """The fixtures in the order in which `load_content` loads them."""
    from ilonews.management.commands.load_content import in_order

    return [model._meta.model_name for model in in_order() if model._meta.model_name in FIXTURES]


class FactsTests(TestCase):
    fixtures = load_order()

    def read(self, address):
        """The words of a page as a reader sees them."""
        response = self.client.get(address)
        self.assertEqual(response.status_code, 200, address)
        main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
        return (
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).replace("\xa0", " ").split())
            .replace(" ,", ",")
            .replace(" .", ".")
        )

    def assert_found(self, address, *facts):
        page = self.read(address)
        for fact in facts:
            with self.subTest(page=address, fact=fact):
                self.assertIn(fact.lower(), page.lower())

    def test_where_when_and_between_whom(self):
        self.assert_found(ROADMAP_STORY, "12 June 2024", "Geneva", "sidelines of the International Labour Conference")
        self.assert_found(ROADMAP, "2024–2025", "Government", "Employers", "Workers", "International Labour Organization")

    def test_the_five_areas(self):
        areas = [
            "occupational safety and health",
            "social dialogue and tripartism",
            "violence and harassment",
            "fair wages",
            "social protection",
        ]
        self.assert_found(ROADMAP_STORY, *areas)
        self.assert_found(ROADMAP, *areas)

    def test_laws_inspection_and_figures(self):
        self.assert_found(
            ROADMAP_STORY, "Social Code", "Labour Code", "labour inspection", "237", "2020", "657", "2022", "mining"
        )
        victims = "Victims of occupational diseases, Kazakhstan (persons)"
        self.assert_found("/countries/kazakhstan/", victims, "2020 237", "2022 657")

    def test_what_was_promised(self):
        promises = ["(C176)", "labour inspection", "(C87)", "(C131)", "violence and harassment", "(C190)"]
        self.assert_found(ROADMAP_STORY, *promises)
        self.assert_found(ROADMAP, "8 commitments", *promises)
        self.assert_found("/commitments/kazakhstan-2024-ratify-c176/", "concrete plans to ratify", "Ratify", "due", "2025")
        self.assert_found("/commitments/kazakhstan-2024-discuss-c190/", "Open discussion", "Delivered", "not yet confirmed")

    def test_the_source_names_one_convention_twice(self):
        self.assert_found(ROADMAP_STORY, "names No. 131 twice", "which other Convention was meant is not known")

    def test_the_year_the_source_gives_and_the_register_does_not(self):
        self.assert_found(ROADMAP_STORY, "1999", "registration with the ILO in 2000", "the day is not known", "30 December 1999")
        self.assert_found("/countries/kazakhstan/", "2000 day unknown", "Law No. 29-II of 30 Dec 1999")

    def test_who_was_there(self):
        self.assert_found(
            ROADMAP_STORY,
            "Akmadi Sarbassov First Vice-Minister of Labour and Social Protection of Population of the Republic of Kazakhstan",
            "Satybaldy Dauletalin Chairman of the Federation of Trade Unions of the Republic of Kazakhstan",
            "Zhumabek Zhanykylov Chairman of the Presidium of the Confederation of Employers of the Republic of Kazakhstan",
            "Beate Andrees ILO Regional Director for Europe and Central Asia",
            "Said at the signing that",
        )

    def test_five_related_links(self):
        self.assert_found(
            ROADMAP_STORY,
            "ILO experts and trade unions in Central Asia discuss workplace safety in the region",
            "The 2021-2023 General Agreement Between Government and Nationwide Employer and Worker Associations",
            "Challenges and prospects of the remuneration system discussed in Kazakhstan",
            "Somalia recognizes decent work for women and men as the foundation of peace and resilience",
            "International Labour Standards",
        )

    def test_the_conference(self):
        self.assert_found(
            CONFERENCE_STORY,
            "Astana",
            "22 and 23 April 2009",
            "Ministry of Labour and Social Protection of the Population had initiated it",
            "Kazakhstan, Uzbekistan, Kyrgyzstan and Tajikistan",
            "Sten Petersen",
            "workers activities specialist",
            "B. Nurymbetov",
            "Vice minister of labour and social protection",
            "Wiking Husberg",
            "Senior OSH specialist",
            "labour code",
            "employment law",
            "targeted social assistance",
            "national priority",
            "collective agreements and memoranda with large companies",
            "national profiles and national programmes",
            "development after the crisis",
            "photograph",
        )

    def test_the_programme_with_its_three_priorities(self):
        self.assert_found(
            PROGRAMME,
            "Decent Work Country Programme",
            "2007–2009",
            "3 commitments",
            "occupational safety and health",
            "collective bargaining",
            "employment strategy",
        )
