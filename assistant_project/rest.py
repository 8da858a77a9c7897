"""What all REST views share."""

import io
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import parsers, serializers
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from assistant_project.errors import TooLargeError

EVENT_STREAM = "text/event-stream"
MOST_VALUES = 100_000
"""Of one JSON document. Millions of empty lists take seconds, in which the whole process waits, and much memory."""
VALUES = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{,]', re.DOTALL)
"""Texts, and what stands before other values; what stands in a text is part of it. Each byte is looked at once."""


class ErrorSerializer(serializers.Serializer):
    """What every refusal looks like."""

    code = serializers.CharField(help_text="For programs.")
    detail = serializers.CharField(help_text="A sentence for people.")
    fields = serializers.DictField(required=False, help_text="What is wrong, field by field.")  # type: ignore[assignment]


class JSONAlways(BaseContentNegotiation):
    """Every answer and every refusal is JSON, whatever the client accepts; streams are made by the view itself."""

    def select_parser(self, request: Request, available: Iterable[BaseParser]) -> BaseParser | None:
        media_type = request.content_type.split(";")[0]
        return next((parser for parser in available if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class JSONParser(parsers.JSONParser):
    """DRF's, within limits of size and number; nesting without end is a mistake of the client, not ours."""

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(most + 1)
        if len(content) > most:
            raise TooLargeError(_("The request is larger than %(most)s MB.") % {"most": most // 1024**2})
        if next(islice(VALUES.finditer(content), MOST_VALUES, None), None):
            raise TooLargeError
        try:
            return super().parse(io.BytesIO(content))  # as UTF-8, whatever else the client calls it
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None


def wants_stream(request: Request) -> bool:
    return EVENT_STREAM in request.headers.get("Accept", "")


class Pages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "pk"
    PARAMETERS = (
        OpenApiParameter("cursor", str, description="As in `next` and `previous`."),
        OpenApiParameter("page_size", int, description="Up to 200; 50 if left out."),
    )

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> list[Any] | None:
        try:
            return super().paginate_queryset(*args, **kwargs)
        except (ValueError, ValidationError, DataError):  # a cursor that nobody was given
            raise NotFound(self.invalid_cursor_message) from None
