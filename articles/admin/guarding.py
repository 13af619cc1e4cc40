"""What is under embargo from a person is nowhere in their back office: in no list, form, choice or page of another record."""

from django.contrib.admin.utils import NestedObjects
from django.contrib.contenttypes.models import ContentType
from django.db import models, router
from django.db.models import BooleanField, Case, CharField, Prefetch, Q, When, prefetch_related_objects
from django.db.models.functions import Cast
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles.models import Commitment, PriorityArea, Publishable


def is_guarded(model):
    """Whether an embargo can hide records of this kind: their own, or that of the whole in which they stand."""
    return hasattr(model._default_manager, "visible_to")


def seen_by(records, user):
    """Those of the records that this person may see."""
    return records.visible_to(user) if is_guarded(records.model) else records


def without_hidden(rows, user):
    """The rows of a log (`content_type`, `object_id`) without those about records under embargo from this person."""
    is_text = isinstance(rows.model._meta.get_field("object_id"), models.TextField)
    for model in [*Publishable.__subclasses__(), Commitment, PriorityArea]:
        hidden = model._default_manager.hidden_from(user)
        keys = hidden.values_list(Cast("pk", CharField()) if is_text else "pk", flat=True)
        rows = rows.exclude(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
    return rows


def is_hidden(record, user):
    """Whether a record, or something that it belongs to, is under embargo from this person."""
    links = [field.name for field in record._meta.concrete_fields if field.remote_field]
    found = [record, *(getattr(record, name) for name in links)]
    return any(each is not None and not seen_by(all_of(type(each)).filter(pk=each.pk), user).exists() for each in found)


def all_of(model):
    return model._default_manager.all()


# --- Choices ------------------------------------------------------------------------------------------------------


def linked(db_field, request):
    """The keys that the record in the address of this request has in a relation already."""
    key = (request.resolver_match.kwargs if request.resolver_match else {}).get("object_id", "")
    key = key if key.isdecimal() and len(key) < 19 else None
    if not db_field.many_to_many:
        return db_field.model._base_manager.filter(pk=key).values(db_field.attname)
    rows = db_field.remote_field.through._base_manager.filter(**{db_field.m2m_field_name(): key})
    return rows.values(db_field.m2m_reverse_field_name())


def discreet(field, db_field, request):
    """Let a choice offer and name only what this person may see. What is chosen already stays chosen, without its name."""
    if field is None or not is_guarded(field.queryset.model):
        return field
    hidden = field.queryset.model._default_manager.hidden_from(request.user).values("pk")
    told = Case(When(pk__in=hidden, then=True), default=False, output_field=BooleanField())
    field.queryset = field.queryset.annotate(is_hidden=told).filter(Q(is_hidden=False) | Q(pk__in=linked(db_field, request)))
    field.label_from_instance = lambda record: _("under embargo") if record.is_hidden else str(record)
    return field


def leave_out_hidden(record, user):
    """Take from a record in hand, which is only looked at, the links to what this person may not see."""
    for field in [*record._meta.concrete_fields, *record._meta.many_to_many]:
        if not (field.remote_field and is_guarded(field.related_model)):
            continue
        if field.many_to_many:
            prefetch_related_objects([record], Prefetch(field.name, all_of(field.related_model).visible_to(user)))
        elif (key := getattr(record, field.attname)) and not all_of(field.related_model).filter(pk=key).visible_to(user).exists():
            setattr(record, field.name, None)


# --- Forms and lists ----------------------------------------------------------------------------------------------


class GuardMixin:
    """For the forms of records that an embargo can hide, and of those that are linked to such."""

    def get_queryset(self, request):
        """Lists, forms, autocompletes, the desk, the find box and previews all begin here."""
        return seen_by(super().get_queryset(request), request.user)

    def get_object(self, request, object_id, from_field=None):
        record = super().get_object(request, object_id, from_field)
        if record is not None:
            record.viewer = request.user  # for what a form lists beside its fields
            if not self.has_change_permission(request, record):
                leave_out_hidden(record, request.user)
        return record

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return discreet(super().formfield_for_foreignkey(db_field, request, **kwargs), db_field, request)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return discreet(super().formfield_for_manytomany(db_field, request, **kwargs), db_field, request)

    def get_deleted_objects(self, objs, request):
        """What stands in the way of a deletion is named only to those who may see it."""
        deleted, counts, needed, protected = super().get_deleted_objects(objs, request)
        if protected:
            collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
            collector.collect(objs)
            protected = [named(record, request.user) for record in collector.protected]
        return deleted, counts, needed, protected


def named(record, user):
    return format_html("{}: {}", capfirst(record._meta.verbose_name), _("under embargo") if is_hidden(record, user) else record)
