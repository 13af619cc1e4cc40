"""Roadmaps with their parts, and the commitments made in them."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Commitment, Law, Party, PriorityArea, Responsibility, Roadmap, Signature, Wording
from conventions.admin import StackedPart, TabularPart

from .asked import AskedFilter
from .base import NewsroomAdmin, PublishableAdmin, StateFilter, links
from .recording import record_link, record_url
from .watch import CommitmentWatchFilter


def add_link(model_name, parent, label):
    """A link to an empty form with its parent filled in."""
    query = urlencode({parent._meta.model_name: parent.pk})
    return format_html('<a class="addlink" href="{}?{}">{}</a>', reverse(f"admin:articles_{model_name}_add"), query, label)


def offered_update(met):
    """What the register offers for a commitment of `met_by_register()`: the act, and the short form filled in with it."""
    facts = {"iso3": met.roadmap.country.iso3, "code": met.convention.short_code, "day": met.met}
    if met.met:
        told = gettext("The register has a ratification that meets this: %(iso3)s %(code)s, registered %(day)s.")
    else:
        told = gettext("The register has a ratification, %(iso3)s %(code)s, of unknown date: look whether it meets this.")
    act = reverse("admin:conventions_ratification_change", args=[met.met_by])
    update = record_link(met, _("Record it as an update"), act=met.met_by)
    return format_html('<p>{} <a href="{}">{}</a></p>{}', told % facts, act, _("The act in the register"), update)


class MetByRegisterFilter(admin.SimpleListFilter):
    """Open promises to ratify that an act in the register meets, and those called delivered that none does."""

    title = _("the register")
    parameter_name = "register"

    def lookups(self, request, model_admin):
        return [("meets", _("Met by the register")), ("lacks", _("Delivered, but not in the register"))]

    def queryset(self, request, queryset):
        rules = {"meets": Commitment.objects.met_by_register, "lacks": Commitment.objects.unregistered}
        return queryset.filter(pk__in=rules[self.value()]().values("pk")) if self.value() in rules else queryset


class PriorityAreaInline(StackedPart):
    model = PriorityArea
    fields = [("number", "title"), "note"]


class PartyInline(TabularPart):
    model = Party
    autocomplete_fields = ["organisation"]
    related = ["organisation"]
    fields = ["role", "as_stated", "organisation"]


class SignatureInline(StackedPart):
    model = Signature
    autocomplete_fields = ["person", "organisation"]
    related = ["person", "organisation"]
    fields = ["person", "role_as_stated", "organisation", "source"]


@admin.register(Roadmap)
class RoadmapAdmin(PublishableAdmin):
    list_display = ["title", "state", "kind", "country", "starts_on", "ends_on"]
    list_filter = [StateFilter, AskedFilter, "kind", ("country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["country"]
    date_hierarchy = "ends_on"
    search_fields = ["title", "slug"]
    slug_from = "title"
    autocomplete_fields = ["country"]
    readonly_fields = [*PublishableAdmin.readonly_fields, "promises"]
    inlines = [PriorityAreaInline, PartyInline, SignatureInline]
    fieldsets = [
        (None, {"fields": ["kind", "title", "slug", "country", "summary"]}),
        (
            _("Period"),
            {
                "fields": [("starts_on", "starts_on_precision"), ("ends_on", "ends_on_precision")],
                "description": _("Both days belong to it."),
            },
        ),
        (_("Signature"), {"fields": [("signed_on", "signed_on_precision"), "signed_place", "signed_note"]}),
        (_("Source"), {"fields": ["source"]}),
        (_("Commitments"), {"fields": ["promises"]}),
        PublishableAdmin.STATE,
    ]

    @admin.display(description=_("commitments"))
    def promises(self, obj):
        if not obj.pk:
            return _("Save the roadmap first; then add its commitments.")
        return format_html("{}{}", links(obj.commitments.all()), add_link("commitment", obj, _("Add a commitment")))


class ResponsibilityInline(TabularPart):
    model = Responsibility
    autocomplete_fields = ["organisation"]
    related = ["organisation"]
    fields = ["organisation", "role"]


class LawInline(StackedPart):
    model = Law
    fields = ["title", "source"]


class WordingInline(StackedPart):
    model = Wording
    autocomplete_fields = ["evidence"]
    related = ["evidence"]
    fields = ["evidence", "exact", ("prefix", "suffix"), "strength"]


@admin.register(PriorityArea)
class PriorityAreaAdmin(NewsroomAdmin):
    """Here for the autocomplete of a commitment's area; edited in the form of its roadmap."""

    list_display = ["title", "roadmap", "number"]
    list_select_related = ["roadmap"]
    search_fields = ["title", "roadmap__title"]

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Commitment)
class CommitmentAdmin(NewsroomAdmin):
    list_display = ["title", "roadmap", "strength", "instrument", "due_on"]
    list_filter = [CommitmentWatchFilter, MetByRegisterFilter, "strength", ("roadmap__country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["roadmap", "convention"]
    search_fields = ["title", "slug", "roadmap__title", "convention__code"]
    slug_from = "title"
    autocomplete_fields = ["roadmap", "area", "convention", "also_concerns"]
    readonly_fields = ["updates_so_far", "offer"]
    inlines = [WordingInline, ResponsibilityInline, LawInline]
    fieldsets = [
        (None, {"fields": ["roadmap", ("area", "number"), "title", "slug", "summary"]}),
        (
            _("What was promised"),
            {
                "fields": ["exact", ("prefix", "suffix"), "strength", "convention", "also_concerns"],
                "description": _("In the source’s words. A verdict is measured against them, not against a stronger promise."),
            },
        ),
        (_("When"), {"fields": [("made_on", "made_on_precision"), ("due_on", "due_on_precision")]}),
        (_("Source"), {"fields": ["source", "note"]}),
        (_("What happened since"), {"fields": ["updates_so_far", "offer"]}),
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A promise stays in the roadmap from which the public knows it. It is disabled and not left out: numbers hang on it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "roadmap" in form.base_fields:
            form.base_fields["roadmap"].disabled = self.was_public(obj)
        return form

    @admin.display(description=_("instrument"), ordering="convention")
    def instrument(self, obj):
        """By its code: the whole title would leave no room for the promise."""
        return obj.convention.short_code if obj.convention else ""

    @admin.display(description=_("updates"))
    def updates_so_far(self, obj):
        if not obj.pk:
            return _("Save the commitment first; then record what happened.")
        updates = obj.updates.visible_to(obj.viewer).select_related("commitment")
        recording = record_link(obj) if obj.viewer.has_perm("articles.add_progressupdate") else ""
        return format_html("{}{}", links(updates), recording)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """With the way to the short form, for whoever may record an update."""
        if obj is not None and request.user.has_perm("articles.add_progressupdate"):
            context["record_url"] = record_url(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("the register"))
    def offer(self, obj):
        met = Commitment.objects.met_by_register().filter(pk=obj.pk).select_related("roadmap__country", "convention").first()
        return offered_update(met) if met else "—"

    def was_public(self, obj):
        return obj.roadmap.was_ever_public

    def may_delete(self, obj):
        return not self.was_public(obj)

    def may_touch(self, request, obj):
        """With its roadmap: what has passed review there, scheduled included, is the editors' here."""
        roadmaps = self.admin_site.get_model_admin(Roadmap)
        return self.may_change_public(request) or not roadmaps.is_reviewed(obj.roadmap)
