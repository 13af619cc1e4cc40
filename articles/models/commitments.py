"""Commitments: what was promised, in which words, how strongly, by whom and until when.

A commitment's state is never typed. It is read from its dated updates, on two axes of time: `as_of`, what had
happened by a day, and `known`, what this record had recorded by the end of a day.
"""

from collections import Counter
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BooleanField, Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.days import Days
from conventions.models import Convention, Ratification
from conventions.records import (
    Record,
    Sourced,
    begins,
    end_of_period,
    first_day,
    partial_date,
    partial_date_constraint,
    precision_field,
)

from .log import was_public_by_log
from .people import Organisation
from .publishing import NEVER_DELETED, Refused
from .roadmaps import PartQuerySet, PriorityArea, Roadmap


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


class Rung(models.TextChoices):
    """How far a State has come towards being bound. The first seven are told by updates, the last two read in the register.

    A parliament of one chamber has one rung, `PARLIAMENT`; one of two has a rung for each.
    """

    ANNOUNCED = "announced", _("Announced")
    CONSULTATION = "consultation", _("Consultation")
    BILL = "bill", _("Bill")
    PARLIAMENT = "parliament", _("Parliament")
    LOWER_HOUSE = "lower-house", _("Lower house")
    UPPER_HOUSE = "upper-house", _("Upper house")
    SIGNED = "signed", _("Signed into law")
    REGISTERED = "registered", _("Registered with the ILO")
    IN_FORCE = "in-force", _("In force")


#: The rungs that the register answers for, and no update: domestic law and registration in Geneva are never mixed up.
READ_IN_REGISTER = (Rung.REGISTERED, Rung.IN_FORCE)


def end_of(known):
    """Up to which moment of the past `known` reaches, a day or a moment; None for None."""
    return Days(known=known).end


#: Why a promise does not leave its roadmap.
STAYS = _("Readers know this promise from its roadmap, so it stays there. Record as an update what became of it.")
#: Why a promise is not due on a day before it can have been made.
DUE_TOO_EARLY = _("It cannot be due before it was promised. Look at both: without a day of its own it was made with its roadmap.")
#: What `with_act()` reads of an act.
MET = {"met_by": "pk", "met_on": "ratified_on", "met_on_precision": "ratified_on_precision"}


class CommitmentQuerySet(PartQuerySet):
    def ever_public(self):
        """What the public sees or once saw with its roadmap. It can be deleted by nobody."""
        return self.filter(roadmap__in=Roadmap.objects.ever_public())

    def delete(self):
        """Delete what was never public; refuse the whole if any of it was."""
        if self.ever_public().exists():
            raise Refused(NEVER_DELETED)
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def with_state(self, as_of=None, known=None):
        """Annotate the state that the updates give: `delivery`, `effect`, `since`, `confirmed`, `due`, `is_overdue`.

        `as_of` (a date, default today) asks what had happened by that day; `known` (a date or a moment, default now) what
        had been recorded by its end.
        """
        as_of = as_of or timezone.localdate()
        updates = self.model._meta.get_field("updates").related_model.objects
        latest = updates.in_effect(as_of, known).filter(commitment=OuterRef("pk")).latest_first(known)

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

    def standing(self, as_of=None, known=None):
        """How many stand where: `delivery` and `effect` by value, and how many are `overdue`, `unconfirmed`, and there at all.

        Two queries, however many they are: a join to the update that decides, in place of one question for each column.
        """
        as_of = as_of or timezone.localdate()
        updates = self.model._meta.get_field("updates").related_model.objects
        latest = updates.in_effect(as_of, known).filter(commitment=OuterRef("pk")).latest_first(known)
        confirmed = Q(updates__confirmed_at__lte=end_of(known)) if known else Q(updates__confirmed_at__isnull=False)
        past = Case(When(due__lt=as_of, then=True), default=False, output_field=BooleanField())
        every = self.order_by().annotate(due=Coalesce("due_on", "roadmap__ends_on")).annotate(past=past)
        decided = every.filter(updates__pk=Subquery(latest.values("pk")[:1])).annotate(
            settling=F("updates__delivery"), effecting=F("updates__effect"), sure=Case(When(confirmed, then=True), default=False)
        )
        rows = list(decided.values_list("settling", "effecting", "past", "sure").annotate(Count("pk")))
        total = dict(every.values_list("past").annotate(Count("pk")))
        for late, count in total.items():  # those of which nothing is known
            without = count - sum(row[-1] for row in rows if row[2] == late)
            rows.append((Delivery.NO_INFORMATION, Effect.NOT_ASSESSED, late, False, without))
        return {
            "delivery": {value: sum(row[-1] for row in rows if row[0] == value) for value in Delivery.values},
            "effect": {value: sum(row[-1] for row in rows if row[1] == value) for value in Effect.values},
            "overdue": sum(row[-1] for row in rows if row[2] and row[0] not in SETTLED),
            "unconfirmed": sum(row[-1] for row in rows if row[0] in CLOSING and not row[3]),
            "total": sum(total.values()),
        }

    def overdue(self, on=None):
        """Commitments whose due date had passed on the day `on` (default today) without being settled."""
        return self.with_state(as_of=on).filter(is_overdue=True)

    def with_promised(self):
        """Annotate `promised`, the first day on which each may have been made: its own date, or that of its roadmap."""
        days = [Coalesce(first_day(f"roadmap__{name}"), date.min) for name in ("starts_on", "signed_on")]
        return self.annotate(promised=Coalesce(first_day("made_on"), Greatest(*days)))

    def held(self, as_of=None, known=None):
        """Those that may have been made by the day `as_of`, and that this record held in public by the end of `known`."""
        found = self.with_promised().filter(promised__lte=as_of) if as_of else self
        end = end_of(known)
        return found.filter(was_public_by_log(end, Roadmap, through="roadmap__"), recorded_at__lte=end) if end else found

    def open_to_ratify(self):
        """Promises to ratify that are not settled, with `promised`: no act that surely came before that day can meet one."""
        return self.with_state().with_promised().filter(strength=Strength.RATIFY).exclude(delivery__in=SETTLED)

    def with_act(self):
        """Annotate the act in the register that meets each (`met_by`, `met_on`): it must count, stand, and be in time."""
        in_time = Q(ratified_on__isnull=True) | Q(ratified_on__gte=OuterRef("promised"))
        acts = Ratification.objects.registered().filter(in_time, denounced_on__isnull=True, convention=OuterRef("convention"))
        act = {name: Subquery(acts.filter(country=OuterRef("roadmap__country")).values(field)) for name, field in MET.items()}
        return self.with_promised().annotate(**act)

    def met_by_register(self):
        """Open promises to ratify that an act in the register meets, for an editor to look at."""
        return self.open_to_ratify().with_act().filter(met_by__isnull=False)

    def without_act(self):
        """Promises to ratify that no act in the register meets."""
        return self.filter(strength=Strength.RATIFY).with_act().filter(met_by__isnull=True)

    def unregistered(self):
        """Promises to ratify that are called delivered though no act meets them. The register has gaps: editors look at each."""
        return self.without_act().with_state().filter(delivery=Delivery.DELIVERED)


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
    exact = models.CharField(
        _("exact words"),
        max_length=300,
        blank=True,
        help_text=_("A short passage of the source, letter by letter. Where none was seen, the note says so."),
    )
    prefix = models.CharField(_("words before"), max_length=100, blank=True)
    suffix = models.CharField(_("words after"), max_length=100, blank=True)
    strength = models.CharField(_("strength"), max_length=20, choices=Strength.choices)
    convention = models.ForeignKey(
        Convention, on_delete=models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("instrument")
    )
    also_concerns = models.ManyToManyField(
        Convention,
        blank=True,
        related_name="concerned_by",
        verbose_name=_("also concerns"),
        help_text=_("Other instruments on which the promise bears. A promise to ratify names one; another is another promise."),
    )
    responsible = models.ManyToManyField(
        Organisation, through="Responsibility", related_name="commitments", verbose_name=_("responsible organisations")
    )
    made_on = models.DateField(_("made on"), null=True, blank=True, help_text=_("Empty: with the roadmap."))
    made_on_precision = precision_field(_("promise"))
    made = partial_date("made_on")
    due_on = models.DateField(_("due on"), null=True, blank=True, help_text=_("Empty: the end of the roadmap."))
    due_on_precision = precision_field(_("due date"))
    note = models.TextField(
        _("note"), blank=True, help_text=_("Shown to the public: what is not known or doubtful about the promise.")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    # Read from what `with_state()` annotates.
    due_date = partial_date("due")
    stands_since = partial_date("since")
    met = partial_date("met_on")

    natural = ("slug",)
    parts = ("responsibilities", "laws", "wordings")
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
                condition=~Q(exact="") | ~Q(note=""),
                violation_error_message=_(
                    "Give the words of the source in which the promise was made, or say in the note that they were not seen."
                ),
            ),
            partial_date_constraint("commitment", "made_on"),
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

    @property
    def first_promised(self):
        """The rule of `with_promised()` for one in hand: the first day on which it may have been made, or None."""
        days = [begins(self.roadmap, name) for name in ("starts_on", "signed_on")]
        return begins(self, "made_on") or max(filter(None, days), default=None)

    def delete(self, *args, **kwargs):
        """Delete what was never public."""
        if Commitment.objects.ever_public().filter(pk=self.pk).exists():
            raise Refused(NEVER_DELETED)
        return super().delete(*args, **kwargs)

    def clean(self):
        end_of_period(self, "made_on", "due_on")
        if self.pk and Roadmap.objects.ever_public().filter(commitments=self.pk).exclude(pk=self.roadmap_id).exists():
            raise ValidationError({"roadmap": STAYS})
        if self.area_id and self.roadmap_id and self.area.roadmap_id != self.roadmap_id:
            raise ValidationError({"area": _("This area belongs to another roadmap.")})
        if self.roadmap_id and begins(self, "due_on") and self.due_on < (self.first_promised or self.due_on):
            raise ValidationError({"due_on": DUE_TOO_EARLY})


def standing_of(commitments):
    """How many of the commitments in hand stand where: what `Commitment.objects.standing()` counts in the database."""
    delivery, effect = (Counter(getattr(commitment, name) for commitment in commitments) for name in ("delivery", "effect"))
    return {
        "delivery": {value: delivery[value] for value in Delivery.values},
        "effect": {value: effect[value] for value in Effect.values},
        "overdue": sum(commitment.is_overdue for commitment in commitments),
        "unconfirmed": sum(commitment.is_closed and not commitment.confirmed for commitment in commitments),
        "total": len(commitments),
    }
