"""What a writer is given, gives, and fails with."""

import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chat.events import CitedPassage
from chat.images import Image
from chat.prompts import Style


@dataclass(frozen=True)
class WritingRequest:
    """A question and the passages to answer it from."""

    question: str
    passages: Sequence[CitedPassage]
    history: Sequence[tuple[str, str]] = ()
    """Earlier turns as (role, content), roles "user" and "assistant"."""
    instructions: str = ""
    """The assistant's own, beside the rules that hold for all."""
    term_weights: Mapping[str, float] = field(default_factory=dict)
    """How rare the question's terms are in the whole corpus: lower-case lexeme -> idf. May be empty."""
    style: Style = field(default_factory=Style)
    images: Sequence[Image] = ()
    """The reader's own, sent with the question."""
    selected_text: bool = False
    """The one passage is a text that the reader selected: the only context."""
    from_tools: bool = False
    """Some of the passages are what tools gave."""
    parts: Sequence[str] = ()
    """Those of several questions for which something was found; none if it is one."""
    unanswered: Sequence[str] = ()
    """Those for which nothing was."""
    delimiter: str = field(default_factory=lambda: secrets.token_hex(8))
    """Random, so that no passage can pretend to end."""


@dataclass(frozen=True)
class ModelChoice:
    """What an assistant or its reader chose; what is left empty is as the settings say."""

    model: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    """Of the answer."""
    reads_images: bool = False
    """The settings' VISION_MODEL, whatever `model` says."""


@dataclass(frozen=True)
class TimeLimits:
    """Seconds."""

    first_token: float = 30.0
    """Until the first text. A model that thinks before it writes must give a sign of life as often."""
    idle: float = 60.0
    """Between two pieces after that."""
    whole: float = 600.0


@dataclass(frozen=True)
class Usage:
    """The end of what a writer writes: what it took, estimated if the model does not tell."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    truncated: bool = False
    """The model stopped at its limit of tokens, not at the end of the answer."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.truncated or other.truncated,
        )

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class Completion:
    """A short text that is written for the program itself: a rewritten question, a summary."""

    text: str
    usage: Usage


class WriterError(Exception):
    """The answer could not be written: `code` for programs, `detail` a sentence for the reader."""

    def __init__(self, code: str, detail: str, usage: Usage | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail
        self.usage = usage or Usage()
        """What the model took nevertheless."""


class Writer(Protocol):
    """Writes an answer, piece by piece."""

    @property
    def name(self) -> str:
        """What is stored with the answer: the model's name."""

    @property
    def quotes(self) -> bool:
        """Whether the answer is made of sentences of the passages, word by word."""

    def write(self, request: WritingRequest) -> AsyncGenerator[str | Usage, None]:
        """Pieces of text, then one Usage. Raises WriterError. Closing it ends all work for it."""
