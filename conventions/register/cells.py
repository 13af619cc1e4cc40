"""Reading one cell of a table of the register: a word, a number, a date. What a spreadsheet rewrote is recognised."""

import re

from conventions.models import InstrumentStatus
from conventions.records import PartialDate, Precision


class RegisterError(ValueError):
    """A row or a table that cannot be converted; the text is the sentence for the person who compiled it."""


# What spreadsheets make of 2000-12-13: 13/12/2000, 12/13/00, 13.12.2000, 36873, 13-Dec-00, 2000-12-13 00:00:00.
REWRITTEN_DATE = re.compile(
    r"\d{1,2}[/.]\d{1,2}[/.](\d\d|\d{4})|\d{4}[/.]\d{1,2}[/.]\d{1,2}|\d{5}([.,]\d+)?|\d{1,2}-[A-Za-z]{3,4}-(\d\d|\d{4})"
    r"|\d{4}-\d\d-\d\d[ T]\d\d?:\d\d(:\d\d(\.\d+)?)?|#+"
)
REWRITTEN_NUMBER = re.compile(r"(\d+)[.,]0+")
REWRITTEN = "it looks as if a spreadsheet rewrote it;"
AS_WRITTEN = {Precision.DAY: "2000-12-13", Precision.YEAR: "2000"}


def in_words(choices):
    """Map a column's words to the values of `choices`: “to be revised” stands for “to-be-revised”.

    Only “up-to-date” is hyphenated in the tables too, as it is in NORMLEX.
    """
    return {value if value == InstrumentStatus.UP_TO_DATE else value.replace("-", " "): value for value in choices.values}


def chosen(row, column, words):
    """Read a cell that holds one of a few words."""
    try:
        return words[row[column]]
    except KeyError:
        raise RegisterError(f"{column} is “{row[column]}”; it must be one of: {', '.join(words)}") from None


def whole_number(row, column):
    """Read a cell that holds a whole number."""
    if rewritten := REWRITTEN_NUMBER.fullmatch(row[column]):
        raise RegisterError(f"{column} is “{row[column]}”; {REWRITTEN} a whole number is written {rewritten[1]}")
    if not re.fullmatch(r"[0-9]+", row[column]):
        raise RegisterError(f"{column} is “{row[column]}”; it must be a whole number")
    return int(row[column])


def period(row, column, precision):
    """Read a cell that holds a date of the given precision, or nothing.

    The date must read back as it was written, so that `2000-00-13` is refused and not repaired.
    """
    if not row[column]:
        return None
    try:
        read = PartialDate.parse(row[column])
    except ValueError:
        read = None
    if read is None or read.precision != precision or read.iso != row[column]:
        raise RegisterError(f"{column} is “{row[column]}”; {wanted(row[column], precision)}")
    return read


def wanted(text, precision):
    """What should stand in a cell instead of this text."""
    if REWRITTEN_DATE.fullmatch(text) or REWRITTEN_NUMBER.fullmatch(text):
        return f"{REWRITTEN} a {precision.value} is written {AS_WRITTEN[precision]}"
    return f"it must be a {precision.value} of the calendar, or empty"
