"""What a person reviews of a release: which proposals, of which record, and what stands now beside what is proposed."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.db import models
from django.db.models import Count
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conventions.models import Convention, Country, Decision, Proposal, ProposalKind, Table
from conventions.models.rows import FACTS, MODELS, facts_of, find
from conventions.records import PartialDate

#: The shape beside each word of state; never a colour alone.
SHAPES = {
    ProposalKind.NEW: "+",
    ProposalKind.CHANGED: "≠",
    ProposalKind.GONE: "−",
    Decision.OPEN: "○",
    Decision.ACCEPTED: "●",
    Decision.DECLINED: "✕",
    Decision.OVERTAKEN: "⇢",
}
PRECISION = "_precision"


@dataclass(frozen=True)
class Difference:
    """One field of a record: its name, what stands now and what the release says; "" where nothing does."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A proposal as the back office shows it; `facts` are what the register would say of the record."""

    proposal: Proposal
    record: models.Model | None
    facts: dict
    name: str
    differences: list

    @property
    def kind_shape(self):
        return SHAPES[self.proposal.kind]

    @property
    def decision_shape(self):
        return SHAPES[self.proposal.decision]

    @property
    def address(self):
        """Where the form of the record is, if the register has it."""
        return self.record and reverse(f"admin:conventions_{self.record._meta.model_name}_change", args=[self.record.pk])

    @property
    def act(self):
        """The State, the instrument and the last day of the date of a ratification that would count; else None."""
        if self.proposal.table != Table.RATIFICATION or self.proposal.decision not in (Decision.OPEN, Decision.ACCEPTED):
            return None
        if not self.facts["registered"] or self.facts.get("delisted_on") or self.facts["denounced_on"]:
            return None
        day = self.facts["ratified_on"]
        return *self.proposal.key.split()[:2], day and date.fromisoformat(day)


class Named:
    """The records that some proposals are about or name, by natural key, in a handful of queries however many there are."""

    def __init__(self, proposals):
        keys = {}
        for proposal in proposals:
            keys.setdefault(proposal.table, []).append(proposal.key)
        self.records = {table: find(table, some) for table, some in keys.items()}
        self.names = {
            Country: {country.iso3: country.name for country in Country.objects.only("iso3", "name")},
            Convention: {convention.code: convention.short_code for convention in Convention.objects.only("code")},
        }

    def record(self, proposal):
        """The record that a proposal is about, or None."""
        return self.records[proposal.table].get(proposal.key)

    def name(self, proposal):
        """What people call the record, whether the register has it or not."""
        if proposal.table == Table.RATIFICATION:
            iso3, code, act = proposal.key.split()
            name = f"{self.word(Country, iso3)}: {self.word(Convention, code)}"
            return name if act == "1" else _("%(name)s, act %(act)s") % {"name": name, "act": act}
        new = proposal.after.get("name") or proposal.after.get("title")
        return str(self.record(proposal) or new or proposal.key)

    def word(self, model, key):
        """A record by its natural key, in a word: Kazakhstan, C87."""
        return self.names[model].get(key, key)

    def words(self, model, values, name):
        """The value of a field as an editor reads it, "" where there is none."""
        field, value = field_of(model, name), values.get(name)
        if value in (None, "", []):
            return ""
        if field is None:
            return str(value)
        if field.is_relation:
            keys = value if field.many_to_many else [value]
            return ", ".join(key if isinstance(key, str) else self.word(field.related_model, key[0]) for key in keys)
        if isinstance(field, models.BooleanField):
            return _("Yes") if value else _("No")
        if isinstance(field, models.DateField):
            return str(PartialDate.ending(PartialDate.parse(value).last_day, values.get(name + PRECISION, "day")))
        return str(dict(field.flatchoices).get(value, value))


def in_order(table, names):
    """Names of fields in the order in which the register speaks of them; a database may give them in any."""
    known = FACTS[table].split()
    return sorted(names, key=lambda name: (known.index(name) if name in known else len(known), name))


def field_of(model, name):
    """A field of a model; None where an old proposal names one that the model has no longer."""
    return {field.name: field for field in model._meta.get_fields()}.get(name)


def label_of(model, name):
    return getattr(field_of(model, name), "verbose_name", name)


def entry(proposal, named):
    """Read a proposal as the back office shows it.

    A date and its precision are one difference, and what a release leaves as it is comes from the record. The key of
    a new record is its name, and its source stands below the differences.
    """
    model, record = MODELS[proposal.table], named.record(proposal)
    facts = facts_of(proposal.table, record) if record else {}
    before, after = facts | proposal.before, facts | proposal.after
    names = in_order(proposal.table, {name.removesuffix(PRECISION) for name in proposal.after})
    if proposal.kind == ProposalKind.NEW:
        before = {}
        names = [name for name in names if name not in {"source", *(lookup.split("__")[0] for lookup in model.natural)}]
    found = [
        Difference(label_of(model, name), named.words(model, before, name), named.words(model, after, name)) for name in names
    ]
    changed = [difference for difference in found if difference.before != difference.after]
    return Entry(proposal, record, after, named.name(proposal), changed)


def entries(proposals):
    """Read proposals as the back office shows them, in their order."""
    proposals = list(proposals)
    named = Named(proposals)
    return [entry(proposal, named) for proposal in proposals]


# --- Filters ----------------------------------------------------------------------------------------------------------

#: By the names they have in the address: what each of their values is called, and what it asks of a proposal.
FILTERS = {
    **{
        name: {choice.value: (choice.label, choice.value) for choice in choices}
        for name, choices in {"decision": Decision, "kind": ProposalKind, "table": Table}.items()
    },
    "edited": {"yes": (gettext_lazy("Yes"), True), "no": (gettext_lazy("No"), False)},
}


def grouped(number):
    """A number as people write it: 2,106."""
    return number_format(number, force_grouping=True)


class Shown:
    """The proposals of a release that the filters in an address leave, and how many each filter would leave."""

    def __init__(self, release, address):
        self.release = release
        self.asked = {name: address[name] for name, values in FILTERS.items() if address.get(name) in values}

    def proposals(self):
        return self.release.proposals.filter(**lookups(self.asked))

    @cached_property
    def groups(self):
        """The whole release, counted by everything that is filtered by: a few dozen rows."""
        return list(self.release.proposals.order_by().values(*FILTERS).annotate(count=Count("pk")))

    def count(self, **more):
        """How many are shown of which more is true, such as `decision="open", edited=False`."""
        return self.counted(lookups(self.asked), more)

    def counted(self, *conditions):
        return sum(group["count"] for group in self.groups if all(each.items() <= group.items() for each in conditions))

    def query(self, **changed):
        return "?" + urlencode({name: value for name, value in (self.asked | changed).items() if value})

    def filters(self):
        """Each filter with its name and its links."""
        for name, values in FILTERS.items():
            labels = {"": gettext_lazy("All")} | {value: label for value, (label, _lookup) in values.items()}
            yield Proposal._meta.get_field(name).verbose_name, [self.link(name, *each) for each in labels.items()]

    def link(self, name, value, label):
        """The link that changes one filter and keeps the others."""
        changed = {each: asked for each, asked in (self.asked | {name: value}).items() if asked}
        return {
            "label": label,
            "count": grouped(self.counted(lookups(changed))),
            "query": self.query(**{name: value}),
            "is_chosen": self.asked.get(name, "") == value,
        }


def lookups(asked):
    """What the filters of an address ask of a proposal."""
    return {name: FILTERS[name][value][1] for name, value in asked.items()}
