"""What every test stands on: quick settings, and the refusal to skip silently."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.sqlite3.base import DatabaseOperations
from django.test import TestCase, TransactionTestCase

from conventions.append_only import keep, release
from tests.live import live_site, prepared
from tests.sharing import Sharing, rank

__all__ = ["live_site", "prepared"]


def pytest_configure(config):
    """Quick passwords, plain static files, and nothing written beside the checkout's own files."""
    folder = Path(tempfile.mkdtemp(prefix="ilonews-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.PAGE_CACHE = False  # a test looks at what is, not at what was; test_page_cache.py turns it on
    settings.VAR_DIR = folder
    settings.MEDIA_ROOT = folder / "media"
    settings.STATIC_ROOT = folder / "static"
    settings.STATIC_ROOT.mkdir()


def kept_tables():
    """The tables that are append-only in the database itself, and how."""
    from articles.models import Comment, Embargo, ProgressUpdate  # here, because models are not there yet when this file is read
    from conventions.versions import Version

    kept = {"conventions_version": Version.KEPT, "articles_comment": Comment.KEPT, "articles_embargo": Embargo.KEPT}
    kept["articles_progressupdate"] = ProgressUpdate.KEPT
    return {"articles_transition": {}, "articles_correction": {}, "articles_insider": {}, **kept}


def empty_the_log_too(operations, statements, flush=DatabaseOperations.execute_sql_flush):
    """After a test with transactions of its own SQLite's tables are emptied by DELETE, which the log refuses otherwise."""
    for table in kept_tables():
        release(operations.connection, table)
    flush(operations, statements)
    for table, kept in kept_tables().items():
        keep(operations.connection, table, **kept)


DatabaseOperations.execute_sql_flush = empty_the_log_too


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The longest first. Those with transactions of their own stay the last that use the database: they empty it."""
    emptying = [item for item in items if empties(item)]
    items[:] = sorted((item for item in items if not empties(item)), key=lambda item: rank(item.nodeid)) + emptying


def empties(item):
    """Whether the database is empty after a test."""
    case = getattr(item, "cls", None)
    if case and issubclass(case, TransactionTestCase):
        return not issubclass(case, TestCase)
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or bool(mark and mark.kwargs.get("transaction"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Sharing(config, log) if config.getvalue("dist") == "loadscope" else None


def require(condition, sentence):
    """Skip a test whose tool this machine lacks, and say so; where CI is set nothing may be lacking, and it fails."""
    if not condition:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(sentence)
