"""What readers send: read, settled, and published where it is a reply whose author is known."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.forms import MoveForm
from articles.models import Reply, Status
from conventions.models import Version

from .asked import AskedFilter
from .base import MOVES, Move, PublishableAdmin, StateFilter, admin_url


class SettleForm(MoveForm):
    outcome = forms.CharField(
        label=_("What was done"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever looks later reads it. It is not shown to the public, and not sent to whoever wrote."),
    )


class WaitingFilter(admin.SimpleListFilter):
    """What nobody has settled or published yet."""

    title = _("what waits")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [("yes", _("Waiting"))]

    def queryset(self, request, queryset):
        return queryset.waiting() if self.value() == "yes" else queryset


@admin.register(Reply)
class ReplyAdmin(PublishableAdmin):
    """What was sent is not rewritten. Editors say whose it is; then two of them can publish it, as everything else."""

    moves = {name: MOVES[name] for name in ("submit", "request_changes", "publish", "withdraw")} | {
        "settle": Move(_("Settle"), _("It leaves the desk. What was sent stays in the list."), SettleForm, "change")
    }
    list_display = ["__str__", "state", "kind", "received_at", "settled_at"]
    list_filter = [WaitingFilter, StateFilter, AskedFilter, "kind", "voice"]
    list_select_related = ["commitment", "article"]
    date_hierarchy = "received_at"
    search_fields = ["text", "name", "organisation"]
    readonly_fields = [
        *PublishableAdmin.readonly_fields, "subject", "kind", "text", "url", "name", "email", "received_at", "settled_at",
        "settled_by", "outcome",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["subject", "kind", "text", "url", "received_at"]}),
        (
            _("From"),
            {
                "fields": ["name", "email", "organisation", "voice", "identity"],
                "description": _("Name and e-mail address are for us alone. A reply is published with organisation and voice."),
            },
        ),
        (_("What was done"), {"fields": [("settled_at", "settled_by"), "outcome"]}),
        PublishableAdmin.STATE,
    ]

    @admin.display(description=_("about"))
    def subject(self, obj):
        """What it is about, with the way to its form."""
        return format_html('<a href="{}">{}</a>', admin_url(obj.about), obj.about)

    def get_view_on_site_url(self, obj=None):
        """A published reply is read on the page of what it is about."""
        return obj.about.get_absolute_url() if obj is not None and self.is_public(obj) else None

    def may_touch(self, request, obj):
        """Whose it is is not said anew of what passed review; after a withdrawal it is, and then read again."""
        return obj.status != Status.PUBLISHED

    def has_add_permission(self, request):
        return False

    def save_related(self, request, form, formsets, change):
        """Whoever says how we know the writer is an author of the voice, although no version holds what they said."""
        if "identity" in form.changed_data:
            Version.objects.keep(form.instance, by=request.user, note=gettext("How we know who wrote it"))
        super().save_related(request, form, formsets, change)

    def ask(self, obj, name, by):
        """Settling is no move between states; the model has its own question for it."""
        if name == "settle":
            obj.refuse_settlement()
        else:
            super().ask(obj, name, by)
