"""Figures."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Statistic

from .base import NewsroomAdmin, links


@admin.register(Statistic)
class StatisticAdmin(NewsroomAdmin):
    list_display = ["indicator", "country", "year", "value", "unit"]
    list_filter = ["year", ("country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["country"]
    search_fields = ["indicator", "country__name", "=year"]
    autocomplete_fields = ["country"]
    readonly_fields = ["shown_in"]
    fieldsets = [
        (None, {"fields": ["indicator", ("value", "unit"), ("country", "year")]}),
        (_("Source"), {"fields": ["source", "note"]}),
        (_("Where it is shown"), {"fields": ["shown_in"]}),
    ]

    @admin.display(description=_("articles"))
    def shown_in(self, obj):
        """It is put into an article in the form of the article, so that a published one changes only by review."""
        return links(obj.articles.visible_to(obj.viewer) if obj.pk else [])
