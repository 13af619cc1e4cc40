"""What happened to commitments: updates, their evidence, and the second person's confirmation."""

from django.contrib import admin
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from articles.models import Evidence, ProgressUpdate, Status

from .asked import AskedFilter
from .base import MOVES, Move, NewsroomAdmin, PublishableAdmin, StateFilter, links


@admin.register(Evidence)
class EvidenceAdmin(NewsroomAdmin):
    """Evidence of what was published is nobody's to change: the update that it carries is superseded instead."""

    list_display = ["title", "publisher", "voice", "dated_on"]
    list_filter = ["voice"]
    date_hierarchy = "dated_on"
    search_fields = ["title", "publisher", "url"]
    autocomplete_fields = ["article"]
    readonly_fields = ["used_in"]
    fieldsets = [
        (None, {"fields": ["title", "url", "publisher", "voice", ("dated_on", "dated_on_precision")]}),
        (_("What it says"), {"fields": ["excerpt"]}),
        (_("A copy, if the address dies"), {"fields": ["archived_url", "accessed_on"]}),
        (_("Our article"), {"fields": ["article"]}),
        (_("Used in"), {"fields": ["used_in"]}),
    ]

    @admin.display(description=_("updates"))
    def used_in(self, obj):
        return links(self.uses(obj).visible_to(obj.viewer).select_related("commitment") if obj.pk else [])

    def uses(self, obj):
        return ProgressUpdate.objects.filter(Q(evidence=obj) | Q(further_evidence=obj)).distinct()

    def is_public(self, obj):
        reviewed = Q(status=Status.PUBLISHED) | Q(withdrawn_at__isnull=False)
        return self.uses(obj).filter(reviewed).exists()

    def may_touch(self, request, obj):
        return not self.is_public(obj)


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(PublishableAdmin):
    """An update is written once. After its publication a mistake is superseded by another update, with a reason."""

    moves = {
        **MOVES,
        "confirm": Move(_("Confirm the verdict"), _("You answer for it as a second person."), right="confirm"),
    }
    list_display = ["commitment", "state", "happened_on", "delivery", "is_confirmed", "drafted_by"]
    list_filter = [StateFilter, AskedFilter, "delivery", "effect", ("confirmed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["commitment", "drafted_by"]
    date_hierarchy = "happened_on"
    search_fields = ["commitment__title", "summary"]
    autocomplete_fields = ["commitment", "evidence", "further_evidence", "supersedes"]
    readonly_fields = [*PublishableAdmin.readonly_fields, "number", "recorded_at", "recorded_by", "confirmed_at", "confirmed_by"]
    fieldsets = [
        (None, {"fields": [("commitment", "number"), ("happened_on", "happened_on_precision"), "summary", "rung"]}),
        (_("Verdict"), {"fields": ["delivery", "effect", ("confirmed_by", "confirmed_at")]}),
        (
            _("Evidence"),
            {"fields": ["evidence", "further_evidence"], "description": _("Evidence of a published update is never changed.")},
        ),
        (_("Instead of an earlier update"), {"fields": ["supersedes", "reason"]}),
        (_("Record"), {"fields": [("recorded_by", "recorded_at")]}),
        PublishableAdmin.STATE,
    ]

    @admin.display(description=_("confirmed"), boolean=True)
    def is_confirmed(self, obj):
        return obj.confirmed_at is not None

    def get_view_on_site_url(self, obj=None):
        """An update is read on the page of its commitment."""
        return obj.commitment.get_absolute_url() if obj is not None and self.is_public(obj) else None

    def may_touch(self, request, obj):
        return not self.is_reviewed(obj)

    def has_confirm_permission(self, request):
        return self.has_right(request, "confirm")

    def ask(self, obj, name, by):
        """A confirmation is no move between states; the model has its own question for it."""
        if name == "confirm":
            obj.refuse_confirmation(by)
        else:
            super().ask(obj, name, by)

    def save_model(self, request, obj, form, change):
        """A new update takes the next number of its commitment and the name of who recorded it."""
        if not change:
            obj.recorded_by = request.user
            obj.number = (obj.commitment.updates.aggregate(last=Max("number"))["last"] or 0) + 1
        super().save_model(request, obj, form, change)
