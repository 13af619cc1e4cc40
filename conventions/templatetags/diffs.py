"""How a changed text is written: two sides, what changed struck or underlined, and said to be so."""

import re
import unicodedata
from html import escape
from itertools import groupby

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_lazy, ngettext

from conventions.wording import ADDED, ASIDE, GAP, REMOVED

register = template.Library()

ELEMENTS = {REMOVED: "del", ADDED: "ins", "strong": "strong", "em": "em"}

WORDS = {
    REMOVED: gettext_lazy("removed:"),
    ADDED: gettext_lazy("added:"),
    "strong": gettext_lazy("bold:"),
    "em": gettext_lazy("italic:"),
    "a": gettext_lazy("link:"),
    "h2": gettext_lazy("heading"),
    "h3": gettext_lazy("subheading"),
    "ul": gettext_lazy("list item"),
    "ol": gettext_lazy("numbered item"),
    "blockquote": gettext_lazy("quotation"),
    "more": gettext_lazy("continued"),
    " ": gettext_lazy("[blank]"),
    "\n": gettext_lazy("[line break]"),
    "\t": gettext_lazy("[tab]"),
    "\N{NO-BREAK SPACE}": gettext_lazy("[no-break blank]"),
    "\N{SOFT HYPHEN}": gettext_lazy("[soft hyphen]"),
}

#: What leaves a word looking as it did. The two joiners shape letters, and are seen by that.
HIDDEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@register.filter
def side_by_side(rows):
    """The rows of a changed text. A template would take longer to write them than it takes to find them."""
    single = "" if any(row.left and row.right for row in rows) else " diff-single"
    return mark_safe(f'<div class="diff-rows{single}">{"".join(map(_row, rows))}</div>')


def _row(row):
    if row.skipped:
        text = ngettext("%(n)d unchanged paragraph", "%(n)d unchanged paragraphs", row.skipped) % {"n": row.skipped}
        return f'<p class="diff-skipped">{text}</p>'
    if row.same:
        return _side(row.left, "diff-same", "")
    left, right = row.left, row.right
    if left and right:
        told = left.kind != right.kind
        kinds = [_changed(op, _kind(side.kind)) if told else "" for side, op in ((left, REMOVED), (right, ADDED))]
    else:
        kinds = [_kind(side.kind) if side and side.kind else "" for side in (left, right)]
    sides = zip((left, right), ("diff-old", "diff-new"), kinds, strict=True)
    return f'<div class="diff-row">{"".join(_side(*side) for side in sides if side[0])}</div>'


def _kind(kind):
    """What a block stands in: a heading, an item of a list within an item."""
    return escape(", ".join(str(WORDS[part]) for part in kind) or gettext("paragraph"))


def _side(side, name, kind):
    written, (first, *rest) = [], side.runs
    if first.text.strip():
        first = first._replace(text=first.text.lstrip("\n"))  # the breaks before a paragraph of plain text: it is a row anyway
    for op, runs in groupby([first, *rest], lambda run: run.op):
        if op in (REMOVED, ADDED):
            written.append(_changed(op, "".join(map(_changed_run, runs))))
        elif op == GAP:
            written.append('<span class="diff-quiet"> … </span>')
        else:
            written += (_marked(escape(run.text), run.marks) for run in runs if run.marks != ASIDE)
    kind = f'<span class="diff-kind">{kind}</span> ' if kind else ""
    block = f" diff-{side.kind[0]}" if side.kind else ""
    return f'<div class="diff-block {name}{block}" dir="auto">{kind}{"".join(written)}</div>'


def _changed(op, html):
    return f"<{ELEMENTS[op]}>{_said(op)}{html}</{ELEMENTS[op]}>"


def _said(word):
    """For those who hear the page: they hear neither a stroke through a word nor that it is bold."""
    return f'<span class="diff-said">{escape(str(WORDS[word]))} </span>'


def _changed_run(run):
    said = "".join(_said(mark) for mark in run.marks if mark in WORDS)
    return _marked(said + escape(_visible(run.text)), run.marks)


def _visible(text):
    """Name the marks that nobody sees, and blanks where nothing but blanks changed."""
    if all(unicodedata.category(sign)[0] in "CZ" for sign in text):
        return "".join(map(_name, text))
    return HIDDEN.sub(lambda found: _name(found[0]), text)


def _name(sign):
    return str(WORDS.get(sign) or f"[U+{ord(sign):04X}]")


def _marked(html, marks):
    for mark in marks:
        html = f"<{mark}>{html}</{mark}>" if mark in ELEMENTS else f'<span class="diff-{mark}">{html}</span>'
    return html
