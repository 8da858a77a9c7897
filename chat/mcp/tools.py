"""The tools: what each is called, takes, gives and needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_type_hints

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
    title: Promise
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


def lookup(step: Callable[[Caller, Any], Result], name: str, title: Promise, purpose: str) -> Tool:
    """A tool that only reads the database; what it takes and gives stands in the annotations of its step."""

    async def run(caller: Caller, wanted: Any, report: Report) -> Result:
        return await in_database(step, caller, wanted)

    known = get_type_hints(step)
    return Tool(name, title, purpose, ApiKey.Scope.READ, known["wanted"], known["return"], run)


TOOLS = (
    lookup(
        searching.search,
        "search_knowledge",
        _("Search the sources"),
        "Finds the passages of the curated sources that fit a question or key words best, with title, page and "
        "address. Use it to look something up; each passage is quoted word for word.",
    ),
    Tool(
        name="ask",
        title=_("Ask the assistant"),
        purpose=(
            "Has the assistant answer a question from the curated sources, and from the tools that it is allowed to "
            "ask, with numbered citations; if they do not answer it, it says so. Pass the session_id of an answer to "
            "ask a follow-up."
        ),
        scope=ApiKey.Scope.ASK,
        arguments=asking.AskArguments,
        result=asking.Answer,
        run=asking.ask,
    ),
    lookup(
        reading.list_sources,
        "list_sources",
        _("List the sources"),
        "Lists the sources that you may read, oldest first, a page at a time.",
    ),
    lookup(
        reading.read_source,
        "read_source",
        _("Read a source"),
        "Shows the text of a source from a page on, as many pages as fit; one without pages is shown in parts. "
        "Use it to see what stands around a passage.",
    ),
)
