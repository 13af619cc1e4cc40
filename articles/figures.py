"""Figures as a reader looks at them: those of one thing, one State and one unit together, year by year.

Two ways of counting are two series: they differ in the name of what is counted, and never share a chart.
"""

from dataclasses import dataclass

from django.db.models import Count

from .models import Statistic

#: A series of so many years can be a picture; fewer are numbers.
DRAWN = 2


@dataclass(frozen=True)
class Point:
    """A figure of a series, and how long its bar is in the series' chart (a width as SVG and CSS write it)."""

    statistic: Statistic
    width: str


@dataclass(frozen=True)
class Series:
    """Figures of one thing in one State and one unit, by year."""

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
    def sources(self):
        """Where they are stated, each once."""
        return list(dict.fromkeys(point.statistic.source for point in self.points))

    @property
    def notes(self):
        """What is to be known of them, each once."""
        return list(dict.fromkeys(point.statistic.note for point in self.points if point.statistic.note))


@dataclass(frozen=True)
class Report:
    """Series that the same sources state, so that these are told once, and with them what is to be known of all."""

    sources: list
    series: list

    @property
    def notes(self):
        """What is said of every series."""
        first, *others = [each.notes for each in self.series]
        return [note for note in first if others and all(note in notes for notes in others)]

    @property
    def told(self):
        """Each series with what is to be known of it alone."""
        return [(each, [note for note in each.notes if note not in self.notes]) for each in self.series]


def reports_of(statistics):
    """The figures as series, under the sources that state them, in the order in which each comes first."""
    found = {}
    for each in series_of(statistics):
        found.setdefault(tuple(each.sources), []).append(each)
    return [Report(list(sources), series) for sources, series in found.items()]


def series_of(statistics):
    """The figures as series, in the order in which each of those comes first."""
    found = {}
    for each in statistics:
        found.setdefault((each.indicator, each.country_id, each.unit), []).append(each)
    return [series(sorted(group, key=lambda each: each.year)) for group in found.values()]


def series(statistics):
    """One series of figures that belong together, each with its share of the largest."""
    most = max((abs(each.value) for each in statistics), default=0) or 1
    return Series([Point(each, f"{max(100 * each.value / most, 0):.2f}%") for each in statistics])


def picture_of(day):
    """The figures that the front page draws in the month of `day`, another series every month; none if there is none."""
    groups = Statistic.objects.published().order_by().values("indicator", "country", "unit")
    several = groups.annotate(years=Count("year", distinct=True))
    choice = list(several.filter(years__gte=DRAWN).order_by("indicator", "country", "unit")[:240])
    if not choice:
        return []
    chosen = choice[(12 * day.year + day.month) % len(choice)]
    del chosen["years"]
    found = Statistic.objects.published().filter(**chosen).select_related("country")
    return reports_of(found.order_by("year", "source"))
