"""What belongs to a commitment beside its words: who has to do it, which laws it concerns, how other sources word it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conventions.records import Record, Sourced

from .commitments import Commitment, Strength
from .evidence import Evidence
from .people import Organisation
from .publishing import GuardedQuerySet
from .states import is_public


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


class OfCommitmentQuerySet(ResponsibilityQuerySet):
    """Parts of a commitment: public with its roadmap."""


class Law(Record, Sourced):
    """A national law that a commitment concerns: one to be adopted, changed or applied."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="laws")
    title = models.CharField(_("title"), max_length=300, help_text=_("With number and date where a source gives them."))

    natural = ("commitment__slug", "title")
    objects = OfCommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("national law")
        verbose_name_plural = _("national laws")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "title"], name="law_once", violation_error_message=_("This law is listed already.")
            )
        ]

    def __str__(self):
        return self.title


class Wording(Record):
    """How another source words the same promise, and how strong it is in those words. A TextQuoteSelector of that source."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="wordings")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="wordings", verbose_name=_("source"))
    exact = models.CharField(_("exact words"), max_length=300, help_text=_("A short passage of the source, letter by letter."))
    prefix = models.CharField(_("words before"), max_length=100, blank=True)
    suffix = models.CharField(_("words after"), max_length=100, blank=True)
    strength = models.CharField(_("strength"), max_length=20, choices=Strength.choices)

    natural = ("commitment__slug", "evidence__url", "exact")
    objects = OfCommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("other wording")
        verbose_name_plural = _("other wordings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "evidence", "exact"],
                name="wording_once",
                violation_error_message=_("These words of this source are recorded already."),
            ),
            models.CheckConstraint(
                name="wording_has_words",
                condition=~Q(exact=""),
                violation_error_message=_("Give the words of this source, letter by letter."),
            ),
        ]

    def __str__(self):
        return f"“{self.exact}”"
