"""What templates need beyond Django: clean rich text, dates as known, and the articles and promises about a record."""

import re
from collections import defaultdict
from datetime import date, datetime
from urllib.parse import urlencode

from django import template
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from articles.figures import reports_of, series_of
from articles.instruments import linked
from articles.models import Appearance, Article, Commitment, Delivery, Effect, Person, Roadmap, Statistic
from articles.models.log import was_public_by_log
from articles.past import by_the_names_of_then, commitments_then
from conventions.days import Days
from conventions.models import Country
from conventions.records import PartialDate, clean_html, first_day

register = template.Library()

#: Neither day of the two is asked for.
NOW = Days()

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
def with_instruments(html, notes):
    """Clean the HTML once more on its way out, with instruments linked and explained by notes on them (`notes_on`)."""
    return mark_safe(linked(clean_html(html), notes))


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
def as_moment(value):
    """A `<time>` of a moment with its hour and time zone; nothing for nothing."""
    if not value:
        return ""
    value = localtime(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), date_format(value, "j F Y, H:i e"))


@register.filter
def as_known(value):
    """What `known` asks for: a day as such, a moment with its hour."""
    return as_moment(value) if isinstance(value, datetime) else as_time(value)


@register.filter
def apart(words):
    """The blank before the words that follow a quotation; none where they begin with a sign that clings to it."""
    return "" if words[:1] in tuple(",.;:!?)]”’»%") else " "


@register.filter
def first_sentence(words):
    """The first sentence of a text: up to a full stop before a capital, but for that of an initial or an abbreviation."""
    for end in re.finditer(r"[.!?][”’)]?\s+(?=[“‘(]?[^\W\d_a-z])", words):
        word = words[: end.start()].split()[-1].lstrip("“‘(")
        if len(word) > 2 or word.isdigit():
            return words[: end.end()].rstrip()
    return words


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
def news_about(record, days=NOW):
    """The newest published articles that cite an instrument, are about a country or belong to a topic, and the way to all.

    By `days`, those of news of that day or before, and public by then.
    """
    field, name, key = {
        "convention": ("conventions", "convention", "code"),
        "country": ("countries", "country", "slug"),
        "topic": ("topics", "topic", "slug"),
    }[record._meta.model_name]
    articles = Article.objects.published(days.end).defer("body").filter(**{field: record})
    newest = list((articles.filter(dated__lte=days.as_of) if days.as_of else articles)[: NEWEST + 1])
    every = f"{reverse('articles:list')}?{urlencode({name: getattr(record, key)})}" if len(newest) > NEWEST else ""
    return {"articles": newest[:NEWEST], "every": every}


@register.simple_tag
def commitments_about(record, days=NOW):
    """The public commitments that name an instrument or were made by a country, to ratify first.

    With their present state; or those that may have been made by these days, with the state that they had.
    """
    field = {"convention": "convention", "country": "roadmap__country"}[record._meta.model_name]
    held = Commitment.objects.published().filter(**{field: record}).held(days.as_of, days.known)
    found = held.with_state(days.as_of, days.known).select_related("roadmap__country")
    return sorted(commitments_then(found, days), key=lambda commitment: not commitment.is_to_ratify)


@register.simple_tag
def roadmaps_of(country, days=NOW):
    """The public roadmaps of a country; or those that may have been agreed, and were told here, by these days."""
    found = Roadmap.objects.published().filter(country=country).select_related("country")
    if days.as_of:
        begun = Greatest(*(Coalesce(first_day(name), date.min) for name in ("starts_on", "signed_on")))
        found = found.annotate(begun=begun).filter(begun__lte=days.as_of)
    return by_the_names_of_then(found.filter(was_public_by_log(days.end, Roadmap)), days) if days.known else found


@register.simple_tag
def statistics_of(country):
    """The figures that published articles give for a country, under their sources: those that are drawn, and numbers alone."""
    found = series_of(Statistic.objects.published_about(country).select_related("country"))
    drawn = [series for series in found if series.is_drawn]
    return {"drawn": reports_of(drawn), "alone": reports_of([series for series in found if series not in drawn])}


@register.simple_tag
def with_role(people):
    """Each person with the membership stated last; where there is none, with the last appearance in the news, in one query."""
    last = {person: next(iter(person.memberships.all()), None) for person in people}
    without = [person.pk for person, membership in last.items() if membership is None]
    appearances = Appearance.objects.published()
    latest = appearances.filter(person=OuterRef("pk")).order_by("-article__dated", "-article__published_at", "pk")
    newest = Person.objects.filter(pk__in=without).values(newest=Subquery(latest.values("pk")[:1]))
    told = appearances.filter(pk__in=newest).select_related("article", "organisation").defer("article__body") if without else []
    told = {appearance.person_id: appearance for appearance in told}
    return [(person, membership, told.get(person.pk)) for person, membership in last.items()]


@register.filter
def overdue(commitments):
    """How many of these commitments are overdue."""
    return sum(commitment.is_overdue for commitment in commitments)


# What a topic gathers.


@register.simple_tag
def commitments_under(topic):
    """The public commitments on instruments of a topic, with their present state."""
    found = Commitment.objects.published().with_state().filter(convention__topics=topic)
    return found.select_related("roadmap__country").order_by("convention__kind", "convention__number", "roadmap", "number")


@register.simple_tag
def countries_under(topic):
    """The States that published articles of a topic are about."""
    own = Article.topics.through.objects.filter(topic=topic).values("article")
    return Country.objects.filter(pk__in=Article.objects.published().filter(pk__in=own).values("countries")).order_by("name")


@register.simple_tag
def with_news(topics):
    """Each topic with how many published articles belong to it."""
    counted = dict(Article.objects.published().order_by().values_list("topics").annotate(Count("pk")))
    return [(topic, counted.get(topic.pk, 0)) for topic in topics]


# The back office of the register offers acts to the commitments that they meet.


@register.simple_tag
def offers_for(acts):
    """The open promises to ratify that `acts` meet, in one query.

    An act is (iso3, code) or (iso3, code, day), where `day` is the last day of its date, or None where that is not known.
    Only acts that count, and were not denounced, are asked for.
    """
    days = defaultdict(list)
    for iso3, code, *day in acts:
        days[iso3, code].append(day[0] if day else None)
    wanted = {"roadmap__country__iso3__in": {iso3 for iso3, _ in days}, "convention__code__in": {code for _, code in days}}
    promises = Commitment.objects.open_to_ratify().filter(**wanted).select_related("roadmap__country", "convention")

    def met(promise):
        acts = days.get((promise.roadmap.country.iso3, promise.convention.code), [])
        return any(day is None or day >= promise.promised for day in acts)

    return [promise for promise in promises if met(promise)] if days else []


@register.simple_tag
def offers_of(act):
    """The open promises to ratify that an act in hand meets; none while it does not count."""
    if not act or not act.counts or act.denounced_on:
        return []
    return offers_for([(act.country.iso3, act.convention.code, act.ratified_on)])
