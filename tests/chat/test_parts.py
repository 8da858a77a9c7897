"""Messages that ask several things at once."""

import pytest

from chat.parts import joined, parts
from knowledge.retrieval import Passage, Search


def asked(message):
    return [part.question for part in parts(message)]


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        (
            "How hot should the water heater be? And how do I seal air leaks?",
            ["How hot should the water heater be?", "how do I seal air leaks?"],
        ),
        (
            "How hot should the heater be and what does the tank hold?",
            ["How hot should the heater be", "what does the tank hold?"],
        ),
        (
            "Who may park here, and is there a fee on Sundays? Where do bicycles go?",
            ["Who may park here", "is there a fee on Sundays?", "Where do bicycles go?"],
        ),
        (
            "My tank is new. How is it set? And what does it hold?",
            ["My tank is new. How is it set?", "what does it hold?"],
        ),
        (
            "Wie heiß soll der Boiler sein und wie dichte ich Fenster ab?",
            ["Wie heiß soll der Boiler sein", "wie dichte ich Fenster ab?"],
        ),
        (
            "¿Qué hora es aquí? ¿Y cuánto cuesta el billete?",
            ["¿Qué hora es aquí?", "¿Y cuánto cuesta el billete?"],
        ),
        (
            'What does the "Do you smoke?" form ask? And who reads the form?',
            ['What does the "Do you smoke?" form ask?', "who reads the form?"],
        ),
        (
            'How long is the 12" pipe? And how long is the 6" pipe?',
            ['How long is the 12" pipe?', 'how long is the 6" pipe?'],
        ),
        ("水箱应该设置多少度？窗户怎么密封？", []),  # no spaces: words cannot be counted
    ],
)
def test_a_message_is_taken_apart_where_another_question_begins(message, questions):
    assert asked(message) == questions


@pytest.mark.parametrize(
    "message",
    [
        "",
        "?",
        "How hot should the water heater be?",
        "How do I save on heating and cooling?",
        "Which models read images and can be used with tools?",
        "What happens to people who rent and who own no house?",
        "I have a heat pump. How do I defrost it?",
        "The heater is cold? It was warm yesterday.",
        "Why? And how hot should it be?",
        'What does the sign "Are you lost? And how do I get home?" mean?',
        "What does „Wie geht es? Und was macht er?“ in the letter say about him?",
        "Which error does `a ? b : c? and what is d` give in a template?",
        "Is it a pump? Is it a fan? Is it a lamp? Is it a bell? Is it a clock?",
    ],
)
def test_one_question_stays_whole(message):
    assert parts(message) == []


def test_a_part_that_refers_back_is_searched_with_what_it_refers_to():
    _, second = parts("How do I flush the tank? And how often is it done?")

    assert second.question == "how often is it done?"
    assert second.search == "How do I flush the tank? how often is it done?"


def passage(chunk, score):
    return Passage(
        chunk_ids=(chunk,), chunk_starts=(0,), source_id=chunk, revision_id=1, ordinal=0, title="", heading="", text="",
        start=0, page=None, last_page=None, page_breaks=(), url="", read_at=None, score=score, cosine=None, bm25=0.0,
        matched=(),
    )  # fmt: skip


def found(*passages, weights=None, degraded=""):
    return Search(passages, weights or {}, 0.42, degraded)


def test_the_best_of_each_search_are_kept_once_and_best_first():
    whole = found(passage(1, 0.5), passage(2, 0.45), passage(3, 0.44), passage(4, 0.43))
    first = found(passage(1, 0.9), passage(5, 0.6))
    second = found(passage(6, 0.8), passage(7, 0.1))

    together = joined([whole, first, second])

    assert [(one.chunk_ids[0], one.score) for one in together.passages] == [
        (6, 0.8), (5, 0.6), (1, 0.5), (2, 0.45), (3, 0.44),
    ]  # fmt: skip


def test_what_answers_nothing_adds_nothing_but_its_words():
    unanswerable = found(passage(9, 0.41), weights={"cat": 7.0}, degraded="no vectors")
    together = joined([unanswerable, found(passage(1, 0.9), weights={"heater": 3.0}), unanswerable])

    assert [one.chunk_ids for one in together.passages] == [(1,)]
    assert together.term_weights == {"cat": 7.0, "heater": 3.0}
    assert (together.floor, together.degraded) == (0.42, "no vectors")


def test_blanks_are_no_reason_to_search_for_long():
    assert [
        part.question for part in parts(f"What is it worth?{' ' * 100_000}And{' ' * 100_000}how is it paid?")
    ] == [
        "What is it worth?",
        "how is it paid?",
    ]
