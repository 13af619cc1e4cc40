"""The settings: one file, read from the environment, strict. A wrong value fails at start with a sentence."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name, default=""):
    """Read a text from the environment; surrounding blanks are never meant."""
    return os.environ.get(name, default).strip()


def env_bool(name, default=False):
    """Read `true` or `false`; anything else is refused, because a typo must not switch a protection off."""
    words = {"": default, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        return words[env(name).lower()]
    except KeyError:
        raise ImproperlyConfigured(f"{name} is {env(name)!r}; it must be true or false.") from None


def env_choice(name, default, choices):
    """Read one of a few words."""
    if (value := env(name) or default) not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(choices)}.")
    return value


def env_list(name):
    """Read a comma-separated list."""
    return [part.strip() for part in env(name).split(",") if part.strip()]


def env_int(name, default):
    """Read a whole number of zero or more."""
    value = env(name) or str(default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number.")
    return int(value)


def env_database(name):
    """Read `postgres://user:password@host:port/name`; without it the embedded SQLite in VAR_DIR is used."""
    url = env(name)
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "ilonews.sqlite3",
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 5,
            },
        }
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


def env_time_zone(name):
    """Read the time zone in which a day begins and ends, by its IANA name."""
    value = env(name) or "UTC"
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be an IANA name such as Asia/Almaty.") from None
    return value


def env_address(name, default=""):
    """Read the address at which people open the site, without a path; it ends in no slash."""
    if not (value := env(name)):
        return default
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.hostname and not (parts.path.strip("/") or parts.query)
    except ValueError:
        whole = False
    if not whole:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like https://news.example.org.")
    return value.rstrip("/")


def env_link(name):
    """Read the address of a page anywhere on the web, or nothing."""
    value = env(name)
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.hostname and not set(value) & set(' "<>')
    except ValueError:
        whole = False
    if value and not whole:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must look like https://example.org/licence.")
    return value


#: How mail travels, by the scheme of its address: in the clear, encrypted from the first byte, or after STARTTLS.
MAIL_SCHEMES = {"smtp": (25, {}), "smtps": (465, {"EMAIL_USE_SSL": True}), "smtp+starttls": (587, {"EMAIL_USE_TLS": True})}


def env_mail(name, without):
    """Read `smtps://user:password@host:port`; where it is not set, mail goes to the backend `without`."""
    if not (url := env(name)):
        return {"EMAIL_BACKEND": f"django.core.mail.backends.{without}.EmailBackend"}
    try:
        parts = urlsplit(url)
        default_port, way = MAIL_SCHEMES[parts.scheme]
        port = parts.port or default_port
    except (ValueError, KeyError):
        parts, port, way = urlsplit(""), None, {}
    if not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like smtps://user:password@host:465, smtp+starttls://… or smtp://….")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        **way,
    }


ILONEWS_ENV = env_choice("ILONEWS_ENV", "production", ("development", "production"))
DEVELOPMENT = ILONEWS_ENV == "development"
DEBUG = env_bool("DEBUG")
if DEBUG and not DEVELOPMENT:
    raise ImproperlyConfigured("DEBUG is on in production; unset it, or set ILONEWS_ENV=development on your own machine.")

SECRET_KEY = env("SECRET_KEY") or ("development only, protects nothing: see ILONEWS_ENV" if DEVELOPMENT else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is missing and ILONEWS_ENV is production. Set SECRET_KEY to 50 random characters or more, "
        "or set ILONEWS_ENV=development on your own machine."
    )
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or (["127.0.0.1", "localhost", "[::1]"] if DEVELOPMENT else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is missing: name the hosts the site answers to, separated by commas.")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
for origin in CSRF_TRUSTED_ORIGINS:
    if not origin.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"CSRF_TRUSTED_ORIGINS holds {origin!r}; each must start with https:// or http://.")

VAR_DIR = Path(env("VAR_DIR") or BASE_DIR / "var").resolve()

# What the site says it is: an independent project, with what only its operator knows. Nothing is invented where it is empty.
SITE_NAME = env("SITE_NAME") or "ilonews"
SITE_CONTACT = env("SITE_CONTACT")
SITE_OPERATOR = env("SITE_OPERATOR")
CONTENT_LICENCE = env("CONTENT_LICENCE")
CONTENT_LICENCE_URL = env_link("CONTENT_LICENCE_URL")
if CONTENT_LICENCE_URL and not CONTENT_LICENCE:
    raise ImproperlyConfigured("CONTENT_LICENCE is missing: say what the licence at CONTENT_LICENCE_URL is called.")

INSTALLED_APPS = [
    "ilonews",
    "articles",
    "conventions",
    "ilonews.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_prose_editor",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ilonews.middleware.ReadOnlyMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "ilonews.middleware.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ilonews.middleware.OldAddressMiddleware",
]

ROOT_URLCONF = "ilonews.urls"
WSGI_APPLICATION = "ilonews.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ilonews.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env_database("DATABASE_URL")}
# Public pages are kept in the memory of each worker; see ilonews/middleware.py for how long.
PAGE_CACHE = env_bool("PAGE_CACHE", default=True)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1_000}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ru", _("Russian")), ("kk", _("Kazakh"))]
LOCALE_PATHS = [BASE_DIR / "ilonews" / "locale"]
FORMAT_MODULE_PATH = "ilonews.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env_time_zone("TIME_ZONE")

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "ilonews" / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
IMAGE_MAX_AGE = 86_400  # seconds a browser may keep a picture; its name never changes, but it may be withdrawn
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Public pages need no script, no frame and nothing of anybody else's. The admin has its own policy: ilonews/admin.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if not DEVELOPMENT:
    SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=True)
    if env_bool("BEHIND_PROXY"):  # only a proxy that overwrites the header may be believed
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# What readers send. No address of theirs is stored: each is counted by a keyed hash that changes daily. Behind a proxy
# the address is the one that the proxy wrote, counted from the right; without one the header is anybody's to write.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)
REPLIES_PER_SENDER = env_int("REPLIES_PER_SENDER", 5)  # in an hour
REPLIES_PER_HOUR = env_int("REPLIES_PER_HOUR", 200)
REPLY_DAYS = env_int("REPLY_DAYS", 180)  # after which `forget_replies` removes who wrote what was settled

# Mail to those who work here. In production without EMAIL_URL none is sent, and `serve` says so.
globals().update(env_mail("EMAIL_URL", without="console" if DEVELOPMENT else "dummy"))
EMAIL_TIMEOUT = 5  # seconds; somebody waits
SITE_URL = env_address("SITE_URL", f"http://127.0.0.1:{env('PORT') or 8000}" if DEVELOPMENT else "")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL") or ("ilonews <ilonews@localhost>" if DEVELOPMENT else "")
if env("EMAIL_URL"):
    if not SITE_URL:
        raise ImproperlyConfigured(
            "SITE_URL is missing: mail leads to the site, so say where it is, such as https://example.org."
        )
    if "@" not in DEFAULT_FROM_EMAIL:
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must be the e-mail address from which mail comes.")
