"""Embargoes in the back office: the page on which one is set, changed and lifted, and where all of them stand."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Embargo, Refused


class EmbargoForm(forms.Form):
    """Until when, at whose wish, and who may see it all the same."""

    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Who asks for it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("And in which words: “Ministry of Labour, by e-mail of 3 June: not before the press conference.”"),
    )
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who may see it besides"),
        queryset=get_user_model().objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The authors, whoever is asked to review it, whoever sets it and the chiefs see it anyway."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("username")
        self.fields["until"].help_text = _("It is lifted by itself at this time (%(zone)s).") % {
            "zone": timezone.get_current_timezone_name()
        }


class EmbargoMixin:
    """For the form of a record with a life before the public: its embargo."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.embargo_view)
        return [path("<int:pk>/embargo/", view, name=self.url_name("embargo")), *super().get_urls()]

    def embargo_view(self, request, pk):
        """Set, change or lift the embargo of a record, and read all there ever were."""
        record = self.viewed(request, pk)
        current, may_embargo = record.embargo, record.may_embargo(request.user)
        lifts = "lift" in request.POST
        form = EmbargoForm(request.POST if request.method == "POST" and not lifts else None, initial=terms(current))
        if lifts or form.is_valid():
            self.act_on_embargo(request, record, current, form)
            return HttpResponseRedirect(self.preview_url(record, "embargo"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Embargo"),
            "opts": self.opts,
            "original": record,
            "form_address": self.preview_url(record, "change"),
            "form": form,
            "embargo": current,
            "may_embargo": may_embargo and not record.was_ever_public,
            "may_lift": may_embargo and current is not None,
            "embargoes": Embargo.objects.of(record).prefetch_related("people"),
        }
        return TemplateResponse(request, "admin/embargo.html", context)

    def act_on_embargo(self, request, record, current, form):
        """Let the model do it, and pass on what it says."""
        try:
            if "lift" not in request.POST:
                embargo = Embargo.objects.set(record, by=request.user, **form.cleaned_data)
                done = _("“%(record)s” is under embargo until %(until)s.") % {"record": record, "until": embargo.end}
            elif current is None:
                raise Refused(_("This embargo has ended already."))
            else:
                current.lift(by=request.user)
                done = _("The embargo of “%(record)s” is lifted.") % {"record": record}
        except (Refused, PermissionDenied) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Say that it is under embargo, and lead to its page whoever has something to do or to read there."""
        if obj is not None:
            context["embargo"] = embargo = obj.embargo
            if embargo or (not obj.was_ever_public and obj.may_embargo(request.user)):
                context["embargo_url"] = self.preview_url(obj, "embargo")
        return super().render_change_form(request, context, add, change, form_url, obj)


def terms(embargo):
    """What the form of a change begins with: whoever set the embargo stays among those who see the record."""
    if embargo is None:
        return {}
    return {"until": embargo.until, "source": embargo.source, "people": [*embargo.people.all(), embargo.set_by]}
