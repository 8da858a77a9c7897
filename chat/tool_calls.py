"""The calls of tools that were made for an answer, as the page shows them: pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Call = Mapping[str, Any]
"""As chat.events.ToolCall.payload tells it."""

LONGEST_ARGUMENTS = 300
"""Characters that are shown; a model can write without end."""


def shown_calls(calls: Sequence[Call]) -> dict[str, Any]:
    """What the template takes: each call, the servers that were asked, how many calls gave a result."""
    asked = [call["server"] for call in calls if call["outcome"] != "refused"]
    return {
        "calls": [
            {**call, "name": name_of(call), "arguments": in_words(call["arguments"])} for call in calls
        ],
        "servers": list(dict.fromkeys(asked)),
        "results": sum(call["outcome"] in ("done", "kept") for call in calls),
    }


def name_of(call: Call) -> str:
    """Under which an answer cites what the call gave. A tool that there is not belongs to no server."""
    return f"{call['server']}: {call['tool']}" if call["server"] else call["tool"]


def in_words(arguments: Mapping[str, Any]) -> str:
    """As people write them: "city: Boston, days: 3"."""
    words = ", ".join(f"{name}: {_in_words(value)}" for name, value in arguments.items())
    return words if len(words) <= LONGEST_ARGUMENTS else f"{words[: LONGEST_ARGUMENTS - 1]}…"


def _in_words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
