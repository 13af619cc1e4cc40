"""What is public, and how a record becomes it: the states, the verbs that move between them, and their log."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.records import Record, RecordQuerySet


class Status(models.TextChoices):
    """The four states. Scheduled is no state: it is published with a time that has not come."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Refused(Exception):
    """A verb that may not be done now. Its text is the sentence for the person who tried."""


NEVER_DELETED = _("What was public can be deleted by nobody; it can be withdrawn.")


@dataclass(frozen=True)
class Verb:
    """A move between states: from where, to where, by whose right, and whether a second person must do it."""

    sources: tuple
    target: str
    right: str
    second_person: bool = False


VERBS = {
    "submit": Verb((Status.DRAFT, Status.WITHDRAWN), Status.IN_REVIEW, "submit"),
    "request_changes": Verb((Status.IN_REVIEW, Status.PUBLISHED), Status.DRAFT, "review", second_person=True),
    "publish": Verb((Status.IN_REVIEW,), Status.PUBLISHED, "publish", second_person=True),
    "withdraw": Verb((Status.PUBLISHED,), Status.WITHDRAWN, "withdraw"),
}


def is_public(at=None, through=""):
    """The only rule of what the public sees at the moment `at` (default: now), and it is written here once.

    `through` is the path from a part to its whole ("roadmap__"): a join to one row, where a list of all public keys
    would be made anew for every subquery.
    """
    return Q(**{f"{through}status": Status.PUBLISHED, f"{through}published_at__lte": at or timezone.now()})


class PublishableQuerySet(RecordQuerySet):
    """The newsroom's words for what stands where."""

    def published(self, at=None):
        """What the public sees at the moment `at` (default: now)."""
        return self.filter(is_public(at))

    def scheduled(self, at=None):
        """What becomes public by time alone."""
        return self.filter(status=Status.PUBLISHED, published_at__gt=at or timezone.now())

    def drafts(self):
        """What is being written."""
        return self.filter(status=Status.DRAFT)

    def awaiting_review(self):
        """What a second person has to read."""
        return self.filter(status=Status.IN_REVIEW)

    def ever_public(self):
        """What the public sees or once saw. It can be deleted by nobody."""
        return self.published() | self.filter(withdrawn_at__isnull=False)

    def delete(self):
        """Delete what was never public; refuse the whole if any of it was."""
        if self.ever_public().exists():
            raise Refused(NEVER_DELETED)
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def tombstones(self):
        """What was public and is not now: its address answers 410 with headline, dates and the public note."""
        return self.filter(withdrawn_at__isnull=False).exclude(pk__in=self.published().values("pk"))


class Publishable(Record):
    """A record with a life of its own before the public: draft, in review, published, withdrawn."""

    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    public_note = models.TextField(_("public note on the withdrawal"), blank=True, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("drafted by"),
    )

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "submit", "review", "publish", "withdraw")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_has_time",
                condition=~Q(status=Status.PUBLISHED) | Q(published_at__isnull=False),
                violation_error_message=_("What is published has a time of publication."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_withdrawn_has_note",
                condition=~Q(status=Status.WITHDRAWN) | (Q(withdrawn_at__isnull=False) & ~Q(public_note="")),
                violation_error_message=_("What is withdrawn has a time and a public note that says why."),
            ),
        ]

    # The state, asked in words.

    @property
    def is_published(self):
        """The rule of `published()` for one record in hand; a test holds the two together."""
        return self.status == Status.PUBLISHED and self.published_at <= timezone.now()

    @property
    def is_scheduled(self):
        return self.status == Status.PUBLISHED and self.published_at > timezone.now()

    @property
    def was_ever_public(self):
        """The rule of `ever_public()` for one record in hand."""
        return self.is_published or self.withdrawn_at is not None

    def state(self):
        """The state as an editor calls it, "Scheduled" included."""
        return gettext("Scheduled") if self.is_scheduled else self.get_status_display()

    def history(self):
        """The log of this record's moves, oldest first."""
        return Transition.objects.of(self)

    def author_ids(self):
        """The accounts that drafted or submitted it; none of them may review it."""
        return {self.drafted_by_id, *self.history().filter(verb="submit").values_list("by", flat=True)} - {None}

    def delete(self, *args, **kwargs):
        """Delete what was never public."""
        if self.was_ever_public:
            raise Refused(NEVER_DELETED)
        return super().delete(*args, **kwargs)

    # The verbs.

    def submit(self, *, by):
        """Hand a draft, or something withdrawn, to review."""
        self._move("submit", by)

    def request_changes(self, *, by, reason):
        """Return it to draft with a reason; also the way to call back what is scheduled."""
        self._require_text(reason, gettext("Say what should change: the author reads it."))
        self._move("request_changes", by, reason=reason, published_at=None if self.is_scheduled else self.published_at)

    def publish(self, *, by, at=None):
        """Make it public now, or at the time `at` by time alone. Nobody publishes their own text.

        A withdrawal stays on the record: until the time has come, its tombstone is what the public finds.
        """
        at = at or timezone.now()
        self._move("publish", by, at=at, published_at=at)

    def withdraw(self, *, by, note):
        """Take it from the public with a note that the public reads in its place."""
        self._require_text(note, gettext("Say why: the public reads this note where the text stood."))
        self._move("withdraw", by, reason=note, at=self.published_at, withdrawn_at=timezone.now(), public_note=note)

    @staticmethod
    def _require_text(text, sentence):
        if not text.strip():
            raise Refused(sentence)

    def _move(self, name, by, *, reason="", at=None, **changes):
        """Do the verb `name` for `by`, with its log entry, in one transaction on the locked row."""
        verb = VERBS[name]
        if not by.has_perm(f"{self._meta.app_label}.{verb.right}_{self._meta.model_name}"):
            raise PermissionDenied(gettext("You may not do this: it takes the right to %(right)s.") % {"right": verb.right})
        with transaction.atomic():
            row = type(self)._base_manager.select_for_update().get(pk=self.pk)
            row.refuse(name, verb, by)
            before = row.status
            for field, value in {**changes, "status": verb.target}.items():
                setattr(row, field, value)
            row._refuse_invalid()
            row.save(update_fields=["status", *changes])
            Transition.objects.create(
                record=row, verb=name, before=before, after=verb.target, by=by, reason=reason, effective_at=at, headline=str(row)
            )
        self.refresh_from_db(fields=["status", *changes])

    def refuse(self, name, verb, by):
        """Refuse a verb in the wrong state, or by one of the authors, superusers included."""
        if self.status not in verb.sources:
            raise Refused(gettext("“%(record)s” is %(state)s.") % {"record": self, "state": self.state().lower()})
        if verb.second_person and by.pk in self.author_ids():
            raise Refused(gettext("“%(record)s” is your own text; another person must review it.") % {"record": self})
        if name == "request_changes" and self.is_published:
            raise Refused(gettext("“%(record)s” is public already; it can only be withdrawn.") % {"record": self})
        if name == "withdraw" and self.is_scheduled:
            raise Refused(gettext("“%(record)s” is not public yet; request changes instead.") % {"record": self})

    def _refuse_invalid(self):
        try:
            self.full_clean()
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error


def next_publication(at=None):
    """The moment at which something becomes public next by time alone, after `at` (default: now), or None."""
    at = at or timezone.now()
    first, *others = [model.objects.scheduled(at).order_by().values("published_at") for model in Publishable.__subclasses__()]
    return first.union(*others).order_by("published_at").values_list("published_at", flat=True).first()


class TransitionQuerySet(models.QuerySet):
    def of(self, record):
        return self.filter(content_type=ContentType.objects.get_for_model(record), object_id=record.pk).order_by("pk")


class Transition(models.Model):
    """One move of one record: who, when, from where to where, and why. Rows are added and never changed."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    headline = models.CharField(_("headline"), max_length=400, help_text=_("What the record was called at that moment."))
    verb = models.CharField(_("verb"), max_length=20)
    before = models.CharField(_("from"), max_length=12, choices=Status.choices)
    after = models.CharField(_("to"), max_length=12, choices=Status.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    effective_at = models.DateTimeField(_("effective at"), null=True, help_text=_("Since when it is, or was, public."))
    reason = models.TextField(_("reason"), blank=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["content_type", "object_id"], name="transition_record")]

    def __str__(self):
        return f"{self.headline}: {self.get_before_display()} → {self.get_after_display()}"
