"""The public pages of what sources say differently."""

from django.shortcuts import render

from .models import Discrepancy
from .views import public, with_tombstone


def discrepancy_list(request):
    """Every fact of which sources say different things: the open ones, and those of which one reading is used."""
    found = Discrepancy.objects.published().select_related("country").prefetch_related("readings__evidence")
    return render(request, "articles/discrepancy_list.html", {"discrepancies": found})


@with_tombstone
def discrepancy_detail(request, slug):
    """One of them, with what it concerns."""
    where = {"slug": slug}
    published = Discrepancy.objects.published().filter(**where).select_related("country")
    discrepancy = public(published.prefetch_related("readings__evidence"), Discrepancy.objects.tombstones().filter(**where))
    return render(request, "articles/discrepancy_detail.html", {"discrepancy": discrepancy})
