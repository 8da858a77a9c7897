"""The part of an address that leads to words of a web page."""

import pytest

from chat.text_fragments import text_fragment, with_text_fragment


def test_a_short_passage_is_named_as_a_whole():
    assert text_fragment("Set the heater to 120 °F.") == "text=Set%20the%20heater%20to%20120%20%C2%B0F."


def test_of_a_long_passage_the_first_and_the_last_words_are_named():
    words = [f"word{number}" for number in range(40)]

    fragment = text_fragment(" ".join(words))

    assert fragment == "text=" + "%20".join(words[:6]) + "," + "%20".join(words[-6:])


def test_a_passage_of_several_paragraphs_begins_in_the_first_and_ends_in_the_last():
    fragment = text_fragment("One two three.\n\nFour five six.\n\nSeven eight nine.")

    assert fragment == "text=One%20two%20three.,Seven%20eight%20nine."


def test_what_means_something_in_a_directive_is_escaped():
    assert text_fragment("low-flow, & more") == "text=low%2Dflow%2C%20%26%20more"


def test_bullets_that_the_page_does_not_hold_as_text_are_left_out():
    assert text_fragment("• Repair leaky faucets") == "text=Repair%20leaky%20faucets"


def test_the_cells_of_a_table_are_apart():
    assert text_fragment("Heat pump water heater | 120 | lasts for ten years") == (
        "text=Heat%20pump%20water%20heater,lasts%20for%20ten%20years"
    )


def test_a_heading_of_one_word_is_no_beginning():
    assert text_fragment("Heating\n\nSet the thermostat lower.") == "text=Set%20the%20thermostat%20lower."


def test_without_anything_longer_the_longest_part_is_named():
    assert text_fragment("Heating\n\nTwo words") == "text=Two%20words"


@pytest.mark.parametrize("nothing", ["", "  \n\n ", "• "])
def test_without_words_there_is_no_fragment(nothing):
    assert text_fragment(nothing) == ""
    assert with_text_fragment("https://example.org/", nothing) == "https://example.org/"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/guide", "https://example.org/guide#:~:text=Set%20it%20lower."),
        ("https://example.org/guide#tips", "https://example.org/guide#tips:~:text=Set%20it%20lower."),
    ],
)
def test_the_fragment_follows_the_address_and_the_place_that_it_names(url, expected):
    assert with_text_fragment(url, "Set it lower.") == expected
