"""Who promised, signed, spoke and decided: people and organisations, and their names. The terms are Popolo's.

People and organisations are public only through something published that names them.
"""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conventions.models import Country
from conventions.records import Record, RecordQuerySet, Sourced


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


def reached(model, relations, key="pk"):
    """The rule that something published reaches a row of `model` by one of its reverse `relations`.

    It stops at the first it finds: nearly everybody on record is in the news, many of them often, and a list of keys would
    be made of every article. `key` names the row's key where the rule is asked of something that points to it.
    """
    rule = Q()
    for relation in relations:
        field = model._meta.get_field(relation)
        rows = field.related_model.objects
        public = rows.published().filter(pk=OuterRef("pk"))  # one by one: SQLite would begin with every published article
        rule |= Q(Exists(rows.filter(Exists(public), **{field.remote_field.name: OuterRef(key)})))
    return rule


class NamedQuerySet(RecordQuerySet):
    """Published means: something published reaches it by one of `relations`."""

    relations = ()

    def published(self):
        """Those whom something published names."""
        return self.filter(reached(self.model, self.relations))


class PersonQuerySet(NamedQuerySet):
    relations = ("appearances", "signatures")

    def to_check(self):
        """Those of whom something contradictory is recorded."""
        memberships = self.model._meta.get_field("memberships").related_model.objects
        return self.filter(pk__in=memberships.contradicting().values("person"))


class OrganisationQuerySet(NamedQuerySet):
    relations = ("participations", "appearances", "parties", "signatures", "responsibilities", "memberships")


class Person(Named):
    """A person who appears in the news or signed something. Roles are memberships, never part of the person."""

    note = models.TextField(_("note"), blank=True, help_text=_("For editors; not shown to the public."))

    parts = ("other_names", "memberships")
    objects = PersonQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def get_absolute_url(self):
        return reverse("articles:person", args=[self.slug])

    def roles_on(self, day):
        """The roles of which something is known on `day`, each with how it is known (`known`), in one query."""
        return self.memberships.known_on(day).select_related("organisation", "post")

    def contradictions(self):
        """What an editor should look at in this person's roles, and in the posts they share with others."""
        return self.memberships.model.objects.concerning(self).contradictions(of=self)


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

    parts = ("other_names",)
    objects = OrganisationQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def get_absolute_url(self):
        return reverse("articles:organisation", args=[self.slug])


class Script(models.TextChoices):
    """The scripts that names on record are most often written in, by ISO 15924. Any other code is shown as it is."""

    LATIN = "Latn", _("Latin")
    CYRILLIC = "Cyrl", _("Cyrillic")
    ARABIC = "Arab", _("Arabic")
    ARMENIAN = "Armn", _("Armenian")
    BENGALI = "Beng", _("Bengali")
    BURMESE = "Mymr", _("Burmese")
    CHINESE = "Hani", _("Chinese")
    CHINESE_SIMPLIFIED = "Hans", _("Simplified Chinese")
    CHINESE_TRADITIONAL = "Hant", _("Traditional Chinese")
    DEVANAGARI = "Deva", _("Devanagari")
    ETHIOPIC = "Ethi", _("Ethiopic")
    GEORGIAN = "Geor", _("Georgian")
    GREEK = "Grek", _("Greek")
    HEBREW = "Hebr", _("Hebrew")
    JAPANESE = "Jpan", _("Japanese")
    KHMER = "Khmr", _("Khmer")
    KOREAN = "Kore", _("Korean")
    LAO = "Laoo", _("Lao")
    MONGOLIAN = "Mong", _("Mongolian")
    SINHALA = "Sinh", _("Sinhala")
    TAMIL = "Taml", _("Tamil")
    THAI = "Thai", _("Thai")


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

    @property
    def script_name(self):
        """The script in words where the code is one of `Script`, else the code."""
        return Script(self.script).label if self.script in Script.values else self.script

    @property
    def language_tag(self):
        """The script without a claim about the language (BCP 47: "und-Cyrl"); Latin letters need none."""
        return f"und-{self.script}" if self.script in Script.values and self.script != Script.LATIN else ""


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
