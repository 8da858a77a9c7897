"""An answer while it is made, and the way its steps reach the database."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

from chat.answering.opening import Question
from chat.cache import LookUp
from chat.cache.scope import Scope
from chat.evidence import Evidence
from chat.followups import Standalone
from chat.models import Message
from chat.writers import Usage, WritingRequest
from knowledge import retrieval

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Draft:
    """An answer while it is made."""

    question: Question
    started: float = field(default_factory=time.monotonic)
    history: Sequence[tuple[str, str]] = ()
    """Earlier turns of the conversation as (role, content)."""
    standalone: Standalone | None = None
    embedded: retrieval.Embedded | None = None
    """The question as it stands alone, if it was embedded."""
    scope: Scope | None = None
    """Set if the cache may have to do with the question."""
    corpus_version: int = 0
    found: LookUp | None = None
    """In the cache."""
    search: retrieval.Search | None = None
    evidence: list[Evidence] = field(default_factory=list)
    request: WritingRequest | None = None
    text: str = ""
    writer: str = ""
    kind: str = Message.Kind.GENERATED
    usage: Usage | None = None
    timings: dict[str, int] = field(default_factory=dict)

    def mark(self, name: str) -> None:
        """Note how many milliseconds have gone by since the question."""
        self.timings.setdefault(name, round((time.monotonic() - self.started) * 1000))


async def in_database(step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous step, and give its database connection back: none is held while a model writes."""

    def run() -> R:
        try:
            return step(*args, **kwargs)
        finally:
            connections.close_all()

    return await sync_to_async(run)()
