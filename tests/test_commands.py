"""The commands that start a site: what they do, and that each refusal is one sentence and leaves everything as it was."""

import json
import os
import socket
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections

from conventions.models import Convention, Country, Topic
from ilonews.management.commands.prepare import database_name
from tests.live import Site, free_port, manage, scratch_database

KAZ = {
    "model": "conventions.country",
    "fields": {
        "iso3": "KAZ", "iso2": "KZ", "name": "Kazakhstan", "official_name": "Kazakhstan", "slug": "kazakhstan",
        "region": "europe-central-asia", "source": "ILO, list of member States",
    },
}  # fmt: skip
SAFETY = {"model": "conventions.topic", "fields": {"name": "Safety", "slug": "safety"}}


def instrument(code, **fields):
    values = {
        "kind": "convention", "code": code, "number": int(code[1:]), "title": "Safety in Mines Convention", "year": 1995,
        "source": "NORMLEX",
    }  # fmt: skip
    return {"model": "conventions.convention", "fields": values | fields}


def ratification(**fields):
    values = {"country": ["KAZ"], "convention": ["C176"], "status": "in-force", "verification": "none"}
    return {"model": "conventions.ratification", "fields": values | fields}


def said(command):
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


@pytest.fixture
def fixtures(settings, tmp_path):
    """Write fixture files into a folder of the test's own, which is then the only one."""
    settings.FIXTURE_DIRS = [tmp_path]

    def write(**files):
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / f"{name}.json").write_text(text)

    return write


@pytest.fixture
def groups(db):
    return [Group.objects.get_or_create(name=name)[0] for name in ("reporter", "editor", "chief")]


# --- load_content ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestLoadContent:
    def test_it_works(self, fixtures):
        mines = instrument("C176", topics=[["safety"]])
        fixtures(country=[KAZ], topic=[SAFETY], convention=[mines], ratification=[ratification()])
        assert said("load_content") == "Loaded 4 records from 4 files.\n"
        act = Country.objects.get(iso3="KAZ").ratifications.get()
        assert act.convention.code == "C176"
        assert [topic.slug for topic in act.convention.topics.all()] == ["safety"]

    def test_an_instrument_may_stand_before_the_one_it_revises(self, fixtures):
        old, new = instrument("C045", year=1935), instrument("C176", revises=[["C045"]])
        fixtures(convention=[new, old])
        call_command("load_content", stdout=StringIO())
        assert Convention.objects.get(code="C045").revised_by.get().code == "C176"

    def test_content_is_never_touched(self, fixtures):
        Country.objects.create(**KAZ["fields"] | {"name": "Edited"})
        fixtures(country=[KAZ], broken="no longer looked at")
        assert said("load_content") == "Content is already there: nothing loaded.\n"
        assert Country.objects.get().name == "Edited"

    def test_no_files_are_no_error(self, fixtures):
        assert said("load_content") == "Loaded 0 records from 0 files.\n"

    @pytest.mark.parametrize(
        ("name", "records", "cause"),
        [
            ("topic", "[{", "topic.json: Expecting property name enclosed in double quotes: line 1 column 3 (char 2)"),
            ("topic", {"model": "conventions.topic"}, "topic.json: "),
            ("topic", ["KAZ"], "topic.json: "),
            ("topic", 7, "topic.json: "),
            ("treaty", [SAFETY], "treaty.json: there is no model of this name"),
            ("topic", [{"model": "conventions.treaty", "fields": {}}], "topic.json: "),
            ("topic", [{"model": "conventions.topic", "fields": {"colour": "red"}}], "Topic has no field named 'colour'"),
            ("topic", [SAFETY, SAFETY], "topic.json: it holds 2 records but only 1 different topics"),
            ("topic", [SAFETY, KAZ], "topic.json: it holds 2 records but only 1 different topics"),
            ("ratification", [ratification(convention=["C999"])], "ratification.json: "),
            ("ratification", [ratification(country="KAZ")], "ratification.json: "),
            ("ratification", [ratification(act=1), ratification(act=2)], "ratification.json: "),
            ("convention", [instrument("R001")], "The code of a Convention begins with C"),
            ("ratification", [ratification(status="dreamt")], "Value 'dreamt' is not a valid choice"),
        ],
    )
    def test_a_malformed_file_leaves_nothing(self, fixtures, name, records, cause):
        fixtures(**{"country": [KAZ], "convention": [instrument("C176")], name: records})
        with pytest.raises(CommandError) as refusal:
            call_command("load_content", stdout=StringIO())
        sentence = str(refusal.value)
        assert cause in sentence
        assert sentence.endswith(". Correct the file and start again; nothing was loaded.") and "\n" not in sentence
        assert not Country.objects.exists() and not Convention.objects.exists() and not Topic.objects.exists()


# --- development_accounts ----------------------------------------------------------------------------------------


class TestDevelopmentAccounts:
    def test_it_works(self, groups):
        assert said("development_accounts").startswith("Accounts: reporter, editor, chief; password decent-work")
        for group in groups:
            user = get_user_model().objects.get(username=group.name)
            assert user.is_staff and not user.is_superuser and user.check_password("decent-work")
            assert list(user.groups.all()) == [group]

    def test_an_account_that_is_there_is_left_alone(self, groups):
        call_command("development_accounts", stdout=StringIO())
        editor = get_user_model().objects.get(username="editor")
        editor.set_password("my own words")
        editor.is_staff = False
        editor.save()
        editor.groups.clear()
        call_command("development_accounts", stdout=StringIO())
        editor.refresh_from_db()
        assert editor.check_password("my own words") and not editor.is_staff and not editor.groups.exists()

    def test_it_refuses_in_production(self, groups, settings):
        settings.DEVELOPMENT = False
        with pytest.raises(CommandError, match="are not made in production"):
            call_command("development_accounts")
        assert not get_user_model().objects.exists()

    def test_a_missing_group_is_named(self, groups):
        groups[2].delete()
        with pytest.raises(CommandError, match=r"The group “chief” is missing, no account was made"):
            call_command("development_accounts")
        assert not get_user_model().objects.exists()


# --- prepare -----------------------------------------------------------------------------------------------------


class TestPrepare:
    def test_it_works_and_says_each_step(self, fixtures, groups, settings, tmp_path):
        settings.VAR_DIR = tmp_path / "new" / "var"
        fixtures(country=[KAZ])
        lines = said("prepare").splitlines()
        assert [line.split()[0] for line in lines] == ["Keeping", "Migrating", "Loaded", "Accounts:", "Collecting"]
        assert settings.VAR_DIR.is_dir() and (settings.STATIC_ROOT / "admin").is_dir()

    def test_production_has_no_development_accounts(self, fixtures, groups, settings):
        settings.DEVELOPMENT = False
        assert "Accounts" not in said("prepare")
        assert not get_user_model().objects.exists()

    def test_a_folder_that_cannot_be_made(self, settings, tmp_path):
        (tmp_path / "file").touch()
        settings.VAR_DIR = tmp_path / "file" / "var"
        with pytest.raises(CommandError, match=r"file/var cannot be made \(Not a directory\); set VAR_DIR to one that can"):
            call_command("prepare", stdout=StringIO())

    def test_a_database_error_is_one_sentence(self, db, monkeypatch):
        def fail():
            raise OperationalError("connection failed:\nis it running?")

        with monkeypatch.context() as patch, pytest.raises(CommandError) as refusal:
            patch.setattr(connections["default"], "ensure_connection", fail)
            call_command("prepare", stdout=StringIO())
        assert "does not do its work: connection failed: is it running?. Start or mend it" in str(refusal.value)

    def test_the_database_is_named_without_its_password(self, monkeypatch):
        monkeypatch.setattr(connections["default"], "vendor", "postgresql")
        values = {"NAME": "news", "USER": "ana", "PASSWORD": "s3cret", "HOST": "db.example.org", "PORT": ""}
        monkeypatch.setattr(connections["default"], "settings_dict", values)
        assert database_name() == "postgres://ana@db.example.org:5432/news"
        monkeypatch.setattr(connections["default"], "vendor", "sqlite")
        assert database_name() == "news"

    def test_static_files_that_cannot_be_collected(self, fixtures, groups, settings, tmp_path):
        (tmp_path / "file").touch()
        settings.STATIC_ROOT = tmp_path / "file"
        with pytest.raises(CommandError, match="The static files cannot be collected: "):
            call_command("prepare", stdout=StringIO())

    @pytest.mark.parametrize("kind", ["unreachable", "not a database"])
    def test_a_database_that_does_not_answer(self, kind, tmp_path):
        (tmp_path / "ilonews.sqlite3").write_text("This was a shopping list, not a database. " * 40)
        url = f"postgres://ana:s3cret@127.0.0.1:{free_port()}/news" if kind == "unreachable" else None
        done = manage("prepare", ILONEWS_ENV="development", VAR_DIR=tmp_path, DATABASE_URL=url)
        assert done.returncode == 1
        assert done.stderr.startswith("CommandError: The database ") and done.stderr.count("\n") == 1
        assert "Start or mend it, or set DATABASE_URL to another." in done.stderr
        assert "s3cret" not in done.stderr + done.stdout


# --- serve -------------------------------------------------------------------------------------------------------


class TestServe:
    @pytest.fixture
    def started(self, monkeypatch):
        """What would be started instead of this process."""
        calls = []
        monkeypatch.setattr(os, "execv", lambda path, arguments: calls.append(arguments[1:]))
        monkeypatch.setattr(os, "chdir", lambda path: None)
        for name in ("HOST", "PORT", "WEB_CONCURRENCY"):
            monkeypatch.delenv(name, raising=False)
        return calls

    def test_it_works(self, started, monkeypatch):
        monkeypatch.setenv("PORT", port := str(free_port()))
        assert said("serve") == f"ilonews is at http://127.0.0.1:{port}/ - stop it with Ctrl-C.\n"
        assert started == [["-m", "gunicorn", "--config", "gunicorn.conf.py", "ilonews.wsgi"]]

    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("PORT", "0", "PORT is 0; it must be a number from 1 to 65535."),
            ("PORT", "65536", "PORT is 65536; it must be a number from 1 to 65535."),
            ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY is 0; it must be a number of workers from 1 to 64."),
            ("HOST", "nowhere.invalid", "Port 8000 on nowhere.invalid cannot be served"),
        ],
    )
    def test_a_wrong_value_is_refused(self, started, monkeypatch, name, value, sentence):
        monkeypatch.setenv(name, value)
        with pytest.raises(CommandError) as refusal:
            call_command("serve")
        assert str(refusal.value).startswith(sentence)
        assert not started

    def test_a_port_in_use_is_refused(self, started, monkeypatch):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            monkeypatch.setenv("PORT", str(port))
            with pytest.raises(CommandError, match=rf"Port {port} on 127.0.0.1 cannot be served \(address already in use\)"):
                call_command("serve")
        assert not started

    @pytest.mark.parametrize("port", ["eighty", "70000"])
    def test_the_process_ends_in_one_line(self, port, tmp_path):
        done = manage("serve", ILONEWS_ENV="development", VAR_DIR=tmp_path, PORT=port)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"PORT is {port if port.isdecimal() else repr(port)}; it must be a" in done.stderr and done.stderr.count("\n") == 1


# --- the whole ---------------------------------------------------------------------------------------------------

EDIT = """
from django.contrib.auth import get_user_model
from conventions.models import Country
Country.objects.filter(iso3="KAZ").update(name="Edited by hand")
chief = get_user_model().objects.get(username="chief")
chief.set_password("changed by hand")
chief.save()
"""
READ = """
from django.contrib.auth import get_user_model
from conventions.models import Country
print(Country.objects.get(iso3="KAZ").name, get_user_model().objects.get(username="chief").check_password("changed by hand"))
"""


def cpu_seconds():
    """What the ended child processes have used; unlike a clock, it does not depend on how busy the machine is."""
    return os.times().children_user + os.times().children_system


def test_a_site_starts_stops_and_starts_again_with_every_edit(tmp_path):
    with scratch_database() as database_url:
        site = Site(tmp_path, database_url)
        assert "Loaded " in site.prepare()
        site.start()
        assert site.get("/admin/login/")[0] == 200
        assert manage("serve", **site.values).stderr.startswith(f"CommandError: Port {site.port} on 127.0.0.1 cannot be served")
        site.manage("shell", "-c", EDIT)
        assert site.stop() == 0

        begin = cpu_seconds()
        assert "Content is already there: nothing loaded." in site.prepare()
        site.start()
        assert site.manage("shell", "--verbosity=0", "-c", READ).stdout == "Edited by hand True\n"
        assert site.stop() == 0
        assert cpu_seconds() - begin < 10
