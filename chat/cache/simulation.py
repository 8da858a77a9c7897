"""A stream of questions whose right answers are known, put to the very parts that decide in the product.

Questions of one intent have one answer. They come one by one. A hit is served; whatever is not served is answered
afresh and becomes an entry. Labels come as on a site: a share of the hits is audited, and each miss that had a
candidate is compared with it. What was judged the same becomes a phrasing of the entry, what was judged different one
that only looks alike.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chat.cache import bounds, calibrating, guards
from chat.cache.calibrating import Calibration, Decision
from chat.cache.gate import CLOSED, GUARDED, Candidate, Gate, Neighbour, candidate

NEIGHBOURS = 20
HALVINGS = 8

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Question:
    text: str
    intent: str


@dataclass(frozen=True)
class Site:
    """How the simulated installation is set up."""

    gate: Gate
    target: float | None = None
    """None: it never calibrates, and never closes."""
    audit_share: float = 0.05
    """Of the hits, those that are answered afresh and so labelled."""
    rated: bool = False
    """The other hits are labelled as well, by whoever reads them."""
    guarded: bool = True
    """Without guards, labels and margin it is a cache with a plain threshold."""
    seed: int = 0


@dataclass
class Tally:
    """What was served of the questions asked, and how much of that was wrong."""

    asked: int = 0
    hits: int = 0
    wrong: int = 0

    @property
    def hit_rate(self) -> float:
        return self.hits / max(self.asked, 1)

    @property
    def wrong_share(self) -> float:
        return self.wrong / max(self.hits, 1)


@dataclass
class Outcome:
    """What happened, altogether and by the state in which the gate was."""

    total: Tally = field(default_factory=Tally)
    by_state: dict[str, Tally] = field(default_factory=dict)
    labelled: int = 0
    calibrations: list[Calibration] = field(default_factory=list)
    closed: int = 0
    """How often the audit closed the gate."""

    def count(self, state: str, *, hit: bool, wrong: bool) -> None:
        for tally in (self.total, self.by_state.setdefault(state, Tally())):
            tally.asked += 1
            tally.hits += hit
            tally.wrong += hit and wrong


class Phrasings:
    """The known phrasings, each a question of the stream."""

    def __init__(self, questions: Sequence[Question], vectors: Vectors) -> None:
        self.questions, self.vectors = questions, vectors
        # A question may become an entry of its own and a look-alike of another one.
        self._known = np.empty((2 * len(questions), vectors.shape[1]), dtype=np.float32)
        self._of: list[tuple[int, int, bool]] = []

    def add(self, question: int, answer: int, *, same: bool = True) -> None:
        """Answers are named by the question that made them."""
        self._known[len(self._of)] = self.vectors[question]
        self._of.append((question, answer, same))

    def near(self, question: int) -> list[Neighbour]:
        cosines = self._known[: len(self._of)] @ self.vectors[question]
        rows = nearest(cosines, NEIGHBOURS)
        known = ((*self._of[row], float(cosines[row])) for row in rows)
        return [
            Neighbour(answer, self.questions[index].text, cosine, same)
            for index, answer, same, cosine in known
        ]


@lru_cache(maxsize=500_000)
def told_apart(asked: str, known: str) -> bool:
    """By a guard; kept, because every run compares mostly the same questions."""
    return bool(guards.differences(guards.read(asked), guards.read(known)))


def nearest(cosines: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The places of the largest values, the largest first."""
    everything = np.arange(len(cosines))
    largest = np.argpartition(-cosines, count)[:count] if len(cosines) > count else everything
    order: NDArray[np.int64] = largest[np.argsort(-cosines[largest], kind="stable")]
    return order


class Stream:
    """One run."""

    def __init__(self, questions: Sequence[Question], vectors: Vectors, site: Site) -> None:
        self.questions, self.site = questions, site
        self.gate = site.gate
        self.outcome = Outcome()
        self._phrasings = Phrasings(questions, vectors)
        self._chance = random.Random(site.seed)  # noqa: S311  (no secret)
        self._decisions: list[Decision] = []
        self._audits: list[bool] = []
        """Of the labelled hits since the gate is in its present state: was the answer wrong?"""

    def run(self) -> Outcome:
        for index in range(len(self.questions)):
            self._ask(index)
        self.outcome.labelled = len(self._decisions)
        return self.outcome

    def _ask(self, index: int) -> None:
        found = self._candidate(index)
        wrong = found is not None and self._is_wrong(index, found)
        would_hit = found is not None and self._admits(index, found)
        is_audited = would_hit and self._chance.random() < self._audit_share
        self.outcome.count(self.gate.state, hit=would_hit and not is_audited, wrong=wrong)
        if would_hit and not is_audited:
            if found is not None and self.site.rated:
                self._learn(Decision(*found.features, wrong), was_hit=True)
            return
        if found is None or not self.site.guarded:
            self._phrasings.add(index, index)
            return
        if wrong:
            self._phrasings.add(index, found.answer_id, same=False)
        self._phrasings.add(index, index if wrong else found.answer_id)
        self._learn(Decision(*found.features, wrong), was_hit=would_hit)

    def _candidate(self, index: int) -> Candidate | None:
        known = self._phrasings.near(index)
        if self.site.guarded:
            asked = self.questions[index].text
            known = [near for near in known if not told_apart(asked, near.question)]
        return candidate(known)

    def _admits(self, index: int, found: Candidate) -> bool:
        if not self.site.guarded:
            return self.gate.threshold is not None and found.cosine >= self.gate.threshold
        return self.gate.admits(found, strict=not guards.read(self.questions[index].text).english)

    @property
    def _audit_share(self) -> float:
        return self.site.audit_share if self.site.guarded else 0.0

    def _is_wrong(self, index: int, found: Candidate) -> bool:
        return self.questions[found.answer_id].intent != self.questions[index].intent

    def _learn(self, decision: Decision, *, was_hit: bool) -> None:
        self._decisions.append(decision)
        if was_hit:
            self._audits.append(decision.wrong)
        if self.site.target is not None:
            self._close_if_broken(self.site.target)
            self._calibrate_if_due(self.site.target)

    def _close_if_broken(self, target: float) -> None:
        if self.gate.state != CLOSED and calibrating.is_broken(sum(self._audits), len(self._audits), target):
            self.outcome.closed += 1
            self._become(Gate(CLOSED, self.gate.threshold))

    def _calibrate_if_due(self, target: float) -> None:
        done = self.outcome.calibrations
        last = done[-1].learned_from + done[-1].tested_on if done else 0
        number = len(done) + 1
        if calibrating.decisions_missing(len(self._decisions), last=last, target=target, number=number):
            return
        done.append(calibrating.calibrate(self._decisions, target=target, number=number))
        found = done[-1].gate(self.gate.threshold)
        if found is not None:
            self._become(found)

    def _become(self, gate: Gate) -> None:
        self.gate = gate
        self._audits.clear()


def run(questions: Sequence[Question], vectors: Vectors, site: Site) -> Outcome:
    """Put the questions in their order; vectors: one row of length 1 a question."""
    return Stream(questions, vectors, site).run()


def plain_threshold(questions: Sequence[Question], vectors: Vectors, hit_rate: float) -> tuple[float, Tally]:
    """The plain threshold that reaches about this hit rate in the stream, and how it fares."""
    low, high = 0.0, 1.0
    threshold, tally = 1.0, Tally()
    for _ in range(HALVINGS):
        threshold = (low + high) / 2
        tally = run(questions, vectors, Site(Gate(GUARDED, threshold), guarded=False)).total
        low, high = (threshold, high) if tally.hit_rate > hit_rate else (low, threshold)
    return threshold, tally


def least_threshold(
    questions: Sequence[Question], vectors: Vectors, *, thresholds: Sequence[float], target: float
) -> float | None:
    """The least of the thresholds at which a guarded gate keeps to the target in the stream; None if none does.

    Each has its upper limit, and all of them hold together with a probability of 95 %.
    """
    alpha = calibrating.ALPHA / len(thresholds)
    for threshold in sorted(thresholds):
        found = run(questions, vectors, Site(Gate(GUARDED, threshold))).total
        if bounds.upper(found.wrong, found.hits, alpha) <= target:
            return threshold
    return None
