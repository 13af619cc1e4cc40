"""Figures."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Statistic

from .base import NewsroomAdmin


@admin.register(Statistic)
class StatisticAdmin(NewsroomAdmin):
    list_display = ["indicator", "country", "year", "value", "unit"]
    list_filter = ["year", ("country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["country"]
    search_fields = ["indicator", "country__name", "=year"]
    autocomplete_fields = ["country", "articles"]
    fieldsets = [
        (None, {"fields": ["indicator", ("value", "unit"), ("country", "year")]}),
        (_("Source"), {"fields": ["source", "note"]}),
        (_("Where it is shown"), {"fields": ["articles"]}),
    ]
