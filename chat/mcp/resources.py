"""Sources as resources: `knowledge://sources/7`, and one page of it, `knowledge://sources/7/pages/3`."""

import re

import mcp_types as types
from django.utils.translation import gettext as _
from mcp import MCPError

from assistant_project.accounts.models import ApiKey
from chat.mcp.caller import Caller
from chat.mcp.reading import nothing_here, readable_text, sources_after
from chat.mcp.results import LARGEST_ID

SOURCE = "knowledge://sources/{id}"
PAGE = "knowledge://sources/{id}/pages/{page}"
URI = re.compile(r"knowledge://sources/([0-9]{1,18})(?:/pages/([0-9]{1,9}))?", re.ASCII)
TEXT = "text/plain"


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
            description="Its whole text, page by page.",
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
    numbers = range(1, len(windows) + 1)
    if named[2]:
        numbers = range(int(named[2]), int(named[2]) + 1) if int(named[2]) in numbers else range(0)
    if not numbers:
        raise nothing_here()
    return types.ReadResourceResult(
        contents=[
            types.TextResourceContents(
                uri=PAGE.format(id=source.pk, page=number),
                mime_type=TEXT,
                text=text[slice(*windows[number - 1])],
            )
            for number in numbers
        ]
    )
