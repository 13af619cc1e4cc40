"""Commitments and roadmaps on another day: in the words, and by the dates, that this record had then.

A record says what its last version of that time says; where versions begin later, what the first of them says, which tells
what stood before it was changed. A list that is filtered by the words of today is not read like this: it says so.
"""

from conventions.models import Convention
from conventions.past import in_plain_words_of, versions_then
from conventions.snapshots import Restoring, references

from .models import SETTLED, Commitment, Organisation, Person, PriorityArea, Roadmap
from .models.log import was_public_by_log


def commitments_then(commitments, days):
    """Commitments of `with_state()` as this record told them at the end of `known`.

    When they are due, and whether that day has passed, follows from the dates of then. Nothing is asked for now.
    """
    commitments = in_words_then(commitments, days)
    if days.end is not None:
        for commitment in commitments:
            measure(commitment, days.day)
    return commitments


def in_words_then(commitments, days):
    """Commitments in the words that this record had at the end of `known`, each with its roadmap by the name of then.

    Two queries for all of them, and what names ask for of those that were edited since.
    """
    commitments = list(commitments)
    if days.end is None or not commitments:
        return commitments
    roadmaps = {commitment.roadmap_id: commitment.roadmap for commitment in commitments}
    roadmaps = {roadmap.pk: roadmap for roadmap in by_the_names_of_then(roadmaps.values(), days)}
    found = as_told(Commitment, commitments, days.end)
    for commitment in found:
        commitment.roadmap = roadmaps[commitment.roadmap_id]
    return found


def by_the_names_of_then(roadmaps, days):
    """Roadmaps that are only named: with the title and the period that this record had at the end of `known`. One query."""
    roadmaps = list(roadmaps)
    then = versions_then(Roadmap, days.end, {roadmap.pk for roadmap in roadmaps}) if days.end else {}
    return [
        at_the_address_of(roadmap, in_plain_words_of(roadmap, then[roadmap.pk])) if roadmap.pk in then else roadmap
        for roadmap in roadmaps
    ]


def roadmap_then(roadmap, days):
    """A roadmap as this record told it at the end of `known`, with its areas, parties and signatures.

    What was not public then was a draft, of which nobody is told: it is called as it is today.
    """
    if days.end is None or not Roadmap.objects.filter(was_public_by_log(days.end, Roadmap), pk=roadmap.pk).exists():
        return roadmap
    return as_told(Roadmap, [roadmap], days.end)[0]


def measure(commitment, day):
    """Let a commitment of `with_state()` be due by its own words or else with its roadmap: the rule of the query, in hand."""
    roadmap = commitment.roadmap
    own, whole = (commitment.due_on, commitment.due_on_precision), (roadmap.ends_on, roadmap.ends_on_precision)
    commitment.due, commitment.due_precision = own if commitment.due_on else whole
    commitment.is_overdue = is_overdue(commitment, day)


def is_overdue(commitment, day):
    """Whether the day on which it is due had passed on `day`, and it was not settled."""
    return commitment.due is not None and commitment.due < day and commitment.delivery not in SETTLED


def as_told(model, records, end):
    """The records in the words of the moment `end`, whole: one query, and what names ask for of those that were edited since."""
    records = list(records)
    then = versions_then(model, end, {record.pk for record in records})
    return [in_words_of(record, then[record.pk]) if record.pk in then else record for record in records]


def in_words_of(record, version):
    """A record with its sets and parts by one of its versions."""
    return at_the_address_of(record, version.in_memory(record, Named(record, version.snapshot)))


def at_the_address_of(record, then):
    """What it was then, where it is read today."""
    then.slug = record.slug
    return then


class Named:
    """Looks up, for a page, what a version of a commitment or a roadmap names.

    A person or an organisation that has no page today keeps the name of then, and no address.
    """

    def __init__(self, record, shot):
        self.record = record
        self.names = {(kind, named["id"]): named["name"] for kind, named in references(type(record), shot)}

    def __call__(self, kind, keys):
        if kind is Roadmap:
            return dict.fromkeys(keys, self.record.roadmap)
        if kind is PriorityArea:
            return {key: PriorityArea(pk=key, title=self.names[kind, key]) for key in keys}
        if kind is Convention and isinstance(self.record, Commitment) and keys == {self.record.convention_id}:
            return {self.record.convention_id: self.record.convention}
        if kind in (Organisation, Person):
            nameless = {key: kind(pk=key, name=self.names[kind, key], slug="") for key in keys}
            return nameless | kind.objects.published().in_bulk(keys)
        return Restoring.rows(kind, keys)
