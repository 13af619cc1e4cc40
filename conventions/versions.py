"""Versions: what a record said each time it was saved, in one table to which rows are only added."""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import snapshots

UNSAVED_DAYS = 30  # how long a text waits that its author neither saved nor discarded


class VersionKind(models.TextChoices):
    """What a version is to its record."""

    SAVED = "saved", _("Saved")
    PENDING = "pending", _("Waiting for review")
    AUTOSAVE = "autosave", _("Unsaved text")


class VersionQuerySet(models.QuerySet):
    def of(self, record):
        """The versions of one record, autosaves left out, the oldest first."""
        return self.kept().at(type(record), record.pk).order_by("number")

    def at(self, model, key):
        return self.filter(content_type=ContentType.objects.get_for_model(model), object_id=key)

    def kept(self):
        return self.exclude(kind=VersionKind.AUTOSAVE)

    def saved(self):
        """What the record itself said, in contrast to what was proposed."""
        return self.filter(kind=VersionKind.SAVED)

    def public(self, at=None):
        """Those that the public has read by the moment `at` (default: now)."""
        return self.filter(public_at__lte=at or timezone.now())

    def call_back(self, record):
        """Take number and time from a version that would have become public by time alone; nobody has read it."""
        self.of(record).filter(public_at__gt=timezone.now()).update(public_number=None, public_at=None)

    call_back.alters_data = True

    def keep(self, record, *, by, note=""):
        """Write down what the record says now, unless its last saved version says the same. Return that version."""
        with transaction.atomic():
            row = type(record)._base_manager.select_for_update().get(pk=record.pk)
            shot = snapshots.snapshot(row)
            last = self.of(row).saved().last()
            if last is not None and last.snapshot == shot and not note:
                return last
            return self.add(row, VersionKind.SAVED, shot, by=by, base=last, note=note)

    def propose(self, record, shot, *, by, base, note=""):
        """Write down what the record shall say once somebody else has read it."""
        with transaction.atomic():
            row = type(record)._base_manager.select_for_update().get(pk=record.pk)
            return self.add(row, VersionKind.PENDING, snapshots.provisional(shot, row), by=by, base=base, note=note)

    def add(self, row, kind, shot, *, by, base, note):
        """Add the next version of a locked row."""
        last = self.of(row).aggregate(last=Max("number"))["last"] or 0
        return self.create(
            record=row, kind=kind, number=last + 1, snapshot=shot, by=by, base=base, note=note, headline=str(row)[:400]
        )

    # Unsaved text.

    def unsaved_of(self, user):
        """What this person typed into forms and did not save, the newest first."""
        since = timezone.now() - timedelta(days=UNSAVED_DAYS)
        return self.filter(kind=VersionKind.AUTOSAVE, by=user, at__gt=since).order_by("-at")

    def outdated(self):
        """Unsaved text that nobody wanted for so long."""
        return self.filter(kind=VersionKind.AUTOSAVE, at__lte=timezone.now() - timedelta(days=UNSAVED_DAYS))

    def autosave(self, sent, *, by, model, base, headline):
        """Keep what the window of a form holds, in place of what it held before. Return what is kept, which may be newer."""
        values = {
            "content_type": ContentType.objects.get_for_model(model),
            "object_id": sent.record,
            "snapshot": {"form": sent.fields, "written": sent.written},
            "headline": headline,
            "base": base,
            "at": timezone.now(),
        }
        with transaction.atomic():
            mine = self.select_for_update().filter(kind=VersionKind.AUTOSAVE, by=by, key=sent.key).first()
            if mine is not None and mine.snapshot["written"] > sent.written:
                return mine
            kept, is_new = self.update_or_create(kind=VersionKind.AUTOSAVE, by=by, key=sent.key, defaults=values)
            if is_new:
                self.outdated().filter(by=by).delete()
            return kept

    autosave.alters_data = True


class Version(models.Model):
    """What a record said at a moment, whole: who wrote it, from which version, and since when the public reads it.

    `number` counts what was saved and proposed, without a gap; `public_number` what became public, and stands in the
    address. What stands in a version is never changed, and no version is deleted: the database itself refuses it. Autosaves
    have no number, and go when the text they hold was saved.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField(null=True)
    record = GenericForeignKey()
    number = models.PositiveIntegerField(_("number"), null=True)
    kind = models.CharField(_("kind"), max_length=10, choices=VersionKind.choices)
    snapshot = models.JSONField(_("snapshot"), encoder=DjangoJSONEncoder)
    headline = models.CharField(_("headline"), max_length=400, help_text=_("What the record was called at that moment."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made from"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    key = models.CharField(_("key of the form"), max_length=40, blank=True, help_text=_("Autosaves only: one for each window."))
    public_number = models.PositiveIntegerField(_("public number"), null=True)
    public_at = models.DateTimeField(_("public since"), null=True)

    objects = VersionQuerySet.as_manager()

    #: What the database lets nobody write over, and in which rows.
    KEPT = {
        "columns": ["content_type_id", "object_id", "number", "kind", "snapshot", "headline", "by_id", "at", "base_id", "note"],
        "rows": "OLD.kind <> 'autosave'",
    }

    class Meta:
        app_label = "conventions"
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "number"],
                name="version_number_once",
                violation_error_message=_("The record has a version of this number already."),
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "public_number"],
                name="version_public_number_once",
                violation_error_message=_("The record has a public version of this number already."),
            ),
            models.UniqueConstraint(
                fields=["by", "key"],
                condition=Q(kind="autosave"),
                name="version_one_autosave_a_window",
                violation_error_message=_("The text of this window is kept already."),
            ),
            models.CheckConstraint(
                name="version_counts_unless_autosaved",
                condition=Q(kind="autosave", number__isnull=True)
                | (~Q(kind="autosave") & Q(number__isnull=False, object_id__isnull=False)),
                violation_error_message=_("A version has a number and a record; only unsaved text may be without."),
            ),
            models.CheckConstraint(
                name="version_public_has_number_and_time",
                condition=Q(public_number__isnull=True, public_at__isnull=True)
                | Q(kind="saved", public_number__isnull=False, public_at__isnull=False),
                violation_error_message=_("A public version was saved, and has a number and a time."),
            ),
        ]
        indexes = [models.Index(F("by"), F("content_type"), name="version_by")]

    def __str__(self):
        return f"{self.headline}, {self.number}"

    def in_memory(self, record, look_up=None):
        """The record as it was, or shall be, by this version: nothing is stored."""
        return snapshots.in_memory(record, self.snapshot, look_up)

    def publish(self, at):
        """Let the public read it from `at` on, under the next public number. What was public keeps number and time."""
        if self.public_at is None:
            same = Version.objects.filter(content_type=self.content_type, object_id=self.object_id)
            self.public_number = (same.aggregate(last=Max("public_number"))["last"] or 0) + 1
            self.public_at = at
            self.save(update_fields=["public_number", "public_at"])
