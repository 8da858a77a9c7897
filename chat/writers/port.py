"""What a writer is given, gives, and fails with."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chat.events import CitedPassage


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


@dataclass(frozen=True)
class Usage:
    """The end of what a writer writes."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    truncated: bool = False
    """The model stopped at its limit of tokens, not at the end of the answer."""


class WriterError(Exception):
    """The answer could not be written: `code` for programs, `detail` a sentence for the reader."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


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
