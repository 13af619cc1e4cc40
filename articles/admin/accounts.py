"""Accounts: chiefs manage them, but not those of superusers, and hand out groups, never single rights."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _

from conventions.admin import ReadOnlyAdmin

admin.site.unregister([User, Group])


@admin.register(User)
class AccountAdmin(UserAdmin):
    list_display = ["username", "first_name", "last_name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []  # its two lists with arrows fail WCAG 4.1.2; there are three groups to tick
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Personal info"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "groups"]}),
        (_("Important dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    SUPERUSERS_ONLY = (_("Superuser"), {"fields": ["is_superuser", "user_permissions"]})

    def get_fieldsets(self, request, obj=None):
        """What stands in no fieldset is in no form and cannot be sent."""
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, self.SUPERUSERS_ONLY] if obj and request.user.is_superuser else fieldsets

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def may_touch(self, request, obj):
        return request.user.is_superuser or obj is None or not obj.is_superuser

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.may_touch(request, obj)


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin, GroupAdmin):
    """The groups come with a migration, as the table of rights has them."""
