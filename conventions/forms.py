"""The forms of the register: the files of a release."""

from django import forms
from django.utils.translation import gettext_lazy as _

from conventions.register.tables import LIMIT_MEGABYTES


class FilesInput(forms.FileInput):
    """A button that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each must be what a single one must be."""

    widget = FilesInput

    def clean(self, data, initial=None):
        return [super(FilesField, self).clean(each, initial) for each in data or [None]]


class ReleaseForm(forms.Form):
    """The tables of a release. What is wrong inside of them, empty or too large ones included, is the reader's to say."""

    files = FilesField(
        label=_("Files of the release"),
        help_text=_("One or more CSV files, each known by its columns, of %(limit)s MB at most. Choose several at once.")
        % {"limit": LIMIT_MEGABYTES},
        widget=FilesInput(attrs={"accept": ".csv,text/csv"}),
        allow_empty_file=True,
        error_messages={"required": _("No file was chosen.")},
    )
