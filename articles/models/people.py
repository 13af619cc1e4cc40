"""Who promised, signed, spoke and decided. The terms are Popolo's: person, organisation, post, membership.

People and organisations are public only through something published that names them.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conventions.models import Country
from conventions.records import (
    Record,
    RecordQuerySet,
    Sourced,
    end_of_period,
    named_by,
    partial_date,
    partial_date_constraint,
    precision_field,
)


class Named(Record):
    """What people and organisations share: a name, a slug made of it, and its natural key."""

    name = models.CharField(_("name"), max_length=300)
    slug = models.SlugField(_("slug"), max_length=200, unique=True)

    natural = ("slug",)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self):
        return self.name


class NamedQuerySet(RecordQuerySet):
    """Published means: something published reaches it by one of `relations`."""

    relations = ()

    def published(self):
        """Those whom something published names."""
        rule = Q()
        for relation in self.relations:
            rule |= named_by(self.model, relation)
        return self.filter(rule)


class PersonQuerySet(NamedQuerySet):
    relations = ("appearances", "signatures")


class OrganisationQuerySet(NamedQuerySet):
    relations = ("participations", "appearances", "parties", "signatures", "responsibilities", "memberships")


class Person(Named):
    """A person who appears in the news or signed something. Roles are memberships, never part of the person."""

    note = models.TextField(_("note"), blank=True, help_text=_("For editors; not shown to the public."))

    objects = PersonQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def get_absolute_url(self):
        return reverse("articles:person", args=[self.slug])


class Classification(models.TextChoices):
    """Whom an organisation speaks for. The first three are the ILO's constituents."""

    GOVERNMENT = "government", _("Government")
    EMPLOYERS = "employers", _("Employers’ organisation")
    WORKERS = "workers", _("Workers’ organisation")
    INTERNATIONAL = "international", _("International organisation")
    OTHER = "other", _("Other")


class Organisation(Named):
    """A body that takes part in what is reported: a ministry, a federation of unions or of employers, the ILO."""

    classification = models.CharField(_("classification"), max_length=20, choices=Classification.choices)
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("country")
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For editors; not shown to the public."))

    objects = OrganisationQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def get_absolute_url(self):
        return reverse("articles:organisation", args=[self.slug])


class OtherName(Record, Sourced):
    """Another spelling or script in which a source gives a name. Scripts by ISO 15924: Latn, Cyrl, Arab."""

    name = models.CharField(_("name"), max_length=300)
    script = models.CharField(
        _("script"), max_length=4, default="Latn", help_text=_("Four letters of ISO 15924: Latn, Cyrl, Arab …")
    )

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self):
        return self.name


class PersonName(OtherName):
    """Another name of a person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="other_names")

    natural = ("person__slug", "name")

    class Meta(OtherName.Meta):
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], name="personname_once", violation_error_message=_("This name is listed already.")
            )
        ]


class OrganisationName(OtherName):
    """Another name of an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="other_names")

    natural = ("organisation__slug", "name")

    class Meta(OtherName.Meta):
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="organisationname_once",
                violation_error_message=_("This name is listed already."),
            )
        ]


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


class MembershipQuerySet(RecordQuerySet):
    def published(self):
        """Memberships of people whom the public may see. They make their organisation visible too."""
        return self.filter(person__in=Person.objects.published())


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

    def clean(self):
        end_of_period(self, "starts_on", "ends_on")
        if self.post_id and self.organisation_id and self.post.organisation_id != self.organisation_id:
            raise ValidationError({"post": _("This post belongs to another organisation.")})
