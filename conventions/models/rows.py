"""Records of the register as a release speaks of them: found by natural key, with their facts in plain values.

The plain values are those of JSON: a day is “2000-12-13”, a State ["KAZ"]. A topic is its name, because one that the
register does not have yet is made from it. The slug of a State is no fact of a release: its address stays.
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .instruments import Convention, Topic
from .ratifications import Ratification
from .states import Country


class Table(models.TextChoices):
    """What a row of a release describes, in the order in which rows need each other."""

    COUNTRY = "country", _("State")
    CONVENTION = "convention", _("Instrument")
    RATIFICATION = "ratification", _("Ratification")


MODELS = {Table.COUNTRY: Country, Table.CONVENTION: Convention, Table.RATIFICATION: Ratification}

FACTS = {
    Table.COUNTRY: "iso3 iso2 name official_name region region_verified member_since member_note source",
    Table.CONVENTION: "kind code number title title_verified year adopted_on entry_into_force in_force_on category status"
    " status_verified topics revises note source",
    Table.RATIFICATION: "country convention act ratified_on ratified_on_precision status denounced_on denounced_on_precision"
    " verification registered national_law note source",
}


def key_of(table, facts):
    """The natural key in one line: KAZ, C087, KAZ C087 1."""
    if table == Table.RATIFICATION:
        return f"{facts['country'][0]} {facts['convention'][0]} {facts['act']}"
    return facts["iso3" if table == Table.COUNTRY else "code"]


# --- Finding -----------------------------------------------------------------------------------------------------


def find(table, keys, lock=False):
    """The records with these keys, by key, in a handful of queries however many they are; locked on demand."""
    records = MODELS[table].objects.order_by("pk")
    if lock:
        records = records.select_for_update(of=("self",))
    if table == Table.RATIFICATION:
        return find_acts(records, keys)
    if table == Table.CONVENTION:
        records = records.prefetch_related("topics", "revises")
    name = "iso3" if table == Table.COUNTRY else "code"
    return {getattr(record, name): record for record in records.filter(**{f"{name}__in": keys})}


def find_acts(records, keys):
    """Acts by key. States and instruments are looked up first, so that the index of acts answers for each State."""
    wanted = [key.split() for key in keys]
    states = by_code(Country, "iso3", {iso3 for iso3, _code, _act in wanted})
    instruments = by_code(Convention, "code", {code for _iso3, code, _act in wanted})
    of_state = {}
    for iso3, code, _act in wanted:
        if iso3 in states and code in instruments:
            of_state.setdefault(states[iso3].pk, []).append(instruments[code].pk)
    rule = Q(pk__in=[])
    for state, some in of_state.items():
        rule |= Q(country_id=state, convention_id__in=some)
    iso3_of, code_of = ({row.pk: code for code, row in rows.items()} for rows in (states, instruments))
    found = {}
    for act in records.filter(rule):
        act.country, act.convention = states[iso3_of[act.country_id]], instruments[code_of[act.convention_id]]
        found[f"{act.country.iso3} {act.convention.code} {act.act}"] = act
    return {key: found[key] for key in keys if key in found}


def by_code(model, name, codes):
    """The records of a model by the code that names them, with little more than their keys."""
    return {getattr(record, name): record for record in model.objects.filter(**{f"{name}__in": codes}).only("pk", name)}


def facts_of(table, record):
    """What stands in a record now, in plain values, with the day on which it was struck."""
    return {name: plain(record, name) for name in [*FACTS[table].split(), "delisted_on"]}


def plain(record, name):
    if name == "topics":
        return sorted(topic.name for topic in record.topics.all())
    if name == "revises":
        return [[code] for code in sorted(instrument.code for instrument in record.revises.all())]
    if name in ("country", "convention"):
        return list(getattr(record, name).natural_key())
    value = getattr(record, name)
    return value.isoformat() if isinstance(value, date) else value


# --- Writing -----------------------------------------------------------------------------------------------------


def missing(table, wanted):
    """Of records to be written, as a mapping of key to facts, those that name one which does not exist, with a sentence.

    Instruments may name each other, and then one that cannot be written takes those with it that revise it.
    """
    lacks = {}
    there = existing(table, wanted)
    while True:
        coming = wanted.keys() - lacks.keys() if table == Table.CONVENTION else set()
        more = {
            key: absent[0]
            for key, facts in wanted.items()
            if key not in lacks and (absent := [code for code in named(facts) if code not in there and code not in coming])
        }
        if not more:
            return {key: gettext("%(key)s names %(code)s, which is not in the register yet.") % {"key": key, "code": code}
                    for key, code in lacks.items()}  # fmt: skip
        lacks |= more


def named(facts):
    """The codes of the records that some facts refer to."""
    return [*facts.get("country", []), *facts.get("convention", []), *(code for [code] in facts.get("revises", []))]


def existing(table, wanted):
    """The codes, among those that the facts refer to, whose records exist."""
    codes = {code for facts in wanted.values() for code in named(facts)}
    there = set(Convention.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
    if table == Table.RATIFICATION:
        there |= set(Country.objects.filter(iso3__in=codes).values_list("iso3", flat=True))
    return there


def write(table, changes):
    """Write facts to records that `find` locked, or to new ones where it found none: pairs of a record or None, and facts."""
    model = MODELS[table]
    changed = [(record, facts) for record, facts in changes if record is not None]
    new = [(model(), facts) for record, facts in changes if record is None]
    for record, facts in [*changed, *new]:
        assign(record, facts)
    if table == Table.RATIFICATION:
        refer(new)
    model.objects.bulk_create([record for record, _facts in new])
    names = {name for _record, facts in changed for name in facts if not model._meta.get_field(name).is_relation}
    if names:
        model.objects.bulk_update([record for record, _facts in changed], sorted(names))
    if table == Table.CONVENTION:
        link([*changed, *new])


def assign(record, facts):
    """Set the facts that are the record's own; what refers to other records is left out."""
    for name, value in facts.items():
        field = record._meta.get_field(name)
        if not field.is_relation:
            setattr(record, name, field.to_python(value))


def refer(acts):
    """Point new acts of ratification at their States and instruments."""
    states = by_code(Country, "iso3", {facts["country"][0] for _act, facts in acts})
    instruments = by_code(Convention, "code", {facts["convention"][0] for _act, facts in acts})
    for act, facts in acts:
        act.country, act.convention = states[facts["country"][0]], instruments[facts["convention"][0]]


def link(changes):
    """Give instruments the topics and the revised instruments that their facts name, and no others."""
    topics = topics_by_name({name for _record, facts in changes for name in facts.get("topics", [])})
    codes = {code for _record, facts in changes for [code] in facts.get("revises", [])}
    instruments = by_code(Convention, "code", codes)
    relink(
        Convention.topics.through,
        "topic_id",
        {record.pk: {topics[name].pk for name in facts["topics"]} for record, facts in changes if "topics" in facts},
    )
    relink(
        Convention.revises.through,
        "to_convention_id",
        {record.pk: {instruments[code].pk for [code] in facts["revises"]} for record, facts in changes if "revises" in facts},
    )


def relink(through, target, wanted):
    """Replace the rows of a relation of instruments: `wanted` has the keys of the others by the key of each."""
    source = "convention_id" if target == "topic_id" else "from_convention_id"
    through.objects.filter(**{f"{source}__in": wanted}).delete()
    through.objects.bulk_create(
        [through(**{source: one, target: other}) for one, others in wanted.items() for other in sorted(others)]
    )


def topics_by_name(names):
    """The topics of these names. One that was given another name by hand is found by its slug, one that is new is made."""
    slugs = {name: slugify(name) for name in names}
    topics = list(Topic.objects.filter(Q(name__in=names) | Q(slug__in=slugs.values())))
    found = {topic.slug: topic for topic in topics} | {topic.name: topic for topic in topics}
    new = [Topic(name=name, slug=slug) for name, slug in sorted(slugs.items()) if name not in found and slug not in found]
    made = {topic.slug: topic for topic in Topic.objects.bulk_create(new)}
    return {name: found.get(name) or found.get(slug) or made[slug] for name, slug in slugs.items()}
