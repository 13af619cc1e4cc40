"""A release that is read in: what it proposes, what becomes of edits made by hand, and who decides.

The register of the cast was read in before: Kazakhstan, C087 and C187, R200, two acts. A release is the cast again with
other cells.
"""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conventions.models import Convention, Country, Ratification, Release, ReleaseRow, Topic
from conventions.models.releases import Outcome
from conventions.register.changes import propose, read_release, remember
from conventions.register.tables import read
from tests.registers import (
    C187,
    NAME,
    ReleaseTestCase,
    act,
    bring_in,
    cast,
    everything,
    files,
    instrument,
    proposed,
    recommendation,
    register,
    renamed,
    state,
)

pytestmark = pytest.mark.rules


class FirstRelease(TestCase):
    """Into an empty register."""

    def test_it_works(self):
        release, outcome = bring_in(cast())
        self.assertEqual(outcome, Outcome(accepted=6))
        self.assertEqual((release.rows, release.is_complete, release.read_by), (6, True, None))
        self.assertEqual(release.name, "countries.csv, conventions.csv, recommendations.csv, ratifications.csv")
        self.assertEqual(
            list(release.proposals.values_list("table", "key", "kind", "row", "decision")),
            [
                ("country", "KAZ", "new", 2, "accepted"),
                ("convention", "C087", "new", 2, "accepted"),
                ("convention", "C187", "new", 3, "accepted"),
                ("convention", "R200", "new", 2, "accepted"),
                ("ratification", "KAZ C087 1", "new", 2, "accepted"),
                ("ratification", "KAZ C187 1", "new", 3, "accepted"),
            ],
        )
        ratification = Ratification.objects.get_by_natural_key("KAZ", "C087", 1)
        self.assertEqual((ratification.ratified_on, ratification.ratified_on_precision), (date(2000, 12, 31), "year"))
        self.assertEqual(ratification.country.slug, "kazakhstan")
        self.assertEqual([topic.slug for topic in ratification.convention.topics.all()], ["freedom-of-association"])
        self.assertEqual(proposed(cast()), [])

    def test_the_first_content_is_the_base_of_the_next_release(self):
        call_command("load_content", stdout=StringIO())
        self.assertEqual(ReleaseRow.objects.count(), 187 + 408 + 2_106)
        folder = Path(__file__).parent.parent / "fixtures" / "register"
        names = sorted(folder.glob("*.csv"))
        before = everything()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            call_command("import_register", *map(str, names), "--dry-run", stdout=(out := StringIO()))
        self.assertEqual(out.getvalue(), "Nothing is new, changed or gone. Nothing was written.\n")
        self.assertLess(len(queries), 80)
        self.assertEqual(everything(), before)

    def test_a_register_without_a_base_agrees_silently(self):
        bring_in(cast())
        before = register()
        ReleaseRow.objects.all().delete()
        self.assertEqual(bring_in(cast())[1], Outcome())
        self.assertEqual(register(), before)

    def test_without_a_base_every_difference_may_be_an_edit(self):
        bring_in(cast())
        ReleaseRow.objects.all().delete()
        self.assertEqual(proposed(renamed()), [("changed", "KAZ", {"name": "Kazakhstan"}, {"name": NAME}, True)])

    def test_the_base_can_be_remembered(self):
        bring_in(cast())
        before = register()
        ReleaseRow.objects.all().delete()
        remember()
        self.assertEqual(register(), before)
        remember()
        self.assertEqual(register(), before)

    def test_instruments_may_come_before_those_that_they_revise(self):
        _release, outcome = bring_in({"conventions": [instrument(revises="C187"), instrument(**C187)]})
        self.assertEqual(outcome, Outcome(accepted=2))
        self.assertEqual(Convention.objects.get(code="C187").revised_by.get().code, "C087")
        self.assertEqual(proposed({"conventions": [instrument(revises="C187 C187"), instrument(**C187)]}), [])


class NextRelease(ReleaseTestCase):
    """Into a register that nobody has edited."""

    def test_nothing_is_proposed_twice(self):
        before = register()
        release, outcome = bring_in(cast())
        self.assertEqual((release.proposals.count(), outcome), (0, Outcome()))
        self.assertEqual(register(), before)

    def test_a_dry_run_writes_nothing(self):
        before = everything()
        self.assertEqual(proposed(renamed()), [("changed", "KAZ", {"name": "Kazakhstan"}, {"name": NAME}, False)])
        self.assertEqual(everything(), before)

    def test_what_changed(self):
        release, outcome = bring_in(renamed())
        self.assertEqual(outcome, Outcome(accepted=1))
        proposal = release.proposals.get()
        self.assertEqual((proposal.row, proposal.source, proposal.decided_by), (2, "Ministry of Foreign Affairs", None))
        self.assertEqual(self.state().name, NAME)
        self.assertEqual(self.state().slug, "kazakhstan", "an address stays")
        self.assertEqual(self.said("KAZ")["name"], NAME)
        self.assertEqual(proposed(renamed()), [])

    def test_relations_of_an_instrument(self):
        tables = {"conventions": [instrument(revises="C187", topic="Wages"), instrument(**C187)]}
        bring_in(tables)
        changed = Convention.objects.get(code="C087")
        self.assertEqual([topic.name for topic in changed.topics.all()], ["Wages"])
        self.assertEqual([other.code for other in changed.revises.all()], ["C187"])
        self.assertTrue(Topic.objects.filter(slug="freedom-of-association").exists(), "a topic stays")
        bring_in(cast())
        self.assertEqual([topic.name for topic in changed.topics.all()], ["Freedom of association"])
        self.assertEqual(changed.revises.count(), 0)

    def test_a_topic_that_was_renamed_by_hand_stays_one_topic(self):
        Topic.objects.filter(slug="freedom-of-association").update(name="Freedom")
        self.assertEqual(proposed(cast()), [])
        tables = {"conventions": [*cast()["conventions"], instrument(code="C098", number="98", year="1949")]}
        bring_in(tables)
        self.assertEqual(Convention.objects.get(code="C098").topics.get().name, "Freedom")
        self.assertEqual(proposed(tables), [])

    def test_what_is_gone_is_struck_and_stays(self):
        tables = cast() | {"ratifications": [act()]}
        release, _outcome = bring_in(tables)
        proposal = release.proposals.get()
        today = timezone.localdate()
        self.assertEqual((proposal.kind, proposal.key, proposal.row), ("gone", "KAZ C187 1", None))
        self.assertEqual((proposal.before, proposal.after), ({"delisted_on": None}, {"delisted_on": today.isoformat()}))
        self.assertEqual(Ratification.objects.get_by_natural_key("KAZ", "C187", 1).delisted_on, today)
        self.assertEqual(proposed(tables), [])

    def test_what_reappears_is_listed_again(self):
        bring_in(cast() | {"ratifications": [act()]})
        before = timezone.localdate().isoformat()
        self.assertEqual(proposed(cast()), [("changed", "KAZ C187 1", {"delisted_on": before}, {"delisted_on": None}, False)])
        bring_in(cast())
        self.assertIsNone(Ratification.objects.get_by_natural_key("KAZ", "C187", 1).delisted_on)
        self.assertEqual(proposed(cast()), [])

    def test_only_the_tables_of_a_release_can_lack_a_record(self):
        tables = cast()
        self.assertEqual(proposed({"recommendations": tables["recommendations"]}), [])
        self.assertEqual(proposed({"conventions": tables["conventions"]}), [])
        other = {"recommendations": [recommendation(code="R201", number="201")]}
        self.assertEqual([(kind, key) for kind, key, *_facts in proposed(other)], [("gone", "R200"), ("new", "R201")])

    def test_what_was_made_by_hand_is_never_gone(self):
        facts = {"official_name": "X", "region": "africa", "source": "By hand"}
        Country.objects.create(iso3="XAA", iso2="XA", name="Utopia", slug="utopia", **facts)
        self.assertEqual(proposed(cast()), [])

    def test_a_reading_that_broke_off_can_be_decided_on_by_nobody(self):
        before = register()
        with self.assertRaises(KeyboardInterrupt):
            read_release(files(renamed()), progress=interrupt)
        release = Release.objects.first()
        self.assertFalse(release.is_complete)
        self.assertEqual(release.proposals.accept(None), Outcome())
        self.assertEqual(register(), before)


def interrupt(done, total):
    raise KeyboardInterrupt


class ByHand(ReleaseTestCase):
    """What a person edited since the last release."""

    def edit(self, **fields):
        Country.objects.filter(iso3="KAZ").update(**fields)

    def test_an_edit_is_kept_while_the_release_says_the_same(self):
        self.edit(name="Edited")
        self.assertEqual(proposed(cast()), [])
        bring_in(cast())
        self.assertEqual(self.state().name, "Edited")

    def test_an_edit_is_never_overwritten_unasked(self):
        self.edit(name="Edited")
        release, outcome = bring_in(renamed())
        self.assertEqual(outcome, Outcome())
        proposal = release.proposals.get()
        self.assertEqual((proposal.edited, proposal.decision), (True, "open"))
        self.assertEqual((proposal.before, proposal.after), ({"name": "Edited"}, {"name": NAME}))
        self.assertEqual(self.state().name, "Edited")

    def test_what_waits_for_a_person_is_not_proposed_again(self):
        self.edit(name="Edited")
        bring_in(renamed())
        self.assertEqual(proposed(renamed()), [])
        self.assertEqual(len(list(propose(read(files(renamed())), again=True))), 1)

    def test_an_edit_is_overwritten_when_a_person_accepts(self):
        self.edit(name="Edited")
        release, _ = bring_in(renamed())
        self.assertEqual(release.proposals.accept(None), Outcome(accepted=1))
        self.assertEqual(self.state().name, NAME)
        self.assertEqual(proposed(renamed()), [])

    def test_an_edit_of_another_field_is_no_obstacle(self):
        self.edit(source="Read by hand")
        self.assertEqual(bring_in(renamed())[1], Outcome(accepted=1))
        self.assertEqual((self.state().name, self.state().source), (NAME, "Read by hand"))

    def test_an_edit_that_the_release_confirms_is_no_edit_any_more(self):
        self.edit(name=NAME)
        self.assertEqual(bring_in(renamed())[1], Outcome())
        self.assertEqual(self.said("KAZ")["name"], NAME)
        self.assertEqual(proposed(cast()), [("changed", "KAZ", {"name": NAME}, {"name": "Kazakhstan"}, False)])

    def test_what_is_gone_and_edited_waits(self):
        Ratification.objects.filter(convention__code="C187").update(note="Edited")
        release, outcome = bring_in(cast() | {"ratifications": [act()]})
        self.assertEqual((outcome, release.proposals.get().edited), (Outcome(), True))

    def test_what_a_person_struck_stays_struck(self):
        Ratification.objects.filter(convention__code="C187").update(delisted_on=date(2020, 1, 1))
        self.assertEqual(proposed(cast()), [])
        self.assertEqual(proposed(cast() | {"ratifications": [act()]}), [])

    def test_what_a_person_took_away_is_not_made_again(self):
        Ratification.objects.filter(convention__code="C187").delete()
        self.assertEqual(proposed(cast()), [])
        self.assertEqual(proposed(cast() | {"ratifications": [act()]}), [])
        rows = [act(), act(convention="C187", ratified_on="", ratified_year="2016")]
        [(kind, key, *_facts, edited)] = proposed(cast() | {"ratifications": rows})
        self.assertEqual((kind, key, edited), ("new", "KAZ C187 1", True))

    def test_the_newest_release_is_the_one_to_decide_on(self):
        self.edit(name="Edited")
        older, _ = bring_in(renamed())
        newer, _ = bring_in(cast() | {"countries": [state(name_en="Qazaqstan")]})
        self.assertEqual([older.proposals.get().decision, newer.proposals.get().decision], ["overtaken", "open"])

    def test_of_two_readings_at_once_the_last_to_end_is_the_one_to_decide_on(self):
        inner = []

        def read_meanwhile(done, total):
            if not inner:
                inner.append(None)  # the inner reading reports its progress too
                inner.append(read_release(files(renamed())))

        outer = read_release(files(renamed()), progress=read_meanwhile)
        self.assertEqual([inner[1].proposals.get().decision, outer.proposals.get().decision], ["overtaken", "open"])

    def test_what_breaks_off_overtakes_nothing(self):
        waiting = read_release(files(renamed()))
        with self.assertRaises(KeyboardInterrupt):
            read_release(files(cast() | {"countries": [state(name_en="Qazaqstan")]}), progress=interrupt)
        self.assertEqual(waiting.proposals.get().decision, "open")
