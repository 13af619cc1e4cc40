"""The register on its way in: the rules of conversion and the command.

The cast of the rules: Kazakhstan (KAZ), which ratified C087 in 2000 and C187 on 3 February 2015, and has a law on C131.
"""

import csv
import json
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase

from conventions.register import rules as register
from conventions.register.rules import RegisterError

CODES = {"C087", "C041", "C004", "C187", "C131"}


def instrument(**cells):
    """The row of C087 with other cells."""
    row = {
        "code": "C087",
        "kind": "convention",
        "number": "87",
        "title": "Freedom of Association and Protection of the Right to Organise Convention, 1948 (No. 87)",
        "year": "1948",
        "adopted_on": "1948-07-09",
        "in_force_on": "1950-07-04",
        "category": "fundamental",
        "status": "up-to-date",
        "topic": "Freedom of association",
        "revises": "",
        "title_verified": "yes",
        "adopted_verified": "yes",
        "in_force_verified": "yes",
        "status_verified": "no",
        "source": "Official Bulletin, 1948",
        "note": "",
    }
    return row | cells


def recommendation(**cells):
    """The row of R200 with other cells."""
    row = {"code": "R200", "number": "200", "title": "HIV and AIDS Recommendation, 2010 (No. 200)", "year": "2010"}
    return row | {"verified": "no", "source": "knowledge only"} | cells


def state(**cells):
    """The row of Kazakhstan with other cells."""
    row = {
        "iso2": "KZ",
        "iso3": "KAZ",
        "name_en": "Kazakhstan",
        "name_ilo": "Republic of Kazakhstan",
        "ilo_region": "Europe and Central Asia",
        "ilo_member_since": "1993",
        "member_note": "as an independent State",
        "member_since_verified": "yes",
        "region_verified": "no",
        "source": "Ministry of Foreign Affairs",
    }
    return row | cells


def act(**cells):
    """The row of Kazakhstan's ratification of C087, whose year alone is verified, with other cells."""
    row = {
        "iso3": "KAZ",
        "convention": "C087",
        "ratified_on": "2000-12-13",
        "ratified_year": "2000",
        "date_basis": "knowledge",
        "status": "in force",
        "denounced_on": "",
        "national_law": "Law No. 29-II of 30 Dec 1999",
        "note": "",
        "verified": "year",
        "source": "NORMLEX, comparative table",
    }
    return row | cells


read_instrument = partial(register.convention_fields, codes=CODES)
read_act = partial(register.ratification_fields, countries={"KAZ"}, codes=CODES)


class RuleTestCase(SimpleTestCase):
    def assert_refused(self, sentence, rule, row):
        with self.assertRaises(RegisterError) as caught:
            rule(row)
        self.assertEqual(str(caught.exception), sentence)


class InstrumentRules(RuleTestCase):
    def test_it_works(self):
        self.assertEqual(
            read_instrument(instrument(revises="C041 C004", note="in doubt")),
            {
                "kind": "convention",
                "code": "C087",
                "number": 87,
                "title": "Freedom of Association and Protection of the Right to Organise Convention, 1948 (No. 87)",
                "title_verified": True,
                "year": 1948,
                "adopted_on": "1948-07-09",
                "entry_into_force": "entered",
                "in_force_on": "1950-07-04",
                "category": "fundamental",
                "status": "up-to-date",
                "status_verified": False,
                "topics": [["freedom-of-association"]],
                "revises": [["C004"], ["C041"]],
                "note": "in doubt",
                "source": "Official Bulletin, 1948",
            },
        )

    def test_a_day_that_no_source_gives_is_dropped(self):
        fields = read_instrument(instrument(adopted_verified="no", in_force_verified="no"))
        self.assertIsNone(fields["adopted_on"])
        self.assertIsNone(fields["in_force_on"])
        self.assertEqual(fields["entry_into_force"], "entered", "that it entered into force is not in doubt")

    def test_whether_it_entered_into_force(self):
        for status, answer in [("withdrawn", "never"), ("not yet in force", "not-yet"), ("not classified", "unknown")]:
            with self.subTest(status=status):
                row = instrument(in_force_on="", in_force_verified="n/a", status=status)
                self.assertEqual(read_instrument(row)["entry_into_force"], answer)
        self.assertEqual(read_instrument(instrument(status="withdrawn"))["entry_into_force"], "entered")

    def test_the_words_of_the_tables_become_the_words_of_the_models(self):
        for word in ["to be revised", "not yet in force", "no conclusions", "up-to-date", "interim"]:
            with self.subTest(word=word):
                self.assertEqual(read_instrument(instrument(status=word))["status"], word.replace(" ", "-"))
        self.assertEqual(read_instrument(instrument(category="governance"))["category"], "governance")

    def test_without_a_source_the_register_says_so(self):
        for source in ["", "knowledge only"]:
            with self.subTest(source=source):
                self.assertEqual(read_instrument(instrument(source=source))["source"], register.NO_SOURCE)

    def test_a_recommendation_binds_nobody_and_has_no_dates(self):
        fields = register.recommendation_fields(recommendation())
        self.assertEqual((fields["kind"], fields["code"], fields["entry_into_force"]), ("recommendation", "R200", "n/a"))
        self.assertEqual((fields["category"], fields["status"], fields["topics"], fields["revises"]), ("", "", [], []))
        self.assertEqual((fields["adopted_on"], fields["in_force_on"]), (None, None))
        self.assertEqual((fields["title_verified"], fields["source"]), (False, register.NO_SOURCE))
        seen = register.recommendation_fields(recommendation(verified="yes", source="ilo.org"))
        self.assertEqual((seen["title_verified"], seen["source"]), (True, "ilo.org"))

    def test_a_topic_has_the_slug_of_its_name(self):
        self.assertEqual(register.topic_fields(instrument(topic="Wages")), {"name": "Wages", "slug": "wages"})

    def test_refusals(self):
        not_a_day = "it must be a day of the calendar, or empty"
        for cells, sentence in [
            ({"kind": "treaty"}, "kind is “treaty”; it must be one of: convention, protocol, recommendation"),
            ({"number": "98"}, "code is “C087”, but kind and number make it C098"),
            ({"kind": "protocol"}, "code is “C087”, but kind and number make it P087"),
            ({"number": "eighty"}, "number is “eighty”; it must be a whole number"),
            ({"year": ""}, "year is “”; it must be a whole number"),
            ({"adopted_on": "9 July 1948"}, f"adopted_on is “9 July 1948”; {not_a_day}"),
            ({"adopted_on": "1948-02-30"}, f"adopted_on is “1948-02-30”; {not_a_day}"),
            ({"adopted_on": "1948"}, f"adopted_on is “1948”; {not_a_day}"),
            ({"adopted_on": "1948-00-09"}, f"adopted_on is “1948-00-09”; {not_a_day}"),
            ({"in_force_on": "soon", "in_force_verified": "no"}, f"in_force_on is “soon”; {not_a_day}"),
            ({"title_verified": "maybe"}, "title_verified is “maybe”; it must be one of: yes, no, n/a"),
            ({"category": "core"}, "category is “core”; it must be one of: fundamental, governance, technical"),
            ({"revises": "C004 C999"}, "revises names “C999”, which is not in the register"),
        ]:
            with self.subTest(**cells):
                self.assert_refused(sentence, read_instrument, instrument(**cells))


class CountryRules(RuleTestCase):
    def test_it_works(self):
        self.assertEqual(
            register.country_fields(state()),
            {
                "iso3": "KAZ",
                "iso2": "KZ",
                "name": "Kazakhstan",
                "official_name": "Republic of Kazakhstan",
                "slug": "kazakhstan",
                "region": "europe-central-asia",
                "region_verified": False,
                "member_since": 1993,
                "member_note": "as an independent State",
                "source": "Ministry of Foreign Affairs",
            },
        )

    def test_a_year_of_membership_that_no_source_gives_is_dropped_with_its_note(self):
        fields = register.country_fields(state(member_since_verified="no"))
        self.assertEqual((fields["member_since"], fields["member_note"]), (None, ""))
        self.assertIsNone(register.country_fields(state(ilo_member_since=""))["member_since"])

    def test_slugs_are_clean(self):
        for name, slug in [("Côte d'Ivoire", "cote-divoire"), ("Türkiye", "turkiye"), ("Timor-Leste", "timor-leste")]:
            with self.subTest(name=name):
                self.assertEqual(register.country_fields(state(name_en=name))["slug"], slug)

    def test_without_a_source_the_register_says_so(self):
        self.assertEqual(register.country_fields(state(source=""))["source"], register.NO_SOURCE)

    def test_refusals(self):
        for cells, sentence in [
            ({"ilo_member_since": "93"}, "ilo_member_since is “93”; it must be a year of the calendar, or empty"),
            (
                {"ilo_region": "Oceania"},
                "ilo_region is “Oceania”; it must be one of: "
                "Africa, Americas, Arab States, Asia and the Pacific, Europe and Central Asia",
            ),
        ]:
            with self.subTest(**cells):
                self.assert_refused(sentence, register.country_fields, state(**cells))


class RatificationRules(RuleTestCase):
    def test_it_works(self):
        self.assertEqual(
            read_act(act(note="as reported")),
            {
                "country": ["KAZ"],
                "convention": ["C087"],
                "act": 1,
                "ratified_on": "2000-12-31",
                "ratified_on_precision": "year",
                "status": "in-force",
                "denounced_on": None,
                "denounced_on_precision": "day",
                "verification": "year",
                "registered": True,
                "national_law": "Law No. 29-II of 30 Dec 1999",
                "note": "as reported",
                "source": "NORMLEX, comparative table",
                "recorded_at": "2026-11-22T12:00:00Z",
            },
        )

    def test_the_date_is_as_exact_as_what_was_verified(self):
        for verified, basis, on, precision, verification in [
            ("yes", "source", "2000-12-13", "day", "day"),
            ("year", "knowledge", "2000-12-31", "year", "year"),
            ("exists", "knowledge", None, "day", "exists"),
            ("no", "knowledge", None, "day", "none"),
        ]:
            with self.subTest(verified=verified):
                fields = read_act(act(verified=verified, date_basis=basis))
                self.assertEqual((fields["ratified_on"], fields["ratified_on_precision"]), (on, precision))
                self.assertEqual(fields["verification"], verification)

    def test_what_counts_as_registered(self):
        for verified, source, answer in [
            ("yes", "Wikipedia", True),
            ("year", "a list", True),
            ("exists", "https://normlex.ilo.org/dyn/normlex/en/f?p=1000:13203", True),
            ("exists", "national law: adilet.zan.kz ; same CEACR page", True),
            ("exists", "national law: adilet.zan.kz", False),
            ("no", "", False),
        ]:
            with self.subTest(verified=verified, source=source):
                fields = read_act(act(verified=verified, source=source, date_basis="source"))
                self.assertIs(fields["registered"], answer)

    def test_a_denunciation_is_as_exact_as_the_ratification(self):
        for verified, on, precision in [("yes", "2010-04-19", "day"), ("year", "2010-12-31", "year")]:
            with self.subTest(verified=verified):
                row = act(status="denounced", denounced_on="2010-04-19", verified=verified, date_basis="source")
                fields = read_act(row)
                self.assertEqual((fields["denounced_on"], fields["denounced_on_precision"]), (on, precision))

    def test_knowledge_only_is_no_source(self):
        self.assertEqual(read_act(act(verified="no", source="knowledge only"))["source"], "")

    def test_refusals(self):
        unpaired = "a denounced ratification needs denounced_on, and only such a one has it"
        for cells, sentence in [
            ({"iso3": "XKX"}, "iso3 names “XKX”, which is not in the register"),
            ({"convention": "C999"}, "convention names “C999”, which is not in the register"),
            ({"ratified_on": "2000-13-12"}, "ratified_on is “2000-13-12”; it must be a day of the calendar, or empty"),
            ({"ratified_year": "0000"}, "ratified_year is “0000”; it must be a year of the calendar, or empty"),
            ({"verified": "yes"}, "verified is “yes”, but there is no ratified_on whose date_basis is “source”"),
            ({"ratified_year": ""}, "verified is “year”, but ratified_year is empty"),
            ({"source": ""}, "verified is “year”, but source is empty"),
            ({"source": "knowledge only"}, "verified is “year”, but source is empty"),
            ({"verified": "perhaps"}, "verified is “perhaps”; it must be one of: yes, year, exists, no"),
            ({"status": "asleep"}, "status is “asleep”; it must be one of: in force, not in force, denounced, abrogated"),
            ({"status": "denounced"}, unpaired),
            ({"denounced_on": "2010-04-19"}, unpaired),
            (
                {"status": "denounced", "denounced_on": "2010-04-19", "verified": "exists"},
                "denounced_on is given, but no source was seen for the date",
            ),
        ]:
            with self.subTest(**cells):
                self.assert_refused(sentence, read_act, act(**cells))


class Command(SimpleTestCase):
    """`convert_register`, over a register of four instruments, one State and two acts."""

    def setUp(self):
        scratch = TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory, self.output = Path(scratch.name, "register"), Path(scratch.name, "fixtures")
        self.directory.mkdir()
        self.output.mkdir()
        c187 = instrument(code="C187", number="187", topic="Occupational safety and health")
        self.write(register.CONVENTIONS, c187, instrument(), instrument(code="C131", number="131", revises="C087"))
        self.write(register.RECOMMENDATIONS, recommendation())
        self.write(register.COUNTRIES, state(name_ilo="Қазақстан"))
        self.write(register.RATIFICATIONS, act(convention="C187"), act())

    def write(self, name, *rows, columns=None):
        """Write a table as the compilers do: UTF-8, CRLF."""
        with (self.directory / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns or list(rows[0]), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)

    def convert(self):
        call_command("convert_register", str(self.directory), output=self.output, stdout=(out := StringIO()))
        return out.getvalue()

    def read(self, name):
        return [record["fields"] for record in json.loads((self.output / f"{name}.json").read_text(encoding="utf-8"))]

    def assert_refused(self, sentence):
        with self.assertRaises(CommandError) as caught:
            self.convert()
        self.assertEqual(str(caught.exception), sentence)
        self.assertEqual(list(self.output.iterdir()), [], "nothing may be written")

    def test_it_works(self):
        self.assertEqual(
            self.convert(),
            "topic.json: 2 records\ncountry.json: 1 records\nconvention.json: 4 records\nratification.json: 2 records\n",
        )
        self.assertEqual(
            [topic["slug"] for topic in self.read("topic")], ["freedom-of-association", "occupational-safety-and-health"]
        )
        self.assertEqual([record["code"] for record in self.read("convention")], ["C087", "C131", "C187", "R200"])
        self.assertEqual([record["convention"] for record in self.read("ratification")], [["C087"], ["C187"]])

    def test_the_files_are_made_for_reading_and_comparing(self):
        self.convert()
        text = (self.output / "country.json").read_bytes().decode()
        self.assertTrue(text.startswith('[\n {\n  "model": "conventions.country",\n  "fields": {\n   "iso3": "KAZ",\n'))
        self.assertTrue(text.endswith("\n]\n"))
        self.assertIn("Қазақстан", text)
        self.assertNotIn('"pk"', text)
        before = {path.name: path.read_bytes() for path in self.output.iterdir()}
        self.convert()
        self.assertEqual({path.name: path.read_bytes() for path in self.output.iterdir()}, before)

    def test_a_byte_order_mark_and_stray_blanks_are_forgiven(self):
        path = self.directory / register.COUNTRIES
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"KAZ", b" KAZ "))
        self.convert()
        self.assertEqual(self.read("country")[0]["iso3"], "KAZ")

    def test_a_missing_file(self):
        (self.directory / register.COUNTRIES).unlink()
        self.assert_refused(f"countries.csv is missing or cannot be read in {self.directory}.")

    def test_a_file_in_another_encoding(self):
        path = self.directory / register.COUNTRIES
        path.write_bytes(path.read_bytes().replace("Қазақстан".encode(), "Côte".encode("latin-1")))
        self.assert_refused("countries.csv, row 2: it is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.")

    def test_an_empty_file(self):
        (self.directory / register.RATIFICATIONS).write_bytes(b"")
        self.assert_refused("ratifications.csv is empty.")

    def test_a_missing_column(self):
        self.write(register.RATIFICATIONS, act(), columns=[name for name in act() if name != "verified"])
        self.assert_refused("ratifications.csv, row 1: the column verified is missing.")

    def test_a_ragged_row(self):
        path = self.directory / register.RECOMMENDATIONS
        for cells in [b"R201,201", b"R201,201,Title,2010,no,source,one more"]:
            with self.subTest(cells=cells):
                path.write_bytes(b"code,number,title,year,verified,source\r\n" + cells + b"\r\n")
                self.assert_refused("recommendations.csv, row 2: it has not as many cells as the header.")

    def test_an_unclosed_quote(self):
        (self.directory / register.RECOMMENDATIONS).write_bytes(b'code,number,title,year,verified,source\r\nR201,"201')
        self.assert_refused("recommendations.csv, row 2: a cell begins with a quotation mark and the closing one is missing.")

    def test_an_unknown_code(self):
        self.write(register.RATIFICATIONS, act(), act(convention="C999"))
        self.assert_refused("ratifications.csv, row 3: convention names “C999”, which is not in the register.")

    def test_a_recommendation_cannot_be_ratified(self):
        self.write(register.RATIFICATIONS, act(convention="R200"))
        self.assert_refused("ratifications.csv, row 2: convention names “R200”, which is not in the register.")

    def test_a_bad_date(self):
        self.write(register.CONVENTIONS, instrument(), instrument(code="C098", number="98", adopted_on="1949-06-31"))
        self.assert_refused("conventions.csv, row 3: adopted_on is “1949-06-31”; it must be a day of the calendar, or empty.")

    def test_a_row_that_comes_twice(self):
        self.write(register.RATIFICATIONS, act(), act())
        self.assert_refused("ratifications.csv, row 3: an earlier row has the same country, convention, act.")
        self.write(register.RATIFICATIONS, act())
        self.write(register.COUNTRIES, state(), state(iso3="KGZ", iso2="KG"))
        self.assert_refused("countries.csv, row 3: an earlier row has the same name.")

    def test_what_the_model_would_refuse(self):
        self.write(register.RECOMMENDATIONS, recommendation(title="R" * 301))
        self.assert_refused(
            "recommendations.csv, row 2: title is refused: Ensure this value has at most 300 characters (it has 301)."
        )
        self.write(register.COUNTRIES, state(iso2="kz"))
        self.assert_refused("countries.csv, row 2: iso2 is refused: Two capital letters, such as KZ.")

    def test_an_output_that_is_no_directory(self):
        self.output.rmdir()
        with self.assertRaisesMessage(CommandError, f"{self.output} is not a directory."):
            self.convert()
        self.assertFalse(self.output.exists())
