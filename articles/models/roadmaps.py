"""What was promised: roadmaps, their parties and signatures, priority areas and commitments.

A commitment's state is never typed. It is read from its dated updates, on two axes of time: `as_of`, what had
happened by a day, and `known`, what this record had recorded by the end of a day.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BooleanField, Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models import Convention, Country, Ratification
from conventions.records import Record, Sourced, end_of_period, first_day, partial_date, partial_date_constraint, precision_field

from .people import Organisation, Person
from .publishing import GuardedQuerySet, Publishable
from .states import is_public


class RoadmapKind(models.TextChoices):
    """The sorts of agreement in which commitments are made."""

    ROADMAP = "roadmap", _("Roadmap")
    COUNTRY_PROGRAMME = "country-programme", _("Decent Work Country Programme")
    GENERAL_AGREEMENT = "general-agreement", _("General agreement")
    ACTION_PLAN = "action-plan", _("Action plan")


class Roadmap(Publishable, Sourced):
    """An agreement between a State, its social partners and the ILO, for a period, with commitments in it."""

    kind = models.CharField(_("kind"), max_length=20, choices=RoadmapKind.choices)
    title = models.CharField(_("title"), max_length=300)
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="roadmaps", verbose_name=_("country"))
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


# --- Commitments -------------------------------------------------------------------------------------------------


class Strength(models.TextChoices):
    """What exactly was promised, by the words used. A verdict is measured against it, not against a stronger promise."""

    RATIFY = "ratify", _("Ratify")
    CONSULT = "consult", _("Submit or consult on ratification")
    DISCUSS = "discuss", _("Open discussion")
    ADOPT_LAW = "adopt-law", _("Adopt law")
    AMEND_LAW = "amend-law", _("Amend law")
    STRENGTHEN = "strengthen", _("Strengthen an institution")
    OTHER = "other", _("Other")


class Delivery(models.TextChoices):
    """How far the promised thing was done."""

    NO_INFORMATION = "no-information", _("No information")
    UNDER_WAY = "under-way", _("Under way")
    IN_PART = "in-part", _("Delivered in part")
    DELIVERED = "delivered", _("Delivered")
    NOT_DELIVERED = "not-delivered", _("Not delivered")
    SUPERSEDED = "superseded", _("Superseded")


#: Verdicts that close a commitment and ask for a second person's confirmation.
CLOSING = (Delivery.DELIVERED, Delivery.NOT_DELIVERED)
#: States in which a commitment can no longer become overdue.
SETTLED = (*CLOSING, Delivery.SUPERSEDED)


class Effect(models.TextChoices):
    """What the delivered thing changed for people; apart from delivery, since a law can pass and change nothing."""

    NOT_ASSESSED = "not-assessed", _("Not assessed")
    NONE_SEEN = "none-seen", _("None seen")
    SOME = "some", _("Some")
    FULL = "full", _("Full")


#: What `met_by_register()` reads of an act.
MET = {"met_by": "pk", "met_on": "ratified_on", "met_on_precision": "ratified_on_precision"}


class CommitmentQuerySet(PartQuerySet):
    def with_state(self, as_of=None, known=None):
        """Annotate the state that the updates give: `delivery`, `effect`, `since`, `confirmed`, `due`, `is_overdue`.

        `as_of` (a date, default today) asks what had happened by that day; `known` (a date, default now) what had
        been recorded by the end of that day.
        """
        as_of = as_of or timezone.localdate()
        updates = self.model._meta.get_field("updates").related_model.objects
        latest = updates.in_effect(as_of, known).filter(commitment=OuterRef("pk")).latest_first()

        def read(field):
            return Subquery(latest.values(field)[:1])

        return self.annotate(
            delivery=Coalesce(read("delivery"), Value(Delivery.NO_INFORMATION)),
            effect=Coalesce(read("effect"), Value(Effect.NOT_ASSESSED)),
            since=read("happened_on"),
            since_precision=read("happened_on_precision"),
            confirmed=Coalesce(read("is_confirmed"), False),
            due=Coalesce("due_on", "roadmap__ends_on"),
            due_precision=Case(When(due_on__isnull=False, then="due_on_precision"), default="roadmap__ends_on_precision"),
        ).annotate(
            is_overdue=Case(
                When(Q(due__lt=as_of) & ~Q(delivery__in=SETTLED), then=True), default=False, output_field=BooleanField()
            )
        )

    def overdue(self, on=None):
        """Commitments whose due date had passed on the day `on` (default today) without being settled."""
        return self.with_state(as_of=on).filter(is_overdue=True)

    def open_to_ratify(self):
        """Promises to ratify that are not settled, with `promised`: no act that surely came before that day can meet one."""
        days = [Coalesce(first_day(f"roadmap__{name}"), date.min) for name in ("starts_on", "signed_on")]
        return self.with_state().filter(strength=Strength.RATIFY).exclude(delivery__in=SETTLED).annotate(promised=Greatest(*days))

    def met_by_register(self):
        """Those that an act in the register meets (`met_by`, `met_on`), for an editor to look at. It must count, and stand."""
        in_time = Q(ratified_on__isnull=True) | Q(ratified_on__gte=OuterRef("promised"))
        acts = Ratification.objects.registered().filter(in_time, denounced_on__isnull=True, convention=OuterRef("convention"))
        act = {name: Subquery(acts.filter(country=OuterRef("roadmap__country")).values(field)) for name, field in MET.items()}
        return self.open_to_ratify().annotate(**act).filter(met_by__isnull=False)


class Commitment(Record, Sourced):
    """One promise of a roadmap: in our words, in the source's words, how strong, by whom and until when.

    `exact`, `prefix` and `suffix` are a W3C TextQuoteSelector: a short passage of the source and what stands
    around it.
    """

    roadmap = models.ForeignKey(Roadmap, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("roadmap"))
    area = models.ForeignKey(
        PriorityArea, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("priority area")
    )
    number = models.PositiveSmallIntegerField(_("number"), default=1, help_text=_("The order within the roadmap."))
    title = models.CharField(_("title"), max_length=300)
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    summary = models.TextField(_("summary"), blank=True)
    exact = models.CharField(_("exact words"), max_length=300, help_text=_("A short passage of the source, letter by letter."))
    prefix = models.CharField(_("words before"), max_length=100, blank=True)
    suffix = models.CharField(_("words after"), max_length=100, blank=True)
    strength = models.CharField(_("strength"), max_length=20, choices=Strength.choices)
    convention = models.ForeignKey(
        Convention, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("instrument")
    )
    responsible = models.ManyToManyField(
        Organisation, through="Responsibility", related_name="commitments", verbose_name=_("responsible organisations")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True, help_text=_("Empty: the end of the roadmap."))
    due_on_precision = precision_field(_("due date"))
    note = models.TextField(
        _("note"), blank=True, help_text=_("Shown to the public: what is not known or doubtful about the promise.")
    )

    # Read from what `with_state()` annotates.
    due_date = partial_date("due")
    stands_since = partial_date("since")
    met = partial_date("met_on")

    natural = ("slug",)
    parts = ("responsibilities",)
    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["roadmap", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "number"],
                name="commitment_number",
                violation_error_message=_("The roadmap already has a commitment of this number."),
            ),
            models.CheckConstraint(
                name="commitment_to_ratify_has_instrument",
                condition=~Q(strength=Strength.RATIFY) | Q(convention__isnull=False),
                violation_error_message=_("A commitment to ratify names the instrument."),
            ),
            models.CheckConstraint(
                name="commitment_has_words",
                condition=~Q(exact=""),
                violation_error_message=_("Give the words of the source in which the promise was made."),
            ),
            partial_date_constraint("commitment", "due_on"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("articles:commitment", args=[self.slug])

    @property
    def is_to_ratify(self):
        """Whether ratification itself was promised, and not less."""
        return self.strength == Strength.RATIFY

    @property
    def is_closed(self):
        """Whether the annotated state is a verdict that asks for confirmation."""
        return self.delivery in CLOSING

    def clean(self):
        end_of_period(self, "due_on")
        if self.area_id and self.roadmap_id and self.area.roadmap_id != self.roadmap_id:
            raise ValidationError({"area": _("This area belongs to another roadmap.")})


class ResponsibilityQuerySet(GuardedQuerySet):
    within = "commitment"

    def published(self):
        return self.filter(is_public(through="commitment__roadmap__"))


class Responsibility(Record):
    """An organisation that has to do what was promised, with its role in it."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="responsibilities")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="responsibilities", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=200, blank=True)

    natural = ("commitment__slug", "organisation__slug")
    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsible organisation")
        verbose_name_plural = _("responsible organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "organisation"],
                name="responsibility_once",
                violation_error_message=_("This organisation is listed already."),
            )
        ]

    def __str__(self):
        return str(self.organisation)
