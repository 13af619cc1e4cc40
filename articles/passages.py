"""Finding a quoted passage again in a text that was changed since. Pure functions: text in, place out.

A passage is quoted as the W3C's TextQuoteSelector does it: its exact words, and what stands before and after them.
"""

import re
from html import unescape
from typing import NamedTuple
from unicodedata import normalize

AROUND = 30  # characters before and after a passage that are kept with it
ENOUGH = 30  # characters in a row, the passage among them, by which it is known again

#: Elements that stand within a line; all others begin and end one.
INLINE = re.compile(r"</?(?:a|b|em|i|strong)\b[^>]*>", re.IGNORECASE)
ELEMENT = re.compile(r"<[^>]*>")


class Quote(NamedTuple):
    """Some words of a text with what stands before and after them; all of it empty means the whole."""

    exact: str = ""
    prefix: str = ""
    suffix: str = ""


WHOLE = Quote()


def plain(html):
    """The text that a reader of rich text sees."""
    return unescape(ELEMENT.sub(" ", INLINE.sub("", html)))


def even(text):
    """The text as it is compared: composed letters, and one blank wherever there are some."""
    return re.sub(r"\s+", " ", normalize("NFC", text))


def find(text, quoted):
    """Where the passage stands in `even(text)`, as (start, end), or None where it is no longer there.

    A long passage is known by itself. A short one ("2024") may stand in many places: there enough of what adjoined it must
    adjoin it still. Of several places the one with the most of its surroundings is meant.
    """
    text, exact = even(text), even(quoted.exact).strip()
    if not exact:
        return None
    # The blanks that are cut off a passage adjoin it.
    prefix = even(quoted.prefix + leading(quoted.exact)) if quoted.prefix else ""
    suffix = even(trailing(quoted.exact) + quoted.suffix) if quoted.suffix else ""
    starts = [match.start() for match in re.finditer(f"(?={re.escape(exact)})", text)]
    alike = {at: adjoining(text, at, at + len(exact), prefix, suffix) for at in starts}
    best = max(starts, key=alike.get, default=None)
    if best is None or len(exact) + alike[best] < min(ENOUGH, len(prefix) + len(exact) + len(suffix)):
        return None
    return best, best + len(exact)


def leading(text):
    return text[: len(text) - len(text.lstrip())]


def trailing(text):
    return text[len(text.rstrip()) :]


def adjoining(text, start, end, prefix, suffix):
    """How many characters of the prefix and the suffix, in a row with the passage, stand there still."""
    before, after = text[max(0, start - len(prefix)) : start], text[end : end + len(suffix)]
    return alike(reversed(before), reversed(prefix)) + alike(after, suffix)


def alike(one, other):
    """How many characters two texts begin with in common."""
    count = 0
    for mine, theirs in zip(one, other):  # noqa: B905 - the shorter ends it
        if mine != theirs:
            break
        count += 1
    return count


def quote(text, quoted):
    """The passage with its surroundings as they stand in the text, or None where it does not hold the passage."""
    if (place := find(text, quoted)) is None:
        return None
    text, (start, end) = even(text), place
    return Quote(text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND])
