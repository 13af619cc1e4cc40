"""What sources say differently, and which reading is used."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Discrepancy, Reading
from conventions.admin import StackedPart
from conventions.admin.base import PartForm, PartFormSet

from .asked import AskedFilter
from .base import PublishableAdmin, StateFilter


class ReadingForm(PartForm):
    def _get_validation_exclusions(self):
        """Whether it is used is asked of all rows together: another one may give it up in the same form."""
        return {*super()._get_validation_exclusions(), "is_used"}


class ReadingFormSet(PartFormSet):
    """The readings of one fact, of which one is used, or none."""

    def clean(self):
        super().clean()
        kept = (form for form in self.forms if hasattr(form, "cleaned_data") and not self._should_delete_form(form))
        if sum(bool(form.cleaned_data.get("is_used")) for form in kept) > 1:
            raise ValidationError(_("One reading is used, or none."))

    def save(self, commit=True):
        """The one that is used no more is saved before the one that takes its place."""
        given_up = [
            form.instance.pk for form in self.initial_forms if "is_used" in form.changed_data or form in self.deleted_forms
        ]
        Reading.objects.filter(pk__in=given_up).update(is_used=False)
        return super().save(commit)


class ReadingInline(StackedPart):
    model = Reading
    form = ReadingForm
    formset = ReadingFormSet
    autocomplete_fields = ["evidence"]
    related = ["evidence"]
    fields = ["says", "exact", ("evidence", "is_used")]
    verbose_name_plural = gettext_lazy("Readings. Two or more, each with its source; none is used while the question is open")


class QuestionFilter(admin.SimpleListFilter):
    """Whether a reading is used."""

    title = gettext_lazy("question")
    parameter_name = "question"

    def lookups(self, request, model_admin):
        return [("open", _("Open")), ("used", _("One reading is used"))]

    def queryset(self, request, queryset):
        known = {"open": True, "used": False}
        return queryset.filter(used__isnull=known[self.value()]) if self.value() in known else queryset


@admin.register(Discrepancy)
class DiscrepancyAdmin(PublishableAdmin):
    """Two readings or more of one fact. Which one is used is decided in the same review as everything else."""

    list_display = ["title", "state", "country", "how_many", "which"]
    list_filter = [StateFilter, AskedFilter, QuestionFilter, ("country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["country"]
    search_fields = ["title", "slug", "summary", "readings__says", "readings__exact", "readings__evidence__publisher"]
    slug_from = "title"
    autocomplete_fields = ["country", "conventions", "articles", "roadmaps", "commitments"]
    inlines = [ReadingInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "slug", "summary"],
                "description": gettext_lazy("Put the fact as a question that each reading answers in its own way."),
            },
        ),
        (
            gettext_lazy("What it concerns"),
            {
                "fields": ["country", "conventions", "articles", "roadmaps", "commitments"],
                "description": gettext_lazy("Marked on each of their pages: “Sources differ”."),
            },
        ),
        (
            gettext_lazy("Which one we use, and why"),
            {
                "fields": ["resolution"],
                "description": gettext_lazy("A reading that is used is used for a reason, which the public reads."),
            },
        ),
        PublishableAdmin.STATE,
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_used().annotate(readings_there=Count("readings", distinct=True))

    @admin.display(description=gettext_lazy("readings"), ordering="readings_there")
    def how_many(self, obj):
        return obj.readings_there

    @admin.display(description=gettext_lazy("used here"), ordering="used")
    def which(self, obj):
        return obj.used or _("open")
