"""Changes of what has passed review: a version that waits beside the record until a second person applies it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions import snapshots
from conventions.models import Version
from conventions.records import OldAddress, Refused

from .states import Pending, Status


class Changeable(models.Model):
    """What takes changes: what is published stays as it is until somebody else has read what shall stand there.

    It is one half of a Publishable, whose states and moves it uses.
    """

    pending = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("change")
    )
    pending_status = models.CharField(
        _("status of the change"), max_length=12, choices=Pending.choices, blank=True, editable=False, db_index=True
    )

    #: Whether a change of what the public has read is told to it by a correction.
    is_corrected = False

    class Meta:
        abstract = True

    @property
    def takes_changes(self):
        """Whether it has passed review, scheduled included, so that what is written now waits for a second person."""
        return self.status == Status.PUBLISHED

    def propose(self, shot, *, by, note=""):
        """Let the snapshot `shot` wait as the change of this record. Return its version; None where it changes nothing."""
        if not by.has_perm(f"{self._meta.app_label}.change_{self._meta.model_name}"):
            raise PermissionDenied(gettext("You may not change this."))
        with transaction.atomic():
            row = type(self)._base_manager.select_for_update().get(pk=self.pk)
            if not row.takes_changes:
                raise Refused(gettext("“%(record)s” is %(state)s.") % {"record": row, "state": row.state().lower()})
            stands = Version.objects.keep(row, by=None)
            if shot == (row.pending or stands).snapshot:
                return row.pending
            row.pending = Version.objects.propose(row, shot, by=by, base=row.pending or stands, note=note)
            row.pending_status = row.pending_status or Pending.DRAFT
            row.save(update_fields=["pending", "pending_status"])
        self.refresh_from_db(fields=["pending", "pending_status"])
        return self.pending

    def submit_change(self, *, by, to=None, seen=None):
        """Hand the change to review: to one person, or to all who may."""
        self._move("submit_change", by, to=to, seen=seen)

    def return_change(self, *, by, reason, seen=None):
        """Return the change to its author with a reason."""
        self._require_text(reason, gettext("Say what should change: the author reads it."))
        self._move("return_change", by, reason=reason, seen=seen)

    def discard(self, *, by, reason=""):
        """Give the change up. It stays among the versions."""
        self._move("discard", by, reason=reason, pending=None)

    def apply(self, *, by, seen, correction=None, reason=""):
        """Make the change, whose version has the number `seen`, what the record says, and number it for the public.

        Where the public has read another text, it is told by the Correction, made here; `reason` says in the log why none
        is needed. Return the names of what the change refers to and is no more: it is left out.
        """
        with transaction.atomic():
            change = self._move("apply", by, reason=reason, seen=seen or 0, pending=None)  # unread, nothing is applied
            row = type(self)._base_manager.get(pk=self.pk)
            row._refuse_silence(change, correction, reason)
            was_at = row.get_absolute_url() if row.was_ever_public else None
            try:
                lost = snapshots.write(row, change.snapshot)
            except ValidationError as error:
                raise Refused(" ".join(error.messages)) from error
            row._refuse_invalid()
            if was_at:
                OldAddress.objects.remember(was_at, row)
            Version.objects.call_back(row)
            stands = Version.objects.keep(row, by=change.by, note=change.note)
            stands.publish(max(row.published_at, timezone.now()))
            if correction is not None:
                correction.article = row
                correction.make(by=by)
        self.refresh_from_db()
        return lost

    def needs_correction(self, change):
        """Whether readers have read another text than this change makes of it, by more than spelling and form."""
        stands = snapshots.snapshot(type(self)._base_manager.get(pk=self.pk))
        return self.is_corrected and self.is_published and not snapshots.same_words(stands, change.snapshot)

    def _refuse_silence(self, change, correction, reason):
        if correction is None and not reason.strip() and self.needs_correction(change):
            raise Refused(
                gettext("This changes what readers have read: tell them what was changed, or say why they need not know.")
            )
