"""Hit rate and wrong share by threshold."""

import json

import numpy as np
import pytest

from chat.cache import measuring
from chat.cache.measuring import QuestionsError
from chat.cache.simulation import Question

# Two questions on heating, two on lighting; the last one on lighting lies nearer to heating.
QUESTIONS = [
    Question("and this?", "heating"),
    Question("and this?", "heating"),
    Question("and this?", "lighting"),
    Question("and this?", "lighting"),
]


def unit(*degrees: float) -> np.ndarray:
    turned = np.radians(degrees)
    return np.column_stack([np.cos(turned), np.sin(turned)]).astype(np.float32)


VECTORS = unit(0, 10, 60, 25)


def line(**row: object) -> str:
    return json.dumps(row)


def test_each_question_meets_all_others_but_itself():
    asked = measuring.ask_all(QUESTIONS, VECTORS, phrasings=None)

    assert [one.plain.cosine for one in asked] == pytest.approx(
        np.cos(np.radians([10, 10, 35, 15])), abs=1e-5
    )
    assert [one.plain_right for one in asked] == [True, True, True, False]


@pytest.mark.parametrize(
    ("way", "threshold", "hits", "wrong"),
    [
        ("plain", 0.9, 3, 1),
        ("plain", 0.8, 4, 1),
        ("plain", 0.99, 0, 0),
        ("margin", 0.9, 2, 1),
        ("both", 0.97, 2, 0),
    ],
)
def test_a_way_serves_by_cosine_and_by_margin(way, threshold, hits, wrong):
    asked = measuring.ask_all(QUESTIONS, VECTORS, phrasings=None)

    served = measuring.served(asked, way, threshold)

    assert (served.asked, served.hits, served.wrong) == (4, hits, wrong)


def test_guards_keep_opposites_from_each_other():
    opposites = [
        Question("How do I turn the heater on?", "on"),
        Question("How do I turn the heater off?", "off"),
        Question("How do I switch the heater off?", "off"),
    ]
    asked = measuring.ask_all(opposites, unit(0, 5, 12), phrasings=None)

    assert measuring.served(asked, "plain", 0.9).wrong == 2
    assert measuring.served(asked, "guards", 0.9).wrong == 0
    assert measuring.served(asked, "guards", 0.9).hits == 2


def test_so_many_phrasings_are_known_and_the_others_are_asked():
    asked = measuring.ask_all(QUESTIONS, VECTORS, phrasings=1)

    assert len(asked) == 2


def test_a_plain_threshold_with_as_many_hits_is_found():
    asked = measuring.ask_all(QUESTIONS, VECTORS, phrasings=None)

    threshold, plain = measuring.plain_at(asked, 2)

    assert threshold == pytest.approx(np.cos(np.radians(10)), abs=1e-5)
    assert (plain.hits, plain.wrong) == (2, 0)
    assert measuring.plain_at(asked, 0)[1].hits == 0


def test_more_questions_than_a_block_holds_are_all_asked():
    amount = measuring.BLOCK + 5
    many = [Question(f"about tree {number % 2}", str(number % 2)) for number in range(amount)]
    done: list[int] = []

    asked = measuring.ask_all(
        many, unit(*[90 * (n % 2) for n in range(amount)]), phrasings=None, on_progress=done.append
    )

    assert len(asked) == amount
    assert all(one.plain_right for one in asked)
    assert done == [measuring.BLOCK]


def test_lines_become_questions():
    lines = [
        line(text="a b", intent="x", split="train"),
        "",
        line(text="c", intent="x"),
        line(text="d", intent="y"),
    ]

    assert measuring.questions_of(lines) == [Question("a b", "x"), Question("c", "x"), Question("d", "y")]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{}"], "Line 1 is not JSON"),
        ([line(text="a", intent="x"), "rubbish"], "Line 2 is not JSON"),
        (["[1]"], "Line 1 is not JSON"),
        ([line(text=" ", intent="x")], 'Line 1: "text" and "intent" must be words'),
        ([line(text="a", intent=7)], 'Line 1: "text" and "intent" must be words'),
        ([], "two intents"),
        ([line(text="a", intent="x"), line(text="b", intent="x")], "two intents"),
        ([line(text="a", intent="x"), line(text="b", intent="y")], "No two questions have the same intent"),
    ],
)
def test_a_file_that_cannot_be_measured_is_refused_with_a_sentence(lines, said):
    with pytest.raises(QuestionsError, match=said):
        measuring.questions_of(lines)
