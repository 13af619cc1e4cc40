"""What was written before, put back: a version as what its record says, and a deleted record as its last version has it.

What cannot be put back is refused by a ValidationError with a sentence, and the database stays as it was.
"""

from contextlib import contextmanager
from itertools import count

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from . import snapshots
from .records import OldAddress, violated
from .versions import Version


def restore(record, version, *, by):
    """Let the record say again what it said by `version`. Return the names of what is no more and was left out.

    What has passed review takes it as a change that waits for a second person; anything else says it at once.
    """
    note = _("Restored from version %(number)s") % {"number": version.number}
    with refusals(type(record)), transaction.atomic():
        row = type(record)._base_manager.select_for_update().get(pk=record.pk)
        stands = Version.objects.keep(row, by=None)  # first what was written by another door
        if version.snapshot == (row.pending if row.takes_changes and row.pending else stands).snapshot:
            raise ValidationError(_("It says this already."))
        if row.takes_changes:
            lost = rehearse(row, version.snapshot)
            row.propose(version.snapshot, by=by, note=note)
            return lost
        was_at = public_address(row)
        lost = snapshots.write(row, version.snapshot, now=stands.snapshot, clean=True)
        if was_at:
            OldAddress.objects.remember(was_at, row)
        Version.objects.keep(row, by=by, note=note)
        return lost


def recover(version, *, by):
    """Make the record again whose last version this is, with its key: its versions and its log are its own again.

    Return it, and the names of what is no more and was left out. It begins anew as a draft of whoever began it. Where its
    address is taken by now, it gets the next with a number: nobody has linked to it yet.
    """
    model = version.content_type.model_class()
    record, versions = model(pk=version.object_id), Version.objects.kept().at(model, version.object_id)
    with refusals(model), transaction.atomic():
        if model._base_manager.filter(pk=record.pk).exists():
            raise ValidationError(_("It is there already."))
        record.begun_by(versions.order_by("number").first().by or by)
        lost = snapshots.write(record, with_free_slug(model, version.snapshot), clean=True)
        note = _("Recovered from version %(number)s") % {"number": version.number}
        Version.objects.keep(record, by=by, note=note)
    return record, lost


def deleted(model):
    """The last version of each record of `model` that is no more, the latest first."""
    versions = Version.objects.saved().filter(content_type=ContentType.objects.get_for_model(model))
    later = versions.filter(object_id=OuterRef("object_id"), number__gt=OuterRef("number"))
    stored = model._base_manager.filter(pk=OuterRef("object_id"))
    return versions.filter(~Exists(later), ~Exists(stored)).order_by("-pk")


# --- How --------------------------------------------------------------------------------------------------------------


def rehearse(record, shot):
    """Write it and take it back: what cannot be written need not wait for review."""
    with transaction.atomic():
        lost = snapshots.write(type(record)._base_manager.get(pk=record.pk), shot, clean=True)
        transaction.set_rollback(True)
    return lost


@contextmanager
def refusals(model):
    """Say in a sentence what the database, or a picture that is lost, has against it."""
    try:
        yield
    except IntegrityError as error:
        models = [model, *(model._meta.get_field(name).related_model for name in model.parts)]
        told = next(filter(None, (violated(each, error) for each in models)), None)
        raise ValidationError(told or _("Something else by the same name or number is in its place by now.")) from error
    except FileNotFoundError as error:
        raise ValidationError(_("Its file is no more.")) from error


def public_address(record):
    """Where the public finds the record, or once found it; None where it never did."""
    if not hasattr(record, "get_absolute_url"):
        return None
    rows = type(record)._base_manager.filter(pk=record.pk)
    for word in ("ever_public", "published"):
        if hasattr(type(record).objects, word):
            rows = getattr(type(record).objects, word)().filter(pk=record.pk)
            break
    return record.get_absolute_url() if rows.exists() else None  # the register is public as a whole


def with_free_slug(model, shot):
    """The snapshot with a slug that nobody else has."""
    slug = shot["fields"].get("slug")
    stored = model._base_manager.all()
    if not slug or not stored.filter(slug=slug).exists():
        return shot
    numbered = (f"{slug[:190]}-{number}" for number in count(2))
    free = next(each for each in numbered if not stored.filter(slug=each).exists())
    return {**shot, "fields": {**shot["fields"], "slug": free}}
