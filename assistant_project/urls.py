"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from assistant_project import errors, health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("api/v1/", include("chat.api.urls")),
    path("api/v1/", include("knowledge.api.urls")),
    re_path(r"^api/v1/", errors.nothing_here),
    path("", include("assistant_project.accounts.urls")),
    path("", include("knowledge.urls")),
    path("", include("chat.urls")),
]
