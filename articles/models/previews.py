"""Links that show what is not public yet to people without an account."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.models import Version, VersionKind

from .embargoes import Embargo
from .progress import ProgressUpdate
from .publishing import Refused
from .states import DECIDING, Status


class Term(models.TextChoices):
    """For how long a link opens what it shows."""

    HOUR = "hour", _("1 hour")
    DAY = "day", _("1 day")
    WEEK = "week", _("7 days")


LENGTHS = {Term.HOUR: timedelta(hours=1), Term.DAY: timedelta(days=1), Term.WEEK: timedelta(days=7)}


def is_previewable(record):
    """Whether the record, or a change of it, waits for the public; an update, which never changes, under a public roadmap.

    What a reader sent has no page of its own on which it could be shown.
    """
    if not getattr(record, "has_preview", True):
        return False
    waits = record.status in (Status.DRAFT, Status.IN_REVIEW) or record.is_scheduled
    if isinstance(record, ProgressUpdate):
        return waits and record.commitment.roadmap.is_published
    return waits or record.pending_id is not None


def may_share(record, by):
    """Whether this person may show the record to others: whoever wrote it or its change, and whoever reviews such records."""
    wrote = by.pk in {record.drafted_by_id, record.pending_id and record.pending.by_id}
    return wrote or by.has_perm(f"{record._meta.app_label}.review_{record._meta.model_name}")


def digest_of(token):
    """What is stored of a token. It is random and long, so that one round without a salt is enough."""
    return sha256(token.encode()).hexdigest()


class PreviewLinkQuerySet(models.QuerySet):
    def of(self, record):
        """The links to one record, the newest first."""
        kind = ContentType.objects.get_for_model(record)
        return self.filter(content_type=kind, object_id=record.pk).select_related("made_by").order_by("-pk")

    def open(self, at=None):
        """Those that have not ended and were not taken back, of people who still have their account.

        An embargo closes for good whatever was made before it was set or changed.
        """
        same = {"content_type": OuterRef("content_type"), "object_id": OuterRef("object_id")}
        hidden_since = Embargo.objects.filter(**same, set_at__gte=OuterRef("made_at"))
        open_still = self.filter(revoked_at__isnull=True, expires_at__gt=at or timezone.now(), made_by__is_active=True)
        return open_still.exclude(Exists(hidden_since))

    def by_token(self, token):
        """The open link with this token, or None: unknown, ended and taken back are all the same, and take one query."""
        return self.open().filter(digest=digest_of(token)).first()

    def make(self, record, *, by, term):
        """Make a link to a record, and return it with its token, which is told now and never again."""
        if not (may_share(record, by) and record.is_visible_to(by)):
            raise PermissionDenied(gettext("You may show around only what you drafted or may review."))
        if not is_previewable(record):
            raise Refused(gettext("“%(record)s” is %(state)s.") % {"record": record, "state": record.state().lower()})
        token, now = secrets.token_urlsafe(32), timezone.now()
        ends = now + LENGTHS[Term(term)]
        return self.create(record=record, digest=digest_of(token), made_by=by, made_at=now, expires_at=ends), token


class PreviewLink(models.Model):
    """A link that shows one record, and nothing else, until it ends or is taken back.

    The token in its address is random; only its hash is stored, so that whoever reads the database, a backup or the
    secret key of the site opens no draft with it. A row is kept after its end: it says who showed what, and when.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    digest = models.CharField(_("hash of the token"), max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expires_at = models.DateTimeField(_("ends"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    opened = models.PositiveIntegerField(_("opened"), default=0, help_text=_("How many times."))
    opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a preview")
        verbose_name_plural = _("links to previews")
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["content_type", "object_id"], name="previewlink_record")]
        constraints = [
            models.CheckConstraint(
                name="previewlink_ends_after_it_was_made",
                condition=Q(expires_at__gt=F("made_at")),
                violation_error_message=_("A link ends after it was made."),
            )
        ]

    def __str__(self):
        return f"{self.record}, {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def is_overtaken(self):
        """Whether the record was withdrawn since: the link does not come back to life with a new version of it."""
        return self.record.withdrawn_at is not None and self.record.withdrawn_at > self.made_at

    @cached_property
    def shows_change(self):
        """Whether it was made for the change that waits now: not for the text before it, nor for a change decided on since."""
        if self.record.pending_id is None:
            return False
        decided = self.record.history().filter(verb__in=DECIDING).aggregate(last=Max("version__number"))["last"] or 0
        began = Version.objects.of(self.record).filter(kind=VersionKind.PENDING, number__gt=decided).first()
        return began is not None and began.at <= self.made_at

    def note_opening(self):
        """Count an opening, so that its maker sees whether it was read, and whether it went round."""
        PreviewLink.objects.filter(pk=self.pk).update(opened=F("opened") + 1, opened_at=timezone.now())

    def revoke(self, *, by):
        """Take it back. A link that is taken back already stays so since then."""
        if self.made_by_id != by.pk and not may_share(self.record, by):
            raise PermissionDenied(gettext("You may take back only links to what you drafted or may review."))
        PreviewLink.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
        self.refresh_from_db(fields=["revoked_at"])
