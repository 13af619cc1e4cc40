"""The public pages about the site itself: each text with what only the operator knows, and the way to the others."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render

from .models import LINKED, OWN_ADDRESS, Page
from .views import Gone, with_tombstone

#: Which of the operator's facts stand below the text of a page, by its slug.
FACTS = {
    "about": {"operator", "contact", "licence"},
    "licence": {"operator", "licence"},
    "privacy": {"operator", "contact", "kept"},
    "contact": {"operator", "contact"},
}


def about(request):
    """What the site is and who runs it, with all pages about it. It stands without its text too."""
    page, withdrawn = text_of("about")
    return render(request, "articles/page_detail.html", {**page_context("about", page), "withdrawn": withdrawn})


@with_tombstone
def page_detail(request, slug):
    """One of the other pages."""
    if slug in OWN_ADDRESS:
        return redirect(OWN_ADDRESS[slug], permanent=True)
    return render(request, "articles/page_detail.html", page_context(slug, public_page(slug)))


def public_page(slug):
    """The public text with this slug, or its tombstone, or simply not found.

    None where the foot of every page leads to what nobody has written yet: no link of ours leads nowhere.
    """
    page = Page.objects.published().with_last_change().filter(slug=slug).first()
    if page is None and (withdrawn := Page.objects.tombstones().filter(slug=slug).first()) is not None:
        raise Gone(withdrawn)
    if page is None and slug not in LINKED:
        raise Http404
    return page


def text_of(slug):
    """For a page that has more on it than its text: the text or None, and the withdrawn one or None."""
    try:
        return public_page(slug), None
    except Gone as gone:
        return None, gone.args[0]


def page_context(slug, page):
    """What such a page shows; the first of them leads to all others."""
    is_first = slug == "about"
    return {
        "page": page,
        "title": page.title if page else LINKED[slug],
        "is_first": is_first,
        "others": Page.objects.published().exclude(slug=slug).defer("body") if is_first else [],
        "facts": FACTS.get(slug, ()),
        "days": settings.REPLY_DAYS,
    }
