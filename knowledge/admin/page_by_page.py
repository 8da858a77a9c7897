"""What was read, beside the document: the picture of a page, its text and the chunks that were made of it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from knowledge.admin.reading import PAGES_SHOWN, page_bars
from knowledge.boundaries import Segment, Span, segments
from knowledge.ingestion.document import PAGE_BREAK
from knowledge.models import Chunk, Revision
from knowledge.windows import Window, page_windows, part_windows, window_with

PART_LENGTH = 8_000
"""Characters of a text without pages that are shown at once."""
PDF = "application/pdf"
NOT_NEEDED = ("search", "bm25", "embedding")


@dataclass(frozen=True)
class ShownChunk:
    """A chunk as far as it stands in the window."""

    chunk: Chunk
    window: Window

    @property
    def number(self) -> int:
        return self.chunk.ordinal + 1

    @property
    def words(self) -> int:
        return len(self.chunk.text.split())

    @property
    def begins_before(self) -> bool:
        return self.chunk.start < self.window[0]

    @property
    def goes_on(self) -> bool:
        return self.chunk.end > self.window[1]


@dataclass(frozen=True)
class Stretch:
    """A run of characters, with the chunks that it belongs to."""

    text: str
    chunks: tuple[ShownChunk, ...]
    opening: tuple[ShownChunk, ...]

    @property
    def main(self) -> ShownChunk | None:
        """The one that a click on it means: where neighbours overlap, the one that begins."""
        return self.chunks[-1] if self.chunks else None

    @property
    def shade(self) -> str:
        if not self.chunks:
            return "none"
        return "both" if len(self.chunks) > 1 else ("odd" if self.chunks[0].chunk.ordinal % 2 else "even")


class PageByPage:
    """The view of one window (a page of a PDF, a part of a text) of a source's live revision."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.revision: Revision = source.live_revision
        self.text: str = self.revision.text
        self._pages: list[dict[str, Any]] = self.revision.report.get("pages", [])
        self.is_paged = PAGE_BREAK in self.text or bool(self.revision.report.get("page_count"))
        self.windows = page_windows(self.text) if self.is_paged else part_windows(self.text, PART_LENGTH)

    def number_of(self, request: HttpRequest) -> int:
        """The window that the address asks for, by its number or by a chunk; the nearest one that there is."""
        asked, chunk = request.GET.get("page", ""), request.GET.get("chunk", "")
        if chunk.isdecimal() and (found := self._chunks().filter(ordinal=int(chunk) - 1).first()):
            return window_with(self.windows, found.start) + 1
        number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 1
        return min(max(number, 1), len(self.windows))

    def context(self, number: int) -> dict[str, Any]:
        window = self.windows[number - 1]
        start, end = window
        inside = self._chunks().filter(start__lt=end, end__gt=start).order_by("ordinal")
        chunks = [ShownChunk(chunk, window) for chunk in inside]
        return {
            "source": self.source,
            "number": number,
            "count": len(self.windows),
            "previous": number - 1,
            "next": number + 1 if number < len(self.windows) else 0,
            "is_paged": self.is_paged,
            "bars": page_bars(self._pages)[:PAGES_SHOWN],
            "left_out": self._left_out(number),
            "picture": self._picture(number),
            "chunks": chunks,
            "stretches": self._stretches(window, chunks),
            "has_text": bool(self.text[start:end].strip()),
        }

    def _left_out(self, number: int) -> list[str]:
        """Lines of the page that were not taken into the text."""
        return next((page.get("left_out", []) for page in self._pages if page["number"] == number), [])

    def _chunks(self) -> Any:
        return Chunk.objects.filter(revision=self.revision).defer(*NOT_NEEDED)

    def _stretches(self, window: Window, chunks: list[ShownChunk]) -> list[Stretch]:
        by_number = {shown.number: shown for shown in chunks}
        spans = [Span(shown.number, shown.chunk.start, shown.chunk.end) for shown in chunks]

        def shown(found: Segment) -> Stretch:
            return Stretch(
                found.text,
                tuple(by_number[key] for key in found.keys),
                tuple(by_number[key] for key in found.opening),
            )

        return [shown(found) for found in segments(self.text, window, spans)]

    def _picture(self, number: int) -> str:
        """The address of the page's picture; empty for what is no PDF."""
        original = self.revision.original
        if original is None or original.media_type != PDF:
            return ""
        return f"{reverse('knowledge:page-image', args=[self.source.pk, number])}?of={original.sha256[:16]}"


def page_by_page(request: HttpRequest, source: Any, model_admin: Any) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("What was read: %(source)s") % {"source": source.name},
        "source": source,
        "original": source,
        "opts": model_admin.opts,
        "media": model_admin.media,
    }
    if source.live_revision:
        view = PageByPage(source)
        context |= view.context(view.number_of(request))
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "knowledge/admin/page_by_page.html", context)
