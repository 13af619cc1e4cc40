"""The filter forms of the register."""

import re

import django_filters as filters
from django.db.models import Q
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _

from .models import Category, Convention, Country, EntryIntoForce, InstrumentStatus, Kind, Region, Topic

#: Shows again what was typed, also what is no number, which a number field may not hold.
YEAR_INPUT = TextInput({"inputmode": "numeric"})


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
    """Find instruments by a code as people write it (`C87`, `c087`), by a number (`87`, `No. 87`) or by words of the title."""

    NUMBER = re.compile(r"(?:no\.?|№|#)?\s*(\d{1,3})", re.IGNORECASE)

    def filter(self, queryset, value):
        if value and (code := Convention.canonical_code(value)):
            return queryset.filter(code=code)
        if value and (number := self.NUMBER.fullmatch(value.strip())):
            return queryset.filter(number=number[1])
        return super().filter(queryset, value)


class SortFilter(filters.ChoiceFilter):
    """Put the found in the chosen order; equal ones keep the order of their kind and number."""

    ORDERS = {
        "year": (_("Newest first"), ["-year", "-number"]),
        "title": (_("By title"), ["title"]),
        "ratifications": (_("Most ratifications seen"), ["-registered"]),
    }

    def __init__(self, **kwargs):
        choices = [(name, label) for name, (label, _fields) in self.ORDERS.items()]
        super().__init__(choices=choices, label=_("Order"), empty_label=_("By code"), **kwargs)

    def filter(self, queryset, value):
        return queryset.order_by(*self.ORDERS[value][1], "kind", "number", "pk") if value else queryset


#: Whether an instrument binds anybody today. One that was abrogated has been in force and is no more.
IN_FORCE = Q(entry_into_force=EntryIntoForce.ENTERED) & ~Q(status=InstrumentStatus.ABROGATED)
NOT_IN_FORCE = Q(status=InstrumentStatus.ABROGATED) | Q(entry_into_force__in=[EntryIntoForce.NOT_YET, EntryIntoForce.NEVER])


class ConventionFilter(filters.FilterSet):
    q = InstrumentFilter("title", label=_("Code, number or words"))
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
    year = filters.NumberFilter(label=_("Year"), min_value=1919, max_value=2999, widget=YEAR_INPUT)
    in_force = filters.ChoiceFilter(
        choices=[("true", _("Yes")), ("false", _("No"))], label=_("In force"), empty_label=_("Either"), method="filter_in_force"
    )
    ratified_by = filters.ModelChoiceFilter(
        queryset=lambda request: Country.objects.all(),
        to_field_name="slug",
        label=_("Ratified by"),
        empty_label=_("Any State"),
        method="filter_ratified_by",
    )
    sort = SortFilter()

    class Meta:
        model = Convention
        fields = ["q", "kind", "category", "status", "topic", "year", "in_force", "ratified_by", "sort"]

    def filter_in_force(self, queryset, name, value):
        return queryset.filter(IN_FORCE if value == "true" else NOT_IN_FORCE)

    def filter_ratified_by(self, queryset, name, country):
        """Those that bind the State: what it has denounced is left out."""
        return queryset.filter(pk__in=country.ratifications.registered().filter(denounced_on=None).values("convention"))


class CountryFilter(filters.FilterSet):
    q = WordsFilter("name", "official_name", label=_("Name"))
    region = filters.ChoiceFilter(choices=Region.choices, label=_("Region"), empty_label=_("All regions"))

    class Meta:
        model = Country
        fields = ["q", "region"]
