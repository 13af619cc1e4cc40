"""Pages about the site itself."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.forms import RICH_TEXT
from articles.models import Page
from conventions.admin import SHORT_TEXT
from conventions.records import RichTextField

from .asked import AskedFilter
from .base import PublishableAdmin, StateFilter


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    """What the site says of itself. What only its operator knows is a setting, and is shown below the text."""

    list_display = ["title", "state", "slug", "position"]
    list_filter = [StateFilter, AskedFilter]
    search_fields = ["title", "slug", "standfirst", "body"]
    slug_from = "title"
    formfield_overrides = {**SHORT_TEXT, RichTextField: RICH_TEXT}
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "slug", "standfirst", "body", "position"],
                "description": _(
                    "Who runs the site, its address and the licence of its texts are settings: they are shown below the text "
                    "where they belong, and need no repeating in it."
                ),
            },
        ),
        PublishableAdmin.STATE,
    ]
