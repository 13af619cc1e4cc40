"""The real thing for tests: `manage.py prepare` and gunicorn in processes of their own, on a database of their own."""

import fcntl
import functools
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent
READERS = ["ilonews/settings.py", "ilonews/management/commands/serve.py", "gunicorn.conf.py"]


@functools.cache
def environment_variables():
    """The names of all variables that the site reads, found where it reads them."""
    text = "".join((ROOT / file).read_text() for file in READERS)
    return set(re.findall(r'\b(?:env\w*|os\.environ\.get)\(["\']([A-Z_]+)["\']', text))


def environment(**values):
    """This process's environment with no setting of the site but the given ones."""
    removed = environment_variables() | {"DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in removed}
    return kept | {name: str(value) for name, value in values.items() if value is not None}


def manage(*arguments, **values):
    """Run `manage.py` to its end in the given environment."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(**values), capture_output=True, text=True, timeout=120)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def scratch_database(like=None):
    """The address of a database, empty or a copy of the one at `like`: on the server that DATABASE_URL names, or None for
    a file in VAR_DIR."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        yield None
        return
    import psycopg

    name = f"ilonews_live_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {urlsplit(like).path[1:]}" if like else ""))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Site:
    """A site that can be prepared, started, stopped and started again."""

    def __init__(self, var_dir, database_url=None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.values = {"ILONEWS_ENV": "development", "VAR_DIR": var_dir, "DATABASE_URL": database_url, "PORT": self.port}
        self.log = Path(var_dir) / "serve.log"
        self.process = None

    def manage(self, *arguments):
        return manage(*arguments, **self.values)

    def prepare(self):
        """Run `manage.py prepare` and return what it said."""
        done = self.manage("prepare")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self):
        """Run `manage.py serve` and wait until it answers."""
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment(**self.values), stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"The site did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def answers(self):
        try:
            return self.get("/admin/login/")
        except OSError:
            return None

    def get(self, path):
        """The status and the text that a path answers with, whatever the status."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self):
        """End the server as a machine does, and return its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextmanager
def site_of_its_own():
    """A running site with the real content, outside a run of tests; its `folder` and all in it go with it."""
    with tempfile.TemporaryDirectory(prefix="ilonews-live-") as folder:
        site = Site(folder)
        site.prepare()
        site.start()
        try:
            yield site
        finally:
            site.stop()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """The VAR_DIR of a prepared site with its SQLite file, made once for all workers: to be copied, and to stay as it is."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (base / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "prepared").exists():
            (base / "preparing").mkdir(exist_ok=True)
            Site(base / "preparing").prepare()
            (base / "preparing").rename(base / "prepared")
    return base / "prepared"


@pytest.fixture(scope="session")
def live_site(request):
    """A running site with the real content and the development accounts; its `url` has no slash at the end."""
    with tempfile.TemporaryDirectory(prefix="ilonews-live-") as folder, scratch_database() as database_url:
        site = Site(folder, database_url)
        if database_url:
            site.prepare()
        else:
            shutil.copytree(request.getfixturevalue("prepared"), folder, dirs_exist_ok=True)
        site.start()
        yield site
        site.stop()
