"""How the register is brought up to date: a release is read, its differences are proposed, a person decides.

Three readings of a row meet here: what the last release said (`ReleaseRow`), what stands in the register now, and what
the new release says. What only the release changed is proposed; what a person changed by hand since is marked, and
never overwritten unasked.
"""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Table(models.TextChoices):
    """What a row of a release describes, in the order in which rows need each other."""

    COUNTRY = "country", _("State")
    CONVENTION = "convention", _("Instrument")
    RATIFICATION = "ratification", _("Ratification")


class ReleaseRow(models.Model):
    """What the last release said of one record, decided on by a person or loaded with the first content."""

    table = models.CharField(_("table"), max_length=12, choices=Table.choices)
    key = models.CharField(_("key"), max_length=20, help_text=_("The record's natural key: KAZ, C087, KAZ C087 1."))
    fields = models.JSONField(_("fields"), encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("row of the last release")
        verbose_name_plural = _("rows of the last release")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["table", "key"], name="releaserow_key", violation_error_message=_("This row is there already.")
            )
        ]

    def __str__(self):
        return self.key


class Release(models.Model):
    """One reading of the tables of the register: which files, when, by whom, and whether it was read to its end."""

    name = models.CharField(_("files"), max_length=200)
    rows = models.PositiveIntegerField(_("rows read"), default=0)
    read_at = models.DateTimeField(_("read at"), default=timezone.now)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    is_complete = models.BooleanField(
        _("read to the end"), default=False, help_text=_("What broke off while it was read can be decided on by nobody.")
    )

    class Meta:
        verbose_name = _("release of the register")
        verbose_name_plural = _("releases of the register")
        ordering = ["-pk"]
        default_permissions = ("add", "view")
        permissions = [("decide_release", "Can decide release of the register")]

    def __str__(self):
        return self.name


class ProposalKind(models.TextChoices):
    """What a release would do to a record."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    GONE = "gone", _("Gone")


class Decision(models.TextChoices):
    """What a person made of a proposal."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    OVERTAKEN = "overtaken", _("Overtaken")  # the record was changed after the release was read


class Proposal(models.Model):
    """One difference between a release and the register, with the old and the new value. It stays as the log."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("release"))
    table = models.CharField(_("table"), max_length=12, choices=Table.choices)
    key = models.CharField(_("record"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=ProposalKind.choices)
    row = models.PositiveIntegerField(_("row in the file"), null=True, blank=True)
    before = models.JSONField(_("stands now"), encoder=DjangoJSONEncoder, default=dict)
    after = models.JSONField(_("release says"), encoder=DjangoJSONEncoder, default=dict)
    source = models.TextField(_("source"), blank=True)
    edited = models.BooleanField(
        _("edited by hand"), default=False, help_text=_("A person changed here what the last release said.")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposal of a release")
        verbose_name_plural = _("proposals of releases")
        ordering = ["release", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["release", "table", "key"],
                name="proposal_once",
                violation_error_message=_("This release proposes something for this record already."),
            ),
            models.CheckConstraint(
                name="proposal_decided_has_time",
                condition=Q(decision=Decision.OPEN) ^ Q(decided_at__isnull=False),
                violation_error_message=_("What was decided has a time of decision, and only that."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.key}"
