"""The page that says how this record works, with what it holds now."""

from django.db.models import Count, Q
from django.shortcuts import render

from .about import text_of
from .models import Commitment, Discrepancy, Evidence, ProgressUpdate, Rung, Strength, Voice


def method(request):
    """How states are found: an introduction that editors write, the rules and scales of the software, and the live counts."""
    page, withdrawn = text_of("method")
    return render(request, "articles/method.html", {**method_context(page), "withdrawn": withdrawn})


def method_context(page):
    """What the page of the method shows. Its rules and counts stand without the introduction too."""
    updates = ProgressUpdate.objects.published()
    questions = Discrepancy.objects.published().with_used().aggregate(every=Count("pk"), settled=Count("used"))
    return {
        "page": page,
        "standing": Commitment.objects.published().standing(),
        "updates": updates.count(),
        "voices": voices_in(updates),
        "questions": questions,
        "strengths": Strength.labels,
        "rungs": Rung.labels,
        "open_questions": questions["every"] - questions["settled"],
    }


def voices_in(updates):
    """How many pieces of evidence of each voice carry these updates, in the order of the voices, as (word, number)."""
    further = updates.filter(further_evidence__isnull=False).values("further_evidence")
    carrying = Evidence.objects.filter(Q(pk__in=updates.values("evidence")) | Q(pk__in=further))
    found = dict(carrying.order_by().values_list("voice").annotate(Count("pk")))
    return [(voice.label, found.get(voice, 0)) for voice in Voice]
