"""All commitments across roadmaps and countries: filtered, sorted, counted."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import render

from conventions.pages import PER_PAGE

from .commitment_filters import CommitmentFilter
from .models import Delivery


class StatePaginator(Paginator):
    """Finds which commitments stand on a page first, and asks for the state of those alone."""

    def __init__(self, filterset, count):
        super().__init__(filterset.qs, PER_PAGE)
        self.filterset = filterset
        self.count = count

    def _get_page(self, found, number, paginator):
        keys = list(found.values_list("pk", flat=True))
        rows = self.filterset.with_state(self.filterset.queryset.order_by().filter(pk__in=keys))
        rows = {row.pk: row for row in rows.select_related("roadmap__country")}
        return super()._get_page([rows[key] for key in keys if key in rows], number, paginator)


@dataclass(frozen=True)
class Bar:
    """How many commitments stand in one state, and where those alone are listed. `width` is a share of all of them."""

    count: int
    width: str
    query: str
    is_chosen: bool
    delivery: str = ""
    name: str = ""


def bars(filterset, standing):
    """The states, then what cuts across them: overdue, and not yet confirmed."""
    counts = [(standing["delivery"][value], "delivery", value, {"delivery": value}) for value in Delivery.values]
    counts += [
        (standing["overdue"], "overdue", "true", {"name": "overdue"}),
        (standing["unconfirmed"], "confirmed", "false", {"name": "unconfirmed"}),
    ]
    whole = standing["total"] or 1
    return [
        Bar(
            count=count,
            width=f"{100 * count / whole:.2f}%",
            query=query(filterset, **{name: value}),
            is_chosen=filterset.asked.get(name) == value,
            **said,
        )
        for count, name, value, said in counts
    ]


def query(filterset, **changes):
    """What is asked for, with changes (None takes one away), as the end of an address."""
    asked = {name: value for name, value in {**filterset.asked, **changes}.items() if value}
    return f"?{urlencode(asked)}" if asked else ""


def commitment_list(request):
    """All commitments of published roadmaps, those due last first, and how many of them stand where."""
    filterset = CommitmentFilter(request.GET)
    days = filterset.days
    standing = filterset.counted.standing(days.as_of, days.known)
    chosen = filterset.form.cleaned_data.get("delivery")
    paginator = StatePaginator(filterset, standing["delivery"][chosen] if chosen else standing["total"])
    context = {
        "filter": filterset,
        "filter_template": "_partials/commitment_filter.html",
        "filtered": any(request.GET.get(name) for name in filterset.filters),
        "page": paginator.get_page(request.GET.get("page")),
        "total": standing["total"],
        "bars": bars(filterset, standing),
        "every": query(filterset, delivery=None),
        "days": days,
        "query": query(filterset),
        "now": query(filterset, as_of=None, known=None),
    }
    return render(request, "articles/commitment_list.html", context)
