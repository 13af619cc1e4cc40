"""Figures as a reader looks at them: those of one thing, one State (or the world), one unit and one source, year by year.

Two ways of counting are two series: they differ in the name of what is counted, and never share a chart. Nor do two sources.
"""

from dataclasses import dataclass

from django.db.models import Count

from .models import Statistic

#: A series of so many years can be a picture; fewer are numbers.
DRAWN = 2
#: Among how many series at most the picture of the month is chosen: those of twenty years.
CHOICE = 240


@dataclass(frozen=True)
class Point:
    """A figure of a series, and how long its bar is in the series' chart (a width as SVG and CSS write it)."""

    statistic: Statistic
    width: str


@dataclass(frozen=True)
class Series:
    """Figures of one thing in one State (or the world) and one unit, as one source states them, by year."""

    points: list

    @property
    def first(self):
        """The figure that says what all of them are of."""
        return self.points[0].statistic

    @property
    def is_drawn(self):
        """Whether there is something to compare, so that a chart tells more than the numbers."""
        return len(self.points) >= DRAWN and all(point.statistic.value >= 0 for point in self.points)

    @property
    def notes(self):
        """What is to be known of them, each once; with its year where it is of one year among others."""
        said = {}
        for point in self.points:
            if point.statistic.note:
                said.setdefault(point.statistic.note, []).append(point.statistic.year)
        return [note if len(years) == len(self.points) else f"{years[0]}: {note}" for note, years in said.items()]


@dataclass(frozen=True)
class Report:
    """Series that one source states, so that it is told once, and with it what is to be known of all."""

    source: str
    series: list

    @property
    def notes(self):
        """What is said of every series."""
        first, *others = [each.notes for each in self.series]
        return [note for note in first if others and all(note in notes for notes in others)]

    @property
    def entries(self):
        """Each series with what is to be known of it alone."""
        return [(each, [note for note in each.notes if note not in self.notes]) for each in self.series]


def reports_of(series):
    """The series under the sources that state them, in the order in which each source comes first."""
    found = {}
    for each in series:
        found.setdefault(each.first.source, []).append(each)
    return [Report(source, group) for source, group in found.items()]


def series_of(statistics):
    """The figures as series, in the order in which each of those comes first."""
    found = {}
    for each in statistics:
        found.setdefault((each.indicator, each.country_id, each.unit, each.source), []).append(each)
    return [in_order(group) for group in found.values()]


def in_order(statistics):
    """One series of figures that belong together, by year, each with its share of the largest."""
    most = max(abs(each.value) for each in statistics) or 1
    by_year = sorted(statistics, key=lambda each: each.year)
    return Series([Point(each, f"{max(100 * each.value / most, 0):.2f}%") for each in by_year])


def picture_of(day):
    """The figures that the front page draws in the month of `day`, another series every month; none if there is none."""
    below = Statistic.objects.filter(value__lt=0).values("indicator")
    groups = (
        Statistic.objects.published().exclude(indicator__in=below).order_by().values("indicator", "country", "unit", "source")
    )
    several = groups.annotate(years=Count("year")).filter(years__gte=DRAWN)
    choice = list(several.order_by("indicator", "country", "unit", "source")[:CHOICE])
    if not choice:
        return []
    chosen = choice[(12 * day.year + day.month) % len(choice)]
    del chosen["years"]
    return reports_of(series_of(Statistic.objects.published().filter(**chosen).select_related("country")))
