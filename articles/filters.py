"""The filter forms of the newsroom. Their choices are only what published records have, so none leads nowhere."""

import re

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conventions.filters import YEAR_INPUT, WordsFilter
from conventions.models import Convention, Country, Topic

from .models import (
    Article,
    Classification,
    Correction,
    CorrectionKind,
    Discrepancy,
    Organisation,
    Person,
    Reading,
    Roadmap,
    RoadmapKind,
)


def named_by_articles(model, field):
    """The rows of `model` that a published article names by the many-to-many `field`."""
    return model.objects.filter(pk__in=Article.objects.published().values(field))


def cited_instruments(request):
    return named_by_articles(Convention, "conventions")


class InstrumentField(filters.fields.ModelChoiceField):
    """One of the instruments, by its code as people write it: c087, C87."""

    def prepare_value(self, value):
        return Convention.canonical_code(value) or value if isinstance(value, str) else super().prepare_value(value)

    def to_python(self, value):
        return super().to_python(Convention.canonical_code(value) or value if isinstance(value, str) else value)


class InstrumentFilter(filters.ModelChoiceFilter):
    field_class = InstrumentField


def countries_with_roadmaps(request):
    return Country.objects.filter(pk__in=Roadmap.objects.published().values("country"))


class ArticleFilter(filters.FilterSet):
    q = WordsFilter("headline", "standfirst")
    country = filters.ModelChoiceFilter(
        field_name="countries",
        queryset=lambda request: named_by_articles(Country, "countries"),
        to_field_name="slug",
        label=_("Country"),
        empty_label=_("All countries"),
    )
    topic = filters.ModelChoiceFilter(
        field_name="topics",
        queryset=lambda request: named_by_articles(Topic, "topics"),
        to_field_name="slug",
        label=_("Topic"),
        empty_label=_("All topics"),
    )
    convention = InstrumentFilter(
        field_name="conventions",
        queryset=cited_instruments,
        to_field_name="code",
        label=_("Instrument"),
        empty_label=_("All instruments"),
    )
    year = filters.NumberFilter(
        field_name="dated", lookup_expr="year", label=_("Year"), min_value=1919, max_value=2999, widget=YEAR_INPUT
    )

    class Meta:
        model = Article
        fields = ["q", "country", "topic", "convention", "year"]


class RoadmapFilter(filters.FilterSet):
    q = WordsFilter("title", "summary")
    country = filters.ModelChoiceFilter(
        queryset=countries_with_roadmaps, to_field_name="slug", label=_("Country"), empty_label=_("All countries")
    )
    kind = filters.ChoiceFilter(choices=RoadmapKind.choices, label=_("Kind"), empty_label=_("All kinds"))

    class Meta:
        model = Roadmap
        fields = ["q", "country", "kind"]


class NamesFilter(WordsFilter):
    """Find all the words, each in the name or in another spelling of it, in any script and whatever their case."""

    def __init__(self, **kwargs):
        super().__init__("name", label=_("Name, in any spelling or script"), **kwargs)

    def filter(self, queryset, value):
        names = queryset.model._meta.get_field("other_names")
        for word in value.split()[:8] if value else ():
            # SQLite's LIKE knows the case of Latin letters only; its regular expressions are Python's and know it of all.
            lookup = {"name__icontains": word} if word.isascii() else {"name__iregex": re.escape(word)}
            others = names.related_model.objects.filter(**lookup).values(names.remote_field.name)
            queryset = queryset.filter(Q(**lookup) | Q(pk__in=others))
        return queryset


class PersonFilter(filters.FilterSet):
    q = NamesFilter()

    class Meta:
        model = Person
        fields = ["q"]


def countries_with_organisations(request):
    return Country.objects.filter(pk__in=Organisation.objects.published().values("country"))


class OrganisationFilter(filters.FilterSet):
    q = NamesFilter()
    classification = filters.ChoiceFilter(choices=Classification.choices, label=_("Speaks for"), empty_label=_("Anybody"))
    country = filters.ModelChoiceFilter(
        queryset=countries_with_organisations, to_field_name="slug", label=_("Country"), empty_label=_("All countries")
    )

    class Meta:
        model = Organisation
        fields = ["q", "classification", "country"]


class CorrectionFilter(filters.FilterSet):
    q = WordsFilter("text", "article__headline")
    kind = filters.ChoiceFilter(choices=CorrectionKind.choices, label=_("Kind"), empty_label=_("All kinds"))

    class Meta:
        model = Correction
        fields = ["q", "kind"]


class ReadingWordsFilter(WordsFilter):
    """Find all the words, each in the question, in what we say of it, or in one of the readings."""

    def filter(self, queryset, value):
        for word in value.split()[:8] if value else ():
            read = Reading.objects.filter(Q(says__icontains=word) | Q(exact__icontains=word)).values("discrepancy")
            rule = Q(pk__in=read)
            for field in self.fields:
                rule |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(rule)
        return queryset


def named_by_discrepancies(model, field):
    """The rows of `model` that a published discrepancy concerns by its `field`."""
    return model.objects.filter(pk__in=Discrepancy.objects.published().values(field))


class DiscrepancyFilter(filters.FilterSet):
    q = ReadingWordsFilter("title", "summary", "resolution")
    country = filters.ModelChoiceFilter(
        queryset=lambda request: named_by_discrepancies(Country, "country"),
        to_field_name="slug",
        label=_("Country"),
        empty_label=_("All countries"),
    )
    convention = InstrumentFilter(
        field_name="conventions",
        queryset=lambda request: named_by_discrepancies(Convention, "conventions"),
        to_field_name="code",
        label=_("Instrument"),
        empty_label=_("All instruments"),
    )
    state = filters.ChoiceFilter(
        choices=[("open", _("Open")), ("used", _("One reading is used"))],
        label=_("State"),
        empty_label=_("Any state"),
        method="filter_state",
    )

    class Meta:
        model = Discrepancy
        fields = ["q", "country", "convention", "state"]

    def filter_state(self, queryset, name, value):
        return queryset.with_used().filter(used__isnull=value == "open")
