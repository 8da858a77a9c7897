"""What all REST views share."""

from collections.abc import Iterable
from typing import Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

EVENT_STREAM = "text/event-stream"


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
    """DRF's, for which nesting without end is a mistake of the client, not ours."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None


def wants_stream(request: Request) -> bool:
    return EVENT_STREAM in request.headers.get("Accept", "")


class Pages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "pk"
