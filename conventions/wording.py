"""What differs between two texts, as a reader should be shown it: blocks side by side, and in them words with their fate.

Blocks are put side by side first, and words compared only within those that changed: an article costs milliseconds.
"""

import re
from bisect import bisect
from collections import Counter
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import chain, compress, count, groupby, pairwise, repeat, zip_longest
from operator import itemgetter, ne
from typing import NamedTuple
from unicodedata import normalize

# --- What is found -----------------------------------------------------------------------------------------------

SAME, REMOVED, ADDED, GAP = "same", "removed", "added", "gap"

#: The mark of what stands in brackets beside a text because a reader would not see it: the address of a link.
ASIDE = ("aside",)


class Run(NamedTuple):
    """Words that share their fate (same, removed, added, or a gap where unchanged ones are left out) and their markup."""

    op: str
    text: str
    marks: tuple = ()


class Side(NamedTuple):
    """One block of a text as it reads on one side. `kind` says what it stands in, from without: () is a paragraph."""

    kind: tuple
    runs: list


class Row(NamedTuple):
    """Two blocks side by side; one of them may be missing. Or `skipped` unchanged paragraphs, and no blocks."""

    left: Side | None = None
    right: Side | None = None
    skipped: int = 0

    @property
    def same(self):
        return self.left == self.right


# --- Texts -------------------------------------------------------------------------------------------------------


class Block(NamedTuple):
    """A paragraph, a heading, an item: what it stands in, and its texts with their markup."""

    kind: tuple
    segments: tuple


def compare_texts(old, new, rich=False):
    """The rows in which two texts differ, with one unchanged block around each change; none where they read the same."""
    rows = all_rows(*((_rich_blocks if rich else _plain_blocks)(normalize("NFC", text)) for text in (old, new)))
    return [] if all(row.same for row in rows) else _folded(rows)


def likeness(one, other):
    """How much of their vocabulary two plain texts share, from 0 to 1."""
    return _Worded(Block((), ((one, ()),))).likeness(_Worded(Block((), ((other, ()),))))


def _plain_blocks(text):
    """A block for each line, with the breaks before it: a paragraph added at the end leaves the one before as it is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [Block((), ((line, ()),)) for line in re.findall(r"\n*[^\n]+|\n+", text)]


def _rich_blocks(html):
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.flush()
    return reader.blocks


class _Reader(HTMLParser):
    """Reads rich text into blocks. What it does not know has no meaning, and its text stays."""

    MARKS = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "a": "a"}
    KINDS = {"h1": "h2", "h2": "h2", "h3": "h3", "ul": "ul", "ol": "ol", "blockquote": "blockquote"}
    OTHER_BLOCKS = {"p", "li", "div", "h4", "h5", "h6", "pre", "tr"}

    def __init__(self):
        super().__init__()
        self.blocks, self.segments, self.kinds, self.open, self.addresses = [], [], [], [], []
        self.begun = False  # whether the item at hand has a block already: a second one only continues it

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self.add("\n")
        elif mark := self.MARKS.get(tag):
            self.open.append(mark)
            if mark == "a":
                self.addresses.append(dict(attrs).get("href"))
        elif tag in self.KINDS or tag in self.OTHER_BLOCKS:
            self.flush()
            self.kinds += [self.KINDS[tag]] if tag in self.KINDS else []
            self.begun &= tag != "li"
            if tag == "ol" and (start := dict(attrs).get("start")):
                self.segments.append((f"[{start}.]", ASIDE))

    def handle_endtag(self, tag):
        if (mark := self.MARKS.get(tag)) in self.open:
            self.open.remove(mark)
            if mark == "a" and (address := self.addresses.pop()):
                self.segments.append((f"[{address}]", ASIDE))
        elif tag in self.KINDS or tag in self.OTHER_BLOCKS:
            self.flush()
            if self.KINDS.get(tag) in self.kinds:
                self.kinds.pop(len(self.kinds) - 1 - self.kinds[::-1].index(self.KINDS[tag]))

    def handle_data(self, data):
        plain = data.isprintable() and "  " not in data  # mostly so, and quicker asked than mended
        self.add(data if plain else re.sub(r"[ \t\n\r\f]+", " ", data))

    def add(self, text):
        """Add text as a browser would set it: no blank at the beginning of a line, and one at most between words."""
        said = next((said for said, marks in reversed(self.segments) if marks != ASIDE), " ")
        text = text[1:] if text[:1] == " " and said[-1] in " \n" else text
        marks = tuple(sorted(set(self.open)))
        if text and self.segments and self.segments[-1][1] == marks:
            self.segments[-1] = (self.segments[-1][0] + text, marks)
        elif text:
            self.segments.append((text, marks))

    def flush(self):
        """End the block."""
        while self.segments and self.segments[-1][1] != ASIDE and not self.segments[-1][0].strip(" \n"):
            self.segments.pop()
        if not self.segments or all(marks == ASIDE for _text, marks in self.segments):
            return  # the number of a list waits for its first item
        text, marks = self.segments[-1]
        self.segments[-1] = (text.rstrip(" \n"), marks)
        continues = self.begun and self.kinds and self.kinds[-1] in ("ul", "ol")
        self.blocks.append(Block((*self.kinds, "more") if continues else tuple(self.kinds), tuple(self.segments)))
        self.segments, self.begun = [], True


# --- Words -------------------------------------------------------------------------------------------------------

_CJK = "\u3041-\u3096\u309d-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = (
    "!-/:-@\\[-\\^`{-~\x00-\x1f\x7f-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf×÷\u05be\u060c\u061b\u061f\u06d4\u0964\u0965"
    "\u200b\u200e-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u303f\ufeff\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_LETTERS = rf"[^\s{_SIGNS}{_CJK}]+"  # said by what it is not: `\w` would part letters from their combining marks

#: What is compared as one: a word with its inner dots and hyphens (3.5, decision-making), one character of a script
#: written without blanks, one sign, one blank.
WORD = re.compile(rf"{_LETTERS}(?:['’.,\-‑]{_LETTERS})*|[{_CJK}][\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*|.", re.DOTALL)

#: What says nothing about what a text is about.
SIGNS = frozenset(" \n\u00a0.,;:!?()[]/'\"’“”«»…–—-。、，")
#: Blocks that share less of their vocabulary are not held against each other word by word: it would be confetti.
ALIKE = 0.3
#: difflib takes the time of all pairs of equal words, again for each stretch that it finds. Beyond this it is not asked:
#: 5,000 words written anew would take it minutes. A paragraph of 600 words stays below.
PAIRS = 20_000
#: Of an unchanged stretch of more characters than this, only so many words and signs stay at each end.
LONG, END = 900, 60


class _Worded:
    """A changed block, cut into words."""

    def __init__(self, block):
        self.block, self.words = block, []
        for text, marks in block.segments:
            self.words += zip([text] if marks == ASIDE else WORD.findall(text), repeat(marks))
        said = {*map(itemgetter(0), self.words)}
        self.vocabulary = (said - SIGNS) or said

    def side(self, op):
        return Side(self.block.kind, _runs(op, self.words))

    def likeness(self, other):
        """How much of their vocabularies two blocks share, from 0 to 1."""
        one, other = self.vocabulary, other.vocabulary
        return 2 * len(one & other) / ((len(one) + len(other)) or 1)


def _runs(op, words):
    return [Run(op, "".join(map(itemgetter(0), group)), marks) for marks, group in groupby(words, itemgetter(1))]


def _stretches(old, new, junk=None, coarser=None):
    """Cut two lists into stretches, each the same or not: (same, of the old, of the new).

    What is equal at both ends is cut off first, for most edits are small. What is too long to be compared item by item
    is compared by what `coarser` makes of it, and item by item within.
    """
    shorter = min(len(old), len(new))
    start = next(compress(count(), map(ne, old, new)), shorter)
    end = next(compress(count(), map(ne, reversed(old[start:]), reversed(new[start:]))), shorter - start)
    tail, one, other = old[len(old) - end :], old[start : len(old) - end], new[start : len(new) - end]
    if start:
        yield True, old[:start], old[:start]
    if set(one).isdisjoint(other):  # nothing to find, and the commonest case
        if one or other:
            yield False, one, other
    elif _pairs(one, other, junk) <= PAIRS:
        for op, i, i_end, j, j_end in SequenceMatcher(junk, one, other, autojunk=False).get_opcodes():
            yield op == "equal", one[i:i_end], other[j:j_end]
    elif coarser:
        for same, *parts in _stretches(coarser(one), coarser(other)):
            parts = [[*chain.from_iterable(part)] for part in parts]
            yield from [(True, *parts)] if same else _stretches(*parts, junk)
    else:
        yield False, one, other
    if end:
        yield True, tail, tail


def _pairs(old, new, junk):
    """How many pairs of equal items difflib would look at, or a number that is small and no less."""
    if (most := len(old) * len(new)) <= PAIRS:
        return most
    found = Counter(new)
    return sum(times * found[item] for item, times in Counter(old).items() if not (junk and junk(item)))


def _is_blank(word):
    return word[0].isspace()


def _sentences(words):
    ends = [n for n, (word, _marks) in enumerate(words, 1) if word[-1] in ".!?…。！？؟।\n"]
    return [tuple(words[start:end]) for start, end in pairwise([0, *ends, len(words)])]


def _sides(old, new):
    """Hold two blocks against each other word by word, if they are at all alike."""
    if not old or not new or old.likeness(new) < ALIKE:
        return old and old.side(REMOVED), new and new.side(ADDED)
    left, right = [], []
    for same, one, other in _joined([*_stretches(old.words, new.words, _is_blank, _sentences)]):
        left += _runs(SAME if same else REMOVED, one)
        right += _runs(SAME if same else ADDED, other)
    return Side(old.block.kind, left), Side(new.block.kind, right)


def _joined(stretches):
    """Let blanks and signs alone between two changes go with them: a phrase replaced reads better than its words."""

    def stays(n):
        between = 0 < n < len(stretches) - 1 and not stretches[n - 1][0] and not stretches[n + 1][0]
        return stretches[n][0] and (not between or any(word[0].isalnum() for word, _marks in stretches[n][1]))

    for same, group in groupby(range(len(stretches)), stays):
        one, other = zip(*(stretches[n][1:] for n in group), strict=True)
        yield same, chain.from_iterable(one), chain.from_iterable(other)


# --- Rows --------------------------------------------------------------------------------------------------------

#: How far from its place among changed blocks the old version of a block is looked for.
BAND = 10


def all_rows(old, new):
    """Put the blocks of two texts side by side, all of them."""
    rows = []
    for same, one, other in _stretches(old, new):
        if same:
            sides = [Side(block.kind, [Run(SAME, *segment) for segment in block.segments]) for block in one]
            rows += [Row(side, side) for side in sides]
        else:
            rows += [Row(*_sides(*pair)) for pair in _paired(*([*map(_Worded, blocks)] for blocks in (one, other)))]
    return rows


def _paired(old, new):
    """Put changed blocks beside each other: the most alike first, in their order, and what is left in between."""
    candidates = (
        (likeness, -abs(i - j), i, j)
        for i, block in enumerate(old)
        for j in range(max(0, i - BAND), min(len(new), i + BAND + 1))
        if (likeness := block.likeness(new[j])) >= ALIKE
    )
    pairs = [(-1, -1), (len(old), len(new))]
    for *_likeness, i, j in sorted(candidates, reverse=True):
        at = bisect(pairs, (i, j))
        if pairs[at - 1][0] < i < pairs[at][0] and pairs[at - 1][1] < j < pairs[at][1]:
            pairs.insert(at, (i, j))
    for (i, j), (next_i, next_j) in pairwise(pairs):
        if i >= 0:
            yield old[i], new[j]
        yield from zip_longest(old[i + 1 : next_i], new[j + 1 : next_j])


def _folded(rows):
    """Leave out what is far from any change: paragraphs, and words within long ones."""
    near = {n + step for n, row in enumerate(rows) if not row.same for step in (-1, 0, 1)}
    folded = []
    for is_near, numbers in groupby(range(len(rows)), near.__contains__):
        group = [rows[n] for n in numbers]
        if is_near or len(group) == 1:
            folded += [Row(*(side and _shortened(side) for side in (row.left, row.right))) for row in group]
        else:
            folded.append(Row(skipped=len(group)))
    return folded


def _shortened(side):
    if not any(len(run.text) > LONG for run in side.runs):
        return side
    return Side(side.kind, [*chain.from_iterable(map(_shortened_run, side.runs))])


def _shortened_run(run):
    words = WORD.findall(run.text) if run.op == SAME and len(run.text) > LONG else []
    if len(words) <= 2 * END:
        return [run]
    head, tail = ("".join(part) for part in (words[:END], words[-END:]))
    return [run._replace(text=head.rstrip()), Run(GAP, " … "), run._replace(text=tail.lstrip())]
