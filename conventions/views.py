"""The public pages of the register. Articles are shown on them by template tags of the newsroom."""

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from .filters import ConventionFilter, CountryFilter
from .models import Convention, Country, Topic, counts
from .pages import listing


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
    acts = list(convention.ratifications.select_related("country").order_by("country__name", "act"))
    context = {
        "convention": convention,
        "registered": [act for act in acts if act.counts],
        "reported": [act for act in acts if not act.counts],
    }
    return render(request, "conventions/convention_detail.html", context)


def country_list(request):
    """The member States."""
    registered = Count("ratifications", filter=counts("ratifications__"))
    countries = Country.objects.annotate(registered=registered).order_by("name")
    return listing(request, CountryFilter, countries, "conventions/country_list.html", per_page=50)


def country_detail(request, slug):
    """One member State and what is known of its ratifications."""
    country = get_object_or_404(Country, slug=slug)
    acts = list(country.ratifications.select_related("convention").order_by("convention__kind", "convention__number", "act"))
    context = {
        "country": country,
        "registered": [act for act in acts if act.counts],
        "reported": [act for act in acts if not act.counts],
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
    """One topic with its instruments."""
    topic = get_object_or_404(Topic.objects.published(), slug=slug)
    return render(request, "conventions/topic_detail.html", {"topic": topic, "instruments": topic.conventions.all()})
