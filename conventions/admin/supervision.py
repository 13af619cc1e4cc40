"""What supervisory bodies said, in the back office. Editors keep it; reporters read it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from conventions.models import Convention, SupervisoryComment

from .base import RecordAdmin


@admin.register(SupervisoryComment)
class SupervisoryCommentAdmin(RecordAdmin):
    list_display = ["country", "kind", "year", "instruments", "publisher"]
    list_filter = ["kind", "year", ("country", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["country__name", "conventions__code", "summary", "publisher", "url"]
    autocomplete_fields = ["country", "conventions"]
    fieldsets = [
        (None, {"fields": ["country", "kind", ("year", "published_year"), "conventions"]}),
        (gettext_lazy("What was said"), {"fields": ["summary", "note"]}),
        (gettext_lazy("Source"), {"fields": ["url", "publisher"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).for_pages()

    def get_search_results(self, request, queryset, search_term):
        """People write C87; the register writes C087."""
        return super().get_search_results(request, queryset, Convention.canonical_code(search_term) or search_term)

    @admin.display(description=gettext_lazy("instruments"), empty_value="—")
    def instruments(self, obj):
        return ", ".join(convention.short_code for convention in obj.conventions.all()) or None
