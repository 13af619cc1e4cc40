"""Embargoes: who may see what is not public yet, and until when. Apart from the schedule, which says when it becomes public."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.records import Record, RecordQuerySet, Refused


class EmbargoQuerySet(models.QuerySet):
    def of(self, record):
        """All that were ever set on one record, the newest first."""
        return self.on(type(record)).filter(object_id=record.pk).select_related("set_by", "lifted_by").order_by("-pk")

    def on(self, model):
        return self.filter(content_type=ContentType.objects.get_for_model(model))

    def in_force(self, at=None):
        """Those that bind at the moment `at` (default: now): not lifted, and not ended by time alone."""
        return self.filter(lifted_at__isnull=True, until__gt=at or timezone.now())

    def closed_to(self, user):
        """Those that do not name this person, and that somebody else set."""
        return self.exclude(set_by=user).exclude(pk__in=Insider.objects.filter(person=user).values("embargo"))

    def shown(self, records):
        """Records of one kind, each with the end of the embargo that binds it now (`embargoed_until`), or None."""
        mine = self.on(records.model).in_force().filter(object_id=OuterRef("pk")).order_by("-until")
        return records.annotate(embargoed_until=Subquery(mine.values("until")[:1]))

    def refuse_publication(self, record, at):
        """Refuse to make a record public at a moment before its embargo has ended."""
        if binding := self.of(record).in_force(at).first():
            told = {"record": record, "until": binding.end}
            raise Refused(
                gettext("“%(record)s” is under embargo until %(until)s: publish at that time or later, or lift it.") % told
            )

    def set(self, record, *, by, until, source, people=()):
        """Put a record under embargo, or change the one it is under: that one is closed, and another row says what holds."""
        if until <= timezone.now():
            raise Refused(gettext("This time has passed. An embargo ends at a time to come."))
        if not source.strip():
            raise Refused(gettext("Say who asks for the embargo: those who see the record have to know."))
        with transaction.atomic():
            row = type(record)._base_manager.select_for_update().get(pk=record.pk)
            self._refuse_by(row, by)
            self._refuse_state(row, until)
            self.of(row).in_force().update(lifted_at=timezone.now(), lifted_by=by)
            embargo = self.create(record=row, headline=str(row)[:400], until=until, source=source.strip(), set_by=by)
            embargo.people.set(people)
        return embargo

    @staticmethod
    def _refuse_by(row, by):
        if not row.may_embargo(by):
            raise PermissionDenied(
                gettext("An embargo is set by an author or a reviewer, and changed by whoever set it or by a chief.")
            )

    @staticmethod
    def _refuse_state(row, until):
        if row.was_ever_public:
            raise Refused(gettext("“%(record)s” was public already: no embargo can hide what was read.") % {"record": row})
        if row.is_scheduled and until > row.published_at:
            told = {"record": row, "at": moment(row.published_at)}
            raise Refused(
                gettext("“%(record)s” becomes public on %(at)s, before the embargo would end. Request changes first.") % told
            )


def moment(at):
    """A moment as sentences say it, with its time zone."""
    return date_format(localtime(at), "j F Y, H:i e")


class Embargo(models.Model):
    """A promise not to let a record be seen before a moment by others than those named. Who asked for it, who keeps it.

    What was agreed is never changed: a change closes this row and adds another. When it was lifted is written once.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    headline = models.CharField(_("headline"), max_length=400, help_text=_("What the record was called at that moment."))
    until = models.DateTimeField(_("until"))
    source = models.TextField(_("who asks for it"))
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Insider", related_name="+", verbose_name=_("who may see it besides")
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"), default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)

    objects = EmbargoQuerySet.as_manager()

    #: What the database lets nobody write over.
    KEPT = {"columns": ["content_type_id", "object_id", "headline", "until", "source", "set_by_id", "set_at"]}

    class Meta:
        verbose_name = _("embargo")
        verbose_name_plural = _("embargoes")
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["content_type", "object_id"], name="embargo_record")]
        constraints = [
            models.CheckConstraint(
                name="embargo_ends_after_it_was_set",
                condition=Q(until__gt=F("set_at")),
                violation_error_message=_("An embargo ends after it was set."),
            ),
            models.CheckConstraint(
                name="embargo_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                violation_error_message=_("What was lifted says when, and by whom."),
            ),
        ]

    def __str__(self):
        return f"{self.headline}, {self.end}"

    @property
    def end(self):
        return moment(self.until)

    def is_kept_by(self, user):
        """Whether this person may change or lift it: whoever set it, and the chiefs."""
        kind = ContentType.objects.get_for_id(self.content_type_id)
        return self.set_by_id == user.pk or sees_all(kind.model_class(), user)

    def lift(self, *, by):
        """End it before its time: whoever may view such records sees this one again."""
        if not self.is_kept_by(by):
            raise PermissionDenied(gettext("An embargo is lifted by whoever set it or by a chief."))
        lifted = Embargo.objects.in_force().filter(pk=self.pk).update(lifted_at=timezone.now(), lifted_by=by)
        if not lifted:
            raise Refused(gettext("This embargo has ended already."))
        self.refresh_from_db(fields=["lifted_at", "lifted_by"])


class Insider(models.Model):
    """Somebody who may see what is under embargo although they neither wrote nor review it."""

    embargo = models.ForeignKey(Embargo, on_delete=models.PROTECT, related_name="insiders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        verbose_name = _("insider")
        verbose_name_plural = _("insiders")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["embargo", "person"], name="insider_once", violation_error_message=_("This person is named already.")
            )
        ]

    def __str__(self):
        return f"{self.person}, {self.embargo}"


# --- What an embargo hides ----------------------------------------------------------------------------------------


def sees_all(model, user):
    """Chiefs, who may withdraw such records, are kept from nothing; superusers neither."""
    return user.has_perm(f"{model._meta.app_label}.withdraw_{model._meta.model_name}")


class GuardedQuerySet(RecordQuerySet):
    """Records that an embargo can hide, or that go with one `within` which they stand."""

    within = ""

    def hidden_from(self, user):
        """What is under embargo from this person. Embargoes are few: the database makes this list once for a query."""
        hidden = Q(pk__in=[])
        if issubclass(self.model, Guarded) and not sees_all(self.model, user):
            closed = Embargo.objects.on(self.model).in_force().closed_to(user)
            hidden |= Q(pk__in=closed.values("object_id")) & ~(self.model.written_by(user) | Q(reviewer=user))
        if self.within:
            whole = self.model._meta.get_field(self.within).related_model
            hidden |= Q(**{f"{self.within}__in": whole._default_manager.hidden_from(user).values("pk")})
        return self.filter(hidden)

    def visible_to(self, user):
        """The one rule of who sees what in the back office, besides the rights to whole kinds of records."""
        return self.exclude(pk__in=self.model._default_manager.hidden_from(user).values("pk"))


class Guarded(Record):
    """A record that can be put under embargo while it waits for the public."""

    class Meta:
        abstract = True

    def is_visible_to(self, user):
        """The rule of `visible_to()` for one record in hand."""
        return type(self)._default_manager.filter(pk=self.pk).visible_to(user).exists()

    @property
    def embargo(self):
        """The embargo that binds now, or None."""
        return Embargo.objects.of(self).in_force().first()

    def refuse_embargoed(self, name, by, at):
        """Refuse a verb by somebody from whom the record is kept, and its publication at a moment before the end."""
        if not self.is_visible_to(by):
            raise PermissionDenied(gettext("This is under embargo, and you are not among those who may see it."))
        if name == "publish":
            Embargo.objects.refuse_publication(self, at)

    def may_embargo(self, user):
        """Whether this person may put it under embargo, or change the embargo it is under."""
        if (embargo := self.embargo) is not None:
            return embargo.is_kept_by(user)
        return user.pk in self.author_ids() or self._may_review(user)
