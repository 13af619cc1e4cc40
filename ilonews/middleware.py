"""Middleware of the site."""

from django.http import HttpResponsePermanentRedirect

from conventions.records import OldAddress


class OldAddressMiddleware:
    """Where nothing is found, look whether a record once stood there, and lead to where it stands now."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD") or "\0" in request.path:
            return response  # PostgreSQL refuses a text with a NUL
        old = OldAddress.objects.filter(path=request.path).first()
        if old is None or old.record is None:
            return response
        return HttpResponsePermanentRedirect(old.record.get_absolute_url())
