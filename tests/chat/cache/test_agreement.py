"""Whether two answers say the same, by their texts and what they cite."""

import pytest

from chat.cache.agreement import Answer, compare

SEEN, OTHER = frozenset({"a", "b"}), frozenset({"c"})
HEATER = "Set the water heater to 120 °F to save energy and slow mineral buildup."
COST = "A family of four pays about $ 36 less each year for its hot water."
WARRANTY = "The warranty covers all parts and repairs for two full years."
DRYER = "Clean the lint filter of the dryer after every load."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"{HEATER} [1]", f"{HEATER} [1]"),
        (f"{HEATER} [1]", f"{HEATER} [3][4]"),
        (f"{HEATER} [1] {COST} [2]", f"{COST} [1]\n\n{HEATER} [2]"),
        (f"{HEATER} [1]", HEATER.upper().replace("°F", "°f") + " [1]"),
        (f"- {HEATER} [1]\n- {COST} [1]", f"{HEATER} {COST} [1]"),
        (
            f"{HEATER} [1]",
            "To save energy and slow the mineral buildup, set your water heater to 120 °F [1].",
        ),
        (f"{HEATER} {COST} {WARRANTY} [1]", f"{HEATER} {COST} {WARRANTY} [1] See below."),
    ],
    ids=[
        "equal",
        "other marks",
        "other order",
        "other case",
        "list",
        "other order of words",
        "a few words more",
    ],
)
def test_answers_that_state_the_same_are_the_same(first, second):
    assert compare(Answer(first, SEEN), Answer(second, SEEN)) == "same"
    assert compare(Answer(second, SEEN), Answer(first, SEEN)) == "same"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (HEATER, HEATER.replace("120", "140")),
        (COST, COST.replace("36", "63")),
        (f"{HEATER} {COST} {DRYER}", f"{HEATER} {COST.replace('36', '34')} {DRYER}"),
        (f"{HEATER} [1]", "To slow mineral buildup and save energy, water heaters are set to 140 °F [1]."),
    ],
    ids=["one figure", "figures turned round", "one figure of many", "one figure in other words"],
)
def test_figures_that_contradict_each_other_make_answers_different(first, second):
    assert compare(Answer(first, SEEN), Answer(second, SEEN)) == "different"
    assert compare(Answer(second, SEEN), Answer(first, SEEN)) == "different"


def test_answers_from_other_passages_about_other_things_are_different():
    assert compare(Answer(HEATER, SEEN), Answer(DRYER, OTHER)) == "different"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("You may use it outdoors in the rain.", "You may not use it outdoors in the rain."),
        ("Turn on the pump before you open the valve.", "Turn off the pump before you open the valve."),
        ("Open the valve before you start the pump.", "Open the valve after you start the pump."),
        ("The filter is cleaned every day.", "The filter is never cleaned every day."),
        (HEATER, f"{HEATER} {COST}"),
        (f"{HEATER} {WARRANTY}", f"{HEATER} {DRYER}"),
        (HEATER, "Lowering the temperature of hot water reduces heat losses."),
        ("It costs 5 dollars a month.", "It costs 5 to 9 dollars a month."),
        ("", ""),
        (HEATER, ""),
        ("[1]", "[1]"),
    ],
    ids=[
        "not",
        "on and off",
        "before and after",
        "never",
        "a part of the other",
        "half in common",
        "other words",
        "a figure more",
        "empty",
        "one empty",
        "marks only",
    ],
)
def test_what_the_texts_cannot_tell_is_unsure(first, second):
    assert compare(Answer(first, SEEN), Answer(second, SEEN)) == "unsure"
    assert compare(Answer(second, SEEN), Answer(first, SEEN)) == "unsure"


@pytest.mark.parametrize("cited", [OTHER, frozenset(), None])
def test_the_same_words_from_other_passages_may_answer_something_else(cited):
    assert compare(Answer("No, it is not.", SEEN), Answer("No, it is not.", cited)) == "unsure"


@pytest.mark.parametrize("cited", [SEEN, None])
def test_few_common_words_alone_do_not_make_answers_different(cited):
    assert compare(Answer(HEATER, SEEN), Answer(DRYER, cited)) == "unsure"


def test_answers_in_two_languages_are_not_told_apart_by_their_words():
    german = "Stellen Sie den Boiler nicht zu heiß ein, um Energie zu sparen."

    assert compare(Answer(HEATER, SEEN), Answer(german, OTHER)) == "unsure"
