from django.urls import path, register_converter
from django.urls.converters import IntConverter

from . import discrepancies, previews, promises, roadmaps, tracker, versions, views
from .feeds import CorrectionFeed


class NumberConverter(IntConverter):
    """A number from 1, written in one way only."""

    regex = "[1-9][0-9]{0,8}"


register_converter(NumberConverter, "number")

app_name = "articles"

urlpatterns = [
    path("", views.front, name="front"),
    path("articles/", views.article_list, name="list"),
    path("articles/<int:year>/<slug:slug>/", views.article_detail, name="article"),
    path("articles/<int:year>/<slug:slug>/v<number:number>/", versions.version_detail, name="version"),
    path("articles/<int:year>/<slug:slug>/v<number:number>/changes/", versions.version_changes, name="version-changes"),
    path("roadmaps/", roadmaps.roadmap_list, name="roadmaps"),
    path("roadmaps/<slug:slug>/", roadmaps.roadmap_detail, name="roadmap"),
    path("commitments/", tracker.commitment_list, name="commitments"),
    path("commitments/<slug:slug>/", promises.commitment_detail, name="commitment"),
    path("discrepancies/", discrepancies.discrepancy_list, name="discrepancies"),
    path("discrepancies/<slug:slug>/", discrepancies.discrepancy_detail, name="discrepancy"),
    path("people/", views.person_list, name="people"),
    path("people/<slug:slug>/", views.person_detail, name="person"),
    path("organisations/", views.organisation_list, name="organisations"),
    path("organisations/<slug:slug>/", views.organisation_detail, name="organisation"),
    path("corrections/", views.correction_list, name="corrections"),
    path("corrections/feed/", CorrectionFeed(), name="corrections-feed"),
    path("about/", views.about, name="about"),
    path("media/images/<str:name>", views.image, name="image"),
    path("preview/<str:token>/", previews.shared, name="preview"),
    path("preview/<str:token>/images/<str:name>", previews.shared_picture, name="preview-picture"),
    path("robots.txt", views.robots, name="robots"),
]
