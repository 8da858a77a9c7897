"""Which answer might be given, and whether it may."""

import pytest

from chat.cache.gate import CALIBRATED, CLOSED, GUARDED, Candidate, Gate, Neighbour, candidate

HEATING, LIGHTING = 1, 2


def near(answer: int, cosine: float, *, same: bool = True) -> Neighbour:
    return Neighbour(answer, f"question {answer} {cosine}", cosine, same)


def found(cosine: float = 0.9, margin: float = 0.3, votes: float = 1.0) -> Candidate:
    return Candidate(HEATING, "How do I heat?", cosine, margin, votes)


# --- the candidate


def test_the_nearest_phrasing_names_the_answer():
    chosen = candidate([near(HEATING, 0.9), near(LIGHTING, 0.7), near(HEATING, 0.6)])

    assert chosen.answer_id == HEATING
    assert chosen.question == "question 1 0.9"
    assert chosen.cosine == 0.9


@pytest.mark.parametrize(
    ("neighbours", "margin", "votes"),
    [
        ([near(HEATING, 0.9)], 0.9, 1.0),
        ([near(HEATING, 0.9), near(HEATING, 0.8)], 0.9, 1.0),
        ([near(HEATING, 0.9), near(LIGHTING, 0.7)], 0.2, 0.5),
        ([near(HEATING, 0.9), near(HEATING, 0.8), near(LIGHTING, 0.6)], 0.3, 2 / 3),
        ([near(HEATING, 0.9), near(HEATING, 0.8, same=False)], 0.1, 0.5),
        ([near(HEATING, 0.95, same=False), near(HEATING, 0.9)], -0.05, 0.5),
        # that it does not ask for another answer says nothing about this one
        ([near(LIGHTING, 0.95, same=False), near(HEATING, 0.9)], 0.9, 1.0),
        ([near(HEATING, 0.9), *[near(HEATING, 0.8)] * 9, near(LIGHTING, 0.7)], 0.2, 1.0),
    ],
)
def test_margin_and_votes_count_what_speaks_for_and_against(neighbours, margin, votes):
    chosen = candidate(neighbours)

    assert chosen.answer_id == HEATING
    assert chosen.margin == pytest.approx(margin)
    assert chosen.votes == pytest.approx(votes)


@pytest.mark.parametrize("neighbours", [[], [near(HEATING, 0.9, same=False)]])
def test_nothing_that_asks_for_an_answer_gives_no_candidate(neighbours):
    assert candidate(neighbours) is None


@pytest.mark.parametrize(
    ("speaking", "left"),
    [
        ([near(LIGHTING, 0.8), *[near(HEATING, 0.7)] * 8], 2),  # ten have voted, and one speaks against it
        ([near(HEATING, 0.8)] * 9, 1),  # nothing has told the margin before the next one
        ([near(HEATING, 0.8)] * 9 + [near(LIGHTING, 0.7)], 2),
    ],
)
def test_no_more_neighbours_are_taken_than_margin_and_votes_need(speaking, left):
    farthest = [near(LIGHTING, 0.5), near(LIGHTING, 0.4)]
    coming = iter([near(HEATING, 0.9), *speaking, *farthest])

    candidate(coming)

    assert len(list(coming)) == left


# --- the gate


@pytest.mark.parametrize(("cosine", "worth"), [(0.81, True), (0.59, False)])
def test_what_lies_much_farther_than_the_threshold_is_worth_no_comparison(cosine, worth):
    assert Gate(GUARDED, 0.8).compares(cosine) is worth


def test_nothing_is_compared_before_the_threshold_is_measured():
    assert not Gate(GUARDED, None).compares(1.0)


@pytest.mark.parametrize(
    ("cosine", "margin", "admitted"),
    [(0.8, 0.1, True), (0.799, 0.5, False), (0.99, 0.099, False), (0.99, 0.0, False), (0.99, -0.1, False)],
)
def test_while_guarded_cosine_and_margin_decide(cosine, margin, admitted):
    assert Gate(GUARDED, 0.8).admits(found(cosine, margin)) is admitted


def test_the_margin_goes_by_the_scale_of_the_embedder():
    assert not Gate(GUARDED, 0.6).admits(found(0.9, margin=0.1))
    assert Gate(GUARDED, 0.9).admits(found(0.9, margin=0.1))


@pytest.mark.parametrize(("margin", "admitted"), [(0.2, True), (0.1, False)])
def test_while_calibrated_the_score_decides(margin, admitted):
    gate = Gate(CALIBRATED, 0.8, weights=(-2.0, 1.0, 10.0, 1.0), least_score=1.0)

    assert gate.admits(found(0.5, margin, votes=0.5)) is admitted


def test_a_score_never_admits_without_a_margin():
    gate = Gate(CALIBRATED, 0.8, weights=(5.0, 1.0, 1.0, 1.0), least_score=0.0)

    assert not gate.admits(found(0.99, margin=0.0))


@pytest.mark.parametrize(("cosine", "admitted"), [(0.89, False), (0.91, True)])
@pytest.mark.parametrize(
    "gate", [Gate(GUARDED, 0.8), Gate(CALIBRATED, 0.8, weights=(9.0, 1.0, 1.0, 1.0), least_score=0.0)]
)
def test_where_fewer_guards_hold_more_likeness_is_asked_for(gate, cosine, admitted):
    assert gate.admits(found(cosine))
    assert gate.admits(found(cosine), strict=True) is admitted


@pytest.mark.parametrize("gate", [Gate(CLOSED, 0.8), Gate(GUARDED, None)])
def test_closed_or_not_measured_admits_nothing(gate):
    assert not gate.admits(found(1.0, 1.0, 1.0))


def test_the_score_without_weights_is_the_cosine():
    assert Gate(GUARDED, 0.8).score(found(0.87)) == 0.87
