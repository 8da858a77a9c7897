"""Limits of a share."""

import pytest

from chat.cache import bounds

# (cases, trials, alpha, lower, upper), as tables of exact binomial limits give them
TABLE = [
    (0, 10, 0.025, 0.0, 0.3085),
    (1, 10, 0.025, 0.0025, 0.4450),
    (5, 10, 0.025, 0.1871, 0.8129),
    (10, 10, 0.025, 0.6915, 1.0),
    (10, 100, 0.025, 0.0490, 0.1762),
    (4, 50, 0.05, 0.0278, 0.1738),
]


@pytest.mark.parametrize(("cases", "trials", "alpha", "lower", "upper"), TABLE)
def test_limits_are_those_of_the_tables(cases, trials, alpha, lower, upper):
    assert bounds.lower(cases, trials, alpha) == pytest.approx(lower, abs=1e-4)
    assert bounds.upper(cases, trials, alpha) == pytest.approx(upper, abs=1e-4)


@pytest.mark.parametrize("trials", [1, 59, 5_000, 200_000])
@pytest.mark.parametrize("alpha", [0.05, 1e-9])
def test_without_a_case_the_limit_has_a_formula(trials, alpha):
    assert bounds.upper(0, trials, alpha) == pytest.approx(1 - alpha ** (1 / trials), rel=1e-9)
    assert bounds.lower(trials, trials, alpha) == pytest.approx(alpha ** (1 / trials), rel=1e-9)


def test_a_limit_is_where_so_few_cases_become_unlikely():
    trials, cases, alpha = 400, 3, 0.01
    share = bounds.upper(cases, trials, alpha)

    probability = sum(
        bounds.math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(cases + 1)
    )

    assert probability == pytest.approx(alpha, rel=1e-9)


@pytest.mark.parametrize(("target", "needed"), [(0.01, 299), (0.02, 149), (0.05, 59)])
def test_so_many_trials_without_a_case_are_just_enough(target, needed):
    assert bounds.trials_needed(target, 0.05) == needed
    assert bounds.upper(0, needed, 0.05) <= target < bounds.upper(0, needed - 1, 0.05)


def test_without_trials_everything_is_possible():
    assert (bounds.lower(0, 0, 0.05), bounds.upper(0, 0, 0.05)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("cases", "trials", "alpha"), [(-1, 5, 0.05), (6, 5, 0.05), (1, 5, 0.0), (1, 5, 1.0)]
)
def test_what_cannot_be_is_refused(cases, trials, alpha):
    with pytest.raises(ValueError, match="no limits"):
        bounds.upper(cases, trials, alpha)
    with pytest.raises(ValueError, match="no limits"):
        bounds.lower(cases, trials, alpha)
