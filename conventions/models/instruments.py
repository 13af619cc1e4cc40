"""The instruments of the ILO, and the topics that order them."""

import re
from collections import defaultdict

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conventions.records import (
    Listed,
    Record,
    RecordQuerySet,
    Sourced,
    end_of_period,
    named_by,
    partial_date,
    partial_date_constraint,
    precision_field,
)


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


class Coverage(models.TextChoices):
    """How far the ratifications of an instrument are known. Only where complete does absence say something."""

    COMPLETE = "complete", _("Complete for all States")
    PARTIAL = "partial", _("In part")
    NONE = "none", _("No list of States was read")


def reached(start, steps):
    """Whatever can be reached from `start` by the given steps, itself left out."""
    found, ahead = set(), [start]
    while ahead:
        new = steps[ahead.pop()] - found - {start}
        found |= new
        ahead += new
    return found


class ConventionQuerySet(RecordQuerySet):
    def ratifiable(self):
        """Conventions and Protocols: what a State can be bound by."""
        return self.exclude(kind=Kind.RECOMMENDATION)

    def basic(self):
        """The instruments that every State is asked about: the fundamental ones, then those of governance."""
        return self.filter(category__in=[Category.FUNDAMENTAL, Category.GOVERNANCE]).order_by("category", "number", "kind")


class Convention(Listed, Record, Sourced):
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
    months_to_force = models.PositiveSmallIntegerField(
        _("months until it binds"),
        null=True,
        blank=True,
        help_text=_("From the registration of a ratification until it is in force for that State. Only where a source says so."),
    )
    months_source = models.TextField(_("source of the months"), blank=True)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices, blank=True)
    status = models.CharField(_("NORMLEX status"), max_length=20, choices=InstrumentStatus.choices, blank=True)
    status_verified = models.BooleanField(_("status verified"), default=False)
    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), related_name="conventions", blank=True)
    revises = models.ManyToManyField("self", verbose_name=_("revises"), symmetrical=False, related_name="revised_by", blank=True)
    note = models.TextField(_("note"), blank=True)
    coverage = models.CharField(
        _("coverage of ratifications"),
        max_length=10,
        choices=Coverage.choices,
        default=Coverage.NONE,
        help_text=_(
            "“Complete” only if a list of all States was read; then a State that is not in it had not ratified by that day."
        ),
    )
    coverage_on = models.DateField(_("coverage as of"), null=True, blank=True)
    coverage_on_precision = precision_field(_("coverage"))
    covered = partial_date("coverage_on")
    coverage_note = models.TextField(
        _("note on coverage"), blank=True, help_text=_("Shown to the public: which list was read, and how far.")
    )

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
            models.CheckConstraint(
                name="convention_complete_has_day",
                condition=~Q(coverage=Coverage.COMPLETE) | Q(coverage_on__isnull=False),
                violation_error_message=_("Complete coverage names the day as of which the list was complete."),
            ),
            models.CheckConstraint(
                name="convention_months_have_source",
                condition=Q(months_to_force__isnull=True, months_source="")
                | (Q(months_to_force__isnull=False) & ~Q(months_source="")),
                violation_error_message=_("The months until it binds stand with their source, or not at all."),
            ),
            partial_date_constraint("convention", "coverage_on"),
        ]

    def __str__(self):
        return f"{self.short_code} {self.title}"

    @property
    def short_code(self):
        """The code as people write it: C87 for C087."""
        return f"{self.code[0]}{int(self.code[1:])}"

    @property
    def short_title(self):
        """The title as one says it beside the code: without the year and the number that end it."""
        return re.sub(r", \d{4} \(No\.\s\d+\)$", "", self.title)

    def get_absolute_url(self):
        return reverse("conventions:detail", args=[self.code.lower()])

    @property
    def is_ratifiable(self):
        """Whether a State can be bound by it."""
        return self.kind != Kind.RECOMMENDATION

    def chain(self):
        """Its chain of revisions, oldest first: what it revises and what that had revised, itself, and what came after.

        Each instrument has a `place`: "before", "this" or "after". A chain of one is no chain, and empty.
        """
        revises, revised_by = defaultdict(set), defaultdict(set)
        for later, earlier in Convention.revises.through.objects.values_list("from_convention", "to_convention"):
            revises[later].add(earlier)
            revised_by[earlier].add(later)
        places = dict.fromkeys(reached(self.pk, revises), "before") | dict.fromkeys(reached(self.pk, revised_by), "after")
        if not places:
            return []
        links = list(Convention.objects.filter(pk__in=[*places, self.pk]).order_by("year", "kind", "number"))
        for link in links:
            link.place = places.get(link.pk, "this")
        return links

    def clean(self):
        end_of_period(self, "coverage_on")

    @classmethod
    def canonical_code(cls, text):
        """Read a code as people write it (`c87`, `C087`) and return the register's own, or None."""
        match = cls.CODE.fullmatch(text.strip())
        return f"{match[1].upper()}{int(match[2]):03}" if match else None
