"""The addresses of the site and, beside them, the measure: a view that does nothing but return 30 KB."""

from django.http import HttpResponse
from django.urls import include, path

PAGE = b"<!DOCTYPE html>".ljust(30 * 1024, b"x")

handler500 = "articles.views.server_error"


def bare(request):
    return HttpResponse(PAGE)


urlpatterns = [path("bare/", bare), path("", include("ilonews.urls"))]
