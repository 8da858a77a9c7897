"""Which questions count as the same words."""

import pytest

from chat.cache.wording import digest, normalised


@pytest.mark.parametrize(
    "other",
    [
        "how do i reset my password",
        "How do I reset my password?",
        "  How do I\n reset  my password ?",
        "HOW DO I RESET MY PASSWORD!!",
        "“How do I reset my password?”",
        "Ｈow do I\u3000reset my password…",
    ],
)
def test_case_spaces_quotation_marks_and_end_punctuation_do_not_count(other):
    assert digest(other) == digest("How do I reset my password?")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Can I pay?", "Can't I pay?"),
        ("What if we're late?", "What if were late?"),
        ("Does it cost 1.5?", "Does it cost 15?"),
        ("Is C++ taught?", "Is C taught?"),
        ("Is a 6' pipe enough?", 'Is a 6" pipe enough?'),
        ("Is a 6′ pipe enough?", "Is a 6″ pipe enough?"),
        ("Is a pipe of 6'?", 'Is a pipe of 6"?'),
        ("Is it 10²?", "Is it 102?"),
        ("Is it 1½?", "Is it 11⁄2?"),
        ("Is H₂O wet?", "Is H2O wet?"),
        ("Wie heiß ist Tee?", "Wie heiter ist Tee?"),
    ],
)
def test_everything_else_counts(one, other):
    assert digest(one) != digest(other)


def test_a_typographic_apostrophe_is_an_apostrophe():
    assert normalised("Don’t") == normalised("don't") == "don't"


def test_marks_after_a_number_count_however_they_are_written():
    assert normalised("a 6″ pipe of 5′") == normalised("a 6” pipe of 5’") == """a 6" pipe of 5'"""


def test_a_quotation_that_ends_with_a_number_is_a_quotation():
    assert normalised('What is "error 404"?') == normalised("What is ‘error 404’?") == "what is error 404"


def test_half_width_characters_are_the_same_as_full_ones():
    assert normalised("ｶﾞｽ") == normalised("ガス")


def test_a_digest_is_64_hexadecimal_digits():
    assert len(digest("x")) == 64
    assert int(digest("x"), 16) >= 0


def test_a_text_of_marks_alone_is_empty():
    assert normalised(" ?! ") == ""
