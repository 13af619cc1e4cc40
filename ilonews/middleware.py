"""Middleware of the site."""

import re
from datetime import datetime, time, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponsePermanentRedirect
from django.utils import timezone
from django.utils.cache import set_response_etag

from articles.models import next_publication
from conventions.edition import Edition
from conventions.records import OldAddress


class OldAddressMiddleware:
    """Where nothing is found, look whether a record once stood there, and lead to where it stands now.

    The versions of an article moved with it, and so did what can be followed and cited, and the form for a reply.
    """

    VERSION = re.compile(r"(/articles/\d+/[-\w]+/)(v\d+/(?:changes/)?)")
    OUTLET = re.compile(r"(/(?:articles/\d+|commitments|roadmaps|countries)/[-\w]+/)(feed/|due\.ics|cite\.(?:bib|json)|reply/)")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD") or "\0" in request.path:
            return response  # PostgreSQL refuses a text with a NUL
        below = self.VERSION.fullmatch(request.path) or self.OUTLET.fullmatch(request.path)
        path, rest = below.groups() if below else (request.path, "")
        old = OldAddress.objects.filter(path=path).first()
        if old is None or old.record is None:
            return response
        query = request.META.get("QUERY_STRING")  # a cited page says by it on which day it was read
        return HttpResponsePermanentRedirect(old.record.get_absolute_url() + rest + (f"?{query}" if query else ""))


class ReadOnlyMiddleware:
    """Public pages are read: by GET, by HEAD without a body, and in no other way.

    What takes something from readers asks for no token, and says itself by which methods.
    """

    METHODS = ("GET", "HEAD")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "HEAD":  # the server would drop the body too, and complain in its log each time
            if response.streaming:
                response.streaming_content = ()
            else:
                response.content = b""
        return response

    def process_view(self, request, view, args, kwargs):
        """Refuse another method here, before it is asked for the token that no public page has."""
        is_public = "admin" not in request.resolver_match.app_names
        if is_public and request.method not in self.METHODS and not getattr(view, "csrf_exempt", False):
            return HttpResponseNotAllowed(self.METHODS)
        return None


class PageCacheMiddleware:
    """Keep a public page until something public changes.

    A page is kept under the edition of the database, its address and the day; whatever changes by time alone
    (a scheduled text, a date that falls due at midnight) ends its life too. Whoever has signed in never meets it.
    """

    LARGEST = 4 * 1024 * 1024  # bytes; the sitemap of 10,000 articles has two
    LONGEST_ADDRESS = 500  # characters

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not settings.PAGE_CACHE or not self.is_kept(request) or (edition := Edition.objects.current()) is None:
            return self.get_response(request)
        key = self.key(request, edition)
        if kept := cache.get(key):
            headers, content = kept
            return HttpResponse(content, headers=headers)
        response = self.get_response(request)
        if self.may_keep(request, response):
            if not response.has_header("ETag"):
                set_response_etag(response)  # now, and not each time it is asked for
            cache.set(key, (dict(response.headers), response.content), self.seconds(edition))
        return response

    def is_kept(self, request):
        """Whether the answer is the same for everybody."""
        return (
            request.method in ("GET", "HEAD")
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
            and not request.path.startswith(("/admin/", settings.STATIC_URL, settings.MEDIA_URL))
            and len(request.get_full_path()) <= self.LONGEST_ADDRESS
        )

    def may_keep(self, request, response):
        return (
            request.method == "GET"
            and response.status_code == 200
            and not response.streaming
            and not response.cookies
            and "no-store" not in response.headers.get("Cache-Control", "")
            and len(response.content) <= self.LARGEST
        )

    def key(self, request, edition):
        """Under what a page is kept: also the day, and the host and scheme that stand in its own addresses."""
        parts = [edition, timezone.localdate().isoformat(), request.build_absolute_uri()]
        return "page:" + sha256("\n".join(map(str, parts)).encode()).hexdigest()

    def seconds(self, edition):
        """How long it can be kept: to the next text that becomes public by time, at most to the end of the day."""
        now, key = timezone.now(), f"next:{edition}"
        tomorrow = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))
        ends = cache.get(key)
        if ends is None or ends <= now:
            ends = min(filter(None, [next_publication(now), tomorrow]))
            cache.set(key, ends, (tomorrow - now).total_seconds())
        return (ends - now).total_seconds()
