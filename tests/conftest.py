"""What every test stands on: quick settings, and the refusal to skip silently."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.sqlite3.base import DatabaseOperations

from conventions.append_only import keep, release
from tests.live import live_site

__all__ = ["live_site"]


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
    from articles.models import Comment, Embargo  # here, because models are not there yet when this file is read
    from conventions.versions import Version

    kept = {"conventions_version": Version.KEPT, "articles_comment": Comment.KEPT, "articles_embargo": Embargo.KEPT}
    return {"articles_transition": {}, "articles_correction": {}, "articles_insider": {}, **kept}


def empty_the_log_too(operations, statements, flush=DatabaseOperations.execute_sql_flush):
    """After a test with transactions of its own SQLite's tables are emptied by DELETE, which the log refuses otherwise."""
    for table in kept_tables():
        release(operations.connection, table)
    flush(operations, statements)
    for table, kept in kept_tables().items():
        keep(operations.connection, table, **kept)


DatabaseOperations.execute_sql_flush = empty_the_log_too


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Give all tests of the live site to one worker, so that it is prepared once."""
    for item in items:
        if "live_site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("live_site"))


def require(condition, sentence):
    """Skip a test whose tool this machine lacks, and say so; where CI is set nothing may be lacking, and it fails."""
    if not condition:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(sentence)
