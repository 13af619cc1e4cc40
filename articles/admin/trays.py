"""The trays of a desk: what lies in each, in the newsroom's own words, and how it is read in one query."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate
from django.utils.translation import gettext_lazy as _

from articles.models import Transition

ROWS = 10  # in a tray; the change lists show the rest
PER_DAY = 5  # entries of a day in the calendar


# --- Whose it is, and what was last done with it ----------------------------------------------------------------------


def moves_of(model):
    """The moves of the record of `model` that an outer query looks at."""
    return Transition.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id=OuterRef("pk"))


def is_mine(model, user):
    """`author_ids()` asked of many records at once; a test holds the two together."""
    names = {"drafted_by", "recorded_by"} & {field.name for field in model._meta.fields}
    submitted = Exists(moves_of(model).filter(verb="submit", by=user))
    return Q(submitted, *[(name, user) for name in sorted(names)], _connector=Q.OR)


def with_last_move(records):
    """With the key, the verb and the moment (`since`) of the last entry in the log; none for what was never moved."""
    last = moves_of(records.model).order_by("-pk")
    return records.annotate(
        move=Subquery(last.values("pk")[:1]),
        verb=Coalesce(Subquery(last.values("verb")[:1]), Value("")),
        since=Subquery(last.values("at")[:1]),
    )


# --- The trays --------------------------------------------------------------------------------------------------------


def to_review(records, user):
    """What a second person has to read, and `user` may be that person."""
    return with_last_move(records.awaiting_review()).exclude(is_mine(records.model, user))


def sent_back(records, user):
    """One's drafts that a reviewer returned with a reason."""
    return with_last_move(records.drafts()).filter(is_mine(records.model, user), verb="request_changes")


def my_drafts(records, user):
    """What one is writing, and nobody has read yet."""
    return with_last_move(records.drafts()).filter(is_mine(records.model, user)).exclude(verb="request_changes")


def with_others(records, user):
    """One's own texts that somebody else has to read."""
    return with_last_move(records.awaiting_review()).filter(is_mine(records.model, user))


@dataclass(frozen=True)
class Tray:
    """A place on the desk: what lies there, in which order, and what to do when nothing does.

    `right` is the right of a record's kind without which one can do nothing with what lies there. `query` filters the
    change list for the rest. What is scheduled or published is not taken: it is read by its time.
    """

    name: str
    title: str
    glance: str
    empty: str
    query: str
    takes: Callable | None = None
    right: str = ""
    is_mine_to_do: bool = False
    is_newest_first: bool = False


TRAYS = [
    Tray(
        "review",
        _("Waiting for your review"),
        _("to review"),
        _("Nothing waits for your review. What others hand in appears here, the longest waiting first."),
        "state=in_review",
        to_review,
        right="review",
        is_mine_to_do=True,
    ),
    Tray(
        "changes",
        _("Changes requested"),
        _("to change"),
        _("Nobody asked you for changes. What a reviewer sends back appears here, with the reason."),
        "state=draft&drafted_by__id__exact={user}",
        sent_back,
        right="submit",
        is_mine_to_do=True,
        is_newest_first=True,
    ),
    Tray(
        "drafts",
        _("Your drafts"),
        _("in draft"),
        _("You have no drafts. Begin one here."),
        "state=draft&drafted_by__id__exact={user}",
        my_drafts,
        right="submit",
        is_mine_to_do=True,
        is_newest_first=True,
    ),
    Tray(
        "others",
        _("Waiting for others"),
        _("with others"),
        _("None of your texts is in review. Press Submit for review in a draft to hand it in."),
        "state=in_review&drafted_by__id__exact={user}",
        with_others,
        right="submit",
    ),
    Tray(
        "scheduled",
        _("Scheduled"),
        _("scheduled"),
        _("Nothing is scheduled. Whoever publishes a text can give the time at which it becomes public."),
        "state=scheduled",
    ),
    Tray(
        "published",
        _("Published last"),
        _("published"),
        _("Nothing is published yet. A text that passes review appears here."),
        "state=published",
        is_newest_first=True,
    ),
]


def first_rows(tray, records, user):
    """The first records of one kind in a tray, numbered by the database, each with how many lie there."""
    newest, oldest = [F("since").desc(nulls_last=True), "-pk"], [F("since").asc(nulls_first=True), "pk"]
    found = tray.takes(records.order_by(), user).annotate(
        model_name=Value(records.model._meta.model_name),
        place=Window(RowNumber(), order_by=newest if tray.is_newest_first else oldest),
        total=Window(Count("pk")),
    )
    return found.filter(place__lte=ROWS).values_list("model_name", "pk", "since", "move", "total", named=True)


def rows_by_day(records):
    """The first scheduled records of one kind on each day to come, each with how many the day has."""
    found = records.scheduled().order_by().annotate(day=TruncDate("published_at"), since=F("published_at"))
    found = found.annotate(
        model_name=Value(records.model._meta.model_name),
        place=Window(RowNumber(), partition_by=[F("day")], order_by=[F("since"), F("pk")]),
        total=Window(Count("pk"), partition_by=[F("day")]),
    )
    return found.filter(place__lte=PER_DAY).values_list("day", "model_name", "pk", "since", "total", named=True)


def newest_rows(records):
    """What was published last of one kind. Not counted: that would read every row there is."""
    found = records.published().order_by("-published_at", "-pk")
    found = found.annotate(model_name=Value(records.model._meta.model_name), since=F("published_at"))
    return found.values_list("model_name", "pk", "since", named=True)[:ROWS]


def together(querysets):
    """The rows of them all, in one query."""
    first, *others = querysets or [Transition.objects.none()]
    return list(first.union(*others, all=True)) if others else list(first)


def total_of(rows):
    """How many there are; each row says it of its own kind, and of its own day."""
    return sum({(row.model_name, getattr(row, "day", None)): row.total for row in rows}.values())
