"""What every template may say about the site itself."""

from django.conf import settings


def site(request):
    """The site's name and contact, which are the operator's to set."""
    return {"SITE_NAME": settings.SITE_NAME, "SITE_CONTACT": settings.SITE_CONTACT}
