"""Whether a question is near enough to a known one to be given its answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

VOTERS = 10
"""So many of them vote."""
RESEMBLES = 2.0
"""A phrasing is worth a comparison up to so many times the distance that the threshold allows."""

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


def candidate(neighbours: Iterable[Neighbour]) -> Candidate | None:
    """The answer that the nearest phrasing asks for.

    The neighbours come nearest first and without those that a guard tells apart; no more are taken than are needed.
    """
    coming = iter(neighbours)
    passed = list(_until_same(coming))
    if not passed or not passed[-1].same:
        return None
    nearest, against = passed[-1], None
    agrees: list[bool] = []
    for near in chain(passed, coming):
        # What is known not to ask for another answer says nothing about this one.
        if not near.same and near.answer_id != nearest.answer_id:
            continue
        agrees.append(near.same and near.answer_id == nearest.answer_id)
        if against is None and not agrees[-1]:
            against = near.cosine
        if against is not None and len(agrees) >= VOTERS:
            break
    votes = agrees[:VOTERS]
    return Candidate(
        answer_id=nearest.answer_id,
        question=nearest.question,
        cosine=nearest.cosine,
        margin=nearest.cosine - (against or 0.0),
        votes=sum(votes) / len(votes),
    )


def _until_same(neighbours: Iterator[Neighbour]) -> Iterator[Neighbour]:
    """Those up to the first that asks for its answer, and that one."""
    for near in neighbours:
        yield near
        if near.same:
            return


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

    def compares(self, cosine: float) -> bool:
        """Whether a phrasing lies near enough to a question to be worth a comparison, admitted or not."""
        return self.threshold is not None and 1 - cosine <= RESEMBLES * (1 - self.threshold)

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
