"""What readers send: read, settled, and published where it is a reply whose author is known."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import Reply

from .base import PublishableAdmin, StateFilter


@admin.register(Reply)
class ReplyAdmin(PublishableAdmin):
    list_display = ["__str__", "state", "kind", "received_at", "settled_at"]
    list_filter = [StateFilter, "kind", "voice", ("settled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["commitment", "article"]
    date_hierarchy = "received_at"
    search_fields = ["text", "name", "organisation"]
    readonly_fields = [
        *PublishableAdmin.readonly_fields, "commitment", "article", "received_at", "settled_at", "settled_by", "outcome",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["commitment", "article", "kind", "text", "url", "received_at"]}),
        (_("From"), {"fields": ["name", "organisation", "voice", "email", "identity"]}),
        (_("What was done"), {"fields": [("settled_at", "settled_by"), "outcome"]}),
        PublishableAdmin.STATE,
    ]

    def has_add_permission(self, request):
        return False
