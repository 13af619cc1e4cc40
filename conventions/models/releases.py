"""How the register is brought up to date: a release is read, its differences are proposed, a person decides.

Three readings of a row meet here: what the last release said (`ReleaseRow`), what stands in the register now, and what
the new release says. What only the release changed is proposed; what a person changed by hand since is marked, and
never overwritten unasked.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.records import violated
from conventions.versions import Version

from .rows import MODELS, Table, facts_of, find, missing, write

BATCH = 500  # rows in a transaction: well under a second, so that nobody else waits long for the database


class ReleaseRowQuerySet(models.QuerySet):
    def by_key(self, table, keys):
        """What the last release said of the records with these keys."""
        return dict(self.filter(table=table, key__in=keys).values_list("key", "fields"))

    def remember(self, table, said):
        """Keep what a release says, as a mapping of key to fields, beside what the last one said of other fields."""
        before = self.by_key(table, said.keys())
        self.bulk_create(
            [ReleaseRow(table=table, key=key, fields=before.get(key, {}) | fields) for key, fields in sorted(said.items())],
            update_conflicts=True,
            unique_fields=["table", "key"],
            update_fields=["fields"],
        )


class ReleaseRow(models.Model):
    """What the last release said of one record, decided on by a person or loaded with the first content.

    A record that the release left out has the day of that in `delisted_on`. A field that is not there was never said.
    """

    table = models.CharField(_("table"), max_length=12, choices=Table.choices)
    key = models.CharField(_("key"), max_length=20, help_text=_("The record's natural key: KAZ, C087, KAZ C087 1."))
    fields = models.JSONField(_("fields"), encoder=DjangoJSONEncoder)

    objects = ReleaseRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of the last release")
        verbose_name_plural = _("rows of the last release")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["table", "key"], name="releaserow_key", violation_error_message=_("This row is there already.")
            )
        ]

    def __str__(self):
        return self.key


class Release(models.Model):
    """One reading of the tables of the register: which files, when, by whom, and whether it was read to its end."""

    name = models.CharField(_("files"), max_length=200)
    rows = models.PositiveIntegerField(_("rows read"), default=0)
    read_at = models.DateTimeField(_("read at"), default=timezone.now)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("read by")
    )
    is_complete = models.BooleanField(
        _("read to the end"), default=False, help_text=_("What broke off while it was read can be decided on by nobody.")
    )

    class Meta:
        verbose_name = _("release of the register")
        verbose_name_plural = _("releases of the register")
        ordering = ["-pk"]
        default_permissions = ("add", "view")
        permissions = [("decide_release", "Can decide release of the register")]

    def __str__(self):
        return self.name


class ProposalKind(models.TextChoices):
    """What a release would do to a record."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    GONE = "gone", _("Gone")


class Decision(models.TextChoices):
    """What a person made of a proposal."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    OVERTAKEN = "overtaken", _("Overtaken")  # the record was changed after the release was read


@dataclass
class Outcome:
    """What became of the proposals that a person decided on. What was refused, with its sentence, stays open."""

    accepted: int = 0
    declined: int = 0
    overtaken: int = 0
    refused: list = field(default_factory=list)

    def __add__(self, other):
        return Outcome(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


class ProposalQuerySet(models.QuerySet):
    def open(self):
        """Those that a person can decide on: not decided yet, and of a release that was read to its end."""
        return self.filter(decision=Decision.OPEN, release__is_complete=True)

    def clean(self):
        """Those that overwrite nothing edited by hand."""
        return self.filter(edited=False)

    def accept(self, by, progress=None, batch=BATCH):
        """Make the register say what the release says, and return the Outcome.

        `by` is the person, who needs the right `conventions.decide_release`, or None for the administrator at the
        command line. What was decided before is passed over. Call it outside of a transaction: each batch is one.
        `progress(done, total)` is called after each.
        """
        return self._decide(accept_batch, by, progress, batch)

    def decline(self, by, progress=None, batch=BATCH):
        """Leave the register as it is and note what the release said, so that the next does not propose it again."""
        return self._decide(decline_batch, by, progress, batch)

    def _decide(self, decide, by, progress, batch):
        if by is not None and not by.has_perm("conventions.decide_release"):
            raise PermissionDenied(gettext("You may not decide on releases of the register."))
        outcome, done, batches = Outcome(), 0, self._batches(batch)
        for table, pks in batches:
            outcome += settle(decide, table, pks, by)
            done += len(pks)
            if progress:
                progress(done, sum(len(others) for _table, others in batches))
        return outcome

    def _batches(self, size):
        """The keys of what is open, in the order in which records need each other; instruments all in one batch."""
        batches = []
        for table in Table:
            pks = list(self.open().filter(table=table).order_by("pk").values_list("pk", flat=True))
            step = len(pks) if table == Table.CONVENTION else size
            batches += [(table, pks[at : at + step]) for at in range(0, len(pks), step or 1)]
        return batches


class Proposal(models.Model):
    """One difference between a release and the register, with the old and the new value. It stays as the log."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("release"))
    table = models.CharField(_("table"), max_length=12, choices=Table.choices)
    key = models.CharField(_("record"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=ProposalKind.choices)
    row = models.PositiveIntegerField(_("row in the file"), null=True, blank=True)
    before = models.JSONField(_("stands now"), encoder=DjangoJSONEncoder, default=dict)
    after = models.JSONField(_("release says"), encoder=DjangoJSONEncoder, default=dict)
    source = models.TextField(_("source"), blank=True)
    edited = models.BooleanField(
        _("edited by hand"), default=False, help_text=_("A person changed here what the last release said.")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of a release")
        verbose_name_plural = _("proposals of releases")
        ordering = ["release", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["release", "table", "key"],
                name="proposal_once",
                violation_error_message=_("This release proposes something for this record already."),
            ),
            models.CheckConstraint(
                name="proposal_decided_has_time",
                condition=Q(decision=Decision.OPEN) ^ Q(decided_at__isnull=False),
                violation_error_message=_("What was decided has a time of decision, and only that."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.key}"

    def fits(self, record):
        """Whether the record is still as it was when the release was read."""
        if self.kind == ProposalKind.NEW or record is None:
            return self.kind == ProposalKind.NEW and record is None
        now = facts_of(self.table, record)
        return all(now[name] == value for name, value in self.before.items())

    @property
    def said(self):
        """What the release says of the record: that it is listed if it is new, and nothing of its address."""
        listed = {"delisted_on": None} if self.kind == ProposalKind.NEW else {}
        return listed | {name: value for name, value in self.after.items() if name != "slug"}


# --- Deciding on a batch -----------------------------------------------------------------------------------------


def settle(decide, table, pks, by):
    """Decide on a batch in a transaction. If the database refuses it, its halves are tried, down to the one row at fault."""
    try:
        with transaction.atomic():
            return decide(table, pks, by)
    except IntegrityError as error:
        if len(pks) == 1:
            key = Proposal.objects.values_list("key", flat=True).get(pk=pks[0])
            return Outcome(refused=[f"{key}: {violated(MODELS[table], error) or str(error).splitlines()[0]}"])
    middle = len(pks) // 2
    return settle(decide, table, pks[:middle], by) + settle(decide, table, pks[middle:], by)


def lock(pks):
    """Of these proposals, what is still open, locked: in two windows the second finds nothing left to decide."""
    return list(Proposal.objects.filter(pk__in=pks, decision=Decision.OPEN).order_by("pk").select_for_update())


def close(proposals, decision, by):
    pks = [proposal.pk for proposal in proposals]
    Proposal.objects.filter(pk__in=pks).update(decision=decision, decided_by=by, decided_at=timezone.now())


def accept_batch(table, pks, by):
    """Change the records of a batch, note what the release said and close the proposals, all or nothing."""
    proposals = lock(pks)
    records = find(table, [proposal.key for proposal in proposals], lock=True)
    overtaken = [proposal for proposal in proposals if not proposal.fits(records.get(proposal.key))]
    late = {proposal.key for proposal in overtaken}
    wanted = {proposal.key: proposal.after for proposal in proposals if proposal.key not in late}
    refused = missing(table, wanted)
    ready = [proposal for proposal in proposals if proposal.key in wanted.keys() - refused.keys()]
    standing = [records[proposal.key] for proposal in ready if proposal.key in records]
    keep(standing, by=None)
    write(table, [(records.get(proposal.key), proposal.after) for proposal in ready])
    keep(standing, by=by)
    ReleaseRow.objects.remember(table, {proposal.key: proposal.said for proposal in ready})
    close(ready, Decision.ACCEPTED, by)
    close(overtaken, Decision.OVERTAKEN, by)
    return Outcome(accepted=len(ready), overtaken=len(overtaken), refused=list(refused.values()))


def keep(records, by):
    """Write down what these records say; one that is new has its first version when it is first changed."""
    for record in records:
        Version.objects.keep(record, by=by)


def decline_batch(table, pks, by):
    """Note what the release said of the records of a batch, and change none of them."""
    proposals = lock(pks)
    ReleaseRow.objects.remember(table, {proposal.key: proposal.said for proposal in proposals})
    close(proposals, Decision.DECLINED, by)
    return Outcome(declined=len(proposals))
