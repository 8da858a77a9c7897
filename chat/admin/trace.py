"""How an answer came about, told for people: what its trace holds, put in order and into sentences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from chat.admin.trace_cache import CacheStory, cache_story
from chat.admin.trace_search import Candidate, candidates
from chat.admin.trace_times import Span, spans
from chat.admin.trace_tools import ToolStory, tool_story


@dataclass(frozen=True)
class Prompt:
    """One message of what the model was sent."""

    role: str
    text: str


@dataclass(frozen=True)
class Trace:
    """What a page shows of how an answer came about."""

    asked: str
    understood: str
    """The question as it stands alone; empty if that is what was asked."""
    searched: str
    """What was searched for, if it was something else."""
    is_rewritten: bool
    cache: CacheStory
    tools: ToolStory
    has_searched: bool
    floor: float
    degraded: str
    terms: list[tuple[str, str]]
    candidates: list[Candidate]
    prompt: list[Prompt]
    times: list[Span]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Assistant, temperature and longest answer, as they were."""

    @property
    def are_split(self) -> bool:
        """Whether the bars tell words and meaning apart."""
        return any(candidate.by_meaning is not None for candidate in self.candidates)

    @property
    def most(self) -> int:
        """Milliseconds in all."""
        return max((span.end for span in self.times), default=0)


def read(
    trace: Mapping[str, Any], *, asked: str, timings: Mapping[str, Any], cited: Collection[int] = ()
) -> Trace:
    """A stored trace; what it does not hold is left out. cited: the numbers of the passages in the answer."""
    standalone = trace.get("standalone") or {}
    understood, searched = standalone.get("question") or "", standalone.get("search") or ""
    terms = sorted((trace.get("terms") or {}).items(), key=lambda term: -(term[1] or 0))
    return Trace(
        asked=asked,
        understood=understood if understood != asked else "",
        searched=searched if searched != (understood or asked) else "",
        is_rewritten=bool(standalone.get("rewritten")),
        cache=cache_story(trace.get("cache")),
        tools=tool_story(trace.get("tools")),
        has_searched="candidates" in trace,
        floor=float(trace.get("floor") or 0),
        degraded=str(trace.get("degraded") or ""),
        terms=[(stem, f"{weight:.1f}" if weight else "") for stem, weight in terms],
        candidates=candidates(trace, cited),
        prompt=_prompt(trace.get("prompt") or []),
        times=spans(timings),
        settings={name: trace.get(name) for name in ("assistant", "temperature", "max_tokens")},
    )


def _prompt(told: Sequence[tuple[str, str]]) -> list[Prompt]:
    """The rules, the conversation so far, and last the passages with the question."""
    names = {
        "system": _("Rules (system)"),
        "user": _("Earlier question (user)"),
        "assistant": _("Earlier answer (assistant)"),
    }
    shown = [Prompt(names.get(role, role), text) for role, text in told]
    return [*shown[:-1], replace(shown[-1], role=_("Passages and question (user)"))] if shown else []
