"""What is public, and how a record becomes it: by verbs that check state, right and author, and write the log."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.models import Version
from conventions.records import Refused

from .changes import Changeable
from .embargoes import Guarded, GuardedQuerySet
from .log import Transition
from .reviewers import reason_against, right_to_review
from .states import VERBS, Pending, Status, is_public

NEVER_DELETED = _("What was public can be deleted by nobody; it can be withdrawn.")


class PublishableQuerySet(GuardedQuerySet):
    """The newsroom's words for what stands where."""

    def published(self, at=None):
        """What the public sees at the moment `at` (default: now)."""
        return self.filter(is_public(at))

    def scheduled(self, at=None):
        """What becomes public by time alone."""
        return self.filter(status=Status.PUBLISHED, published_at__gt=at or timezone.now())

    def drafts(self):
        """What is being written: drafts, and changes of what is published."""
        return self.filter(Q(status=Status.DRAFT) | Q(pending_status=Pending.DRAFT))

    def awaiting_review(self):
        """What a second person has to read."""
        return self.filter(Q(status=Status.IN_REVIEW) | Q(pending_status=Pending.IN_REVIEW))

    def meant(self, at=None):
        """What waits for review and is meant to become public after the moment `at` (default: now)."""
        return self.awaiting_review().filter(meant_for__gt=at or timezone.now())

    def ever_public(self):
        """What the public sees or once saw. It can be deleted by nobody."""
        return self.published() | self.filter(withdrawn_at__isnull=False)

    def delete(self):
        """Delete what was never public; refuse the whole if any of it was."""
        if self.ever_public().exists():
            raise Refused(NEVER_DELETED)
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def tombstones(self):
        """What was public and is not now: its address answers 410 with headline, dates and the public note."""
        return self.filter(withdrawn_at__isnull=False).exclude(pk__in=self.published().values("pk"))


class Publishable(Changeable, Guarded):
    """A record with a life of its own before the public: draft, in review, published, withdrawn."""

    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    public_note = models.TextField(_("public note on the withdrawal"), blank=True, editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("drafted by"),
    )

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("asked to review"),
    )
    meant_for = models.DateTimeField(_("meant for"), null=True, blank=True, editable=False)
    objects = PublishableQuerySet.as_manager()

    #: Whether the mail about the last move of this record in hand could not be sent.
    untold = False

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "submit", "review", "publish", "withdraw")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_published_has_time",
                condition=~Q(status=Status.PUBLISHED) | Q(published_at__isnull=False),
                violation_error_message=_("What is published has a time of publication."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_withdrawn_has_note",
                condition=~Q(status=Status.WITHDRAWN) | (Q(withdrawn_at__isnull=False) & ~Q(public_note="")),
                violation_error_message=_("What is withdrawn has a time and a public note that says why."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_change_of_published",
                condition=Q(pending__isnull=True, pending_status="")
                | (Q(pending__isnull=False, status=Status.PUBLISHED) & ~Q(pending_status="")),
                violation_error_message=_("Only what is published has a change that waits."),
            ),
        ]

    # The state, asked in words.

    @property
    def is_published(self):
        """The rule of `published()` for one record in hand; a test holds the two together."""
        return self.status == Status.PUBLISHED and self.published_at <= timezone.now()

    @property
    def is_scheduled(self):
        return self.status == Status.PUBLISHED and self.published_at > timezone.now()

    @property
    def was_ever_public(self):
        """The rule of `ever_public()` for one record in hand."""
        return self.is_published or self.withdrawn_at is not None

    def state(self):
        """The state as an editor calls it, "Scheduled" and a waiting change included."""
        state = gettext("Scheduled") if self.is_scheduled else self.get_status_display()
        return f"{state}, {self.get_pending_status_display()}" if self.pending_status else state

    def history(self):
        """The log of this record's moves, oldest first."""
        return Transition.objects.of(self)

    def author_ids(self):
        """The accounts that wrote or submitted what waits for review; none of them may review it.

        Of a published record that is the change, not the text that passed review before.
        """
        versions = Version.objects.of(self)
        read = versions.filter(public_number__isnull=False).aggregate(last=Max("number"))["last"] or 0
        given_up = self.history().filter(verb="discard").aggregate(last=Max("version__number"))["last"] or 0
        decided = max(read, given_up)  # what was called back before its time is not: it has no public number
        wrote = versions.filter(number__gt=decided).values_list("by", flat=True)
        if self.pending_id:
            handed_in = self.history().filter(verb="submit_change", version__number__gt=decided).values_list("by", flat=True)
            return {*wrote, *handed_in} - {None}
        return {self.drafted_by_id, *wrote, *self.history().filter(verb="submit").values_list("by", flat=True)} - {None}

    @classmethod
    def written_by(cls, user):
        """What this person drafted, ever wrote a version of, or handed in: they know its text."""
        mine = {"content_type": ContentType.objects.get_for_model(cls), "object_id": OuterRef("pk"), "by": user}
        handed_in = Transition.objects.filter(**mine, verb="submit")
        return Q(Exists(Version.objects.filter(**mine))) | Q(Exists(handed_in)) | Q(drafted_by=user)

    def begun_by(self, author):
        self.drafted_by = author

    def delete(self, *args, **kwargs):
        """Delete what was never public."""
        if self.was_ever_public:
            raise Refused(NEVER_DELETED)
        return super().delete(*args, **kwargs)

    # The verbs. `seen` is the number of the version that was read: a verb is refused where another was written since.

    def submit(self, *, by, to=None, at=None, seen=None):
        """Hand a draft, or something withdrawn, to review: to one person, or to all who may (to=None).

        The name is a request and no lock: whoever else may review it still may. `at` is when it is meant to become public;
        nothing does so unread.
        """
        self._move("submit", by, to=to, seen=seen, meant_for=at)

    def request_changes(self, *, by, reason, seen=None):
        """Return it to draft with a reason; also the way to call back what is scheduled."""
        self._require_text(reason, gettext("Say what should change: the author reads it."))
        with transaction.atomic():
            calls_back = self.is_scheduled
            self._move("request_changes", by, reason=reason, seen=seen, published_at=None if calls_back else self.published_at)
            Version.objects.call_back(self)

    def publish(self, *, by, at=None, seen=None):
        """Make it public now, or at the time `at` by time alone. Nobody publishes their own text.

        A withdrawal stays on the record: until the time has come, its tombstone is what the public finds.
        """
        at = at or timezone.now()
        with transaction.atomic():
            self._move("publish", by, at=at, seen=seen, published_at=at).publish(at)

    def withdraw(self, *, by, note):
        """Take it from the public with a note that the public reads in its place. A change that waits is discarded."""
        self._require_text(note, gettext("Say why: the public reads this note where the text stood."))
        with transaction.atomic():
            if type(self)._base_manager.filter(pk=self.pk, pending__isnull=False).exists():
                self.discard(by=by, reason=note)
            self._move("withdraw", by, reason=note, at=self.published_at, withdrawn_at=timezone.now(), public_note=note)

    @staticmethod
    def _require_text(text, sentence):
        if not text.strip():
            raise Refused(sentence)

    def _move(self, name, by, *, to=None, reason="", at=None, seen=None, **changes):
        """Do the verb `name` for `by`, with its log entry, in one transaction on the locked row. Return the version it moved.

        Whom a record asks and when it is meant to be public is known while it is in review: each move says it anew.
        """
        from articles.mail import announce  # here, because it reads these models

        verb = VERBS[name]
        changes = {"reviewer": to, "meant_for": None, **changes}
        if not by.has_perm(f"{self._meta.app_label}.{verb.right}_{self._meta.model_name}"):
            raise PermissionDenied(gettext("You may not do this: it takes the right to %(right)s.") % {"right": verb.right})
        with transaction.atomic():
            row = type(self)._base_manager.select_for_update().get(pk=self.pk)
            row.refuse(name, verb, by)
            row.refuse_embargoed(name, by, at)
            authors = row.author_ids()
            if to is not None and (sentence := reason_against(to, row, {*authors, by.pk})):
                raise Refused(sentence)
            version = row.pending if verb.is_of_change else Version.objects.keep(row, by=None)
            if seen is not None and seen != version.number:
                raise Refused(gettext("“%(record)s” was changed since you opened it. Read it again.") % {"record": row})
            before = getattr(row, verb.field)
            for field, value in {**changes, verb.field: verb.target}.items():
                setattr(row, field, value)
            row._refuse_invalid()
            row.save(update_fields=[verb.field, *changes])
            move = Transition.objects.create(
                record=row,
                verb=name,
                before=before,
                after=verb.target,
                by=by,
                to=to,
                reason=reason,
                effective_at=at,
                headline=str(row),
                version=version,
            )
            announce(self, move, authors)
        self.refresh_from_db(fields=[verb.field, *changes])
        return version

    def refuse(self, name, verb, by):
        """Refuse a verb in the wrong state, or by one of the authors, superusers included."""
        if getattr(self, verb.field) not in verb.sources:
            raise Refused(gettext("“%(record)s” is %(state)s.") % {"record": self, "state": self.state().lower()})
        if verb.second_person and by.pk in self.author_ids():
            raise Refused(gettext("“%(record)s” is your own text; another person must review it.") % {"record": self})
        if name == "request_changes" and self.is_published:
            raise Refused(gettext("“%(record)s” is public already; it can only be withdrawn.") % {"record": self})
        if name == "request_changes" and self.pending_id:
            raise Refused(gettext("A change of “%(record)s” waits; apply or discard it first.") % {"record": self})
        if name == "withdraw" and self.is_scheduled:
            raise Refused(gettext("“%(record)s” is not public yet; request changes instead.") % {"record": self})
        if name == "discard" and by.pk not in self.author_ids() and not self._may_review(by):
            raise Refused(gettext("This change is somebody else’s; they can discard it, or a reviewer."))

    def _may_review(self, by):
        return by.has_perm(right_to_review(self))

    def _refuse_invalid(self):
        try:
            self.full_clean()
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from error


def number_what_is_public():
    """Write down the first version of everything public that has none: what was loaded, or published before versions were."""
    for model in Publishable.__subclasses__():
        kind = ContentType.objects.get_for_model(model)
        numbered = Version.objects.filter(content_type=kind, public_at__isnull=False).values("object_id")
        for record in model._base_manager.filter(published_at__isnull=False).exclude(pk__in=numbered):
            Version.objects.keep(record, by=None).publish(record.published_at)


def next_publication(at=None):
    """The moment at which something becomes public next by time alone, after `at` (default: now), or None."""
    at = at or timezone.now()
    first, *others = [model.objects.scheduled(at).order_by().values("published_at") for model in Publishable.__subclasses__()]
    return first.union(*others).order_by("published_at").values_list("published_at", flat=True).first()
