"""What shows that something was promised, or happened: published sources, and whose voice speaks in each."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from conventions.records import Record, end_of_period, partial_date, partial_date_constraint, precision_field, web_address

from .states import Status


class Voice(models.TextChoices):
    """Whose statement a piece of evidence is."""

    GOVERNMENT = "government", _("Government")
    WORKERS = "workers", _("Workers")
    EMPLOYERS = "employers", _("Employers")
    ILO = "ilo", _("ILO")
    SUPERVISORY = "supervisory", _("ILO supervisory body")
    MEDIA = "media", _("Media")
    NGO = "ngo", _("NGO")
    INDEPENDENT = "independent", _("Independent")


#: The copy of a source: what can be added to evidence that is public, because it takes nothing away.
COPY = ("archived_url", "accessed_on")


class Evidence(Record):
    """A published source that shows something happened: who says so, where, when, and a copy if the link dies."""

    title = models.CharField(_("title"), max_length=300)
    url = models.CharField(_("address"), max_length=500, validators=[web_address])
    publisher = models.CharField(_("publisher"), max_length=200)
    voice = models.CharField(_("voice"), max_length=20, choices=Voice.choices)
    dated_on = models.DateField(_("dated"), null=True, blank=True, help_text=_("Only where the source bears a date."))
    dated_on_precision = precision_field(_("date"))
    dated = partial_date("dated_on")
    excerpt = models.TextField(_("excerpt"), blank=True, help_text=_("A short passage, letter by letter."))
    archived_url = models.CharField(_("archived address"), max_length=500, blank=True, validators=[web_address])
    accessed_on = models.DateField(_("accessed on"), null=True, blank=True)
    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("told in our article"),
        help_text=_("Our article that reports it. The evidence is its source, never the article."),
    )

    natural = ("url", "title")

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = [F("dated_on").desc(nulls_last=True), "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["url", "title"], name="evidence_once", violation_error_message=_("This source is recorded already.")
            ),
            partial_date_constraint("evidence", "dated_on"),
        ]

    def __str__(self):
        return f"{self.publisher}: {self.title}"

    @property
    def carries_updates(self):
        """Whether an update that passed review rests on it."""
        reviewed = Q(status=Status.PUBLISHED) | Q(withdrawn_at__isnull=False)
        return any(updates.filter(reviewed).exists() for updates in (self.leads, self.supports))

    @property
    def lacking(self):
        """What of its copy is not recorded yet."""
        return [name for name in COPY if not getattr(self, name)]

    def clean(self):
        end_of_period(self, "dated_on")
        if self.pk and self.carries_updates:
            stored = Evidence.objects.get(pk=self.pk)
            changed = {f.name for f in self._meta.concrete_fields if getattr(self, f.attname) != getattr(stored, f.attname)}
            if changed - set(stored.lacking):
                raise ValidationError(
                    _("A public update rests on this source, so it stays as it is. Where it was misread, supersede the update.")
                )
