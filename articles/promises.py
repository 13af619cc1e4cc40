"""The public pages of roadmaps and of the commitments made in them."""

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.shortcuts import render

from conventions.pages import listing

from .filters import RoadmapFilter
from .models import Article, Commitment, Evidence, Party, ProgressUpdate, Roadmap, Signature
from .views import public, with_tombstone


def roadmap_list(request):
    """All published roadmaps, the latest to end first."""
    return listing(request, RoadmapFilter, Roadmap.objects.published().select_related("country"), "articles/roadmap_list.html")


@with_tombstone
def roadmap_detail(request, slug):
    """One roadmap: who agreed what, until when, and where each commitment stands."""
    where = {"slug": slug}
    roadmap = public(
        Roadmap.objects.published().filter(**where).select_related("country"), Roadmap.objects.tombstones().filter(**where)
    )
    return render(request, "articles/roadmap_detail.html", roadmap_context(roadmap))


def roadmap_context(roadmap):
    """What the page of a roadmap shows: all of its parts, which may be those of a version in memory, and the public news."""
    commitments = list(roadmap.commitments.with_state().select_related("convention"))
    areas = list(roadmap.areas.all())
    prefetch_related_objects(
        [roadmap],
        Prefetch("parties", Party.objects.select_related("organisation")),
        Prefetch("signatures", Signature.objects.select_related("person", "organisation")),
    )
    return {
        "roadmap": roadmap,
        "commitments": commitments,
        "sections": [(area, [c for c in commitments if c.area_id == area.pk]) for area in areas],
        "unsorted": [c for c in commitments if c.area_id not in {area.pk for area in areas}],
        "parties": roadmap.parties.all(),
        "signatures": roadmap.signatures.all(),
        "articles": Article.objects.published().defer("body").filter(roadmaps=roadmap),
    }


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
