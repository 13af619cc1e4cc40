"""A person's desk: what waits for them in the newsroom, what happens next, and what was last.

It shows nobody what the change lists would not: every tray is filled from the querysets of the lists. The number of
queries is the same however much there is.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain

from django.contrib.admin.models import LogEntry
from django.db import models
from django.db.models import Count, Window
from django.urls import reverse
from django.utils import timezone

from articles.models import SETTLED, Commitment, Person, ProgressUpdate, Publishable, Status, Transition
from articles.models.comments import with_notes
from conventions.admin.autosave import unsaved_texts
from conventions.admin.review import grouped
from conventions.models import Proposal, Release

from .base import admin_url
from .guarding import without_hidden
from .trays import PER_DAY, ROWS, TRAYS, Tray, first_rows, newest_rows, rows_by_day, together, total_of
from .watch import WatchList

WEEKS = 4  # in the calendar, from the Monday of this week
NEVER = datetime.min.replace(tzinfo=UTC)  # orders what was never moved before all that was
DUE_DAYS = 30  # how far "fell due" and "due soon" reach


@dataclass(frozen=True)
class Entry:
    """A record on the desk: since when it lies there or when it becomes public, and the move that brought it."""

    record: models.Model
    since: object
    move: Transition | None = None
    is_asked: bool = False

    @property
    def address(self):
        return admin_url(self.record)

    @property
    def kind(self):
        return self.record._meta.verbose_name

    @property
    def days(self):
        """How many midnights it has lain there."""
        return (timezone.localdate() - timezone.localdate(self.since)).days

    @property
    def is_in_review(self):
        """Whether it waits for a second person, and so becomes public by no time."""
        return self.record.status == Status.IN_REVIEW

    @property
    def is_late(self):
        """Whether it was meant to be public by now. Nothing is published by a time that passes."""
        return self.record.meant_for <= timezone.now()


@dataclass(frozen=True)
class Pile:
    """What lies in a tray: the first entries, how many there are (None where nobody counts), and the lists of them all."""

    tray: Tray
    entries: list
    total: int | None
    lists: list

    @property
    def count(self):
        return grouped(self.total)

    @property
    def has_more(self):
        return bool(self.entries) and self.total != len(self.entries)


# --- The calendar -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Day:
    """A day of the calendar, in the site's time zone, with what becomes public on it."""

    date: date
    today: date
    is_first: bool
    entries: list = field(default_factory=list)
    total: int = 0

    @property
    def is_today(self):
        return self.date == self.today

    @property
    def is_past(self):
        return self.date < self.today

    @property
    def opens_month(self):
        """Whether its number needs the month beside it."""
        return self.is_first or self.date.day == 1

    @property
    def more(self):
        return self.total - len(self.entries)


class Calendar:
    """The weeks to come, each from Monday to Sunday."""

    def __init__(self, today=None):
        self.today = today or timezone.localdate()
        self.first = self.today - timedelta(days=self.today.weekday())
        self.last = self.first + timedelta(weeks=WEEKS, days=-1)
        self.weeks = []

    def fill(self, rows, entry):
        """Lay out rows of `rows_by_day`, each as the entry that `entry(row)` makes of it."""
        found = defaultdict(list)
        for row in sorted(rows, key=lambda row: (row.since, row.pk)):
            found[row.day].append(row)
        days = [self.day(self.first + timedelta(days=number), found, entry) for number in range(WEEKS * 7)]
        self.weeks = [days[at : at + 7] for at in range(0, len(days), 7)]
        return self

    def day(self, day, found, entry):
        rows = found[day]
        return Day(day, self.today, day == self.first, [entry(row) for row in rows[:PER_DAY]], total_of(rows))

    @property
    def total(self):
        return sum(day.total for week in self.weeks for day in week)


# --- The desk ---------------------------------------------------------------------------------------------------------


class Desk:
    """All that lies on the desk of whoever asks. What they can do nothing with is not on it."""

    def __init__(self, request, site):
        self.request, self.user, self.site = request, request.user, site
        admins = {model._meta.model_name: site.get_model_admin(model) for model in Publishable.__subclasses__()}
        self.admins = {name: each for name, each in sorted(admins.items()) if each.has_view_permission(request)}

    def lists_for(self, tray):
        """The change lists of the kinds with which this person can do something in a tray."""
        return [each for each in self.admins.values() if not tray.right or each.has_right(self.request, tray.right)]

    @cached_property
    def visible(self):
        """The records of each kind that this person may see, by its name."""
        return {name: each.get_queryset(self.request) for name, each in self.admins.items()}

    @cached_property
    def rows(self):
        """The first rows of every tray, by its name: no one query for all, because PostgreSQL compiles a larger one for long."""
        found = {tray.name: [] for tray in TRAYS}
        for tray in {tray.takes: tray for tray in TRAYS if tray.takes}.values():
            for row in self.taken(tray):
                found[row.tray].append(row)
        visible = self.visible.values()
        by_time = [rows_by_day(records.scheduled(), "published_at") for records in visible]
        found["by_time"] = together(by_time + [rows_by_day(records.meant(), "meant_for") for records in visible])
        found["scheduled"] = [row for row in found["by_time"] if row.moment == "published_at"]
        found["published"] = [row for records in visible for row in newest_rows(records)]
        return found

    def taken(self, tray):
        """The first rows of a tray and of those filled together with it."""
        kinds = [each.opts.model_name for each in self.lists_for(tray)]
        return together([first_rows(tray, self.visible[kind], self.user) for kind in kinds])

    @cached_property
    def records(self):
        """Every record on the desk by kind and key, in one query for each kind."""
        keys = defaultdict(set)
        for row in chain.from_iterable(self.rows.values()):
            keys[row.model_name].add(row.pk)
        found = {name: with_notes(self.visible[name]).select_related("reviewer").in_bulk(some) for name, some in keys.items()}
        return {(name, pk): record for name, some in found.items() for pk, record in some.items()}

    @cached_property
    def moves(self):
        """The log entries that brought them there, with who made each."""
        keys = {row.move for row in chain.from_iterable(self.rows.values()) if getattr(row, "move", None)}
        return Transition.objects.select_related("by").in_bulk(keys)

    def entry(self, row):
        record, move = self.records[row.model_name, row.pk], self.moves.get(getattr(row, "move", None))
        return Entry(record, row.since, move, bool(getattr(row, "asked", False)))

    @cached_property
    def piles(self):
        """What lies in each tray, by the tray's name."""
        return {tray.name: self.pile(tray) for tray in TRAYS if self.lists_for(tray)}

    def pile(self, tray):
        rows = sorted(self.rows[tray.name], key=lambda row: (row.since or NEVER, row.pk), reverse=tray.is_newest_first)
        rows.sort(key=lambda row: not getattr(row, "asked", False))
        query = tray.query.format(user=self.user.pk)
        names = {row.model_name for row in rows}
        lists = [
            (each.opts.verbose_name_plural, f"{reverse(f'admin:articles_{name}_changelist')}?{query}")
            for name, each in self.admins.items()
            if name in names
        ]
        total = None if tray.name == "published" else total_of(rows)
        return Pile(tray, [self.entry(row) for row in rows[:ROWS]], total, lists)

    @property
    def work(self):
        """The trays of one's own work: those in which something lies, then the empty ones."""
        own = [pile for name, pile in self.piles.items() if name not in ("scheduled", "published")]
        return sorted(own, key=lambda pile: not pile.total)

    @property
    def glance(self):
        """What the desk says in a line: the trays that are not empty."""
        return [pile for name, pile in self.piles.items() if pile.total and name != "published"]

    @property
    def has_work_to_do(self):
        mine = [pile for pile in self.piles.values() if pile.tray.is_mine_to_do]
        return any(pile.total for pile in [*mine, *(pile for pile in self.watch if pile.is_mine_to_do)])

    @cached_property
    def watch(self):
        """What nobody handed in and somebody has to look at; what is empty comes last."""
        return sorted(WatchList(self.request, self.site).piles, key=lambda pile: not pile.total)

    @cached_property
    def calendar(self):
        return Calendar().fill(self.rows["by_time"], self.entry)

    @property
    def later(self):
        """How many are scheduled for after the calendar."""
        return total_of(row for row in self.rows["scheduled"] if row.day > self.calendar.last)

    @property
    def beginnings(self):
        """The empty forms of what this person may write."""
        return [
            (each.opts.verbose_name, reverse(f"admin:articles_{name}_add"))
            for name, each in self.admins.items()
            if each.has_add_permission(self.request)
        ]

    @cached_property
    def unsaved(self):
        """What this person typed into forms and did not save, the newest first."""
        return unsaved_texts(self.request, self.site)

    @cached_property
    def actions(self):
        """What this person last worked on."""
        return without_hidden(LogEntry.objects.filter(user=self.user), self.user).select_related("content_type", "user")[:5]

    # What is not a text.

    @property
    def may_record(self):
        """Whether this person can record what happened to a commitment."""
        commitments, updates = (self.site.get_model_admin(model) for model in (Commitment, ProgressUpdate))
        return commitments.has_view_permission(self.request) and updates.has_add_permission(self.request)

    @cached_property
    def due(self):
        """Public commitments that fell due lately or will soon, and are not settled: the most overdue first."""
        today = timezone.localdate()
        span = (today - timedelta(days=DUE_DAYS), today + timedelta(days=DUE_DAYS))
        records = self.site.get_model_admin(Commitment).get_queryset(self.request).published().with_state()
        found = records.filter(due__range=span).exclude(delivery__in=SETTLED).select_related("roadmap__country")
        return [
            (admin_url(commitment), commitment)
            for commitment in found.annotate(total=Window(Count("pk"))).order_by("due", "title")[:ROWS]
        ]

    @property
    def due_total(self):
        return self.due[0][1].total if self.due else 0

    @property
    def may_decide(self):
        return self.site.get_model_admin(Release).has_decide_permission(self.request)

    @cached_property
    def releases(self):
        """The releases of the register on which somebody has to decide: name, how many proposals, address."""
        found = Proposal.objects.open().order_by("-release").values_list("release", "release__name")
        return [
            (name, grouped(total), f"{reverse('admin:conventions_release_change', args=[release])}?decision=open")
            for release, name, total in found.annotate(total=Count("pk"))[:ROWS]
        ]

    @property
    def may_mend_people(self):
        return self.site.get_model_admin(Person).may_change_public(self.request)

    @cached_property
    def people_to_check(self):
        return self.site.get_model_admin(Person).get_queryset(self.request).to_check().count()
