"""The public pages of roadmaps."""

from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import render

from conventions.days import Days
from conventions.pages import listing

from .filters import RoadmapFilter
from .models import Article, Party, ProgressUpdate, Roadmap, Signature
from .models.commitments import standing_of
from .past import commitments_then, roadmap_then
from .periods import TimeUsed
from .timeline import timeline_of
from .views import public, with_tombstone

#: How many of the updates in effect are told at the head of the page.
LATEST = 3


def roadmap_list(request):
    """All published roadmaps, the latest to end first."""
    return listing(request, RoadmapFilter, Roadmap.objects.published().select_related("country"), "articles/roadmap_list.html")


@with_tombstone
def roadmap_detail(request, slug):
    """One roadmap: who agreed what, until when, and where each commitment stands, or stood on the day that is asked for."""
    where = {"slug": slug}
    roadmap = public(
        Roadmap.objects.published().filter(**where).select_related("country"), Roadmap.objects.tombstones().filter(**where)
    )
    days = Days.read(request.GET)
    commitments = commitments_of(roadmap, days)
    roadmap = roadmap_then(roadmap, days)
    context = roadmap_context(roadmap, commitments, updates_of(roadmap, days), days)
    return render(request, "articles/roadmap_detail.html", context)


def commitments_of(roadmap, days):
    """The commitments that the roadmap held by these days, each with the state that it had."""
    held = roadmap.commitments.held(days.as_of, days.known).with_state(days.as_of, days.known)
    return commitments_then(held.select_related("convention", "roadmap"), days)


def updates_of(roadmap, days):
    """What had happened to its commitments by these days, the latest first, without what was superseded by then."""
    found = ProgressUpdate.objects.in_effect(days.as_of, days.known).filter(commitment__roadmap=roadmap)
    return found.latest_first(days.known)


def roadmap_context(roadmap, commitments, updates, days):
    """What the page of a roadmap shows: all of its parts, which may be those of a version in memory, and the public news.

    `commitments` have their states, and `updates` are those in effect, the latest first.
    """
    prefetch_related_objects(
        [roadmap],
        "areas",
        Prefetch("parties", Party.objects.select_related("organisation")),
        Prefetch("signatures", Signature.objects.select_related("person", "organisation")),
    )
    updates = told_of(commitments, updates.select_related("evidence"))
    return {
        "roadmap": roadmap,
        "days": days,
        "commitments": commitments,
        "sections": sections_of(roadmap, commitments),
        "standing": standing_of(commitments),
        "time": TimeUsed(roadmap.starts, roadmap.ends, days.day, days.as_of is not None),
        "latest": updates[:LATEST],
        "timeline": timeline_of(roadmap, commitments, updates, days.day),
        "parties": roadmap.parties.all(),
        "signatures": roadmap.signatures.all(),
        "articles": news_of(roadmap, days),
    }


def news_of(roadmap, days):
    """What was reported of a roadmap by these days: news of that day or before, and public by then."""
    found = Article.objects.published(days.end).reporting(roadmap).defer("body")
    return found.filter(dated__lte=days.as_of) if days.as_of else found


def told_of(commitments, updates):
    """The updates of these commitments, each with its own in hand."""
    by_key = {commitment.pk: commitment for commitment in commitments}
    found = [update for update in updates if update.commitment_id in by_key]
    for update in found:
        update.commitment = by_key[update.commitment_id]
    return found


def sections_of(roadmap, commitments):
    """The commitments under their areas, in the order of the roadmap; single promises under none, by the day they were made."""
    if not roadmap.is_agreement:
        dated = sorted((c for c in commitments if c.made_on), key=lambda commitment: commitment.made_on, reverse=True)
        return [(None, dated + [c for c in commitments if not c.made_on])] if commitments else []
    areas = list(roadmap.areas.all())
    sections = [(area, [c for c in commitments if c.area_id == area.pk]) for area in areas]
    unsorted = [c for c in commitments if c.area_id not in {area.pk for area in areas}]
    return [*sections, (None, unsorted)] if unsorted else sections
