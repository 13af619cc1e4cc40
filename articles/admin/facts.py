"""Figures."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Statistic

from .base import NewsroomAdmin, links


@admin.register(Statistic)
class StatisticAdmin(NewsroomAdmin):
    list_display = ["indicator", "where", "year", "amount", "unit"]
    list_filter = ["year", ("country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["country"]
    empty_value_display = _("worldwide")  # among the countries by which the list is filtered
    search_fields = ["indicator", "country__name", "=year"]
    autocomplete_fields = ["country"]
    readonly_fields = ["shown_in"]
    fieldsets = [
        (None, {"fields": ["indicator", ("qualifier", "value", "unit"), ("country", "year")]}),
        (_("Source"), {"fields": ["source", "note"]}),
        (_("Where it is shown"), {"fields": ["shown_in"]}),
    ]

    @admin.display(description=_("country"), ordering="country__name")
    def where(self, obj):
        return obj.where

    @admin.display(description=_("value"), ordering="value")
    def amount(self, obj):
        return obj.amount

    @admin.display(description=_("articles"))
    def shown_in(self, obj):
        """It is put into an article in the form of the article, so that a published one changes only by review."""
        return links(obj.articles.visible_to(obj.viewer) if obj.pk else [])
