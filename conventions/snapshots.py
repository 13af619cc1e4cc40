"""What a record says, photographed: its own fields, its sets and its parts, as plain data that JSON can hold.

    {"fields": {"headline": "…", "lead_image": {"id": 5, "name": "…"}},
     "sets":   {"countries": [{"id": 1, "name": "Kazakhstan"}]},
     "parts":  {"citations": [{"id": 3, "fields": {…}}]}}

A snapshot holds what its editors can write, and never where the record stands (its status, its times): putting an old one
back brings no withdrawn text back to life. Names stand beside keys, so that a snapshot can be read when what it names is gone.
"""

import json
import re
from collections import defaultdict
from copy import copy

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

# --- What belongs to a record -------------------------------------------------------------------------------------


def own_fields(model):
    """The columns that an editor of the record writes, without what is forgotten one day."""
    forgettable = getattr(model, "forgettable", ())
    return [f for f in model._meta.concrete_fields if f.editable and not f.primary_key and f.name not in forgettable]


def set_names(model):
    """The many-to-many relations that are edited in the record's form: its own, and those it takes `also` from others."""
    own = [field.name for field in model._meta.many_to_many if field.remote_field.through._meta.auto_created]
    return [*(name for name in own if name not in model.elsewhere), *model.also]


def part_fields(model, name):
    """The columns of the rows of a part, without the link to their whole."""
    relation = model._meta.get_field(name)
    return [field for field in own_fields(relation.related_model) if field != relation.field]


# --- Out of a record ----------------------------------------------------------------------------------------------


def snapshot(record):
    """What the record says now, by the database."""
    model = type(record)
    shot = {
        "fields": read(record, own_fields(model)),
        "sets": {name: read_set(record, name) for name in set_names(model)},
        "parts": {name: read_parts(record, name) for name in model.parts},
    }
    return json.loads(json.dumps(shot, cls=DjangoJSONEncoder))


def read(record, fields):
    return {field.name: value_of(record, field) for field in fields}


def value_of(record, field):
    if field.remote_field:
        return reference(getattr(record, field.name))
    return field.value_to_string(record) if isinstance(field, models.FileField) else field.value_from_object(record)


def reference(other):
    """How another record is referred to."""
    return None if other is None else {"id": other.pk, "name": str(other)}


def read_set(record, name):
    """What a set holds. Most are empty: that is asked first, because what the names need takes long to ask for."""
    chosen = getattr(record, name)
    links = chosen.through._base_manager.filter(**{f"{chosen.source_field_name}_id": record.pk})
    return [reference(other) for other in with_names(chosen).order_by("pk")] if links.exists() else []


def with_names(records):
    """With what their names need, in one query: every link that cannot be empty, or those that their model lists."""
    return records.select_related(*getattr(records.model, "named_with", ()))


def read_parts(record, name):
    fields = part_fields(type(record), name)
    links = [field.name for field in fields if field.remote_field]
    rows = getattr(record, name).select_related(*links).order_by("pk")
    return [{"id": row.pk, "fields": read(row, fields)} for row in rows]


# --- Two of them --------------------------------------------------------------------------------------------------

LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>')


def same_words(one, other):
    """Whether two snapshots say the same to a reader: they differ in capitals, punctuation, blanks and markup at most."""
    return words_of(one) == words_of(other)


def words_of(value):
    """A snapshot, or a part of one, with every text reduced to its words. Where a link leads to is among them."""
    if isinstance(value, dict):
        return {key: words_of(inner) for key, inner in value.items() if key != "name" or "id" not in value}
    if isinstance(value, list):
        return [words_of(inner) for inner in value]
    return re.findall(r"\w+", strip_tags(LINK.sub(r" \1 ", value)).casefold()) if isinstance(value, str) else value


# --- Back into a record -------------------------------------------------------------------------------------------


def provisional(shot, record):
    """The snapshot with a negative key for each row of a part that the database does not hold.

    What waits for review is written only to be looked at, and taken back. The next time its rows come with the same keys,
    and the form that was made of them finds them again; no real row ever has such a key.
    """
    parts = {}
    for name, rows in shot["parts"].items():
        stored = set(getattr(record, name).values_list("pk", flat=True))
        taken = [row["id"] for row in rows if row["id"] < 0]
        free = min(taken, default=0)
        parts[name] = []
        for row in rows:
            if row["id"] > 0 and row["id"] not in stored:
                free -= 1
                row = {**row, "id": free}
            parts[name].append(row)
    return {**shot, "parts": parts}


def references(model, shot):
    """All that a snapshot names, each as (its model, {"id": …, "name": …}), one after the other as it stands there."""
    whole = [(own_fields(model), shot["fields"])]
    rows = [(part_fields(model, name), row["fields"]) for name in model.parts for row in shot["parts"].get(name, [])]
    for fields, values in whole + rows:
        yield from (
            (field.related_model, values[field.name]) for field in fields if field.remote_field and values.get(field.name)
        )
    for name in set_names(model):
        yield from ((model._meta.get_field(name).related_model, named) for named in shot["sets"].get(name, []))


class Restoring:
    """Snapshots on their way back: they name records by their keys, which are looked up once for each kind.

    `lost` are the names of what is no more and had to be left out. `look_up` is for pages that show less than all of it.
    """

    def __init__(self, model, shot, look_up=None):
        self.model, self.shot, self.lost = model, shot, []
        self.found = {kind: (look_up or self.rows)(kind, keys) for kind, keys in self.keys().items()}

    @staticmethod
    def rows(kind, keys):
        """The records with these keys; with what their names need."""
        return with_names(kind._base_manager).in_bulk(keys)

    def keys(self):
        """The keys of all that the snapshot names, by model."""
        keys = defaultdict(set)
        for kind, named in references(self.model, self.shot):
            keys[kind].add(named["id"])
        return keys

    def related(self, name):
        return self.model._meta.get_field(name).related_model

    def find(self, kind, named):
        """The record that is named, or None; then its name is noted."""
        if named is None:
            return None
        if (found := self.found[kind].get(named["id"])) is None:
            self.lost.append(named["name"])
        return found

    def fill(self, record, fields, values):
        """Give the record these values. Return whether it has all that it cannot be without."""
        complete = True
        for field in fields:
            if field.name not in values:  # written before the field was there
                continue
            value = values[field.name]
            if field.remote_field:
                value = self.find(field.related_model, value)
                complete = complete and (value is not None or field.null)
                if value is None and not field.null:
                    continue
            elif value is not None:
                value = field.to_python(value)
            setattr(record, field.name, value)
        return complete

    def chosen(self, name):
        """The records of a set that are still there."""
        found = (self.find(self.related(name), named) for named in self.shot["sets"].get(name, []))
        return [other for other in found if other is not None]

    def part_rows(self, name, make):
        """The rows of a part, each filled by its values into what `make(key)` gives; without those that lost their record."""
        fields = part_fields(self.model, name)
        for row in self.shot["parts"].get(name, []):
            part = make(row["id"])
            if self.fill(part, fields, row["fields"]):
                yield part, row


def write(record, shot, *, now=None, clean=False, to_look_at=False):
    """Make the stored record say what the snapshot says, parts and sets included, in one transaction.

    Return the names of what is no more and was left out. ValidationError if the record itself cannot be without it.
    `now` is what it says, where that is known: sets and parts that are the same are left alone. `clean` asks the model first.
    `to_look_at` writes the rows of parts under their provisional keys: only for what is taken
    back afterwards.
    """
    restoring = Restoring(type(record), shot)
    with transaction.atomic():
        if not restoring.fill(record, own_fields(type(record)), shot["fields"]):
            raise ValidationError(_("It cannot be without %(names)s, which is no more.") % {"names": ", ".join(restoring.lost)})
        if clean:
            record.full_clean(validate_constraints=False)  # the database asks about those itself
        record.save()
        for name in set(differing(shot, now, "sets")) & set(set_names(type(record))):
            getattr(record, name).set(restoring.chosen(name))
        for name in set(differing(shot, now, "parts")) & set(type(record).parts):
            write_parts(record, name, restoring, to_look_at)
    return restoring.lost


def differing(shot, now, sort):
    """The names of the sets, or parts, that are not the same in both; all of them if nothing else is known."""
    return [name for name, rows in shot[sort].items() if now is None or now[sort].get(name) != rows]


def write_parts(record, name, restoring, to_look_at):
    """Delete the rows that the snapshot does not have, mend those that differ, and add the others."""
    manager = getattr(record, name)
    fields, link = part_fields(type(record), name), manager.field.name
    stored = {part.pk: part for part in manager.all()}
    before = {key: read_plain(part, fields) for key, part in stored.items()}

    def make(key):
        part = stored.get(key)
        return part if part is not None else manager.model(pk=key if to_look_at else None, **{link: record})

    rows = list(restoring.part_rows(name, make))
    for key in stored.keys() - {row["id"] for part, row in rows}:
        stored[key].delete()
    changed = [part for part, row in rows if row["id"] not in stored or read_plain(part, fields) != before[row["id"]]]
    # What gives up a mark that one row alone may bear is saved before what takes it.
    for part in sorted(changed, key=lambda part: not gives_up(read_plain(part, fields), before.get(part.pk, []))):
        part.save(force_insert=part.pk not in stored)


def gives_up(now, before):
    """Whether any of the values was true and is not."""
    return any(was is True and value is False for was, value in zip(before, now, strict=False))


def read_plain(record, fields):
    """The values of the columns, without asking for what they refer to."""
    return [getattr(record, field.attname) for field in fields]


def in_memory(record, shot, look_up=None):
    """A copy of the record that says what the snapshot says, with its sets and parts. Nothing is stored.

    Only `all()` of a set or a part reads what the snapshot has; a filter would ask the database for what stands now:
    `keys_of()` serves both. `look_up(model, keys)` gives the records by their keys, where not all of them may be told.
    """
    restoring = Restoring(type(record), shot, look_up)
    then = copy(record)
    then._state = copy(record._state)
    then._state.fields_cache = {}
    restoring.fill(then, own_fields(type(record)), shot["fields"])
    then._prefetched_objects_cache = {}
    for name in set_names(type(record)):
        hold(then, name, ordered(restoring.chosen(name)))
    for name in type(record).parts:
        link = type(record)._meta.get_field(name).field.name
        model = restoring.related(name)
        rows = restoring.part_rows(name, lambda key, model=model, link=link: model(pk=key, **{link: then}))
        hold(then, name, ordered([part for part, row in rows]))
    return then


def keys_of(record, name):
    """The keys of a set, for a query: those that a record in memory holds, or, of a stored one, as the database has them."""
    chosen = getattr(record, name).all()
    return chosen.values("pk") if chosen._result_cache is None else [other.pk for other in chosen]


def hold(record, name, rows):
    """Let `all()` of a relation give these rows, as Django's own prefetching does."""
    held = getattr(record, name).get_queryset()
    held._result_cache, held._prefetch_done = rows, True
    record._prefetched_objects_cache[name] = held


def ordered(parts):
    """Rows in the order in which the database would give them, as far as it is by plain columns."""
    plain = {field.name for field in parts[0]._meta.fields if not field.remote_field} if parts else set()
    names = [name for name in (parts[0]._meta.ordering if parts else []) if name in plain]
    return sorted(parts, key=lambda part: [getattr(part, name) for name in names])
