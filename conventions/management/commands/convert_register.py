"""Convert the register, as it was compiled in four CSV files, into the fixtures that the site is filled from."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conventions.register.files import Problems, Refused, TableFile, Unreadable
from conventions.register.rules import COLUMNS, RegisterError, convert


def read_table(path, columns):
    """Read a CSV file into numbered rows. A row has the number a spreadsheet shows: the header is row 1."""
    problems = Problems()
    try:
        with path.open("rb") as file:
            table = TableFile(path.name, file)
            table.open()
            if missing := [column for column in columns if column not in table.header]:
                raise RegisterError(f"{path.name}, row 1: the column {missing[0]} is missing.")
            rows = [(number, row) for number, _place, row in table.rows(problems)]
    except OSError:
        raise RegisterError(f"{path.name} is missing or cannot be read in {path.parent}.") from None
    except Unreadable as error:
        raise RegisterError(str(error)) from None
    problems.refuse()
    return rows


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
        except (RegisterError, Refused) as error:
            raise CommandError(str(error)) from error
        for name, records in fixtures.items():
            text = json.dumps(records, ensure_ascii=False, indent=1)
            (output / f"{name}.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")
            self.stdout.write(f"{name}.json: {len(records)} records")
