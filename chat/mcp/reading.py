"""The tools that list sources and show their text."""

import datetime
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, Field
from rest_framework.exceptions import NotFound

from assistant_project.errors import NOTHING_HERE
from chat.addresses import absolute
from chat.mcp.caller import Caller
from chat.mcp.results import LARGEST_ID, Arguments, Result, RowId, Text
from knowledge.models import Source
from knowledge.windows import Window, page_windows, part_windows

SOURCES_AT_ONCE = 100
CHARACTERS_AT_ONCE = 20_000


class ListArguments(Arguments):
    collection: Text = Field(default="", description="Only of this one: its short name.")
    after: int = Field(
        default=0, ge=0, le=LARGEST_ID, description="next_after of the page before; 0 begins anew."
    )


class ListedSource(BaseModel):
    id: int
    title: str
    kind: str
    url: str = Field(description="Where a person reads it.")
    collection: str = Field(description="Its short name.")
    page_count: int | None
    read_at: datetime.datetime | None


class SourceList(Result):
    sources: list[ListedSource]
    next_after: int | None = Field(description="Null at the end.")

    def as_text(self) -> str:
        lines = [f"{one.id}: {one.title} ({one.kind}, {one.collection}) {one.url}" for one in self.sources]
        more = [f"More: after={self.next_after}"] if self.next_after else []
        return "\n".join(lines + more) or "There are no sources."


class ReadArguments(Arguments):
    source_id: RowId
    page: RowId = Field(default=1, description="The first page, or part, to show.")


class Page(BaseModel):
    number: int
    text: str


class SourceText(Result):
    source_id: int
    title: str
    url: str = Field(description="Where a person reads it.")
    pages: list[Page]
    page_count: int = Field(description="Pages of a PDF; parts of other sources.")
    next_page: int | None = Field(description="Where to read on; null at the end.")

    def as_text(self) -> str:
        shown = [f"--- {page.number} of {self.page_count} ---\n{page.text}" for page in self.pages]
        more = [f"--- read on with page={self.next_page} ---"] if self.next_page else []
        return "\n".join([f"{self.title}\n{self.url}", *shown, *more])


def list_sources(caller: Caller, wanted: ListArguments) -> SourceList:
    sources, next_after = sources_after(caller, wanted.after, collection=wanted.collection)
    return SourceList(
        sources=[
            ListedSource(
                id=source.pk,
                title=source.name,
                kind=source.kind,
                url=absolute(source.page_url(None)),
                collection=source.collection.slug,
                page_count=source.page_count or None,
                read_at=source.read_at,
            )
            for source in sources
        ],
        next_after=next_after,
    )


def sources_after(caller: Caller, after: int, *, collection: str = "") -> tuple[list[Any], int | None]:
    """A page of the sources that answer and that the caller may read, and after which the next one begins."""
    readable = Source.objects.visible_to(caller.user).answering().filter(pk__gt=after)
    if collection:
        readable = readable.filter(collection__slug=collection)
    found = list(readable.with_what_was_read().order_by("pk")[: SOURCES_AT_ONCE + 1])
    page = found[:SOURCES_AT_ONCE]
    return page, page[-1].pk if len(found) > len(page) else None


def read_source(caller: Caller, wanted: ReadArguments) -> SourceText:
    """At least one page. Raises NotFound for what is not there or not open to the caller."""
    source, text, windows = readable_text(caller, wanted.source_id)
    first = wanted.page - 1
    shown = fitting(windows[first:], CHARACTERS_AT_ONCE)
    if not shown:
        raise NotFound(_("Its last page is %(page)s.") % {"page": len(windows)})
    last = first + len(shown)
    return SourceText(
        source_id=source.pk,
        title=source.name,
        url=absolute(source.page_url(None)),
        pages=[
            Page(number=number, text=text[start:end])
            for number, (start, end) in enumerate(shown, start=wanted.page)
        ],
        page_count=len(windows),
        next_page=last + 1 if last < len(windows) else None,
    )


def readable_text(caller: Caller, source_id: int) -> tuple[Source, str, list[Window]]:
    """A source, its text and where its pages or parts lie in it. Raises NotFound."""
    sources = Source.objects.visible_to(caller.user).answering()
    source = sources.select_related("live_revision__original").filter(pk=source_id).first()
    if source is None or source.live_revision is None:
        raise nothing_here()
    text = source.live_revision.text
    is_paged = source.live_revision.report.get("page_count")
    return source, text, page_windows(text) if is_paged else part_windows(text, CHARACTERS_AT_ONCE)


def fitting(windows: list[Window], most: int) -> list[Window]:
    """As many as have `most` characters together, and at least one."""
    if not windows:
        return []
    begin = windows[0][0]
    return [windows[0], *(window for window in windows[1:] if window[1] - begin <= most)]


def nothing_here() -> NotFound:
    """For what is missing, and for what the caller may not read: they look alike."""
    return NotFound(str(NOTHING_HERE["detail"]))
