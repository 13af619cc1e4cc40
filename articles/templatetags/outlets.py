"""How pages of the record are followed and cited: their feeds, their calendars, their citations."""

from django import template
from django.urls import reverse

from articles import citing, progress_feeds
from articles.outputs import root_of
from conventions.days import Days

register = template.Library()

register.simple_tag(progress_feeds.address_of, name="feed_of")


@register.simple_tag
def calendar_of(record):
    """Where the due dates of a record are; an instrument has none, and a promise without a date has none."""
    kind = record._meta.model_name
    if kind == "commitment" and not (record.due_on or record.roadmap.ends_on):
        return ""
    return "" if kind == "convention" else reverse(f"articles:{kind}-calendar", args=[record.slug])


@register.simple_tag(takes_context=True)
def citation_of(context, record):
    """How to cite the page of a record as it was asked for."""
    request = context["request"]
    return citing.Citation.of(record, Days.read(request.GET), root_of(request))


@register.simple_tag(takes_context=True)
def cite_as(context, record, form):
    """Where the citation of the page is for programs: in the form `bib` or `json`."""
    return citing.address_of(record, form, Days.read(context["request"].GET))
