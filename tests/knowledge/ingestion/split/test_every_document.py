import random
import re
from itertools import pairwise

import pytest

from knowledge.ingestion.document import Reading
from knowledge.ingestion.split import split
from knowledge.ingestion.split.units import LONGEST_WORD, size_of
from tests.knowledge.ingestion.split.readings import prose, reading


def anything(seed: int) -> Reading:
    """Some document: headings of all levels, prose, lists, lines, pages, other scripts, codes."""
    choose = random.Random(seed)
    blocks = []
    for number in range(choose.randint(0, 16)):
        kind = choose.choice(["heading", "prose", "prose", "list", "chinese", "code", "title"])
        blocks.append(
            {
                "heading": "#" * choose.randint(1, 4) + f" Heading {number}",
                "title": "# Guide",
                "prose": prose(choose.randint(1, 40), words=choose.randint(3, 30)),
                "list": "You need:\n" + "\n".join(f"- item {i}" for i in range(choose.randint(1, 90))),
                "chinese": "把热水器设为四十九度，可以节省能源。" * choose.randint(1, 40),
                "code": "QUJD" * choose.randint(1, 1_500),
            }[kind]
        )
        blocks.append(choose.choice(["\n\n", "\n\n", "\n", "\n\n\f", "\f"]))
    return reading("".join(blocks), title=choose.choice(["", "Guide"]), paged=True)


ANYTHING = [pytest.param(anything(seed), id=str(seed)) for seed in range(60)]


@pytest.mark.parametrize("document", ANYTHING)
def test_a_piece_is_its_range_of_the_reading(document):
    for piece in split(document):
        assert piece.text == document.text[piece.start : piece.end].replace("\f", "\n")
        assert piece.text == piece.text.strip() != ""


@pytest.mark.parametrize("document", ANYTHING)
def test_nothing_of_the_reading_is_lost(document):
    left = list(document.text)
    for start, end in [(piece.start, piece.end) for piece in split(document)] + [
        (heading.start, heading.start + len(heading.text)) for heading in document.headings
    ]:
        left[start:end] = " " * (end - start)

    assert "".join(left).strip() == ""


@pytest.mark.parametrize("document", ANYTHING)
def test_pieces_stand_in_reading_order(document):
    pieces = split(document)

    for one, following in pairwise(pieces):
        assert one.start < following.start
        assert one.end < following.end


@pytest.mark.parametrize("document", ANYTHING)
def test_no_piece_is_larger_than_allowed(document):
    rounding = 1.2  # sizes are whole numbers, counted sentence by sentence

    assert all(size_of(piece.text) <= (220 + 44) * rounding for piece in split(document))


@pytest.mark.parametrize("document", ANYTHING)
def test_no_word_is_cut(document):
    whole = set(re.findall(r"[a-zA-Z#.:]+", document.text))

    for piece in split(document):
        for word in re.findall(r"[a-zA-Z#.:]+", piece.text):
            assert word in whole or len(word) == LONGEST_WORD or "QUJD" in word


@pytest.mark.parametrize("document", ANYTHING)
def test_a_piece_knows_its_pages(document):
    for piece in split(document):
        assert piece.first_page == document.text[: piece.start].count("\f") + 1
        assert piece.last_page == document.text[: piece.end].count("\f") + 1
