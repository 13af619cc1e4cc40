"""The trays of a desk: what lies in each, in the newsroom's own words, and how it is read in one query."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate
from django.utils.translation import gettext_lazy as _

from articles.models import Transition, reviewers
from conventions.models import Version

SENT_BACK = ("request_changes", "return_change")
ROWS = 10  # in a tray; the change lists show the rest
PER_DAY = 5  # entries of a day in the calendar


# --- Whose it is, and what was last done with it ----------------------------------------------------------------------


def moves_of(model):
    """The moves of the record of `model` that an outer query looks at."""
    return Transition.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id=OuterRef("pk"))


def is_mine(model, user):
    """`author_ids()` asked of many records at once; a test holds the two together."""
    return is_written_by(model, user, user)


def is_written_by(model, user, outer):
    """Whether `user` is among the authors: an account, or F() of a field, with the same as OuterRef() in `outer`."""
    kind = ContentType.objects.get_for_model(model)
    versions = Version.objects.kept().filter(content_type=kind, object_id=OuterRef("pk"), by=outer)
    wrote = Exists(versions.filter(undecided(kind, "number")))
    handed_in = Exists(moves_of(model).filter(undecided(kind, "version__number"), verb="submit_change", by=outer))
    submitted = Q(drafted_by=user) | Exists(moves_of(model).filter(verb="submit", by=outer))
    recorded = Q(recorded_by=user) if any(field.name == "recorded_by" for field in model._meta.fields) else Q()
    return wrote | Q(submitted, pending__isnull=True) | Q(handed_in, pending__isnull=False) | recorded


def undecided(kind, number):
    """The rule that nobody has decided yet on the version whose number stands in the field `number`: read it, or given it up."""
    same = {"content_type": kind, "object_id": OuterRef("object_id")}
    read = Version.objects.filter(**same, public_number__isnull=False, number__gte=OuterRef(number))
    given_up = Transition.objects.filter(**same, verb="discard", version__number__gte=OuterRef(number))
    return ~Exists(read) & ~Exists(given_up)


def with_last_move(records):
    """With the key, the verb and the moment (`since`) of the last entry in the log; none for what was never moved."""
    last = moves_of(records.model).order_by("-pk")
    return records.annotate(
        move=Subquery(last.values("pk")[:1]),
        verb=Coalesce(Subquery(last.values("verb")[:1]), Value("")),
        since=Subquery(last.values("at")[:1]),
    )


def is_asked_of_all(model):
    """Whether nobody is named whom it waits for: none was asked, or one who lost the right since, or became an author."""
    unable = ~Q(reviewer__in=reviewers(model).values("pk"))
    return Q(reviewer__isnull=True) | unable | is_written_by(model, F("reviewer"), OuterRef("reviewer"))


# --- The trays --------------------------------------------------------------------------------------------------------


def to_review(records, user):
    """What a second person has to read, and `user` may be that person; what somebody else was asked is in the lists."""
    waiting = records.awaiting_review().exclude(is_mine(records.model, user))
    return waiting.filter(Q(reviewer=user) | is_asked_of_all(records.model)).annotate(tray=Value("review"))


def with_others(records, user):
    """One's own texts that somebody else has to read."""
    return records.awaiting_review().filter(is_mine(records.model, user)).annotate(tray=Value("others"))


def being_written(records, user):
    """One's own drafts: what a reviewer returned with a reason, and what nobody has read yet."""
    tray = Case(When(verb__in=SENT_BACK, then=Value("changes")), default=Value("drafts"))
    return records.drafts().filter(is_mine(records.model, user)).annotate(tray=tray)


@dataclass(frozen=True)
class Tray:
    """A place on the desk: what lies there, in which order, and what to do when nothing does.

    `right` is the right of a record's kind without which one can do nothing with what lies there. `query` filters the
    change list for the rest. Trays that take from the same place are filled together. What is scheduled or published is
    not taken: it is read by its time.
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
        being_written,
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
        being_written,
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
    """The first records of one kind in a tray and in those filled together with it, each with its tray and how many lie there.

    They are numbered by the database. What one was asked for by name comes first.
    """
    newest, oldest = [F("since").desc(nulls_last=True), "-pk"], ["-asked", F("since").asc(nulls_first=True), "pk"]
    found = tray.takes(with_last_move(records.order_by()), user).annotate(
        model_name=Value(records.model._meta.model_name),
        asked=Case(When(reviewer=user, then=1), default=0),
        place=Window(RowNumber(), partition_by="tray", order_by=newest if tray.is_newest_first else oldest),
        total=Window(Count("pk"), partition_by="tray"),
    )
    return found.filter(place__lte=ROWS).values_list("tray", "model_name", "pk", "since", "move", "total", "asked", named=True)


def rows_by_day(records, moment):
    """The first records of one kind on each day of the field `moment`, each with how many the day has."""
    found = records.order_by().annotate(day=TruncDate(moment), since=F(moment))
    found = found.annotate(
        model_name=Value(records.model._meta.model_name),
        moment=Value(moment),
        place=Window(RowNumber(), partition_by=[F("day")], order_by=[F("since"), F("pk")]),
        total=Window(Count("pk"), partition_by=[F("day")]),
    )
    return found.filter(place__lte=PER_DAY).values_list("day", "model_name", "moment", "pk", "since", "total", named=True)


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
    """How many there are; each row says it of its own kind, and of its own day and moment."""
    return sum({(row.model_name, getattr(row, "day", None), getattr(row, "moment", None)): row.total for row in rows}.values())
