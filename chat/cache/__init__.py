"""Answers that are given again: to the same question, or to one that means the same beyond reasonable doubt.

`look_up` finds one, `record` keeps what was decided, `offer` takes a new answer in (docs/decisions/0010-cache.md).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from chat.cache import entries, lookup
from chat.cache.entries import Entry
from chat.cache.lookup import Match, Nearest
from chat.cache.scope import Scope
from chat.models import CachedAnswer, CacheDecision

Outcome = CacheDecision.Outcome


@dataclass(frozen=True)
class LookUp:
    """What the cache says to a question."""

    match: Match | None = None
    """The entry that the question leads to."""
    entry: Entry | None = None
    """That, or the one that resembled the question most."""
    nearest: Nearest | None = None
    """What resembled the question, if nothing had its very words."""
    outcome: str = ""
    """Of the decision about what resembled it; empty if there was none to make."""

    @property
    def is_hit(self) -> bool:
        """Whether `entry` is given."""
        return self.match is not None and self.entry is not None and self.outcome in {"", Outcome.SERVED}


def look_up(question: str, scope: Scope, *, asker: str, fresh: bool, vector: Callable[[], Any]) -> LookUp:
    """Exact, then verified, then similar.

    asker: who asks, as scope.asker_key tells. fresh: find what would be given, but do not give it. vector: gives that
    of the question, or None; called only if nothing has its very words.
    """
    if match := lookup.exact(question, scope):
        return LookUp(match, None if fresh else entries.load(match.answer_id))
    if settings.CACHE_MODE != "similar" or (embedding := vector()) is None:
        return LookUp()
    nearest = lookup.similar(question, embedding, scope)
    if nearest.candidate is None:
        return LookUp()
    answer = CachedAnswer.objects.filter(pk=nearest.candidate.answer_id).first()
    if answer is None:
        return LookUp()
    outcome = _outcome(nearest.match, answer, asker, fresh)
    # What is not given is only compared: its passages are not needed.
    entry = entries.load(answer.pk) if outcome == Outcome.SERVED else Entry(answer, (), is_due=False)
    return LookUp(nearest.match, entry, nearest, outcome) if entry else LookUp()


def _outcome(match: Match | None, answer: CachedAnswer, asker: str, fresh: bool) -> str:
    """What becomes of a question that resembles another."""
    if match is None:
        return Outcome.MISSED
    if match.level == "similar" and not (answer.is_trusted or asker in answer.askers):
        return Outcome.STRANGER
    if fresh:
        return Outcome.AFRESH
    if match.level == "similar" and random.random() < settings.CACHE_AUDIT_SHARE:  # noqa: S311 (no secret)
        return Outcome.AUDITED
    return Outcome.SERVED
