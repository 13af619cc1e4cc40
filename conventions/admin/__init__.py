"""The back office of the register, and what the newsroom's forms share with it."""

from . import register, releases, supervision
from .base import (
    SHORT_TEXT,
    FieldsMixin,
    PartInline,
    ReadOnlyAdmin,
    RecordAdmin,
    StackedPart,
    TabularPart,
    refusal_of,
)

__all__ = [
    "SHORT_TEXT",
    "FieldsMixin",
    "PartInline",
    "ReadOnlyAdmin",
    "RecordAdmin",
    "StackedPart",
    "TabularPart",
    "refusal_of",
    "register",
    "releases",
    "supervision",
]
