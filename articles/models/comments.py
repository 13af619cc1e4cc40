"""Comments on what waits for the public: on the whole, on a field or on a passage. They are the newsroom's own, for ever."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.passages import WHOLE, Quote, find, plain, quote
from conventions import snapshots
from conventions.models import Version
from conventions.records import RichTextField

from .embargoes import Embargo
from .publishing import Refused
from .states import Status

# --- What can be commented on -------------------------------------------------------------------------------------


def waits(record):
    """Whether something of the record waits for the public: a draft, a text in review or scheduled, or a change."""
    return record.status in (Status.DRAFT, Status.IN_REVIEW) or record.is_scheduled or record.pending_id is not None


def may_comment(record, by):
    """Whether this person may view the record in the back office."""
    kind = f"{record._meta.model_name}"
    views = any(by.has_perm(f"{record._meta.app_label}.{right}_{kind}") for right in ("view", "change"))
    return by.is_active and by.is_staff and views and record.is_visible_to(by)


def places(model):
    """The fields, sets and parts of a record that can be commented on, with what editors call them."""
    names = [field.name for field in snapshots.own_fields(model) if not field.name.endswith("_precision")]
    return {name: label_of(model, name) for name in [*names, *snapshots.set_names(model), *model.parts]}


def label_of(model, name):
    field = model._meta.get_field(name)
    return str(capfirst(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural))


def said(record, name):
    """What a field, a set or a part says in plain text: by the change that waits, if there is one."""
    if record.pending_id:
        return words_of(type(record), name, record.pending.snapshot)
    if name in record.parts:
        return words_of(type(record), name, {"parts": {name: snapshots.read_parts(record, name)}})
    if name in snapshots.set_names(type(record)):
        return words_of(type(record), name, {"sets": {name: snapshots.read_set(record, name)}})
    return words_of(type(record), name, {"fields": snapshots.read(record, [record._meta.get_field(name)])})


def words_of(model, name, shot):
    """The plain text of one place in a snapshot."""
    if name in shot.get("fields", {}):
        value = shot["fields"][name]
        return plain(value) if isinstance(model._meta.get_field(name), RichTextField) else shown(value)
    rows = [row["fields"].values() for row in shot.get("parts", {}).get(name, [])]
    return "\n".join(shown(value) for value in [*shot.get("sets", {}).get(name, []), *(value for row in rows for value in row)])


def shown(value):
    return str(value["name"] if isinstance(value, dict) else "" if value is None else value)


def with_notes(records):
    """Records of one kind with what stands in the way of their publication: `open_comments`, and `embargoed_until`."""
    return Comment.objects.counted(Embargo.objects.shown(records))


# --- Comments -----------------------------------------------------------------------------------------------------


class CommentQuerySet(models.QuerySet):
    def of(self, record):
        """The comments on one record, the oldest first."""
        kind = ContentType.objects.get_for_model(record)
        return self.filter(content_type=kind, object_id=record.pk).select_related("by", "resolved_by", "version").order_by("pk")

    def threads(self):
        """Without the replies."""
        return self.filter(reply_to__isnull=True)

    def open(self):
        """What somebody still has to answer or to do."""
        return self.threads().filter(resolved_at__isnull=True)

    def counted(self, records):
        """Records of one kind, each with the number of its open comments."""
        kind = ContentType.objects.get_for_model(records.model)
        mine = self.open().filter(content_type=kind, object_id=OuterRef("pk")).order_by().values("object_id")
        return records.annotate(open_comments=Coalesce(Subquery(mine.annotate(total=Count("pk")).values("total")), 0))

    def make(self, record, *, by, text, field="", quoted=WHOLE, seen=None, reply_to=None):
        """Say something about a record; of a `quoted` passage the surroundings are taken from the text itself.

        `seen` is the number of the version that was read; without it, it is the last one.
        """
        if not may_comment(record, by):
            raise PermissionDenied(gettext("You may comment only on what you may see."))
        if not text.strip():
            raise Refused(gettext("Say something: a comment has a text."))
        with transaction.atomic():
            row = type(record)._base_manager.select_for_update().get(pk=record.pk)
            if not waits(row):
                told = {"record": row, "state": row.state().lower()}
                raise Refused(gettext("“%(record)s” is %(state)s: comments are made on what waits for the public.") % told)
            anchor = self._answered(row, reply_to) if reply_to else self._anchored(row, field, quoted)
            versions = Version.objects.of(row)
            version = versions.filter(number=seen).first() if seen is not None else row.pending or versions.last()
            return self.create(record=row, headline=str(row)[:400], version=version, by=by, text=text.strip(), **anchor)

    @staticmethod
    def _answered(row, comment):
        if comment.reply_to_id or comment.object_id != row.pk or comment.content_type.model_class() is not type(row):
            raise Refused(gettext("One replies to a comment on the same record, and not to a reply."))
        return {"reply_to": comment}

    @staticmethod
    def _anchored(row, field, quoted):
        if field and field not in places(type(row)):
            raise Refused(gettext("There is no such field."))
        if not quoted.exact.strip():
            return {"field": field}
        if not field:
            raise Refused(gettext("Say in which field the passage stands."))
        if (found := quote(said(row, field), quoted)) is None:
            told = {"field": places(type(row))[field]}
            raise Refused(
                gettext("“%(field)s” as it was saved does not hold this passage: copy it letter by letter, or save first.") % told
            )
        return {"field": field, **found._asdict()}


class Comment(models.Model):
    """What somebody said about a draft: who, when, having read which version, and about which words.

    The words are a TextQuoteSelector of the W3C: the passage with what stands before and after it. What was said is never
    changed or deleted, and stays when the draft is deleted; whether it is resolved is all that changes.
    """

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey()
    headline = models.CharField(_("headline"), max_length=400, help_text=_("What the record was called at that moment."))
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("version"), help_text=_("What was read.")
    )
    reply_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies", verbose_name=_("reply to"))
    field = models.CharField(_("field"), max_length=60, blank=True, help_text=_("Empty: the whole."))
    exact = models.TextField(_("passage"), blank=True, help_text=_("Empty: the whole field."))
    prefix = models.CharField(_("before it"), max_length=100, blank=True)
    suffix = models.CharField(_("after it"), max_length=100, blank=True)
    text = models.TextField(_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("resolved by")
    )
    resolved_at = models.DateTimeField(_("resolved at"), null=True)

    objects = CommentQuerySet.as_manager()

    #: What the database lets nobody write over.
    KEPT = {
        "columns": [
            *("content_type_id", "object_id", "headline", "version_id", "reply_to_id"),
            *("field", "exact", "prefix", "suffix", "text", "by_id", "at"),
        ]
    }

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["content_type", "object_id"], name="comment_record")]
        constraints = [
            models.CheckConstraint(
                name="comment_passage_stands_in_a_field",
                condition=~Q(field="") | Q(exact=""),
                violation_error_message=_("A passage stands in a field."),
            ),
            models.CheckConstraint(
                name="comment_resolved_by_somebody",
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False, reply_to__isnull=True),
                violation_error_message=_("What is resolved says when, and by whom; a reply is resolved with its comment."),
            ),
        ]

    def __str__(self):
        return f"{self.headline}: {self.text[:60]}"

    @property
    def quoted(self):
        return Quote(self.exact, self.prefix, self.suffix)

    def stands(self, text):
        """Whether the passage is still in the `text` of its field."""
        return find(text, self.quoted) is not None

    def may_resolve(self, user, authors=None):
        """Whoever said it, the authors of the record, and those who review such records. `authors`: if they are known."""
        record = self.record
        if self.reply_to_id or record is None:
            return False
        return user.pk in {self.by_id, *(record.author_ids() if authors is None else authors)} or record._may_review(user)

    def resolve(self, *, by):
        """Say that it is answered or done."""
        self._settle(by, resolved_by=by, resolved_at=timezone.now())

    def reopen(self, *, by):
        """Say that it is not, after all."""
        self._settle(by, resolved_by=None, resolved_at=None)

    def _settle(self, by, **values):
        if not (self.may_resolve(by) and may_comment(self.record, by)):
            raise PermissionDenied(gettext("A comment is resolved by whoever made it, by an author or by a reviewer."))
        changed = Comment.objects.filter(pk=self.pk, resolved_at__isnull=values["resolved_at"] is not None).update(**values)
        if not changed:
            raise Refused(gettext("Somebody did that already."))
        self.refresh_from_db(fields=["resolved_by", "resolved_at"])
