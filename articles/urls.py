from django.urls import path, register_converter
from django.urls.converters import IntConverter, StringConverter

from . import (
    about,
    calendars,
    citing,
    discrepancies,
    method,
    outputs,
    previews,
    progress_feeds,
    promises,
    replies,
    roadmaps,
    tracker,
    versions,
    views,
)
from .feeds import CorrectionFeed


class CitationFormConverter(StringConverter):
    """How a program wants a citation: BibTeX or CSL-JSON."""

    regex = "bib|json"


class NumberConverter(IntConverter):
    """A number from 1, written in one way only."""

    regex = "[1-9][0-9]{0,8}"


register_converter(CitationFormConverter, "form")
register_converter(NumberConverter, "number")

app_name = "articles"

urlpatterns = [
    path("", views.front, name="front"),
    path("articles/", views.article_list, name="list"),
    path("articles/<int:year>/<slug:slug>/", views.article_detail, name="article"),
    path("articles/<int:year>/<slug:slug>/v<number:number>/", versions.version_detail, name="version"),
    path("articles/<int:year>/<slug:slug>/v<number:number>/changes/", versions.version_changes, name="version-changes"),
    path("articles/<int:year>/<slug:slug>/reply/", replies.to_article, name="article-reply"),
    path("articles/<int:year>/<slug:slug>/reply/received/", replies.article_received, name="article-reply-received"),
    path("roadmaps/", roadmaps.roadmap_list, name="roadmaps"),
    path("roadmaps/<slug:slug>/", roadmaps.roadmap_detail, name="roadmap"),
    path("commitments/", tracker.commitment_list, name="commitments"),
    path("commitments/data.csv", outputs.commitments_csv, name="commitments-csv"),
    path("commitments/data.json", outputs.commitments_json, name="commitments-json"),
    path("commitments/due.ics", calendars.commitments_calendar, name="commitments-calendar"),
    path("commitments/<slug:slug>/", promises.commitment_detail, name="commitment"),
    path("commitments/<slug:slug>/reply/", replies.to_commitment, name="commitment-reply"),
    path("commitments/<slug:slug>/reply/received/", replies.commitment_received, name="commitment-reply-received"),
    path("discrepancies/", discrepancies.discrepancy_list, name="discrepancies"),
    path("discrepancies/<slug:slug>/", discrepancies.discrepancy_detail, name="discrepancy"),
    path("people/", views.person_list, name="people"),
    path("people/<slug:slug>/", views.person_detail, name="person"),
    path("organisations/", views.organisation_list, name="organisations"),
    path("organisations/<slug:slug>/", views.organisation_detail, name="organisation"),
    path("corrections/", views.correction_list, name="corrections"),
    path("corrections/feed/", CorrectionFeed(), name="corrections-feed"),
    path("method/", method.method, name="method"),
    path("about/", about.about, name="about"),
    path("about/<slug:slug>/", about.page_detail, name="page"),
    path("media/images/<str:name>", views.image, name="image"),
    path("preview/<str:token>/", previews.shared, name="preview"),
    path("preview/<str:token>/images/<str:name>", previews.shared_picture, name="preview-picture"),
    path("robots.txt", views.robots, name="robots"),
]

# What can be followed and cited. The pages of countries and instruments are the ground floor's, their feeds are ours.
for kind, folder in [("commitment", "commitments"), ("roadmap", "roadmaps"), ("country", "countries")]:
    at, of = f"{folder}/<slug:slug>/", {"kind": kind}
    urlpatterns += [
        path(f"{at}feed/", progress_feeds.record_feed, of, name=f"{kind}-feed"),
        path(f"{at}due.ics", calendars.record_calendar, of, name=f"{kind}-calendar"),
        path(f"{at}cite.<form:form>", citing.cite, of, name=f"{kind}-cite"),
    ]
urlpatterns += [path("conventions/<str:code>/feed/", progress_feeds.convention_feed, name="convention-feed")]
