"""Facts that stand on their own beside the articles: statistics."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conventions.models import Country
from conventions.records import Record, RecordQuerySet, Sourced

from .articles import Article
from .states import is_public


class StatisticQuerySet(RecordQuerySet):
    def published(self):
        """Figures that a published article gives."""
        return self.filter(pk__in=Article.objects.published().values("statistics"))

    def published_about(self, country):
        """Those of one State. They are joined to their articles, where `published()` would list those of all States."""
        return self.filter(is_public(through="articles__"), country=country).distinct()


class Qualifier(models.TextChoices):
    """How a source gives a number that it does not give exactly."""

    ABOUT = "about", _("about")
    FEWER = "fewer", _("fewer than")
    MORE = "more", _("more than")
    UP_TO = "up-to", _("up to")

    __empty__ = _("exactly")


class Statistic(Record, Sourced):
    """A figure: of what, where, in which year, in which unit, and who says so. Two sources may differ: two rows."""

    indicator = models.CharField(
        _("indicator"), max_length=200, help_text=_("What is counted: victims of occupational diseases.")
    )
    qualifier = models.CharField(
        _("how exact"),
        max_length=5,
        choices=Qualifier.choices,
        blank=True,
        help_text=_("As the source gives the number: about 470,000, more than 50."),
    )
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=50, help_text=_("persons, %, tenge a month …"))
    year = models.PositiveSmallIntegerField(_("year"))
    country = models.ForeignKey(
        Country,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statistics",
        verbose_name=_("country"),
        help_text=_("Empty for a figure of no single State: it is worldwide."),
    )
    note = models.TextField(_("note"), blank=True)
    articles = models.ManyToManyField(Article, blank=True, related_name="statistics", verbose_name=_("articles"))

    natural = ("indicator", "country__iso3", "year", "source")
    elsewhere = ("articles",)
    named_with = ("country",)
    objects = StatisticQuerySet.as_manager()

    class Meta:
        verbose_name = _("statistic")
        verbose_name_plural = _("statistics")
        ordering = ["indicator", "country", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "country", "year", "source"],
                name="statistic_once",
                violation_error_message=_("This figure of this source is recorded already."),
            ),
            models.UniqueConstraint(  # to a database, two rows without a country differ
                fields=["indicator", "year", "source"],
                condition=Q(country__isnull=True),
                name="statistic_worldwide_once",
                violation_error_message=_("This figure of this source is recorded already."),
            ),
            models.CheckConstraint(
                name="statistic_has_unit",
                condition=~Q(unit=""),
                violation_error_message=_("A figure without its unit says nothing."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator}, {self.where} {self.year}: {self.amount} {self.unit}"

    @property
    def where(self):
        """The State that it is of, or the whole world."""
        return str(self.country) if self.country_id else str(_("worldwide"))

    @property
    def amount(self):
        """The number as a reader sees it, without trailing zeros: 0.035, about 470,000."""
        number = f"{self.value.normalize():,f}".replace("-", "\N{MINUS SIGN}")
        return f"{self.get_qualifier_display()} {number}".strip()
