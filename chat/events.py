"""What happens while an answer is made. Every door formats these and nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol


class CitedPassage(Protocol):
    """A passage that an answer is written from and may cite, whatever holds it."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def heading(self) -> str:
        """The headings above it, or empty."""

    @property
    def page(self) -> int | None: ...
    @property
    def text(self) -> str: ...


class ShownPassage(CitedPassage, Protocol):
    """One that a door can show."""

    def payload(self) -> dict[str, Any]:
        """As a citation is shown."""


@dataclass(frozen=True)
class Sources:
    """The passages that the answer is written from, before its first word."""

    citations: tuple[ShownPassage, ...]


@dataclass(frozen=True)
class ToolCall:
    """A call of another program's tool for this answer: told when it begins, and again when it has ended."""

    number: int
    """Of the call, from 1."""
    server: str
    tool: str
    arguments: Mapping[str, Any]
    outcome: str = "running"
    """Or "done", "kept" (a result that still held), "failed", "refused" (not sent)."""
    milliseconds: int = 0
    detail: str = ""
    """Why it failed or was refused: a sentence for the reader."""

    def payload(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Token:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True)
class Done:
    """The end of an answer that did not fail: the message as it was stored."""

    message: Mapping[str, Any]


@dataclass(frozen=True)
class Failed:
    """The end of an answer that failed: `code` for programs, `detail` a sentence for the reader."""

    code: str
    detail: str


Event = ToolCall | Sources | Token | Done | Failed
