"""How large, and how small, a share may be in truth, after so many cases of so many trials.

One-sided limits of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of the
binomial", Biometrika 26, 1934). They are quantiles of a beta distribution; here the binomial tail that defines them is
solved for the share itself, so that nothing but the tail has to be computed.
"""

import math

import numpy as np
from numpy.typing import NDArray

FINE = 1e-13
"""How close the limit is found."""


def upper(cases: int, trials: int, alpha: float) -> float:
    """The share that is exceeded with a probability of at most alpha; 1.0 without trials."""
    if not (0 <= cases <= trials and 0.0 < alpha < 1.0):
        raise ValueError(f"no limits for {cases} of {trials} at {alpha}")
    low, high = 0.0, 1.0
    if cases == trials:
        return high
    counts = np.arange(cases + 1)
    ways = _log_ways(cases, trials)
    while high - low > FINE * high:
        middle = (low + high) / 2
        terms = ways + counts * math.log(middle) + (trials - counts) * math.log1p(-middle)
        largest = float(terms.max())  # taken out, so that no term overflows, and none vanishes that counts
        is_likelier = largest + math.log(np.exp(terms - largest).sum()) > math.log(alpha)
        low, high = (middle, high) if is_likelier else (low, middle)
    return high


def lower(cases: int, trials: int, alpha: float) -> float:
    """The share that is fallen short of with a probability of at most alpha; 0.0 without cases."""
    return 1.0 - upper(trials - cases, trials, alpha) if trials else 0.0


def trials_needed(share: float, alpha: float) -> int:
    """Trials without a single case after which the upper limit is at most this share."""
    return math.ceil(math.log(alpha) / math.log1p(-share))


def _log_ways(cases: int, trials: int) -> NDArray[np.float64]:
    """The logarithms of the binomial coefficients "trials over 0" to "trials over cases"."""
    some = np.arange(1, cases + 1)
    return np.concatenate([[0.0], np.cumsum(np.log(trials - some + 1) - np.log(some))])
