"""How much of the register is verified: field by field, and instrument by instrument.

A field counts as verified where the record says so: by a flag of its own, or because a date stands only where a
source gives it. A field without either is called “not recorded”, never verified. What a later release struck from
the register is left out.
"""

from dataclasses import dataclass, field
from math import floor

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from .models import Convention, Country, Coverage, EntryIntoForce, Verification, counts

LISTED = Q(delisted_on__isnull=True)

#: How far a list of ratifications goes, in words for a narrow column.
COVERAGE_WORDS = {Coverage.COMPLETE: _("complete"), Coverage.PARTIAL: _("in part"), Coverage.NONE: _("no list read")}


def share(part, whole):
    """A share in per cent, to a tenth and rounded down, so that 100 means all; None of nothing."""
    return floor(part * 1000 / whole) / 10 if whole else None


@dataclass(frozen=True)
class Acts:
    """Acts of ratification by how much of them is verified. All but those that are only reported count."""

    day: int = 0
    year: int = 0
    exists: int = 0
    reported: int = 0

    @classmethod
    def of(cls, convention):
        """The acts of an instrument, as `with_acts` counted them."""
        return cls(*(getattr(convention, f"acts_{name}") for name in cls.__dataclass_fields__))

    def __add__(self, other):
        return Acts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def counting(self):
        return self.day + self.year + self.exists

    @property
    def total(self):
        return self.counting + self.reported

    @property
    def share(self):
        """How many of the acts that the register names count, in per cent."""
        return share(self.counting, self.total)


@dataclass(frozen=True)
class FieldRow:
    """One field of one kind of record: in how many records it is verified, of how many that could have it."""

    record: str
    name: str
    verified: int | None
    of: int
    remark: str = ""

    @property
    def share(self):
        return None if self.verified is None else share(self.verified, self.of)


@dataclass(frozen=True)
class InstrumentRow:
    """One instrument that can be ratified: how far its list of ratifications goes, and what is verified of it."""

    convention: Convention
    coverage: str
    acts: Acts


@dataclass(frozen=True)
class Report:
    """What is verified of the register. The totals are the sums of the rows."""

    fields: list = field(default_factory=list)
    instruments: list = field(default_factory=list)
    total: Acts = Acts()


def read():
    """Read the report from the database, in three queries. It has no rows where the register is empty."""
    words = {coverage.value: str(word) for coverage, word in COVERAGE_WORDS.items()}
    instruments = [InstrumentRow(convention, words[convention.coverage], Acts.of(convention)) for convention in with_acts()]
    total = sum((row.acts for row in instruments), Acts())
    fields = [*instrument_fields(), *country_fields(), *act_fields(total)]
    return Report([row for row in fields if row.of], instruments, total)


def with_acts():
    """The instruments that can be ratified, each with its acts counted by how much of them is verified."""

    def acts(rule):
        return Count("ratifications", filter=rule)

    verified = {
        f"acts_{verification.value}": acts(counts("ratifications__") & Q(ratifications__verification=verification))
        for verification in (Verification.DAY, Verification.YEAR, Verification.EXISTS)
    }
    reported = acts(Q(ratifications__registered=False, ratifications__delisted_on__isnull=True))
    listed = Convention.objects.ratifiable().filter(LISTED).order_by("kind", "number")
    return listed.only("code", "coverage", "coverage_on", "coverage_on_precision").annotate(**verified, acts_reported=reported)


def instrument_fields():
    """The fields of instruments. Title and status have a flag; a day stands only where a source gives it."""
    found = Convention.objects.filter(LISTED).aggregate(
        all=Count("pk"),
        title=Count("pk", filter=Q(title_verified=True)),
        adopted=Count("adopted_on"),
        entered=Count("pk", filter=Q(entry_into_force=EntryIntoForce.ENTERED)),
        in_force=Count("in_force_on"),
        classified=Count("pk", filter=~Q(status="")),
        status=Count("pk", filter=~Q(status="") & Q(status_verified=True)),
    )
    record, every = _("Instruments"), found["all"]
    return [
        FieldRow(record, _("Title"), found["title"], every),
        FieldRow(record, _("Year of the title"), None, every),
        FieldRow(record, _("Day of adoption"), found["adopted"], every),
        FieldRow(record, _("Whether it entered into force"), None, every),
        FieldRow(record, _("Day of entry into force"), found["in_force"], found["entered"], _("where it did enter")),
        FieldRow(record, _("NORMLEX status"), found["status"], found["classified"], _("of those that have one here")),
        FieldRow(record, _("Category"), None, every),
        FieldRow(record, _("Topics"), None, every),
        FieldRow(record, _("What it revises"), None, every),
    ]


def country_fields():
    """The fields of member States. The year of membership stands only where a source was read."""
    found = Country.objects.filter(LISTED).aggregate(
        all=Count("pk"), since=Count("member_since"), region=Count("pk", filter=Q(region_verified=True))
    )
    record, every = _("Member States"), found["all"]
    return [
        FieldRow(record, _("Names and ISO codes"), None, every),
        FieldRow(record, _("Year of membership"), found["since"], every),
        FieldRow(record, _("Region"), found["region"], every),
    ]


def act_fields(acts):
    """The fields of acts of ratification. A day that is verified is a year that is verified, and an act that exists."""
    record, every = _("Ratifications"), acts.total
    return [
        FieldRow(record, _("Registration with the ILO"), acts.counting, every, _("these count")),
        FieldRow(record, _("Year of registration"), acts.day + acts.year, every),
        FieldRow(record, _("Day of registration"), acts.day, every),
        FieldRow(record, _("Whether it is still in force"), None, every),
    ]
