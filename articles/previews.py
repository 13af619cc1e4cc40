"""Previews: the page on which the public will find what is not public yet, with that one record or change let through.

Template and context are those of the public page. Whatever else is not public stays hidden as on every page; the people,
organisations and commitments that become public together with the record are named, and their pages are not linked.
"""

import re
from dataclasses import dataclass
from functools import wraps

from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from conventions.days import Days

from .about import page_context
from .discrepancies import discrepancy_context
from .method import method_context
from .models import Article, Discrepancy, Page, PreviewLink, ProgressUpdate, Roadmap
from .models.previews import is_previewable
from .models.publishing import is_public
from .past import is_overdue, measure
from .promises import commitment_context, commitments_with_page
from .roadmaps import commitments_of, roadmap_context
from .views import article_context, picture

#: Nobody keeps a preview, no search engine lists it, and no link in it tells another site where it was followed.
HEADERS = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


def unlisted(view):
    """Give every answer of a view the headers of what is not public."""

    @wraps(view)
    def answer(*args, **kwargs):
        response = view(*args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return answer


# --- What a preview shows -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """The template and the context of a public page, and whom it names: some have no public page of their own yet."""

    template: str
    context: dict
    named: list

    def not_public(self):
        """The addresses of those whose own pages are not public yet, in one query for each kind."""
        addresses = set()
        for model in {type(record) for record in self.named}:
            mine = {record.pk: record for record in self.named if type(record) is model}
            public = set(model.objects.published().filter(pk__in=mine).values_list("pk", flat=True))
            addresses |= {record.get_absolute_url() for pk, record in mine.items() if pk not in public}
        return addresses


def preview_article(article):
    """An article with its own people and organisations; of all that it refers to, what is public."""
    context = article_context(article)
    named = [row.person for row in context["appearances"]]
    named += [row.organisation for row in [*context["appearances"], *context["participations"]] if row.organisation]
    return Preview("articles/article_detail.html", context, named)


def preview_roadmap(roadmap):
    """A roadmap with its commitments. Updates that were published already become public with it, so they count."""
    commitments = commitments_of(roadmap, Days())
    for commitment in commitments:  # a change may move the end of the roadmap, when those without a date are due
        commitment.roadmap = roadmap
        measure(commitment, timezone.localdate())
    shown = ProgressUpdate.objects.filter(is_public(), commitment__roadmap=roadmap)
    let_stand(commitments, shown)
    context = roadmap_context(roadmap, commitments, in_effect_among(shown), Days())
    named = [*context["commitments"], *(row.person for row in context["signatures"])]
    named += [row.organisation for row in [*context["parties"], *context["signatures"]] if row.organisation]
    return Preview("articles/roadmap_detail.html", context, named)


def preview_update(update):
    """The page of its commitment, with this one update among those that are public, and the state that they give."""
    commitment = commitments_with_page().get(pk=update.commitment_id)
    public = ProgressUpdate.objects.published().filter(commitment=commitment)
    shown = ProgressUpdate.objects.filter(Q(pk__in=public.values("pk")) | Q(pk=update.pk))
    let_stand([commitment], shown)
    return Preview("articles/commitment_detail.html", commitment_context(commitment, shown), [])


def let_stand(commitments, shown):
    """Let commitments of `with_state()` stand where the updates `shown` put them, among which are some not public yet."""
    latest = {}
    for update in in_effect_among(shown):
        latest.setdefault(update.commitment_id, update)
    for commitment in commitments:
        if (update := latest.get(commitment.pk)) is None:
            continue
        commitment.delivery, commitment.effect, commitment.confirmed = update.delivery, update.effect, update.is_confirmed
        commitment.since, commitment.since_precision = update.happened_on, update.happened_on_precision
        commitment.is_overdue = is_overdue(commitment, timezone.localdate())


def in_effect_among(shown):
    """Those of the updates that have happened and that none of them supersedes, the latest first."""
    superseded = shown.filter(supersedes__isnull=False).values("supersedes")
    return shown.filter(happened_on__lte=timezone.localdate()).exclude(pk__in=superseded).latest_first()


def preview_discrepancy(discrepancy):
    """A discrepancy with its readings."""
    return Preview("articles/discrepancy_detail.html", discrepancy_context(discrepancy), [])


def preview_text(page):
    """A text about the site; the one about the method stands above the rules and counts."""
    if page.slug == "method":
        return Preview("articles/method.html", method_context(page), [])
    return Preview("articles/page_detail.html", page_context(page.slug, page), [])


PREVIEWS = {
    Article: preview_article,
    Roadmap: preview_roadmap,
    ProgressUpdate: preview_update,
    Discrepancy: preview_discrepancy,
    Page: preview_text,
}


def awaited(record, link=None):
    """What the public does not see yet: the change that waits, in memory, or the record. A link shows what it was made for."""
    shows_change = record.pending_id is not None if link is None else link.shows_change
    return record.pending.in_memory(record) if shows_change else record


def preview_page(request, record, template="admin/preview_page.html", pictures=None, link=None, **bar):
    """Answer with the preview of a record, under a bar that says what it is, in the template of the page itself without one.

    `pictures` makes the address of a picture for those to whom its own address answers nothing.
    """
    shown = awaited(record, link)
    preview = PREVIEWS[type(record)](shown)
    context = {
        **preview.context,
        "public_page": preview.template,
        "previewed": record,
        "stands_at": (getattr(shown, "about", None) or shown).get_absolute_url(),
        "is_change": shown is not record,
        "not_public": preview.not_public(),
        "link": link,
        **bar,
    }
    html = without_links(render_to_string(template or preview.template, context, request), context["not_public"])
    if pictures and (image := getattr(shown, "lead_image", None)) and image.file:
        html = html.replace(f'src="{reverse("articles:image", args=[image.filename])}"', f'src="{pictures(image.filename)}"')
    return HttpResponse(html)


def without_links(html, addresses):
    """Leave of the links to these addresses their text, marked: today they lead nowhere."""
    if not addresses:
        return html
    targets = "|".join(re.escape(address) for address in sorted(addresses))
    # No attribute may hold a sign that ends it: what is cut out is a whole tag, and nothing of a text comes to stand bare.
    link = rf'<a href="(?:{targets})(?:[?#][^"<>]*)?"(?:\s+[\w:-]+(?:="[^"<>]*")?)*\s*>(.*?)</a>'
    return re.sub(link, r'<span class="not-yet">\1</span>', html, flags=re.DOTALL)


def public_address(record):
    """Where the public reads the record now, or None."""
    if not type(record).objects.published().filter(pk=record.pk).exists():
        return None
    return (getattr(record, "about", None) or record).get_absolute_url()


# --- By a link, for people without an account -----------------------------------------------------------------------


def by_link(view):
    """Let a view show what the token in its address opens.

    What is public by now is read in public; what was withdrawn is gone. For all else there is one answer, so that nobody
    learns whether a link was ever right, has ended, was taken back, or led to what is deleted.
    """

    @wraps(view)
    def answer(request, token, **kwargs):
        link = PreviewLink.objects.by_token(token)
        if link is None or link.record is None:
            return closed(request)
        if not link.shows_change and (address := public_address(link.record)):
            return HttpResponseRedirect(address)
        if link.is_overtaken:
            return closed(request, 410)
        is_open = is_previewable(link.record) and link.record.is_visible_to(link.made_by)
        return view(request, token, link, **kwargs) if is_open else closed(request)

    return csrf_exempt(unlisted(require_safe(answer)))  # it takes nothing, and refuses with the headers of what it shows


def closed(request, status=404):
    """The one sentence for whoever comes with a link that opens nothing."""
    return render(request, "articles/preview_closed.html", {"withdrawn": status == 410}, status=status)


@by_link
def shared(request, token, link):
    """The one record that the link opens."""
    if request.method == "GET":
        link.note_opening()
    return preview_page(
        request, link.record, link=link, pictures=lambda name: reverse("articles:preview-picture", args=[token, name])
    )


@by_link
def shared_picture(request, token, link, name):
    """The picture of the article that the link opens, and no other."""
    image = getattr(awaited(link.record, link), "lead_image", None)
    return picture(image.file.name) if image and image.file and image.filename == name else closed(request)
