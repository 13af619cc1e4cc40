"""The timeline of a roadmap as plain data: its dates and events laid out for a drawing, and for the table beside it.

Places along the axis of time are per cent of its width, so that the drawing is as wide as the screen and its words keep their
size; heights are pixels.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conventions.records import PartialDate, Precision

from .models import Delivery

#: What is drawn beside the states: a promise as it was given, and the day on which it is due.
GIVEN, DUE = "given", "due"
SHAPES = {GIVEN: "◆", DUE: "◇"}
WORDS = {GIVEN: gettext_lazy("Promised"), DUE: gettext_lazy("Due")}

LEFT, RIGHT = 2.5, 97.5  # per cent: a mark at either end is drawn whole
HALF = 2.3  # per cent: half the width of a mark on a phone
SHORT, LONG = 36, 100  # signs of a title that fit on a phone, and on a desk
HEAD, NAME, ROW, FOOT = 46, 20, 18, 8  # pixels
MOST_LANES = 24  # more commitments than this share the lanes of their areas
MOST_ROWS = 6  # more marks than fit side by side in so many rows are drawn upon each other
MOST_TICKS = 5
MOST_APART = 4.5  # so many steps of the axis stand far enough apart for two names between them
STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24_000)  # months


@dataclass(frozen=True)
class Axis:
    """From the first day of a month to the last day of one."""

    first: date
    last: date

    @classmethod
    def holding(cls, days):
        """The months that hold all these days."""
        ends = PartialDate.ending(max(days), Precision.MONTH).last_day
        return cls(min(days).replace(day=1), ends)

    def place(self, day):
        """Where a day stands, in per cent of the width. A day is over when it counts: the last one is the right end."""
        share = (day - self.first) / (self.last - self.first)
        return LEFT + (RIGHT - LEFT) * share

    def holds(self, day):
        return self.first <= day <= self.last

    def ticks(self):
        """The first days of so many months that their names stand apart on a phone."""
        begin, end = (day.year * 12 + day.month - 1 for day in (self.first, self.last))
        step = next(step for step in STEPS if (end - begin + 1) / step <= MOST_TICKS)
        for month in range(-(-begin // step) * step, end + 1, step):
            yield Tick(
                self.place(date(month // 12, month % 12 + 1, 1)), month // 12, month % 12 + 1, step, (end - begin + 1) / step
            )


@dataclass(frozen=True)
class Tick:
    """The beginning of a month, or of a year, on the axis."""

    at: float
    year: int
    month: int
    step: int
    steps: float  # on the whole axis

    @property
    def x(self):
        return f"{self.at:.2f}%"

    @property
    def is_late(self):
        """Whether its name is written before its line, for want of room after it."""
        return self.at > 84

    @property
    def name(self):
        """What is written beside it; nothing where it would meet the name of the one before."""
        if self.is_late and self.steps > MOST_APART:
            return ""
        return f"{self.year:04}" if self.step >= 12 else date_format(date(self.year, self.month, 1), "M Y")


@dataclass(frozen=True)
class Mark:
    """An event or a date in a lane: a shape on the day from which it counts, after a bar for a period known only as such."""

    kind: str
    begin: float
    at: float
    row: int = 0
    top: int = 0

    @property
    def x(self):
        return f"{self.at:.2f}%"

    @property
    def bar_x(self):
        return f"{self.begin:.2f}%"

    @property
    def bar_width(self):
        """The length of the period; empty for a single day."""
        return f"{self.at - self.begin:.2f}%" if self.at > self.begin else ""

    @property
    def is_state(self):
        return self.kind not in SHAPES

    @property
    def shape(self):
        return SHAPES.get(self.kind, "")

    @property
    def y(self):
        """The base line of the shape."""
        return self.top + self.row * ROW + 14

    @property
    def bar_y(self):
        return self.top + self.row * ROW + 7


@dataclass(frozen=True)
class Lane:
    """What belongs to one commitment, to one area, or to the roadmap itself."""

    name: str
    top: int
    rows: int
    marks: list
    bar: Mark | None = None

    @property
    def name_y(self):
        return self.top + 15

    @property
    def ground(self):
        """The line on which the periods of due dates are drawn: what happened is not in their way."""
        return self.top + NAME + self.rows * ROW

    @property
    def foot(self):
        return self.ground + FOOT

    @property
    def dues(self):
        return [mark for mark in self.marks if mark.kind == DUE and mark.bar_width]

    @property
    def spans(self):
        return [mark for mark in self.marks if mark.kind != DUE and mark.bar_width]

    @property
    def short(self):
        return Truncator(self.name).chars(SHORT)

    @property
    def long(self):
        return Truncator(self.name).chars(LONG)


@dataclass(frozen=True)
class Event:
    """A row of the table that says what the drawing shows."""

    when: PartialDate
    kind: str
    commitment: object = None
    update: object = None

    @property
    def word(self):
        return WORDS.get(self.kind, "")

    @property
    def shape(self):
        return SHAPES.get(self.kind, "")


@dataclass(frozen=True)
class Timeline:
    """All of the drawing, and the table beside it."""

    axis: Axis
    lanes: list
    events: list
    day: date
    ticks: list = field(default_factory=list)

    @property
    def height(self):
        return self.lanes[-1].foot

    @property
    def day_x(self):
        """Where the day stands at which all this is read; None if it is not on the axis."""
        return f"{self.axis.place(self.day):.2f}%" if self.axis.holds(self.day) else None

    @property
    def day_is_late(self):
        """Whether its name is written before its line, for want of room after it."""
        return self.axis.place(self.day) > 60

    @property
    def given(self):
        """The shapes with their words that stand beside the states; only those that are drawn."""
        return [(SHAPES[kind], WORDS[kind]) for kind in SHAPES if kind in self.kinds]

    @property
    def states(self):
        """The states that are drawn, in their order."""
        return [value for value in Delivery.values if value in self.kinds]

    @cached_property
    def kinds(self):
        return {mark.kind for lane in self.lanes for mark in lane.marks}

    @property
    def has_periods(self):
        """Whether anything on it is known only to the month or the year."""
        return any(mark.bar_width for lane in self.lanes for mark in lane.marks)


def timeline_of(roadmap, commitments, updates, day):
    """Lay out a roadmap, its commitments with their dates, and those of their updates that are in effect on the day.

    None where there is nothing to draw.
    """
    events = sorted(events_of(roadmap, commitments, updates), key=lambda event: (event.when.last_day, event.when.first_day))
    period = [known for known in (roadmap.starts, roadmap.ends) if known]
    known = [*period, *(event.when for event in events)]
    if not known:
        return None
    axis = Axis.holding([day for each in known for day in (each.first_day, each.last_day)])
    lanes, top = [], HEAD
    for name, its, bar in named_lanes(roadmap, commitments, events, axis):
        marks, rows = placed(its, axis, top + NAME)
        lanes.append(Lane(name, top, rows, marks, bar))
        top = lanes[-1].foot
    return Timeline(axis, lanes, events, day, list(axis.ticks())) if lanes else None


def events_of(roadmap, commitments, updates):
    """All that has a date: the signature, promises made on a day of their own, due dates, and what happened."""
    if roadmap.signed:
        yield Event(roadmap.signed, GIVEN)
    for commitment in commitments:
        if commitment.made:
            yield Event(commitment.made, GIVEN, commitment)
        if commitment.due_date:
            yield Event(commitment.due_date, DUE, commitment)
    for update in updates:
        yield Event(update.happened, update.delivery, update.commitment, update)


def named_lanes(roadmap, commitments, events, axis):
    """The lanes from top to bottom, each with its name, its events, and the period that is drawn as its ground."""
    own = [event for event in events if event.commitment is None]
    bar = None
    if roadmap.starts and roadmap.ends:
        bar = Mark("", axis.place(roadmap.starts.first_day), axis.place(roadmap.ends.last_day))
    if bar or own:
        yield _("The roadmap"), own, bar
    by_area = len(commitments) > MOST_LANES
    lanes = {}
    for commitment in commitments:
        key = commitment.area_id if by_area else commitment.pk
        lanes.setdefault(key, []).append(commitment)
    areas = {area.pk: f"{area.number}. {area.title}" for area in roadmap.areas.all()} if by_area else {}
    for key, its in lanes.items():
        name = areas.get(key, _("Promises")) if by_area else its[0].title
        mine = {commitment.pk for commitment in its}
        yield name, [event for event in events if event.commitment and event.commitment.pk in mine], None


def placed(events, axis, top):
    """The marks of a lane, none upon another as long as there is room; and in how many rows.

    Promises of one lane that are due on the same day are one mark.
    """
    marks, ends = [], []
    distinct = {(event.kind, event.when, event.update): event for event in events}.values()
    for left, begin, at, kind in sorted(extent(event, axis) for event in distinct):
        row = next((row for row, end in enumerate(ends) if end <= left), len(ends))
        if row == MOST_ROWS:
            row = ends.index(min(ends))
        ends[row : row + 1] = [at + HALF]
        marks.append(Mark(kind, begin, at, row, top))
    return marks, max(len(ends), 1)


def extent(event, axis):
    """From where on a mark takes room, where its period begins, where it stands, and its kind.

    The period of a due date is drawn on the ground of its lane, and takes none.
    """
    begin, at = axis.place(event.when.first_day), axis.place(event.when.last_day)
    return at - HALF if event.kind == DUE else min(begin, at - HALF), begin, at, event.kind
