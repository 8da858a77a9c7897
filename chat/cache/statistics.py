"""How the answer cache does: whether it is well, and what it brings."""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.cache import learning, vectors
from chat.cache.bounds import upper
from chat.models import CachedAnswer, CacheDecision, CacheGate, CacheUsage
from chat.models.cache.usage import COUNTED
from knowledge.models import Embedder

DAYS = 30
DAYS_AT_MOST = 365
LEVELS = ("exact", "verified", "similar")
WAITS_TOO_LONG = datetime.timedelta(hours=1)
ERROR_PROBABILITY = 0.05
"""Of the bound on the share of wrong answers: it holds in 95 % of all cases."""

Figures = dict[str, Any]


def health() -> Figures:
    """The state of the cache; "degraded" if something keeps it from helping, with sentences that say what."""
    gate = learning.gate_row()
    waiting = CacheDecision.objects.waiting().aggregate(comparisons=Count("pk"), oldest=Min("created_at"))
    problems = [*_of_the_gate(gate), *_of_waiting(waiting["oldest"])]
    return {
        "status": "degraded" if problems else "ok",
        "problems": problems,
        "mode": settings.CACHE_MODE,
        "gate": {
            "state": gate.state,
            "detail": gate.state_detail,
            "since": gate.state_since,
            "threshold": gate.threshold,
            "target": gate.target,
        },
        "embedder": str(gate.embedder),
        "index": vectors.has_index(),
        "entries": entries(),
        "waiting": waiting,
    }


def _of_the_gate(gate: CacheGate) -> list[str]:
    """What keeps similar questions from being answered; nothing if they are not meant to be."""
    if settings.CACHE_MODE != "similar":
        return []
    if gate.state == CacheGate.State.CLOSED:
        closed = _("Similar questions are answered afresh, because the gate is closed.")
        return [f"{closed} {gate.state_detail}".strip()]
    if gate.state == CacheGate.State.GUARDED and gate.threshold is None:
        return [
            _(
                "Similar questions are answered afresh, because no threshold has been measured for this embedder "
                "yet. The worker does so within a minute if it reaches the embedding model."
            )
        ]
    return []


def _of_waiting(oldest: datetime.datetime | None) -> list[str]:
    if oldest is None or timezone.now() - oldest <= WAITS_TOO_LONG:
        return []
    return [_("Answers have waited for more than an hour to be compared. Is the worker running?")]


def entries() -> Figures:
    """How many there are in which state; each verified one stands in one of the states, too."""
    state, now = CachedAnswer.State, timezone.now()
    is_old = Q(state=state.LIVE, expires_at__lte=now)
    is_due = Q(state=state.REVIEW_DUE) | Q(state=state.LIVE, review_by__lte=timezone.localdate())
    counted: Figures = CachedAnswer.objects.aggregate(
        all=Count("pk"),
        verified=Count("pk", filter=Q(verified_at__isnull=False)),
        live=Count("pk", filter=Q(state=state.LIVE) & ~is_old & ~is_due),
        expired=Count("pk", filter=is_old),
        stale=Count("pk", filter=Q(state=state.STALE)),
        review_due=Count("pk", filter=is_due & ~is_old),
        withdrawn=Count("pk", filter=Q(state=state.WITHDRAWN)),
    )
    return counted


def stats(days: int = DAYS) -> Figures:
    """What the cache did in the last `days` days, today included, the oldest first."""
    today = timezone.localdate()
    since = today - datetime.timedelta(days=days - 1)
    used = CacheUsage.objects.filter(day__range=(since, today))
    totals = used.aggregate(**{name: Sum(name, default=0) for name in COUNTED})
    by_day = {row["day"]: row for row in used.values("day", *COUNTED)}
    listed = [since + datetime.timedelta(days=passed) for passed in range(days)]
    return {
        "since": since,
        "until": today,
        "entries": entries(),
        "totals": _figures(totals),
        "false_hits": false_hits(since),
        "by_day": [_figures(by_day.get(day, dict.fromkeys(COUNTED, 0))) | {"day": day} for day in listed],
    }


def _figures(row: Figures) -> Figures:
    hits = {level: row[level] for level in LEVELS}
    every = sum(hits.values())
    return {
        "lookups": row["lookups"],
        "hits": hits | {"all": every},
        "hit_rate": round(every / row["lookups"], 4) if row["lookups"] else 0.0,
        "audited": row["audited"],
        "saved_tokens": row["saved_tokens"],
        "saved_seconds": round(row["saved_milliseconds"] / 1000, 1),
    }


def false_hits(since: datetime.date) -> Figures:
    """The share of wrong answers among similar hits, by those that were answered afresh to compare.

    They are a random sample of what the cache would have given. bound: upper, one-sided, 95 %, of Clopper and Pearson;
    what comparing cannot tell counts as wrong in it.
    """
    audited = CacheDecision.objects.filter(
        embedder=Embedder.objects.in_force(),
        outcome=CacheDecision.Outcome.AUDITED,
        created_at__date__gte=since,
    )
    label = CacheDecision.Label
    counted: Figures = audited.aggregate(
        n=Count("pk", filter=~Q(label="")),
        wrong=Count("pk", filter=Q(label=label.DIFFERENT)),
        unsure=Count("pk", filter=Q(label=label.UNSURE)),
        waiting=Count("pk", filter=Q(waits=True)),
    )
    n, wrong, unsure = counted["n"], counted["wrong"], counted["unsure"]
    return counted | {
        "share": round(wrong / n, 4) if n else None,
        "bound": round(upper(wrong + unsure, n, ERROR_PROBABILITY), 4),
    }
