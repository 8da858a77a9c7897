"""An answer while it is made."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chat import citations
from chat.answering.opening import Question
from chat.cache import LookUp
from chat.cache.scope import Scope
from chat.evidence import Evidence, ToolAnswer
from chat.followups import Standalone
from chat.models import Message
from chat.tools.rounds import ToolUse
from chat.writers import Usage, WritingRequest
from knowledge import retrieval


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
    parts: Sequence[str] = ()
    """Those of several questions for which something was found."""
    unanswered: Sequence[str] = ()
    """Those for which nothing was."""
    evidence: list[Evidence] = field(default_factory=list)
    tools: ToolUse | None = None
    """Set if tools might be called."""
    request: WritingRequest | None = None
    text: str = ""
    writer: str = ""
    kind: str = Message.Kind.GENERATED
    usage: Usage = field(default_factory=Usage)
    """Of the writing."""
    timings: dict[str, int] = field(default_factory=dict)

    @property
    def usage_of_tools(self) -> Usage:
        """Of the model that chose their calls."""
        return self.tools.usage if self.tools else Usage()

    @property
    def usage_of_rewriting(self) -> Usage:
        """Of the model that made a follow-up stand alone."""
        return self.standalone.usage if self.standalone else Usage()

    @property
    def usage_in_all(self) -> Usage:
        return self.usage_of_rewriting + self.usage_of_tools + self.usage

    def checked(self) -> citations.CheckedAnswer:
        """The text with sound marks, and what is wrong with its sentences. What a tool was asked bears none of them."""
        grounds = [replace(one, heading="") if isinstance(one, ToolAnswer) else one for one in self.evidence]
        return citations.check(self.text, grounds)

    def mark(self, name: str) -> None:
        """Note how many milliseconds have gone by since the question."""
        self.timings.setdefault(name, round((time.monotonic() - self.started) * 1000))
