"""Sentences and words of plain text."""

import pytest

from chat.sentences import content_stems, language, numbers, occurs, sentences, stem


def found(text, **options):
    return [" ".join(text[part.start : part.end].split()) for part in sentences(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It costs 3.50 dollars. Buy it.", ["It costs 3.50 dollars.", "Buy it."]),
        ("Use foam, e.g. Polyurethane. Done.", ["Use foam, e.g. Polyurethane.", "Done."]),
        ("Ask Dr. Smith of the U.S. Army.", ["Ask Dr. Smith of the U.S. Army."]),
        ("He said “Go.” Then he went.", ["He said “Go.”", "Then he went."]),
        ("Said so. [1] Next one [2].", ["Said so. [1]", "Next one [2]."]),
        ("Heading\n\nText here.", ["Heading", "Text here."]),
        ("- one\n- two. Three.\n2. four", ["one", "two.", "Three.", "four"]),
        ("水很热。请小心。", ["水很热。", "请小心。"]),
        ("visit example.org for more.", ["visit example.org for more."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_at_the_ends_of_its_sentences(text, expected):
    assert found(text) == expected


WRAPPED = """\
Water Heating Tips
• Set the thermostat on your water
heater to 120°F to get comfortable
hot water for most uses.
• Look for products with the ENERGY
STAR label.
Solar Heaters
If you heat water with electricity, think
of the sun. See these:
Roof units"""


def test_in_wrapped_text_line_breaks_are_layout_but_headings_and_list_items_stand_alone():
    assert found(WRAPPED, wrapped=True) == [
        "Water Heating Tips",
        "Set the thermostat on your water heater to 120°F to get comfortable hot water for most uses.",
        "Look for products with the ENERGY STAR label.",
        "Solar Heaters",
        "If you heat water with electricity, think of the sun.",
        "See these:",
        "Roof units",
    ]


def test_in_text_with_very_long_lines_each_line_break_means_something():
    long = "A paragraph that goes on and on without any end of line " * 4

    assert found(f"{long}\nnext item\nlast item", wrapped=True) == [long.strip(), "next item", "last item"]


def test_only_the_first_sentence_of_a_list_item_is_bulleted():
    assert [part.bulleted for part in sentences("• One. Two.\n\nThree.")] == [True, False, False]


@pytest.mark.parametrize(
    "words",
    [
        ("heat", "heats", "heater", "heaters", "heating", "heated"),
        ("save", "saves", "saving", "savings", "saved"),
        ("insulate", "insulates", "insulating", "insulation", "insulated"),
        ("city", "cities"),
        ("set", "setting", "settings"),
        ("guide", "guide's", "guide’s", "GUIDES"),
    ],
)
def test_inflections_of_a_word_have_one_stem(words):
    assert len({stem(word) for word in words}) == 1


def test_content_is_what_is_left_without_the_most_frequent_words():
    assert content_stems("What is the cost of a heater?") == content_stems("costs heating")


def test_numbers_are_compared_by_value():
    assert numbers("1,000 or 2.50 or 12,5% and 120°F, R-38") == {"1000", "2.5", "12.5", "120", "38"}
    assert numbers("100") != numbers("10") and numbers("1.25") != numbers("125")


def test_a_compound_counts_as_its_beginning():
    assert occurs(stem("Heizung"), {stem("Heizungsanlage")})
    assert not occurs("car", {"carpet"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is the temperature of the water in my house?", "en"),
        ("Wie heiß ist das Wasser in der Küche, und warum ist es so?", "de"),
        ("Quelle est la température de l'eau dans la maison et pour combien ?", "fr"),
        ("Heater 120 °F", ""),
    ],
)
def test_the_language_is_told_by_its_frequent_words(text, expected):
    assert language(text) == expected
