"""What a record said before, in the back office: its versions, two of them side by side, and what was deleted."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import OperationalError, transaction
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from conventions.diff import compare
from conventions.models import Version
from conventions.records import Refused
from conventions.restoring import deleted, recover, restore

PER_PAGE = 50


def number_in(text):
    """The number of a version as an address or a button gives it; None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


class VersionsMixin:
    """For the form of a curated record. Whoever may view it may look; to restore takes the right to change it as it stands.

    What was deleted is seen and recovered by whoever may add such a record.
    """

    VERSION_PAGES = {
        "versions": "<int:pk>/versions/",
        "compare": "<int:pk>/versions/compare/",
        "restore": "<int:pk>/versions/restore/",
        "deleted": "versions/deleted/",
        "recover": "versions/deleted/<int:pk>/",
    }

    def get_urls(self):
        if not self.keeps_versions:
            return super().get_urls()
        own = [
            path(place, self.admin_site.admin_view(getattr(self, f"{page}_view")), name=self.url_name(page))
            for page, place in self.VERSION_PAGES.items()
        ]
        return [*own, *super().get_urls()]

    def url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def address(self, page, *key):
        return reverse(f"admin:{self.url_name(page)}", args=key)

    def viewed(self, request, pk):
        """The record, for whoever may view it; for everybody else there is none."""
        record = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, record):
            raise Http404
        return record

    def versions_page(self, request, template, title, **context):
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/versions/{template}.html", context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.keeps_versions:
            context["versions_url"] = self.address("versions", obj.pk)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request, extra_context=None):
        offered = {"deleted_url": self.address("deleted")} if self.keeps_versions and self.may_recover(request) else {}
        return super().changelist_view(request, {**offered, **(extra_context or {})})

    # What a record said.

    def versions_view(self, request, pk):
        """All versions, the newest first, each with what can be done with it."""
        record = self.viewed(request, pk)
        versions = Version.objects.of(record).defer("snapshot").select_related("by").order_by("-number")
        page = Paginator(versions, PER_PAGE).get_page(request.GET.get("page"))
        stands = Version.objects.of(record).saved().values_list("pk", flat=True).last()
        standing = {stands: _("What it says now"), getattr(record, "pending_id", None): _("The change that waits")}
        return self.versions_page(
            request,
            "list",
            _("Versions of “%(record)s”") % {"record": record},
            original=record,
            page=page,
            rows=[(version, standing.get(version.pk, ""), self.version_address(record, version)) for version in page],
            may_restore=self.has_change_permission(request, record),
            becomes_change=record.takes_changes,
            addresses={name: self.address(name, pk) for name in ("change", "compare", "restore")},
        )

    def version_address(self, record, version):
        """Where the public reads a version; None for what it does not read."""

    def readable(self, request, shot):
        """A snapshot as this person may read it."""
        return shot

    def compare_view(self, request, pk):
        """Two versions side by side, the older on the left; the last two, unless the address names others."""
        record = self.viewed(request, pk)
        old, new = self.two_of(record, request)
        around = {"before": old.number - 1, "after": new.number + 1}
        steps = set(Version.objects.of(record).filter(number__in=around.values()).values_list("number", flat=True))
        return self.versions_page(
            request,
            "compare",
            _("Versions %(old)s and %(new)s of “%(record)s”") % {"old": old.number, "new": new.number, "record": record},
            original=record,
            heads=[old, new],
            changes=compare(self.model, *(self.readable(request, version.snapshot) for version in (old, new))),
            steps={name: number for name, number in around.items() if number in steps},
            addresses={name: self.address(name, pk) for name in ("change", "versions")},
        )

    def two_of(self, record, request):
        """The two versions that the address names, the older first."""
        versions = Version.objects.of(record).select_related("by")
        named = [request.GET.get(name, "") for name in ("from", "to")]
        if not any(named):
            last = versions.order_by("-number").values_list("number", flat=True)[:2]
            named = [str(number) for number in last]
        numbers = {number_in(text) for text in named}
        found = list(versions.filter(number__in=numbers - {None}))
        if not found or len(found) != len(numbers):
            raise Http404
        return found[0], found[-1]

    def restore_view(self, request, pk):
        """Put back what a version says."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        record = self.viewed(request, pk)
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        version = get_object_or_404(Version.objects.of(record), number=number_in(request.POST.get("version", "")))

        def make():
            lost = restore(record, version, by=request.user)
            self.log_change(request, record, _("Restored from version %(number)s") % {"number": version.number})
            return record, lost

        if self.done(request, make):
            told = _("Version %(number)s is restored.")
            if record.takes_changes:
                told = _("Version %(number)s is restored as a change that waits: submit it, so that somebody else reads it.")
            self.message_user(request, told % {"number": version.number}, messages.SUCCESS)
        return HttpResponseRedirect(self.address("versions", pk))

    def done(self, request, make):
        """Do it and say what was left out; or take it back, and say why. Return the record it was done to, or None."""
        try:
            with transaction.atomic():
                record, lost = make()
                self.refuse_exposure(request, record)
        except (ValidationError, OperationalError, Refused) as error:
            from .base import refusal_of  # here, because it takes this mixin

            self.message_user(request, str(error) if isinstance(error, Refused) else refusal_of(error), messages.ERROR)
            return None
        if lost:
            told = _("Left out, because it is no more: %(names)s.") % {"names": ", ".join(lost)}
            self.message_user(request, told, messages.WARNING)
        return record

    def refuse_exposure(self, request, record):
        """Refuse what became public by it, where this person may not touch what is public."""
        if not self.has_change_permission(request, self.model._base_manager.get(pk=record.pk)):
            raise ValidationError(_("This would be public at once: an editor can do that, or you with something unpublished."))

    # What was deleted.

    def may_recover(self, request):
        return self.has_add_permission(request) and self.has_view_permission(request)

    def deleted_versions(self, request):
        """The last versions of the deleted records that this person may see."""
        if not self.may_recover(request):
            raise PermissionDenied
        return deleted(self.model).select_related("by")

    def deleted_view(self, request):
        """Records of this kind that are no more, the last deleted first."""
        page = Paginator(self.deleted_versions(request).defer("snapshot"), PER_PAGE).get_page(request.GET.get("page"))
        title = _("Deleted: %(kind)s") % {"kind": self.opts.verbose_name_plural}
        rows = [(version, self.address("recover", version.object_id)) for version in page]
        return self.versions_page(request, "deleted", title, page=page, rows=rows)

    def recover_view(self, request, pk):
        """What a deleted record said last, with the button that makes it again."""
        version = get_object_or_404(self.deleted_versions(request), object_id=pk)
        if request.method == "POST" and (record := self.done(request, lambda: self.make_again(request, version))):
            self.tell_recovered(request, record, version)
            return HttpResponseRedirect(self.address("change", pk))
        return self.versions_page(
            request,
            "recover",
            _("Deleted: “%(record)s”") % {"record": version.headline},
            version=version,
            changes=compare(self.model, None, self.readable(request, version.snapshot)),
        )

    def make_again(self, request, version):
        record, lost = recover(version, by=request.user)
        self.log_addition(request, record, _("Recovered from version %(number)s") % {"number": version.number})
        return record, lost

    def tell_recovered(self, request, record, version):
        self.message_user(request, _("“%(record)s” is recovered.") % {"record": record}, messages.SUCCESS)
        if (was := version.snapshot["fields"].get("slug")) and was != record.slug:
            told = _("The address “%(was)s” is taken by now, so it has “%(slug)s”.") % {"was": was, "slug": record.slug}
            self.message_user(request, told, messages.WARNING)
