"""What the ILO's supervisory bodies said of a State."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from conventions.records import Record, RecordQuerySet, web_address

from .instruments import Convention
from .states import Country


class SupervisoryKind(models.TextChoices):
    """The bodies and their forms of speech: the Committee of Experts (CEACR) and the Conference Committee (CAS)."""

    OBSERVATION = "observation", _("Observation, Committee of Experts")
    DIRECT_REQUEST = "direct-request", _("Direct request, Committee of Experts")
    COMMENT = "comment", _("Comment, Committee of Experts (form not stated)")
    CONFERENCE_CASE = "conference-case", _("Case, Conference Committee")


class SupervisoryCommentQuerySet(RecordQuerySet):
    def for_pages(self):
        """With the State and the instruments that a page names beside each comment."""
        return self.select_related("country").prefetch_related("conventions")


class SupervisoryComment(Record):
    """One comment or case of a supervisory body on a State: where it is read, and a line in our own words."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="supervisory_comments", verbose_name=_("country"))
    conventions = models.ManyToManyField(
        Convention,
        related_name="supervisory_comments",
        verbose_name=_("instruments"),
        blank=True,
        help_text=_("Only those that a source names; a comment on the duty to submit instruments names none."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SupervisoryKind.choices)
    year = models.PositiveSmallIntegerField(
        _("year"), help_text=_("Of a comment the year of its adoption, of a case the year of the Conference.")
    )
    published_year = models.PositiveSmallIntegerField(
        _("published in"), null=True, blank=True, help_text=_("The year of the Conference to which a comment was reported.")
    )
    url = models.CharField(_("address"), max_length=500, unique=True, validators=[web_address])
    publisher = models.CharField(_("publisher of that page"), max_length=200)
    summary = models.TextField(_("summary"), help_text=_("A line in our own words: what was noted or asked for."))
    note = models.TextField(
        _("note"), blank=True, help_text=_("Shown to the public: what the source leaves open, such as the instrument.")
    )

    natural = ("url",)
    objects = SupervisoryCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervisory comment")
        verbose_name_plural = _("supervisory comments")
        ordering = ["-year", "country__name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="supervisorycomment_published_after_adoption",
                condition=models.Q(published_year__isnull=True) | models.Q(published_year__gte=models.F("year")),
                violation_error_message=_("A comment cannot be published before it is adopted."),
            ),
        ]

    def __str__(self):
        return f"{self.country}, {self.get_kind_display()}, {self.year}"
