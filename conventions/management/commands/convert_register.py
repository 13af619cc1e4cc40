"""Convert the register, as it was compiled in four CSV files, into the fixtures that the site is filled from."""

import csv
import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conventions.register.rules import COLUMNS, RegisterError, convert


def read_table(path, columns):
    """Read a CSV file into numbered rows. A row has the number a spreadsheet shows: the header is row 1."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = reader.fieldnames or []
            rows = [(number, checked(row, path.name, number)) for number, row in enumerate(reader, start=2)]
    except OSError:
        raise RegisterError(f"{path.name} is missing or cannot be read in {path.parent}.") from None
    except UnicodeDecodeError:
        raise RegisterError(f"{path.name} is not UTF-8.") from None
    except csv.Error as error:
        raise RegisterError(f"{path.name}, line {reader.reader.line_num}: {error}.") from None
    if missing := [column for column in columns if column not in header]:
        raise RegisterError(f"{path.name}, row 1: the column {missing[0]} is missing.")
    return rows


def checked(row, table, number):
    """Refuse a ragged row: after a stray comma every later cell would be read as another column."""
    if None in row or None in row.values():
        raise RegisterError(f"{table}, row {number}: it has not as many cells as the header.")
    return {column: cell.strip() for column, cell in row.items()}


class Command(BaseCommand):
    help = "Convert the CSV register in DIRECTORY into fixtures for loaddata. Writes all of them or, with a reason, none."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, help="where " + ", ".join(COLUMNS) + " are")
        parser.add_argument(
            "--output",
            type=Path,
            default=settings.BASE_DIR / "fixtures",
            help="where the fixtures go (default: the project's own fixtures/)",
        )

    def handle(self, *args, directory, output, **options):
        if not output.is_dir():
            raise CommandError(f"{output} is not a directory.")
        try:
            fixtures = convert({name: read_table(directory / name, columns.split()) for name, columns in COLUMNS.items()})
        except RegisterError as error:
            raise CommandError(str(error)) from error
        for name, records in fixtures.items():
            text = json.dumps(records, ensure_ascii=False, indent=1)
            (output / f"{name}.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")
            self.stdout.write(f"{name}.json: {len(records)} records")
