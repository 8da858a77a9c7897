"""Learns from labelled decisions how sure the cache must be, and tests that on decisions it did not learn from.

A score is learned on every second decision. Five nested regions of that score are fixed before a label of the other
half is looked at; on that half each region's share of wrong answers gets an upper limit. All five hold together, and
all attempts of a gate together, with a probability of 95 %: an attempt spends half of what the attempts before it have
left, and a region a fifth of that. So the largest region whose limit is under the target may be chosen, and chosen anew
when the target changes.

Hits are labelled only as often as they are audited, near misses always: the labelled decisions are the harder ones of
their region, and the limit errs towards caution.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chat.cache import bounds
from chat.cache.gate import CALIBRATED, Gate

ALPHA = 0.05
"""The probability that any attempt of a gate ever promises too much."""
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Of the decisions that were learned from, those with the highest scores: the regions."""
LIKELY = 0.4
"""The region for which the first attempt waits."""
PRIOR = (0.0, 1.0, 1.0, 1.0)
"""Weights of the standardised features as long as nothing else is known: each speaks for the answer."""
ROUNDS = 50

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Decision:
    """A candidate as it was, and whether its answer would have been wrong."""

    cosine: float
    margin: float
    votes: float
    wrong: bool
    """What comparing could not tell counts as wrong."""


@dataclass(frozen=True)
class Region:
    """The decisions from a score on."""

    least_score: float
    n: int
    wrong: int
    bound: float
    """Upper limit of the share of wrong answers."""
    served: float
    """Share of all tested decisions that lie in it."""


@dataclass(frozen=True)
class Calibration:
    """What one attempt found."""

    number: int
    target: float
    alpha: float
    learned_from: int
    tested_on: int
    weights: tuple[float, ...]
    regions: tuple[Region, ...]
    """The smallest first."""
    chosen: int | None
    """Index of the largest region that keeps to the target; None if none does."""

    def gate(self, threshold: float | None) -> Gate | None:
        """The gate that it makes, if it has found one."""
        if self.chosen is None:
            return None
        return Gate(CALIBRATED, threshold, self.weights, self.regions[self.chosen].least_score)


def alpha_of(number: int) -> float:
    """The error probability that an attempt may spend, counted from 1."""
    return float(ALPHA / 2**number)


def decisions_needed(target: float, number: int) -> int:
    """Labelled decisions from which on the attempt may succeed, if none is wrong in LIKELY of those it is tested on.

    With fewer, a larger region would have to be without an error, near misses included: an attempt for nothing.
    """
    return math.ceil(2 * bounds.trials_needed(target, alpha_of(number) / len(SHARES)) / LIKELY)


def decisions_missing(labelled: int, *, last: int, target: float, number: int) -> int:
    """How many more there must be for the next attempt: enough to succeed, and twice as many as for the last one."""
    return max(0, decisions_needed(target, number) - labelled, 2 * last - labelled)


def is_broken(different: int, audited: int, target: float) -> bool:
    """Whether the audit shows that more hits are wrong than the target allows.

    One wrong answer alone shows nothing: it may be a slip of whoever compared.
    """
    return different > 1 and bounds.lower(different, audited, ALPHA) > target


def calibrate(decisions: Sequence[Decision], *, target: float, number: int) -> Calibration:
    """Attempt `number` (from 1) on the decisions, in the order in which they were made."""
    features = np.array([(d.cosine, d.margin, d.votes) for d in decisions], dtype=float).reshape(-1, 3)
    wrong = np.array([d.wrong for d in decisions], dtype=bool)
    even = np.arange(len(decisions)) % 2 == 0
    weights = learn(features[even], ~wrong[even])
    scores = weights[0] + features @ weights[1:]
    admissible = features[:, 1] > 0
    alpha = alpha_of(number)
    regions = tuple(
        _tested(least, scores[~even], admissible[~even], wrong[~even], alpha / len(SHARES))
        for least in _least_scores(scores[even & admissible])
    )
    return Calibration(
        number=number,
        target=target,
        alpha=alpha,
        learned_from=int(even.sum()),
        tested_on=int((~even).sum()),
        weights=tuple(map(float, weights)),
        regions=regions,
        chosen=choose([region.bound for region in regions], target),
    )


def choose(limits: Sequence[float], target: float) -> int | None:
    """The last, and so the largest, region whose limit keeps to the target."""
    return max((index for index, bound in enumerate(limits) if bound <= target), default=None)


def learn(features: Numbers, right: NDArray[np.bool_], *, penalty: float = 1.0) -> Numbers:
    """Intercept and weights of a logistic regression, one row of features a decision.

    Iteratively reweighted least squares with a quadratic penalty, on standardised features, drawn towards PRIOR: with
    few decisions, or none that was wrong, it stays near that.
    """
    if not len(features):
        return np.array(PRIOR)
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread[spread < 1e-9] = 1.0
    rows = np.column_stack([np.ones(len(features)), (features - centre) / spread])
    prior, weights = np.array(PRIOR), np.array(PRIOR)
    for _ in range(ROUNDS):
        odds = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (right - odds) - penalty * (weights - prior)
        curve = (rows * (odds * (1 - odds))[:, None]).T @ rows + penalty * np.eye(len(prior))
        step = np.linalg.solve(curve, slope)
        longest = float(np.abs(step).max())
        weights = weights + step / max(longest, 1.0)  # a longer one may overshoot, and then runs away
        if longest < 1e-8:
            break
    slopes = weights[1:] / spread
    return np.concatenate([[weights[0] - slopes @ centre], slopes])


def _least_scores(scores: Numbers) -> list[float]:
    if not len(scores):
        return []
    return [float(least) for least in np.quantile(scores, [1 - share for share in SHARES])]


def _tested(
    least: float, scores: Numbers, admissible: NDArray[np.bool_], wrong: NDArray[np.bool_], alpha: float
) -> Region:
    within = admissible & (scores >= least)
    n, errors = int(within.sum()), int((within & wrong).sum())
    return Region(least, n, errors, bounds.upper(errors, n, alpha), n / max(len(scores), 1))
