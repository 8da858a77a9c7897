"""Whether a question is near enough to a known one to be given its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

VOTERS = 10
"""So many of them vote."""

GUARDED, CALIBRATED, CLOSED = "guarded", "calibrated", "closed"
"""The states of a gate, as CacheGate.State has them."""


@dataclass(frozen=True)
class Neighbour:
    """A known phrasing near a question."""

    answer_id: int
    question: str
    cosine: float
    same: bool = True
    """It asks for this answer; if not, it only looks alike."""


@dataclass(frozen=True)
class Candidate:
    """The answer that might be given."""

    answer_id: int
    question: str
    """The nearest phrasing of it."""
    cosine: float
    margin: float
    """How much nearer it is than whatever speaks for another answer, or against this one."""
    votes: float
    """Share of the nearest phrasings that ask for it, 0 to 1."""

    @property
    def features(self) -> tuple[float, float, float]:
        return self.cosine, self.margin, self.votes


def candidate(neighbours: Sequence[Neighbour]) -> Candidate | None:
    """The answer that the nearest phrasing asks for.

    The neighbours come nearest first and without those that a guard tells apart.
    """
    nearest = next((near for near in neighbours if near.same), None)
    if nearest is None:
        return None
    # What is known not to ask for another answer says nothing about this one.
    speaking = [near for near in neighbours if near.same or near.answer_id == nearest.answer_id]
    agrees = [near.same and near.answer_id == nearest.answer_id for near in speaking]
    against = next((near.cosine for near, agree in zip(speaking, agrees, strict=True) if not agree), 0.0)
    votes = agrees[:VOTERS]
    return Candidate(
        answer_id=nearest.answer_id,
        question=nearest.question,
        cosine=nearest.cosine,
        margin=nearest.cosine - against,
        votes=sum(votes) / len(votes),
    )


@dataclass(frozen=True)
class Gate:
    """How sure one must be, by the scale of one embedder."""

    state: str
    threshold: float | None
    """Least cosine while guarded; None until it has been measured: nothing is admitted."""
    weights: tuple[float, ...] | None = None
    """Intercept, then one a feature of a candidate."""
    least_score: float | None = None

    @property
    def for_verified(self) -> "Gate":
        """What a curator has approved is not what an audit has refuted: it stays guarded when the gate is closed."""
        return Gate(GUARDED, self.threshold) if self.state == CLOSED else self

    def admits(self, candidate: Candidate, *, strict: bool = False) -> bool:
        """Whether the candidate's answer may be given.

        Strict is for languages in which fewer guards hold: only half the distance between the threshold and a cosine of
        1 is left to them, calibrated or not.
        """
        if self.state == CLOSED or self.threshold is None or candidate.margin <= 0:
            return False
        half_way = (1.0 - self.threshold) / 2
        if strict and candidate.cosine < self.threshold + half_way:
            return False
        if self.state == CALIBRATED and self.least_score is not None:
            return self.score(candidate) >= self.least_score
        # The threshold tells the scale of the embedder, and so how large a margin means something.
        return candidate.cosine >= self.threshold and candidate.margin >= half_way

    def score(self, candidate: Candidate) -> float:
        """How much speaks for the answer: log odds by the weights, or the cosine as long as there are none."""
        if self.weights is None:
            return candidate.cosine
        intercept, *slopes = self.weights
        pairs = zip(slopes, candidate.features, strict=True)
        return intercept + sum(slope * feature for slope, feature in pairs)
