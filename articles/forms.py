"""The forms of the newsroom: what a move between states asks, and the text of an article."""

from django import forms
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import InlineStyle, Media, Script

from articles.models import Correction, CorrectionKind, name_of, reviewers
from conventions.records import clean_html

# --- Moves: each field is named as the verb's argument ----------------------------------------------------------------


class MoveForm(forms.Form):
    """A move of some `records` by somebody, that asks for nothing but a yes."""

    def __init__(self, *args, records=(), by=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.records, self.by = records, by

    def values(self):
        """What the verb is told, by the names of its arguments."""
        return self.cleaned_data


class RequestChangesForm(MoveForm):
    reason = forms.CharField(
        label=_("What should change"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("The author reads it.")
    )


class WithdrawForm(MoveForm):
    note = forms.CharField(
        label=_("Public note"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Why it is withdrawn. The public reads this where the text stood."),
    )


class MomentField(forms.DateTimeField):
    """A moment to come, in the time zone of the site, or none."""

    def __init__(self, **kwargs):
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(required=False, widget=widget, **kwargs)

    def validate(self, value):
        super().validate(value)
        if value and value <= timezone.now():
            raise forms.ValidationError(_("This time has passed. Give a time to come, or none."))


class AccountField(forms.ModelChoiceField):
    """One of the people who work here, by name."""

    def label_from_instance(self, account):
        return name_of(account)


class AskForm(MoveForm):
    """Whom a text is handed to. Of several records the authors differ: there each record refuses its own."""

    to = AccountField(label=_("Ask"), queryset=None, required=False, empty_label=_("Everybody who may review it"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        authors = self.records[0].author_ids() if len(self.records) == 1 else set()
        able = reviewers(type(self.records[0])).exclude(pk__in={*authors, self.by.pk})
        self.fields["to"].queryset = able.order_by("first_name", "last_name", "username")
        self.fields["to"].help_text = _("Others who may review it still can, should this person be away.")


class SubmitForm(AskForm):
    at = MomentField(label=_("Meant for"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = _(
            "When you would like it to become public (%(zone)s), or empty. If nobody has reviewed it by then, nothing happens."
        ) % {"zone": zone}


class PublishForm(MoveForm):
    at = MomentField(label=_("Becomes public at"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = _("Empty: at once. Otherwise a time to come (%(zone)s).") % {"zone": zone}
        meant = {record.meant_for for record in self.records}
        if len(meant) == 1 and (at := meant.pop()) and at > timezone.now():
            self.fields["at"].initial = at


class ApplyForm(MoveForm):
    reason = forms.CharField(
        label=_("Note for the log"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Not shown to the public."),
    )


class CorrectingApplyForm(ApplyForm):
    """Readers are told what was changed in what they have read, or the log says why they need not know."""

    field_order = ["kind", "text", "reason"]
    kind = forms.ChoiceField(
        label=_("Tell the readers"), required=False, choices=[("", _("Nothing: spelling or form only")), *CorrectionKind.choices]
    )
    text = forms.CharField(
        label=_("What was wrong and what is right now"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Shown above the article, on the page of corrections and in their feed, for ever."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Why readers need not know, where you tell them nothing. Not shown to the public.")

    def clean(self):
        kind, text = self.cleaned_data.get("kind"), self.cleaned_data.get("text", "").strip()
        if kind and not text:
            self.add_error("text", _("Say what was changed: the readers read it."))
        if text and not kind:
            self.add_error("kind", _("Say what this is: an update, a clarification, a correction or a retraction."))

    def values(self):
        kind, text, reason = (self.cleaned_data[name] for name in ("kind", "text", "reason"))
        return {"correction": Correction(kind=kind, text=text) if kind else None, "reason": reason}


class DiscardForm(MoveForm):
    reason = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


# --- Rich text --------------------------------------------------------------------------------------------------------

#: The elements of conventions.records.RICH_TEXT_TAGS, as the extensions of the editor that make them.
EXTENSIONS = {
    "Heading": {"levels": [2, 3]},
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
}


def clean_body(html):
    """Clean the editor's HTML; an empty paragraph is no text."""
    return clean_html(html) if strip_tags(html).strip() else ""


class RichTextWidget(AdminProseEditorWidget):
    """The editor adds an inline style of its own, which the policy refuses, unless this one stands there with the nonce."""

    PASTED = Script("ilonews/pasted.js", type="module")
    STYLE = InlineStyle("/* its rules stand in ilonews/admin.css */", **{"data-tiptap-style": True})

    @property
    def media(self):
        return super().media + Media(css={"all": [self.STYLE]}, js=[self.PASTED])


#: How the admin edits a RichTextField.
RICH_TEXT = {
    "form_class": ProseEditorFormField,
    "widget": RichTextWidget,
    "config": {"extensions": EXTENSIONS},
    "sanitize": clean_body,
}
