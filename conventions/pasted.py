"""What other programs write, told in the few elements of our rich text: headings, paragraphs, lists.

The text editor cleans what is pasted into it (ilonews/pasted.js). Here is what comes by any other door: a fixture, an
import, a form without scripts. Structure may be lost, words never, and no two words run into one.
"""

import re
from html import escape
from html.parser import HTMLParser

#: What stands on lines of its own becomes a paragraph.
LINES = """
    address article aside caption dd div dl dt fieldset figcaption figure footer form header main nav pre section tr
"""
#: Elements under other names.
RENAMED = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "b": "strong", "i": "em", **dict.fromkeys(LINES.split(), "p")}
DROPPED = {"table", "td", "th", "thead", "tbody", "tfoot", "colgroup", "col", "hr", "html", "body", "head", "meta", "link"}
UNREAD = {"script", "style", "title", "xml"}
BLOCKS = {"h2", "h3", "p", "ul", "ol", "blockquote"}

FOREIGN = re.compile(rf"<(?:{'|'.join([*RENAMED, *DROPPED, 'title', 'xml', 'o:p'])})\b|mso-list", re.IGNORECASE)
EMPTY = re.compile(r"<(p|h2|h3|li|blockquote)>(?:\s|&nbsp;|<br>)*</\1>")
LAYOUT_BLANKS = re.compile(r"[\s\xa0]*(?:\xa0[\s\xa0]+|\s\xa0)[\s\xa0]*")
LEVEL = re.compile(r"mso-list\s*:\s*l\d+\s+level(\d)", re.IGNORECASE)
MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
LIGHT = re.compile(r"(?<![\w-])font-weight\s*:\s*(?:normal|[1-4]00)", re.IGNORECASE)
NUMBERED = re.compile(r"\(?(?:\d+|[a-z]+)[.)]", re.IGNORECASE)


def is_foreign(html):
    """Whether it was written by another program than our editor."""
    return FOREIGN.search(html) is not None


def in_our_elements(html):
    """The same words in our elements, still to be sanitised. What cannot be read to its end comes back as it is."""
    rewriting = Rewriting()
    rewriting.feed(html)
    rewriting.close()
    return html if rewriting.unread else rewriting.result()


def without_empty(html):
    """Sanitised HTML without elements that hold nothing."""
    while (fewer := EMPTY.sub("", html)) != html:
        html = fewer
    return html


class Rewriting(HTMLParser):
    """Reads HTML and writes ours, element by element."""

    def __init__(self):
        super().__init__()
        self.written = []
        self.unread = 0  # how many elements we are in that hold no words
        self.cells = []  # for each row we are in: the cells so far, or None when a block ended its paragraph
        self.lists = []  # Word's: level and place of each list we are in
        self.begun = None  # the place of a list of Word's whose first mark is still to come
        self.mark = None  # the sign before an item of Word's, while it is read
        self.spans = []  # for each span we are in: whether it is such a sign
        self.bold = []  # for each <b> we are in: whether it is bold

    def result(self):
        self.end_lists()
        html = re.sub(r"[ \t]{2,}", " ", "".join(self.written))
        return re.sub(r"<p>[\s\xa0|]*</p>", "", re.sub(r"<p> | </p>", lambda edge: edge[0].strip(), html))

    def write(self, html):
        self.written.append(html)

    # Elements.

    def handle_starttag(self, tag, attrs):
        style = dict(attrs).get("style") or ""
        name = RENAMED.get(tag, tag)
        if tag in UNREAD:
            self.unread += 1
        elif tag == "p" and (level := LEVEL.search(style)):
            self.start_item(int(level[1]))
        elif tag in ("td", "th"):
            self.start_cell()
        elif tag == "tr":
            self.end_lists()
            self.cells.append(0)
            self.write("<p>")
        elif name == "p" and self.cells:
            self.write(" ")
        elif tag == "b":
            self.bold.append(not LIGHT.search(style))
            self.write("<strong>" if self.bold[-1] else "")
        elif tag == "span":
            self.spans.append(bool(MARK.search(style)))
            self.mark = "" if self.spans[-1] else self.mark
        elif tag not in DROPPED:
            if name in BLOCKS:
                self.end_lists()
                self.cells = [None for _row in self.cells]
            self.write(f"<{name}>" if name != tag else self.get_starttag_text())

    def handle_endtag(self, tag):
        name = RENAMED.get(tag, tag)
        if tag in UNREAD:
            self.unread = max(0, self.unread - 1)
        elif tag == "tr":
            self.write("</p>")
            del self.cells[-1:]
        elif tag == "b":
            self.write("</strong>" if self.bold and self.bold.pop() else "")
        elif tag == "span":
            if self.spans and self.spans.pop():
                self.end_mark()
        elif name == "p" and (self.cells or self.lists):
            self.write(" ")
        elif tag not in DROPPED:
            self.write(f"</{name}>")

    def handle_data(self, data):
        if self.mark is not None:
            self.mark += data
        elif not self.unread:
            self.write(escape(LAYOUT_BLANKS.sub(" ", data), quote=False))

    # Tables: a paragraph for each row, its cells apart.

    def start_cell(self):
        if not self.cells:
            self.write(" ")
            return
        self.write("<p>" if self.cells[-1] is None else " | " if self.cells[-1] else "")
        self.cells[-1] = (self.cells[-1] or 0) + 1

    # Word's lists: paragraphs that say in their style which level they are, with their mark as text.

    def start_item(self, level):
        while self.lists and self.lists[-1][0] > level:
            self.end_list()
        if self.lists and self.lists[-1][0] == level:
            self.write("</li><li>")
            return
        self.begun = len(self.written)
        self.lists.append((level, self.begun))
        self.written += ["<ul>", "<li>"]

    def end_mark(self):
        """The mark of its first item says whether a list is numbered."""
        mark, self.mark = re.sub(r"[\s\xa0]", "", self.mark or ""), None
        if not self.lists:
            self.write(escape(mark))
        elif self.begun is not None and NUMBERED.fullmatch(mark):
            self.written[self.begun] = "<ol>"
        self.begun = None

    def end_list(self):
        _level, place = self.lists.pop()
        self.write(f"</li></{self.written[place][1:3]}>")

    def end_lists(self):
        while self.lists:
            self.end_list()
