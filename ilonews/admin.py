"""The admin site: Django's own, under a policy with nonces."""

from csp.constants import NONCE, NONE, SELF
from csp.decorators import csp
from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

#: What a page of the back office may load: our own files, and inline only what bears the request's nonce (the import
#: map of the text editor). django-csp leaves the nonce out where no template asked for it.
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
}


class NewsroomSite(admin.AdminSite):
    """The back office."""

    site_header = _("ilonews back office")
    site_title = _("ilonews")
    index_title = _("Your desk")

    def get_urls(self):
        return [path("find/", self.admin_view(self.find), name="find"), *super().get_urls()]

    def index(self, request, extra_context=None):
        """The desk of whoever asks, before the list of all lists."""
        from articles.admin.desk import Desk  # here, because the forms of articles register with this site

        return super().index(request, {"desk": Desk(request, self), **(extra_context or {})})

    def find(self, request):
        """What the box in the head of every page finds."""
        from articles.admin.find import Finding  # here, for the same reason

        finding = Finding(request, self)
        context = {**self.each_context(request), "title": finding.title, "finding": finding}
        return TemplateResponse(request, "admin/find.html", context)

    def admin_view(self, view, cacheable=False):
        return csp(POLICY)(super().admin_view(view, cacheable))

    def login(self, request, extra_context=None):
        """The one page that does not pass through `admin_view`."""
        return csp(POLICY)(super().login)(request, extra_context)
