"""Print how much of the register is verified: field by field, and instrument by instrument."""

import csv

from django.core.management.base import BaseCommand

from conventions import report

FIELD_HEAD = ["records", "field", "verified", "of", "share", "remark"]
INSTRUMENT_HEAD = ["instrument", "coverage", "as of", "count", "day", "year", "no date", "not verified", "share"]
NOT_RECORDED = "not recorded"


def field_cells(row):
    verified = NOT_RECORDED if row.verified is None else row.verified
    return [row.record, row.name, verified, row.of, row.share, row.remark]


def instrument_cells(name, coverage, covered, acts):
    return [name, coverage, covered, acts.counting, acts.day, acts.year, acts.exists, acts.reported, acts.share]


def tables(found):
    """The two tables of the report, each a list of rows with the head first; the last row of the second is the total."""
    fields = [field_cells(row) for row in found.fields]
    instruments = [
        instrument_cells(row.convention.code, row.convention.coverage, row.convention.covered, row.acts)
        for row in found.instruments
    ]
    total = instrument_cells("all", "", None, found.total)
    return [[FIELD_HEAD, *fields], [INSTRUMENT_HEAD, *instruments, total]]


def aligned(rows):
    """Lines of plain text in which columns stand below each other, numbers at their right."""
    words = [[word(cell) for cell in row] for row in rows]
    numbers = [any(isinstance(row[n], int | float) for row in rows) for n in range(len(rows[0]))]
    widths = [max(len(row[n]) for row in words) for n in range(len(rows[0]))]
    for row in words:
        cells = [
            text.rjust(width) if right else text.ljust(width) for text, width, right in zip(row, widths, numbers, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def word(cell):
    """A cell as a person reads it."""
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else f"{cell} %" if isinstance(cell, float) else str(cell)


class Command(BaseCommand):
    help = "Print how much of the register is verified, by field and by instrument: the tables of /method/register/."

    def add_arguments(self, parser):
        parser.add_argument(
            "--format",
            choices=["table", "csv"],
            default="table",
            help="plain text (the default), or CSV: two tables with an empty line between them",
        )

    def handle(self, *, format, **options):
        found = report.read()
        if not found.fields:
            self.stdout.write("The register is empty: there is nothing to report.")
            return
        first, second = tables(found)
        self.print(first, format)
        self.stdout.write("")
        self.print(second, format)

    def print(self, rows, format):
        if format == "csv":
            csv.writer(self.stdout, lineterminator="\n").writerows(rows)
        else:
            self.stdout.write("\n".join(aligned(rows)))
