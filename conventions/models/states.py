"""The member States of the ILO."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conventions.records import Listed, Record, Sourced


class Region(models.TextChoices):
    """The five regions in which the ILO orders its member States."""

    AFRICA = "africa", _("Africa")
    AMERICAS = "americas", _("Americas")
    ARAB_STATES = "arab-states", _("Arab States")
    ASIA_PACIFIC = "asia-pacific", _("Asia and the Pacific")
    EUROPE_CENTRAL_ASIA = "europe-central-asia", _("Europe and Central Asia")


class Country(Listed, Record, Sourced):
    """A member State of the ILO. Codes: ISO 3166-1. `member_since` stays empty where no source was read."""

    iso3 = models.CharField(
        _("ISO code, three letters"),
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as KAZ."))],
    )
    iso2 = models.CharField(
        _("ISO code, two letters"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, such as KZ."))],
    )
    name = models.CharField(_("name"), max_length=100, unique=True)
    official_name = models.CharField(_("name in the ILO's use"), max_length=150)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    region = models.CharField(_("ILO region"), max_length=30, choices=Region.choices)
    region_verified = models.BooleanField(_("region verified"), default=False)
    member_since = models.PositiveSmallIntegerField(_("member since (year)"), null=True, blank=True)
    member_note = models.CharField(_("note on membership"), max_length=200, blank=True)
    coverage_note = models.TextField(
        _("note on coverage"), blank=True, help_text=_("Shown to the public: how complete the ratifications of this State are.")
    )

    natural = ("iso3",)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("conventions:country", args=[self.slug])
