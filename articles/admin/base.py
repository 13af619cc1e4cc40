"""What the newsroom's forms share: what is public belongs to the editors, and moves between states to the verbs."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.forms import ApplyForm, AskForm, DiscardForm, MoveForm, PublishForm, RequestChangesForm, SubmitForm, WithdrawForm
from articles.models import VERBS, Refused, Status
from articles.models.comments import with_notes
from conventions.admin import RecordAdmin, refusal_of
from conventions.diff import compare
from conventions.models import Version
from conventions.snapshots import snapshot

from .changes import ChangesMixin
from .comments import CommentsMixin
from .embargoes import EmbargoMixin
from .guarding import GuardMixin
from .previews import PreviewMixin
from .versions import DiscreetVersionsMixin

AT_ONCE = 100  # records in one move: what a person can still look through


def admin_url(record, page="change"):
    """The address of a record's form."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])


def links(records):
    """Show records as a list of links to their forms."""
    if not (items := [(admin_url(record), record) for record in records]):
        return "—"
    return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a></li>', items))


class NewsroomAdmin(GuardMixin, DiscreetVersionsMixin, RecordAdmin):
    """A record that is public only through something published. Then it is the editors' to change."""

    def is_public(self, obj):
        return type(obj).objects.published().filter(pk=obj.pk).exists()

    def may_touch(self, request, obj):
        return self.may_change_public(request) or not self.is_public(obj)

    def may_change_public(self, request):
        return request.user.has_perm("articles.publish_article")

    def may_delete(self, obj):
        return not self.is_public(obj)


# --- Moves ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """A verb as the back office offers it: on a button, with what it will do, and what it asks."""

    button: str
    effect: str
    form: type = MoveForm
    right: str = ""
    is_for_many: bool = True
    names_version: bool = False


MOVES = {
    "submit": Move(
        gettext_lazy("Submit for review"),
        gettext_lazy("Another person will be asked to read and publish it."),
        SubmitForm,
        "submit",
        names_version=True,
    ),
    "request_changes": Move(
        gettext_lazy("Request changes"),
        gettext_lazy("It goes back to draft; if it is scheduled, it will not become public."),
        RequestChangesForm,
        "review",
        names_version=True,
    ),
    "publish": Move(
        gettext_lazy("Publish"),
        gettext_lazy("Everybody will read it, and it can never be deleted."),
        PublishForm,
        "publish",
        names_version=True,
    ),
    "withdraw": Move(
        gettext_lazy("Withdraw"),
        gettext_lazy("The public will find the headline, the dates and your note in its place."),
        WithdrawForm,
        "withdraw",
    ),
    "submit_change": Move(
        gettext_lazy("Submit the change for review"),
        gettext_lazy("Another person will be asked to read and apply it. What is published stays until then."),
        AskForm,
        "submit",
        is_for_many=False,
        names_version=True,
    ),
    "return_change": Move(
        gettext_lazy("Request changes of the change"),
        gettext_lazy("The change goes back to its author. What is published stays."),
        RequestChangesForm,
        "review",
        is_for_many=False,
        names_version=True,
    ),
    "apply": Move(
        gettext_lazy("Apply the change"),
        gettext_lazy("Everybody will read it. The text it replaces keeps an address of its own."),
        ApplyForm,
        "publish",
        is_for_many=False,
        names_version=True,
    ),
    "discard": Move(
        gettext_lazy("Discard the change"),
        gettext_lazy("What is published stays. The change is given up, and stays among the versions."),
        DiscardForm,
        "submit",
        is_for_many=False,
    ),
}


#: The moves of a change, which is shown as what it changes.
OF_CHANGES = [verb for verb in VERBS.values() if verb.is_of_change]


def read_in(record):
    """The number of the version that stands in the form of a record; None before its first."""
    version = record.pending or Version.objects.of(record).saved().last()
    return version and version.number


def differences(records, readable):
    """What the change of a single record changes, in snapshots made `readable` for whoever asks."""
    if len(records) != 1 or records[0].pending is None:
        return None
    return compare(type(records[0]), *map(readable, (snapshot(records[0]), records[0].pending.snapshot)))


class StateFilter(admin.SimpleListFilter):
    """The states as an editor calls them, "Scheduled" included."""

    title = gettext_lazy("state")
    parameter_name = "state"
    STATES = {
        "draft": (Status.DRAFT.label, lambda found: found.drafts()),
        "in_review": (Status.IN_REVIEW.label, lambda found: found.awaiting_review()),
        "scheduled": (gettext_lazy("Scheduled"), lambda found: found.scheduled()),
        "published": (Status.PUBLISHED.label, lambda found: found.published()),
        "withdrawn": (Status.WITHDRAWN.label, lambda found: found.filter(status=Status.WITHDRAWN)),
    }

    def lookups(self, request, model_admin):
        return [(key, label) for key, (label, _rule) in self.STATES.items()]

    def queryset(self, request, queryset):
        return self.STATES[self.value()][1](queryset) if self.value() in self.STATES else queryset


def move_action(name, move):
    """Make the action of a change list that leads to the page of a move."""

    @admin.action(permissions=[move.right], description=move.button)
    def lead_to_page(modeladmin, request, queryset):
        ids = list(queryset.values_list("pk", flat=True)[: AT_ONCE + 1])
        if len(ids) > AT_ONCE:
            modeladmin.message_user(request, _("Choose %(limit)s at most.") % {"limit": AT_ONCE}, messages.ERROR)
            return None
        return HttpResponseRedirect(modeladmin.move_url(name, ids))

    lead_to_page.__name__ = name
    return lead_to_page


class PublishableAdmin(ChangesMixin, CommentsMixin, EmbargoMixin, PreviewMixin, NewsroomAdmin):
    """A record with a life before the public. The verbs are the model's; each is reached through one page."""

    moves = MOVES
    change_form_template = "admin/publishable_change_form.html"
    readonly_fields = ["state", "reviewer", "meant_for", "published_at", "withdrawn_at", "public_note", "drafted_by", "log"]
    STATE = (
        gettext_lazy("State"),
        {
            "fields": ["state", ("reviewer", "meant_for"), ("published_at", "withdrawn_at"), "public_note", "drafted_by", "log"],
            "description": gettext_lazy("Changed by the buttons above, never typed."),
        },
    )

    def is_public(self, obj):
        return obj.is_published and super().is_public(obj)

    def was_public(self, obj):
        return obj.was_ever_public

    def is_reviewed(self, obj):
        """Whether it has passed review, scheduled included, so that a change would reach the public unread."""
        return obj.was_ever_public or obj.status == Status.PUBLISHED

    def may_touch(self, request, obj):
        """What has passed review takes changes from whoever may draft: they wait. What was withdrawn is the editors'."""
        return obj.takes_changes or self.may_change_public(request) or not self.is_reviewed(obj)

    def may_change_public(self, request):
        return self.has_right(request, "publish")

    def may_delete(self, obj):
        return not self.is_reviewed(obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.drafted_by = request.user
        super().save_model(request, obj, form, change)

    # Shown.

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, obj):
        return obj.state()

    @admin.display(description=gettext_lazy("moves so far"))
    def log(self, obj):
        """Who moved it, when, whom they asked, and why: a reason given is there for the author to read."""
        moves = obj.history().select_related("by", "to") if obj.pk else []
        rows = [
            (self.button(row.verb), row.by, localize(localtime(row.at)), _("Asked: %s.") % row.to if row.to else "", row.reason)
            for row in moves
        ]
        if not rows:
            return "—"
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}: {}, {}. {} {}</li>", rows))

    def button(self, name):
        return self.moves[name].button if name in self.moves else name

    # Offered.

    def has_right(self, request, right):
        return request.user.has_perm(f"{self.opts.app_label}.{right}_{self.opts.model_name}")

    def has_submit_permission(self, request):
        return self.has_right(request, "submit")

    def has_review_permission(self, request):
        return self.has_right(request, "review")

    def has_publish_permission(self, request):
        return self.has_right(request, "publish")

    def has_withdraw_permission(self, request):
        return self.has_right(request, "withdraw")

    def _get_base_actions(self):
        """One action for each move, beside those of the site."""
        own = [(move_action(name, move), name, move.button) for name, move in self.moves.items() if move.is_for_many]
        return [*super()._get_base_actions(), *own]

    def ask(self, obj, name, by):
        """Let the model refuse a move before it is made. No rule is repeated here."""
        obj.refuse(name, VERBS[name], by)

    def refusal(self, request, obj, name):
        """The sentence with which the model would refuse it to this person now, or ""."""
        try:
            self.ask(obj, name, request.user)
        except Refused as refusal:
            return str(refusal)
        return ""

    def offered(self, request, obj):
        """The moves that this person can make now, with the addresses of their pages."""
        return [
            (move.button, self.move_url(name, [obj.pk], seen=read_in(obj)))
            for name, move in self.moves.items()
            if self.has_right(request, move.right) and not self.refusal(request, obj, name)
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["moves"] = self.offered(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Done.

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        return [path("transition/<slug:verb>/", self.admin_site.admin_view(self.move_view), name=name), *super().get_urls()]

    def move_url(self, verb, ids, **query):
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_move", args=[verb])
        return f"{address}?{urlencode({'ids': ','.join(map(str, ids)), **query}, safe=',')}"

    def move_view(self, request, verb):
        """Ask before a move, for one record or several, and then make it."""
        if (move := self.moves.get(verb)) is None:
            raise Http404
        if not (self.has_view_or_change_permission(request) and self.has_right(request, move.right)):
            raise PermissionDenied
        records = self.named_in(request)
        read = self.read_by(request, records)
        form = move.form(request.POST if request.method == "POST" else None, records=records, by=request.user)
        if request.method == "POST" and form.is_valid():
            for record in records:
                seen = {"seen": read[record.pk]} if move.names_version else {}
                self.make_move(request, record, verb, {**form.values(), **seen})
            return HttpResponseRedirect(self.after_move(records))
        count = ngettext("%(count)d record", "%(count)d records", len(records)) % {"count": len(records)}
        context = {
            **self.admin_site.each_context(request),
            "title": f"{move.button}: {count}",
            "opts": self.opts,
            "move": move,
            "form": form,
            "back": self.after_move(records),
            "read": read.items(),
            "differences": differences(records, partial(self.readable, request)) if VERBS.get(verb) in OF_CHANGES else None,
            "records": [(record, self.refusal(request, record, verb)) for record in records],
        }
        return TemplateResponse(request, "admin/move.html", context)

    def read_by(self, request, records):
        """The number of the version that this person has read, by the key of its record: what the page was made from."""
        if request.method == "POST":
            pairs = (pair.partition("-") for pair in request.POST.getlist("read"))
            read = {int(key): int(number) for key, _dash, number in pairs if key.isdecimal() and number.isdecimal()}
        else:
            read = {record.pk: read_in(record) for record in records}
            if len(records) == 1 and request.GET.get("seen", "").isdecimal():
                read[records[0].pk] = int(request.GET["seen"])
        return {record.pk: read.get(record.pk) for record in records}

    def named_in(self, request):
        """The records whose numbers stand in the address."""
        ids = request.GET.get("ids", "").split(",")[:AT_ONCE]
        keys = [int(part) for part in ids if part.isdecimal() and len(part) < 19]
        found = with_notes(self.get_queryset(request)).filter(pk__in=keys)
        if not found:
            raise Http404
        return list(found)

    def after_move(self, records):
        """Back to the form of one, to the list of several."""
        if len(records) == 1:
            return admin_url(records[0])
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def make_move(self, request, record, verb, values):
        """Let the model do it, and pass on what it says. The others go on when one is refused."""
        try:
            with transaction.atomic():
                lost = getattr(record, verb)(by=request.user, **values)
        except (Refused, PermissionDenied) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        except OperationalError as error:
            self.message_user(request, refusal_of(error), messages.ERROR)
        else:
            done = _("“%(record)s”: done. It is %(state)s.") % {"record": record, "state": record.state().lower()}
            self.message_user(request, done, messages.SUCCESS)
            if lost:
                told = _("Left out, because it is no more: %(names)s.") % {"names": ", ".join(lost)}
                self.message_user(request, told, messages.WARNING)
            if record.untold:
                untold = _("The mail about “%(record)s” could not be sent: tell those whom it concerns.") % {"record": record}
                self.message_user(request, untold, messages.WARNING)
