"""An import whose process is killed between two batches, and that is run again: it ends as if nothing had happened."""

import json
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.live import ROOT, environment, manage, scratch_database
from tests.registers import act, instrument, state, table

pytestmark = pytest.mark.once

REGISTER = "import json; from tests.registers import register; print(json.dumps(register(), default=str))"
LETTERS = "ABCDEFGHIJKLMNOPQRST"


def states(**cells):
    return [state(iso3=f"Q{a}A", iso2=f"Q{a}", name_en=f"State {a}", **cells) for a in LETTERS]


def instruments():
    return [instrument(code=f"C{n:03}", number=str(n), title=f"Convention {n}") for n in range(1, 41)]


def acts(**cells):
    return [act(iso3=f"Q{a}A", convention=f"C{n:03}", **cells) for a in LETTERS for n in range(1, 41)]


def write(folder, **tables):
    folder.mkdir()
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_bytes(table(*rows))
    return sorted(str(path) for path in folder.glob("*.csv"))


class Place:
    """A folder with a database of its own, and the second release ready to be read in."""

    def __init__(self, folder, database_url):
        self.folder, self.database_url = folder, database_url
        self.values = {"ILONEWS_ENV": "development", "VAR_DIR": folder / "var", "DATABASE_URL": database_url}
        (folder / "var").mkdir(parents=True, exist_ok=True)
        changed = acts(note="Changed")[:-5]
        self.second = write(
            folder / "second", countries=states(member_note="Changed"), conventions=instruments(), ratifications=changed
        )

    def bring_in_first(self):
        tables = write(self.folder / "first", countries=states(), conventions=instruments(), ratifications=acts())
        self.manage("migrate", "-v0")
        self.manage("import_register", *tables)

    @contextmanager
    def copy(self, folder):
        """Another place as this one is now."""
        shutil.copytree(self.folder / "var", folder / "var")
        with scratch_database(like=self.database_url) as database_url:
            yield Place(folder, database_url)

    def manage(self, *arguments):
        done = manage(*arguments, **self.values)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def register(self):
        return json.loads(self.manage("shell", "--verbosity=0", "-c", REGISTER))

    def start(self):
        """Start the import. What nobody reads stops it soon: the pipe holds less than it has to say of its batches."""
        command = [sys.executable, "manage.py", "import_register", "--batch", "5", *self.second]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment(**self.values), stdout=subprocess.PIPE, bufsize=0, pipesize=4096
        )

    def killed_after(self, batches, words):
        """Kill the import when it has said so many times that a batch was written."""
        process = self.start()
        for line in process.stdout:
            batches -= line.decode().rstrip().endswith(words)
            if not batches:
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.close()
        assert process.wait(timeout=60) == -signal.SIGKILL


@pytest.fixture(scope="module")
def after_first(tmp_path_factory):
    """A place with the first release, which everything begins with; it is copied and stays as it is."""
    with scratch_database() as database_url:
        place = Place(tmp_path_factory.mktemp("first"), database_url)
        place.bring_in_first()
        yield place


@pytest.fixture(scope="module")
def uninterrupted(after_first, tmp_path_factory):
    """The register after both releases."""
    with after_first.copy(tmp_path_factory.mktemp("uninterrupted")) as place:
        place.manage("import_register", *place.second)
        yield place.register()


@pytest.mark.parametrize("words", ["rows read", "changes accepted"])
def test_an_import_that_was_killed_and_run_again(words, after_first, uninterrupted, tmp_path):
    with after_first.copy(tmp_path) as place:
        before = place.register()
        place.killed_after(2, words)
        between = place.register()
        assert between != uninterrupted
        assert (between == before) == (words == "rows read"), "reading changes nothing, a batch that was accepted stays"
        place.manage("import_register", "--batch", "5", *place.second)
        assert place.register() == uninterrupted
        assert "Nothing is new, changed or gone." in place.manage("import_register", "--dry-run", *place.second)
