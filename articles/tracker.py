"""All commitments across roadmaps and countries: filtered, sorted, counted, and as data."""

from django.db.models import F

from conventions.pages import listing

from .filters import CommitmentFilter
from .models import Commitment


def commitment_list(request):
    """All commitments of published roadmaps, those due last first."""
    commitments = Commitment.objects.published().with_state().select_related("roadmap__country")
    commitments = commitments.order_by(F("due").desc(nulls_last=True), "roadmap", "number")
    return listing(request, CommitmentFilter, commitments, "articles/commitment_list.html")
