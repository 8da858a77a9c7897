"""How far the answer cache is to be trusted with similar questions: what its gates rest on, one an embedder."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from chat.cache import learning, statistics
from chat.cache.calibrating import decisions_missing, decisions_needed
from chat.models import CacheCalibration, CacheDecision, CacheGate
from knowledge.models import Embedder

TARGETS = (0.01, 0.02, 0.05)
DAYS = 30
CALIBRATIONS = 12


@dataclass(frozen=True)
class Missing:
    """How far the next calibration is."""

    target: float
    needed: int
    """Labelled decisions, if none of them is wrong."""
    missing: int
    """More, counted from now."""


@dataclass(frozen=True)
class Trust:
    """What a gate rests on."""

    gate: CacheGate
    calibrations: list[CacheCalibration]
    """The latest first."""
    labelled: int
    wrong: int
    """Of the labelled: another answer."""
    unsure: int
    missing: tuple[Missing, ...]
    """For each of TARGETS."""
    audit: dict[str, Any] | None
    """As statistics.false_hits counts, for the embedder in force."""
    hits: dict[str, Any] | None
    """As statistics.stats counts, for the embedder in force."""

    @property
    def is_in_force(self) -> bool:
        return self.audit is not None

    @property
    def drawn(self) -> CacheCalibration | None:
        """The calibration that the gate rests on, or else the latest."""
        return learning.calibration_in_force(self.gate) or next(iter(self.calibrations), None)


def is_closed() -> bool:
    """Whether the gate of the embedder in force is."""
    return CacheGate.objects.filter(
        embedder=Embedder.objects.in_force(), state=CacheGate.State.CLOSED
    ).exists()


def trust() -> list[Trust]:
    """Of every gate, that of the embedder in force first."""
    in_force = learning.gate_row()
    calibrations = CacheCalibration.objects.order_by("-number")
    gates = CacheGate.objects.select_related("embedder").prefetch_related(
        Prefetch("calibrations", calibrations, to_attr="latest_first")
    )
    since = timezone.localdate() - datetime.timedelta(days=DAYS - 1)
    used = statistics.stats(DAYS)["totals"], statistics.false_hits(since)
    counts = _labels()
    rows = [
        _trust(gate, counts.get(gate.embedder_id, {}), *(used if gate.pk == in_force.pk else (None, None)))
        for gate in gates
    ]
    return sorted(rows, key=lambda row: (not row.is_in_force, -row.gate.pk))


def _labels() -> dict[int, dict[str, int]]:
    """How many decisions are labelled, and how, by embedder."""
    label = CacheDecision.Label
    counted = (
        CacheDecision.objects.labelled()
        .order_by()
        .values("embedder")
        .annotate(
            labelled=Count("pk"),
            wrong=Count("pk", filter=Q(label=label.DIFFERENT)),
            unsure=Count("pk", filter=Q(label=label.UNSURE)),
        )
    )
    return {row["embedder"]: {name: row[name] for name in ("labelled", "wrong", "unsure")} for row in counted}


def _trust(
    gate: Any, counts: dict[str, int], hits: dict[str, Any] | None, audit: dict[str, Any] | None
) -> Trust:
    latest = gate.latest_first[0] if gate.latest_first else None
    number = latest.number + 1 if latest else 1
    last = latest.learned_from + latest.tested_on if latest else 0
    labelled = counts.get("labelled", 0)
    missing = tuple(
        Missing(
            target,
            decisions_needed(target, number),
            decisions_missing(labelled, last=last, target=target, number=number),
        )
        for target in TARGETS
    )
    return Trust(
        gate,
        gate.latest_first[:CALIBRATIONS],
        labelled,
        counts.get("wrong", 0),
        counts.get("unsure", 0),
        missing,
        audit,
        hits,
    )
