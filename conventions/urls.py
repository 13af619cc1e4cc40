from django.urls import path

from . import views

app_name = "conventions"

urlpatterns = [
    path("conventions/", views.convention_list, name="list"),
    path("conventions/<str:code>/", views.convention_detail, name="detail"),
    path("countries/", views.country_list, name="countries"),
    path("countries/<slug:slug>/", views.country_detail, name="country"),
    path("topics/", views.topic_list, name="topics"),
    path("topics/<slug:slug>/", views.topic_detail, name="topic"),
    path("method/register/", views.register_report, name="register-report"),
]
