"""Small registers for tests of the import: tables as files, a way to read them in, and everything that stands afterwards."""

import csv
from io import BytesIO, StringIO

from django.core.management import call_command
from django.test import TestCase

from conventions.models import Convention, Country, Proposal, Ratification, Release, ReleaseRow, Topic
from conventions.register.changes import propose, read_release
from conventions.register.tables import read
from tests.test_register import act, instrument, recommendation, state

__all__ = ["act", "instrument", "recommendation", "state"]

C187 = {"code": "C187", "number": "187", "year": "2006", "adopted_on": "2006-06-15", "in_force_on": "2009-02-20"}
C187 |= {"title": "Promotional Framework Convention, 2006 (No. 187)", "topic": "Occupational safety and health"}


def table(*rows, columns=None, **dialect):
    """The bytes of a table, as the compilers write it: UTF-8, commas, CRLF."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, columns or list(rows[0]), extrasaction="ignore", **dialect)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def cast():
    """A whole register: Kazakhstan, two Conventions, a Recommendation and two acts, by the name of the table."""
    return {
        "countries": [state()],
        "conventions": [instrument(), instrument(**C187)],
        "recommendations": [recommendation()],
        "ratifications": [act(), act(convention="C187", ratified_on="2015-02-03", ratified_year="2015")],
    }


NAME = "Kazakhstan (Republic)"


def renamed():
    """The cast with another name for Kazakhstan."""
    return cast() | {"countries": [state(name_en=NAME)]}


def files(tables):
    """Tables as files open for reading: lists of rows, or bytes as they are."""
    return [(f"{name}.csv", BytesIO(rows if isinstance(rows, bytes) else table(*rows))) for name, rows in tables.items()]


def bring_in(tables, **options):
    """Read a release and accept what overwrites nobody's edits, as the command does; return the release and the outcome."""
    release = read_release(files(tables), **options)
    return release, release.proposals.clean().accept(None)


def proposed(tables):
    """What a release would do, without storing it: kind, record, old and new values."""
    return [(p.kind, p.key, p.before, p.after, p.edited) for p in propose(read(files(tables)))]


def run(folder, tables, *options):
    """Run the command over tables in a folder; return what it printed."""
    for name, file in files(tables):
        (folder / name).write_bytes(file.read())
    out = StringIO()
    call_command("import_register", *sorted(str(path) for path in folder.glob("*.csv")), *options, stdout=out)
    return out.getvalue()


def everything():
    """The whole register with the log of releases, to see that nothing changed."""
    return register(), list(Release.objects.values()), list(Proposal.objects.order_by("pk").values())


def register():
    """Every record of the register and what the last release said, in an order of its own and without keys of the database."""
    return {
        "topics": sorted(Topic.objects.values_list("name", "slug")),
        "states": by_key(Country),
        "instruments": by_key(Convention),
        "acts": by_key(Ratification),
        "topics of": sorted(Convention.objects.values_list("code", "topics__slug"), key=str),
        "revised": sorted(Convention.objects.values_list("code", "revises__code"), key=str),
        "said": sorted(ReleaseRow.objects.values_list("table", "key", "fields"), key=str),
    }


def by_key(model):
    fields = [field.name for field in model._meta.concrete_fields if not field.is_relation and not field.primary_key]
    fields = [name for name in fields if name != "recorded_at"]  # when it was written down is no fact of the register
    return sorted(
        (values[: len(model.natural)], values) for values in model.objects.order_by().values_list(*model.natural, *fields)
    )


class ReleaseTestCase(TestCase):
    """Over the register of the cast, read in as a first release."""

    @classmethod
    def setUpTestData(cls):
        bring_in(cast())

    def state(self):
        return Country.objects.get(iso3="KAZ")

    def said(self, key):
        return ReleaseRow.objects.get(key=key).fields
