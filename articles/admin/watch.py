"""The watch list of a desk: what nobody handed in and somebody has to look at. One query for each of its piles."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Window
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import CLOSING, SETTLED, Commitment, Evidence, Link, LinkState, ProgressUpdate, Reply
from conventions.admin.review import grouped

from .base import admin_url
from .recording import record_url
from .trays import ROWS, is_mine

QUIET_DAYS = 180
DEAD = (LinkState.GONE, LinkState.UNREACHABLE)


# --- What lies there --------------------------------------------------------------------------------------------------


def overdue(commitments):
    """Public ones past their date, the longest first."""
    return commitments.published().overdue().order_by("due", "title")


def quiet(commitments):
    """Public ones, not settled, of which nothing is recorded that happened in the last 180 days; the quietest first.

    Where nothing was recorded at all, the days count from the promise.
    """
    day = timezone.localdate() - timedelta(days=QUIET_DAYS)
    unsettled = commitments.published().with_state().with_promised().exclude(delivery__in=SETTLED)
    silent = unsettled.filter(Q(since__lt=day) | Q(since__isnull=True, promised__lt=day))
    return silent.order_by(models.F("since").asc(nulls_first=True), "promised", "title")


def to_confirm(updates, user):
    """Public closing verdicts that nobody confirmed, and that are not this person's own."""
    verdicts = updates.in_effect().filter(delivery__in=CLOSING, confirmed_at__isnull=True)
    return verdicts.exclude(is_mine(ProgressUpdate, user)).order_by("recorded_at", "pk")


def without_proof(evidence):
    """What answers no more, and of which no copy does: since when (`failing_since`), and what the address said last."""
    dead = Link.objects.filter(state__in=DEAD)
    link = dead.filter(url=OuterRef("url"))
    no_copy = Q(archived_url="") | Exists(dead.filter(url=OuterRef("archived_url")))
    told = {name: Subquery(link.values(name)[:1]) for name in ("failing_since", "told")}
    return evidence.filter(Exists(link), no_copy).annotate(**told).order_by("failing_since", "title")


def met(commitments):
    """Open promises to ratify that an act in the register meets."""
    return commitments.met_by_register().order_by("met_on", "title")


def unregistered(commitments):
    """Promises to ratify that are called delivered, and that no act in the register meets."""
    return commitments.unregistered().order_by("since", "title")


# --- The same in the lists --------------------------------------------------------------------------------------------


class WatchFilter(admin.SimpleListFilter):
    """What of a list is on the watch list, by the same rules; in the order of the list."""

    title = _("watch list")
    parameter_name = "watch"
    watched = {}

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _rule) in self.watched.items()]

    def queryset(self, request, queryset):
        if self.value() not in self.watched:
            return queryset
        found = self.watched[self.value()][1](queryset.model.objects.all(), request.user)
        return queryset.filter(pk__in=found.order_by().values("pk"))


class CommitmentWatchFilter(WatchFilter):
    watched = {
        "overdue": (_("Overdue"), lambda records, _user: overdue(records)),
        "quiet": (_("No evidence for 180 days"), lambda records, _user: quiet(records)),
    }


class UpdateWatchFilter(WatchFilter):
    watched = {"verdicts": (_("Verdicts for you to confirm"), to_confirm)}


class EvidenceWatchFilter(WatchFilter):
    watched = {"dead": (_("Answers no more"), lambda records, _user: without_proof(records))}


# --- On the desk ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What somebody has to look at, with the form that deals with it, and the short one where something is to be recorded."""

    record: models.Model
    address: str
    record_address: str = ""


@dataclass(frozen=True)
class Watch:
    """A pile of the watch list: its name and words, the first rows, how many there are, and the list of them all."""

    name: str
    title: str
    glance: str
    empty: str
    every: str
    rows: list
    is_mine_to_do: bool = False

    @property
    def total(self):
        return self.rows[0].record.total if self.rows else 0

    @property
    def count(self):
        return grouped(self.total)

    @property
    def has_more(self):
        return self.total > len(self.rows)


#: The piles: what they are called, what they say when nothing lies in them, and which list shows the rest.
PILES = {
    "replies": (_("Replies received"), _("received"), _("Readers sent nothing that waits."), Reply, "waits=yes"),
    "verdicts": (
        _("Verdicts to confirm"), _("to confirm"), _("No closing verdict waits for you as the second person."), ProgressUpdate,
        "watch=verdicts",
    ),
    "overdue": (_("Overdue promises"), _("overdue"), _("No public promise is past its date."), Commitment, "watch=overdue"),
    "quiet": (
        _("No evidence for 180 days"), _("quiet"), _("Of every open promise something was recorded in the last 180 days."),
        Commitment, "watch=quiet",
    ),
    "register": (
        _("Met by the register"), _("met by the register"), _("No ratification entered the register that meets an open promise."),
        Commitment, "register=meets",
    ),
    "unregistered": (
        _("Delivered, but not in the register"), _("not in the register"),
        _("Every ratification that an update calls delivered is in the register."), Commitment, "register=lacks",
    ),
    "dead": (
        _("Evidence that answers no more"), _("without proof"), _("Every address that was asked answers, or has a copy."),
        Evidence, "watch=dead",
    ),
}  # fmt: skip
MINE_TO_DO = ("replies", "verdicts")


class WatchList:
    """All piles of whoever asks, each filled from the list of its kind. What they can do nothing with is not on it."""

    def __init__(self, request, site):
        self.request, self.user, self.site = request, request.user, site

    def list_of(self, model):
        return self.site.get_model_admin(model)

    def is_theirs(self, name):
        """Whether this person can do something with what lies in a pile."""
        model_admin = self.list_of(PILES[name][3])
        right = {
            "replies": lambda: model_admin.has_change_permission(self.request),
            "verdicts": lambda: model_admin.has_confirm_permission(self.request),
            "dead": lambda: self.user.has_perm("articles.view_link"),
        }.get(name, lambda: self.list_of(ProgressUpdate).has_add_permission(self.request))
        return model_admin.has_view_permission(self.request) and right()

    def found(self, name):
        """The records of a pile, with all that their rows show."""
        records = self.list_of(PILES[name][3]).get_queryset(self.request)
        return {
            "replies": lambda: records.waiting().order_by("received_at", "pk"),
            "verdicts": lambda: to_confirm(records, self.user).select_related("commitment__roadmap__country", "recorded_by"),
            "register": lambda: met(records).select_related("roadmap__country", "convention"),
            "unregistered": lambda: unregistered(records).select_related("roadmap__country"),
            "overdue": lambda: overdue(records).select_related("roadmap__country"),
            "quiet": lambda: quiet(records).select_related("roadmap__country"),
            "dead": lambda: without_proof(records),
        }[name]().annotate(total=Window(Count("pk")))[:ROWS]

    def row(self, name, record):
        """A row leads to the form of its record; of a promise also to the short form, filled in where the register knows."""
        given = {"act": record.met_by} if name == "register" else {}
        is_promise = isinstance(record, Commitment)
        return Row(record, admin_url(record), record_url(record, **given) if is_promise else "")

    @property
    def piles(self):
        for name, (title, glance, empty, model, query) in PILES.items():
            if self.is_theirs(name):
                every = f"{reverse(f'admin:articles_{model._meta.model_name}_changelist')}?{query}"
                rows = [self.row(name, record) for record in self.found(name)]
                yield Watch(name, title, glance, empty, every, rows, name in MINE_TO_DO)
