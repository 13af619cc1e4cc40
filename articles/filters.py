"""The filter forms of the newsroom. Their choices are only what published records have, so none leads nowhere."""

import django_filters as filters
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _

from conventions.filters import WordsFilter
from conventions.models import Convention, Country, Topic

from .models import Article, Classification, Commitment, Delivery, Organisation, Person, Roadmap, RoadmapKind

#: Shows again what was typed, also what is no number, which a number field may not hold.
YEAR_INPUT = TextInput({"inputmode": "numeric"})


def named_by_articles(model, field):
    """The rows of `model` that a published article names by the many-to-many `field`."""
    return model.objects.filter(pk__in=Article.objects.published().values(field))


def cited_instruments(request):
    return named_by_articles(Convention, "conventions")


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
    convention = filters.ModelChoiceFilter(
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


class CommitmentFilter(filters.FilterSet):
    q = WordsFilter("title", "exact")
    country = filters.ModelChoiceFilter(
        field_name="roadmap__country",
        queryset=countries_with_roadmaps,
        to_field_name="slug",
        label=_("Country"),
        empty_label=_("All countries"),
    )
    delivery = filters.ChoiceFilter(choices=Delivery.choices, label=_("State"), empty_label=_("Any state"))
    overdue = filters.ChoiceFilter(
        choices=[("true", _("Yes")), ("false", _("No"))], label=_("Overdue"), empty_label=_("Either"), method="filter_overdue"
    )

    class Meta:
        model = Commitment
        fields = ["q", "country", "delivery", "overdue"]

    def filter_overdue(self, queryset, name, value):
        return queryset.filter(is_overdue=value == "true")


class PersonFilter(filters.FilterSet):
    q = WordsFilter("name", label=_("Name"))

    class Meta:
        model = Person
        fields = ["q"]


class OrganisationFilter(filters.FilterSet):
    q = WordsFilter("name", label=_("Name"))
    classification = filters.ChoiceFilter(choices=Classification.choices, label=_("Speaks for"), empty_label=_("Anybody"))

    class Meta:
        model = Organisation
        fields = ["q", "classification"]
