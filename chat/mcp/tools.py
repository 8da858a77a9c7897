"""The tools: what each is called, takes, gives and needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import mcp_types as types
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from assistant_project.accounts.models import ApiKey
from chat.answering import in_database
from chat.mcp import asking, reading, searching
from chat.mcp.caller import Caller
from chat.mcp.results import Report, Result


@dataclass(frozen=True)
class Tool:
    name: str
    title: str | Promise
    purpose: str
    """For the model that chooses among tools."""
    scope: str
    """What a key needs."""
    arguments: type[BaseModel]
    result: type[Result]
    run: Callable[[Caller, Any, Report], Awaitable[Result]]

    def description(self) -> types.Tool:
        return types.Tool(
            name=self.name,
            title=str(self.title),
            description=self.purpose,
            input_schema=schema_of(self.arguments, "validation"),
            output_schema=schema_of(self.result, "serialization"),
            annotations=types.ToolAnnotations(
                read_only_hint=self.scope == ApiKey.Scope.READ,
                destructive_hint=False,
                open_world_hint=False,
            ),
        )


@cache
def schema_of(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """As callers send it, or as they get it."""
    return model.model_json_schema(mode=mode)


def at_once(
    step: Callable[[Caller, Any], Result],
) -> Callable[[Caller, Any, Report], Awaitable[Result]]:
    """A tool that only looks something up in the database."""

    async def run(caller: Caller, arguments: Any, report: Report) -> Result:
        return await in_database(step, caller, arguments)

    return run


TOOLS = (
    Tool(
        name="search_knowledge",
        title=_("Search the sources"),
        purpose=(
            "Finds the passages of the curated sources that fit a question or key words best, with title, page and "
            "address. Use it to look something up; each passage is quoted word for word."
        ),
        scope=ApiKey.Scope.READ,
        arguments=searching.SearchArguments,
        result=searching.FoundPassages,
        run=at_once(searching.search),
    ),
    Tool(
        name="ask",
        title=_("Ask the assistant"),
        purpose=(
            "Has the assistant answer a question from the curated sources alone, with numbered citations; if they do "
            "not answer it, it says so. Pass the session_id of an answer to ask a follow-up."
        ),
        scope=ApiKey.Scope.ASK,
        arguments=asking.AskArguments,
        result=asking.Answer,
        run=asking.ask,
    ),
    Tool(
        name="list_sources",
        title=_("List the sources"),
        purpose="Lists the sources that you may read, oldest first, a page at a time.",
        scope=ApiKey.Scope.READ,
        arguments=reading.ListArguments,
        result=reading.SourceList,
        run=at_once(reading.list_sources),
    ),
    Tool(
        name="read_source",
        title=_("Read a source"),
        purpose=(
            "Shows the text of a source from a page on, as many pages as fit; one without pages is shown in parts. "
            "Use it to see what stands around a passage."
        ),
        scope=ApiKey.Scope.READ,
        arguments=reading.ReadArguments,
        result=reading.SourceText,
        run=at_once(reading.read_source),
    ),
)
