"""The states in which a record stands before the public, and the verbs that move between them."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The four states. Scheduled is no state: it is published with a time that has not come."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Pending(models.TextChoices):
    """Where a change of something published stands. The change is a version; what the public reads is not touched by it."""

    DRAFT = "draft", _("change in draft")
    IN_REVIEW = "in_review", _("change in review")


@dataclass(frozen=True)
class Verb:
    """A move between states: from where, to where, by whose right, and whether a second person must do it.

    It moves the record itself, or, where `field` is "pending_status", the change that waits beside it.
    """

    sources: tuple
    target: str
    right: str
    second_person: bool = False
    field: str = "status"

    @property
    def is_of_change(self):
        return self.field == "pending_status"


VERBS = {
    "submit": Verb((Status.DRAFT, Status.WITHDRAWN), Status.IN_REVIEW, "submit"),
    "request_changes": Verb((Status.IN_REVIEW, Status.PUBLISHED), Status.DRAFT, "review", second_person=True),
    "publish": Verb((Status.IN_REVIEW,), Status.PUBLISHED, "publish", second_person=True),
    "withdraw": Verb((Status.PUBLISHED,), Status.WITHDRAWN, "withdraw"),
    "submit_change": Verb((Pending.DRAFT,), Pending.IN_REVIEW, "submit", field="pending_status"),
    "return_change": Verb((Pending.IN_REVIEW,), Pending.DRAFT, "review", second_person=True, field="pending_status"),
    "apply": Verb((Pending.IN_REVIEW,), "", "publish", second_person=True, field="pending_status"),
    "discard": Verb((Pending.DRAFT, Pending.IN_REVIEW), "", "submit", field="pending_status"),
}


#: The verbs that decide on what waits.
DECIDING = ("publish", "apply", "discard")


def is_public(at=None, through=""):
    """The only rule of what the public sees at the moment `at` (default: now), and it is written here once.

    `through` is the path from a part to its whole ("roadmap__"): a join to one row, where a list of all public keys
    would be made anew for every subquery.
    """
    return Q(**{f"{through}status": Status.PUBLISHED, f"{through}published_at__lte": at or timezone.now()})


def ever_public(at=None):
    """What the public had seen by the moment `at` (default: now), withdrawn or not."""
    return Q(**{"status__in": [Status.PUBLISHED, Status.WITHDRAWN], "published_at__lte": at or timezone.now()})


def was_public(at, through=""):
    """What the public saw at the moment `at` in the past, what was withdrawn since included; `through` as of `is_public()`.

    It reads the row alone, which forgets the first period of what was published again: `was_public_by_log()` knows it.
    """
    published, since = Q(**{f"{through}status": Status.PUBLISHED}), Q(**{f"{through}withdrawn_at__gt": at})
    return Q(**{f"{through}published_at__lte": at}) & (published | since)
