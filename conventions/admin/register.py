"""The register in the back office. It is the chief's to change; releases of it are the editors' to decide on."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from conventions.models import Convention, Country, OldAddress, Ratification, Topic

from .base import ReadOnlyAdmin, RecordAdmin


@admin.register(Topic)
class TopicAdmin(RecordAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    slug_from = "name"


@admin.register(Country)
class CountryAdmin(RecordAdmin):
    list_display = ["name", "iso3", "region", "region_verified", "member_since"]
    list_filter = ["region", "region_verified"]
    search_fields = ["name", "official_name", "iso3", "iso2"]
    slug_from = "name"
    fieldsets = [
        (None, {"fields": ["name", "official_name", "slug", ("iso3", "iso2")]}),
        (gettext_lazy("Membership"), {"fields": [("region", "region_verified"), "member_since", "member_note", "delisted_on"]}),
        (gettext_lazy("Source"), {"fields": ["source", "coverage_note"]}),
    ]


@admin.register(Convention)
class ConventionAdmin(RecordAdmin):
    list_display = ["code", "title", "year", "category", "status", "entry_into_force"]
    list_filter = ["kind", "category", "status", "entry_into_force", "title_verified", "status_verified"]
    search_fields = ["code", "title"]
    autocomplete_fields = ["topics", "revises"]
    fieldsets = [
        (None, {"fields": [("kind", "code", "number", "year"), "title", "title_verified"]}),
        (gettext_lazy("Dates"), {"fields": ["adopted_on", "entry_into_force", "in_force_on"]}),
        (gettext_lazy("In NORMLEX"), {"fields": ["category", ("status", "status_verified"), "topics", "revises"]}),
        (gettext_lazy("Source"), {"fields": ["source", "note", "delisted_on"]}),
        (
            gettext_lazy("Ratifications known"),
            {"fields": ["coverage", ("coverage_on", "coverage_on_precision"), "coverage_note"]},
        ),
    ]

    def get_search_results(self, request, queryset, search_term):
        """People write C87; the register writes C087."""
        return super().get_search_results(request, queryset, Convention.canonical_code(search_term) or search_term)


@admin.register(Ratification)
class RatificationAdmin(RecordAdmin):
    list_display = ["country", "convention", "act", "date", "status", "verification", "registered"]
    list_filter = ["status", "verification", "registered"]
    list_select_related = ["country", "convention"]
    search_fields = ["country__name", "country__iso3", "convention__code", "convention__title"]
    autocomplete_fields = ["country", "convention"]
    date_hierarchy = "ratified_on"
    fieldsets = [
        (None, {"fields": ["country", "convention", "act", "status"]}),
        (
            gettext_lazy("Dates"),
            {
                "fields": [("ratified_on", "ratified_on_precision"), ("denounced_on", "denounced_on_precision")],
                "description": gettext_lazy("Only what a source gives. A date that no source gives stays empty."),
            },
        ),
        (gettext_lazy("Truth"), {"fields": ["verification", "registered", "source", "national_law", "note", "delisted_on"]}),
    ]

    @admin.display(description=gettext_lazy("ratified"), ordering="ratified_on", empty_value="—")
    def date(self, obj):
        return obj.ratified


@admin.register(OldAddress)
class OldAddressAdmin(ReadOnlyAdmin):
    list_display = ["path", "content_type", "object_id"]
    list_select_related = ["content_type"]
    search_fields = ["path"]
