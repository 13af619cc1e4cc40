"""How text is set on a page, whatever record it comes from."""

import re

from django import template
from django.utils.safestring import mark_safe

register = template.Library()

TAG = re.compile(r"(<[^>]*>)")
#: What is typed into a field goes back as it came.
FIELD = re.compile(r"<(/?)textarea\b")
#: An abbreviation that is nothing without the number after it.
NUMBER = re.compile(r"\b(Nos?\.|Nos|Art\.) (?=\d)")


@register.filter
def typeset(html):
    """A page in which "No. 176" never breaks between its two halves. Attributes and fields are left alone."""
    parts, typed = [], False
    for part in TAG.split(html):
        if (edge := FIELD.match(part)) is not None:
            typed = not edge[1]
        parts.append(part if typed or part.startswith("<") else NUMBER.sub("\\1\N{NO-BREAK SPACE}", part))
    return mark_safe("".join(parts))
