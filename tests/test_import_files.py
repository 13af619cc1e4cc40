"""Files of a release that are refused: each with its sentence and its row, and with the register as it was."""

from io import BytesIO
from unittest.mock import patch

from django.test import TestCase

from conventions.models import Convention, Country, Ratification
from conventions.register.changes import read_release
from conventions.register.tables import Refused, read
from tests.registers import C187, act, bring_in, cast, everything, files, instrument, recommendation, state, table

SAVE_AS = "In a spreadsheet, save it as “CSV UTF-8”."
REWRITTEN = "it looks as if a spreadsheet rewrote it;"


class RefusedTestCase(TestCase):
    """Over the register of the cast, which was read in before."""

    @classmethod
    def setUpTestData(cls):
        bring_in(cast())

    def assert_refused(self, tables, *sentences):
        before = everything()
        with self.assertRaises(Refused) as caught:
            read_release(files(tables))
        self.assertEqual(caught.exception.sentences, list(sentences))
        self.assertEqual(everything(), before, "nothing may change")

    def assert_row_refused(self, name, row, sentence):
        """The row stands in row 2 of its table and is the only one."""
        self.assert_refused({name: [row]}, f"{name}.csv, row 2: {sentence}")


class Whole(RefusedTestCase):
    """What is no file to read at all."""

    def test_it_works(self):
        self.assertEqual(read(files(cast())).total, 6)

    def test_the_name_of_a_file_says_nothing(self):
        self.assertEqual(list(read([("old/Sheet 1.csv", BytesIO(table(state())))]).files), ["countries.csv"])

    def test_what_is_forgiven(self):
        plain = table(state(member_note='Two lines\r\n"quoted", and a comma'))
        for name, data in {
            "a byte order mark": b"\xef\xbb\xbf" + plain,
            "lines that end in LF": table(state(), lineterminator="\n"),
            "blank rows": plain + b"\r\n,,,,,,,,,\r\n",
            "blanks around cells": plain.replace(b"KAZ", b" KAZ "),
        }.items():
            with self.subTest(name):
                self.assertEqual(list(read(files({"countries": data})).keys("country")), ["KAZ"])

    def test_more_columns_than_are_read(self):
        rows = [{"remark": "read by nobody", **state()}]
        self.assertEqual(read(files({"countries": rows})).total, 1)

    def test_a_row_has_the_number_that_a_spreadsheet_shows(self):
        data = table(state(member_note="Two\r\nlines")) + b"\r\n" + table(state(iso3="kgz")).split(b"\r\n")[1] + b"\r\n"
        self.assert_refused({"countries": data}, "countries.csv, row 4: iso3 is refused: Three capital letters, such as KAZ.")

    def test_a_file_of_50_megabytes(self):
        self.assert_refused({"countries": b"x" * 50_000_000}, "countries.csv has 50.0 MB; at most 20 MB are read.")

    def test_an_empty_file(self):
        self.assert_refused({"countries": b""}, "countries.csv is empty.")

    def test_a_header_alone(self):
        self.assert_refused({"countries": table(columns=list(state()))}, "countries.csv has a header and no rows.")

    def test_the_same_table_twice(self):
        self.assert_refused(
            {"countries": [state()], "states": [state()]},
            "states.csv: countries.csv is the same table (countries.csv); give one of them.",
        )

    def test_a_missing_column(self):
        columns = [name for name in state() if name != "ilo_region"]
        with self.assertRaises(Refused) as caught:
            read(files({"countries": table(state(), columns=columns)}))
        (sentence,) = caught.exception.sentences
        self.assertTrue(
            sentence.startswith(
                "countries.csv, row 1: it looks like the table countries.csv, but this column is missing: ilo_region. "
                "The tables are: conventions.csv (code, kind, number, "
            )
        )
        self.assertIn("ratifications.csv (iso3, convention, ratified_on, ", sentence)

    def test_other_columns(self):
        with self.assertRaises(Refused) as caught:
            read(files({"people": b"name,born\r\nAigul,1980\r\n"}))
        (sentence,) = caught.exception.sentences
        self.assertTrue(sentence.startswith("people.csv, row 1: these are not the columns of any table. The tables are: "))

    def test_a_column_twice(self):
        data = table(state(), columns=[*state(), "iso3"])
        self.assert_refused({"countries": data}, "countries.csv, row 1: the column iso3 comes twice.")

    def test_another_separator(self):
        for mark, name in [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")]:
            with self.subTest(name):
                self.assert_refused(
                    {"countries": table(state(), delimiter=mark)},
                    f"countries.csv, row 1: its cells are separated by {name}; they must be separated by commas.",
                )

    def test_a_ragged_row(self):
        for cells in [b"KZ,KAZ\r\n", b"," * 10 + b"x\r\n"]:
            self.assert_refused(
                {"countries": table(state()) + cells}, "countries.csv, row 3: it has not as many cells as the header."
            )

    def test_quotation_marks(self):
        for cells, sentence in [
            (b'"KZ,KAZ', "a cell begins with a quotation mark and the closing one is missing"),
            (b'"K"Z,KAZ', "there is text after a closing quotation mark; write a quotation mark inside a cell twice"),
            (b'"' + b"x" * 140_000, "a cell is longer than 131,072 characters; a closing quotation mark may be missing"),
            (b"KZ\rKAZ", "its lines do not end as they should; save them with LF or CRLF"),
        ]:
            with self.subTest(sentence):
                self.assert_refused({"countries": table(state()) + cells}, f"countries.csv, row 3: {sentence}.")


class Encodings(RefusedTestCase):
    def test_a_file_that_is_not_utf_8(self):
        good = table(state(name_ilo="République du Kazakhstan"))
        for name, data, row in [
            ("the Windows code page", good.decode().encode("cp1252"), 2),
            ("the other Unicode of spreadsheets", good.decode().encode("utf-16"), 1),
            ("two encodings", good + "KG,KGZ,République".encode("latin-1"), 3),
        ]:
            with self.subTest(name):
                self.assert_refused({"countries": data}, f"countries.csv, row {row}: it is not UTF-8. {SAVE_AS}")

    def test_nul(self):
        self.assert_refused(
            {"countries": table(state(name_ilo="K\0"))}, "countries.csv, row 2: it holds a NUL byte; this is not a CSV file."
        )

    def test_letters_that_were_mangled(self):
        for text in ["Côte d’Ivoire", "Türkiye", "Қазақстан", "“Kazakhstan”", "São Tomé", "中国"]:
            for page in ["cp1252", "latin-1"]:
                wrong = "".join(mangle(byte, page) for byte in text.encode())
                with self.subTest(wrong):
                    self.assert_row_refused(
                        "countries",
                        state(name_ilo=wrong),
                        f"name_ilo is “{wrong.strip()}”; its letters were mangled. {SAVE_AS}",
                    )
        self.assert_row_refused(
            "countries", state(name_ilo="K\ufffdte"), f"name_ilo is “K\ufffdte”; its letters were mangled. {SAVE_AS}"
        )

    def test_letters_of_every_language_are_left_alone(self):
        names = ["Côte d’Ivoire", "Türkiye", "Қазақстан", "SÃO TOMÉ", "Âge – “Ñandú”", "中国", "Österreich €", "Ðuro"]
        for name in names:
            with self.subTest(name):
                self.assertEqual(read(files({"countries": [state(name_ilo=name)]})).total, 1)


def mangle(byte, page):
    """The letter that a byte is in a code page, or the byte's own number where it is none there."""
    try:
        return bytes([byte]).decode(page)
    except UnicodeDecodeError:
        return chr(byte)


class Cells(RefusedTestCase):
    def test_dates_that_a_spreadsheet_rewrote(self):
        for text in ["13/12/2000", "12/13/00", "13.12.2000", "36873", "13-Dec-00", "2000-12-13 00:00:00", "2000/12/13", "####"]:
            with self.subTest(text):
                self.assert_row_refused(
                    "ratifications",
                    act(ratified_on=text),
                    f"ratified_on is “{text}”; {REWRITTEN} a day is written 2000-12-13.",
                )

    def test_numbers_that_a_spreadsheet_rewrote(self):
        for name, row, sentence in [
            ("conventions", instrument(number="87.0"), f"number is “87.0”; {REWRITTEN} a whole number is written 87."),
            ("conventions", instrument(year="1948,00"), f"year is “1948,00”; {REWRITTEN} a whole number is written 1948."),
            (
                "countries",
                state(ilo_member_since="1993.0"),
                f"ilo_member_since is “1993.0”; {REWRITTEN} a year is written 2000.",
            ),
        ]:
            with self.subTest(sentence):
                self.assert_row_refused(name, row, sentence)

    def test_dates(self):
        self.assert_row_refused(
            "ratifications",
            act(ratified_on="2000-02-30"),
            "ratified_on is “2000-02-30”; it must be a day of the calendar, or empty.",
        )

    def test_unknown_codes(self):
        for name, row, sentence in [
            ("ratifications", act(iso3="XKX"), "iso3 names “XKX”, which is not in the register."),
            ("ratifications", act(convention="C999"), "convention names “C999”, which is not in the register."),
            ("conventions", instrument(revises="C001"), "revises names “C001”, which is not in the register."),
            ("ratifications", act(convention="R200"), "convention is “R200”; a Recommendation cannot be ratified."),
        ]:
            with self.subTest(sentence):
                self.assert_row_refused(name, row, sentence)

    def test_a_code_may_be_known_from_the_files_or_from_the_register(self):
        self.assertEqual(read(files({"ratifications": [act()]})).total, 1)
        newcomer = {"countries": [state(iso3="UZB", iso2="UZ", name_en="Uzbekistan")], "ratifications": [act(iso3="UZB")]}
        self.assertEqual(read(files(newcomer)).total, 2)

    def test_days_in_the_wrong_order(self):
        for name, row, sentence in [
            (
                "conventions",
                instrument(adopted_on="1950-07-05"),
                "adopted_on is 1950-07-05, after in_force_on, which is 1950-07-04.",
            ),
            (
                "conventions",
                instrument(adopted_on="1950-07-05", adopted_verified="no"),
                "adopted_on is 1950-07-05, after in_force_on, which is 1950-07-04.",
            ),
            (
                "ratifications",
                act(ratified_on="1948-07-08", ratified_year="1948", verified="yes", date_basis="source"),
                "the ratification of 1948-07-08 is before the adoption of C087, 1948-07-09.",
            ),
            (
                "ratifications",
                act(ratified_on="", ratified_year="1947"),
                "the ratification of 1947 is before the adoption of C087, 1948-07-09.",
            ),
            ("ratifications", act(ratified_year="2001"), "ratified_on is 2000-12-13, but ratified_year is 2001."),
            (
                "ratifications",
                act(status="denounced", denounced_on="2000-12-13", verified="yes", date_basis="source"),
                "denounced_on is 2000-12-13, which is not after the ratification, 2000-12-13.",
            ),
            (
                "ratifications",
                act(status="denounced", denounced_on="2000-12-20", ratified_on=""),
                "denounced_on is 2000-12-20, which is not after the ratification, 2000.",
            ),
        ]:
            with self.subTest(sentence):
                self.assert_row_refused(name, row, sentence)

    def test_an_adoption_known_to_the_year(self):
        tables = {
            "conventions": [instrument(adopted_verified="no")],
            "ratifications": [act(ratified_on="", ratified_year="1947")],
        }
        self.assert_refused(tables, "ratifications.csv, row 2: the ratification of 1947 is before the adoption of C087, 1948.")

    def test_a_row_that_comes_twice(self):
        for name, rows, sentence in [
            ("countries", [state(), state(iso2="KG", name_en="Kyrgyzstan")], "row 2 is about KAZ already"),
            ("countries", [state(), state(iso3="KGZ", iso2="KG")], "an earlier row has the same name"),
            ("conventions", [instrument(), instrument()], "row 2 is about C087 already"),
            ("recommendations", [recommendation(), recommendation()], "row 2 is about R200 already"),
            ("ratifications", [act(), act()], "row 2 is about KAZ C087 1 already"),
            (
                "conventions",
                [instrument(), instrument(**C187 | {"topic": "Freedom of Association"})],
                "topic is “Freedom of Association”; an earlier row writes “Freedom of association”",
            ),
        ]:
            with self.subTest(sentence):
                self.assert_refused({name: rows}, f"{name}.csv, row 3: {sentence}.")

    def test_what_the_models_refuse(self):
        self.assert_row_refused(
            "conventions",
            instrument(title="C" * 301),
            "title is refused: Ensure this value has at most 300 characters (it has 301).",
        )
        self.assert_row_refused("conventions", instrument(topic=""), "name is refused: This field cannot be blank.")
        self.assert_row_refused("countries", state(iso2="kz"), "iso2 is refused: Two capital letters, such as KZ.")

    def test_every_fault_is_told_up_to_fifty(self):
        rows = [act(iso3=f"X{number:02}") for number in range(60)]
        with self.assertRaises(Refused) as caught:
            read(files({"countries": [state(ilo_region="Oceania")], "ratifications": rows}))
        sentences = caught.exception.sentences
        self.assertEqual(len(sentences), 51)
        self.assertTrue(sentences[0].startswith("countries.csv, row 2: ilo_region is “Oceania”; it must be one of: "))
        self.assertEqual(sentences[1], "ratifications.csv, row 2: iso3 names “X00”, which is not in the register.")
        self.assertEqual(sentences[50], "And 11 more.")

    def test_a_fault_is_told_once(self):
        """An instrument whose row is at fault is known all the same, so that its ratifications are not at fault too."""
        tables = {"conventions": [instrument(**C187 | {"code": "C188", "number": "188", "year": "", "in_force_on": ""})]}
        tables["ratifications"] = [act(convention="C188")]
        self.assert_refused(tables, "conventions.csv, row 2: year is “”; it must be a whole number.")


class ByHand(RefusedTestCase):
    """What people entered by hand, and a release does not fit beside."""

    def test_a_state(self):
        facts = {"official_name": "X", "region": "africa", "source": "By hand"}
        Country.objects.create(iso3="XAA", iso2="XA", name="Utopia", slug="arcadia", **facts)
        for row, sentence in [
            (state(iso3="XBB", iso2="XA", name_en="Erewhon"), "iso2 is “XA”, which XAA has in the register."),
            (state(iso3="XBB", iso2="XB", name_en="Utopia"), "name is “Utopia”, which XAA has in the register."),
            (state(iso3="XBB", iso2="XB", name_en="Arcadia"), "slug is “arcadia”, which XAA has in the register."),
        ]:
            with self.subTest(sentence):
                self.assert_row_refused("countries", row, sentence)

    def test_an_instrument(self):
        Convention.objects.create(code="C999", kind="convention", number=98, title="X", year=1949, source="By hand")
        row = instrument(code="C098", number="98", year="1949", adopted_on="1949-07-01")
        self.assert_row_refused("conventions", row, "the register already has an instrument of this kind, number and year: C999.")

    def test_a_second_act(self):
        act_by_hand = Ratification.objects.get_by_natural_key("KAZ", "C087", 1)
        Ratification.objects.filter(pk=act_by_hand.pk).update(status="denounced", denounced_on="2010-12-31")
        act_by_hand.pk, act_by_hand.act = None, 2
        act_by_hand.save()
        self.assert_row_refused("ratifications", act(), "the register has another act of KAZ on C087 that was not denounced.")


class Bounded(TestCase):
    def test_questions_to_the_database_do_not_grow_with_the_rows(self):
        bring_in(cast())
        few, many = ([act(iso3=f"A{chr(65 + n)}A") for n in range(count)] for count in (2, 20))
        states = [state(iso3=f"A{chr(65 + n)}A", iso2=f"A{chr(65 + n)}", name_en=f"State {chr(65 + n)}") for n in range(20)]
        bring_in({"countries": states})
        for rows in (few, many):
            with self.assertNumQueries(3):
                read(files({"ratifications": rows}))

    def test_no_row_is_held_in_memory(self):
        reading = read(files(cast()))
        with patch.object(reading.files["countries.csv"], "at", return_value=state(name_en="Read again")):
            self.assertEqual(reading.row("country", "KAZ")[1]["name"], "Read again")
