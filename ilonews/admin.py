"""The admin site: Django's own, under a policy with nonces."""

from csp.constants import NONCE, NONE, SELF
from csp.decorators import csp
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.http import Http404
from django.shortcuts import get_object_or_404
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
        own = {"find": self.find, "mail": self.mail}
        pages = [path(f"{name}/", self.admin_view(view), name=name) for name, view in own.items()]
        shortcut = path("r/<int:content_type_id>/<int:object_id>/", self.admin_view(self.view_on_site), name="public_page")
        return [*pages, shortcut, *super().get_urls()]

    def view_on_site(self, request, content_type_id, object_id):
        """Lead to the public page of a record, whose address holds its headline: only whoever may see the record."""
        model = get_object_or_404(ContentType, pk=content_type_id).model_class()
        form = self._registry.get(model)
        if form is None or not form.has_view_permission(request):
            raise Http404
        get_object_or_404(form.get_queryset(request), pk=object_id)
        return shortcut(request, content_type_id, object_id)

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

    def mail(self, request):
        """Which mail whoever asks wants to get."""
        from articles.admin.notices import notices_view  # here, for the same reason

        return notices_view(request, self)

    def admin_view(self, view, cacheable=False):
        return csp(POLICY)(super().admin_view(view, cacheable))

    def login(self, request, extra_context=None):
        """The one page that does not pass through `admin_view`."""
        return csp(POLICY)(super().login)(request, extra_context)
