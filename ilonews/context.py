"""What every template may say about the site itself."""

from django.conf import settings

#: The facts that are the operator's to set.
FACTS = ["SITE_NAME", "SITE_CONTACT", "SITE_OPERATOR", "CONTENT_LICENCE", "CONTENT_LICENCE_URL"]


def site(request):
    """Name and contact of the site, who runs it, and the licence of its texts."""
    return {name: getattr(settings, name) for name in FACTS}
