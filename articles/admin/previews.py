"""Previews in the back office: the page as the public will see it, at two widths, and links for people without an account."""

from functools import wraps

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin

from articles.models import PreviewLink, Refused, Term
from articles.models.previews import is_previewable, may_share
from articles.previews import preview_page, public_address, unlisted

#: The windows in which an editor looks at a page before it is public, by their width as it stands in the address.
PHONE, DESKTOP = "390", "1280"
WIDTHS = {
    PHONE: {"name": gettext_lazy("Phone, 390 px"), "width": PHONE, "height": 844},
    DESKTOP: {"name": gettext_lazy("Desktop, 1280 px"), "width": DESKTOP, "height": 800},
}

#: What the policy of the back office becomes on a preview, which runs no script; and who may show it in a frame.
SCRIPTLESS = {"script-src": [NONE], "connect-src": [NONE], "font-src": [NONE]}
FRAMED = SCRIPTLESS | {"frame-ancestors": [SELF]}
FRAMING = SCRIPTLESS | {"frame-src": [SELF]}


class LinkForm(forms.Form):
    """For how long a new link shows the preview."""

    term = forms.ChoiceField(label=gettext_lazy("It opens the preview for"), choices=Term.choices, initial=Term.DAY)


def waiting(view):
    """Give a view the record that waits for the public, or has a change that does; all else is read where the public reads it."""

    @wraps(view)
    def answer(self, request, pk):
        record = self.viewed(request, pk)
        if is_previewable(record):
            return view(self, request, record)
        if address := public_address(record):
            return HttpResponseRedirect(address)
        raise Http404

    return unlisted(answer)


class PreviewMixin:
    """For the form of a record with a life before the public: its preview, seen by whoever may view the record."""

    PLACES = {
        "preview": "<int:pk>/preview/",
        "bare": "<int:pk>/preview/bare/",
        "frame": "<int:pk>/preview/frame/",
        "links": "<int:pk>/preview/links/",
    }

    def get_urls(self):
        views = {"preview": self.preview_view, "bare": self.bare_view, "frame": self.frame_view, "links": self.links_view}
        own = [path(self.PLACES[name], self.admin_site.admin_view(views[name]), name=self.url_name(name)) for name in views]
        return [*own, *super().get_urls()]

    def preview_url(self, record, page="preview"):
        return reverse(f"admin:{self.url_name(page)}", args=[record.pk])

    def bar(self, request, record):
        """What the bar above a preview needs."""
        return {
            "may_share": may_share(record, request.user),
            "open_links": PreviewLink.objects.of(record).open().count(),
            "widths": WIDTHS.values(),
            "addresses": {name: self.preview_url(record, name) for name in ("preview", "frame", "links", "change")},
        }

    # The pages.

    @csp_replace(SCRIPTLESS)
    @waiting
    def preview_view(self, request, record):
        """The page under a bar that says that it is not public."""
        return preview_page(request, record, **self.bar(request, record))

    @xframe_options_sameorigin
    @csp_replace(FRAMED)
    @waiting
    def bare_view(self, request, record):
        """The page and nothing else: the only one that may stand in a frame, and only in one of ours."""
        return preview_page(request, record, template=None)

    @csp_replace(FRAMING)
    @waiting
    def frame_view(self, request, record):
        """The page in a frame as wide as a phone or a desk."""
        width = WIDTHS.get(request.GET.get("width", PHONE))
        if width is None:
            raise Http404
        context = {"previewed": record, "width": width, "bare": self.preview_url(record, "bare"), **self.bar(request, record)}
        return render(request, "admin/preview_frame.html", context)

    # Links.

    def links_view(self, request, pk):
        """All links to the preview of a record, with a form that makes one and buttons that take one back."""
        record = self.viewed(request, pk)
        if request.method == "POST" and "revoke" in request.POST:
            return self.revoke_link(request, record)
        form = LinkForm(request.POST if request.method == "POST" else None)
        made = self.make_link(request, record, form) if request.method == "POST" and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Links to the preview"),
            "opts": self.opts,
            "original": record,
            "form_address": self.preview_url(record, "change"),
            "form": form,
            "made": made,
            "can_make": is_previewable(record) and may_share(record, request.user),
            **self.links_of(request, record, PreviewLink.objects.of(record)),
        }
        return TemplateResponse(request, "admin/preview_links_page.html", context)

    def make_link(self, request, record, form):
        """The address of a new link, told this once, and its end."""
        try:
            link, token = PreviewLink.objects.make(record, by=request.user, term=form.cleaned_data["term"])
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return None
        return {"address": request.build_absolute_uri(reverse("articles:preview", args=[token])), "link": link}

    def revoke_link(self, request, record):
        number = request.POST["revoke"]
        links = PreviewLink.objects.of(record).filter(pk=number if number.isdecimal() and len(number) < 19 else None)
        get_object_or_404(links).revoke(by=request.user)
        self.message_user(request, _("The link is taken back: it opens nothing any more."), messages.SUCCESS)
        return HttpResponseRedirect(self.preview_url(record, "links"))

    def links_of(self, request, record, links):
        """Links as a list shows them, each with whether it is open and may be taken back by this person."""
        open_now, shares = set(links.open().values_list("pk", flat=True)), may_share(record, request.user)
        rows = [(link, link.pk in open_now, shares or link.made_by_id == request.user.pk) for link in links]
        return {"preview_links": rows, "preview_links_url": self.preview_url(record, "links")}

    def make_again(self, request, version):
        """What was deleted closed its links; they do not open what comes back."""
        record, lost = super().make_again(request, version)
        PreviewLink.objects.of(record).filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
        return record, lost

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Offer the preview, and list the links that open it."""
        if obj is not None:
            context["preview_url"] = self.preview_url(obj) if is_previewable(obj) else None
            context.update(self.links_of(request, obj, PreviewLink.objects.of(obj).open()))
        return super().render_change_form(request, context, add, change, form_url, obj)
