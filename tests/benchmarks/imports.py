"""What bringing in a release costs: 20,000 new ratifications beside 2,000, in processor time and in memory.

Ten times the rows may cost eleven times as much, no more. Each measure starts from a register with the same States and
instruments and no act. Memory is what Python allocated at its highest, measured in a run of its own, as that slows it.

    import 2000 SECONDS MEGABYTES
    import 20000 SECONDS MEGABYTES
    import ratio MULTIPLE
"""

import io
import sys
import tempfile
import time
import tracemalloc

MANY, MOST_TIMES = 20_000, 11
HEADER = "iso3,convention,ratified_on,ratified_year,date_basis,status,denounced_on,national_law,note,verified,source"


def acts(count):
    """A table of so many ratifications, each of another State or another instrument."""
    from conventions.models import Convention, Country

    states = list(Country.objects.order_by("iso3").values_list("iso3", flat=True))
    codes = list(Convention.objects.ratifiable().filter(year__lt=2020).order_by("code").values_list("code", flat=True))
    pairs = ((state, code) for state in states for code in codes)
    rows = [
        f'{state},{code},2020-01-{1 + number % 28:02},2020,source,in force,,,,yes,"A list of ratifications, page {number}"'
        for number, (state, code) in zip(range(count), pairs, strict=False)
    ]
    return "\r\n".join([HEADER, *rows, ""]).encode()


def bring_in(table):
    """Read and accept a table, and take it out again; return the processor time in seconds."""
    from conventions.models import Proposal, Ratification, Release, ReleaseRow
    from conventions.register.changes import read_release

    began = time.process_time()
    release = read_release([("ratifications.csv", io.BytesIO(table))])
    outcome = release.proposals.accept(None)
    spent = time.process_time() - began
    if outcome.accepted != table.count(b"\r\n") - 1:
        sys.exit(f"Only {outcome.accepted} ratifications were accepted; nothing is measured.")
    for rows in (Ratification, Proposal, Release, ReleaseRow):
        rows.objects.all().delete()
    return spent


def peak(table):
    """The most memory that bringing a table in takes, in millions of bytes."""
    tracemalloc.start()
    bring_in(table)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1_000_000


def measure_import(many=MANY):
    """Print what so many ratifications and a tenth of them cost; the register must be there, and loses its acts."""
    from conventions.models import Ratification, ReleaseRow

    for rows in (Ratification, ReleaseRow):
        rows.objects.all().delete()
    few = many // 10
    tables = {count: acts(count) for count in (few, many)}
    bring_in(tables[few])  # to warm up
    seconds = {count: min(bring_in(table) for _ in range(3)) for count, table in tables.items()}
    for count, table in tables.items():
        print(f"import {count} {seconds[count]:.2f} {peak(table):.1f}", flush=True)
    ratio = seconds[many] / seconds[few]
    print(f"import ratio {ratio:.1f}", flush=True)
    return ratio


def main():
    from django.core.management import call_command

    from tests.benchmarks.__main__ import start

    with tempfile.TemporaryDirectory(prefix="ilonews-bench-") as folder:
        start(folder)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_content", verbosity=0)
        ratio = measure_import()
        from django.db import connection

        connection.close()
    sys.exit(ratio > MOST_TIMES and f"20,000 rows cost {ratio:.1f} times what 2,000 do; at most {MOST_TIMES} are allowed.")


if __name__ == "__main__":
    main()
