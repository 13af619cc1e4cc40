"""What differs between two snapshots of a record, as a reader should be told it: words, values, sets, parts.

Nothing here asks the database or knows of a request. `templates/_partials/diff.html` shows what `compare` finds.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from functools import cache
from typing import ClassVar

from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext

from .records import PartialDate, Precision, RichTextField
from .wording import ADDED, REMOVED, compare_texts, likeness

# --- What is found -----------------------------------------------------------------------------------------------


@dataclass
class Change:
    """Something of a record that is not as it was. `name` is the key in the snapshot, `label` what editors call it."""

    name: str
    label: str


@dataclass
class TextChange(Change):
    """A text whose words, paragraphs or markup differ."""

    kind: ClassVar = "text"
    rows: list


@dataclass
class ValueChange(Change):
    """One value in place of another, as readers see them; an empty one is ""."""

    kind: ClassVar = "value"
    old: str
    new: str


@dataclass
class SetChange(Change):
    """What a record is linked to, more or less than before."""

    kind: ClassVar = "set"
    added: list
    removed: list


@dataclass
class PartRow:
    """One part of a whole: added, removed or changed, with what changed in it and the places between which it moved."""

    op: str
    name: str
    changes: list
    moved: tuple = ()


@dataclass
class PartChange(Change):
    """Parts of one sort that are not as they were."""

    kind: ClassVar = "part"
    rows: list


# --- The record --------------------------------------------------------------------------------------------------


def compare(model, old, new):
    """List what differs between two snapshots of a record of `model`: fields, then sets, then parts, in its own order.

    Either may be None: then all of the other is new, or gone. What a snapshot of older software lacks reads as empty.
    """
    return [
        *_fields(model, *(snapshot and snapshot.get("fields", {}) for snapshot in (old, new))),
        *_related(model, "sets", _set, old, new),
        *_related(model, "parts", _parts, old, new),
    ]


@cache
def _schema(model):
    """The fields of a model and, by their accessors, what leads to it, in the model's order. Of no model, none."""
    if model is None:
        return {}
    own = {each.name: each for each in [*model._meta.concrete_fields, *model._meta.many_to_many]}
    return own | {each.get_accessor_name(): each for each in model._meta.related_objects}


def _keys(model, *mappings):
    """The keys of the mappings, first those that the model knows."""
    keys = dict.fromkeys(key for mapping in mappings for key in mapping)
    return [*filter(keys.__contains__, _schema(model)), *(key for key in keys if key not in _schema(model))]


def _label(model, key):
    known = _schema(model).get(key)
    plain = key.replace("_", " ")
    return str(
        capfirst(known.related_model._meta.verbose_name_plural if _is_reverse(known) else getattr(known, "verbose_name", plain))
    )


def _is_reverse(known):
    return known is not None and known.auto_created and not known.concrete


def _fields(model, old, new, besides=()):
    """The fields that differ. A field younger than a snapshot was at its default then."""
    defaults = _defaults(model) if old and new else {}
    old, new = old or {}, new or {}
    for key in _keys(model, old, new):
        whole = key.removesuffix("_precision")
        if key in besides or (whole != key and (whole in old or whole in new)):
            continue
        before, after = (each.get(key, defaults.get(key)) for each in (old, new))
        known, found = _schema(model).get(key), (key, _label(model, key))
        if _is_text(known, before, after):
            if rows := compare_texts(before or "", after or "", rich=isinstance(known, RichTextField)):
                yield TextChange(*found, rows)
        else:
            precise = f"{key}_precision"
            shown = [_shown(known, value, side.get(precise)) for value, side in ((before, old), (after, new))]
            if _identity(before, shown[0]) != _identity(after, shown[1]):
                yield ValueChange(*found, *shown)


@cache
def _defaults(model):
    known = {key: getattr(each, "default", NOT_PROVIDED) for key, each in _schema(model).items()}
    return {key: value for key, value in known.items() if value is not NOT_PROVIDED and not callable(value)}


def _is_text(known, *values):
    if isinstance(known, models.Field) and (known.choices or not isinstance(known, models.CharField | models.TextField)):
        return False
    return all(isinstance(value, str | None) for value in values) and any(values)


def _identity(value, shown):
    """What makes a value another one: of a record its number, whatever its name; of anything else how it reads."""
    return value.get("id", shown) if isinstance(value, dict) else shown


def _shown(known, value, precision=None):
    """A value as a reader sees it. What the field would not understand is shown as it stands."""
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id", ""))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    labels = dict(getattr(known, "flatchoices", ()))
    if isinstance(value, str | int) and value in labels:
        return str(labels[value])
    try:
        return _typed(known, value, precision)
    except (ValueError, TypeError, InvalidOperation):
        return str(value)


def _typed(known, value, precision):
    if isinstance(known, models.DateTimeField):
        moment = datetime.fromisoformat(value)
        return date_format(localtime(moment) if is_aware(moment) else moment, "j F Y, H:i")
    if isinstance(known, models.DateField):
        return str(PartialDate(date.fromisoformat(value), Precision(precision or Precision.DAY)))
    if isinstance(known, models.DecimalField):
        return f"{Decimal(str(value)).normalize():,f}"
    return str(value)


# --- Sets and parts ----------------------------------------------------------------------------------------------


def _related(model, sort, differences, old, new):
    old, new = ((snapshot or {}).get(sort, {}) for snapshot in (old, new))
    for key in _keys(model, old, new):
        if change := differences(model, key, old.get(key) or [], new.get(key) or []):
            yield change


def _set(model, key, old, new):
    """Links added and removed; a record that is only called otherwise is the same link."""
    old, new = ({_identity(each, each): _shown(None, each) for each in side} for side in (old, new))
    added = [name for each, name in new.items() if each not in old]
    removed = [name for each, name in old.items() if each not in new]
    return SetChange(key, _label(model, key), added, removed) if added or removed else None


def _parts(model, key, old, new):
    part = getattr(_schema(model).get(key), "related_model", None)
    old, new = ([{"id": row.get("id"), "fields": row.get("fields") or {}} for row in side] for side in (old, new))
    pairs = _matched(old, new)
    moves = _moves(old, new, pairs)
    rows = []
    for j, row in enumerate(new):
        i = pairs.get(j)
        changes = [*_fields(part, old[i]["fields"] if i is not None else None, row["fields"], besides={"position"})]
        if i is None or changes or j in moves:
            rows.append(PartRow(ADDED if i is None else "changed", _part_name(part, row), changes, moves.get(j, ())))
    kept = set(pairs.values())
    for i, row in enumerate(old):
        if i not in kept:
            rows.append(PartRow(REMOVED, _part_name(part, row), [*_fields(part, row["fields"], None, besides={"position"})]))
    return PartChange(key, _label(model, key), rows) if rows else None


def _part_name(part, row):
    """What a part is known by: what its natural key names, else the first thing it says."""
    natural = [lookup.split("__")[0] for lookup in getattr(part, "natural", ()) if lookup != "slug"]
    for key in (*natural, *row["fields"]):
        if shown := _shown(_schema(part).get(key), row["fields"].get(key)):
            return shown
    return ""


def _matched(old, new):
    """Which new row was which old one: by the number of the row, else by what it says, the most alike first."""
    stored = {row["id"]: i for i, row in enumerate(old) if (row.get("id") or 0) > 0}
    pairs = {j: stored[row["id"]] for j, row in enumerate(new) if row.get("id") in stored}
    taken = set(pairs.values())
    likely = [
        (likeness, -abs(i - j), i, j)
        for i, before in enumerate(old)
        if i not in taken
        for j, after in enumerate(new)
        if j not in pairs and (likeness := _row_likeness(before, after)) >= 0.5
    ]
    for _likeness, _distance, i, j in sorted(likely, reverse=True):
        if i not in taken and j not in pairs:
            pairs[j] = i
            taken.add(i)
    return pairs


def _row_likeness(before, after):
    """How far two rows say the same, from 0 to 1; two rows that the database tells apart never do."""
    if all((row.get("id") or 0) > 0 for row in (before, after)):
        return 0
    before, after = before["fields"], after["fields"]
    keys = [key for key in {**before, **after} if key != "position" and (before.get(key) or after.get(key))]
    return sum(_value_likeness(before.get(key), after.get(key)) for key in keys) / (len(keys) or 1)


def _value_likeness(one, other):
    if isinstance(one, str) and isinstance(other, str):
        return likeness(one, other)
    return _identity(one, one) == _identity(other, other)


def _moves(old, new, pairs):
    """The rows that stand elsewhere among those that stayed, with both places. New numbers in the old order are no move."""
    old_order, new_order = (
        sorted(range(len(rows)), key=lambda n, rows=rows: (rows[n]["fields"].get("position") or 0, n)) for rows in (old, new)
    )
    stayed = [pairs[j] for j in new_order if j in pairs]
    blocks = SequenceMatcher(None, [i for i in old_order if i in set(stayed)], stayed, autojunk=False).get_matching_blocks()
    in_order = {stayed[n] for _start, start, size in blocks for n in range(start, start + size)}
    return {j: (old_order.index(i) + 1, new_order.index(j) + 1) for j, i in pairs.items() if i not in in_order}
