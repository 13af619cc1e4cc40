"""The filter forms of the register."""

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models import Category, Convention, Country, InstrumentStatus, Kind, Region, Topic


class WordsFilter(filters.CharFilter):
    """Find all the words, each in any of the fields, whatever their case."""

    def __init__(self, *fields, **kwargs):
        super().__init__(**{"label": _("Words"), "max_length": 200, **kwargs})
        self.fields = fields

    def filter(self, queryset, value):
        for word in value.split()[:8] if value else ():
            rule = Q()
            for field in self.fields:
                rule |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(rule)
        return queryset


class InstrumentFilter(WordsFilter):
    """Find instruments by a code as people write it (`C87`, `c087`) or by words of the title."""

    def filter(self, queryset, value):
        code = Convention.canonical_code(value) if value else None
        return queryset.filter(code=code) if code else super().filter(queryset, value)


class ConventionFilter(filters.FilterSet):
    q = InstrumentFilter("title", label=_("Code or words"))
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("All kinds"))
    category = filters.ChoiceFilter(choices=Category.choices, label=_("Category"), empty_label=_("All categories"))
    status = filters.ChoiceFilter(choices=InstrumentStatus.choices, label=_("Status"), empty_label=_("Any status"))
    topic = filters.ModelChoiceFilter(
        field_name="topics",
        queryset=lambda request: Topic.objects.published(),
        to_field_name="slug",
        label=_("Topic"),
        empty_label=_("All topics"),
    )

    class Meta:
        model = Convention
        fields = ["q", "kind", "category", "status", "topic"]


class CountryFilter(filters.FilterSet):
    q = WordsFilter("name", "official_name", label=_("Name"))
    region = filters.ChoiceFilter(choices=Region.choices, label=_("Region"), empty_label=_("All regions"))

    class Meta:
        model = Country
        fields = ["q", "region"]
