"""The smallest stretches of text that a piece is made of: sentences, lines, and words of long sentences."""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

LONGEST_WORD = 2_000
"""Characters. Only a longer word is ever cut."""
CHARACTERS_OF_A_LONG_WORD = 12
"""Codes, addresses and tables count at least one word for so many characters."""

TERMINALS = ".!?…؟۔।॥።։"
WIDE_TERMINALS = "。！？｡"
CLOSERS = "\"'”’»)]"
WIDE_CLOSERS = "」』）”’"
CLAUSE_ENDS = ",;:，、；：،"
IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WITHOUT_SPACES = re.compile(f"[{IDEOGRAPHS}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
WORD = re.compile(f"[{IDEOGRAPHS}]{{1,2}}|[^\\s{IDEOGRAPHS}]{{1,{LONGEST_WORD}}}")
SPACE = re.compile(r"\s")
GAP = re.compile(
    rf"""
    (?<!\s)[^\S\n\f]*[\n\f]\s*                               # to a new line or page
    | (?<=[{re.escape(TERMINALS + CLOSERS)}])[^\S\n\f]+      # perhaps after a sentence
    | (?<=[{WIDE_TERMINALS}])(?![\s{WIDE_TERMINALS}{WIDE_CLOSERS}])
    | (?<=[{WIDE_TERMINALS}][{WIDE_CLOSERS}])(?![\s{WIDE_TERMINALS}{WIDE_CLOSERS}])
    """,
    re.VERBOSE,
)
ABBREVIATIONS = frozenset({
    "abb", "al", "approx", "art", "bzw", "ca", "ch", "co", "dept", "dr", "eq", "etc", "fig", "figs", "inc",
    "ltd", "mr", "mrs", "ms", "no", "nr", "prof", "sec", "st", "usw", "vgl", "vol", "vs",
})  # fmt: skip


class Break(IntEnum):
    """How good a place to cut is."""

    WORD = 0
    CLAUSE = 1
    LINE = 2
    SENTENCE = 3
    PARAGRAPH = 4


class Unit(NamedTuple):
    """A stretch of text that is not cut any further."""

    start: int
    end: int
    size: int
    after: Break


def units_of(text: str, start: int, end: int, largest: int) -> Iterator[Unit]:
    """Sentences and lines; the words of those that are larger than `largest`."""
    for first, behind, after in _sentences(text, start, end):
        size = size_of(text[first:behind])
        if size <= largest:
            yield Unit(first, behind, size, after)
        else:
            yield from _words(text, first, behind, after)


def size_of(text: str) -> int:
    """Words; two characters count as one in scripts without spaces."""
    without_spaces = 0 if text.isascii() else len(WITHOUT_SPACES.findall(text))
    return max(len(text.split()), without_spaces // 2, len(text) // CHARACTERS_OF_A_LONG_WORD)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int, Break]]:
    for gap in GAP.finditer(text, start, end):
        after = _break_at(text, gap)
        if after is not None:
            yield start, gap.start(), after
            start = gap.end()
    yield start, end, Break.PARAGRAPH


def _words(text: str, start: int, end: int, after: Break) -> Iterator[Unit]:
    for word in WORD.finditer(text, start, end):
        inside = Break.CLAUSE if word[0][-1] in CLAUSE_ENDS else Break.WORD
        yield Unit(word.start(), word.end(), size_of(word[0]), after if word.end() == end else inside)


def _break_at(text: str, gap: re.Match[str]) -> Break | None:
    before = text[max(0, gap.start() - 30) : gap.start()]
    if before.endswith((":", "：")):  # what follows belongs to it: a list, a table
        return Break.CLAUSE
    if gap[0].count("\n") > 1:
        return Break.PARAGRAPH
    if _ends_sentence(before.rstrip(CLOSERS + WIDE_CLOSERS), text[gap.end() : gap.end() + 1]):
        return Break.SENTENCE
    return Break.LINE if "\n" in gap[0] or "\f" in gap[0] else None


def _ends_sentence(before: str, following: str) -> bool:
    if not before.endswith(tuple(TERMINALS + WIDE_TERMINALS)) or following.islower():
        return False
    if not before.endswith("."):
        return True
    word = SPACE.split(before[:-1])[-1].lstrip("([{\"'“‘«")
    is_number = word.isdigit() and len(word) <= 2
    is_short_form = len(word) <= 1 or ("." in word and len(word) <= 5) or word.lower() in ABBREVIATIONS
    return not (is_number or is_short_form)
