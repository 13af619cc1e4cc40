"""People, organisations, and the posts and roles between them."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from articles.models import Membership, Organisation, OrganisationName, Person, PersonName, Post
from conventions.admin import StackedPart

from .base import NewsroomAdmin, links


def told(contradictions, person=None):
    """Contradictions as a list of sentences, each with the forms of those whom it concerns besides `person`."""
    rows = []
    for contradiction in contradictions:
        people = {membership.person for membership in contradiction.memberships} - {person}
        others = links(sorted(people, key=str)) if people else ""
        rows.append((contradiction.sentence, others))
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}{}</li>", rows)) if rows else "—"


class ToCheckFilter(admin.SimpleListFilter):
    """People of whom something contradictory is recorded."""

    title = _("roles")
    parameter_name = "roles"

    def lookups(self, request, model_admin):
        return [("check", _("To check"))]

    def queryset(self, request, queryset):
        return queryset.to_check() if self.value() == "check" else queryset


class PersonNameInline(StackedPart):
    model = PersonName
    fields = [("name", "script"), "source"]


class OrganisationNameInline(StackedPart):
    model = OrganisationName
    fields = [("name", "script"), "source"]


class MembershipInline(StackedPart):
    model = Membership
    autocomplete_fields = ["organisation", "post"]
    related = ["organisation", "post__organisation", "person"]
    fields = [
        "organisation",
        "role",
        "post",
        "stated_on",
        ("starts_on", "starts_on_precision"),
        ("ends_on", "ends_on_precision"),
        "source",
    ]


@admin.register(Person)
class PersonAdmin(NewsroomAdmin):
    list_display = ["name", "slug"]
    list_filter = [ToCheckFilter]
    search_fields = ["name", "other_names__name"]
    slug_from = "name"
    fields = ["name", "slug", "note", "to_look_at"]
    readonly_fields = ["to_look_at"]
    inlines = [PersonNameInline, MembershipInline]

    @admin.display(description=_("to look at"))
    def to_look_at(self, obj):
        """What is contradictory in the roles. It may be right: nothing is refused by it, and the public does not see it."""
        return told(obj.contradictions(), obj) if obj.pk else "—"


@admin.register(Organisation)
class OrganisationAdmin(NewsroomAdmin):
    list_display = ["name", "classification", "country"]
    list_filter = ["classification", ("country", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["country"]
    search_fields = ["name", "other_names__name"]
    slug_from = "name"
    autocomplete_fields = ["country"]
    fields = ["name", "slug", "classification", "country", "note"]
    inlines = [OrganisationNameInline]


@admin.register(Post)
class PostAdmin(NewsroomAdmin):
    list_display = ["label", "organisation"]
    list_select_related = ["organisation"]
    search_fields = ["label", "organisation__name"]
    autocomplete_fields = ["organisation"]
    fields = ["organisation", "label", "to_look_at"]
    readonly_fields = ["to_look_at"]

    @admin.display(description=_("to look at"))
    def to_look_at(self, obj):
        """What is contradictory among those who held it."""
        return told(obj.contradictions()) if obj.pk else "—"

    def is_public(self, obj):
        """Through somebody public who holds it."""
        return Membership.objects.published().filter(post=obj).exists()
