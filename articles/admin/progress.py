"""What happened to commitments: updates, their evidence, and the second person's confirmation."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Evidence, Link, ProgressUpdate, Reading, Wording

from .asked import AskedFilter
from .base import MOVES, Move, NewsroomAdmin, PublishableAdmin, StateFilter, links
from .recording import RecordingMixin
from .watch import EvidenceWatchFilter, UpdateWatchFilter


@admin.register(Evidence)
class EvidenceAdmin(NewsroomAdmin):
    """Evidence of what was published is nobody's to change: the update that it carries is superseded instead.

    Where it lacks a copy, an editor can add one.
    """

    list_display = ["title", "publisher", "voice", "dated_on"]
    list_filter = [EvidenceWatchFilter, "voice"]
    date_hierarchy = "dated_on"
    search_fields = ["title", "publisher", "url"]
    autocomplete_fields = ["article"]
    readonly_fields = ["answer", "used_in"]
    fieldsets = [
        (None, {"fields": ["title", "url", "answer", "publisher", "voice", ("dated_on", "dated_on_precision")]}),
        (_("What it says"), {"fields": ["excerpt"]}),
        (_("A copy, if the address dies"), {"fields": ["archived_url", "accessed_on"]}),
        (_("Our article"), {"fields": ["article"]}),
        (_("Used in"), {"fields": ["used_in"]}),
    ]

    @admin.display(description=_("updates"))
    def used_in(self, obj):
        return links(self.uses(obj).visible_to(obj.viewer).select_related("commitment") if obj.pk else [])

    @admin.display(description=_("does it answer?"))
    def answer(self, obj):
        """What the address said when it was last asked."""
        link = Link.objects.filter(url=obj.url).first() if obj.pk else None
        if link is None:
            return _("Not asked yet.")
        return format_html("{}: {} ({})", link.get_state_display(), link.told or "—", link.asked_at.date().isoformat())

    def uses(self, obj):
        return ProgressUpdate.objects.filter(Q(evidence=obj) | Q(further_evidence=obj)).distinct()

    def is_public(self, obj):
        """Also as the source of a wording or of a reading."""
        others = (Wording.objects.published().filter(evidence=obj), Reading.objects.published().filter(evidence=obj))
        return obj.carries_updates or any(found.exists() for found in others)

    def may_touch(self, request, obj):
        if not obj.carries_updates:
            return super().may_touch(request, obj)
        return self.may_change_public(request) and (bool(obj.lacking) or getattr(obj, "got_copy", False))

    def get_readonly_fields(self, request, obj=None):
        """Of what carries public updates, all but what its copy lacks."""
        if obj is None or not obj.carries_updates:
            return super().get_readonly_fields(request, obj)
        own = [field.name for field in self.opts.fields if field.editable and field.name != "id"]
        return [*(name for name in own if name not in obj.lacking), *self.readonly_fields]

    def save_model(self, request, obj, form, change):
        """A copy is added where there is none at this moment, and never put in the place of another."""
        if change and obj.carries_updates:
            stored = Evidence.objects.select_for_update().get(pk=obj.pk)
            if set(form.changed_data) - set(stored.lacking):
                raise ValidationError(gettext("Somebody added a copy at this moment. The one that is there stays."))
            obj.got_copy = True
        super().save_model(request, obj, form, change)


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(RecordingMixin, PublishableAdmin):
    """An update is written once. After its publication a mistake is superseded by another update, with a reason."""

    moves = {
        **MOVES,
        "confirm": Move(_("Confirm the verdict"), _("You answer for it as a second person."), right="confirm"),
    }
    list_display = ["commitment", "state", "happened_on", "delivery", "is_confirmed", "drafted_by"]
    list_filter = [
        StateFilter, AskedFilter, UpdateWatchFilter, "delivery", "effect", ("confirmed_at", admin.EmptyFieldListFilter),
    ]  # fmt: skip
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
        (
            _("Instead of an earlier update"),
            {
                "fields": ["supersedes", "reason"],
                "description": _("Of one that was wrong. What came later needs no superseding: the latest event decides."),
            },
        ),
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

    def response_add(self, request, obj, post_url_continue=None):
        self.caution(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        self.caution(request, obj)
        return super().response_change(request, obj)

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
            obj.take_number()
        super().save_model(request, obj, form, change)
