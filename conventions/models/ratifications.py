"""Acts of ratification: what binds a State, as far as a source shows it."""

from collections import namedtuple
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.records import (
    Listed,
    Record,
    RecordQuerySet,
    end_of_period,
    partial_date,
    partial_date_constraint,
    precision_field,
)

from .instruments import Convention, Kind
from .states import Country


class Verification(models.TextChoices):
    """How much of a ratification a source was seen to state."""

    DAY = "day", _("Day verified")
    YEAR = "year", _("Year verified")
    EXISTS = "exists", _("Existence verified, date not")
    NONE = "none", _("Reported, not verified")


class RatificationStatus(models.TextChoices):
    """What became of an act of ratification."""

    IN_FORCE = "in-force", _("In force")
    NOT_IN_FORCE = "not-in-force", _("Not in force")
    DENOUNCED = "denounced", _("Denounced")
    ABROGATED = "abrogated", _("Instrument abrogated or withdrawn")


def counts(through=""):
    """The only rule of which acts count: a source shows the registration, and the register still lists it.

    `through` is the path from something else to its acts ("ratifications__").
    """
    return Q(**{f"{through}registered": True, f"{through}delisted_on__isnull": True})


class Act:
    """What can be asked of one act in hand, a record or a lean row of it."""

    ratified = partial_date("ratified_on")
    denounced = partial_date("denounced_on")

    @property
    def counts(self):
        """The rule of `counts()` for one act in hand; a test holds the two together."""
        return self.registered and self.delisted_on is None


FIELDS = "country_id convention_id act registered delisted_on ratified_on ratified_on_precision denounced_on"


class LeanAct(Act, namedtuple("LeanAct", FIELDS)):
    """An act of ratification in a large table, where a thousand records would take too long to make."""


class RatificationQuerySet(RecordQuerySet):
    def lean(self):
        """The acts as lean rows, for large tables."""
        return [LeanAct(*values) for values in self.values_list(*LeanAct._fields)]

    def registered(self):
        """The acts that count: a source shows that the ILO registered them."""
        return self.filter(counts())

    def reported(self):
        """The acts that are reported and not verified, or listed no more. They count nowhere and are shown apart."""
        return self.exclude(counts())


class Ratification(Act, Listed, Record):
    """One act by which a State bound itself to an instrument: registration with the ILO, not the national law.

    The date is known to the day, to the year, or not at all; `registered` says that a source shows the act
    registered, and only such acts are counted. A law that no registration followed stands here with
    `registered` off and is shown as a law.
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="ratifications", verbose_name=_("country"))
    convention = models.ForeignKey(
        Convention, on_delete=models.PROTECT, related_name="ratifications", verbose_name=_("instrument")
    )
    act = models.PositiveSmallIntegerField(
        _("act"), default=1, help_text=_("1 for the first ratification, 2 for the one after a denunciation, and so on.")
    )
    ratified_on = models.DateField(_("ratified on"), null=True, blank=True)
    ratified_on_precision = precision_field(_("ratification"))
    status = models.CharField(_("status"), max_length=20, choices=RatificationStatus.choices)
    denounced_on = models.DateField(_("denounced on"), null=True, blank=True)
    denounced_on_precision = precision_field(_("denunciation"))
    verification = models.CharField(_("verification"), max_length=10, choices=Verification.choices)
    registered = models.BooleanField(
        _("registration shown"),
        default=False,
        help_text=_("A source shows that the ILO registered the act. Only then does it count."),
    )
    national_law = models.TextField(
        _("national law"), blank=True, help_text=_("The national act of ratification. It is not the registration with the ILO.")
    )
    note = models.TextField(_("note"), blank=True)
    source = models.TextField(_("source"), blank=True, help_text=_("Empty only where nothing was verified."))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    natural = ("country__iso3", "convention__code", "act")
    objects = RatificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("ratification")
        verbose_name_plural = _("ratifications")
        ordering = ["country__name", "convention__code", "act"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "convention", "act"],
                name="ratification_act",
                violation_error_message=_("The register already has this act of ratification of this instrument by this State."),
            ),
            models.UniqueConstraint(
                fields=["country", "convention"],
                condition=Q(denounced_on__isnull=True),
                name="ratification_not_denounced",
                violation_error_message=_("This State already has a ratification of this instrument that was not denounced."),
            ),
            models.CheckConstraint(
                name="ratification_denounced_after_ratified",
                condition=Q(denounced_on__isnull=True) | Q(ratified_on__isnull=True) | Q(denounced_on__gt=F("ratified_on")),
                violation_error_message=_("A ratification cannot be denounced before it was made."),
            ),
            models.CheckConstraint(
                name="ratification_denounced_has_date",
                condition=Q(status=RatificationStatus.DENOUNCED) ^ Q(denounced_on__isnull=True),
                violation_error_message=_("A denounced ratification needs its date of denunciation, and only such a one has it."),
            ),
            models.CheckConstraint(
                name="ratification_verified_has_source",
                condition=Q(verification=Verification.NONE) | ~Q(source=""),
                violation_error_message=_("What is verified names its source."),
            ),
            models.CheckConstraint(
                name="ratification_registered_is_verified",
                condition=(
                    Q(registered=True, verification__in=[Verification.DAY, Verification.YEAR, Verification.EXISTS])
                    | Q(registered=False, verification__in=[Verification.EXISTS, Verification.NONE])
                ),
                violation_error_message=_("A verified date shows a registration; what is only reported shows none."),
            ),
            models.CheckConstraint(
                name="ratification_date_is_verified",
                condition=(
                    Q(verification=Verification.DAY, ratified_on__isnull=False, ratified_on_precision="day")
                    | Q(verification=Verification.YEAR, ratified_on__isnull=False, ratified_on_precision="year")
                    | Q(verification__in=[Verification.EXISTS, Verification.NONE], ratified_on__isnull=True)
                ),
                violation_error_message=_("The date must be as precise as what was verified: a day, a year, or none."),
            ),
            partial_date_constraint("ratification", "ratified_on"),
            partial_date_constraint("ratification", "denounced_on"),
        ]

    def __str__(self):
        return f"{self.country}: {self.convention.short_code}"

    @property
    def has_remarks(self):
        """Whether there is more to say of it than its date."""
        return bool(self.denounced_on or self.national_law or self.note or self.status == RatificationStatus.NOT_IN_FORCE)

    def clean(self):
        end_of_period(self, "ratified_on", "denounced_on")
        if self.convention_id and self.convention.kind == Kind.RECOMMENDATION:
            raise ValidationError({"convention": _("A Recommendation cannot be ratified.")})
        if self.convention_id and isinstance(self.ratified_on, date) and self.ratified_on.year < self.convention.year:
            raise ValidationError({"ratified_on": _("The instrument was adopted in %(year)s.") % {"year": self.convention.year}})
