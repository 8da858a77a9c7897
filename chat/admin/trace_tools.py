"""The calls of tools for an answer, in their order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from chat.tool_calls import LONGEST_ARGUMENTS, in_words, name_of

OUTCOMES = {
    "done": (gettext_lazy("done"), "green"),
    "kept": (gettext_lazy("from kept results"), "blue"),
    "failed": (gettext_lazy("failed"), "red"),
    "refused": (gettext_lazy("not sent"), "orange"),
    "running": (gettext_lazy("broken off"), "grey"),
}


@dataclass(frozen=True)
class Call:
    round: int
    """In which the model wanted it; those of one round were sent together."""
    tool: str
    arguments: str
    all_arguments: str
    """As JSON, if they are too long for words."""
    outcome: Any
    colour: str
    milliseconds: int
    detail: str
    result: str
    """Its beginning."""


@dataclass(frozen=True)
class ToolStory:
    """What the model had asked, knowing the reader's questions and no passage."""

    calls: tuple[Call, ...] = ()
    note: str = ""
    """Why there were no calls, or no more."""

    def __bool__(self) -> bool:
        return bool(self.calls or self.note)


def tool_story(told: Mapping[str, Any] | None) -> ToolStory:
    """told: the trace's part about tools; None if there were none to ask."""
    if not told:
        return ToolStory()
    return ToolStory(tuple(map(_call, told.get("calls") or [])), str(told.get("note") or ""))


def _call(told: Mapping[str, Any]) -> Call:
    outcome, colour = OUTCOMES.get(told["outcome"], (told["outcome"], "grey"))
    arguments = told.get("arguments") or {}
    words = in_words(arguments)
    is_cut = len(words) >= LONGEST_ARGUMENTS
    return Call(
        round=told.get("round") or 1,
        tool=name_of(told),
        arguments=words,
        all_arguments=json.dumps(arguments, ensure_ascii=False, indent=2) if is_cut else "",
        outcome=outcome,
        colour=colour,
        milliseconds=told.get("milliseconds") or 0,
        detail=told.get("detail") or "",
        result=told.get("result") or "",
    )
