"""A stream of questions through the parts that decide."""

import numpy as np
import pytest

from chat.cache import simulation
from chat.cache.gate import GUARDED, Gate
from chat.cache.simulation import Question, Site

NAMES = ["alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ivy", "juniper"]


def stream(
    intents: int, each: int, *, spread: float, seed: int = 0, texts: str = "about {intent}"
) -> tuple[list[Question], np.ndarray]:
    """Questions of intents that lie at right angles, each scattered around its intent; mixed."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(np.repeat(np.arange(intents), each))
    vectors = np.eye(intents, 32)[order] + spread * chance.standard_normal((len(order), 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    questions = [Question(texts.format(intent=NAMES[number]), NAMES[number]) for number in order]
    return questions, vectors.astype(np.float32)


def test_only_the_first_question_of_each_clear_intent_is_answered_afresh():
    questions, vectors = stream(5, 20, spread=0.02)

    outcome = simulation.run(questions, vectors, Site(Gate(GUARDED, 0.8), audit_share=0))

    assert (outcome.total.asked, outcome.total.hits, outcome.total.wrong) == (100, 95, 0)


def test_audited_hits_are_answered_afresh_and_labelled():
    questions, vectors = stream(5, 20, spread=0.02)

    outcome = simulation.run(questions, vectors, Site(Gate(GUARDED, 0.8), audit_share=1))

    assert outcome.total.hits == 0
    assert outcome.labelled >= 95


def test_what_guards_tell_apart_is_not_served():
    questions = [
        Question("How do I turn the heater on?", "on"),
        Question("How do I turn the heater off?", "off"),
    ]
    vectors = np.array([[1.0, 0.0], [0.999, 0.0447]], dtype=np.float32)

    guarded = simulation.run(questions, vectors, Site(Gate(GUARDED, 0.8)))
    plain = simulation.run(questions, vectors, Site(Gate(GUARDED, 0.8), guarded=False))

    assert guarded.total.hits == 0
    assert (plain.total.hits, plain.total.wrong) == (1, 1)


def test_a_question_judged_different_does_not_get_that_answer_again():
    heating, lighting, again = np.array([[1.0, 0.0], [0.75, 0.661], [0.75, 0.661]], dtype=np.float32)
    questions = [
        Question("and this?", "heating"),
        Question("and this?", "lighting"),
        Question("and this?", "lighting"),
    ]

    outcome = simulation.run(
        questions, np.array([heating, lighting, again]), Site(Gate(GUARDED, 0.8), audit_share=0)
    )

    assert (outcome.total.hits, outcome.total.wrong, outcome.labelled) == (1, 0, 1)


def test_the_gate_calibrates_when_there_are_labels_enough():
    questions, vectors = stream(8, 150, spread=0.12)

    outcome = simulation.run(questions, vectors, Site(Gate(GUARDED, 0.8), target=0.05, rated=True))

    assert outcome.calibrations[0].learned_from + outcome.calibrations[0].tested_on == 520
    assert outcome.calibrations[0].chosen is not None
    assert outcome.by_state["calibrated"].hits > 0
    assert outcome.total.wrong_share <= 0.05


def test_the_audit_closes_a_gate_whose_answers_are_wrong():
    subjects = np.eye(100, dtype=np.float32)
    questions = [Question("and this?", str(number)) for number in range(200)]

    outcome = simulation.run(
        questions,
        np.concatenate([subjects, subjects]),
        Site(Gate(GUARDED, 0.8), target=0.02, audit_share=0.5),
    )

    assert outcome.closed == 1
    assert outcome.by_state["closed"].hits == 0


def test_the_same_seed_gives_the_same_run():
    questions, vectors = stream(6, 40, spread=0.15)
    site = Site(Gate(GUARDED, 0.8), audit_share=0.3, seed=7)

    assert simulation.run(questions, vectors, site) == simulation.run(questions, vectors, site)


def test_a_plain_threshold_is_found_for_a_hit_rate():
    questions, vectors = stream(6, 60, spread=0.2)

    threshold, tally = simulation.plain_threshold(questions, vectors, 0.5)

    assert 0 < threshold < 1
    assert tally.hit_rate == pytest.approx(0.5, abs=0.05)


def test_the_least_threshold_that_holds_the_target_is_found():
    questions, vectors = stream(4, 80, spread=0.05)
    by_name = sorted(range(len(questions)), key=lambda index: questions[index].text)

    found = simulation.least_threshold(
        [questions[index] for index in by_name], vectors[by_name], thresholds=(0.9, 0.7), target=0.05
    )

    assert found == 0.7


def test_no_threshold_is_better_than_a_wrong_one():
    questions, vectors = stream(1, 60, spread=0.02)
    lying = [Question("about trees", str(number)) for number in range(len(questions))]

    assert simulation.least_threshold(lying, vectors, thresholds=(0.7,), target=0.05) is None


@pytest.mark.parametrize("count", [1, 3, 10])
def test_the_nearest_come_first(count):
    cosines = np.array([0.1, 0.9, 0.5, 0.7], dtype=np.float32)

    assert list(simulation.nearest(cosines, count)) == [1, 3, 2, 0][:count]
