"""Sources as resources: `knowledge://sources/7`, and one page of it, `knowledge://sources/7/pages/3`."""

import re

import mcp_types as types
from django.utils.translation import gettext as _
from mcp import MCPError

from assistant_project.accounts.models import ApiKey
from chat.mcp.caller import Caller
from chat.mcp.reading import fitting, nothing_here, readable_text, sources_after
from chat.mcp.results import LARGEST_ID

SOURCE = "knowledge://sources/{id}"
PAGE = "knowledge://sources/{id}/pages/{page}"
URI = re.compile(r"knowledge://sources/([0-9]{1,18})(?:/pages/([0-9]{1,9}))?", re.ASCII)
TEXT = "text/plain"
CHARACTERS_AT_MOST = 200_000
"""Of a whole source: clients put it before a model as it is."""


def page(caller: Caller, cursor: str | None) -> types.ListResourcesResult:
    """The cursor is the id of the last source of the page before. A key that may not read sees none."""
    if not caller.may(ApiKey.Scope.READ):
        return types.ListResourcesResult(resources=[])
    sources, next_after = sources_after(caller, _number(cursor))
    return types.ListResourcesResult(
        resources=[
            types.Resource(
                uri=SOURCE.format(id=source.pk),
                name=source.name,
                description=source.url or None,
                mime_type=TEXT,
            )
            for source in sources
        ],
        next_cursor=str(next_after) if next_after else None,
    )


def _number(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= len(str(LARGEST_ID)) - 1):
        raise MCPError(types.INVALID_PARAMS, _("There is no such page."))
    return int(cursor)


def templates() -> list[types.ResourceTemplate]:
    return [
        types.ResourceTemplate(
            uri_template=SOURCE,
            name="source",
            title=_("A source"),
            description="Its text, page by page; of a very long one its beginning, and where it goes on.",
            mime_type=TEXT,
        ),
        types.ResourceTemplate(
            uri_template=PAGE,
            name="page",
            title=_("A page of a source"),
            description="A page of a PDF, or a part of another source.",
            mime_type=TEXT,
        ),
    ]


def read(caller: Caller, uri: str) -> types.ReadResourceResult:
    """Each page as contents of its own. Raises APIException for what the caller may not read."""
    caller.check_scope(ApiKey.Scope.READ)
    named = URI.fullmatch(uri)
    if named is None:
        raise nothing_here()
    source, text, windows = readable_text(caller, int(named[1]))
    page = int(named[2]) if named[2] else None
    shown = fitting(windows, CHARACTERS_AT_MOST) if page is None else windows[page - 1 : page]
    if not shown:
        raise nothing_here()
    contents = [
        contained(PAGE.format(id=source.pk, page=number), text[slice(*window)])
        for number, window in enumerate(shown, start=page or 1)
    ]
    if page is None and len(shown) < len(windows):
        contents.append(contained(uri, reading_on(source.pk, len(shown) + 1, len(windows))))
    return types.ReadResourceResult(contents=contents)


def contained(uri: str, text: str) -> types.TextResourceContents | types.BlobResourceContents:
    return types.TextResourceContents(uri=uri, mime_type=TEXT, text=text)


def reading_on(source_id: int, page: int, of: int) -> str:
    """What stands at the end of a source that does not fit."""
    address = PAGE.format(id=source_id, page=page)
    return (
        f"--- This is not the end: page {page} of {of} and what follows are at {address}, "
        f"or in read_source with source_id={source_id}, page={page}. ---"
    )
