"""Reading one CSV file of the register: bytes in, numbered rows out, and a sentence for everything that is wrong with it.

A row has the number that a spreadsheet shows: the header is row 1. A file is read a line at a time and never held
whole; a row can be read again from the place where it begins.
"""

import csv
import re

LIMIT_MEGABYTES = 20
SHOWN = 50  # more sentences than this help nobody
MEGABYTE = 1_000_000

SAVE_AS = "In a spreadsheet, save it as “CSV UTF-8”."
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
ERRORS = [
    ("unexpected end", "a cell begins with a quotation mark and the closing one is missing"),
    ("expected after", "there is text after a closing quotation mark; write a quotation mark inside a cell twice"),
    ("field limit", "a cell is longer than 131,072 characters; a closing quotation mark may be missing"),
    ("new-line character", "its lines do not end as they should; save them with LF or CRLF"),
]
# UTF-8 that was read as Latin-1 or as the Windows code page, and saved again: “é” becomes “Ã©”.
MANGLED = re.compile("[ÂÃ][\u0080-\u00bf]|â€|\ufffd")


class Refused(Exception):
    """Tables that are refused whole. `sentences` say why, each with its file and its row."""

    def __init__(self, sentences):
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)


class Problems:
    """The sentences of what is wrong, in the order of the files; beyond the first ones they are only counted."""

    def __init__(self):
        self.shown, self.count = [], 0

    def add(self, sentence):
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append(sentence)

    def refuse(self):
        """Refuse the tables if anything is wrong."""
        if self.count > SHOWN:
            raise Refused([*self.shown, f"And {self.count - SHOWN:,} more."])
        if self.count:
            raise Refused(self.shown)


class Unreadable(Exception):
    """A file in which nothing after a certain row can be read; the text says why."""


class TableFile:
    """A CSV file of the register: its name, its header and its rows.

    `file` is open for reading bytes and can be read from any place.
    """

    def __init__(self, name, file):
        self.name, self.file, self.header = name, file, []
        self.place = 0

    def open(self):
        """Read the header. Raise Unreadable with a sentence if this is no file to read."""
        size = self.file.seek(0, 2)
        if size > LIMIT_MEGABYTES * MEGABYTE:
            raise Unreadable(f"{self.name} has {size / MEGABYTE:,.1f} MB; at most {LIMIT_MEGABYTES} MB are read.")
        if not size:
            raise Unreadable(f"{self.name} is empty.")
        for _number, _place, cells in self.records():
            self.header = [cell.strip() for cell in cells]
            break
        if len(self.header) == 1:
            self.refuse_separator(self.header[0])
        if twice := [name for name in self.header if name and self.header.count(name) > 1]:
            raise Unreadable(f"{self.name}, row 1: the column {twice[0]} comes twice.")

    def refuse_separator(self, line):
        for mark, name in SEPARATORS.items():
            if mark in line:
                raise Unreadable(f"{self.name}, row 1: its cells are separated by {name}; they must be separated by commas.")

    def rows(self, problems):
        """The rows below the header, as number, place and cells by column. What is wrong with a row is noted and passed over."""
        for number, place, cells in self.records():
            if number == 1 or not any(cells):  # a blank row counts, and says nothing
                continue
            if len(cells) != len(self.header):
                problems.add(f"{self.name}, row {number}: it has not as many cells as the header.")
                continue
            row = self.by_column(cells)
            if column := mangled(row):
                problems.add(f"{self.name}, row {number}: {column} is “{row[column]}”; its letters were mangled. {SAVE_AS}")
                continue
            yield number, place, row

    def has_rows(self):
        """Whether anything stands below the header."""
        return any(number > 1 and any(cells) for number, _place, cells in self.records())

    def at(self, place):
        """The row that begins at a place."""
        self.file.seek(place)
        return self.by_column(next(csv.reader(self.lines(), strict=True)))

    def by_column(self, cells):
        return {column: cell.strip() for column, cell in zip(self.header, cells, strict=True)}

    def records(self):
        """Everything in the file, from the header on, as number, place in the file and list of cells."""
        self.file.seek(0)
        self.place, number = 0, 0
        reader = csv.reader(self.lines(), strict=True)
        while True:
            number, place = number + 1, self.place
            try:
                cells = next(reader)
            except StopIteration:
                return
            except UnicodeDecodeError:
                raise Unreadable(f"{self.name}, row {number}: it is not UTF-8. {SAVE_AS}") from None
            except csv.Error as error:
                raise Unreadable(f"{self.name}, row {number}: {in_plain_words(error)}.") from None
            if any("\0" in cell for cell in cells):
                raise Unreadable(f"{self.name}, row {number}: it holds a NUL byte; this is not a CSV file.")
            yield number, place, cells

    def lines(self):
        """The lines from where the file stands, decoded; `place` is where the next one begins."""
        while line := self.file.readline():
            text = line.decode() if self.place else line.decode("utf-8-sig")
            self.place += len(line)
            yield text


def in_plain_words(error):
    """A sentence for what Python's reader of CSV says."""
    return next((words for said, words in ERRORS if said in str(error)), str(error))


def mangled(row):
    """The first column whose text was read in the wrong encoding before it was saved, if there is one."""
    for column, cell in row.items():
        if not cell.isascii() and (MANGLED.search(cell) or read_wrongly(cell)):
            return column
    return None


def read_wrongly(text):
    """Whether the text, taken back to bytes as the Windows code page has them, is UTF-8: then that is what it was."""
    try:
        b"".join(as_byte(letter) for letter in text).decode()
    except UnicodeError:
        return False
    return True


def as_byte(letter):
    """The byte of a letter in the Windows code page; what that leaves undefined stands for itself."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
