"""Where a person chooses which mail they want: their own, and nobody else's."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from articles import mail
from articles.models import Notices


class NoticesForm(forms.ModelForm):
    class Meta:
        model = Notices
        fields = ["review_requested", "changes_requested", "published"]


def notices_view(request, site):
    """The settings of whoever asks: no address leads to anybody else's."""
    notices = Notices.objects.for_account(request.user)
    form = NoticesForm(request.POST if request.method == "POST" else None, instance=notices, label_suffix="")
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your mail settings are saved."))
        return HttpResponseRedirect(reverse("admin:mail"))
    context = {
        **site.each_context(request),
        "title": _("Your mail settings"),
        "form": form,
        "is_off": mail.is_off(),
    }
    return TemplateResponse(request, "admin/notices.html", context)
