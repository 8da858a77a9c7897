"""Cuts a reading into pieces: along headings first, then paragraphs, then sentences. Pure.

A section is the text under one heading. Its text becomes units (`units`), neighbouring units are packed into
parts, and parts that are too small to be useful are joined (`parts`). Sizes are words; in scripts without
spaces two characters count as one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from knowledge.ingestion.document import PAGE_BREAK, Heading, Piece, Reading
from knowledge.ingestion.split.parts import Part, joined, packed
from knowledge.ingestion.split.units import size_of, units_of

__all__ = ["split"]

LINE_END = re.compile(r"[\n\f]|\Z")


class Section(NamedTuple):
    """A heading and the text under it, up to the next heading."""

    opens: int
    """Where the heading starts."""
    start: int
    """Where the text starts."""
    end: int
    path: tuple[str, ...]


def split(reading: Reading, *, words: int = 220, overlap: int = 30) -> list[Piece]:
    """Pieces in reading order, each of at most `words` words, or a fifth more where a tiny section joins it.

    A piece starts below its heading, which stands in the heading path. Where small sections are joined, the
    path holds what they have in common and their headings are in the text. Inside a section neighbours share
    whole sentences of up to `overlap` words.
    """
    parts = [
        part for section in sections(reading) for part in parts_of(section, reading.text, words, overlap)
    ]
    return [piece_of(part, reading) for part in joined(parts, words)]


def sections(reading: Reading) -> Iterator[Section]:
    """The reading along its headings; the first section is what stands above them."""
    title = reading.title.strip()
    above: list[Heading] = []
    opens = start = 0
    for heading in (*reading.headings, Heading(len(reading.text), 0, "")):
        path = (title, *(one.text for one in above if _fold(one.text) != _fold(title)))
        end = max(start, heading.start)
        yield Section(opens, *_stripped(reading.text, start, end), tuple(filter(None, path)))
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        opens, start = heading.start, _end_of(heading, reading.text)


def parts_of(section: Section, text: str, words: int, overlap: int) -> Iterator[Part]:
    """The parts of one section; for a heading without text, the heading itself."""
    opens, start, end, path = section
    heading = text[opens:start].strip()
    if start == end:
        if heading:
            yield Part(opens, opens + len(heading), size_of(heading), path, opens, is_heading=True)
        return
    units = list(units_of(text, start, end, words))
    for first, behind in packed(units, words, overlap):
        size = sum(unit.size for unit in units[first:behind])
        part = Part(units[first].start, units[behind - 1].end, size, path)
        yield part if first else part._replace(opens=opens, heading=size_of(heading))


def piece_of(part: Part, reading: Reading) -> Piece:
    """The text of a part with its place in the document."""
    first_page = last_page = None
    if reading.paged:
        first_page = bisect_right(reading.page_starts, part.start)
        last_page = bisect_right(reading.page_starts, part.end)
    text = reading.text[part.start : part.end].replace(PAGE_BREAK, "\n")
    return Piece(text, part.start, part.end, part.path, first_page, last_page)


def _end_of(heading: Heading, text: str) -> int:
    if text.startswith(heading.text, heading.start):
        return heading.start + len(heading.text)
    end = LINE_END.search(text, heading.start)
    return end.start() if end else len(text)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    return start, start + len(inner.strip())


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
