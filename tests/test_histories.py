"""Random histories of a commitment, read on random days of both axes, against a replay that knows no database.

Hypothesis draws them: updates with partial dates, recorded in any order, superseding each other, confirmed, withdrawn.
"""

import csv
import io
import json
import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings as site
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from articles.models import CLOSING, SETTLED, Commitment, Delivery, Effect, ProgressUpdate
from conventions.records import PartialDate, Precision
from tests.cast import make_cast

pytestmark = pytest.mark.django_db
set_hypothesis_home_dir(site.VAR_DIR)  # what it keeps goes with the tests' own folder, not into the checkout

START = date(2024, 1, 1)
DUE = date(2025, 6, 30)
#: Days around everything that the histories hold, and around the day on which the commitment falls due.
DAYS = st.integers(-10, 700).map(lambda count: START + timedelta(days=count))


def noon(day):
    return datetime.combine(day, time(12), UTC)


def end(day):
    return datetime.combine(day, time.max, UTC)


@st.composite
def histories(draw):
    """Updates as plain facts. Each was written on a day of its own and public then or later; a later one may supersede an
    earlier one, be withdrawn or confirmed once it is public."""
    recorded = draw(st.lists(st.integers(0, 600), min_size=1, max_size=7, unique=True).map(sorted))
    updates = []
    for index, days in enumerate(recorded):
        day = START + timedelta(days=days)
        public = day + timedelta(days=draw(st.just(0) | st.integers(0, 60)))
        closing = draw(st.sampled_from(list(Delivery)))
        updates.append(
            {
                "happened": PartialDate.ending(draw(DAYS), draw(st.sampled_from(list(Precision)))),
                "recorded": day,
                "public": public,
                "delivery": closing,
                "effect": draw(st.sampled_from(list(Effect))),
                "supersedes": draw(st.none() | st.integers(0, index - 1)) if index else None,
                "withdrawn": draw(st.none() | st.integers(1, 100).map(lambda later, day=public: day + timedelta(days=later))),
                "confirmed": (
                    draw(st.none() | st.integers(1, 100).map(lambda later, day=public: day + timedelta(days=later)))
                    if closing in CLOSING
                    else None
                ),
            }
        )
    return updates


def replay(updates, as_of, known):
    """What stands, by the rules in words: the latest event that had happened by then, of what was recorded by then."""
    held = [
        update for update in updates if update["public"] <= known and not (update["withdrawn"] and update["withdrawn"] <= known)
    ]
    superseded = [updates[update["supersedes"]] for update in held if update["supersedes"] is not None]
    standing = [update for update in held if update not in superseded and update["happened"].last_day <= as_of]
    last = max(standing, key=lambda update: (update["happened"].last_day, update["recorded"]), default=None)
    delivery = last["delivery"] if last else Delivery.NO_INFORMATION
    return {
        "delivery": delivery,
        "effect": last["effect"] if last else Effect.NOT_ASSESSED,
        "since": last["happened"].last_day if last else None,
        "confirmed": bool(last and last["confirmed"] and last["confirmed"] <= known),
        "is_overdue": as_of > DUE and delivery not in SETTLED,
    }


def write(cast, updates, order):
    """Put the history into the database, its rows in the given order: who was entered first must never matter."""
    rows = {}
    for index in order:
        update = updates[index]
        rows[index] = ProgressUpdate.objects.create(
            commitment=cast.amend,
            number=100 - index,  # against the order of recording
            happened_on=update["happened"].last_day,
            happened_on_precision=update["happened"].precision,
            summary=f"Step {index}",
            delivery=update["delivery"],
            effect=update["effect"],
            evidence=cast.evidence,
            recorded_at=noon(update["recorded"]),
        )
    for index, row in rows.items():
        before = updates[index]["supersedes"]
        withdrawn, confirmed = updates[index]["withdrawn"], updates[index]["confirmed"]
        facts = {"supersedes": rows[before], "reason": "It was wrong."} if before is not None else {}
        state = {"status": "published"}
        if confirmed:
            state |= {"confirmed_at": noon(confirmed), "confirmed_by": cast.carl}
        if withdrawn:
            state |= {"status": "withdrawn", "withdrawn_at": noon(withdrawn), "public_note": "It was not so."}
        ProgressUpdate.objects.filter(pk=row.pk).update(published_at=noon(updates[index]["public"]), **state, **facts)


def stands(as_of, known):
    """What the database says."""
    found = Commitment.objects.with_state(as_of, known).get(slug="amend-labour-code")
    return {name: getattr(found, name) for name in ("delivery", "effect", "since", "confirmed", "is_overdue")}


@pytest.fixture
def cast():
    made = make_cast()
    Commitment.objects.filter(pk=made.amend.pk).update(due_on=DUE, recorded_at=noon(START - timedelta(days=20)))
    made.roadmap.__class__.objects.filter(pk=made.roadmap.pk).update(published_at=noon(START - timedelta(days=20)))
    return made


quick = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_any_day_equals_the_replay(cast):
    @settings(quick, max_examples=100)
    @given(updates=histories(), days=st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=6), seed=st.integers(0, 10))
    def check(updates, days, seed):
        order = list(range(len(updates)))
        random.Random(seed).shuffle(order)
        with transaction.atomic():
            write(cast, updates, order)
            for as_of, known in days:
                assert stands(as_of, known) == replay(updates, as_of, known), (as_of, known)
                counted = Commitment.objects.filter(pk=cast.amend.pk).standing(as_of, known)
                told = replay(updates, as_of, known)
                assert counted["delivery"] == {**dict.fromkeys(Delivery.values, 0), told["delivery"]: 1}
                assert counted["effect"] == {**dict.fromkeys(Effect.values, 0), told["effect"]: 1}
                assert counted["overdue"] == told["is_overdue"]
                assert counted["unconfirmed"] == (told["delivery"] in CLOSING and not told["confirmed"])
                assert counted["total"] == 1
            transaction.set_rollback(True)

    check()


def test_what_is_recorded_later_never_changes_what_was_known(cast):
    """Superseding, withdrawing and confirming leave every earlier day of knowledge as it was."""

    @settings(quick, max_examples=60)
    @given(updates=histories(), as_of=DAYS)
    def check(updates, as_of):
        with transaction.atomic():
            write(cast, updates, range(len(updates)))
            moments = {update["recorded"] for update in updates}
            moments |= {update[name] for update in updates for name in ("withdrawn", "confirmed") if update[name]}
            for moment in moments:
                by_then = moment - timedelta(days=1)
                known_then = [update for update in updates if update["recorded"] <= by_then]
                assert stands(as_of, by_then) == replay(known_then, as_of, by_then)
            transaction.set_rollback(True)

    check()


def test_page_list_data_and_feed_agree(cast):
    client = Client()

    @settings(quick, max_examples=25)
    @given(updates=histories(), as_of=DAYS, known=DAYS)
    def check(updates, as_of, known):
        told = replay(updates, as_of, known)
        query = {"as_of": as_of.isoformat(), "known": known.isoformat()}
        with transaction.atomic():
            write(cast, updates, range(len(updates)))
            assert client.get(cast.amend.get_absolute_url(), query).context["commitment"].delivery == told["delivery"]
            for path in (cast.roadmap.get_absolute_url(), "/commitments/"):
                assert states_on(client.get(path, query)) == told["delivery"], path
            rows = list(csv.DictReader(io.StringIO(client.get("/commitments/data.csv", query).content.decode("utf-8-sig"))))
            row = next(row for row in rows if row["slug"] == "amend-labour-code")
            assert row["delivery"] == told["delivery"]
            assert (row["overdue"] == "yes") == told["is_overdue"]
            data = json.loads(client.get("/commitments/data.json", query).content)
            entry = next(each for each in data["commitments"] if each["slug"] == "amend-labour-code")
            assert (entry["delivery"], entry["effect"], entry["overdue"]) == (
                told["delivery"],
                told["effect"],
                told["is_overdue"],
            )
            feed = client.get(f"{cast.amend.get_absolute_url()}feed/", query).content.decode()
            for index, update in enumerate(updates):
                is_entry = update["public"] <= known and update["happened"].last_day <= as_of
                assert (f"#update-{100 - index}" in feed) == is_entry
                assert (f"Step {index}" in feed) == (is_entry and not update["withdrawn"])  # on whichever day one reads
            transaction.set_rollback(True)

    check()


def states_on(response):
    """The state in which a page shows the commitment."""
    lists = [response.context.get("commitments"), response.context.get("page")]
    found = [each for rows in lists if rows for each in rows if getattr(each, "slug", "") == "amend-labour-code"]
    return found[0].delivery
