"""How text is set on a page."""

from django import template
from django.utils.safestring import mark_safe

from conventions import typesetting

register = template.Library()


@register.filter
def typeset(html):
    """A page in which no number parts from the word before it, and apostrophes are apostrophes."""
    return mark_safe(typesetting.typeset(html))
