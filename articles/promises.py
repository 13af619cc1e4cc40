"""The public page of a commitment: what was promised, in which words, and what happened since, now or on another day."""

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from conventions.days import Days

from .ladder import ladder_of, neighbours_of
from .models import (
    SETTLED,
    Article,
    Commitment,
    Evidence,
    ProgressUpdate,
    Reply,
    Responsibility,
    Roadmap,
    Strength,
    Wording,
)
from .past import commitments_then
from .views import public, with_tombstone
from .voices import voices_of

#: What keeping a promise of each strength takes, in plain words.
MEANING = {
    Strength.RATIFY: _("Kept when the ILO has registered the ratification; a national law alone does not keep it."),
    Strength.CONSULT: _("Kept when the question was submitted or the consultations were held, whatever came of them."),
    Strength.DISCUSS: _("Kept when the discussion is open, whatever comes of it. No more was promised."),
    Strength.ADOPT_LAW: _("Kept when the law is adopted. What it changes for people is told apart, as its effect."),
    Strength.AMEND_LAW: _("Kept when the law is changed as promised. What that changes for people is told apart, as its effect."),
    Strength.STRENGTHEN: _("Kept when the institution has gained what the words name. A plan to do so is under way at most."),
    Strength.OTHER: _("Measured against the words themselves."),
}


@with_tombstone
def commitment_detail(request, slug):
    """One commitment: its words, its strength, and what happened since on whose evidence; as of the days that are asked for."""
    days = Days.read(request.GET)
    commitment = public(
        commitments_with_page(days).filter(slug=slug), Roadmap.objects.tombstones().filter(commitments__slug=slug)
    )
    if commitment.was_recorded:
        [commitment] = commitments_then([commitment], days)
    shown = ProgressUpdate.objects.told(days.known)
    return render(request, "articles/commitment_detail.html", commitment_context(commitment, shown, days) | {"days": days})


def commitments_with_page(days=None):
    """The commitments that have a page, each with the state that it has, or had, and what stands in the head of that page.

    `was_made` and `was_recorded` say whether it may have been made, and was held here in public, by these days.
    """
    days = days or Days()
    this = Commitment.objects.filter(pk=OuterRef("pk"))
    commitments = Commitment.objects.published().with_state(days.as_of, days.known)
    return commitments.annotate(
        was_made=Exists(this.held(days.as_of)), was_recorded=Exists(this.held(known=days.known))
    ).select_related("roadmap__country", "area", "convention")


def commitment_context(commitment, shown, days=None):
    """What the page of a commitment shows; of the updates, those among `shown`."""
    days = days or Days()
    prefetch_related_objects(
        [commitment],
        "laws",
        "also_concerns",
        Prefetch("responsibilities", Responsibility.objects.select_related("organisation")),
        Prefetch("wordings", Wording.objects.select_related("evidence")),
    )
    recorded = updates_of(commitment, shown, days)
    updates = [update for update in recorded if update.has_happened]
    told = [update for update in updates if not update.is_withdrawn]
    replies = Reply.objects.published(days.end).filter(commitment=commitment)
    near = neighbours_of(commitment, days) if commitment.convention else None
    in_effect = [update for update in updates if update.counts and not update.superseding]
    return {
        "commitment": commitment,
        "meaning": MEANING[commitment.strength],
        **time_left(commitment, days.day),
        "updates": updates,
        "awaited": [each for each in recorded if each.counts and each.happened.first_day <= days.day < each.happened_on],
        "ladder": ladder_of(commitment, in_effect, near.own, days) if near else None,
        "voices": voices_of(commitment.wordings.all(), told, replies, days.as_of),
        "neighbours": near,
        "articles": articles_about(commitment, evidence_of(commitment, told), days),
    }


def time_left(commitment, day):
    """How many days are `left` until it is due, or it is `over`; neither for what is settled or has no date."""
    timed = commitment.due is not None and commitment.delivery not in SETTLED
    left = (commitment.due - day).days if timed else None
    return {
        "due_with_roadmap": commitment.due_on is None,
        "left": left if timed and left >= 0 else None,
        "over": -left if timed and left < 0 else None,
    }


# --- What happened --------------------------------------------------------------------------------------------------------


def updates_of(commitment, shown, days):
    """The updates among `shown`, the latest first, each with those that supersede it, and whether it `has_happened` by then.

    What was withdrawn is told by its dates and its public note alone. By the end of `known` it `counts` no more if that was
    before; if it was later, it was public then, and the state is that of then.
    """
    found = shown.filter(commitment=commitment).select_related("evidence").latest_first(days.known)
    found = list(found.prefetch_related(Prefetch("further_evidence", Evidence.objects.order_by("dated_on"))))
    by_key = {update.pk: update for update in found}
    for update in found:
        update.counts = not update.is_withdrawn_by(days.known)
        update.has_happened = update.happened_on <= days.day
        update.superseding, update.superseded = [], by_key.get(update.supersedes_id)
    for update in found:
        if update.superseded and update.counts:
            update.superseded.superseding.append(update)
    return found


def evidence_of(commitment, updates):
    """All evidence that the page tells: of the words, and of what happened."""
    leading = [row.evidence for row in [*commitment.wordings.all(), *updates]]
    return leading + [evidence for update in updates for evidence in update.further_evidence.all()]


def articles_about(commitment, evidence, days):
    """The news about a commitment. Each piece of evidence that a public article of ours tells is given it, as `told`."""
    theirs = Article.commitments.through.objects.filter(article=OuterRef("pk"), commitment=commitment.pk)
    of_roadmap = Article.roadmaps.through.objects.filter(article=OuterRef("pk"), roadmap=commitment.roadmap_id)
    about = Q(Exists(theirs)) | Q(Exists(of_roadmap))
    wanted = {each.article_id for each in evidence if each.article_id}
    found = Article.objects.published(days.end).defer("body").annotate(is_about=about)
    found = {article.pk: article for article in found.filter(Q(is_about=True) | Q(pk__in=wanted))}
    for each in evidence:
        each.told = found.get(each.article_id)
    return [each for each in found.values() if each.is_about and (days.as_of is None or each.dated <= days.as_of)]
