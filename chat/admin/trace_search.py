"""The passages that a search came up with: their scores as bars, and what became of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from knowledge import embeddings
from knowledge.retrieval.ranking import BM25_SCALE, COSINE_SCALE

ROUNDING = 0.002
"""A score and its parts are kept to four places."""


@dataclass(frozen=True)
class Candidate:
    """A passage that was found."""

    title: str
    page: int | None
    source_id: int | None
    chunk_id: int | None
    number: int | None
    """Under which the writer got it."""
    score: float
    cosine: float | None
    bm25: float
    by_meaning: float | None
    """Its part of the score; None if that cannot be told any more."""
    matched: str
    floor: float
    fate: str
    reason: str
    colour: str

    @property
    def by_words(self) -> float | None:
        return None if self.by_meaning is None else self.score - self.by_meaning

    @property
    def bars(self) -> dict[str, int]:
        """Widths in percent of a bar that ends at a score of 1, words first."""
        words = _percent(self.score if self.by_words is None else self.by_words)
        return {"words": words, "meaning": min(_percent(self.by_meaning or 0.0), 100 - words)}

    @property
    def floor_percent(self) -> int:
        return _percent(self.floor)


def candidates(trace: Mapping[str, Any], cited: Collection[int]) -> list[Candidate]:
    """In the order in which they were found. cited: the numbers that the answer cites."""
    floor = float(trace.get("floor") or 0)
    rows = trace.get("candidates") or []
    is_answerable = any(row["score"] >= floor for row in rows)
    return [_candidate(row, floor, _fate(row, floor, cited, is_answerable)) for row in rows]


def _candidate(row: Mapping[str, Any], floor: float, fate: tuple[str, str, str]) -> Candidate:
    chunks = row.get("chunk_ids") or [None]
    return Candidate(
        title=row.get("title") or "–",
        page=row.get("page"),
        source_id=row.get("source_id"),
        chunk_id=chunks[0],
        number=row.get("number"),
        score=row["score"],
        cosine=row.get("cosine"),
        bm25=row.get("bm25") or 0.0,
        by_meaning=_by_meaning(row),
        matched=", ".join(row.get("matched") or []),
        floor=floor,
        fate=fate[0],
        reason=fate[1],
        colour=fate[2],
    )


def _by_meaning(row: Mapping[str, Any]) -> float | None:
    """By the share that meaning has today; None if the score was made with another one."""
    if row.get("cosine") is None:
        return 0.0
    share = embeddings.embedder_in_force().vector_share
    by_meaning = share * COSINE_SCALE * row["cosine"]
    by_words = (1 - share) * (row.get("bm25") or 0.0) / BM25_SCALE
    return by_meaning if abs(by_meaning + by_words - row["score"]) < ROUNDING else None


def _fate(
    row: Mapping[str, Any], floor: float, cited: Collection[int], is_answerable: bool
) -> tuple[str, str, str]:
    """What became of a passage, why, and a colour."""
    number = row.get("number")
    if number in cited:
        return _("cited"), _("The answer rests on it."), "green"
    if number is not None:
        return _("read"), _("The writer got it, and the answer does not cite it."), "blue"
    if not is_answerable:
        reason = _("No passage reached %(floor).2f, which is enough to answer.") % {"floor": floor}
    else:
        reason = _("It scores below %(half).2f, half of what is enough to answer.") % {"half": floor / 2}
    return _("dropped"), reason, "grey"


def _percent(share: float) -> int:
    return min(max(round(100 * share), 0), 100)
