import re
from itertools import pairwise

import pytest

from knowledge.ingestion.split import split
from knowledge.ingestion.split.units import LONGEST_WORD, size_of
from tests.knowledge.ingestion.split.readings import prose, reading, sentence, texts


@pytest.mark.parametrize("empty", ["", " \n\n\f\n "])
def test_no_text_makes_no_piece(empty):
    assert split(reading(empty)) == []


def test_a_short_document_is_one_piece():
    text = "# One\n\nFirst text.\n\n# Two\n\nSecond text.\n\n## Three\n\nThird text."

    pieces = split(reading(text, title="Guide"))

    assert texts(pieces) == [text]
    assert pieces[0].heading_path == ("Guide",)


def test_long_prose_becomes_pieces_of_about_one_size():
    sizes = [size_of(text) for text in texts(split(reading(prose(100))))]

    assert len(sizes) > 4
    assert all(110 <= size <= 220 for size in sizes)


def test_the_last_piece_is_not_tiny():
    pieces = split(reading(prose(23)))  # ten words more than fit

    assert [size_of(piece.text) >= 80 for piece in pieces] == [True, True]


def test_a_paragraph_end_is_preferred_to_a_sentence_end():
    first, second = prose(18), prose(18, words=11)

    pieces = split(reading(f"{first}\n\n{second}"), overlap=0)

    assert texts(pieces) == [first, second]


def test_a_paragraph_end_that_comes_too_early_is_passed_by():
    pieces = split(reading(f"{prose(6)}\n\n{prose(40)}"))

    assert size_of(pieces[0].text) > 110


def test_a_sentence_end_is_preferred_to_a_line_end():
    wrapped = prose(60).replace(" pump ", " pump\n")

    assert all(piece.text.endswith(".") for piece in split(reading(wrapped)))


def test_a_list_stays_with_the_line_that_announces_it():
    text = f"{prose(15)}\n\nYou need:\n\n{prose(20)}"

    pieces = split(reading(text), overlap=0)

    assert not any(piece.text.endswith(":") for piece in pieces)


def test_rows_of_a_table_are_not_cut():
    rows = [f"row {number} | 120 °F | setting {number}" for number in range(200)]

    pieces = split(reading("\n".join(rows)))

    assert len(pieces) > 1
    assert {line for text in texts(pieces) for line in text.splitlines()} == set(rows)


def test_text_without_sentence_ends_is_cut_between_words():
    words = [f"w{number}" for number in range(1_000)]

    pieces = split(reading(" ".join(words)))

    assert " ".join(texts(pieces)).split() == words
    assert all(size_of(piece.text) <= 220 for piece in pieces)


def test_a_long_sentence_is_cut_at_a_comma_where_there_is_one():
    clauses = ", ".join("some words without any end and more" for _ in range(60))

    assert all(text.endswith((",", "more")) for text in texts(split(reading(clauses))))


def test_only_a_word_beyond_the_hard_limit_is_cut():
    code = "Zm9v" * (LONGEST_WORD // 4)
    longer = code + "YmFy"

    assert code in " ".join(texts(split(reading(f"{prose(30)} {code} {prose(30)}"))))
    assert "".join(texts(split(reading(f"{longer}")))) == longer


def test_neighbours_share_whole_sentences_of_up_to_the_overlap():
    pieces = split(reading(prose(100)), overlap=30)

    for one, following in pairwise(pieces):
        shared = one.text[following.start - one.start :]
        assert one.text.endswith(shared)
        assert re.fullmatch(r"(The s\d+ [^.]+\. ?){3}", shared)


def test_a_sentence_longer_than_the_overlap_is_not_shared():
    pieces = split(reading(prose(20, words=40)), overlap=30)

    assert all(one.end <= following.start for one, following in pairwise(pieces))


def test_the_overlap_gives_way_to_a_long_sentence():
    text = f"{prose(8, words=25)} {sentence(210)} {prose(8, words=25)}"

    assert texts(split(reading(text)))[1] == sentence(210)


def test_sections_share_nothing():
    pieces = split(reading(f"# One\n\n{prose(15)}\n\n# Two\n\n{prose(15)}"))

    assert [piece.text for piece in pieces] == [prose(15), prose(15)]
