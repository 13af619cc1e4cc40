"""The instruments that a text names: linked where they are named, each with a note of what it is and where States stand to it.

Pure functions: rich text in, rich text out. An instrument is linked only where the article cites it on record, so that a
number which means something else is never taken for one.
"""

import re
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from conventions.models import Convention, Ratification
from conventions.standing import answer, by_pair

#: How a text names an instrument: "No. 176", or the code by which people know it.
NAMED = re.compile(r"\bNo\.(?:&nbsp;|\s)(?P<number>\d{1,3})\b|\b(?P<letter>[CPR])0{0,2}(?P<digits>\d{1,3})\b")
TAG = re.compile(r"(<[^>]*>)")
#: Within these nothing is linked: what is a link already, and headings.
CLOSED = re.compile(r"<(/?)(a|h2|h3)\b")
#: For how many States a note says where they stand; a longer list belongs to the instrument's page.
STATES = 6


@dataclass(frozen=True)
class Note:
    """What is said of an instrument where a text names it: the record, and each State's answer."""

    convention: Convention
    standings: list

    @property
    def key(self):
        """How it is referred to within a page."""
        return f"about-{self.convention.code.lower()}"


def notes_on(conventions, countries):
    """A note on each instrument, with where the countries stand to it, by code; one query."""
    countries = list(countries)[:STATES]
    acts = by_pair(Ratification.objects.filter(convention__in=conventions, country__in=countries).order_by())
    return {
        each.code: Note(each, [(country, answer(each, acts[country.pk, each.pk])) for country in countries])
        for each in conventions
    }


def linked(html, notes):
    """The rich text with each instrument of `notes` linked where it is named, and explained where it is named first."""
    numbers = {note.convention.number: code for code, note in sorted(notes.items(), reverse=True)}  # a Convention comes last
    told, parts, closed = set(), [], 0

    def link(match):
        code = numbers.get(int(match["number"])) if match["number"] else f"{match['letter']}{int(match['digits']):03d}"
        if code not in notes:
            return match[0]
        first = code not in told
        told.add(code)
        return naming(match[0], notes[code], first)

    for part in TAG.split(html):
        if (edge := CLOSED.match(part)) is not None:
            closed += -1 if edge[1] else 1
        parts.append(part if closed or part.startswith("<") else NAMED.sub(link, part))
    return "".join(parts)


def naming(words, note, first):
    """The link that stands where an instrument is named; with the note where it is the first one."""
    context = {"words": mark_safe(words), "note": note, "address": note.convention.get_absolute_url()}
    if first:
        return render_to_string("_partials/instrument_named.html", context).strip()
    return format_html('<a href="{address}">{words}</a>', **context)
