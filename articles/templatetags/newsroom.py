"""What templates need beyond Django: clean rich text, dates as known, and the articles and promises about a record."""

from datetime import date, datetime
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from articles.models import Article, Commitment, Delivery, Effect, Roadmap, Statistic
from conventions.records import PartialDate, clean_html

register = template.Library()

#: How many articles a page of something else shows before it leads to the list.
NEWEST = 10

#: The shape beside each word of state; never a colour alone.
SHAPES = {
    Delivery.NO_INFORMATION: "○",
    Delivery.UNDER_WAY: "◔",
    Delivery.IN_PART: "◑",
    Delivery.DELIVERED: "●",
    Delivery.NOT_DELIVERED: "✕",
    Delivery.SUPERSEDED: "⇢",
}


@register.filter
def rich(html):
    """Clean the HTML once more on its way out."""
    return mark_safe(clean_html(html))


@register.filter
def as_time(value):
    """A `<time>` of a partial date, a date or a moment, as precise as it is known; nothing for nothing."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = localtime(value)
        return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), date_format(value, "j F Y"))
    if isinstance(value, date):
        value = PartialDate(value)
    return format_html('<time datetime="{}">{}</time>', value.iso, value)


@register.filter
def plain(number):
    """A figure without trailing zeros: 657, 0.035."""
    return f"{number.normalize():,f}"


@register.filter
def shape(delivery):
    """The shape of a state."""
    return SHAPES[delivery]


@register.filter
def word(delivery):
    """The word of a state."""
    return Delivery(delivery).label


@register.filter
def effect_word(effect):
    """The word of an effect."""
    return Effect(effect).label


# Register pages show what the newsroom has about a record through these.


@register.inclusion_tag("_partials/news_about.html")
def news_about(record):
    """The newest published articles that cite an instrument, are about a country or belong to a topic, and the way to all."""
    field, name, key = {
        "convention": ("conventions", "convention", "code"),
        "country": ("countries", "country", "slug"),
        "topic": ("topics", "topic", "slug"),
    }[record._meta.model_name]
    newest = list(Article.objects.published().defer("body").filter(**{field: record})[: NEWEST + 1])
    every = f"{reverse('articles:list')}?{urlencode({name: getattr(record, key)})}" if len(newest) > NEWEST else ""
    return {"articles": newest[:NEWEST], "every": every}


@register.simple_tag
def commitments_about(record):
    """The public commitments that name an instrument or were made by a country, with their present state."""
    field = {"convention": "convention", "country": "roadmap__country"}[record._meta.model_name]
    return Commitment.objects.published().with_state().filter(**{field: record}).select_related("roadmap__country")


@register.simple_tag
def roadmaps_of(country):
    """The public roadmaps of a country."""
    return Roadmap.objects.published().filter(country=country).select_related("country")


@register.simple_tag
def statistics_of(country):
    """The figures that published articles give for a country."""
    return Statistic.objects.published().filter(country=country).select_related("country")
