"""The register on another day: which acts had been made by then, and had been recorded here by then.

An act with a date known only in part counts from the last day of its period. Until then, and where no date is known at
all, nobody can say whether it had been made: the answer is “not known”, and neither yes nor no.
"""

from copy import copy
from functools import partial

from django.utils import timezone

from .records import PartialDate
from .standing import Answer, Standing, answer


def recorded(acts, days):
    """The acts that this record held by the end of `known`."""
    return [act for act in acts if days.end is None or act.recorded_at <= days.end]


def stood(acts, days):
    """The acts as they stood: recorded by `known`, and made by `as_of`. What ended later had not ended yet.

    What counts nowhere bears no date, and stands as it is.
    """
    return [as_it_stood(act, days.as_of) for act in recorded(acts, days) if not act.counts or was_made(act, days.as_of)]


def was_made(act, as_of):
    """Whether an act had surely been made by that day (None: now)."""
    return as_of is None or (act.ratified_on is not None and act.ratified_on <= as_of)


def as_it_stood(act, as_of):
    """The act without a denunciation that came after that day."""
    if as_of is None or act.denounced_on is None or act.denounced_on <= as_of:
        return act
    act = copy(act)
    act.denounced_on, act.status = None, ""
    return act


def unsure(acts, days):
    """The acts of which it is not known whether they had been made by `as_of`: without a date, or within their period."""
    counting = [act for act in recorded(acts, days) if act.counts and not was_made(act, days.as_of)]
    return [act for act in counting if act.ratified is None or act.ratified.first_day <= days.as_of]


def answer_on(convention, acts, days):
    """Where a State stood to `convention` on these days, by its `acts`, which are all that the register holds of the two."""
    found = answer(convention, stood(acts, days))
    if not days.is_past or found.standing not in (Standing.NOT_RATIFIED, Standing.UNKNOWN):
        return found
    held = recorded(acts, days)
    if unsure(acts, days) or len(held) < len(acts):
        return Answer(Standing.UNKNOWN)
    if any(act.counts for act in held):  # it ratified later
        return Answer(Standing.NOT_RATIFIED)
    return found if was_read(convention, days) else Answer(Standing.UNKNOWN)


def asking(days):
    """The same as a function of an instrument and acts; None for now."""
    return partial(answer_on, days=days) if days.is_past else None


def was_read(convention, days):
    """Whether the list of all States could have been read by the end of `known`."""
    return days.end is None or convention.covered is None or convention.covered.first_day <= timezone.localdate(days.end)


def absent_by(convention, days):
    """As of which day “not ratified” is said: of the list, or of the day that is asked for, whichever is earlier."""
    covered = convention.covered
    if days.as_of and (covered is None or covered.last_day > days.as_of):
        return PartialDate(days.as_of)
    return covered
