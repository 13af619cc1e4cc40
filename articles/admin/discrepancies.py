"""What sources say differently, and which reading is used."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Discrepancy, Reading
from conventions.admin import StackedPart

from .asked import AskedFilter
from .base import PublishableAdmin, StateFilter


class ReadingInline(StackedPart):
    model = Reading
    autocomplete_fields = ["evidence"]
    related = ["evidence"]
    fields = ["says", "exact", ("evidence", "is_used")]


@admin.register(Discrepancy)
class DiscrepancyAdmin(PublishableAdmin):
    """Two readings or more of one fact. Which one is used is decided in the same review as everything else."""

    list_display = ["title", "state", "country"]
    list_filter = [StateFilter, AskedFilter, ("country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["country"]
    search_fields = ["title", "slug"]
    slug_from = "title"
    autocomplete_fields = ["country", "conventions", "articles", "roadmaps", "commitments"]
    inlines = [ReadingInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary"]}),
        (_("What it concerns"), {"fields": ["country", "conventions", "articles", "roadmaps", "commitments"]}),
        (_("Which one we use, and why"), {"fields": ["resolution"]}),
        PublishableAdmin.STATE,
    ]
