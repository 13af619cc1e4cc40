"""The public page of a commitment: what was promised, in which words, and what happened since, now or on another day."""

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, When, prefetch_related_objects
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from conventions.days import Days
from conventions.models import Convention, Version
from conventions.records import PartialDate, Precision
from conventions.snapshots import Restoring, references

from .ladder import ladder_of, neighbours_of
from .models import (
    SETTLED,
    Article,
    Commitment,
    Evidence,
    Organisation,
    PriorityArea,
    ProgressUpdate,
    Reply,
    Responsibility,
    Roadmap,
    Strength,
    Wording,
)
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
    words = words_then(commitment, days.end) if days.known else commitment
    prefetch_related_objects(
        [words],
        "laws",
        "also_concerns",
        Prefetch("responsibilities", Responsibility.objects.select_related("organisation")),
        Prefetch("wordings", Wording.objects.select_related("evidence")),
    )
    recorded = updates_of(commitment, shown, days)
    updates = [update for update in recorded if update.has_happened]
    told = [update for update in updates if not update.is_withdrawn]
    replies = Reply.objects.published(days.end).filter(commitment=commitment)
    near = neighbours_of(words, days) if words.convention else None
    return {
        "commitment": words,
        "meaning": MEANING[words.strength],
        **due_of(commitment, words, days.day),
        "updates": updates,
        "awaited": [each for each in recorded if each.counts and each.happened.first_day <= days.day < each.happened_on],
        "ladder": ladder_of(words, [each for each in updates if each.counts and not each.superseding], near.own, days)
        if near
        else None,
        "voices": voices_of(words.wordings.all(), told, replies, days.as_of),
        "neighbours": near,
        "articles": articles_about(commitment, evidence_of(words, told), days),
    }


def due_of(commitment, words, day):
    """When it is due by the state, and how long until then; and what was recorded then, where that was another day.

    `left` are the days until then, `over` those since; neither for what is settled or has no date.
    """
    timed = commitment.due is not None and commitment.delivery not in SETTLED
    left = (commitment.due - day).days if timed else None
    own = PartialDate(words.due_on, Precision(words.due_on_precision)) if words.due_on else commitment.roadmap.ends
    return {
        "due_with_roadmap": commitment.due_on is None,
        "due_then": own if words.due_on != commitment.due_on else None,
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


# --- The words as they were -----------------------------------------------------------------------------------------------


def words_then(commitment, end):
    """The commitment with the words that this record had at the moment `end`: by its last version of that time.

    Where its versions begin later, the first of them tells what stood before it was changed; without any, nothing was.
    """
    last_then = Case(When(at__lte=end, then=F("number")), default=0 - F("number"), output_field=IntegerField())
    version = Version.objects.of(commitment).saved().order_by(last_then.desc()).first()
    if version is None:
        return commitment
    words = version.in_memory(commitment, Named(commitment, version.snapshot))
    words.slug = commitment.slug
    return words


class Named:
    """Looks up, for a page, what a version of a commitment names: the roadmap is the one on whose behalf it is public.

    An organisation that has no page today keeps its name, and no address.
    """

    def __init__(self, commitment, shot):
        self.commitment = commitment
        self.names = {(kind, named["id"]): named["name"] for kind, named in references(Commitment, shot)}

    def __call__(self, kind, keys):
        if kind is Roadmap:
            return dict.fromkeys(keys, self.commitment.roadmap)
        if kind is PriorityArea:
            return {key: PriorityArea(pk=key, title=self.names[kind, key]) for key in keys}
        if kind is Convention and keys == {self.commitment.convention_id}:
            return {self.commitment.convention_id: self.commitment.convention}
        if kind is Organisation:
            nameless = {key: Organisation(pk=key, name=self.names[kind, key], slug="") for key in keys}
            return nameless | Organisation.objects.published().in_bulk(keys)
        return Restoring.rows(kind, keys)
