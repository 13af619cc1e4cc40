"""Articles with their parts, and pictures."""

from dataclasses import replace

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from js_asset import Media

from articles.forms import RICH_TEXT, CorrectingApplyForm
from articles.models import Appearance, Article, Citation, Correction, Image, OutsideLink, Participation, Statistic
from conventions.admin import SHORT_TEXT, StackedPart, TabularPart
from conventions.records import RichTextField

from .asked import AskedFilter
from .base import MOVES, NewsroomAdmin, PublishableAdmin, StateFilter, links
from .recording import RecordsMixin


@admin.register(Image)
class ImageAdmin(NewsroomAdmin):
    list_display = ["name", "alt_text", "credit", "has_file"]
    search_fields = ["name", "alt_text", "caption", "credit"]
    readonly_fields = ["preview"]
    fields = ["name", "file", "preview", "alt_text", "caption", "credit"]

    @admin.display(description=_("file"), boolean=True, ordering="file")
    def has_file(self, obj):
        return bool(obj.file)

    @admin.display(description=_("preview"))
    def preview(self, obj):
        return format_html('<img class="preview" src="{}" alt="{}">', obj.file.url, obj.alt_text) if obj.file else "—"


class CitationInline(StackedPart):
    model = Citation
    autocomplete_fields = ["convention"]
    related = ["convention"]
    fields = [("convention", "position"), "words", "note"]


class AppearanceInline(StackedPart):
    model = Appearance
    autocomplete_fields = ["person", "organisation"]
    related = ["person", "organisation"]
    fields = [("person", "position"), "role_as_stated", "organisation", "reported_speech"]


class ParticipationInline(TabularPart):
    model = Participation
    autocomplete_fields = ["organisation"]
    related = ["organisation"]
    fields = ["organisation", "role_as_stated", "position"]


class OutsideLinkInline(StackedPart):
    model = OutsideLink
    fields = [("title", "position"), "url", "publisher", "note"]


class StatisticInline(TabularPart):
    model = Statistic.articles.through
    autocomplete_fields = ["statistic"]
    related = ["statistic__country"]
    verbose_name = _("statistic")
    verbose_name_plural = _("statistics")


class CorrectionInline(StackedPart):
    """What readers were told is never taken back: corrections are added to what was public, and stay."""

    model = Correction
    fields = ["kind", "text", "made_at", "made_by"]
    readonly_fields = ["made_at", "made_by"]
    related = ["made_by"]
    view_on_site = False

    def has_add_permission(self, request, obj):
        return obj is not None and obj.was_ever_public and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Article)
class ArticleAdmin(RecordsMixin, PublishableAdmin):
    list_display = ["headline", "state", "dated", "language", "drafted_by"]
    list_filter = [StateFilter, AskedFilter, "language", ("topics", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["drafted_by"]
    date_hierarchy = "dated"
    search_fields = ["headline", "slug", "source_name"]
    slug_from = "headline"
    moves = {**MOVES, "apply": replace(MOVES["apply"], form=CorrectingApplyForm)}
    formfield_overrides = {**SHORT_TEXT, RichTextField: RICH_TEXT}
    autocomplete_fields = ["translation_of", "lead_image", "countries", "topics", "roadmaps", "commitments", "related"]
    readonly_fields = [*PublishableAdmin.readonly_fields, "translations_so_far", "to_record"]
    inlines = [
        CitationInline,
        AppearanceInline,
        ParticipationInline,
        StatisticInline,
        OutsideLinkInline,
        CorrectionInline,
    ]
    fieldsets = [
        (None, {"fields": ["headline", "slug", "standfirst", ("dated", "dateline_place"), "body"]}),
        (
            _("Source"),
            {
                "fields": ["source_name", "source_url", "source_date", "source_note"],
                "description": _("Nothing is shown as true without a source."),
            },
        ),
        (_("Picture"), {"fields": ["lead_image"]}),
        (_("What it is about"), {"fields": ["countries", "topics", "roadmaps", "commitments", "to_record", "related"]}),
        (_("Language"), {"fields": ["language", "translation_of", "translations_so_far"]}),
        (_("Who answers for it"), {"fields": ["byline", "responsible_editor"]}),
        PublishableAdmin.STATE,
    ]

    def version_address(self, record, version):
        """Each public version of an article has an address of its own, which answers while the article is public."""
        is_read = version.public_at is not None and version.public_at <= timezone.now() and record.is_published
        return record.version_address(version.public_number) if is_read else None

    @admin.display(description=_("translations"))
    def translations_so_far(self, obj):
        return links(obj.translations.visible_to(obj.viewer) if obj.pk else [])

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "responsible_editor":
            kwargs["queryset"] = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_formset(self, request, form, formset, change):
        """Corrections are made by their verb, which says who and when."""
        if formset.model is not Correction:
            super().save_formset(request, form, formset, change)
            return
        corrections = formset.save(commit=False)
        if (change := getattr(request, "change", None)) is not None:
            change.corrections += corrections
            return
        for correction in corrections:
            correction.make(by=request.user)

    def render_change_form(self, request, context, *args, **kwargs):
        """Give the editor's import map, an inline script, the nonce of this request."""
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)
