from django.urls import path

from assistant_project.me import api

app_name = "me-api"
urlpatterns = [
    path("me/", api.MeView.as_view(), name="me"),
    path("me/stats/", api.StatisticsView.as_view(), name="stats"),
    path("me/export/", api.ExportView.as_view(), name="export"),
]
