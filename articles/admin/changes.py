"""Changes of what has passed review: saved as a version that waits for a second person, the published record untouched.

The form of such a record is the ordinary one. What waits is written into the record, the form is shown or saved by Django
itself, inlines and sets included, the outcome is photographed, and the database takes everything back.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from conventions.snapshots import snapshot, write


@contextmanager
def taken_back():
    """Let the database do all this, and then as if it never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Change:
    """What a form did before the database took it back."""

    photograph: dict | None = None
    logged: list = field(default_factory=list)
    corrections: list = field(default_factory=list)

    @property
    def is_saved(self):
        """Whether Django came to the end of saving, where it writes its own log."""
        return bool(self.logged)


class ChangesMixin:
    """For the form of a record that takes changes."""

    def _changeform_view(self, request, object_id, form_url, extra_context):
        record = self.get_object(request, object_id) if object_id else None
        waits = record is not None and record.takes_changes and self.has_change_permission(request, record)
        if not waits or (request.method != "POST" and record.pending is None):
            return super()._changeform_view(request, object_id, form_url, extra_context)
        request.change = Change()
        with taken_back():
            if record.pending:
                write(record, record.pending.snapshot, to_look_at=True)
            response = super()._changeform_view(request, object_id, form_url, extra_context)
            if hasattr(response, "render"):
                response.render()
        change, request.change = request.change, None
        if change.is_saved:
            self.let_wait(request, type(record).objects.get(pk=record.pk), change)
        return response

    def let_wait(self, request, record, change):
        """Keep as the change of the record what was saved only to be photographed."""
        before = record.pending
        record.propose(change.photograph, by=request.user)
        for message in change.logged:
            self.log_change(request, record, message)
        for correction in change.corrections:
            correction.article = record
            correction.make(by=request.user)
        self.message_user(request, self.told(record) if record.pending != before else _("The text is what it was before."))

    def told(self, record):
        told = {"record": record, "state": record.get_pending_status_display()}
        return _("“%(record)s” stays as it is published. What you wrote waits beside it (%(state)s).") % told

    # What the ordinary form does on its way is caught while the database is going to take it back.

    def keep(self, request, record, by):
        if (change := getattr(request, "change", None)) is None:
            super().keep(request, record, by)
        else:
            change.photograph = snapshot(type(record)._base_manager.get(pk=record.pk))

    def log_change(self, request, obj, message):
        if (change := getattr(request, "change", None)) is None:
            return super().log_change(request, obj, message)
        change.logged.append(message)
        return None

    def message_user(self, request, message, *args, **kwargs):
        if getattr(request, "change", None) is None:
            super().message_user(request, message, *args, **kwargs)
