"""Learning how sure to be, and the promise that comes with it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from chat.cache import bounds, calibrating
from chat.cache.calibrating import Decision
from chat.cache.gate import CALIBRATED

RUNS = 300
TARGET = 0.05

Shape = Callable[[np.ndarray], np.ndarray]


def logistic(features: np.ndarray) -> np.ndarray:
    """The likelier right, the nearer, the clearer and the more agree."""
    return 1 / (1 + np.exp(12 * features[:, 0] + 6 * features[:, 1] + 2 * features[:, 2] - 12))


def just_too_often(features: np.ndarray) -> np.ndarray:
    """Nothing tells right from wrong, and a little more is wrong than the target allows."""
    return np.full(len(features), 1.15 * TARGET)


def cliff(features: np.ndarray) -> np.ndarray:
    """Right above a cosine, a coin below."""
    return np.where(features[:, 0] > 0.85, 0.01, 0.5)


def misleading(features: np.ndarray) -> np.ndarray:
    """Those that look surest are the worst."""
    return np.where(features[:, 0] > 0.93, 0.2, 0.03)


SHAPES = [logistic, just_too_often, cliff, misleading]


def population(chance: np.random.Generator, size: int, shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Features of decisions, and the probability that each is wrong."""
    features = np.column_stack(
        [chance.uniform(0.6, 1.0, size), chance.uniform(-0.05, 0.5, size), chance.integers(1, 11, size) / 10]
    )
    return features, shape(features)


def drawn(chance: np.random.Generator, size: int, shape: Shape) -> list[Decision]:
    features, wrong = population(chance, size, shape)
    return [
        Decision(*map(float, row), bool(chance.random() < p)) for row, p in zip(features, wrong, strict=True)
    ]


def true_share(
    found: calibrating.Calibration, features: np.ndarray, wrong: np.ndarray, least: float
) -> float:
    scores = found.weights[0] + features @ np.array(found.weights[1:])
    within = (scores >= least) & (features[:, 1] > 0)
    return float(wrong[within].mean()) if within.any() else 0.0


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_target_is_exceeded_in_at_most_one_of_twenty_simulated_calibrations(shape):
    chance = np.random.default_rng(20_26)
    features, wrong = population(chance, 20_000, shape)

    broken = 0
    for _ in range(RUNS):
        found = calibrating.calibrate(drawn(chance, 800, shape), target=TARGET, number=1)
        if found.chosen is not None:
            least = found.regions[found.chosen].least_score
            broken += true_share(found, features, wrong, least) > TARGET

    assert broken <= 0.05 * RUNS


def test_a_population_that_can_be_told_apart_is_calibrated():
    chance = np.random.default_rng(1)

    found = calibrating.calibrate(drawn(chance, 4_000, cliff), target=TARGET, number=1)

    gate = found.gate(0.8)
    assert gate.state == CALIBRATED
    assert gate.weights == found.weights
    assert gate.least_score == found.regions[found.chosen].least_score
    assert found.regions[found.chosen].bound <= TARGET


def test_an_attempt_keeps_all_that_it_rests_on():
    chance = np.random.default_rng(2)

    found = calibrating.calibrate(drawn(chance, 1_001, logistic), target=0.05, number=3)

    assert (found.number, found.target, found.alpha) == (3, 0.05, 0.05 / 8)
    assert (found.learned_from, found.tested_on) == (501, 500)
    assert len(found.weights) == 4
    sizes = [region.n for region in found.regions]
    assert len(sizes) == 5
    assert sizes == sorted(sizes)
    for region in found.regions:
        assert region.bound == bounds.upper(region.wrong, region.n, found.alpha / 5)
        assert region.served == region.n / 500


def test_the_regions_do_not_depend_on_the_labels_they_are_tested_on():
    decisions = drawn(np.random.default_rng(3), 600, logistic)
    turned = [
        dataclasses.replace(one, wrong=not one.wrong) if index % 2 else one
        for index, one in enumerate(decisions)
    ]

    first = calibrating.calibrate(decisions, target=TARGET, number=1)
    second = calibrating.calibrate(turned, target=TARGET, number=1)

    assert first.weights == second.weights
    assert [r.least_score for r in first.regions] == [r.least_score for r in second.regions]
    assert [r.n - r.wrong for r in first.regions] == [r.wrong for r in second.regions]


def test_decisions_without_a_margin_are_in_no_region():
    decisions = [Decision(0.9, 0.0, 1.0, wrong=False)] * 400 + [Decision(0.9, 0.2, 1.0, wrong=False)] * 400

    found = calibrating.calibrate(decisions, target=0.05, number=1)

    assert {region.n for region in found.regions} == {200}
    assert found.regions[-1].served == 0.5


@pytest.mark.parametrize("amount", [0, 1, 2, 7])
def test_too_few_decisions_choose_nothing(amount):
    found = calibrating.calibrate([Decision(0.9, 0.2, 1.0, wrong=False)] * amount, target=0.05, number=1)

    assert found.chosen is None
    assert found.gate(0.8) is None


def test_without_an_error_to_learn_from_each_feature_speaks_for_the_answer():
    chance = np.random.default_rng(4)
    features, _ = population(chance, 300, logistic)

    weights = calibrating.learn(features, np.ones(300, dtype=bool))

    assert (weights[1:] > 0).all()
    assert np.isfinite(weights).all()


def test_learning_finds_what_tells_right_from_wrong():
    chance = np.random.default_rng(5)
    features, _ = population(chance, 4_000, logistic)

    weights = calibrating.learn(features, features[:, 1] > 0.2)

    assert weights[2] > 10 * max(abs(weights[1]), abs(weights[3]))
    assert np.isfinite(weights).all()


def test_all_attempts_together_spend_what_one_may():
    assert sum(calibrating.alpha_of(number) for number in range(1, 60)) == pytest.approx(0.05)


@pytest.mark.parametrize(("target", "needed"), [(0.01, 2640), (0.02, 1315), (0.05, 520)])
def test_the_first_attempt_waits_until_it_may_succeed(target, needed):
    assert calibrating.decisions_needed(target, 1) == needed
    assert calibrating.decisions_missing(needed - 1, last=0, target=target, number=1) == 1
    assert calibrating.decisions_missing(needed, last=0, target=target, number=1) == 0


def test_the_next_attempt_waits_for_twice_as_many():
    assert calibrating.decisions_missing(3_000, last=2_000, target=0.02, number=2) == 1_000
    assert calibrating.decisions_missing(4_000, last=2_000, target=0.02, number=2) == 0


@pytest.mark.parametrize(
    ("limits", "chosen"), [([0.01, 0.02, 0.03], 1), ([0.03, 0.02, 0.04], 1), ([0.03], None), ([], None)]
)
def test_the_largest_region_under_the_target_is_chosen(limits, chosen):
    assert calibrating.choose(limits, 0.02) == chosen


@pytest.mark.parametrize(
    ("different", "audited", "broken"),
    [(1, 1, False), (2, 2, True), (2, 40, False), (6, 100, True), (3, 150, False)],
)
def test_an_audit_closes_only_when_it_shows_something(different, audited, broken):
    assert calibrating.is_broken(different, audited, 0.02) is broken
