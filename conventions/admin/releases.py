"""The screen on which the register is brought up to date: a release is read, reviewed row by row, and decided on.

No rule is repeated here: what differs is found by `read_release`, and what a decision does is the queryset's to say.
"""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import OperationalError
from django.db.models import Count, Q
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conventions.forms import ReleaseForm
from conventions.models import Decision, Proposal, Release
from conventions.register.changes import read_release
from conventions.register.rules import COLUMNS
from conventions.register.tables import Refused

from .base import ReadOnlyAdmin
from .review import Shown, entries, grouped

PER_PAGE = 100  # proposals on a page
AT_ONCE = 2_000  # proposals decided on in one request, well within the time that gunicorn gives it
TOLD = 20  # sentences of refusal shown after a decision
NOTHING_OPEN = gettext_lazy("Nothing was changed: choose proposals on which nobody has decided.")


# --- What is done with all of them ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """A decision on all that is open, as the page that asks before it is made describes it."""

    title: str
    effect: str
    button: str


WHOLES = {
    "accept": Whole(
        gettext_lazy("Accept all, also over edits by hand"),
        gettext_lazy("The register will say what the release says, also where a person changed it since the last release."),
        gettext_lazy("Accept all %(count)s"),
    ),
    "decline": Whole(
        gettext_lazy("Decline all"),
        gettext_lazy("The register will stay as it is. The proposals remain in the log of this release, as declined."),
        gettext_lazy("Decline all %(count)s"),
    ),
}


def count_of(decision):
    """Make the column that counts the proposals of a release on which people decided in one way."""

    @admin.display(description=decision.label, ordering=decision.value)
    def column(release):
        count = getattr(release, decision.value)
        address = reverse("admin:conventions_release_change", args=[release.pk])
        return format_html('<a href="{}?decision={}">{}</a>', address, decision.value, grouped(count)) if count else "0"

    return column


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Releases are read and decided on. Nobody changes or deletes what was proposed: it is the log."""

    list_display = ["name", "read_at", "reader", "rows_read", *map(count_of, Decision), "end"]
    list_select_related = ["read_by"]
    search_fields = ["name"]

    def has_add_permission(self, request, obj=None):
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_decide_permission(self, request):
        return request.user.has_perm("conventions.decide_release")

    # The list.

    def get_queryset(self, request):
        """With how many of its proposals are open, accepted, declined and overtaken."""
        counts = {value: Count("proposals", filter=Q(proposals__decision=value)) for value in Decision.values}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=gettext_lazy("read by"), ordering="read_by__username")
    def reader(self, obj):
        """Who read it, or the command that anybody may have run."""
        return obj.read_by or _("the command import_register")

    @admin.display(description=gettext_lazy("rows read"), ordering="rows")
    def rows_read(self, obj):
        return grouped(obj.rows)

    @admin.display(description=gettext_lazy("end"), ordering="is_complete")
    def end(self, obj):
        return _("Read to the end") if obj.is_complete else _("▲ Broken off")

    # Reading.

    def add_view(self, request, form_url="", extra_context=None):
        return self.or_told(request, self.upload)

    def upload(self, request):
        """Take the files of a release. Wrong ones are refused whole, with every sentence that says why."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ReleaseForm(request.POST, request.FILES) if request.method == "POST" else ReleaseForm()
        if form.is_valid():
            try:
                return self.read(request, form.cleaned_data["files"])
            except Refused as refusal:
                form.add_error("files", refusal.sentences)
            except OperationalError:
                form.add_error("files", _("The database was busy, so the release was not read to its end. Try again."))
        context = {
            "title": _("Read a release of the register"),
            "form": form,
            "tables": [(name, columns.split()) for name, columns in COLUMNS.items()],
        }
        return self.page(request, "upload", context)

    def read(self, request, files):
        """Read the files and lead to what they propose."""
        release = read_release([(file.name, file) for file in files], by=request.user)
        for level, sentence in found(release):
            self.message_user(request, sentence, level)
        return HttpResponseRedirect(reverse("admin:conventions_release_change", args=[release.pk]))

    # Reviewing.

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self.or_told(request, self.review, object_id)

    def review(self, request, object_id):
        """What a release would do to the register, row by row. Whoever may decide does so with the buttons."""
        release = self.asked_for(request, object_id)
        shown, chosen = Shown(release, request.GET), chosen_in(request)
        if request.method == "POST":
            if self.decide_on_some(request, shown, chosen):
                return HttpResponseRedirect(self.back_to(release, request))
            self.message_user(request, _("Nothing was changed: press one of the buttons."), messages.WARNING)
        paginator = Paginator(shown.proposals().select_related("decided_by"), PER_PAGE)
        paginator.count = shown.count()
        page = paginator.get_page(request.GET.get("page"))
        rows = entries(page.object_list)
        numbers = {"open": shown.count(decision=Decision.OPEN), "clean": shown.count(decision=Decision.OPEN, edited=False)}
        context = {
            "title": release.name,
            "release": release,
            "reader": self.reader(release),
            "shown": shown,
            "page": page,
            "entries": rows,
            "acts": [entry.act for entry in rows if entry.act],
            "may_decide": release.is_complete and self.has_decide_permission(request),
            "open": numbers["open"],
            "numbers": {name: grouped(number) for name, number in (numbers | {"rows": release.rows}).items()},
            "clean": numbers["clean"],
            "all_chosen": "all" in request.GET,
            "chosen": chosen,
        }
        return self.page(request, "review", context)

    def asked_for(self, request, object_id):
        """The release of an address, for whoever may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if (release := self.get_object(request, unquote(object_id))) is None:
            raise Http404
        return release

    def page(self, request, template, context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/conventions/release/{template}.html", context)

    # Deciding.

    def get_urls(self):
        view = self.admin_site.admin_view(self.all_view)
        return [path("<path:object_id>/all/<slug:verb>/", view, name="conventions_release_all"), *super().get_urls()]

    def decide_on_some(self, request, shown, chosen):
        """Decide on those chosen on the page, or on all that it shows and that nobody edited by hand. Say if a button did it."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        asked = request.POST.get("decide")
        if asked == "accept_clean":
            self.decide(request, shown.release, shown.proposals().clean(), "accept")
        elif asked in WHOLES:
            self.decide(request, shown.release, shown.release.proposals.filter(pk__in=chosen), asked)
        return asked in ("accept_clean", *WHOLES)

    def all_view(self, request, object_id, verb):
        return self.or_told(request, self.decide_on_all, object_id, verb)

    def decide_on_all(self, request, object_id, verb):
        """Ask before a decision on all that the filters leave, edits by hand among them, and then make it."""
        release = self.asked_for(request, object_id)
        if verb not in WHOLES:
            raise Http404
        if not self.has_decide_permission(request):
            raise PermissionDenied
        shown = Shown(release, request.GET)
        if request.method == "POST":
            self.decide(request, release, shown.proposals(), verb)
            return HttpResponseRedirect(self.back_to(release, request))
        edited = shown.proposals().open().filter(edited=True)
        context = {
            "title": WHOLES[verb].title,
            "release": release,
            "whole": WHOLES[verb],
            "verb": verb,
            "shown": shown,
            "button": WHOLES[verb].button % {"count": grouped(shown.count(decision=Decision.OPEN))},
            "open": shown.count(decision=Decision.OPEN),
            "edited": edited.count(),
            "entries": entries(edited[:PER_PAGE]),
            "back": self.back_to(release, request),
        }
        return self.page(request, "confirm", context)

    def decide(self, request, release, proposals, verb):
        """Let the verb decide on as many as one request has time for, and pass on what it says."""
        ids = list(proposals.open().order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
        if sentence := refusal(release, ids):
            self.message_user(request, sentence, messages.WARNING)
            return
        try:
            outcome = getattr(proposals.filter(pk__lte=ids[:AT_ONCE][-1]), verb)(by=request.user)
        except OperationalError:
            sentence = _("The database was busy. What is shown as open was not decided on: try again in a moment.")
            self.message_user(request, sentence, messages.ERROR)
            return
        for level, sentence in list(told(outcome)) or [(messages.WARNING, NOTHING_OPEN)]:
            self.message_user(request, sentence, level)
        if len(ids) > AT_ONCE and (remain := proposals.open().count()):
            sentence = ngettext("%(count)s remains: press again.", "%(count)s remain: press again.", remain)
            self.message_user(request, sentence % {"count": grouped(remain)}, messages.WARNING)

    def back_to(self, release, request):
        """The page of the release from which a decision was made, with its filters and its number."""
        query = request.GET.copy()
        query.pop("all", None)
        address = reverse("admin:conventions_release_change", args=[release.pk])
        return f"{address}?{query.urlencode()}" if query else address


def chosen_in(request):
    """The numbers of the proposals that were chosen in a form."""
    return [int(part) for part in request.POST.getlist("proposal") if part.isdecimal() and len(part) < 19]


def found(release):
    """What reading a release came to, in sentences with their levels."""
    rows = ngettext("%(count)s row read", "%(count)s rows read", release.rows) % {"count": grouped(release.rows)}
    if count := release.proposals.count():
        said = ngettext("%(rows)s: %(count)s proposal to decide on.", "%(rows)s: %(count)s proposals to decide on.", count)
        yield messages.SUCCESS, said % {"rows": rows, "count": grouped(count)}
    else:
        yield messages.SUCCESS, _("%(rows)s: nothing to propose.") % {"rows": rows}
    if count := Proposal.objects.open().exclude(release=release).count():
        said = ngettext(
            "%(count)s proposal of an earlier release is still open.",
            "%(count)s proposals of earlier releases are still open.",
            count,
        )
        yield messages.WARNING, said % {"count": grouped(count)}


def refusal(release, ids):
    """The sentence with which the page itself refuses a decision, or ""."""
    if not release.is_complete:
        return _("This release broke off while it was read, so nobody can decide on it. Read its files again.")
    return "" if ids else NOTHING_OPEN


def told(outcome):
    """What a decision came to, in sentences with their levels."""
    for level, count, sentence in [
        (messages.SUCCESS, outcome.accepted, _("%(count)s accepted: the register now says what the release says.")),
        (messages.SUCCESS, outcome.declined, _("%(count)s declined: the register stays as it is.")),
        (
            messages.WARNING,
            outcome.overtaken,
            _("%(count)s overtaken: the record was changed after the release was read. Read the files again to compare anew."),
        ),
    ]:
        if count:
            yield level, sentence % {"count": grouped(count)}
    for sentence in outcome.refused[:TOLD]:
        yield messages.ERROR, sentence
    if (more := len(outcome.refused) - TOLD) > 0:
        yield messages.ERROR, _("%(count)s more were refused for reasons like these.") % {"count": grouped(more)}
