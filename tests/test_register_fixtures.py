"""The register as it is committed: what a new site is filled with, and that no date in it lacks a source."""

import json
from collections import Counter

import pytest
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.test import SimpleTestCase, TestCase

from conventions.models import Convention, Country, Ratification, Topic
from conventions.register import rules as register

pytestmark = pytest.mark.rules

FIXTURES = ["topic", "country", "convention", "ratification"]


def records(name):
    """The fields of the records in a committed fixture."""
    text = (settings.BASE_DIR / "fixtures" / f"{name}.json").read_text(encoding="utf-8")
    return [record["fields"] for record in json.loads(text)]


class NoUnsourcedDate(SimpleTestCase):
    """In the committed fixtures no field holds a date that no source gives."""

    def test_instruments(self):
        dated = [fields for fields in records("convention") if fields["adopted_on"] or fields["in_force_on"]]
        self.assertNotIn(register.NO_SOURCE, {fields["source"] for fields in dated})
        self.assertNotIn("recommendation", {fields["kind"] for fields in dated})
        self.assertEqual(sum(bool(fields["adopted_on"]) for fields in dated), 108)
        self.assertEqual(sum(bool(fields["in_force_on"]) for fields in dated), 38)

    def test_membership(self):
        since = {fields["iso3"]: fields["member_since"] for fields in records("country") if fields["member_since"]}
        self.assertEqual(since, {"KAZ": 1993, "TKM": 1993, "UZB": 1992})
        self.assertEqual({fields["member_note"] for fields in records("country")}, {""})

    def test_ratifications(self):
        def exactness(fields):
            on = fields["ratified_on"]
            return fields["verification"], fields["ratified_on_precision"] if on else None

        self.assertEqual(
            Counter(map(exactness, records("ratification"))),
            {("day", "day"): 383, ("year", "year"): 1546, ("exists", None): 11, ("none", None): 166},
        )

    def test_denunciations(self):
        self.assertEqual(
            [
                (*fields["country"], *fields["convention"], fields["denounced_on"], fields["denounced_on_precision"])
                for fields in records("ratification")
                if fields["denounced_on"]
            ],
            [
                ("MYS", "C105", "1990-12-31", "year"),
                ("NZL", "C001", "1989-06-09", "day"),
                ("SGP", "C105", "1979-12-31", "year"),
            ],
        )


class CommittedFixtures(TestCase):
    """What a new site is filled with."""

    @classmethod
    def setUpTestData(cls):
        call_command("loaddata", *FIXTURES, verbosity=0)

    def stored(self):
        """Everything that is stored, in the form of a fixture, with the keys of the database beside it."""
        return {
            model._meta.model_name: json.loads(
                serializers.serialize("json", model.objects.select_related().order_by("pk"), use_natural_foreign_keys=True)
            )
            for model in [Topic, Country, Convention, Ratification]
        }

    def act(self, code, iso3="KAZ"):
        return Ratification.objects.get_by_natural_key(iso3, code, 1)

    def test_nobody_is_missing(self):
        self.assertEqual(
            Counter(Convention.objects.values_list("kind", flat=True)),
            {"convention": 193, "protocol": 6, "recommendation": 209},
        )
        self.assertEqual((Country.objects.count(), Ratification.objects.count(), Topic.objects.count()), (187, 2106, 22))
        numbers = Convention.objects.filter(kind="convention").order_by("number").values_list("number", flat=True)
        self.assertEqual(list(numbers), list(range(1, 194)))

    def test_what_is_stored_is_what_the_fixtures_say(self):
        for name, stored in self.stored().items():
            with self.subTest(fixture=name):
                said = records(name)
                self.assertEqual(
                    [{key: row["fields"][key] for key in each} for row, each in zip(stored, said, strict=True)], said
                )

    def test_loading_twice_changes_nothing(self):
        before = self.stored()
        call_command("loaddata", *FIXTURES, verbosity=0)
        self.assertEqual(self.stored(), before)

    def test_every_record_passes_its_own_rules(self):
        for act in Ratification.objects.select_related("convention"):
            act.clean()

    def test_the_fundamental_instruments_have_the_ratifications_that_normlex_counts(self):
        totals = Counter(
            Ratification.objects.registered()
            .filter(convention__category="fundamental")
            .values_list("convention__code", flat=True)
        )
        self.assertEqual(
            totals,
            {
                "C087": 158,
                "C098": 168,
                "C029": 181,
                "P029": 65,
                "C105": 178,
                "C100": 175,
                "C111": 175,
                "C138": 177,
                "C182": 187,
                "C155": 94,
                "C187": 77,
            },
        )

    def test_registered_and_reported_part_the_register(self):
        self.assertEqual(Ratification.objects.registered().count(), 383 + 1546 + 5)
        self.assertEqual(Ratification.objects.reported().count(), 166 + 6)

    def test_a_law_alone_registers_nothing(self):
        law_alone = {("KAZ", code) for code in ["C026", "C122", "C131", "C156"]} | {("UZB", "C081"), ("UZB", "C129")}
        seen = {("KAZ", code) for code in ["C144", "C148", "C162"]} | {("TJK", "C032"), ("TJK", "C047")}
        exists = Ratification.objects.filter(verification="exists").values_list("country__iso3", "convention__code", "registered")
        self.assertEqual({(iso3, code) for iso3, code, registered in exists if not registered}, law_alone)
        self.assertEqual({(iso3, code) for iso3, code, registered in exists if registered}, seen)

    def test_kazakhstan_has_a_law_on_c131_and_no_registration(self):
        act = self.act("C131")
        self.assertFalse(act.registered)
        self.assertIsNone(act.ratified)
        self.assertEqual((act.status, act.national_law), ("not-in-force", "Law No. 224-VIII of 20 Oct 2025"))

    def test_kazakhstan_ratified_c087_in_2000_whatever_the_law_of_1999_says(self):
        act = self.act("C087")
        self.assertEqual((str(act.ratified), act.ratified.precision, act.registered), ("2000", "year", True))
        self.assertEqual(act.national_law, "Law No. 29-II of 30 Dec 1999")

    def test_kazakhstan_ratified_c187_on_a_known_day(self):
        self.assertEqual(str(self.act("C187").ratified), "3 February 2015")

    def test_instruments_that_revise_each_other(self):
        mlc = Convention.objects.get(code="C186")
        self.assertEqual(mlc.revises.count(), 37)
        self.assertIn(mlc, Convention.objects.get(code="P147").revised_by.all())

    def test_instruments_without_a_day_of_entry_into_force(self):
        never = Convention.objects.filter(entry_into_force="never")
        self.assertEqual((never.count(), set(never.values_list("status", flat=True))), (13, {"withdrawn"}))
        for answer, codes in [("not-yet", ["C192", "C193"]), ("unknown", ["C191"])]:
            with self.subTest(answer=answer):
                found = Convention.objects.filter(entry_into_force=answer).order_by("code")
                self.assertEqual([instrument.code for instrument in found], codes)
