"""The register: instruments of the ILO, its member States, their ratifications, and the topics that order them."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .records import (
    OldAddress,
    Record,
    RecordQuerySet,
    Sourced,
    end_of_period,
    named_by,
    partial_date,
    partial_date_constraint,
    precision_field,
)

__all__ = ["Convention", "Country", "OldAddress", "Ratification", "Topic"]


class TopicQuerySet(RecordQuerySet):
    def published(self):
        """Those that order an instrument, or something that knows the word `published` and is."""
        rule = Q(pk__in=Convention.objects.values("topics"))
        for relation in self.model._meta.related_objects:
            if hasattr(relation.related_model.objects, "published"):
                rule |= named_by(self.model, relation.name)
        return self.filter(rule)


class Topic(Record):
    """A subject of international labour standards, in NORMLEX's words ("Occupational safety and health")."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)

    natural = ("slug",)
    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("conventions:topic", args=[self.slug])


# --- States ------------------------------------------------------------------------------------------------------


class Region(models.TextChoices):
    """The five regions in which the ILO orders its member States."""

    AFRICA = "africa", _("Africa")
    AMERICAS = "americas", _("Americas")
    ARAB_STATES = "arab-states", _("Arab States")
    ASIA_PACIFIC = "asia-pacific", _("Asia and the Pacific")
    EUROPE_CENTRAL_ASIA = "europe-central-asia", _("Europe and Central Asia")


class Country(Record, Sourced):
    """A member State of the ILO. Codes: ISO 3166-1. `member_since` stays empty where no source was read."""

    iso3 = models.CharField(
        _("ISO code, three letters"),
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as KAZ."))],
    )
    iso2 = models.CharField(
        _("ISO code, two letters"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, such as KZ."))],
    )
    name = models.CharField(_("name"), max_length=100, unique=True)
    official_name = models.CharField(_("name in the ILO's use"), max_length=150)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    region = models.CharField(_("ILO region"), max_length=30, choices=Region.choices)
    region_verified = models.BooleanField(_("region verified"), default=False)
    member_since = models.PositiveSmallIntegerField(_("member since (year)"), null=True, blank=True)
    member_note = models.CharField(_("note on membership"), max_length=200, blank=True)

    natural = ("iso3",)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("conventions:country", args=[self.slug])


# --- Instruments -------------------------------------------------------------------------------------------------


class Kind(models.TextChoices):
    """What sort of instrument the Conference adopted. Only the first two can be ratified."""

    CONVENTION = "convention", _("Convention")
    PROTOCOL = "protocol", _("Protocol")
    RECOMMENDATION = "recommendation", _("Recommendation")


class Category(models.TextChoices):
    """NORMLEX's categories. Empty for Recommendations."""

    FUNDAMENTAL = "fundamental", _("Fundamental")
    GOVERNANCE = "governance", _("Governance (priority)")
    TECHNICAL = "technical", _("Technical")


class InstrumentStatus(models.TextChoices):
    """NORMLEX's status of an instrument, as the Standards Review Mechanism gives it."""

    UP_TO_DATE = "up-to-date", _("Up-to-date instrument")
    INTERIM = "interim", _("Instrument with interim status")
    TO_BE_REVISED = "to-be-revised", _("To be revised")
    OUTDATED = "outdated", _("Outdated instrument")
    ABROGATED = "abrogated", _("Abrogated")
    WITHDRAWN = "withdrawn", _("Withdrawn instrument")
    NOT_YET_IN_FORCE = "not-yet-in-force", _("Not yet in force")
    NO_CONCLUSIONS = "no-conclusions", _("No conclusions")
    NOT_CLASSIFIED = "not-classified", _("Not classified")


class EntryIntoForce(models.TextChoices):
    """Whether an instrument has ever bound anybody. The day stands apart, and only where a source gives it."""

    ENTERED = "entered", _("Entered into force")
    NOT_YET = "not-yet", _("Not yet in force")
    NEVER = "never", _("Never entered into force")
    UNKNOWN = "unknown", _("Not known")
    NOT_APPLICABLE = "n/a", _("Does not enter into force")


class ConventionQuerySet(RecordQuerySet):
    def ratifiable(self):
        """Conventions and Protocols: what a State can be bound by."""
        return self.exclude(kind=Kind.RECOMMENDATION)


class Convention(Record, Sourced):
    """An instrument of the ILO: a Convention, a Protocol or a Recommendation.

    Each fact says whether it was checked: the dates stand only where a source gives them, title and status
    carry a flag of their own.
    """

    CODE = re.compile(r"([CPR])(\d{1,3})", re.IGNORECASE)

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    code = models.CharField(
        _("code"),
        max_length=4,
        unique=True,
        validators=[RegexValidator(r"^[CPR]\d{3}$", _("A letter and three digits, such as C087, P029 or R200."))],
        help_text=_("C, P or R and three digits, such as C087. The Maritime Labour Convention is C186."),
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("A Protocol has the number of its Convention."))
    title = models.CharField(_("title"), max_length=300)
    title_verified = models.BooleanField(_("title verified"), default=False)
    year = models.PositiveSmallIntegerField(_("year"), help_text=_("The year in the title."))
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True, help_text=_("Only where a source gives the day."))
    entry_into_force = models.CharField(
        _("entry into force"), max_length=10, choices=EntryIntoForce.choices, default=EntryIntoForce.UNKNOWN
    )
    in_force_on = models.DateField(_("in force on"), null=True, blank=True, help_text=_("Only where a source gives the day."))
    category = models.CharField(_("category"), max_length=20, choices=Category.choices, blank=True)
    status = models.CharField(_("NORMLEX status"), max_length=20, choices=InstrumentStatus.choices, blank=True)
    status_verified = models.BooleanField(_("status verified"), default=False)
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), related_name="conventions", blank=True)
    revises = models.ManyToManyField("self", verbose_name=_("revises"), symmetrical=False, related_name="revised_by", blank=True)
    note = models.TextField(_("note"), blank=True)

    natural = ("code",)
    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["kind", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "number", "year"],
                name="convention_kind_number_year",
                violation_error_message=_("The register already has an instrument of this kind, number and year."),
            ),
            models.CheckConstraint(
                name="convention_code_matches_kind",
                condition=(
                    Q(kind=Kind.CONVENTION, code__startswith="C")
                    | Q(kind=Kind.PROTOCOL, code__startswith="P")
                    | Q(kind=Kind.RECOMMENDATION, code__startswith="R")
                ),
                violation_error_message=_(
                    "The code of a Convention begins with C, of a Protocol with P, of a Recommendation with R."
                ),
            ),
            models.CheckConstraint(
                name="convention_in_force_after_adoption",
                condition=Q(in_force_on__isnull=True) | Q(adopted_on__isnull=True) | Q(in_force_on__gte=F("adopted_on")),
                violation_error_message=_("An instrument cannot enter into force before it is adopted."),
            ),
            models.CheckConstraint(
                name="convention_day_in_force_means_entered",
                condition=Q(in_force_on__isnull=True) | Q(entry_into_force=EntryIntoForce.ENTERED),
                violation_error_message=_(
                    "A day of entry into force is given, so entry into force must say “Entered into force”."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.short_code} {self.title}"

    @property
    def short_code(self):
        """The code as people write it: C87 for C087."""
        return f"{self.code[0]}{int(self.code[1:])}"

    def get_absolute_url(self):
        return reverse("conventions:detail", args=[self.code.lower()])

    @classmethod
    def canonical_code(cls, text):
        """Read a code as people write it (`c87`, `C087`) and return the register's own, or None."""
        match = cls.CODE.fullmatch(text.strip())
        return f"{match[1].upper()}{int(match[2]):03}" if match else None


# --- Ratifications -----------------------------------------------------------------------------------------------


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


class RatificationQuerySet(RecordQuerySet):
    def registered(self):
        """The acts that count: a source shows that the ILO registered them."""
        return self.filter(registered=True)

    def reported(self):
        """The acts that are reported and not verified. They count nowhere and are shown apart."""
        return self.filter(registered=False)


class Ratification(Record):
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
    ratified = partial_date("ratified_on")
    status = models.CharField(_("status"), max_length=20, choices=RatificationStatus.choices)
    denounced_on = models.DateField(_("denounced on"), null=True, blank=True)
    denounced_on_precision = precision_field(_("denunciation"))
    denounced = partial_date("denounced_on")
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

    def clean(self):
        end_of_period(self, "ratified_on", "denounced_on")
        if self.convention_id and self.convention.kind == Kind.RECOMMENDATION:
            raise ValidationError({"convention": _("A Recommendation cannot be ratified.")})
        if self.convention_id and isinstance(self.ratified_on, date) and self.ratified_on.year < self.convention.year:
            raise ValidationError({"ratified_on": _("The instrument was adopted in %(year)s.") % {"year": self.convention.year}})
