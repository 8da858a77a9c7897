"""What the loopback model server answers: a text, calls of tools, or one of the failures of real providers."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests import openai_protocol as protocol
from tests.openai_protocol import Json

Answer = str | Sequence[str]
Answering = Callable[[Json], Answer]
Calls = Sequence[tuple[str, Json | str]]
PASSAGE = re.compile(r"^=+ \w+ \[(\d+)\][^\n]*\n(.+?[.!?](?=\s)|[^\n]+)", re.MULTILINE | re.DOTALL)


def quoting(number: int) -> Callable[[Json], str]:
    """Answers with the first sentence of a passage; without such a passage, with the last line sent."""

    def answer(request: Json) -> str:
        sent = protocol.text_of(request["messages"][-1])
        passages = {int(n): " ".join(text.split()) for n, text in PASSAGE.findall(sent)}
        return f"{passages[number]} [{number}]" if number in passages else sent.strip().splitlines()[-1]

    return answer


_quote_first = quoting(1)


def scripted(replies: Mapping[str, str], otherwise: Answering = _quote_first) -> Answering:
    """Answers by what is asked for: the reply whose words stand in the system message, else `otherwise`."""

    def answer(request: Json) -> Answer:
        told = protocol.text_of(request["messages"][0])
        return next((reply for words, reply in replies.items() if words in told), None) or otherwise(request)

    return answer


@dataclass(frozen=True)
class Behaviour:
    """What one request gets."""

    answer: Answer | Answering = _quote_first
    """A text, the exact tokens, or a function of the request."""
    calls: Calls | Callable[[Json], Calls] = ()
    """Calls of tools by name and arguments, in place of an answer; or a function of the request."""
    refuses_tools: bool = False
    """As models without tool calling do."""
    finish_reason: str = "stop"
    pace: float = 0.0
    """Seconds before each token."""
    status: int = 200
    retry_after: str = ""
    hang_after: int | None = None
    """Falls silent after so many tokens; 0: not even a status line."""
    cut_after: int | None = None
    """Drops the connection after so many tokens."""
    ends_early_after: int | None = None
    """Ends the response properly after so many tokens, without a finish reason and without [DONE]."""
    rubbish: bool = False
    dimensions: int = 64
    embed: Callable[[str], list[float]] | None = None
    """The vector of a text, if not the usual one, which knows words only."""
    vectors: Literal["right", "one missing", "not a number", "ragged", "zero"] = "right"

    def tool_calls(self, request: Json) -> list[Json]:
        """With ids that none of the conversation's earlier calls has."""
        calls = self.calls(request) if callable(self.calls) else self.calls
        first = len(request["messages"])
        return [protocol.tool_call(first + place, *call) for place, call in enumerate(calls)]

    def tokens(self, request: Json) -> list[str]:
        if self.tool_calls(request):
            return []
        answer = self.answer(request) if callable(self.answer) else self.answer
        return re.findall(r"\s*\S+\s*?(?=\s|$)", answer) if isinstance(answer, str) else list(answer)

    def vector(self, text: str) -> list[float]:
        return self.embed(text) if self.embed else protocol.text_vector(text, self.dimensions)

    def spoil(self, vectors: list[list[float]]) -> list[list[float]]:
        match self.vectors:
            case "one missing":
                return vectors[:-1]
            case "not a number":
                return [[float("nan"), *vector[1:]] for vector in vectors]
            case "ragged":
                return [*vectors[:-1], vectors[-1][:-1]]
            case "zero":
                return [[0.0] * len(vector) for vector in vectors]
        return vectors
