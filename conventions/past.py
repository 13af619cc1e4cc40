"""The register on another day: which acts had been made by then, and had been recorded here by then.

An act with a date known only in part counts from the last day of its period. Until then, and where no date is known at
all, nobody can say whether it had been made: the answer is “not known”, and neither yes nor no.
"""

from copy import copy
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from .models import Ratification, Version
from .records import PartialDate
from .standing import Answer, Standing, answer


def as_recorded(days):
    """A function from acts of ratification to what this record told of them at the end of `known`: later edits are taken back.

    One query, however often it is called, and none for now.
    """
    if days.end is None:
        return list
    then = versions_then(Ratification, days.end)
    return lambda acts: [in_plain_words_of(act, then[act.pk]) if act.pk in then else act for act in acts]


def versions_then(model, end, keys=None):
    """By key, the version of a record that says what it said at the moment `end`: its last of that time.

    Where versions begin later, the first, which tells what stood before it was changed. None of what was not edited since:
    that says what it said then. Of all records of the model, or of those with these keys.
    """
    saved = Version.objects.saved().filter(content_type=ContentType.objects.get_for_model(model))
    saved = saved if keys is None else saved.filter(object_id__in=keys)
    then = {}
    for version in saved.filter(object_id__in=saved.filter(at__gt=end).values("object_id")).order_by("number"):
        if version.at <= end or version.object_id not in then:
            then[version.object_id] = version
    return then


def in_plain_words_of(record, version):
    """A copy of a record that says in its own columns what a version says; links, sets and parts are those of now."""
    told, then = version.snapshot["fields"], copy(record)
    for field in record._meta.concrete_fields:
        if field.name in told and not field.is_relation:
            setattr(then, field.name, field.to_python(told[field.name]))
    return then


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
