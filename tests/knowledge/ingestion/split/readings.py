"""Readings made of words that a test can count."""

import re

from knowledge.ingestion.document import Heading, Piece, Reading, ReadingReport

HEADING = re.compile(r"(?<![^\n\f])(#+) [^\n\f]+")
REPORT = ReadingReport(reader="test")
WORDS = ["heat", "water", "pump", "filter", "valve", "sensor", "insulation", "window", "furnace", "attic"]


def reading(text: str, *, title: str = "", paged: bool = False) -> Reading:
    """A reading whose lines that begin with # are its headings."""
    headings = [Heading(match.start(), len(match[1]), match[0]) for match in HEADING.finditer(text)]
    return Reading(text, REPORT, title=title, headings=tuple(headings), paged=paged)


def sentence(words: int, name: str = "") -> str:
    """A sentence of so many words; the name makes it one of a kind."""
    middle = [name or "small", *(WORDS[i % len(WORDS)] for i in range(words - 2))]
    return " ".join(["The", *middle]) + "."


def prose(sentences: int, words: int = 10) -> str:
    return " ".join(sentence(words, f"s{number}") for number in range(sentences))


def texts(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces]
