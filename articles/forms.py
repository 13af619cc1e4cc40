"""The forms of the newsroom: what a move between states asks, and the text of an article."""

from django import forms
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import InlineStyle, Media

from conventions.records import clean_html

# --- Moves: each field is named as the verb's argument ----------------------------------------------------------------


class MoveForm(forms.Form):
    """A move that asks for nothing but a yes."""


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


class PublishForm(MoveForm):
    at = forms.DateTimeField(
        label=_("Becomes public at"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["at"].help_text = _("Empty: at once. Otherwise a time to come (%(zone)s).") % {"zone": zone}

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at <= timezone.now():
            raise forms.ValidationError(_("This time has passed. Give a time to come, or none to publish at once."))
        return at


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

    STYLE = InlineStyle("/* its rules stand in ilonews/admin.css */", **{"data-tiptap-style": True})

    @property
    def media(self):
        return super().media + Media(css={"all": [self.STYLE]})


#: How the admin edits a RichTextField.
RICH_TEXT = {
    "form_class": ProseEditorFormField,
    "widget": RichTextWidget,
    "config": {"extensions": EXTENSIONS},
    "sanitize": clean_body,
}
