"""What list pages share: a filter form read from the address, and one page of what it lets through."""

from django.core.paginator import Paginator
from django.shortcuts import render

PER_PAGE = 25


def listing(request, filterset_class, queryset, template, *, per_page=PER_PAGE, **context):
    """Render one page of `queryset`, filtered by the address. A wrong value is named beside its field and filters nothing."""
    ordering = queryset.query.order_by or queryset.model._meta.ordering
    queryset = queryset.order_by(*ordering, "pk")  # equal rows too keep their order from page to page
    filterset = filterset_class(request.GET, queryset=queryset)
    page = Paginator(filterset.qs, per_page).get_page(request.GET.get("page"))
    filtered = any(request.GET.get(name) for name in filterset.filters)
    return render(request, template, {"filter": filterset, "page": page, "filtered": filtered, **context})
