"""Labelled decisions, many at once, and what a gate learns from them."""

import random

from django.utils import timezone

from chat.cache import learning
from chat.cache.gate import CALIBRATED
from chat.models import CacheDecision, CacheGate

Label, Outcome = CacheDecision.Label, CacheDecision.Outcome


def label_decisions(row: CacheGate, amount: int, *, wrong_below: float = 0.8, seed: int = 0) -> None:
    """Decisions of misses: another answer below a cosine, the same above."""
    chance = random.Random(seed)
    cosines = [chance.uniform(0.6, 1.0) for _ in range(amount)]
    CacheDecision.objects.bulk_create(
        decision(row, cosine=cosine, label=Label.DIFFERENT if cosine < wrong_below else Label.SAME)
        for cosine in cosines
    )


def audit(row: CacheGate, **labels: int) -> None:
    CacheDecision.objects.bulk_create(
        decision(row, label=label, outcome=Outcome.AUDITED) for label, n in labels.items() for _ in range(n)
    )


def decision(row: CacheGate, **fields: object) -> CacheDecision:
    usual = {"cosine": 0.9, "margin": 0.2, "votes": 1.0, "outcome": Outcome.MISSED, "gate_state": row.state}
    usual |= {"labelled_by": "comparison", "labelled_at": timezone.now(), "embedder_id": row.embedder_id}
    return CacheDecision(**usual | fields)


def calibrated(row: CacheGate, target: float = 0.05) -> CacheGate:
    """Its gate after it has learned from clear decisions."""
    CacheGate.objects.filter(pk=row.pk).update(target=target)
    label_decisions(row, 1_100)
    learning.tend()
    row.refresh_from_db()
    assert row.state == CALIBRATED
    return row
