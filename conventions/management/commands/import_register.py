"""Bring the register up to date from CSV files: show what a release changes, and accept what overwrites nobody's edits."""

from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from conventions.models import ProposalKind, Table
from conventions.models.releases import BATCH
from conventions.models.rows import FACTS, MODELS
from conventions.register.changes import propose, read_release
from conventions.register.tables import Refused, read

SHOWN = 200  # proposals that are printed; more is a wall
MOST = 5_000  # rows in a transaction


class Command(BaseCommand):
    help = "Read a release of the register from CSV files, print what it changes and accept what nobody edited by hand."

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="a table of docs/register-csv.md, known by its header"
        )
        parser.add_argument("--dry-run", action="store_true", help="only print what would change; nothing is written")
        parser.add_argument("--overwrite-edited", action="store_true", help="accept also what overwrites what was edited by hand")
        parser.add_argument("--batch", type=int, default=BATCH, help=f"rows in one transaction, 1 to {MOST} (default: {BATCH})")

    def handle(self, *, files, dry_run, overwrite_edited, batch, **options):
        if not 1 <= batch <= MOST:
            raise CommandError(f"--batch is {batch}; it must be a number of rows from 1 to {MOST}.")
        with ExitStack() as stack:
            tables = [(path.name, opened(stack, path)) for path in files]
            try:
                self.preview(tables, overwrite_edited) if dry_run else self.bring_in(tables, overwrite_edited, batch)
            except Refused as refusal:
                raise CommandError("\n".join([*refusal.sentences, "Nothing was changed."])) from None

    def preview(self, tables, overwrite_edited):
        counts = self.show(propose(read(tables), again=overwrite_edited), overwrite_edited)
        self.say(f"{told(counts)} Nothing was written.")

    def bring_in(self, tables, overwrite_edited, batch):
        release = read_release(tables, again=overwrite_edited, batch=batch, progress=self.progress("rows read"))
        proposals = release.proposals.order_by("pk")
        self.say(told(self.show(proposals.iterator(), overwrite_edited)))
        chosen = proposals if overwrite_edited else proposals.clean()
        outcome = chosen.accept(None, progress=self.progress("changes accepted"), batch=batch)
        left = proposals.open().count()
        self.say(
            f"{outcome.accepted:,} accepted, {outcome.overtaken:,} overtaken by an edit, {left:,} left open in the back office."
        )
        if outcome.refused:
            more = [f"And {len(outcome.refused) - SHOWN:,} more."] if len(outcome.refused) > SHOWN else []
            raise CommandError("\n".join([*outcome.refused[:SHOWN], *more, "What was refused stays open."]))

    def show(self, proposals, overwrite_edited):
        """Print the first proposals and say how many more there are; return how many there are of each kind."""
        proposals = iter(proposals)
        counts = dict.fromkeys([*ProposalKind.values, "edited"], 0)
        for proposal in counted(islice(proposals, SHOWN), counts):
            self.stdout.write(line(proposal, overwrite_edited))
        more = sum(1 for _proposal in counted(proposals, counts))
        if more:
            self.stdout.write(
                f"And {more:,} more. Every release stands with all its proposals in the back office, under Releases."
            )
        return counts

    def progress(self, what):
        return lambda done, total: self.say(f"{done:,} of {total:,} {what}")

    def say(self, text):
        """Print at once: who waits at a pipe wants to see it move."""
        self.stdout.write(text)
        self.stdout.flush()


def opened(stack, path):
    try:
        return stack.enter_context(path.open("rb"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def counted(proposals, counts):
    for proposal in proposals:
        counts[proposal.kind] += 1
        counts["edited"] += proposal.edited
        yield proposal


def told(counts):
    if not any(counts.values()):
        return "Nothing is new, changed or gone."
    kinds = ", ".join(f"{counts[kind]:,} {kind}" for kind in ProposalKind.values)
    return f"{kinds}; {counts['edited']:,} of them edited by hand."


def line(proposal, overwrite_edited):
    """A proposal in one line: what becomes of which record, each fact with its old and its new value, and the source."""
    place = f" (row {proposal.row})" if proposal.row else ""
    parts = [f"{ProposalKind(proposal.kind).label}: {Table(proposal.table).label} {proposal.key}{place}: {facts(proposal)}."]
    if proposal.kind != ProposalKind.NEW:
        parts.append(f"Source: {proposal.source.rstrip('.') or 'none'}.")
    if proposal.edited:
        parts.append("Edited by hand: " + ("overwritten." if overwrite_edited else "left as it is."))
    return " ".join(parts)


def facts(proposal):
    """What becomes of each fact, in the order of the tables: PostgreSQL keeps none of its own."""
    order = [*FACTS[proposal.table].split(), "slug", "delisted_on"]
    after = {name: proposal.after[name] for name in order if name in proposal.after}
    names = {name: MODELS[proposal.table]._meta.get_field(name).verbose_name for name in after}
    if proposal.kind == ProposalKind.NEW:
        return "; ".join(f"{names[name]} {said(value)}" for name, value in after.items() if value not in (None, "", []))
    return "; ".join(f"{names[name]} {said(proposal.before[name])} -> {said(value)}" for name, value in after.items())


def said(value):
    """A value as a person reads it."""
    if value is None or value in ("", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(said(part) for part in value)
    return str(value)
