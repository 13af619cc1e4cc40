"""How far a State has come towards being bound by what it promised to ratify, and who else ratified or promised the same.

The first rungs are told by updates, the last two by the register: domestic law and registration with the ILO in Geneva are
two things. A rung that no source tells is unknown; that says nothing about what was done.
"""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conventions.models import EntryIntoForce, Ratification
from conventions.past import answer_on, as_recorded, recorded, stood, unsure
from conventions.records import PartialDate, Precision
from conventions.standing import by_pair

from .models import READ_IN_REGISTER, Commitment, Rung

#: How many promises on one instrument stand beside each other; the list of commitments has them all.
MOST = 100


class Reached(models.TextChoices):
    """What is known of a rung: never “no”."""

    YES = "yes", gettext_lazy("reached")
    AHEAD = "ahead", gettext_lazy("to come")
    UNKNOWN = "unknown", gettext_lazy("unknown")


#: The shape beside each word; never a colour alone.
SHAPES = {Reached.YES: "●", Reached.AHEAD: "◔", Reached.UNKNOWN: "?"}


@dataclass(frozen=True)
class Step:
    """One rung of the ladder: whether it was reached, on which day as far as it is known, and who says so.

    The first rungs name the update that tells them, the last two the act in the register.
    """

    rung: Rung
    reached: Reached = Reached.UNKNOWN
    date: PartialDate | None = None
    update: object = None
    act: object = None
    note: str = ""

    @property
    def shape(self):
        return SHAPES[self.reached]


@dataclass(frozen=True)
class Ladder:
    """The rungs from the lowest to the highest; the national laws that the register holds, and whether it answers at all."""

    steps: list
    laws: list
    has_register: bool


def ladder_of(commitment, updates, acts, days):
    """The ladder of a promise to ratify; None for any other.

    `updates` are those in effect, `acts` all that the register holds of its State and instrument.
    """
    if not commitment.is_to_ratify:
        return None
    has_register = commitment.roadmap.country_id is not None
    told = first_told(updates)
    steps = [step_told(rung, told.get(rung)) for rung in rungs_told(told)]
    if has_register:
        steps += steps_registered(commitment.convention, acts, days)
    return Ladder(steps, [act for act in recorded(acts, days) if act.national_law], has_register)


# --- What updates tell ----------------------------------------------------------------------------------------------------


def first_told(updates):
    """The update that tells each rung: that of the first event."""
    told = {}
    for update in sorted(updates, key=lambda update: (update.happened_on, update.recorded_at, update.number)):
        if update.rung:
            told.setdefault(Rung(update.rung), update)
    return told


def rungs_told(told):
    """The rungs that updates can tell. A parliament has one, or one for each of its chambers if any update names a chamber."""
    houses = [Rung.LOWER_HOUSE, Rung.UPPER_HOUSE]
    left_out = set(READ_IN_REGISTER)
    if not told.keys() & set(houses):
        left_out |= set(houses)
    elif Rung.PARLIAMENT not in told:
        left_out.add(Rung.PARLIAMENT)
    return [rung for rung in Rung if rung not in left_out]


def step_told(rung, update):
    return Step(rung, Reached.YES, update.happened, update) if update else Step(rung)


# --- What the register tells ----------------------------------------------------------------------------------------------


def steps_registered(convention, acts, days):
    """Registration with the ILO and entry into force, by the last act that counts and stood on that day."""
    standing = [act for act in stood(acts, days) if act.counts and act.denounced_on is None]
    if standing:
        act = max(standing, key=lambda act: act.act)
        note = "" if act.ratified else _("The day is not known.")
        return [Step(Rung.REGISTERED, Reached.YES, act.ratified, act=act, note=note), step_in_force(convention, act, days)]
    return [Step(Rung.REGISTERED, note=why_unknown(acts, days)), Step(Rung.IN_FORCE)]


def why_unknown(acts, days):
    """What the register holds instead of an act that counts."""
    if unsure(acts, days):
        return _("The register holds an act, but not on which day it was made: whether by then is not known.")
    if ended := [act for act in stood(acts, days) if act.denounced_on]:
        return _("A ratification was denounced: %(date)s.") % {"date": max(ended, key=lambda act: act.act).denounced}
    if any(not act.counts and not act.national_law for act in stood(acts, days)):
        return _("A ratification is reported; no source seen shows that the ILO registered it.")
    return ""


def step_in_force(convention, act, days):
    """Entry into force for the State: so many months after the registration as the instrument itself says."""
    if convention.entry_into_force in (EntryIntoForce.NOT_YET, EntryIntoForce.NEVER):
        return Step(Rung.IN_FORCE, note=_("The instrument itself has not entered into force."))
    if convention.months_to_force is None:
        return Step(Rung.IN_FORCE, note=_("After how many months it binds, no source seen says."))
    day = months_after(act.ratified, convention.months_to_force)
    if day is None:
        return Step(Rung.IN_FORCE, note=_("The day of the registration is not known well enough."))
    if convention.in_force_on and day.last_day < convention.in_force_on:
        day = PartialDate(convention.in_force_on)  # nobody is bound before the instrument itself is in force
    return Step(Rung.IN_FORCE, Reached.YES if day.last_day <= days.day else Reached.AHEAD, day, act=act)


def months_after(date, months):
    """The day so many months after a date, as precisely as that is known; None where no precision of ours can say it."""
    if date is None or (date.precision == Precision.YEAR and months % 12):
        return None
    years, month = divmod(date.last_day.month - 1 + months, 12)
    first = date.last_day.replace(year=date.last_day.year + years, month=month + 1, day=1)
    last = PartialDate.ending(first, Precision.MONTH).last_day
    return PartialDate.ending(last.replace(day=min(date.last_day.day, last.day)), date.precision)


# --- Neighbours -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Neighbour:
    """A State: where it stands to the instrument, and what it promised about it."""

    country: object
    answer: object
    promises: list


@dataclass(frozen=True)
class Near:
    """The States that ratified an instrument, or promised something about it; and the acts of the one that is asked about.

    `rows` are those that promised something, `others` those of which only an act is known. `jointly` are promises of all
    member States together, and `is_cut` says whether there are more promises than are shown.
    """

    rows: list
    others: list
    jointly: list
    own: list
    is_cut: bool


def neighbours_of(commitment, days):
    """Who else ratified the instrument of a commitment in the region of its State, and who promised what about it anywhere."""
    country, instrument = commitment.roadmap.country, commitment.convention
    promises = Commitment.objects.published().held(days.as_of, days.known).filter(convention=instrument)
    promises = promises.with_state(days.as_of, days.known).select_related("roadmap__country")
    promises = list(promises.order_by("roadmap__country__name", "roadmap", "number")[: MOST + 1])
    countries = {each.roadmap.country_id: each.roadmap.country for each in promises[:MOST] if each.roadmap.country_id}
    region = Q(country__region=country.region) if country else Q()
    acts = Ratification.objects.filter(region | Q(country__in=countries), convention=instrument).select_related("country")
    pairs = by_pair(as_recorded(days)(acts) if country or countries else ())
    countries |= {acts[0].country_id: acts[0].country for acts in pairs.values()}
    found = []
    for state in sorted(countries.values(), key=lambda state: state.name):
        theirs = [each for each in promises[:MOST] if each.roadmap.country_id == state.pk]
        found.append(Neighbour(state, answer_on(instrument, pairs[state.pk, instrument.pk], days), theirs))
    return Near(
        rows=[each for each in found if each.promises],
        others=[each for each in found if each.answer.act and not each.promises],
        jointly=[each for each in promises[:MOST] if each.roadmap.country_id is None],
        own=pairs[country.pk, instrument.pk] if country else [],
        is_cut=len(promises) > MOST,
    )
