"""Which tools a server offers, as it says itself: stored for an administrator to look at and to allow."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant_project.connections import give_back
from chat.models import Tool, ToolServer
from chat.models.tools.tool import NAME_LENGTH
from chat.tools.arguments import is_schema
from chat.tools.errors import ToolError
from chat.tools.results import storable

if TYPE_CHECKING:
    import mcp_types as types

MOST_TOOLS = 200
"""Of one server."""
DESCRIPTION_LENGTH = 4_000
SCHEMA_LENGTH = 20_000
SCHEMAS_LENGTH = 500_000
"""Of all tools together, as JSON."""
MOST_LOOKED_AT = 1_000
"""Tools: a server can name as many as fit into its responses."""

Description = dict[str, Any]


def refresh(server: ToolServer) -> None:
    """Ask the server for its tools and store them. A failure is told in `server.error`, and changes no tool.

    A tool that describes itself otherwise than before may no longer be called, until somebody allows it again.
    """
    from chat.tools import connection  # a second: not at every command's start

    give_back()
    try:
        offered = async_to_sync(connection.list_tools)(server)
    except ToolError as error:
        server.error = error.detail
    else:
        kept = dict(islice(_usable(offered[:MOST_LOOKED_AT]), MOST_TOOLS))
        store(server, kept)
        server.error = _left_out(len(offered) - len(kept))
    server.checked_at = timezone.now()
    told = {"checked_at": server.checked_at, "error": server.error}
    ToolServer.objects.filter(pk=server.pk).update(**told)  # it may be deleted by now


def described(tool: "types.Tool") -> Description:
    """What the server says of a tool, as it is stored and shown to the model."""
    annotations = tool.annotations
    return {
        "description": storable(tool.description or tool.title or "")[:DESCRIPTION_LENGTH],
        "input_schema": storable(tool.input_schema),
        "reads_only": annotations.read_only_hint if annotations else None,
    }


@transaction.atomic
def store(server: ToolServer, offered: dict[str, Description]) -> None:
    """The tools by name: new ones wait to be allowed, changed ones too, and those that are no more are marked."""
    if not ToolServer.objects.select_for_update().filter(pk=server.pk).exists():
        return  # deleted meanwhile; and who asked at the same moment waits
    now = timezone.now()
    known = {tool.name: tool for tool in server.tools.select_for_update()}
    for name, description in offered.items():
        if name in known:
            _renew(known[name], description)
        else:
            # One that says it acts: each call counts.
            kept = {"cache_seconds": 0} if description["reads_only"] is False else {}
            Tool.objects.create(server=server, name=name, **description, **kept)
    _mark_gone((tool for name, tool in known.items() if name not in offered), now)


def _renew(tool: Tool, description: Description) -> None:
    before = {name: getattr(tool, name) for name in description}
    tool.gone_at = None
    if description != before:
        if tool.is_allowed:
            tool.is_allowed, tool.changed_at = False, timezone.now()
        for name, value in description.items():
            setattr(tool, name, value)
        tool.results.all().delete()
    tool.save()


def _mark_gone(tools: Iterable[Tool], now: Any) -> None:
    Tool.objects.filter(pk__in=[tool.pk for tool in tools], gone_at=None).update(gone_at=now)


def _usable(tools: Iterable["types.Tool"]) -> Iterator[tuple[str, Description]]:
    """By name, each once, as long as there is room: a schema may take a second to be looked through."""
    names: set[str] = set()
    room = SCHEMAS_LENGTH
    for tool in tools:
        length = len(json.dumps(tool.input_schema))
        if tool.name in names or length > min(SCHEMA_LENGTH, room) or not _is_named(tool):
            continue
        room -= length
        description = described(tool)
        if is_schema(description["input_schema"]):  # for one that is none, a provider refuses all tools
            names.add(tool.name)
            yield tool.name, description


def _is_named(tool: "types.Tool") -> bool:
    """In letters and signs that can be seen: the name is shown in terminals too."""
    return 0 < len(tool.name) <= NAME_LENGTH and tool.name.isprintable()


def _left_out(number: int) -> str:
    if not number:
        return ""
    sentence = _("%(number)s of its tools were left out: they are too many, or not described rightly.")
    return sentence % {"number": number}
