"""The log of all moves between states: rows are added, and the database itself refuses to change or delete one."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.models import Version

from .states import Status, was_public


class TransitionQuerySet(models.QuerySet):
    def of(self, record):
        return self.filter(content_type=ContentType.objects.get_for_model(record), object_id=record.pk).order_by("pk")

    def withdrawn_after(self, at, model):
        """The withdrawals, later than the moment `at`, of what was public then."""
        mine = self.filter(content_type=ContentType.objects.get_for_model(model), verb="withdraw")
        return mine.filter(effective_at__lte=at, at__gt=at)


def was_public_by_log(at, model, through=""):
    """What of `model` the public saw at the moment `at` in the past, also where it was withdrawn and published again since."""
    came_back = Transition.objects.withdrawn_after(at, model).values("object_id")
    return was_public(at, through) | Q(**{f"{through}pk__in": came_back})


class Transition(models.Model):
    """One move of one record: who, when, from where to where, and why. Rows are added and never changed."""

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    headline = models.CharField(_("headline"), max_length=400, help_text=_("What the record was called at that moment."))
    verb = models.CharField(_("verb"), max_length=20)
    before = models.CharField(_("from"), max_length=12, choices=Status.choices, blank=True)
    after = models.CharField(_("to"), max_length=12, choices=Status.choices, blank=True)
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("version"), help_text=_("What was moved.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("asked to review")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    effective_at = models.DateTimeField(_("effective at"), null=True, help_text=_("Since when it is, or was, public."))
    reason = models.TextField(_("reason"), blank=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["content_type", "object_id"], name="transition_record")]

    def __str__(self):
        return f"{self.headline}: {self.get_before_display()} → {self.get_after_display()}"
