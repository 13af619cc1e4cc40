"""What the pages of the tracker share: how many stand where, and that sources differ."""

from django import template

from articles.models import Commitment, Delivery, Discrepancy, Effect
from articles.models.commitments import standing_of
from articles.models.log import was_public_by_log

register = template.Library()

#: The shape beside each word of effect; never a colour alone.
EFFECT_SHAPES = {Effect.NOT_ASSESSED: "–", Effect.NONE_SEEN: "□", Effect.SOME: "▣", Effect.FULL: "■"}


@register.filter
def effect_shape(effect):
    """The shape of an effect."""
    return EFFECT_SHAPES[effect]


@register.inclusion_tag("_partials/standing.html")
def standing(counts, caption, of="delivery", every=""):
    """How many commitments stand where, as a small chart: a row for each word of the scale, its bar a share of all.

    `counts` are those of `Commitment.objects.standing()`. `every` is the address of the list that a word leads to.
    """
    rows = [(value, counts[of][value]) for value in (Delivery if of == "delivery" else Effect).values]
    further = [("overdue", counts["overdue"]), ("unconfirmed", counts["unconfirmed"])] if of == "delivery" else []
    whole = counts["total"] or 1  # as in the list's own chart

    def drawn(pairs):
        return [(value, count, f"{100 * count / whole:.2f}%") for value, count in pairs]

    return {"caption": caption, "of": of, "rows": drawn(rows), "further": drawn(further), "every": every}


@register.inclusion_tag("_partials/sources_differ.html")
def sources_differ(record, days=None):
    """Mark what sources say differently about a record: each public question, and what is used here, or that it is open.

    On another day: each that was told here by then, in the words of today.
    """
    found = Discrepancy.objects.about(record).with_used()
    return {"discrepancies": found.filter(was_public_by_log(days.end, Discrepancy)) if days and days.known else found}


@register.simple_tag
def with_standing(roadmaps):
    """Each roadmap with how many of its commitments stand where now; one query for all of them."""
    roadmaps, found = list(roadmaps), {}
    for commitment in Commitment.objects.published().with_state().filter(roadmap__in=roadmaps).only("roadmap"):
        found.setdefault(commitment.roadmap_id, []).append(commitment)
    return [(roadmap, standing_of(found.get(roadmap.pk, []))) for roadmap in roadmaps]
