"""What the cache had to say to a question, as a sentence and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chat.models import CacheDecision, CacheGate

Outcome = CacheDecision.Outcome


@dataclass(frozen=True)
class CacheStory:
    """What became of the question in the cache."""

    sentence: str
    was_asked: bool = True
    is_hit: bool = False
    known: str = ""
    """The question that was answered before."""
    entry: int | None = None
    figures: tuple[tuple[str, str], ...] = ()


def cache_story(told: Mapping[str, Any] | None) -> CacheStory:
    """told: the trace's part about the cache; None if it was not asked."""
    if not told:
        return CacheStory(
            _(
                "The cache was not asked. It is asked what may be told to others, needs no conversation to be "
                "understood and comes without an image or a selected text."
            ),
            was_asked=False,
        )
    outcome = str(told.get("outcome") or "")
    return CacheStory(
        _sentence(outcome, str(told.get("level") or ""), resembles="nearest" in told),
        is_hit=outcome in {"hit", Outcome.SERVED},
        known=str(told.get("phrasing") or told.get("nearest") or ""),
        entry=told.get("entry"),
        figures=_figures(told),
    )


def _sentence(outcome: str, level: str, *, resembles: bool) -> str:
    sentences = {
        "hit": _("The very same question had been answered before: that answer was given."),
        Outcome.SERVED: _("A question that means the same had been answered before: that answer was given."),
        Outcome.AUDITED: _(
            "The answer to a similar question could have been given. It was written afresh, to compare the two."
        ),
        Outcome.AFRESH: _(
            "The answer to a similar question could have been given. The reader wanted a new one."
        ),
        Outcome.MISSED: _("A similar question had been answered before, but not surely the same one."),
        Outcome.STRANGER: _("A similar question had been answered before, but for one other person only."),
    }
    if sentence := sentences.get(outcome):
        return sentence
    if level == "exact":
        return _("The very same question had been answered before. The reader wanted a new answer.")
    if resembles:
        return _("A similar question had been answered before.")
    return _("Nothing that had been answered before resembles it.")


def _figures(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    named = {
        "cosine": _("Cosine"),
        "margin": _("Margin"),
        "votes": _("Votes"),
        "gate": _("State of the gate"),
    }
    shown = dict(told)
    if told.get("gate") in CacheGate.State.values:
        shown["gate"] = CacheGate.State(told["gate"]).label
    return tuple((label, str(shown[name])) for name, label in named.items() if name in told)
