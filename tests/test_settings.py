"""A wrong setting ends in one sentence that says what is wrong and what to do."""

import importlib
import re
import runpy
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.live import ROOT, environment_variables, manage

SECRET = "fifty characters or more, of many different letters"
PRODUCTION = {"ILONEWS_ENV": "production", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "example.org"}


@pytest.fixture
def read_settings(monkeypatch):
    """Read the settings file in an environment of one's own, as a fresh process would."""

    def read(**values):
        for name in environment_variables():
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return SimpleNamespace(**runpy.run_path(str(ROOT / "ilonews" / "settings.py")))

    return read


def test_development_needs_nothing(read_settings):
    settings = read_settings(ILONEWS_ENV="development")
    assert settings.DEVELOPMENT and not settings.DEBUG
    assert settings.DATABASES["default"]["NAME"] == settings.BASE_DIR / "var" / "ilonews.sqlite3"
    assert settings.TIME_ZONE == "UTC"


def test_production_needs_a_key_and_hosts(read_settings):
    settings = read_settings(**PRODUCTION, CSRF_TRUSTED_ORIGINS="https://example.org, https://www.example.org")
    assert not settings.DEVELOPMENT and settings.SESSION_COOKIE_SECURE and settings.SECURE_SSL_REDIRECT
    assert settings.ALLOWED_HOSTS == ["example.org"]
    assert settings.CSRF_TRUSTED_ORIGINS == ["https://example.org", "https://www.example.org"]
    assert not hasattr(settings, "SECURE_PROXY_SSL_HEADER")


def test_a_database_is_read_from_its_address(read_settings):
    settings = read_settings(ILONEWS_ENV="development", DATABASE_URL="postgres://ana:p%40ss@db.example.org:6543/news")
    database = settings.DATABASES["default"]
    assert [database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "news", "ana", "p@ss", "db.example.org", 6543,
    ]  # fmt: skip


def test_mail_is_printed_in_development_and_off_in_production_until_it_is_set(read_settings):
    settings = read_settings(ILONEWS_ENV="development", PORT="8001")
    assert settings.EMAIL_BACKEND.endswith("console.EmailBackend")
    assert settings.SITE_URL == "http://127.0.0.1:8001"
    assert read_settings(**PRODUCTION).EMAIL_BACKEND.endswith("dummy.EmailBackend")


@pytest.mark.parametrize(
    ("scheme", "port", "ssl", "tls"),
    [("smtp", 25, False, False), ("smtps", 465, True, False), ("smtp+starttls", 587, False, True)],
)
def test_a_mail_server_is_read_from_its_address(read_settings, scheme, port, ssl, tls):
    mail = {"EMAIL_URL": f"{scheme}://ana:p%40ss@mail.example.org", "DEFAULT_FROM_EMAIL": "The Record <news@example.org>"}
    settings = read_settings(**PRODUCTION, **mail, SITE_URL="https://news.example.org/")
    assert settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    where = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    assert where == ("mail.example.org", port)
    assert (settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD) == ("ana", "p@ss")
    assert (getattr(settings, "EMAIL_USE_SSL", False), getattr(settings, "EMAIL_USE_TLS", False)) == (ssl, tls)
    assert (settings.SITE_URL, settings.DEFAULT_FROM_EMAIL) == ("https://news.example.org", "The Record <news@example.org>")
    assert read_settings(**PRODUCTION, **{**mail, "EMAIL_URL": "smtp://[::1]:2525"}, SITE_URL="http://a.org").EMAIL_PORT == 2525


def test_what_only_the_operator_knows_is_empty_until_it_is_set(read_settings):
    settings = read_settings(**PRODUCTION)
    assert (settings.SITE_OPERATOR, settings.CONTENT_LICENCE, settings.CONTENT_LICENCE_URL) == ("", "", "")
    told = {"SITE_OPERATOR": " The Desk ", "CONTENT_LICENCE": "CC BY 4.0", "CONTENT_LICENCE_URL": "https://example.org/by/4.0/"}
    settings = read_settings(**PRODUCTION, **told)
    assert (settings.SITE_OPERATOR, settings.CONTENT_LICENCE) == ("The Desk", "CC BY 4.0")
    assert settings.CONTENT_LICENCE_URL == "https://example.org/by/4.0/"


def test_the_proxy_is_believed_only_where_it_is_said(read_settings):
    assert read_settings(**PRODUCTION, BEHIND_PROXY="true").SECURE_PROXY_SSL_HEADER == ("HTTP_X_FORWARDED_PROTO", "https")


REFUSED = [
    ({"ILONEWS_ENV": "staging"}, "ILONEWS_ENV is 'staging'; it must be one of: development, production."),
    ({}, "SECRET_KEY is missing and ILONEWS_ENV is production."),
    (PRODUCTION | {"SECRET_KEY": "  "}, "SECRET_KEY is missing"),
    (PRODUCTION | {"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is missing"),
    (PRODUCTION | {"DEBUG": "true"}, "DEBUG is on in production"),
    ({"DEBUG": "ja"}, "DEBUG is 'ja'; it must be true or false."),
    (PRODUCTION | {"SECURE_SSL_REDIRECT": "off"}, "SECURE_SSL_REDIRECT is 'off'; it must be true or false."),
    (PRODUCTION | {"SECURE_HSTS_SECONDS": "-1"}, "SECURE_HSTS_SECONDS is '-1'; it must be a whole number."),
    (PRODUCTION | {"CSRF_TRUSTED_ORIGINS": "example.org"}, "CSRF_TRUSTED_ORIGINS holds 'example.org'"),
    (PRODUCTION | {"TIME_ZONE": "Astana"}, "TIME_ZONE is 'Astana'; it must be an IANA name such as Asia/Almaty."),
    (PRODUCTION | {"TIME_ZONE": "../etc"}, "TIME_ZONE is '../etc'"),
    (PRODUCTION | {"EMAIL_URL": "mail.example.org"}, "EMAIL_URL must look like smtps://user:password@host:465"),
    (PRODUCTION | {"EMAIL_URL": "imap://mail.example.org"}, "EMAIL_URL must look like"),
    (PRODUCTION | {"EMAIL_URL": "smtp://mail.example.org:port"}, "EMAIL_URL must look like"),
    (PRODUCTION | {"EMAIL_URL": "smtp://mail.example.org"}, "SITE_URL is missing: mail leads to the site"),
    (PRODUCTION | {"EMAIL_URL": "smtp://mail.example.org", "SITE_URL": "https://a.org"}, "DEFAULT_FROM_EMAIL must be"),
    (PRODUCTION | {"SITE_URL": "example.org"}, "SITE_URL is 'example.org'; it must look like https://news.example.org."),
    (PRODUCTION | {"SITE_URL": "https://example.org/news"}, "SITE_URL is 'https://example.org/news'"),
    (PRODUCTION | {"SITE_URL": "https://[example"}, "SITE_URL is 'https://[example'"),
    (PRODUCTION | {"CONTENT_LICENCE_URL": "https://example.org/by"}, "CONTENT_LICENCE is missing: say what the licence"),
    *(
        (
            PRODUCTION | {"CONTENT_LICENCE": "CC BY", "CONTENT_LICENCE_URL": url},
            f"CONTENT_LICENCE_URL is {url!r}; it must look like",
        )
        for url in ("example.org/by", "javascript:alert(1)", "https://", "https://[example", "https://example.org/a b")
    ),
    (PRODUCTION | {"DATABASE_URL": "mysql://root@localhost/news"}, "DATABASE_URL must look like postgres://"),
    (PRODUCTION | {"DATABASE_URL": "postgres://localhost"}, "DATABASE_URL must look like postgres://"),
    (PRODUCTION | {"DATABASE_URL": "postgres://localhost:port/news"}, "DATABASE_URL must look like postgres://"),
]


@pytest.mark.parametrize(("values", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_a_wrong_value_is_refused(read_settings, values, sentence):
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
        read_settings(**values)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "ilonews: SECRET_KEY is missing"),
        ({"ILONEWS_ENV": "development", "DATABASE_URL": "sqlite"}, "ilonews: DATABASE_URL must look like"),
    ],
)
@pytest.mark.parametrize("command", ["check", "prepare", "serve"])
def test_a_command_ends_in_one_line(command, values, sentence):
    done = manage(command, **values)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_production_passes_the_deployment_check():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_what_gunicorn_serves_can_be_imported():
    assert callable(importlib.import_module("ilonews.wsgi").application)
