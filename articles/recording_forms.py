"""The two halves of the short form with which an update is recorded: what happened, and the evidence of it."""

from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Evidence, ProgressUpdate


class DayInput(forms.DateInput):
    """A day, as the browser asks for days."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


def rows(number):
    return forms.Textarea(attrs={"rows": number, "cols": 60})


class RecordForm(forms.ModelForm):
    """What happened to one commitment. `evidence` is a piece that is recorded already, or empty where another is described."""

    class Meta:
        model = ProgressUpdate
        fields = [
            "summary", "happened_on", "happened_on_precision", "delivery", "effect", "rung", "evidence", "supersedes", "reason",
        ]  # fmt: skip
        widgets = {"summary": rows(4), "happened_on": DayInput(), "reason": rows(2)}
        labels = {"evidence": gettext_lazy("Recorded already"), "supersedes": gettext_lazy("Takes the place of")}
        help_texts = {
            "summary": gettext_lazy("In our words, and no more than the evidence shows."),
            "delivery": gettext_lazy(
                "Measured against the words of the promise. “Delivered” and “Not delivered” wait for a second person."
            ),
            "supersedes": gettext_lazy(
                "An update that was wrong. It stays where it is, and says so. What came later needs no superseding:"
                " the latest event decides."
            ),
            "reason": gettext_lazy("Shown to the public."),
            "happened_on_precision": "",
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        commitment = self.instance.commitment
        self.fields["evidence"].required = False
        self.fields["supersedes"].queryset = commitment.updates.in_effect().visible_to(user).latest_first()
        self.fields["supersedes"].label_from_instance = lambda update: f"{update.happened}: {update.summary[:80]}"
        if not commitment.is_to_ratify:
            del self.fields["rung"]

    def clean(self):
        super().clean()
        supersedes, reason = self.cleaned_data.get("supersedes"), self.cleaned_data.get("reason", "").strip()
        if supersedes and not reason:
            self.add_error("reason", _("An update that supersedes another says why."))
        if reason and "supersedes" in self.cleaned_data and not supersedes:
            self.add_error("supersedes", _("You give a reason: say which update this one takes the place of."))


class EvidenceForm(forms.ModelForm):
    """A source that is not recorded yet. One with the same address and title is used as it stands (`known`)."""

    known = None

    class Meta:
        model = Evidence
        fields = [
            "title", "url", "publisher", "voice", "dated_on", "dated_on_precision", "excerpt", "archived_url", "accessed_on",
        ]  # fmt: skip
        widgets = {"dated_on": DayInput(), "accessed_on": DayInput(), "excerpt": rows(2)}
        labels = {"voice": gettext_lazy("Who speaks in it")}
        help_texts = {"dated_on_precision": ""}

    def __init__(self, *args, own_hosts=(), **kwargs):
        super().__init__(*args, prefix="new", use_required_attribute=False, **kwargs)
        self.own_hosts = own_hosts
        for name in ("title", "url", "publisher", "archived_url"):
            self.fields[name].widget.attrs["class"] = "vTextField"

    def clean_url(self):
        """What we wrote about it proves nothing: the evidence is what we read."""
        url = self.cleaned_data["url"]
        if urlsplit(url).netloc.lower() in self.own_hosts:
            raise forms.ValidationError(_("This is a page of ours. Evidence is the source that it reports."))
        return url

    def clean(self):
        super().clean()
        self.look_up()

    def look_up(self):
        """See whether it is recorded by now."""
        self.known = Evidence.objects.filter(url=self.cleaned_data.get("url"), title=self.cleaned_data.get("title")).first()

    def _get_validation_exclusions(self):
        """Being recorded already is no fault: it is looked up again when it is saved, because another window may be faster."""
        return super()._get_validation_exclusions() | {"title"}

    def _post_clean(self):
        """What is recorded already is asked nothing: it is used as it stands, and not saved."""
        if self.known is None:
            super()._post_clean()
