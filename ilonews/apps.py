from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class IlonewsConfig(AppConfig):
    """The wiring. It has commands and no models."""

    name = "ilonews"
    default = True


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site, so that apps register with plain `@admin.register`."""

    default = False
    default_site = "ilonews.admin.NewsroomSite"
