"""Random registers are read in: twice, in another order, after a look at them first, and with a row at fault somewhere.

The registers are drawn by Hypothesis from a few States, instruments and acts, the same ones in every run.
"""

import random
from datetime import date

import pytest
from django.conf import settings as site
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from conventions.models import Country
from conventions.models.rows import facts_of, find
from conventions.register.changes import propose, read_release
from conventions.register.tables import Refused, read
from tests.registers import act, bring_in, everything, files, instrument, proposed, recommendation, register, state

pytestmark = [pytest.mark.django_db, pytest.mark.rules]
set_hypothesis_home_dir(site.VAR_DIR)  # what it keeps goes with the tests' own folder, not into the checkout

STATES = {"KAZ": ("KZ", "Kazakhstan"), "UZB": ("UZ", "Uzbekistan"), "CIV": ("CI", "Côte d’Ivoire"), "TUR": ("TR", "Türkiye")}
YEARS = {"C029": 1930, "C087": 1948, "C105": 1957, "P029": 2014}
WORDS = st.sampled_from(["", "as reported", "Қазақстан", 'with a "comma", and\r\na line'])


def subset(names):
    return st.lists(st.sampled_from(sorted(names)), unique=True, min_size=1).map(sorted)


@st.composite
def tables(draw):
    """A register in four tables."""
    states, codes = draw(subset(STATES)), draw(subset(YEARS))
    acts = [(iso3, code) for iso3 in states for code in codes if draw(st.booleans())]
    made = {
        "countries": [draw(states_of(iso3)) for iso3 in states],
        "conventions": [draw(instruments_of(code, codes)) for code in codes],
        "recommendations": [recommendation(code=f"R{n:03}", number=str(n), title=f"R {n}") for n in draw(numbers)],
        "ratifications": [draw(acts_of(iso3, code)) for iso3, code in acts],
    }
    return {name: rows for name, rows in made.items() if rows}


numbers = st.lists(st.integers(1, 4), unique=True)


@st.composite
def states_of(draw, iso3):
    iso2, name = STATES[iso3]
    verified = draw(st.sampled_from(["yes", "no"]))
    return state(iso3=iso3, iso2=iso2, name_en=name, member_note=draw(WORDS), member_since_verified=verified)


@st.composite
def instruments_of(draw, code, codes):
    year, kind = YEARS[code], "protocol" if code.startswith("P") else "convention"
    topic, status = draw(st.sampled_from(["Wages", "Forced labour"])), draw(st.sampled_from(["up-to-date", "outdated"]))
    older = [other for other in codes if YEARS[other] < year and draw(st.booleans())]
    return instrument(
        code=code, kind=kind, number=str(int(code[1:])), title=f"{code}, {year}", year=str(year), topic=topic, status=status,
        adopted_on=f"{year}-06-10", in_force_on=draw(st.sampled_from(["", f"{year + 2}-01-01"])), revises=" ".join(older),
        note=draw(WORDS),
    )  # fmt: skip


@st.composite
def acts_of(draw, iso3, code):
    day = draw(st.dates(min_value=min_day(code), max_value=min_day("P029").replace(year=2024)))
    verified = draw(st.sampled_from(["yes", "year", "exists", "no"]))
    denounced = {"status": "denounced", "denounced_on": f"{day.year + 1}-12-31"} if verified in ("yes", "year") else {}
    return act(
        iso3=iso3, convention=code, ratified_on=day.isoformat(), ratified_year=f"{day.year}", date_basis="source",
        verified=verified, note=draw(WORDS), **(denounced if draw(st.booleans()) else {}),
    )  # fmt: skip


def min_day(code):
    return date(YEARS[code], 6, 11)


def shuffled(register, seed):
    """The same tables and rows in another order."""
    order = random.Random(seed)
    names = list(register)
    order.shuffle(names)
    return {name: order.sample(register[name], len(register[name])) for name in names}


def undone(check):
    """Run a check and take back everything it wrote: every example starts from the same register."""

    def wrapped(**drawn):
        with transaction.atomic():
            check(**drawn)
            transaction.set_rollback(True)

    wrapped.__name__, wrapped.__doc__ = check.__name__, check.__doc__
    return wrapped


def over(**strategies):
    """Check over a few dozen drawn examples, the same ones each time, however slow the machine is."""

    def decorate(check):
        chosen = settings(
            max_examples=25,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        return chosen(given(**strategies)(undone(check)))

    return decorate


@over(first=tables(), second=tables())
def test_a_second_run_proposes_nothing(first, second):
    for release in (first, second, first):
        bring_in(release)
        before = register()
        assert proposed(release) == []
        assert bring_in(release)[1].accepted == 0
        assert register() == before


@over(first=tables(), second=tables(), seed=st.integers())
def test_the_order_of_rows_and_of_files_does_not_matter(first, second, seed):
    results = []
    for one, other in [(first, second), (shuffled(first, seed), shuffled(second, seed + 1))]:
        with transaction.atomic():
            bring_in(one, batch=3)
            bring_in(other, batch=500)
            results.append(register())
            transaction.set_rollback(True)
    assert results[0] == results[1]


@over(first=tables(), second=tables(), edited=st.booleans())
def test_a_dry_run_predicts_what_the_import_does(first, second, edited):
    bring_in(first)
    if edited:
        Country.objects.update(member_note="Edited by hand")
    before = everything()
    predicted = [(p.table, p.key, p.kind, p.row, p.before, p.after, p.source, p.edited) for p in propose(read(files(second)))]
    assert everything() == before
    release, outcome = bring_in(second)
    names = ["table", "key", "kind", "row", "before", "after", "source", "edited"]
    assert list(release.proposals.order_by("pk").values_list(*names)) == predicted
    assert outcome.accepted == sum(not edited for *_facts, edited in predicted)
    assert (outcome.overtaken, outcome.refused) == (0, [])
    assert release.proposals.open().count() == sum(edited for *_facts, edited in predicted)
    for proposal in release.proposals.filter(decision="accepted"):
        assert stands(proposal)


def stands(proposal):
    """Whether the register says what an accepted proposal says."""
    record = find(proposal.table, [proposal.key])[proposal.key]
    now = facts_of(proposal.table, record)
    return all(now[name] == value for name, value in proposal.said.items())


FAULTS = {
    "countries": {"ilo_region": "Oceania"},
    "conventions": {"adopted_on": "13/12/2000"},
    "recommendations": {"code": "R999"},
    "ratifications": {"iso3": "XKX"},
}


@over(first=tables(), second=tables(), data=st.data())
def test_a_row_at_fault_leaves_everything_as_it_was(first, second, data):
    bring_in(first)
    before = everything()
    name = data.draw(st.sampled_from(sorted(second)))
    index = data.draw(st.integers(0, len(second[name]) - 1))
    rows = [row | FAULTS[name] if number == index else row for number, row in enumerate(second[name])]
    with pytest.raises(Refused) as caught:
        read_release(files(second | {name: rows}))
    assert any(sentence.startswith(f"{name}.csv, row {index + 2}: ") for sentence in caught.value.sentences)
    assert everything() == before
