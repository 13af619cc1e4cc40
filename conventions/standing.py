"""Where a State stands to an instrument: ratified, denounced, only reported, not ratified as of a day, or not known.

Absence says something only where the list of an instrument is complete, and then only as of the day of that list.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Country, Coverage, Ratification, Region


class Standing(models.TextChoices):
    """The five answers to “has this State ratified that instrument?”."""

    RATIFIED = "ratified", gettext_lazy("ratified")
    DENOUNCED = "denounced", gettext_lazy("denounced")
    REPORTED = "reported", gettext_lazy("reported, not verified")
    NOT_RATIFIED = "not-ratified", gettext_lazy("not ratified")
    UNKNOWN = "unknown", gettext_lazy("not known")


#: The shape beside each word; never a colour alone.
SHAPES = {
    Standing.RATIFIED: "●",
    Standing.DENOUNCED: "✕",
    Standing.REPORTED: "†",
    Standing.NOT_RATIFIED: "○",
    Standing.UNKNOWN: "?",
}


@dataclass(frozen=True)
class Answer:
    """One State and one instrument: the standing, and the act of ratification that decides it, if there is one."""

    standing: Standing
    act: object = None

    @property
    def shape(self):
        return SHAPES[self.standing]

    @property
    def word(self):
        return self.standing.label

    @property
    def date(self):
        """When the State ratified or denounced, as far as it is known."""
        if self.standing == Standing.RATIFIED:
            return self.act.ratified
        return self.act.denounced if self.standing == Standing.DENOUNCED else None

    @property
    def mark(self):
        """The reference to the source of the act, once `Footnotes.put` has given it."""
        return self.act.mark if self.source else ""

    @property
    def source(self):
        """Where the act is stated that counts, or that is only reported."""
        return self.act.source if self.act else ""


def answer(convention, acts):
    """Where a State stands to `convention`, by its `acts`, which are all that the register holds of the two."""
    counting = [act for act in acts if act.counts]
    if counting:
        last = max(counting, key=lambda act: act.act)
        return Answer(Standing.DENOUNCED if last.denounced_on else Standing.RATIFIED, last)
    if acts:
        return Answer(Standing.REPORTED, acts[0])
    complete = convention.coverage == Coverage.COMPLETE
    return Answer(Standing.NOT_RATIFIED if complete else Standing.UNKNOWN)


def by_pair(acts):
    """Acts of ratification by the keys of State and instrument."""
    found = defaultdict(list)
    for act in acts:
        found[act.country_id, act.convention_id].append(act)
    return found


class Footnotes:
    """The sources of a page, each told once and referred to by its number."""

    def __init__(self):
        self.numbers, self.marks = {}, {}

    def number(self, source):
        """The number of a source."""
        return self.numbers.setdefault(source, len(self.numbers) + 1)

    def mark(self, source):
        """The reference to a source, as a reader meets it: a small number that leads to it."""
        if not source:
            return ""
        if source not in self.marks:
            number = self.number(source)
            label = _("source %(number)d") % {"number": number}
            self.marks[source] = format_html('<sup><a href="#source-{0}" aria-label="{1}">{0}</a></sup>', number, label)
        return self.marks[source]

    def put(self, acts):
        """Give each act the reference to its source, as its `mark`."""
        for act in acts:
            act.mark = self.mark(act.source)

    def __iter__(self):
        return ((number, source) for source, number in self.numbers.items())

    def __len__(self):
        return len(self.numbers)


# --- The grid of States ------------------------------------------------------------------------------------------
# One page holds all member States. Their rows are joined here, not looped over in a template: a tenth of the time.


@dataclass(frozen=True)
class RegionRows:
    """A region of the grid: its States as rows of a table, and how many of them have ratified.

    Those of which nothing is known stand in one sentence (`unknown`): a row each would say the same.
    """

    label: str
    rows: str
    unknown: str
    ratified: int
    states: int


def grid(convention, states, acts, footnotes):
    """The rows of the States, by region, in the order in which `states` are given.

    Where no list of States was read, only those with an act have a row: the others would all say “not known”.
    """
    pairs = by_pair(acts)
    regions = defaultdict(list)
    for state in states:
        if convention.coverage == Coverage.NONE and (state.pk, convention.pk) not in pairs:
            continue
        regions[state.region].append((state, answer(convention, pairs[state.pk, convention.pk])))
    return [region_rows(region, regions[region], footnotes) for region in Region if regions[region]]


def region_rows(region, found, footnotes):
    base = reverse("conventions:countries")
    known = [pair for pair in found if pair[1].standing != Standing.UNKNOWN]
    unknown = [state_link(base, state) for state, answer in found if answer.standing == Standing.UNKNOWN]
    return RegionRows(
        label=region.label,
        rows=mark_safe("".join(state_row(base, state, answer, footnotes) for state, answer in known)),
        unknown=mark_safe(", ".join(unknown)),
        ratified=sum(answer.standing == Standing.RATIFIED for _state, answer in found),
        states=len(found),
    )


def state_link(base, state):
    return f'<a href="{base}{state.slug}/">{escape(state.name)}</a>'


def state_row(base, state, found, footnotes):
    """A State and its answer as a row of the grid."""
    said = f'<span aria-hidden="true">{found.shape}</span>\N{NO-BREAK SPACE}{told(found)}{footnotes.mark(found.source)}'
    return f'<tr class="is-{found.standing.value}"><th scope="row">{state_link(base, state)}</th><td>{said}</td></tr>'


def told(found):
    """An answer for a narrow cell: its word, and the date of the act that counts as far as it is known."""
    word = escape(found.word)
    date = found.date
    if not date:
        return word
    hidden = ' class="visually-hidden"' if found.standing == Standing.RATIFIED else ""
    return f'<span{hidden}>{word} </span><time datetime="{date.iso}">{date}</time>'


# --- Neighbours --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Neighbours:
    """The States of a region beside each other: what each has ratified of the same instruments."""

    instruments: list
    rows: str


def neighbours(country, instruments, ask=None, then=list):
    """The region of `country` as the rows of a table with a column for each instrument.

    As of another day `ask(instrument, acts)` answers in place of `answer`, by whole acts, as `then(acts)` has them.
    """
    states = list(Country.objects.filter(region=country.region).order_by("name"))
    acts = Ratification.objects.filter(country__in=states, convention__in=instruments).order_by()
    pairs, base = by_pair(then(acts) if ask else acts.lean()), reverse("conventions:countries")
    ask = ask or answer
    rows = []
    for state in states:
        cells = "".join(f"<td>{brief(ask(each, pairs[state.pk, each.pk]))}</td>" for each in instruments)
        this = ' class="is-this"' if state == country else ""
        rows.append(f'<tr{this}><th scope="row">{state_link(base, state)}</th>{cells}</tr>')
    return Neighbours(instruments=instruments, rows=mark_safe("".join(rows)))


def brief(found):
    """An answer in a cell of a large table: the year, or a short word that the table's legend explains."""
    if found.standing == Standing.RATIFIED:
        return found.date.last_day.year if found.date else _("yes")
    return {Standing.NOT_RATIFIED: _("no"), Standing.DENOUNCED: _("ended"), Standing.REPORTED: "†"}.get(found.standing, "?")
