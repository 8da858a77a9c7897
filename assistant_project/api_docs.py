"""The OpenAPI schema and the pages that show it, all from this site: nothing comes from elsewhere."""

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from drf_spectacular import views
from rest_framework.negotiation import DefaultContentNegotiation


class SchemaView(views.SpectacularAPIView):
    """OpenAPI as YAML, or as JSON with `?format=json` or by `Accept`."""

    content_negotiation_class = DefaultContentNegotiation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """In English like all that is written for programmers, whatever language the browser asks for."""
        with translation.override("en"):
            return super().dispatch(request, *args, **kwargs)


# Swagger UI's stylesheet holds its icons as data: addresses.
@method_decorator(csp_replace({"img-src": [SELF, "data:"]}), name="dispatch")
class DocsView(views.SpectacularSwaggerSplitView):
    """Swagger UI: read about an operation, and try it out."""

    template_name = "api/docs.html"


# ReDoc writes style elements, and searches in a worker that it makes from a blob.
@method_decorator(
    csp_replace({"img-src": [SELF, "data:"], "style-src": [SELF, UNSAFE_INLINE], "worker-src": ["blob:"]}),
    name="dispatch",
)
class RedocView(views.SpectacularRedocView):
    """ReDoc: all operations on one page, to read."""

    template_name = "api/redoc.html"
