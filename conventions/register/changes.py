"""What a release changes in the register: the differences, one proposal a record.

Three readings of a field are compared: what the release says, what the last one said, and what stands in the register.
Only what the release changed is proposed. Where the register already says the same, that is noted and nothing asked.
"""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from conventions.models import Decision, Proposal, ProposalKind, Release, ReleaseRow, Table
from conventions.models.releases import BATCH
from conventions.models.rows import MODELS, facts_of, find

from .tables import read

NOTHING = object()  # what a release said of a field that it never named


@dataclass
class Difference:
    """What the release says of one record: a proposal if there is something to decide, and on what the register agrees."""

    table: str
    key: str
    proposal: Proposal | None = None
    agreed: dict = field(default_factory=dict)


def propose(reading, again=False):
    """What the release would change, as proposals that are not stored: States, instruments, ratifications, each by key.

    A proposal that would overwrite what a person edited, and that waits for a decision already, is not made `again`.
    """
    for batch in compare(reading, BATCH, again):
        yield from (difference.proposal for difference in batch if difference.proposal)


def read_release(files, *, by=None, progress=None, again=False, batch=BATCH):
    """Read the tables of a release and store what they would change; return the Release. It changes no record.

    `files` are pairs of a name and a file open for reading bytes. Tables that do not fit are refused whole (Refused).
    `by` is the person, who needs the right `conventions.add_release`, or None for the administrator. Call it outside
    of a transaction: each batch is one. If it breaks off, nothing of the release can be decided on.
    `progress(done, total)` is called after each batch, in rows.
    """
    if by is not None and not by.has_perm("conventions.add_release"):
        raise PermissionDenied(gettext("You may not read releases of the register."))
    reading = read(files)
    done = 0
    release = Release.objects.create(name=reading.name, read_by=by)
    for differences in compare(reading, batch, again):
        store(release, differences)
        done += sum(difference.key in reading.keys(difference.table) for difference in differences)
        if progress:
            progress(done, reading.total)
    complete(release, reading.total)
    return release


def store(release, differences):
    """Store a batch of differences."""
    table = differences[0].table
    proposals = [difference.proposal for difference in differences if difference.proposal]
    for proposal in proposals:
        proposal.release = release
    agreed = {difference.key: difference.agreed for difference in differences if difference.agreed}
    with transaction.atomic():
        Proposal.objects.bulk_create(proposals)
        ReleaseRow.objects.remember(table, agreed)


@transaction.atomic
def complete(release, rows):
    """Let people decide on a release. What others still propose for the same records is overtaken, whichever was first."""
    release.rows, release.is_complete = rows, True
    release.save(update_fields=["rows", "is_complete"])
    same = release.proposals.filter(table=OuterRef("table"), key=OuterRef("key"))
    late = Proposal.objects.open().exclude(release=release).filter(Exists(same))
    late.update(decision=Decision.OVERTAKEN, decided_at=timezone.now())


def open_releases():
    """The releases with proposals that wait for a decision: asked once, so that a batch finds its few by their keys."""
    return sorted(set(Proposal.objects.open().order_by().values_list("release", flat=True).distinct()))


def still_open(releases, table, keys):
    return Proposal.objects.filter(release__in=releases, table=table, key__in=keys, decision=Decision.OPEN)


# --- Comparing ---------------------------------------------------------------------------------------------------


def compare(reading, size, again):
    """The differences in batches, each compared in a handful of queries."""
    today = timezone.localdate()
    older = [] if again else open_releases()
    for table in Table:
        keys = sorted(reading.keys(table) | left_out(reading, table))
        for at in range(0, len(keys), size):
            yield compare_batch(reading, table, keys[at : at + size], today, older)


def left_out(reading, table):
    """The keys of records that the last release listed and this one does not."""
    known = ReleaseRow.objects.filter(table=table, fields__delisted_on=None).values_list("key", flat=True)
    return {key for key in known.iterator() if reading.covers(table, key)} - reading.keys(table)


def compare_batch(reading, table, keys, today, older):
    records, said = find(table, keys), ReleaseRow.objects.by_key(table, keys)
    waiting = {proposal.key: content(proposal) for proposal in still_open(older, table, keys).filter(edited=True)}
    differences = []
    for key in keys:
        mine = facts_of(table, records[key]) if key in records else None
        if key in reading.keys(table):
            difference = compare_row(table, key, *reading.row(table, key), said.get(key, {}), mine)
        else:
            difference = compare_left_out(table, key, said[key], mine, today)
        if difference.proposal and waiting.get(key) == content(difference.proposal):
            difference.proposal = None
        differences.append(difference)
    return differences


def content(proposal):
    """What a proposal would do, whenever it was made: the day on which a record is struck is that of the reading."""
    return proposal.kind, proposal.before, {**proposal.after, "delisted_on": bool(proposal.after.get("delisted_on"))}


def compare_row(table, key, number, theirs, base, mine):
    """Compare what a row says with what the last release said of the record and with the record, or None."""
    if mine is None:
        unchanged = all(base.get(name, NOTHING) == value for name, value in theirs.items() if name != "slug")
        if base and unchanged:  # a person declined it, or took the record away
            return Difference(table, key)
        proposal = Proposal(table=table, key=key, kind=ProposalKind.NEW, row=number, after=without_day(theirs))
        proposal.source, proposal.edited = theirs["source"], bool(base)
        return Difference(table, key, proposal)
    names = [name for name in theirs if name in mine]
    agreed = {name: theirs[name] for name in names if theirs[name] == mine[name] != base.get(name, NOTHING)}
    after = {name: theirs[name] for name in names if theirs[name] != mine[name] and theirs[name] != base.get(name, NOTHING)}
    if not after:
        return Difference(table, key, agreed=agreed)
    proposal = Proposal(table=table, key=key, kind=ProposalKind.CHANGED, row=number, after=after)
    proposal.before = {name: mine[name] for name in after}
    proposal.edited = any(mine[name] != base.get(name, NOTHING) for name in after)
    proposal.source = theirs["source"]
    return Difference(table, key, proposal, agreed)


def compare_left_out(table, key, base, mine, today):
    """Propose to strike a record that the last release listed, unless a person has struck it or taken it away."""
    if mine is None or mine["delisted_on"]:
        return Difference(table, key)
    proposal = Proposal(table=table, key=key, kind=ProposalKind.GONE, before={"delisted_on": None})
    proposal.after = {"delisted_on": today.isoformat()}
    proposal.source = mine["source"]
    proposal.edited = any(mine[name] != value for name, value in base.items() if name in mine)
    return Difference(table, key, proposal)


def without_day(facts):
    return {name: value for name, value in facts.items() if name != "delisted_on"}


# --- The first content -------------------------------------------------------------------------------------------


def remember(size=BATCH):
    """Take what stands in the register as what the last release said, for every record of which none said anything."""
    for table in Table:
        known = set(ReleaseRow.objects.filter(table=table).values_list("key", flat=True))
        keys = [key for key in all_keys(table) if key not in known]
        for at in range(0, len(keys), size):
            records = find(table, keys[at : at + size])
            ReleaseRow.objects.remember(table, {key: facts_of(table, record) for key, record in records.items()})


def all_keys(table):
    """The natural keys of all records of a table, in order."""
    rows = MODELS[table].objects.order_by().values_list(*MODELS[table].natural)
    return sorted(" ".join(map(str, row)) for row in rows)
