"""People, organisations, and the posts and roles between them."""

from django.contrib import admin

from articles.models import Membership, Organisation, OrganisationName, Person, PersonName, Post
from conventions.admin import StackedPart

from .base import NewsroomAdmin


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
    search_fields = ["name", "other_names__name"]
    slug_from = "name"
    fields = ["name", "slug", "note"]
    inlines = [PersonNameInline, MembershipInline]


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

    def is_public(self, obj):
        """Through somebody public who holds it."""
        return Membership.objects.published().filter(post=obj).exists()
