"""The filter of the lists by whom a text in review waits for."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .trays import is_asked_of_all


class AskedFilter(admin.SimpleListFilter):
    """What waits for review, by who was asked to do it. A name is a request: whoever else may review it still may."""

    title = _("asked of")
    parameter_name = "asked"

    def lookups(self, request, model_admin):
        return [("me", _("me")), ("all", _("all")), ("others", _("others"))]

    def queryset(self, request, queryset):
        if self.value() not in ("me", "all", "others"):
            return queryset
        mine, everybodys = Q(reviewer=request.user), is_asked_of_all(queryset.model)
        rule = {"me": mine, "all": everybodys, "others": ~mine & ~everybodys}[self.value()]
        return queryset.awaiting_review().filter(rule)
