"""The log of all moves between states."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import Transition
from conventions.admin import ReadOnlyAdmin

from .guarding import without_hidden


@admin.register(Transition)
class TransitionAdmin(ReadOnlyAdmin):
    list_display = ["headline", "content_type", "before", "after", "by", "to", "at", "effective_at"]
    list_filter = ["after", ("content_type", admin.RelatedOnlyFieldListFilter), ("by", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["content_type", "by", "to"]
    date_hierarchy = "at"
    search_fields = ["headline", "reason"]
    fields = ["link", "verb", ("before", "after"), ("by", "to"), "at", "effective_at", "reason"]
    readonly_fields = ["link"]

    def get_queryset(self, request):
        return without_hidden(super().get_queryset(request), request.user)

    @admin.display(description=_("record"))
    def link(self, obj):
        """By the name it had then."""
        kind = obj.content_type
        address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[obj.object_id])
        return format_html('<a href="{}">{}</a>', address, obj.headline)
