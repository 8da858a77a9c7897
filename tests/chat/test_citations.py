"""Marks of answers, and whether the passages bear what is said."""

import pytest

from chat.citations import check, cited_numbers, locate, without_marks
from tests.chat.passages import Passage

HEATER = Passage(
    1, "Set the thermostat on your water heater to 120°F. A new one costs $1,000.", title="Guide"
)
DUCTS = Passage(2, "Insulating ducts is cheap. Leaky ducts waste 12.5% of the heat.", heading="Air ducts")
FANS = Passage(3, "Ceiling fans help. In German: Ventilatoren sparen Strom.")
PASSAGES = [HEATER, DUCTS, FANS]


def parts(answer, ranges):
    return [answer.text[start:end] for start, end in ranges]


@pytest.mark.parametrize(
    ("written", "normal", "cited"),
    [
        ("a [1].", "a [1].", [1]),
        ("a [2] b [1] c [2].", "a [2] b [1] c [2].", [2, 1]),
        ("a [1, 2].", "a [1][2].", [1, 2]),
        ("a [1,2; 3].", "a [1][2][3].", [1, 2, 3]),
        ("a [1 and 3].", "a [1][3].", [1, 3]),
        ("a [1][2].", "a [1][2].", [1, 2]),
        ("a [1-3].", "a [1][2][3].", [1, 2, 3]),
        ("a [2–3].", "a [2][3].", [2, 3]),
        ("a [1, 1].", "a [1].", [1]),
        ("a【1】.", "a[1].", [1]),
        ("a 【2†source】.", "a [2].", [2]),
        ("a [^1].", "a [1].", [1]),
        ("a [^1^].", "a [1].", [1]),
        ("a [[1]].", "a [1].", [1]),
        ("a [#3].", "a [3].", [3]),
        ("a [Passage 1].", "a [1].", [1]),
        ("a [passages 1 and 2].", "a [1][2].", [1, 2]),
        ("a [Source 1, Source 3].", "a [1][3].", [1, 3]),
        ("a [1](https://evil.example/?q=secret).", "a [1].", [1]),
        ("a [4].", "a.", []),
        ("a [0] b.", "a b.", []),
        ("a [1, 9].", "a [1].", [1]),
        ("a [1-999].", "a [1][2][3].", [1, 2, 3]),
        ("a[1] b", "a[1] b", [1]),
        ("in [2024] and [see 1]", "in [2024] and [see 1]", []),
        ("`x[1]` y [2]", "`x[1]` y [2]", [2]),
        ("```\nx[9]\n``` y [2]", "```\nx[9]\n``` y [2]", [2]),
        ("```\nx[9] unfinished", "```\nx[9] unfinished", []),
        ("https://a.example/b[9]c", "https://a.example/b[9]c", []),
        ("https://a.example/d[1].", "https://a.example/d[1].", [1]),
        ("", "", []),
    ],
)  # fmt: skip
def test_marks_take_one_form_and_name_existing_passages_only(written, normal, cited):
    answer = check(written, PASSAGES)

    assert answer.text == normal
    assert list(answer.cited) == cited == cited_numbers(written, available=3)


def test_only_the_numbers_that_passages_really_have_exist():
    assert check("a [1] b [5].", [Passage(5, "five")]).text == "a b [5]."


def test_marks_can_be_taken_out():
    assert without_marks("Hot [1], very [2, 3]. `x[1]`") == "Hot, very. `x[1]`"


@pytest.mark.parametrize(
    "sentence",
    [
        "Set the water heater to 120 °F [1].",
        "The thermostats of water heaters should be set to 120 °F [1].",
        "A new water heater costs 1000 dollars [1].",
        "Insulation of ducts is cheap [2].",
        "Leaky ducts waste 12.50% of the heat [2].",
        "According to the guide, the heater belongs at 120 °F. [1]",
        "Heaters at 120°F and cheap duct insulation go together [1][2].",
        "1. Set the thermostat to 120°F [1]",
        "Yes [1].",
    ],
)
def test_what_a_passage_says_is_supported_also_in_other_words(sentence):
    assert check(sentence, PASSAGES).unsupported == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Set the water heater to 140 °F [1].",
        "Leaky ducts waste 125% of the heat [2].",
        "Set the water heater to 120 °F [2].",
        "Insulating windows triples the value of a mansion [2].",
        "Romans invented underfloor heating long ago [1].",
    ],
)
def test_a_sentence_with_another_figure_or_mostly_other_words_is_unsupported(sentence):
    answer = check(f"Insulating ducts is cheap [2]. {sentence}", PASSAGES)

    assert parts(answer, answer.unsupported) == [sentence]


def test_of_a_translation_only_the_figures_are_judged():
    german = "Stellen Sie den Boiler auf 120 °F ein, dann ist das Wasser für die Küche heiß genug [1]."
    passage = [
        Passage(1, "Set the thermostat on your water heater to 120°F and you will have water that is hot.")
    ]

    assert check(german, passage).unsupported == ()
    assert check(german.replace("120", "140"), passage).unsupported == ((0, len(german)),)


def test_statements_without_a_mark_are_reported_apart():
    answer = check(
        "This helps:\n\n- Set the water heater lower [1].\n- Close the fireplace damper tightly.\n\nMore?",
        PASSAGES,
    )

    assert parts(answer, answer.uncited) == ["Close the fireplace damper tightly."]
    assert answer.unsupported == ()


def test_code_and_addresses_are_no_statements():
    answer = check("`rm water heater furnace` https://a.example/very/long/water/heater/path\n", PASSAGES)

    assert answer.uncited == () and answer.unsupported == ()


@pytest.mark.parametrize("piece", ["[", " ", "[1", "[1,", "`", "http://", "[1-", "[passage ", "x[1].", "【"])
def test_hostile_answers_of_great_length_are_checked_too(piece):
    assert check(piece * 20_000, PASSAGES).text.startswith(piece.strip()[:1])


PAGES = "Close the blinds at night.\nSet the heater to 120 degrees.\nInsulate the first pipes."


@pytest.mark.parametrize(
    ("answer", "number", "words"),
    [
        ("Set it to 120 degrees [1].", 1, "Set the heater"),
        ("Pipes are worth insulating [2]. Close the blinds [1].", 2, "Insulate"),
        ("Pipes are worth insulating [2]. Close the blinds [1].", 1, "Close"),
        ("Nothing of the kind [1].", 1, "Close"),
        ("Set it to 120 degrees [1].", 3, "Close"),
    ],
)
def test_the_sentence_that_a_mark_rests_on_is_found(answer, number, words):
    assert PAGES[locate(answer, number, PAGES) :].startswith(words)
