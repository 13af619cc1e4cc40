"""The public page of a commitment: what was promised, in which words, and what happened since."""

from django.db.models import Prefetch, Q
from django.shortcuts import render

from .models import Article, Commitment, Evidence, ProgressUpdate, Roadmap
from .views import public, with_tombstone


@with_tombstone
def commitment_detail(request, slug):
    """One commitment: its words, its strength, and what happened since on whose evidence."""
    commitment = public(commitments_with_page().filter(slug=slug), Roadmap.objects.tombstones().filter(commitments__slug=slug))
    return render(request, "articles/commitment_detail.html", commitment_context(commitment, ProgressUpdate.objects.published()))


def commitments_with_page():
    """The commitments that have a page, each with its present state and what stands in the head of that page."""
    return Commitment.objects.published().with_state().select_related("roadmap__country", "area", "convention")


def commitment_context(commitment, shown):
    """What the page of a commitment shows; of the updates, those among `shown`."""
    updates = shown.filter(commitment=commitment).select_related("evidence", "supersedes")
    return {
        "commitment": commitment,
        "updates": updates.prefetch_related(
            Prefetch("further_evidence", Evidence.objects.order_by("dated_on")),
            Prefetch("superseded_by", shown),
        ).latest_first(),
        "responsibilities": commitment.responsibilities.select_related("organisation"),
        "articles": Article.objects.published()
        .defer("body")
        .filter(Q(commitments=commitment) | Q(roadmaps=commitment.roadmap_id))
        .distinct(),
    }
