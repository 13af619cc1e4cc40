"""Changes of the text of a page, whatever record it comes from. Tags, attributes and what is typed or quoted as code stay."""

import re

TAG = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
EDGE = re.compile(r"<(/?)([a-z][a-z0-9]*)\b")
#: An abbreviation that is nothing without the number after it.
NUMBER = re.compile(r"\b(Nos?\.|Nos|Art\.) (?=\d)")
#: An apostrophe within a word, typed and escaped.
APOSTROPHE = re.compile(r"(?<=[^\W\d_])(?:'|&#x27;|&#39;)(?=[^\W\d_])")
#: What is typed into a field goes back as it came, code is no text, and a citation is copied into texts of others.
KEPT = frozenset(["cite", "textarea", "pre", "code", "script", "style"])
#: Words that are quoted stay as they were written, letter by letter.
QUOTED = KEPT | {"blockquote", "mark"}


def in_text(html, change, kept=KEPT):
    """The HTML with each run of its text as `change` makes it, but for what stands within elements that are `kept`."""
    parts, within = [], 0
    for part in TAG.split(html):
        if (edge := EDGE.match(part)) is not None and edge[2] in kept:
            within += -1 if edge[1] else 1
        parts.append(part if within or part.startswith("<") else change(part))
    return "".join(parts)


def typeset(html):
    """The HTML in which "No. 176" never breaks between its two halves, and an apostrophe within a word is one."""
    html = in_text(html, lambda text: NUMBER.sub("\\1\N{NO-BREAK SPACE}", text))
    return in_text(html, lambda text: APOSTROPHE.sub("’", text), QUOTED) if APOSTROPHE.search(html) else html
