"""The instruments that a text names: linked where they are named, each with a note of what it is and where States stand to it.

Pure functions: rich text in, rich text out. An instrument is linked only where the article cites it on record, and not where
the words before or the signs after its number say that something else is meant: "Law No. 87", "No. 176-VII".
"""

import re
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from conventions.models import Convention, Kind, Ratification
from conventions.standing import answer, by_pair
from conventions.typesetting import in_text

BLANK = r"(?:&nbsp;|\s)"
#: Where a number goes on, it is another one: "No. 87/2020", "No. 176-VII", "No. 87,000".
ENDS = r"(?![\w]|[-–/]\w|[.,]\d)"
#: How a text names an instrument: "No. 176", "Nos 97, 131 and 154", or the code by which people know it.
NAMED = re.compile(
    rf"(?P<before>\b[A-Za-z]+{BLANK})?(?P<numbers>\bNo\.{BLANK}\d{{1,3}}{ENDS}"
    rf"|\bNos\.?{BLANK}\d{{1,3}}(?:(?:,|,?{BLANK}and){BLANK}\d{{1,3}})+{ENDS})"
    rf"|(?<![\w/.-])(?P<code>[CPR]\d{{2,3}}){ENDS}"
)
#: A number in a list of numbers, with "No." where it is the only one.
ONE = re.compile(rf"(?:No\.{BLANK})?\d{{1,3}}")
#: Words after which a number is no instrument's, and those after which it is one of another kind.
OTHER = {"law", "act", "bill", "decree", "resolution", "order", "decision", "article", "case"}
KINDS = {"recommendation": Kind.RECOMMENDATION, "protocol": Kind.PROTOCOL}
#: Within these nothing is linked: what is a link already, and headings.
CLOSED = frozenset(["a", "h2", "h3"])
#: For how many States a note says where they stand; of a longer list the instrument's page tells.
MOST_STATES = 6


@dataclass(frozen=True)
class Note:
    """What is said of an instrument where a text names it: the record, States' answers, and how many more States there are."""

    convention: Convention
    standings: list
    others: int = 0

    @property
    def key(self):
        """How it is referred to within a page."""
        return f"about-{self.convention.code.lower()}"


def notes_on(conventions, countries):
    """A note on each instrument, with where the countries stand to it, by code; one query."""
    countries = list(countries)
    shown, others = countries[:MOST_STATES], len(countries[MOST_STATES:])
    acts = by_pair(Ratification.objects.filter(convention__in=conventions, country__in=shown).order_by())
    return {
        each.code: Note(each, [(country, answer(each, acts[country.pk, each.pk])) for country in shown], others)
        for each in conventions
    }


def linked(html, notes):
    """The rich text with each instrument of `notes` linked where it is named, and explained where it is named first."""
    by_number = {(note.convention.kind, note.convention.number): note for note in notes.values()}
    explained = set()

    def link(words, note):
        if note is None:
            return words
        first = note.key not in explained
        explained.add(note.key)
        return naming(words, note, first)

    def replace(match):
        if match["code"]:
            code = match["code"]
            return link(code, notes.get(f"{code[0]}{int(code[1:]):03d}"))
        before = match["before"] or ""
        word = re.sub(rf"{BLANK}$", "", before).lower()
        if word in OTHER:
            return match[0]
        kind = KINDS.get(word)
        numbers = ONE.sub(lambda one: link(one[0], numbered(by_number, one[0], kind)), match["numbers"])
        return before + numbers

    return in_text(html, lambda text: NAMED.sub(replace, text), CLOSED)


def numbered(by_number, words, kind):
    """The note on the instrument with a number: of this kind, or else the Convention, the Recommendation or the Protocol."""
    number = int(re.search(r"\d+", words)[0])
    kinds = [kind] if kind else [Kind.CONVENTION, Kind.RECOMMENDATION, Kind.PROTOCOL]
    return next((by_number[each, number] for each in kinds if (each, number) in by_number), None)


def naming(words, note, first):
    """The link that stands where an instrument is named; with the note where it is the first one."""
    context = {"words": mark_safe(words), "note": note, "address": note.convention.get_absolute_url()}
    if first:
        return render_to_string("_partials/instrument_named.html", context).strip()
    return format_html('<a href="{address}">{words}</a>', **context)
