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
        "Ｈow do I reset my password…",
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
        ("Wie heiß ist Tee?", "Wie heiter ist Tee?"),
    ],
)
def test_everything_else_counts(one, other):
    assert digest(one) != digest(other)


def test_a_typographic_apostrophe_is_an_apostrophe():
    assert normalised("Don’t") == normalised("don't") == "don't"


def test_a_digest_is_64_hexadecimal_digits():
    assert len(digest("x")) == 64
    assert int(digest("x"), 16) >= 0


def test_a_text_of_marks_alone_is_empty():
    assert normalised(" ?! ") == ""
