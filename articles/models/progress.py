"""What happened to a commitment since it was made: dated updates, each with its evidence."""

import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.records import Record, end_of_period, partial_date, partial_date_constraint, precision_field, web_address

from .publishing import Publishable, PublishableQuerySet, Refused
from .roadmaps import CLOSING, Commitment, Delivery, Effect
from .states import is_public


class Voice(models.TextChoices):
    """Whose statement a piece of evidence is."""

    GOVERNMENT = "government", _("Government")
    WORKERS = "workers", _("Workers")
    EMPLOYERS = "employers", _("Employers")
    ILO = "ilo", _("ILO")
    SUPERVISORY = "supervisory", _("ILO supervisory body")
    MEDIA = "media", _("Media")
    NGO = "ngo", _("NGO")
    INDEPENDENT = "independent", _("Independent")


class Evidence(Record):
    """A published source that shows something happened: who says so, where, when, and a copy if the link dies."""

    title = models.CharField(_("title"), max_length=300)
    url = models.CharField(_("address"), max_length=500, validators=[web_address])
    publisher = models.CharField(_("publisher"), max_length=200)
    voice = models.CharField(_("voice"), max_length=20, choices=Voice.choices)
    dated_on = models.DateField(_("dated"), null=True, blank=True, help_text=_("Only where the source bears a date."))
    dated_on_precision = precision_field(_("date"))
    dated = partial_date("dated_on")
    excerpt = models.TextField(_("excerpt"), blank=True, help_text=_("A short passage, letter by letter."))
    archived_url = models.CharField(_("archived address"), max_length=500, blank=True, validators=[web_address])
    accessed_on = models.DateField(_("accessed on"), null=True, blank=True)

    natural = ("url", "title")

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = [F("dated_on").desc(nulls_last=True), "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["url", "title"], name="evidence_once", violation_error_message=_("This source is recorded already.")
            ),
            partial_date_constraint("evidence", "dated_on"),
        ]

    def __str__(self):
        return f"{self.publisher}: {self.title}"

    def clean(self):
        end_of_period(self, "dated_on")


class ProgressUpdateQuerySet(PublishableQuerySet):
    within = "commitment"

    def published(self, at=None):
        return super().published(at).filter(is_public(through="commitment__roadmap__"))

    def in_effect(self, as_of=None, known=None):
        """Published updates that had happened by `as_of`, were recorded by the end of `known`, and not superseded by then."""
        end = known and datetime.datetime.combine(known, datetime.time.max, timezone.get_current_timezone())
        by_then = Q(recorded_at__lte=end) if end else Q()
        superseding = self.model._default_manager.published(at=end).filter(by_then, supersedes=OuterRef("pk"))
        happened = Q(happened_on__lte=as_of or timezone.localdate())
        return self.published(at=end).filter(by_then, happened).exclude(Exists(superseding))

    def latest_first(self):
        """By event date; ties go to the later recorded."""
        return self.annotate(is_confirmed=Q(confirmed_at__isnull=False)).order_by("-happened_on", "-recorded_at", "-number")


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
                name="progressupdate_superseding_has_reason",
                condition=Q(supersedes__isnull=True) | ~Q(reason=""),
                violation_error_message=_("An update that supersedes another says why."),
            ),
            partial_date_constraint("progressupdate", "happened_on"),
        ]

    def __str__(self):
        return f"{self.commitment}, {self.happened}"

    @property
    def is_closing(self):
        """Whether this verdict closes the commitment and so asks for confirmation."""
        return self.delivery in CLOSING

    @classmethod
    def written_by(cls, user):
        return super().written_by(user) | Q(recorded_by=user)

    def begun_by(self, author):
        super().begun_by(author)
        self.recorded_by = author

    def author_ids(self):
        return super().author_ids() | ({self.recorded_by_id} - {None})

    def clean(self):
        end_of_period(self, "happened_on")
        if self.supersedes_id and self.commitment_id and self.supersedes.commitment_id != self.commitment_id:
            raise ValidationError({"supersedes": _("That update belongs to another commitment.")})

    def refuse_confirmation(self, by):
        """Refuse to confirm what is no verdict, is confirmed, or is one's own."""
        if not self.is_closing:
            raise Refused(gettext("Only a closing verdict (delivered, not delivered) is confirmed."))
        if self.confirmed_at:
            raise Refused(gettext("This verdict is confirmed already."))
        if by.pk in self.author_ids():
            raise Refused(gettext("This verdict is your own; another person must confirm it."))

    def confirm(self, *, by):
        """Confirm a closing verdict as a second person. Superusers are no exception."""
        if not by.has_perm("articles.confirm_progressupdate"):
            raise PermissionDenied(gettext("You may not confirm verdicts."))
        with transaction.atomic():
            row = ProgressUpdate.objects.select_for_update().get(pk=self.pk)
            row.refuse_confirmation(by)
            row.refuse_embargoed("confirm", by, None)
            row.confirmed_by, row.confirmed_at = by, timezone.now()
            row.save(update_fields=["confirmed_by", "confirmed_at"])
        self.refresh_from_db(fields=["confirmed_by", "confirmed_at"])
