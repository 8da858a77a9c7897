"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from assistant_project import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("api/v1/", include("chat.api.urls")),
    path("api/v1/", include("knowledge.api.urls")),
    path("", include("knowledge.urls")),
    path("", include("chat.urls")),
]
