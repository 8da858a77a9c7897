"""How large, and how small, a share may be in truth, after so many cases of so many trials.

One-sided limits of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of the
binomial", Biometrika 26, 1934). They are quantiles of a beta distribution; here the binomial tail that defines them is
solved for the share itself, so that nothing but the tail has to be computed.
"""

import math
from collections.abc import Callable

import numpy as np

HALVINGS = 60
"""Of the interval from 0 to 1: finer than a float near 1."""


def upper(cases: int, trials: int, alpha: float) -> float:
    """The share that is exceeded with a probability of at most alpha; 1.0 without trials."""
    _check(cases, trials, alpha)
    if cases == trials:
        return 1.0
    return _solve(lambda share: _at_most(cases, trials, share) > alpha)


def lower(cases: int, trials: int, alpha: float) -> float:
    """The share that is fallen short of with a probability of at most alpha; 0.0 without cases."""
    _check(cases, trials, alpha)
    if cases == 0:
        return 0.0
    return _solve(lambda share: 1.0 - _at_most(cases - 1, trials, share) <= alpha)


def trials_needed(share: float, alpha: float) -> int:
    """Trials without a single case after which the upper limit is at most this share."""
    return math.ceil(math.log(alpha) / math.log1p(-share))


def _check(cases: int, trials: int, alpha: float) -> None:
    if not (0 <= cases <= trials and 0.0 < alpha < 1.0):
        raise ValueError(f"no limits for {cases} of {trials} at {alpha}")


def _solve(is_below: Callable[[float], bool]) -> float:
    """Where a condition that holds for small shares stops holding."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return high


def _at_most(cases: int, trials: int, share: float) -> float:
    """The probability of no more than so many cases, summed by logarithms: no term overflows or vanishes early."""
    some = np.arange(1, cases + 1)
    choices = np.concatenate([[0.0], np.cumsum(np.log(trials - some + 1) - np.log(some))])
    counts = np.arange(cases + 1)
    terms = choices + counts * math.log(share) + (trials - counts) * math.log1p(-share)
    largest = float(terms.max())
    return min(1.0, math.exp(largest) * float(np.exp(terms - largest).sum()))
