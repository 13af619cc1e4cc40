"""Deciding on a release: by whom, row by row or all at once, never twice; and the command that does all of it.

The register of the cast was read in before, as in tests/test_import.py.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conventions.models import Convention, Country, Decision, Proposal, Ratification, Version
from conventions.models.releases import Outcome
from conventions.register.changes import read_release
from tests.cast import account
from tests.registers import C187, NAME, ReleaseTestCase, act, cast, everything, files, instrument, proposed, renamed, run, state


class Deciding(ReleaseTestCase):
    """The verbs: who may, what they leave, and that nothing is decided twice."""

    def read(self, tables):
        return read_release(files(tables))

    def test_declined(self):
        release = self.read(renamed())
        before = Country.objects.values().get()
        boris = account("boris", "editor")
        self.assertEqual(release.proposals.decline(boris), Outcome(declined=1))
        proposal = release.proposals.get()
        self.assertEqual((proposal.decision, proposal.decided_by), (Decision.DECLINED, boris))
        self.assertEqual(Country.objects.values().get(), before)
        self.assertEqual(proposed(renamed()), [])

    def test_what_is_accepted_leaves_a_version_with_who_accepted_it(self):
        release, boris = self.read(renamed()), account("boris", "editor")
        release.proposals.accept(boris)
        versions = [(version.by, version.snapshot["fields"]["name"]) for version in Version.objects.of(Country.objects.get())]
        self.assertEqual(versions, [(None, "Kazakhstan"), (boris, Country.objects.get().name)])

    def test_what_was_declined_is_proposed_when_the_release_changes_again(self):
        self.read(renamed()).proposals.decline(None)
        again = proposed(cast() | {"countries": [state(name_en="Qazaqstan")]})
        self.assertEqual(again, [("changed", "KAZ", {"name": "Kazakhstan"}, {"name": "Qazaqstan"}, True)])

    def test_a_new_record_is_declined(self):
        tables = cast() | {"countries": [state(), state(iso3="KGZ", iso2="KG", name_en="Kyrgyzstan")]}
        self.assertEqual(self.read(tables).proposals.decline(None), Outcome(declined=1))
        self.assertEqual(Country.objects.count(), 1)
        self.assertEqual(proposed(tables), [])
        self.assertEqual(proposed(cast()), [])

    def test_that_a_record_is_gone_is_declined(self):
        tables = cast() | {"ratifications": [act()]}
        self.assertEqual(self.read(tables).proposals.decline(None), Outcome(declined=1))
        self.assertFalse(Ratification.objects.exclude(delisted_on=None).exists())
        self.assertEqual(proposed(tables), [])
        self.assertEqual(proposed(cast()), [])

    def test_a_record_that_was_edited_since_is_overtaken(self):
        release = self.read(renamed())
        Country.objects.update(name="Edited")
        self.assertEqual(release.proposals.accept(None), Outcome(overtaken=1))
        self.assertEqual((release.proposals.get().decision, self.state().name), ("overtaken", "Edited"))

    def test_a_record_that_was_made_or_taken_away_since_is_overtaken(self):
        rows = [act(note="Other"), act(convention="C187", ratified_on="2015-02-03", ratified_year="2015")]
        release = self.read(cast() | {"countries": [state(iso3="KGZ", iso2="KG", name_en="X"), state()], "ratifications": rows})
        facts = {"official_name": "X", "region": "africa", "source": "By hand"}
        Country.objects.create(iso3="KGZ", iso2="KK", name="Kyrgyzstan", slug="kyrgyzstan", **facts)
        Ratification.objects.filter(convention__code="C087").delete()
        self.assertEqual(release.proposals.accept(None), Outcome(overtaken=2))

    def test_nothing_is_decided_twice(self):
        release = self.read(renamed())
        release.proposals.accept(None)
        decided = Proposal.objects.values().get(release=release)
        for verb in (release.proposals.accept, release.proposals.decline):
            self.assertEqual(verb(None), Outcome())
        self.assertEqual(Proposal.objects.values().get(release=release), decided)

    def test_row_by_row(self):
        tables = renamed() | {"conventions": [instrument(note="Other"), instrument(**C187)]}
        release = self.read(tables)
        self.assertEqual(release.proposals.filter(key="C087").accept(None), Outcome(accepted=1))
        self.assertEqual([proposal.key for proposal in release.proposals.open()], ["KAZ"])
        self.assertEqual(self.state().name, "Kazakhstan")

    def test_an_act_needs_its_state_and_its_instrument(self):
        tables = cast() | {
            "countries": [state(), state(iso3="KGZ", iso2="KG", name_en="Kyrgyzstan")],
            "ratifications": [*cast()["ratifications"], act(iso3="KGZ")],
        }
        release = self.read(tables)
        acts = release.proposals.filter(table="ratification")
        refusal = Outcome(refused=["KGZ C087 1 names KGZ, which is not in the register yet."])
        self.assertEqual(acts.accept(None), refusal)
        self.assertEqual(acts.get().decision, "open")
        self.assertEqual(release.proposals.accept(None), Outcome(accepted=2))

    def test_an_instrument_needs_those_that_it_revises(self):
        new = instrument(code="C098", number="98", year="1949", revises="C099")
        rows = [instrument(revises="C098"), instrument(**C187), new, instrument(code="C099", number="99", year="1951")]
        release = self.read({"conventions": rows})
        self.assertEqual(
            release.proposals.exclude(key="C099").accept(None),
            Outcome(
                refused=[
                    "C098 names C099, which is not in the register yet.",
                    "C087 names C098, which is not in the register yet.",
                ]
            ),
        )
        self.assertEqual(release.proposals.accept(None), Outcome(accepted=3))

    def test_what_the_database_refuses_stays_open_and_holds_up_nothing_else(self):
        states = [state(iso3=f"X{letter}X", iso2=f"X{letter}", name_en=f"State {letter}") for letter in "ABCDE"]
        release = self.read(cast() | {"countries": [state(), *states]})
        Country.objects.update(iso2="XC")
        outcome = release.proposals.accept(None)
        self.assertEqual((outcome.accepted, len(outcome.refused)), (4, 1))
        self.assertTrue(outcome.refused[0].startswith("XCX: "))
        self.assertEqual(release.proposals.open().get().key, "XCX")

    def test_an_act_that_clashes_with_one_made_by_hand_has_the_sentence_of_its_rule(self):
        release = self.read({"conventions": [*cast()["conventions"], instrument(code="C098", number="98", year="1949")]})
        release.proposals.accept(None)
        release = self.read({"ratifications": [*cast()["ratifications"], act(convention="C098")]})
        first = Ratification.objects.first()
        first.pk, first.act, first.convention = None, 2, Convention.objects.get(code="C098")
        first.save()
        refused = release.proposals.accept(None).refused
        sentence = "This State already has a ratification of this instrument that was not denounced."
        self.assertIn(refused, [[f"KAZ C098 1: {sentence}"], [f"KAZ C098 1: {NAMED_BY_SQLITE}"]])

    def test_rights(self):
        release = self.read(renamed())
        before = everything()
        alice, boris = account("alice", "reporter"), account("boris", "editor")
        for verb, sentence in [
            (lambda: release.proposals.accept(alice), "You may not decide on releases of the register."),
            (lambda: release.proposals.decline(alice), "You may not decide on releases of the register."),
            (lambda: read_release(files(renamed()), by=alice), "You may not read releases of the register."),
        ]:
            with self.assertRaisesMessage(PermissionDenied, sentence):
                verb()
        self.assertEqual(everything(), before)
        self.assertEqual(release.proposals.accept(boris), Outcome(accepted=1))
        self.assertEqual(release.proposals.get().decided_by, boris)
        self.assertEqual(read_release(files(renamed()), by=boris).read_by, boris)

    def test_questions_to_the_database_do_not_grow_with_the_rows(self):
        counts = []
        for letters in ["AB", "CDEFGHIJKLMNOPQRSTUVWXYZ"]:
            states = [state(iso3=f"Q{letter}X", iso2=f"Q{letter}", name_en=f"State {letter}") for letter in letters]
            with CaptureQueriesContext(connection) as queries:
                release = read_release(files({"countries": [state(), *states]}))
                release.proposals.filter(kind="new").accept(None)
            counts.append(len(queries))
            release.proposals.decline(None)
        self.assertEqual(counts[0], counts[1])


NAMED_BY_SQLITE = "UNIQUE constraint failed: conventions_ratification.country_id, conventions_ratification.convention_id"


class Command(ReleaseTestCase):
    """`import_register`."""

    def setUp(self):
        scratch = TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def run_command(self, tables, *options):
        return run(self.folder, tables, *options)

    def test_a_dry_run(self):
        before = everything()
        rows = [act(verified="no", source="", ratified_on="", ratified_year="")]
        self.assertEqual(
            self.run_command(renamed() | {"ratifications": rows}, "--dry-run"),
            f"Changed: State KAZ (row 2): name Kazakhstan -> {NAME}. Source: Ministry of Foreign Affairs.\n"
            "Changed: Ratification KAZ C087 1 (row 2): ratified on 2000-12-31 -> nothing; precision of ratification year -> day; "
            "verification year -> none; registration shown yes -> no; source NORMLEX, comparative table -> nothing. "
            "Source: none.\n"
            f"Gone: Ratification KAZ C187 1: struck on nothing -> {timezone.localdate()}. Source: NORMLEX, comparative table.\n"
            "0 new, 2 changed, 1 gone; 0 of them edited by hand. Nothing was written.\n",
        )
        self.assertEqual(everything(), before)

    def test_it_works(self):
        states = [state(), state(iso3="KGZ", iso2="KG", name_en="Kyrgyzstan", name_ilo="Kyrgyz Republic")]
        self.assertEqual(
            self.run_command({"countries": states}),
            "2 of 2 rows read\n"
            "New: State KGZ (row 3): ISO code, three letters KGZ; ISO code, two letters KG; name Kyrgyzstan; name in the ILO's "
            "use Kyrgyz Republic; ILO region europe-central-asia; region verified no; member since (year) 1993; note on "
            "membership as an independent State; source Ministry of Foreign Affairs; slug kyrgyzstan.\n"
            "1 new, 0 changed, 0 gone; 0 of them edited by hand.\n"
            "1 of 1 changes accepted\n"
            "1 accepted, 0 overtaken by an edit, 0 left open in the back office.\n",
        )
        self.assertIn("Nothing is new, changed or gone. Nothing was written.", self.run_command({}, "--dry-run"))

    def test_edits_are_kept_until_somebody_asks(self):
        Country.objects.update(name="Edited")
        said = self.run_command(renamed())
        self.assertIn(f"name Edited -> {NAME}. Source: Ministry of Foreign Affairs. Edited by hand: left as it is.\n", said)
        self.assertIn("0 accepted, 0 overtaken by an edit, 1 left open in the back office.\n", said)
        self.assertEqual(self.state().name, "Edited")
        self.assertIn("Nothing is new, changed or gone.", self.run_command({}, "--dry-run"))
        self.assertIn("Edited by hand: overwritten.", self.run_command({}, "--dry-run", "--overwrite-edited"))
        self.assertEqual(self.state().name, "Edited")
        self.assertIn("1 accepted", self.run_command({}, "--overwrite-edited"))
        self.assertEqual(self.state().name, NAME)

    def test_a_refusal(self):
        before = everything()
        with self.assertRaises(CommandError) as caught:
            self.run_command({"countries": [state(ilo_region="Oceania")], "ratifications": [act(iso3="XKX")]})
        sentences = str(caught.exception).splitlines()
        self.assertTrue(sentences[0].startswith("countries.csv, row 2: ilo_region is “Oceania”; it must be one of: "))
        self.assertEqual(
            sentences[1:],
            ["ratifications.csv, row 2: iso3 names “XKX”, which is not in the register.", "Nothing was changed."],
        )
        self.assertEqual(everything(), before)

    def test_what_could_not_be_accepted_ends_in_an_error(self):
        Country.objects.update(name="Edited", iso2="KG")
        with self.assertRaises(CommandError) as caught:
            self.run_command({"countries": [state(), state(iso3="KGZ", iso2="KG", name_en="Kyrgyzstan")]})
        self.assertTrue(str(caught.exception).startswith("KGZ: "))
        self.assertTrue(str(caught.exception).endswith("\nWhat was refused stays open."))

    def test_a_wall_of_text_is_cut(self):
        letters = "ABCDEFGHIJKLMNOP"
        states = [state(iso3=f"Q{a}{b}", iso2=f"{a}{b}", name_en=f"State {a}{b}") for a in letters for b in letters]
        said = self.run_command({"countries": [state(), *states]}, "--dry-run").splitlines()
        self.assertEqual(len(said), 202)
        self.assertEqual(
            said[200:],
            [
                "And 56 more. Every release stands with all its proposals in the back office, under Releases.",
                "256 new, 0 changed, 0 gone; 0 of them edited by hand. Nothing was written.",
            ],
        )

    def test_progress_is_told_in_batches(self):
        said = self.run_command(renamed(), "--batch", "1").splitlines()
        self.assertEqual([line for line in said if line.endswith("read")], [f"{row} of 6 rows read" for row in range(1, 7)])

    def test_wrong_values(self):
        with self.assertRaisesMessage(CommandError, "--batch is 0; it must be a number of rows from 1 to 5000."):
            self.run_command(cast(), "--batch", "0")
        with self.assertRaisesMessage(CommandError, "nowhere.csv cannot be read: No such file or directory."):
            call_command("import_register", "nowhere.csv")
