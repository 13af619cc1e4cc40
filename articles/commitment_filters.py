"""The filter of all commitments: what was promised, by whom, on what, and where it stood on which day."""

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conventions.days import NAMES, Days, beginning
from conventions.filters import WordsFilter
from conventions.models import Convention
from conventions.records import PartialDate

from .filters import InstrumentFilter, NamesFilter, countries_with_roadmaps
from .models import CLOSING, Commitment, Delivery, Effect, Organisation, PriorityArea, ProgressUpdate, Responsibility, Strength

YES_NO = [("true", _("Yes")), ("false", _("No"))]

#: How many names of organisations are offered while one is typed. Any other name can be typed too.
OFFERED = 200


def promised_about(request):
    """The instruments that a public commitment names."""
    public = Commitment.objects.published()
    named = Exists(public.filter(convention=OuterRef("pk"))) | Exists(public.filter(also_concerns=OuterRef("pk")))
    return Convention.objects.filter(named)


def titles_of_areas():
    """The headings under which public roadmaps order their commitments, each once."""
    titles = PriorityArea.objects.published().order_by("title").values_list("title", flat=True).distinct()
    return [(title, title) for title in titles]


def responsible_organisations():
    """The organisations that have to do what was promised in public."""
    return Organisation.objects.filter(Exists(Responsibility.objects.published().filter(organisation=OuterRef("pk"))))


class OrganisationField(forms.CharField):
    """A name as people write it, in any spelling, or the word of its address. Its value is the organisations it means."""

    def clean(self, value):
        if not (value := super().clean(value)):
            return None
        organisations = responsible_organisations()
        found = list(organisations.filter(slug=value) or NamesFilter().filter(organisations, value)[:OFFERED])
        if not found:
            raise ValidationError(_("No organisation of this name is responsible for a public commitment."))
        return found


class OrganisationFilter(filters.Filter):
    field_class = OrganisationField

    def filter(self, queryset, value):
        """What one of these has to do."""
        if not value:
            return queryset
        theirs = Responsibility.objects.filter(organisation__in=[organisation.pk for organisation in value])
        return queryset.filter(pk__in=theirs.values("commitment"))


class SinceField(forms.CharField):
    """A day, or the first one of a month or a year: 2025-06-30, 2025-06, 2025."""

    def clean(self, value):
        if not (value := super().clean(value)):
            return None
        try:
            return PartialDate.parse(value).first_day
        except ValueError:
            raise ValidationError(_("“%(text)s” is not a day: write it as 2025-06-30."), params={"text": value[:40]}) from None


class SinceFilter(filters.Filter):
    field_class = SinceField


class SortFilter(filters.ChoiceFilter):
    """Put the found in the chosen order; equal ones keep the order of the agreements."""

    EQUAL = ["roadmap", "number", "pk"]
    ORDERS = {
        "due": _("Earliest due"),
        "event": _("Last event"),
        "recorded": _("Newest recorded"),
        "country": _("Country"),
        "title": _("Title"),
    }

    def __init__(self, **kwargs):
        super().__init__(choices=list(self.ORDERS.items()), label=_("Order"), empty_label=_("Latest due"), **kwargs)


#: When a commitment is due by its own date, or with its roadmap: known without asking for its state.
DUE = Coalesce("due_on", "roadmap__ends_on")


class CommitmentFilter(filters.FilterSet):
    """Everything that can be asked of commitments. The two days stand in the same form, so that none of it is lost.

    Whatever asks for the state asks for it as of those days. `found` and `counted` are for lists that read it themselves.
    """

    q = WordsFilter("title", "exact")
    country = filters.ModelChoiceFilter(
        field_name="roadmap__country",
        queryset=countries_with_roadmaps,
        to_field_name="slug",
        label=_("Country"),
        empty_label=_("All countries"),
        null_label=_("All member States together"),
        null_value="all-member-states",
    )
    convention = InstrumentFilter(
        queryset=promised_about,
        to_field_name="code",
        label=_("Instrument"),
        empty_label=_("All instruments"),
        method="filter_convention",
    )
    delivery = filters.ChoiceFilter(
        choices=Delivery.choices, label=_("State"), empty_label=_("Any state"), method="filter_by_state"
    )
    sort = SortFilter(method="filter_sort")
    area = filters.ChoiceFilter(field_name="area__title", label=_("Priority area"), empty_label=_("All areas"))
    strength = filters.ChoiceFilter(choices=Strength.choices, label=_("Strength"), empty_label=_("Any strength"))
    effect = filters.ChoiceFilter(
        choices=Effect.choices, label=_("Effect"), empty_label=_("Any effect"), method="filter_by_state"
    )
    overdue = filters.ChoiceFilter(choices=YES_NO, label=_("Overdue"), empty_label=_("Either"), method="filter_overdue")
    confirmed = filters.ChoiceFilter(
        choices=YES_NO, label=_("Verdict confirmed"), empty_label=_("Either"), method="filter_confirmed"
    )
    responsible = OrganisationFilter(label=_("Responsible"), max_length=200, widget=forms.TextInput({"list": "responsible"}))
    since = SinceFilter(label=_("Changed since"), max_length=40, method="filter_since")
    as_of = filters.CharFilter(label=_("What had happened by"), max_length=40, method="leave")
    known = filters.CharFilter(label=_("as recorded here by"), max_length=40, method="leave")

    #: What stands in the first row of the form; the rest opens below it.
    FIRST = ("q", "country", "convention", "delivery", "sort")

    class Meta:
        model = Commitment
        fields = []

    def __init__(self, data, **kwargs):
        self.days = Days.read(data)
        public = Commitment.objects.published().held(self.days.as_of, self.days.known)
        super().__init__(data, queryset=public.order_by(DUE.desc(nulls_last=True), *SortFilter.EQUAL), **kwargs)
        self.filters["area"].extra["choices"] = titles_of_areas()
        for name in ("since", *NAMES):
            self.form.fields[name].widget.attrs |= {"placeholder": "2025-06-30", "autocomplete": "off"}
        errors = self.form.errors  # reads the form
        for name, sentence in self.days.wrong.items():
            if name not in errors:
                self.form.add_error(name, sentence)

    # What it lets through.

    @property
    def counted(self):
        """What is let through by everything but the delivery, in no order: its states can be counted."""
        found = self.queryset.order_by()
        for name, value in self.form.cleaned_data.items():
            if name not in ("delivery", "sort"):
                found = self.filters[name].filter(found, value)
        return Commitment.objects.filter(pk__in=found.values("pk")) if found.query.annotations else found

    def with_state(self, queryset):
        """The same with the state as of the days asked for."""
        return queryset.with_state(self.days.as_of, self.days.known)

    @property
    def asked(self):
        """What was asked for and understood, by name, as it was written."""
        return {name: self.data[name] for name in self.form.cleaned_data if self.data.get(name)}

    # How the form is laid out.

    @property
    def first(self):
        return [self.form[name] for name in self.FIRST]

    @property
    def more(self):
        return [field for field in self.form if field.name not in self.FIRST]

    @property
    def is_open(self):
        """Whether anything of the rest is in use, or wrong."""
        return any(self.data.get(field.name) for field in self.more)

    def offered(self):
        """Names of organisations to choose from while one is typed."""
        return responsible_organisations().order_by("name").values_list("name", flat=True)[:OFFERED]

    # What each filter does.

    def leave(self, queryset, name, value):
        """The days are no filter: they say as of when everything is read."""
        return queryset

    def filter_convention(self, queryset, name, convention):
        concerned = Commitment.also_concerns.through.objects.filter(convention=convention)
        return queryset.filter(Q(convention=convention) | Q(pk__in=concerned.values("commitment")))

    def filter_by_state(self, queryset, name, value):
        return self.with_state(queryset).filter(**{name: value})

    def filter_overdue(self, queryset, name, value):
        return self.with_state(queryset).filter(is_overdue=value == "true")

    def filter_confirmed(self, queryset, name, value):
        """Of the verdicts that ask for a second person."""
        return self.with_state(queryset).filter(delivery__in=CLOSING, confirmed=value == "true")

    def filter_since(self, queryset, name, day):
        """What changed from that day on, and by the end of `known`.

        Something in effect happened, was told here first or confirmed; an update was withdrawn; or the promise is new here.
        """
        began, end = beginning(day), self.days.end or timezone.now()
        changed = Q(happened_on__gte=day) | Q(held__gte=began) | Q(confirmed_at__range=(began, end))
        told = self.updates().with_held().filter(changed)
        withdrawn = ProgressUpdate.objects.filter(withdrawn_at__range=(began, end), happened_on__lte=self.days.day)
        new = self.queryset.annotate(held=Greatest("recorded_at", "roadmap__published_at")).filter(held__gte=began).order_by()
        # One list of keys, because PostgreSQL makes a join of it; three with OR between them it might read for each row.
        keys = told.order_by().values("commitment").union(withdrawn.order_by().values("commitment"), new.values("pk"), all=True)
        return queryset.filter(pk__in=keys)

    def filter_sort(self, queryset, name, value):
        return getattr(self, f"by_{value}")(queryset)

    def by_due(self, queryset):
        return queryset.order_by(DUE.asc(nulls_last=True), *SortFilter.EQUAL)

    def by_event(self, queryset):
        return self.with_state(queryset).order_by(F("since").desc(nulls_last=True), *SortFilter.EQUAL)

    def by_recorded(self, queryset):
        newest = self.updates().with_held().filter(commitment=OuterRef("pk")).order_by("-held").values("held")
        return queryset.order_by(Coalesce(Subquery(newest[:1]), "recorded_at").desc(), *SortFilter.EQUAL)

    def by_country(self, queryset):
        return queryset.order_by(F("roadmap__country__name").asc(nulls_last=True), *SortFilter.EQUAL)

    def by_title(self, queryset):
        return queryset.order_by("title", "pk")

    def updates(self):
        """The updates in effect, as of the days asked for."""
        return ProgressUpdate.objects.in_effect(self.days.as_of, self.days.known)
