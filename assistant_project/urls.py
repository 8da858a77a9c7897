"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from assistant_project import api_docs, errors, health
from assistant_project.metrics import views as metrics

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.show, name="metrics"),
    path("api/v1/auth/", include("assistant_project.accounts.api.urls")),
    path("api/v1/", include("chat.api.urls")),
    path("api/v1/", include("knowledge.api.urls")),
    path("api/v1/", include("assistant_project.me.urls_api")),
    re_path(r"^api/v1/", errors.nothing_here),
    path("v1/", include("chat.openai_api.urls")),
    path("api/schema/", api_docs.SchemaView.as_view(), name="schema"),
    path("api/docs/", api_docs.DocsView.as_view(), name="docs"),
    path("api/redoc/", api_docs.RedocView.as_view(), name="redoc"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("assistant_project.accounts.urls")),
    path("", include("assistant_project.me.urls")),
    path("", include("knowledge.urls")),
    path("", include("chat.urls")),
]
