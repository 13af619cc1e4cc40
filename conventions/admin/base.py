"""What the form of every record shares, of the register and of the newsroom."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, models
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from conventions.records import OldAddress

from .autosave import AutosaveMixin
from .keeping import KeepingMixin
from .versions import VersionsMixin

# --- Fields -------------------------------------------------------------------------------------------------------

#: Notes and summaries are a few lines long; a form of ten of them stays in sight.
SHORT_TEXT = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}


class FieldsMixin:
    """How forms and rows edit their fields."""

    formfield_overrides = SHORT_TEXT

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Other records can be looked at, changed and added on the way, but not deleted."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.can_delete_related = False
        return field


# --- Parts: rows inside another record's form ---------------------------------------------------------------------


class LoadedAutocompleteSelect(AutocompleteSelect):
    """An autocomplete that is told its chosen record, so that ten rows do not ask the database ten times."""

    loaded = None

    def optgroups(self, name, value, attr=None):
        if self.loaded is None or [str(self.loaded.pk)] != [str(part) for part in value]:
            return super().optgroups(name, value, attr)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        return [(None, [*empty, self.create_option(name, self.loaded.pk, str(self.loaded), True, len(empty))], 0)]


class PartForm(forms.ModelForm):
    """A row. Its fields are named for those who do not see the head of the table."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = str(field.label or name)
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, LoadedAutocompleteSelect) and self.instance.pk:
                widget.loaded = getattr(self.instance, name)


class PartFormSet(forms.BaseInlineFormSet):
    """Rows of one record. Two equal ones are refused with the sentence of the constraint they would break."""

    def get_unique_error_message(self, unique_check):
        broken = [each for each in self.model._meta.constraints if set(getattr(each, "fields", ())) == set(unique_check)]
        return broken[0].get_violation_error_message() if broken else super().get_unique_error_message(unique_check)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Delete this row")


class PartInline(FieldsMixin, admin.options.InlineModelAdmin):
    """Rows that may be touched by whoever may touch the whole."""

    form = PartForm
    formset = PartFormSet
    extra = 0
    related = ()

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.related)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", LoadedAutocompleteSelect(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def whole_may_change(self, request, obj):
        whole = self.admin_site.get_model_admin(self.parent_model)
        return whole.has_change_permission(request, obj) if obj else whole.has_add_permission(request)

    def has_add_permission(self, request, obj):
        return super().has_add_permission(request, obj) and self.whole_may_change(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.whole_may_change(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.whole_may_change(request, obj)


class TabularPart(PartInline, admin.TabularInline):
    """Short rows, as a table."""


class StackedPart(PartInline, admin.StackedInline):
    """Long rows, one below the other."""


# --- Records ------------------------------------------------------------------------------------------------------


def refusal_of(error):
    """Say in a sentence what stopped the database from saving."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, IntegrityError):
        return _("Somebody saved the same at this moment, so nothing was saved. Look again before you save.")
    return _("The database was busy, so nothing was saved. Try again in a moment.")


class RecordAdmin(KeepingMixin, AutosaveMixin, VersionsMixin, FieldsMixin, admin.ModelAdmin):
    """What all forms share: who may touch what is public, addresses that lead on for ever, refusals in sentences."""

    show_full_result_count = False
    list_per_page = 50
    #: Made from another field, and only when the record is new: later it is an address that others link to.
    slug_from = ""

    # Rights: the model permissions say what a person may do; these three say to which record.

    def is_public(self, obj):
        """Whether the public sees it now. The register is public as a whole."""
        return True

    def may_touch(self, request, obj):
        """Whether this person may change this record as it stands."""
        return True

    def may_delete(self, obj):
        return True

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self.may_touch(request, obj))

    def has_delete_permission(self, request, obj=None):
        mine = super().has_delete_permission(request, obj)
        return mine and (obj is None or (self.may_delete(obj) and self.may_touch(request, obj)))

    # Lists and forms.

    def get_queryset(self, request):
        """With what its names need: autocompletes use it too."""
        return super().get_queryset(request).select_related(*(self.list_select_related or ()))

    def get_prepopulated_fields(self, request, obj=None):
        return {"slug": (self.slug_from,)} if self.slug_from and obj is None else {}

    def get_view_on_site_url(self, obj=None):
        """Only what is public has an address to look at."""
        if obj is None or not hasattr(obj, "get_absolute_url") or not self.is_public(obj):
            return None
        return obj.get_absolute_url()

    # Saving.

    def save_model(self, request, obj, form, change):
        """Keep the old address of what the public could link to."""
        stored = self.model._base_manager.get(pk=obj.pk) if change and hasattr(obj, "get_absolute_url") else None
        old = stored.get_absolute_url() if stored and self.was_public(stored) else None
        super().save_model(request, obj, form, change)
        if old:
            OldAddress.objects.remember(old, obj)

    def was_public(self, obj):
        """Whether the public could ever have linked to it."""
        return self.is_public(obj)

    def save_related(self, request, form, formsets, change):
        """Refuse a change that makes public what this person may not: a new part of something public, for example."""
        super().save_related(request, form, formsets, change)
        if not self.may_touch(request, form.instance):
            raise ValidationError(_("This would be public at once: an editor can do that, or you with something unpublished."))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show the form again, with its input and a sentence, when somebody else or the database stands against saving it."""
        if request.method == "POST" and object_id and (told := self.written_meanwhile(request, object_id)):
            request.refusal = told
            return self._changeform_view(request, object_id, form_url, extra_context)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (ValidationError, IntegrityError, OperationalError) as error:
            if request.method != "POST":
                raise
            request.refusal = refusal_of(error)
        return self._changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        return self.or_told(request, super().delete_view, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        return self.or_told(request, super().changelist_view, extra_context)

    def or_told(self, request, view, *args):
        """Where there is no input to keep: say that the database was busy, and show the page again."""
        try:
            return view(request, *args)
        except OperationalError as error:
            if request.method != "POST":
                raise
            self.message_user(request, refusal_of(error), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return refused(form, request.refusal) if hasattr(request, "refusal") else form


def refused(form_class, sentence):
    """Make a form that keeps its input and says why nothing was saved."""

    class RefusedForm(form_class):
        def clean(self):
            super().clean()
            raise ValidationError(sentence)

    return RefusedForm


class ReadOnlyAdmin(RecordAdmin):
    """A record that the site keeps by itself: to be read, never touched."""

    actions = None
    keeps_unsaved = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
