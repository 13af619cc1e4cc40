"""Who held which post and role when, as far as sources state it. The terms are Popolo's: post, membership."""

from itertools import combinations
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conventions.records import (
    PartialDate,
    Record,
    RecordQuerySet,
    Sourced,
    end_of_period,
    first_day,
    partial_date,
    partial_date_constraint,
    precision_field,
)

from .people import Organisation, Person, PersonQuerySet, reached


class Post(Record):
    """An office that exists whoever holds it: First Vice-Minister of Labour of Kazakhstan."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts", verbose_name=_("organisation"))
    label = models.CharField(_("label"), max_length=200)

    natural = ("organisation__slug", "label")

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["organisation__name", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "label"],
                name="post_once",
                violation_error_message=_("This organisation already has a post of this name."),
            )
        ]

    def __str__(self):
        return f"{self.label}, {self.organisation}"

    def contradictions(self):
        """What an editor should look at among those who held this post."""
        return self.memberships.contradictions()


class Known(models.TextChoices):
    """How a role is known on a day."""

    STATED = "stated", _("stated that day")
    PERIOD = "period", _("within the known period")
    LAST = "last", _("stated before, and not known to have ended")


class Contradiction(NamedTuple):
    """Something about roles that cannot be right as it stands, said in a sentence, with the memberships it is about."""

    sentence: str
    memberships: tuple


class MembershipQuerySet(RecordQuerySet):
    def published(self):
        """Memberships of people whom the public may see. They make their organisation visible too."""
        return self.filter(reached(Person, PersonQuerySet.relations, "person"))

    def concerning(self, person):
        """A person's own memberships, and those of whoever held a post that they held."""
        posts = self.model.objects.filter(person=person, post__isnull=False).values("post")
        return self.filter(Q(person=person) | Q(post__in=posts))

    def with_period(self):
        """Annotate `known_from` and `known_until`, the days between which the role is known to be held.

        A statement vouches for its own day. A partial date is a period: a role that began in 2024 is known to be held
        from the last day of 2024, one that ended in 2024 until the first, unless a statement within says more. A
        statement before the start or after the end vouches for nothing; where no day is left, `known_from` comes last.
        """
        return self.annotate(
            known_from=Case(
                When(stated_on__lt=first_day("starts_on"), then="starts_on"),
                default=Coalesce(Least("starts_on", "stated_on"), "stated_on"),
            ),
            known_until=Case(
                When(stated_on__gt=F("ends_on"), then=first_day("ends_on")),
                default=Coalesce(Greatest(first_day("ends_on"), "stated_on"), "stated_on"),
            ),
        )

    def held_on(self, day):
        """Roles known to be held on `day`: stated that very day, or the day lies within the known period."""
        return self.with_period().filter(known_from__lte=day, known_until__gte=day)

    def known_on(self, day):
        """Roles of which something is known on `day`, with `known`, a `Known`.

        Beside those held then, the latest statement before the day in each organisation, unless it had ended by then.
        """
        held = Q(known_from__lte=day, known_until__gte=day)
        beside = self.model.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"), stated_on__lte=day)
        latest = Q(stated_on=Subquery(beside.order_by("-stated_on").values("stated_on")[:1]))
        lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        known = Case(
            When(held & Q(stated_on=day), then=Value(Known.STATED)),
            When(held, then=Value(Known.PERIOD)),
            When(Q(known_from__lte=day) & lasting & latest, then=Value(Known.LAST)),
        )
        return self.with_period().annotate(known=known).filter(known__isnull=False)

    def contradicting(self):
        """Roles that go ill with another or with their own dates. `contradictions()` says how; nothing is refused by it."""
        others = self.model.objects.exclude(pk=OuterRef("pk"))
        same_day = others.filter(
            person=OuterRef("person"), organisation=OuterRef("organisation"), stated_on=OuterRef("stated_on")
        )
        same_post = others.filter(post=OuterRef("post"))
        rivals = (
            same_post.exclude(person=OuterRef("person"))
            .with_period()
            .filter(
                Q(known_from__lte=F("known_until")) & Q(known_from__lte=OuterRef("known_until")),
                known_until__gte=OuterRef("known_from"),
            )
        )
        own_dates = Q(stated_on__lt=first_day("starts_on")) | Q(stated_on__gt=F("ends_on"))
        two_holders = Q(Exists(rivals)) & Q(known_from__lte=F("known_until"))
        two_names = Q(Exists(same_post.exclude(role=OuterRef("role"))))
        return self.with_period().filter(own_dates | two_holders | two_names | Q(Exists(same_day)))

    def contradictions(self, of=None):
        """The contradictions among these memberships, in sentences; only those that concern the person `of`, if given."""
        rows = self.with_period().select_related("person", "organisation", "post__organisation").order_by("stated_on", "pk")
        groups = [(row,) for row in rows] + list(combinations(rows, 2))
        found = {}
        for group in groups:
            if of is None or of in [row.person for row in group]:
                for subject, sentence in at_odds(*group):
                    found.setdefault(subject, Contradiction(sentence, group))
        return list(found.values())


class Membership(Record, Sourced):
    """A person's role in an organisation: known from a day on which it was stated, seldom with start and end."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("post")
    )
    role = models.CharField(_("role"), max_length=200)
    stated_on = models.DateField(_("stated on"), help_text=_("The day on which the source states the role."))
    starts_on = models.DateField(_("from"), null=True, blank=True, help_text=_("Only where a source gives it."))
    starts_on_precision = precision_field(_("start"))
    starts = partial_date("starts_on")
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("Only where a source gives it."))
    ends_on_precision = precision_field(_("end"))
    ends = partial_date("ends_on")

    natural = ("person__slug", "organisation__slug", "role", "stated_on")
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["-stated_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role", "stated_on"],
                name="membership_once",
                violation_error_message=_("This role of this person is recorded already for that day."),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("A membership cannot end before it began."),
            ),
            partial_date_constraint("membership", "starts_on"),
            partial_date_constraint("membership", "ends_on"),
        ]

    def __str__(self):
        return f"{self.person}: {self.role}"

    def meets(self, other):
        """Whether both are known to be held on one day. Both come from `with_period()`."""
        return max(self.known_from, other.known_from) <= min(self.known_until, other.known_until)

    def clean(self):
        end_of_period(self, "starts_on", "ends_on")
        if self.post_id and self.organisation_id and self.post.organisation_id != self.organisation_id:
            raise ValidationError({"post": _("This post belongs to another organisation.")})


# --- Contradictions -----------------------------------------------------------------------------------------------


def at_odds(one, other=None):
    """Yield what is at odds in one membership or between two, once for each subject: (subject, sentence).

    The rules of `contradicting()` for memberships in hand, which come from `with_period()`.
    """
    if other is None:
        yield from at_odds_with_itself(one)
        return
    facts = {"one": one.person, "other": other.person, "role": one.role, "as": other.role}
    shared = one.post_id is not None and one.post_id == other.post_id
    if shared and one.person_id != other.person_id and one.meets(other):
        day = PartialDate(max(one.known_from, other.known_from))
        sentence = gettext("%(one)s and %(other)s both hold the post “%(post)s” on %(day)s.")
        subject = ("holders", one.post_id, frozenset([one.person_id, other.person_id]))
        yield subject, sentence % {**facts, "post": one.post, "day": day}
    if shared and one.role != other.role:
        sentence = gettext("The post “%(post)s” is held under two names: “%(role)s” and “%(as)s”.")
        yield ("names", one.post_id, frozenset([one.role, other.role])), sentence % {**facts, "post": one.post}
    alike = [one.person_id, one.organisation_id, one.stated_on] == [other.person_id, other.organisation_id, other.stated_on]
    if alike:
        sentence = gettext("On %(day)s %(one)s has two roles in %(organisation)s: “%(role)s” and “%(as)s”.")
        values = {**facts, "day": PartialDate(one.stated_on), "organisation": one.organisation}
        yield ("roles", one.pk, other.pk), sentence % values


def at_odds_with_itself(row):
    """Yield what is at odds between the dates of one membership: (subject, sentence)."""
    facts = {"person": row.person, "role": row.role, "day": PartialDate(row.stated_on), "start": row.starts, "end": row.ends}
    if row.starts and row.stated_on < row.starts.first_day:
        sentence = gettext("%(person)s: “%(role)s” is stated on %(day)s, before its start (%(start)s).")
        yield ("before", row.pk), sentence % facts
    if row.ends and row.stated_on > row.ends.last_day:
        sentence = gettext("%(person)s: “%(role)s” is stated on %(day)s, after its end (%(end)s).")
        yield ("after", row.pk), sentence % facts
