"""Questions by which the scale of an embedder is measured: how alike do different questions look to it?

The file beside this module holds groups of lines: a question, the same question in other words, and questions that look
alike but ask for something else. They are of many fields, and none of a source that anybody has curated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.cache import guards

LET_THROUGH = 0.02
"""The largest share of the look-alikes that may pass guards and threshold."""


@dataclass(frozen=True)
class Pair:
    one: str
    other: str
    same: bool


@dataclass(frozen=True)
class Measured:
    """Where an embedder's threshold lies, and what it does with the probes."""

    threshold: float
    different_admitted: float
    same_admitted: float


@cache
def pairs() -> tuple[Pair, ...]:
    groups = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").strip().split("\n\n")
    found = []
    for question, paraphrase, *look_alikes in (group.splitlines() for group in groups):
        found.append(Pair(question, paraphrase, same=True))
        found += [Pair(asked, other, same=False) for other in look_alikes for asked in (question, paraphrase)]
    return tuple(found)


@cache
def texts() -> tuple[str, ...]:
    """All that has to be embedded, each once."""
    return tuple(dict.fromkeys(text for pair in pairs() for text in (pair.one, pair.other)))


def measure(vectors: NDArray[np.float32]) -> Measured:
    """The least threshold that lets so few of the look-alikes through; vectors: of `texts()`, of length 1."""
    row = {text: vectors[index] for index, text in enumerate(texts())}
    cosines = {
        same: np.array([_passing_cosine(pair, row[pair.one] @ row[pair.other]) for pair in _of(same=same)])
        for same in (True, False)
    }
    threshold = _threshold(cosines[False])
    return Measured(
        threshold=threshold,
        different_admitted=float((cosines[False] >= threshold).mean()),
        same_admitted=float((cosines[True] >= threshold).mean()),
    )


def _of(*, same: bool) -> Sequence[Pair]:
    return [pair for pair in pairs() if pair.same is same]


def _passing_cosine(pair: Pair, cosine: np.floating) -> float:
    """What a threshold has to tell; nothing does if a guard has told them apart already."""
    return -1.0 if guards.tell_apart(pair.one, pair.other) else float(cosine)


def _threshold(different: NDArray[np.float64]) -> float:
    """Just above the first of the different pairs that must not pass."""
    may_pass = int(len(different) * LET_THROUGH)
    first_refused = np.sort(different)[::-1][may_pass]
    return float(np.clip(np.nextafter(first_refused, 2.0), 0.0, 1.0))
