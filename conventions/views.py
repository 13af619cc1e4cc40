"""The public pages of the register. Articles are shown on them by template tags of the newsroom."""

from collections import Counter
from datetime import timedelta

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from . import report
from .days import Days
from .filters import ConventionFilter, CountryFilter
from .models import Convention, Country, Topic, counts
from .pages import listing
from .past import absent_by, answer_on, as_recorded, asking, recorded, stood, unsure
from .standing import Footnotes, by_pair, grid, neighbours


def convention_list(request):
    """The instruments: Conventions first, then Protocols and Recommendations."""
    registered = Count("ratifications", filter=counts("ratifications__"))
    instruments = Convention.objects.annotate(registered=registered).order_by("kind", "number")
    return listing(request, ConventionFilter, instruments, "conventions/convention_list.html", per_page=50)


def convention_detail(request, code):
    """One instrument; a code as people write it (`C87`) leads to the register's own address."""
    canonical = Convention.canonical_code(code)
    if canonical is None:
        raise Http404
    convention = get_object_or_404(Convention, code=canonical)
    if code != canonical.lower():
        return redirect(convention, permanent=True)
    context = {
        "convention": convention,
        "chain": convention.chain(),
        "comments": convention.supervisory_comments.for_pages(),
        "address": request.build_absolute_uri(convention.get_absolute_url()),
    }
    if convention.is_ratifiable:
        context |= who_ratified(convention)
    return render(request, "conventions/convention_detail.html", context)


def who_ratified(convention):
    """Every State and where it stands to an instrument, the acts that are only reported, and the sources."""
    acts = list(convention.ratifications.order_by("act"))
    states = list(Country.objects.order_by("name"))
    named = {state.pk: state for state in states}
    for act in acts:
        act.country = named[act.country_id]
    footnotes = Footnotes()
    regions = grid(convention, states, acts, footnotes)
    acts.sort(key=lambda act: (act.country.name, act.act))
    registered, reported = [act for act in acts if act.counts], [act for act in acts if not act.counts]
    footnotes.put(reported)
    several = {state for state, number in Counter(act.country_id for act in acts).items() if number > 1}
    return {
        "regions": regions,
        "ratified": sum(region.ratified for region in regions),
        "registered": registered,
        "reported": reported,
        "spoken": [act for act in reported if act.has_remarks or act.delisted_on or act.country_id in several],
        "remarks": [act for act in registered if act.has_remarks],
        "footnotes": footnotes,
    }


def country_list(request):
    """The member States."""
    registered = Count("ratifications", filter=counts("ratifications__"))
    countries = Country.objects.annotate(registered=registered).order_by("name")
    return listing(request, CountryFilter, countries, "conventions/country_list.html", per_page=50)


def country_detail(request, slug):
    """One member State: the instruments that matter most, all its ratifications, and its neighbours; or so on another day."""
    country = get_object_or_404(Country, slug=slug)
    days = Days.read(request.GET)
    then = as_recorded(days)
    every = country.ratifications.select_related("convention").order_by("convention__kind", "convention__number", "act")
    every = then(every)
    basic = list(Convention.objects.basic())
    pairs, footnotes = by_pair(every), Footnotes()
    footnotes.put(every)
    answers = [(each, answer_on(each, pairs[country.pk, each.pk], days), absent_by(each, days)) for each in basic]
    acts = stood(every, days)
    comments = country.supervisory_comments.for_pages()
    context = {
        "country": country,
        "days": days,
        "basic": answers,
        "registered": [act for act in acts if act.counts],
        "unsure": unsure(every, days),
        "reported": [act for act in acts if not act.counts],
        "laws": [act for act in recorded(every, days) if act.national_law],
        "comments": comments.filter(year__lt=(days.as_of + timedelta(days=1)).year) if days.as_of else comments,
        "neighbours": neighbours(country, basic, asking(days), then),
        "footnotes": footnotes,
    }
    return render(request, "conventions/country_detail.html", context)


def topic_list(request):
    """The topics, each with how many instruments it orders."""
    return render(
        request,
        "conventions/topic_list.html",
        {"topics": Topic.objects.published().annotate(instruments=Count("conventions")).order_by("name")},
    )


def topic_detail(request, slug):
    """One topic with its instruments by kind, each with how many acts of ratification count."""
    topic = get_object_or_404(Topic.objects.published(), slug=slug)
    registered = Count("ratifications", filter=counts("ratifications__"))
    instruments = topic.conventions.annotate(registered=registered).order_by("kind", "number")
    return render(request, "conventions/topic_detail.html", {"topic": topic, "instruments": instruments})


def register_report(request):
    """How much of the register is verified, field by field and instrument by instrument."""
    return render(request, "conventions/register_report.html", {"report": report.read()})
