"""What was changed in the news after its publication: told to the readers, and never told otherwise."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.records import Record

from .articles import Article, PartOfArticleQuerySet
from .publishing import Refused

STAYS = _("A correction stays as it was written; a wrong one is put right by another.")
NEVER_PUBLIC = _("Only what was public can be corrected; what nobody has read yet is simply changed.")


class CorrectionKind(models.TextChoices):
    """What a published text had done to it afterwards."""

    UPDATE = "update", _("Update")
    CLARIFICATION = "clarification", _("Clarification")
    CORRECTION = "correction", _("Correction")
    RETRACTION = "retraction", _("Retraction")


class CorrectionQuerySet(PartOfArticleQuerySet):
    """Corrections are public with their article. They are added, and nothing else is ever done to them."""

    def latest_first(self):
        return self.order_by("-made_at", "-pk")

    def update(self, **values):
        raise Refused(STAYS)

    update.alters_data = True

    def delete(self):
        raise Refused(STAYS)

    delete.alters_data = True
    delete.queryset_only = True


class Correction(Record):
    """What was changed in a published article, when, by whom, and what stood there before. Written once."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("article"))
    kind = models.CharField(_("kind"), max_length=20, choices=CorrectionKind.choices)
    text = models.TextField(_("text"), help_text=_("What was wrong and what is right now."))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    natural = ("article__slug", "made_at")
    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-made_at"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.article}"

    @property
    def anchor(self):
        """What it is called within the page of its article."""
        return f"correction-{self.pk}"

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#{self.anchor}"

    def clean(self):
        if self.article_id and not self.article.was_ever_public:
            raise ValidationError(NEVER_PUBLIC)

    def save(self, **kwargs):
        """Write it once: what stands is never written over, not even under its own number."""
        if not self._state.adding:
            raise Refused(STAYS)
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, **kwargs):
        raise Refused(STAYS)

    def make(self, *, by):
        """Tell the readers, in the name of `by` and at this moment."""
        if not by.has_perm("articles.add_correction"):
            raise PermissionDenied(gettext("You may not correct what is public."))
        self.made_by, self.made_at = by, timezone.now()
        try:
            self.full_clean()
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error
        self.save()
