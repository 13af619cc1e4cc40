"""What is public, and how a record becomes it: the states, the verbs that move between them, and their log."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions import snapshots
from conventions.models import Version
from conventions.records import OldAddress, Record, RecordQuerySet


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


class Refused(Exception):
    """A verb that may not be done now. Its text is the sentence for the person who tried."""


NEVER_DELETED = _("What was public can be deleted by nobody; it can be withdrawn.")


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

#: The verbs that decide on what was written: whoever wrote before them is no author of what waits after them.
DECIDING = ("publish", "apply", "discard")


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
        """What is being written: drafts, and changes of what is published."""
        return self.filter(Q(status=Status.DRAFT) | Q(pending_status=Pending.DRAFT))

    def awaiting_review(self):
        """What a second person has to read."""
        return self.filter(Q(status=Status.IN_REVIEW) | Q(pending_status=Pending.IN_REVIEW))

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

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("asked to review"),
    )
    meant_for = models.DateTimeField(_("meant for"), null=True, blank=True, editable=False)
    pending = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("change")
    )
    pending_status = models.CharField(
        _("status of the change"), max_length=12, choices=Pending.choices, blank=True, editable=False, db_index=True
    )

    objects = PublishableQuerySet.as_manager()

    #: Whether a change of what the public has read is told to it by a correction.
    is_corrected = False

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
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_change_of_published",
                condition=Q(pending__isnull=True, pending_status="")
                | (Q(pending__isnull=False, status=Status.PUBLISHED) & ~Q(pending_status="")),
                violation_error_message=_("Only what is published has a change that waits."),
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

    @property
    def takes_changes(self):
        """Whether it has passed review, scheduled included, so that what is written now waits for a second person."""
        return self.status == Status.PUBLISHED

    def state(self):
        """The state as an editor calls it, "Scheduled" and a waiting change included."""
        state = gettext("Scheduled") if self.is_scheduled else self.get_status_display()
        return f"{state}, {self.get_pending_status_display()}" if self.pending_status else state

    def history(self):
        """The log of this record's moves, oldest first."""
        return Transition.objects.of(self)

    def author_ids(self):
        """The accounts that wrote or submitted what waits for review; none of them may review it.

        Of a published record that is the change, not the text that passed review before.
        """
        decided = self.history().filter(verb__in=DECIDING).aggregate(last=Max("version__number"))["last"] or 0
        wrote = Version.objects.of(self).filter(number__gt=decided).values_list("by", flat=True)
        if self.pending_id:
            handed_in = self.history().filter(verb="submit_change", version__number__gt=decided).values_list("by", flat=True)
            return {*wrote, *handed_in} - {None}
        return {self.drafted_by_id, *wrote, *self.history().filter(verb="submit").values_list("by", flat=True)} - {None}

    def delete(self, *args, **kwargs):
        """Delete what was never public."""
        if self.was_ever_public:
            raise Refused(NEVER_DELETED)
        return super().delete(*args, **kwargs)

    # The verbs. `seen` is the number of the version that was read: a verb is refused where another was written since.

    def submit(self, *, by, seen=None):
        """Hand a draft, or something withdrawn, to review."""
        self._move("submit", by, seen=seen)

    def request_changes(self, *, by, reason, seen=None):
        """Return it to draft with a reason; also the way to call back what is scheduled."""
        self._require_text(reason, gettext("Say what should change: the author reads it."))
        with transaction.atomic():
            calls_back = self.is_scheduled
            self._move("request_changes", by, reason=reason, seen=seen, published_at=None if calls_back else self.published_at)
            Version.objects.call_back(self)

    def publish(self, *, by, at=None, seen=None):
        """Make it public now, or at the time `at` by time alone. Nobody publishes their own text.

        A withdrawal stays on the record: until the time has come, its tombstone is what the public finds.
        """
        at = at or timezone.now()
        with transaction.atomic():
            self._move("publish", by, at=at, seen=seen, published_at=at).publish(at)

    def withdraw(self, *, by, note):
        """Take it from the public with a note that the public reads in its place. A change that waits is discarded."""
        self._require_text(note, gettext("Say why: the public reads this note where the text stood."))
        with transaction.atomic():
            if type(self)._base_manager.filter(pk=self.pk, pending__isnull=False).exists():
                self.discard(by=by, reason=note)
            self._move("withdraw", by, reason=note, at=self.published_at, withdrawn_at=timezone.now(), public_note=note)

    # Changes of what has passed review: written as a version, read by a second person, and only then the record itself.

    def propose(self, shot, *, by, note=""):
        """Let the snapshot `shot` wait as the change of this record. Return its version; None where it changes nothing."""
        if not by.has_perm(f"{self._meta.app_label}.change_{self._meta.model_name}"):
            raise PermissionDenied(gettext("You may not change this."))
        with transaction.atomic():
            row = type(self)._base_manager.select_for_update().get(pk=self.pk)
            if not row.takes_changes:
                raise Refused(gettext("“%(record)s” is %(state)s.") % {"record": row, "state": row.state().lower()})
            stands = Version.objects.keep(row, by=None)
            if shot == (row.pending or stands).snapshot:
                return row.pending
            row.pending = Version.objects.propose(row, shot, by=by, base=row.pending or stands, note=note)
            row.pending_status = row.pending_status or Pending.DRAFT
            row.save(update_fields=["pending", "pending_status"])
        self.refresh_from_db(fields=["pending", "pending_status"])
        return self.pending

    def submit_change(self, *, by, seen=None):
        """Hand the change to review."""
        self._move("submit_change", by, seen=seen)

    def return_change(self, *, by, reason, seen=None):
        """Return the change to its author with a reason."""
        self._require_text(reason, gettext("Say what should change: the author reads it."))
        self._move("return_change", by, reason=reason, seen=seen)

    def discard(self, *, by, reason=""):
        """Give the change up. It stays among the versions."""
        self._move("discard", by, reason=reason, pending=None)

    def apply(self, version, *, by, correction=None, reason=""):
        """Make the change `version` what the record says, and number it for the public.

        Where the public has read another text, it is told by the Correction, made here; `reason` says in the log why none
        is needed. Return the names of what the change refers to and is no more: it is left out.
        """
        with transaction.atomic():
            change = self._move("apply", by, reason=reason, seen=version.number, pending=None)
            row = type(self)._base_manager.get(pk=self.pk)
            row._refuse_silence(change, correction, reason)
            was_at = row.get_absolute_url() if row.was_ever_public else None
            try:
                lost = snapshots.write(row, change.snapshot)
            except ValidationError as error:
                raise Refused(" ".join(error.messages)) from error
            row._refuse_invalid()
            if was_at:
                OldAddress.objects.remember(was_at, row)
            Version.objects.call_back(row)
            stands = Version.objects.keep(row, by=change.by, note=change.note)
            stands.publish(max(row.published_at, timezone.now()))
            if correction is not None:
                correction.article = row
                correction.make(by=by)
        self.refresh_from_db()
        return lost

    def needs_correction(self, change):
        """Whether readers have read another text than this change makes of it, by more than spelling and form."""
        stands = snapshots.snapshot(type(self)._base_manager.get(pk=self.pk))
        return self.is_corrected and self.is_published and not snapshots.same_words(stands, change.snapshot)

    def _refuse_silence(self, change, correction, reason):
        if correction is None and not reason.strip() and self.needs_correction(change):
            raise Refused(
                gettext("This changes what readers have read: tell them what was changed, or say why they need not know.")
            )

    @staticmethod
    def _require_text(text, sentence):
        if not text.strip():
            raise Refused(sentence)

    def _move(self, name, by, *, reason="", at=None, seen=None, **changes):
        """Do the verb `name` for `by`, with its log entry, in one transaction on the locked row. Return the version it moved."""
        verb = VERBS[name]
        if not by.has_perm(f"{self._meta.app_label}.{verb.right}_{self._meta.model_name}"):
            raise PermissionDenied(gettext("You may not do this: it takes the right to %(right)s.") % {"right": verb.right})
        with transaction.atomic():
            row = type(self)._base_manager.select_for_update().get(pk=self.pk)
            row.refuse(name, verb, by)
            version = row.pending if verb.is_of_change else Version.objects.keep(row, by=None)
            if seen is not None and seen != version.number:
                raise Refused(gettext("“%(record)s” was changed since you opened it. Read it again.") % {"record": row})
            before = getattr(row, verb.field)
            for field, value in {**changes, verb.field: verb.target}.items():
                setattr(row, field, value)
            row._refuse_invalid()
            row.save(update_fields=[verb.field, *changes])
            Transition.objects.create(
                record=row,
                verb=name,
                before=before,
                after=verb.target,
                by=by,
                reason=reason,
                effective_at=at,
                headline=str(row),
                version=version,
            )
        self.refresh_from_db(fields=[verb.field, *changes])
        return version

    def refuse(self, name, verb, by):
        """Refuse a verb in the wrong state, or by one of the authors, superusers included."""
        if getattr(self, verb.field) not in verb.sources:
            raise Refused(gettext("“%(record)s” is %(state)s.") % {"record": self, "state": self.state().lower()})
        if verb.second_person and by.pk in self.author_ids():
            raise Refused(gettext("“%(record)s” is your own text; another person must review it.") % {"record": self})
        if name == "request_changes" and self.is_published:
            raise Refused(gettext("“%(record)s” is public already; it can only be withdrawn.") % {"record": self})
        if name == "request_changes" and self.pending_id:
            raise Refused(gettext("A change of “%(record)s” waits; apply or discard it first.") % {"record": self})
        if name == "withdraw" and self.is_scheduled:
            raise Refused(gettext("“%(record)s” is not public yet; request changes instead.") % {"record": self})
        if name == "discard" and by.pk not in self.author_ids() and not self._may_review(by):
            raise Refused(gettext("This change is somebody else’s; they can discard it, or a reviewer."))

    def _may_review(self, by):
        return by.has_perm(f"{self._meta.app_label}.review_{self._meta.model_name}")

    def _refuse_invalid(self):
        try:
            self.full_clean()
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error


def number_what_is_public():
    """Write down the first version of everything public that has none: what was loaded, or published before versions were."""
    for model in Publishable.__subclasses__():
        kind = ContentType.objects.get_for_model(model)
        numbered = Version.objects.filter(content_type=kind, public_at__isnull=False).values("object_id")
        for record in model._base_manager.filter(published_at__isnull=False).exclude(pk__in=numbered):
            Version.objects.keep(record, by=None).publish(record.published_at)


def next_publication(at=None):
    """The moment at which something becomes public next by time alone, after `at` (default: now), or None."""
    at = at or timezone.now()
    first, *others = [model.objects.scheduled(at).order_by().values("published_at") for model in Publishable.__subclasses__()]
    return first.union(*others).order_by("published_at").values_list("published_at", flat=True).first()


# --- The log ------------------------------------------------------------------------------------------------------


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
    before = models.CharField(_("from"), max_length=12, choices=Status.choices, blank=True)
    after = models.CharField(_("to"), max_length=12, choices=Status.choices, blank=True)
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("version"), help_text=_("What was moved.")
    )
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
