"""Every save and deletion of a record leaves a version, and nobody writes over what somebody else saved meanwhile unseen."""

from django.utils.formats import localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from conventions.models import Version
from conventions.records import Record


class KeepingMixin:
    """For the form of a curated record. The form knows from which version it was made."""

    @property
    def keeps_versions(self):
        return issubclass(self.model, Record)

    def head(self, key):
        """The last version of the record with this key, proposed ones included, or None."""
        if not self.keeps_versions or not str(key).isdecimal():
            return None
        return Version.objects.kept().at(self.model, key).select_related("by").order_by("number").last()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        head = self.head(obj.pk) if obj is not None else None
        context["made_from"] = head.number if head else 0
        return super().render_change_form(request, context, add, change, form_url, obj)

    def written_meanwhile(self, request, key):
        """What to tell whoever saves a form that is older than the last version, or ""."""
        made_from, head = request.POST.get("made_from", ""), self.head(key)
        if not made_from.isdecimal() or head is None or int(made_from) >= head.number:
            return ""
        if head.base is None and head.by is None:  # the text as the form found it, written down since by a move
            return ""
        told = _("%(who)s saved version %(number)s at %(at)s, after you opened this form.") % {
            "who": head.by or _("Somebody"),
            "number": head.number,
            "at": localize(localtime(head.at)),
        }
        yours = _("Your text stands below and is not saved yet: compare it with the versions.")
        again = _("If you save again, yours takes the place of the other, which stays among the versions.")
        return f"{told} {yours} {again}"

    def keep(self, request, record, by):
        """Write down what the record says in the database now."""
        if self.keeps_versions:
            Version.objects.keep(record, by=by)

    def save_model(self, request, obj, form, change):
        """Write down first what was changed by another door, so that nobody is named for what they did not write."""
        if change:
            self.keep(request, obj, by=None)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.keep(request, form.instance, by=request.user)

    def delete_model(self, request, obj):
        self.keep_deleted(request, [obj])
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        self.keep_deleted(request, queryset)
        super().delete_queryset(request, queryset)

    def keep_deleted(self, request, records):
        """The last version of what is deleted says by whom."""
        for record in records if self.keeps_versions else []:
            Version.objects.keep(record, by=request.user, note=str(_("Deleted")))
