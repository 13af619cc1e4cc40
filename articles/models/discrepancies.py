"""Discrepancies: one fact of which sources say different things, all of them told, and which one is used here and why."""

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.models import Convention, Country
from conventions.records import Record

from .articles import Article
from .commitments import Commitment
from .evidence import Evidence
from .publishing import GuardedQuerySet, Publishable, PublishableQuerySet, Refused
from .roadmaps import Roadmap
from .states import is_public


class DiscrepancyQuerySet(PublishableQuerySet):
    #: The relation by which each kind of record is concerned.
    WHERE = {
        Article: "articles",
        Roadmap: "roadmaps",
        Commitment: "commitments",
        Convention: "conventions",
        Country: "country",
    }

    def about(self, record):
        """The public ones that concern a record: they are marked where it is shown."""
        return self.published().filter(**{self.WHERE[type(record)]: record})

    def with_used(self):
        """Annotate `used`, what the reading says that is used here; None where the question is open."""
        used = Reading.objects.filter(discrepancy=OuterRef("pk"), is_used=True)
        return self.annotate(used=Subquery(used.values("says")[:1]))


class Discrepancy(Publishable):
    """One fact, put as a question, and what each source says. Where no reading is used, the question is open."""

    title = models.CharField(_("question"), max_length=300, help_text=_("In which year did Kazakhstan ratify C87?"))
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    summary = models.TextField(_("summary"), blank=True, help_text=_("What the readings are about, and why it matters."))
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="discrepancies", verbose_name=_("country")
    )
    conventions = models.ManyToManyField(Convention, blank=True, related_name="discrepancies", verbose_name=_("instruments"))
    articles = models.ManyToManyField(Article, blank=True, related_name="discrepancies", verbose_name=_("articles"))
    roadmaps = models.ManyToManyField(Roadmap, blank=True, related_name="discrepancies", verbose_name=_("roadmaps"))
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="discrepancies", verbose_name=_("commitments"))
    resolution = models.TextField(
        _("which one we use, and why"), blank=True, help_text=_("Also of an open question: what was inferred, and how surely.")
    )

    natural = ("slug",)
    parts = ("readings",)
    objects = DiscrepancyQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("articles:discrepancy", args=[self.slug])

    @property
    def is_open(self):
        """Whether no reading is used."""
        return not any(reading.is_used for reading in self.readings.all())

    def refuse(self, name, verb, by):
        """Refuse to let the public read what is no discrepancy, as it stands or as a change would make it."""
        super().refuse(name, verb, by)
        if name in ("submit", "publish"):
            self.refuse_unclear()
        elif name in ("submit_change", "apply"):
            self.pending.in_memory(self).refuse_unclear()

    def refuse_unclear(self):
        """One reading alone contradicts nothing, and what is used is used for a reason."""
        readings = self.readings.all()
        if len(readings) < 2:
            raise Refused(gettext("A discrepancy takes two readings or more, each with its source."))
        if sum(reading.is_used for reading in readings) > 1:
            raise Refused(gettext("One reading is used, or none."))
        if not self.is_open and not self.resolution.strip():
            raise Refused(gettext("One reading is used: say why."))


class ReadingQuerySet(GuardedQuerySet):
    within = "discrepancy"

    def published(self):
        return self.filter(is_public(through="discrepancy__"))


class Reading(Record):
    """What one source says of the fact in question."""

    discrepancy = models.ForeignKey(Discrepancy, on_delete=models.CASCADE, related_name="readings")
    says = models.CharField(_("reading"), max_length=300, help_text=_("In our words: ratified in 2000."))
    exact = models.CharField(_("exact words"), max_length=300, blank=True, help_text=_("Of the source, letter by letter."))
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="readings", verbose_name=_("source"))
    is_used = models.BooleanField(_("used here"), default=False)

    natural = ("discrepancy__slug", "evidence__url", "says")
    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["discrepancy", "evidence", "says"],
                name="reading_once",
                violation_error_message=_("This reading of this source is listed already."),
            ),
            models.UniqueConstraint(
                fields=["discrepancy"],
                condition=Q(is_used=True),
                name="reading_one_is_used",
                violation_error_message=_("One reading is used, or none."),
            ),
        ]

    def __str__(self):
        return self.says
