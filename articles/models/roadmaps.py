"""In what commitments are made: roadmaps, their parties and signatures, and priority areas."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conventions.models import Country
from conventions.records import Record, Sourced, end_of_period, partial_date, partial_date_constraint, precision_field

from .people import Organisation, Person
from .publishing import GuardedQuerySet, Publishable
from .states import is_public


class RoadmapKind(models.TextChoices):
    """The sorts of agreement in which commitments are made; or none, where a promise was made by itself."""

    ROADMAP = "roadmap", _("Roadmap")
    COUNTRY_PROGRAMME = "country-programme", _("Decent Work Country Programme")
    GENERAL_AGREEMENT = "general-agreement", _("General agreement")
    ACTION_PLAN = "action-plan", _("Action plan")
    STATEMENTS = "statements", _("Single promises")


class Roadmap(Publishable, Sourced):
    """An agreement between a State, its social partners and the ILO, for a period, with commitments in it.

    Promises that were made outside any agreement (in a speech, before a supervisory body) stand together in one of the
    kind “single promises”, which nobody signed and which has no period. A duty of all member States has no country.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=RoadmapKind.choices)
    title = models.CharField(_("title"), max_length=300)
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    country = models.ForeignKey(
        Country,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="roadmaps",
        verbose_name=_("country"),
        help_text=_("Empty: all member States."),
    )
    summary = models.TextField(_("summary"), blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    starts_on_precision = precision_field(_("start"))
    starts = partial_date("starts_on")
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; commitments without a date of their own are due then.")
    )
    ends_on_precision = precision_field(_("end"))
    ends = partial_date("ends_on")
    signed_on = models.DateField(_("signed on"), null=True, blank=True, help_text=_("Only where a source gives it."))
    signed_on_precision = precision_field(_("signature"))
    signed = partial_date("signed_on")
    signed_place = models.CharField(_("signed at"), max_length=200, blank=True)
    signed_note = models.TextField(
        _("note on the signature"), blank=True, help_text=_("Shown to the public: what the sources say differently.")
    )

    natural = ("slug",)
    parts = ("areas", "parties", "signatures")

    class Meta(Publishable.Meta):
        verbose_name = _("roadmap")
        verbose_name_plural = _("roadmaps")
        ordering = [F("ends_on").desc(nulls_last=True), "title"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="roadmap_ends_after_start",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A roadmap cannot end before it begins."),
            ),
            partial_date_constraint("roadmap", "starts_on"),
            partial_date_constraint("roadmap", "ends_on"),
            partial_date_constraint("roadmap", "signed_on"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("articles:roadmap", args=[self.slug])

    @property
    def whose(self):
        """Whose promises it holds: the State, or all of them."""
        return str(self.country) if self.country_id else str(_("All member States"))

    @property
    def is_agreement(self):
        """Whether somebody agreed to it as a whole."""
        return self.kind != RoadmapKind.STATEMENTS

    def clean(self):
        end_of_period(self, "starts_on", "ends_on", "signed_on")


class PartQuerySet(GuardedQuerySet):
    """Parts of a roadmap: public with it and never without it."""

    within = "roadmap"

    def published(self):
        return self.filter(is_public(through="roadmap__"))


class PartyRole(models.TextChoices):
    """In what capacity a party agreed. The first three are tripartism's."""

    GOVERNMENT = "government", _("Government")
    EMPLOYERS = "employers", _("Employers")
    WORKERS = "workers", _("Workers")
    ILO = "ilo", _("ILO")


class Party(Record):
    """One side of a roadmap, in the source's words; the organisation only where a source names it."""

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(_("role"), max_length=20, choices=PartyRole.choices)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="parties", verbose_name=_("organisation")
    )
    as_stated = models.CharField(_("as stated"), max_length=300)

    natural = ("roadmap__slug", "role", "as_stated")
    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "role", "as_stated"],
                name="party_once",
                violation_error_message=_("This party is listed already."),
            )
        ]

    def __str__(self):
        return self.as_stated


class Signature(Record, Sourced):
    """Somebody who signed a roadmap, as one source states it. Sources that disagree are rows of their own."""

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("organisation")
    )
    role_as_stated = models.CharField(_("role as stated then"), max_length=300)

    natural = ("roadmap__slug", "person__slug")
    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "person"], name="signature_once", violation_error_message=_("This person is listed already.")
            )
        ]

    def __str__(self):
        return f"{self.person}, {self.role_as_stated}"


class PriorityArea(Record):
    """A heading under which a roadmap orders its commitments."""

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="areas")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("note"), blank=True, help_text=_("Shown to the public."))

    natural = ("roadmap__slug", "number")
    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = _("priority area")
        verbose_name_plural = _("priority areas")
        ordering = ["roadmap", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "number"],
                name="priorityarea_number",
                violation_error_message=_("The roadmap already has an area of this number."),
            )
        ]

    def __str__(self):
        return self.title
