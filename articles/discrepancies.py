"""The public pages of what sources say differently."""

from django.shortcuts import render

from conventions.pages import listing
from conventions.snapshots import keys_of

from .filters import DiscrepancyFilter
from .models import Article, Commitment, Discrepancy, Roadmap
from .views import public, with_tombstone


def discrepancy_list(request):
    """Every fact of which sources say different things: the open ones, and those of which one reading is used."""
    found = Discrepancy.objects.published().select_related("country").prefetch_related("readings__evidence")
    return listing(request, DiscrepancyFilter, found, "articles/discrepancy_list.html")


@with_tombstone
def discrepancy_detail(request, slug):
    """One of them, with what it concerns."""
    where = {"slug": slug}
    published = Discrepancy.objects.published().filter(**where).select_related("country")
    discrepancy = public(published.prefetch_related("readings__evidence"), Discrepancy.objects.tombstones().filter(**where))
    return render(request, "articles/discrepancy_detail.html", discrepancy_context(discrepancy))


def discrepancy_context(discrepancy):
    """What the page of a discrepancy shows; of what it concerns, only what is public.

    The discrepancy may be a version in memory: then its sets and readings are read from there.
    """
    return {
        "discrepancy": discrepancy,
        "conventions": discrepancy.conventions.all(),
        "roadmaps": Roadmap.objects.published().filter(pk__in=keys_of(discrepancy, "roadmaps")).select_related("country"),
        "commitments": Commitment.objects.published().filter(pk__in=keys_of(discrepancy, "commitments")),
        "articles": Article.objects.published().defer("body").filter(pk__in=keys_of(discrepancy, "articles")),
    }
