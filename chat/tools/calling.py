"""One call of a tool: from the results that still hold, else from its server, if the arguments fit."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat.database import in_database
from chat.models import Tool, ToolResult, ToolUsage
from chat.tools.arguments import ArgumentsRefused, check
from chat.tools.errors import ToolError
from chat.tools.results import shortened, text_of

ERROR_LENGTH = 1_000
"""Characters of a tool's own error that the model is told."""

GAVE = ("done", "kept")
"""Outcomes of calls that gave something."""

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a call."""

    name: str
    """ "done", "kept", "failed" or "refused", as ToolCall has it."""
    text: str
    """What the tool gave; else why there is nothing, for the model."""
    detail: str = ""
    """Why there is nothing, for the reader."""


def refused(detail: str, reason: str = "") -> Outcome:
    """Nothing was sent."""
    return Outcome("refused", f"refused: {reason or detail}", detail)


def failed(error: ToolError, reason: str = "") -> Outcome:
    return Outcome("failed", f"failed: {reason or error.told}", error.told)


async def call(tool: Tool, arguments: Arguments) -> Outcome:
    """Have the tool called, unless it gave something to the same arguments that still holds."""
    try:
        check(tool.input_schema, arguments)
    except ArgumentsRefused as wrong:
        return refused(_("The arguments do not fit the tool."), str(wrong))
    return await in_database(_without_sending, tool, arguments) or await _sent(tool, arguments)


async def _sent(tool: Tool, arguments: Arguments) -> Outcome:
    """It is counted whatever becomes of it, also if nobody waits for it any more."""
    started = time.monotonic()
    outcome = failed(ToolError("broken_off"))
    try:
        outcome = await _asked(tool, arguments)
    finally:
        milliseconds = round((time.monotonic() - started) * 1000)
        await asyncio.shield(in_database(_note, tool, arguments, outcome, milliseconds))
    return outcome


async def _asked(tool: Tool, arguments: Arguments) -> Outcome:
    from chat.tools import connection  # a second: not at every command's start

    try:
        result = await connection.call_tool(tool.server, tool.name, arguments)
    except ToolError as error:
        return failed(error)
    text = text_of(result)
    if result.is_error:
        return failed(ToolError("reported"), shortened(text, ERROR_LENGTH))
    return Outcome("done", text)


def _without_sending(tool: Tool, arguments: Arguments) -> Outcome | None:
    """What becomes of a call for which nothing is sent: somebody may have stopped it since the question was asked."""
    if not Tool.objects.usable().filter(pk=tool.pk).exists():
        return refused(_("The tool may not be called any more."))
    text = ToolResult.objects.take(tool, arguments) if tool.cache_seconds else None
    if text is None:
        return None
    ToolUsage.objects.add(tool, kept=1)
    return Outcome("kept", text)


def _note(tool: Tool, arguments: Arguments, outcome: Outcome, milliseconds: int) -> None:
    now = Tool.objects.select_related("server").filter(pk=tool.pk).first()
    if now is None:
        return  # deleted while it was called
    ToolUsage.objects.add(tool, calls=1, failed=int(outcome.name not in GAVE), milliseconds=milliseconds)
    if outcome.name in GAVE and _gives_the_same(now, tool):
        ToolResult.objects.keep(now, arguments, outcome.text)


def _gives_the_same(now: Tool, before: Tool) -> bool:
    """Whether what it gave may be kept: not if it was withdrawn meanwhile, or its server is another one by now."""
    server, asked = now.server, before.server
    is_the_same = (server.url, server.sealed_headers) == (asked.url, asked.sealed_headers)
    return now.is_allowed and is_the_same
