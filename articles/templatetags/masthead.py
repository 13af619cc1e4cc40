"""The sections of the site, as the head of every page lists them."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

register = template.Library()

#: Each section by the name of its list, with what the head calls it.
SECTIONS = [
    ("articles:list", _("News")),
    ("articles:roadmaps", _("Roadmaps")),
    ("articles:commitments", _("Commitments")),
    ("conventions:list", _("Conventions")),
    ("conventions:countries", _("Countries")),
    ("articles:people", _("People")),
    ("articles:organisations", _("Organisations")),
    ("conventions:topics", _("Topics")),
]


@register.simple_tag(takes_context=True)
def masthead_sections(context):
    """Address and name of each section; "page" for the list one reads, "true" for the section of what one reads.

    A preview says in `stands_at` where it will stand.
    """
    path = context.get("stands_at") or getattr(context.get("request"), "path", "")
    return [(address := reverse(name), label, place_in(address, path)) for name, label in SECTIONS]


def place_in(address, path):
    """Where the page at `path` stands to a section."""
    if path == address:
        return "page"
    return "true" if path.startswith(address) else ""
