"""What happened to a commitment since it was made: dated updates, each with its evidence."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.models import Version
from conventions.records import begins, end_of_period, partial_date, partial_date_constraint, precision_field

from .commitments import CLOSING, READ_IN_REGISTER, Commitment, Delivery, Effect, Rung, end_of
from .evidence import Evidence
from .publishing import Publishable, PublishableQuerySet, Refused
from .states import Status, ever_public, is_public, was_public

#: Why an event of a later day is no update: on that day it would change the state with nobody acting.
NOT_YET = _("This day has not come yet. Record what happened once it has; that it was announced can be recorded now.")
#: What to think of where a ratification is called delivered and the register does not have it.
NOT_REGISTERED = _(
    "No act in the register meets this promise, and readers are told that it is kept when the ILO has registered the"
    " ratification. Look whether it has."
)
#: Why a draft is not superseded: its words are nobody's past.
NOT_PUBLIC_YET = _("Readers have not read that update, so there is nothing to supersede: change it, or delete it.")


class ProgressUpdateQuerySet(PublishableQuerySet):
    within = "commitment"

    def published(self, at=None):
        return super().published(at).filter(is_public(through="commitment__roadmap__"))

    def recorded(self, known=None):
        """What this record held in public by the end of the day `known` (default: now), even if it was withdrawn since."""
        end = end_of(known)
        held = self.filter(is_public(through="commitment__roadmap__"))
        return held.filter(was_public(end), recorded_at__lte=end) if end else held.filter(is_public())

    def told(self, known=None):
        """The same, and what was withdrawn before that: the public finds a note in its place."""
        end = end_of(known)
        held = self.filter(ever_public(end), is_public(through="commitment__roadmap__"))
        return held.filter(recorded_at__lte=end) if end else held

    def with_held(self):
        """Annotate `held`, since when this record tells of it: from then on it is both written and public."""
        return self.annotate(held=Greatest("recorded_at", "published_at"))

    def in_effect(self, as_of=None, known=None):
        """Those recorded by the end of `known` that had happened by `as_of`, and that nothing recorded by then superseded."""
        superseding = self.model._default_manager.recorded(known).filter(supersedes=OuterRef("pk"))
        return self.recorded(known).filter(happened_on__lte=as_of or timezone.localdate()).exclude(Exists(superseding))

    def latest_first(self, known=None):
        """By event date; ties go to the later recorded. With whether each was confirmed by the end of `known` (default: now)."""
        confirmed = Q(confirmed_at__lte=end_of(known)) if known else Q(confirmed_at__isnull=False)
        return self.annotate(is_confirmed=confirmed).order_by("-happened_on", "-recorded_at", "-number")


class ProgressUpdate(Publishable):
    """What happened to a commitment on a day, as evidence shows it. Never edited: a mistake is superseded, with a reason."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="updates", verbose_name=_("commitment"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    happened_on = models.DateField(_("happened on"))
    happened_on_precision = precision_field(_("event"))
    happened = partial_date("happened_on")
    summary = models.TextField(_("what happened"))
    delivery = models.CharField(_("delivery"), max_length=20, choices=Delivery.choices)
    effect = models.CharField(_("effect"), max_length=20, choices=Effect.choices, default=Effect.NOT_ASSESSED)
    rung = models.CharField(
        _("step towards ratification"),
        max_length=20,
        choices=[choice for choice in Rung.choices if choice[0] not in READ_IN_REGISTER],
        blank=True,
        help_text=_("Of a promise to ratify. Registration and entry into force are read in the register."),
    )
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="leads", verbose_name=_("leading evidence"))
    further_evidence = models.ManyToManyField(Evidence, blank=True, related_name="supports", verbose_name=_("further evidence"))
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("supersedes")
    )
    reason = models.TextField(_("reason for superseding"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    natural = ("commitment__slug", "number")
    objects = ProgressUpdateQuerySet.as_manager()

    #: Once it has passed review, what it says stays as it is: the database itself refuses to change or delete it.
    KEPT = {
        "columns": [
            "commitment_id", "number", "happened_on", "happened_on_precision", "summary", "delivery", "effect", "rung",
            "evidence_id", "supersedes_id", "reason", "recorded_at", "recorded_by_id",
        ],
        "rows": "OLD.status = 'published' OR OLD.withdrawn_at IS NOT NULL",
    }  # fmt: skip

    class Meta(Publishable.Meta):
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-happened_on", "-recorded_at", "-number"]
        default_permissions = (*Publishable.Meta.default_permissions, "confirm")
        indexes = [models.Index(fields=["commitment", "-happened_on"], name="progressupdate_latest")]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["commitment", "number"],
                name="progressupdate_number",
                violation_error_message=_("The commitment already has an update of this number."),
            ),
            models.CheckConstraint(
                name="progressupdate_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True) | Q(recorded_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                violation_error_message=_("A verdict is confirmed by another person than the one who recorded it."),
            ),
            models.CheckConstraint(
                name="progressupdate_confirmed_by_no_author",
                condition=Q(confirmed_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(confirmed_by=F("drafted_by")),
                violation_error_message=_("A verdict is confirmed by another person than the one who drafted it."),
            ),
            models.CheckConstraint(
                name="progressupdate_confirmed_in_public",
                condition=Q(confirmed_at__isnull=True) | Q(status__in=[Status.PUBLISHED, Status.WITHDRAWN]),
                violation_error_message=_("Only what is public is confirmed: before that it can still be rewritten."),
            ),
            models.CheckConstraint(
                name="progressupdate_confirmed_by_somebody",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                violation_error_message=_("A confirmation says when and by whom."),
            ),
            models.CheckConstraint(
                name="progressupdate_confirmed_is_closing",
                condition=Q(confirmed_at__isnull=True) | Q(delivery__in=CLOSING),
                violation_error_message=_("Only a closing verdict (delivered, not delivered) is confirmed."),
            ),
            models.CheckConstraint(
                name="progressupdate_superseding_has_reason",
                condition=Q(supersedes__isnull=True) | ~Q(reason=""),
                violation_error_message=_("An update that supersedes another says why."),
            ),
            models.CheckConstraint(
                name="progressupdate_rung_is_domestic",
                condition=~Q(rung__in=READ_IN_REGISTER),
                violation_error_message=_("Registration and entry into force are read in the register, never typed."),
            ),
            models.CheckConstraint(
                name="progressupdate_supersedes_another",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("pk")),
                violation_error_message=_("An update cannot supersede itself."),
            ),
            partial_date_constraint("progressupdate", "happened_on"),
        ]

    def __str__(self):
        return f"{self.commitment}, {self.happened}"

    @property
    def takes_changes(self):
        """Never: a mistake is superseded by another update, which says why."""
        return False

    @property
    def about(self):
        """On whose page it is read."""
        return self.commitment

    @property
    def held_since(self):
        """Since when this record tells of it: both written and public."""
        return max(self.recorded_at, self.published_at or self.recorded_at)

    @property
    def is_withdrawn(self):
        """Whether only its days are told, on whichever day one reads, and the note in the place of its words and evidence."""
        return self.status == Status.WITHDRAWN

    def is_withdrawn_by(self, known=None):
        """Whether it counts no more by the end of `known` (default: now)."""
        return self.is_withdrawn and self.withdrawn_at <= (end_of(known) or timezone.now())

    @property
    def told(self):
        """What the public reads of it: what happened, or why that is told no more."""
        return gettext("Withdrawn since: %(note)s") % {"note": self.public_note} if self.is_withdrawn else self.summary

    @property
    def told_reason(self):
        """The same of why it supersedes another."""
        return gettext("the reason was withdrawn") if self.is_withdrawn else self.reason

    @property
    def is_closing(self):
        """Whether this verdict closes the commitment and so asks for confirmation."""
        return self.delivery in CLOSING

    @property
    def caution(self):
        """What to look at before it counts, or "". No refusal: the register has gaps."""
        is_ratified = self.delivery == Delivery.DELIVERED and self.commitment.is_to_ratify
        return NOT_REGISTERED if is_ratified and Commitment.objects.without_act().filter(pk=self.commitment_id).exists() else ""

    @classmethod
    def written_by(cls, user):
        return super().written_by(user) | Q(recorded_by=user)

    def begun_by(self, author):
        super().begun_by(author)
        self.recorded_by = author

    def author_ids(self):
        return super().author_ids() | ({self.recorded_by_id} - {None})

    def take_number(self):
        """Take the next number of its commitment, which stays locked until the transaction ends: two windows never collide."""
        Commitment.objects.select_for_update(no_key=True).get(pk=self.commitment_id)
        self.number = (self.commitment.updates.aggregate(last=Max("number"))["last"] or 0) + 1

    def twin(self):
        """The same by the same person, on which nobody has decided yet: a form that was sent twice. None without one."""
        same = {name: getattr(self, name) for name in self.KEPT["columns"] if name not in ("number", "recorded_at")}
        return ProgressUpdate.objects.filter(**same, status__in=[Status.DRAFT, Status.IN_REVIEW]).first()

    def clean(self):
        end_of_period(self, "happened_on")
        if (began := begins(self, "happened_on")) and began > timezone.localdate():
            raise ValidationError({"happened_on": NOT_YET})
        if self.supersedes_id and self.commitment_id and self.supersedes.commitment_id != self.commitment_id:
            raise ValidationError({"supersedes": _("That update belongs to another commitment.")})
        if self.supersedes_id and not self.supersedes.was_ever_public:  # so none supersedes, over others, itself
            raise ValidationError({"supersedes": NOT_PUBLIC_YET})
        if self.rung and self.commitment_id and not self.commitment.is_to_ratify:
            raise ValidationError({"rung": _("Only a promise to ratify has steps towards ratification.")})

    def _refuse_invalid(self):
        """What goes back to its author, or is taken from the public, may hold what would be refused by now."""
        if self.status in (Status.IN_REVIEW, Status.PUBLISHED):
            super()._refuse_invalid()

    def refuse(self, name, verb, by):
        """What was withdrawn stays so: what was true of it then can be read by the day, and something else is another update."""
        if name == "submit" and self.status == Status.WITHDRAWN:
            raise Refused(gettext("A withdrawn update is not published again: record another one."))
        super().refuse(name, verb, by)

    def refuse_confirmation(self, by):
        """Refuse to confirm what is no verdict, can still be rewritten, is confirmed, or is one's own."""
        if not self.is_closing:
            raise Refused(gettext("Only a closing verdict (delivered, not delivered) is confirmed."))
        if self.confirmed_at:
            raise Refused(gettext("This verdict is confirmed already."))
        wrote = Version.objects.of(self).filter(by=by)  # also before it was public: these are its words still
        if by.pk in self.author_ids() or wrote.exists():
            raise Refused(gettext("This verdict is your own; another person must confirm it."))
        if not self.is_published:
            raise Refused(gettext("Only what is public is confirmed: before that it can still be rewritten."))

    def confirm(self, *, by):
        """Confirm a closing verdict as a second person. Superusers are no exception."""
        if not by.has_perm("articles.confirm_progressupdate"):
            raise PermissionDenied(gettext("You may not confirm verdicts."))
        with transaction.atomic():
            row = ProgressUpdate.objects.select_for_update().get(pk=self.pk)
            row.refuse_embargoed("confirm", by, None)
            row.refuse_confirmation(by)
            row.confirmed_by, row.confirmed_at = by, timezone.now()
            row.save(update_fields=["confirmed_by", "confirmed_at"])
        self.refresh_from_db(fields=["confirmed_by", "confirmed_at"])
