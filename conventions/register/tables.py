"""The tables of a release: which file is which, and what all of them say together.

`read` refuses whatever does not fit, whole and with a sentence for each row, before anything is done with the rest. What
it returns knows where each row stands in its file and reads it again when it is wanted, so that a release of any
size takes little memory: the keys of the rows, and no row.
"""

from enum import Enum
from pathlib import PurePath

from conventions.models import Table
from conventions.models.rows import FACTS, key_of

from .checks import Checks, facts
from .files import LIMIT_MEGABYTES, Problems, Refused, TableFile, Unreadable
from .rules import COLUMNS, CONVENTIONS, COUNTRIES, RATIFICATIONS, RECOMMENDATIONS, RegisterError

__all__ = ["LIMIT_MEGABYTES", "Reading", "Refused", "read"]

# What each table describes, in the order in which rows need each other.
DESCRIBES = {
    COUNTRIES: Table.COUNTRY,
    CONVENTIONS: Table.CONVENTION,
    RECOMMENDATIONS: Table.CONVENTION,
    RATIFICATIONS: Table.RATIFICATION,
}


class Reading:
    """Tables that were read and found fit: which they are, which records they name, and what they say of each.

    `total` is the number of rows. `files` has them by the name of their table, which need not be their own name.
    """

    def __init__(self, files):
        self.files = {table: files[table] for table in DESCRIBES if table in files}
        self.places = {kind: {} for kind in Table}
        self.checks = Checks(self.files)
        self.name = shortened(", ".join(file.name for file in self.files.values()))

    @property
    def total(self):
        return sum(len(places) for places in self.places.values())

    def keys(self, kind):
        """The natural keys of all records of a kind that the files name."""
        return self.places[kind].keys()

    def covers(self, kind, key):
        """Whether the files would name this record if the release listed it."""
        if kind == Table.CONVENTION:
            return (RECOMMENDATIONS if key.startswith("R") else CONVENTIONS) in self.files
        return any(DESCRIBES[table] == kind for table in self.files)

    def row(self, kind, key):
        """The number of the row about a record and what it says, in plain values."""
        table, number, place = self.places[kind][key]
        return number, plain(table, facts(table, self.files[table].at(place), self.checks))

    def examine(self, problems):
        """Read every row once and note what is wrong with it. Remember where each row stands."""
        for table, file in self.files.items():
            try:
                for number, place, row in file.rows(problems):
                    self.take(table, number, place, row, problems)
            except Unreadable as error:
                problems.add(str(error))
                return  # the other tables may refer to rows that could not be read

    def take(self, table, number, place, row, problems):
        places = self.places[DESCRIBES[table]]
        try:
            fields = facts(table, row, self.checks)
            key = key_of(DESCRIBES[table], fields)
            if key in places:
                raise RegisterError(f"row {places[key][1]} is about {key} already")
            self.checks.check(table, row, fields)
        except RegisterError as error:
            problems.add(f"{self.files[table].name}, row {number}: {error}.")
        else:
            places[key] = table, number, place


def shortened(name, length=200):
    return name if len(name) <= length else f"{name[: length - 1]}…"


def plain(table, fields):
    """What a row says in the values of JSON; every listed record is not struck."""
    names = FACTS[DESCRIBES[table]].split() + (["slug"] if table == COUNTRIES else [])
    values = ((name, fields[name]) for name in names)
    return {name: value.value if isinstance(value, Enum) else value for name, value in values} | {"delisted_on": None}


# --- Which file is which -----------------------------------------------------------------------------------------


def read(files):
    """Read the tables of a release: `files` are pairs of a name and a file open for reading bytes.

    Raise Refused with all sentences if anything is wrong with any of them.
    """
    problems = Problems()
    tables = {}
    for name, file in files:
        recognise(TableFile(PurePath(name).name, file), tables, problems)
    problems.refuse()
    reading = Reading(tables)
    reading.examine(problems)
    problems.refuse()
    return reading


def recognise(file, tables, problems):
    """Find out by its header which table a file is, and add it to the tables."""
    try:
        file.open()
        table = table_of(file)
        if table in tables:
            raise Unreadable(f"{file.name}: {tables[table].name} is the same table ({table}); give one of them.")
        if not file.has_rows():
            raise Unreadable(f"{file.name} has a header and no rows.")
        tables[table] = file
    except Unreadable as error:
        problems.add(str(error))


def table_of(file):
    """The table that shares the most columns with the file. None of its columns may be missing."""
    shared = {table: len(set(columns.split()) & set(file.header)) for table, columns in COLUMNS.items()}
    table = max(shared, key=shared.get)
    absent = [column for column in COLUMNS[table].split() if column not in file.header]
    if len(absent) > len(COLUMNS[table].split()) / 2:
        raise Unreadable(f"{file.name}, row 1: these are not the columns of any table. The tables are: {described()}.")
    if absent:
        raise Unreadable(
            f"{file.name}, row 1: it looks like the table {table}, but {'these columns are' if absent[1:] else 'this column is'}"
            f" missing: {', '.join(absent)}. The tables are: {described()}."
        )
    return table


def described():
    """The tables with their columns, in words."""
    return "; ".join(f"{table} ({', '.join(columns.split())})" for table, columns in COLUMNS.items())
