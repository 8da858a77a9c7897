"""The lines of a PDF's pages: cleaned, their parts joined, without running heads and page numbers. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from knowledge.ingestion.characters import clean

BULLETS = "•◦▪■□●○‣⁃➢➤✓✔"
LONE_BULLET = re.compile(f"[{BULLETS}]")
LEADERS = re.compile(r"(?:\s?\.){4,}")
NUMBER = re.compile(r"\d+")

EDGE_ROWS = 2
LONGEST_FURNITURE = 150
REPEATED_AT_LEAST = 3
REPEATED_SHARE = 0.5
INITIAL_SIZE = 1.5


class Line(NamedTuple):
    """Lengths in tenths of a point; base grows upwards."""

    text: str
    left: int
    right: int
    base: int
    size: int
    bold: bool = False
    hyphenated: bool = False
    """A hyphen stood at its end and has been taken off."""


def without_furniture(rows: Sequence[list[Line]], pictured: Set[int] = frozenset()) -> list[list[Line]]:
    """The lines of each page without what repeats at its edges, unless most pages hold nothing else.

    `pictured` holds the indices of pages with pictures: what repeats over scans is a stamp.
    """
    furniture = find_furniture(rows)
    cleaned = [[line for line in lines if (index, line) not in furniture] for index, lines in enumerate(rows)]
    with_text = [index for index, lines in enumerate(rows) if lines and index not in pictured]
    emptied = sum(not cleaned[index] for index in with_text)
    return list(rows) if with_text and emptied > len(with_text) / 2 else cleaned


def to_rows(lines: Iterable[Line]) -> list[Line]:
    """The printed lines of a page, cleaned, each whole."""
    rows: list[Line] = []
    for line in lines:
        text = clean(line.text).replace("\n", " ")
        if not text:
            continue
        if ".." in text or ". ." in text:
            text = LEADERS.sub(" …", text)
        line = line._replace(text=text)
        if rows and is_same_row(rows[-1], line):
            rows[-1] = join(rows[-1], line)
        else:
            rows.append(line)
    return rows


def is_same_row(before: Line, line: Line) -> bool:
    """Is it a further part of one printed line: what follows a bullet, an initial or a raised number?"""
    if LONE_BULLET.fullmatch(before.text) or is_initial(before, line):
        return abs(before.base - line.base) < 2 * before.size
    height = max(before.size, line.size)
    gap = line.left - before.right
    return -height < gap < 3 * height and abs(before.base - line.base) < 0.5 * height


def is_initial(before: Line, line: Line) -> bool:
    """A single large letter at the start of a text."""
    return len(before.text) == 1 and before.size > INITIAL_SIZE * line.size and line.text[0].islower()


def join(before: Line, line: Line) -> Line:
    glue = "" if is_initial(before, line) else " "
    longer = before if len(before.text) > len(line.text) else line
    return longer._replace(
        text=before.text + glue + line.text, left=before.left, right=line.right, hyphenated=line.hyphenated
    )


def find_furniture(pages: Sequence[Sequence[Line]]) -> set[tuple[int, Line]]:
    """Lines at the edge of their page that stand on most pages from the first to the last on which they stand."""
    places: defaultdict[tuple[str, str, int], list[tuple[int, Line]]] = defaultdict(list)
    for number, lines in enumerate(pages):
        for edge, line in edge_lines(lines):
            if len(line.text) > LONGEST_FURNITURE:
                continue
            for wording in {line.text, counting(line.text, number)}:
                places[edge, wording.lower(), line.size].append((number, line))
    furniture: set[tuple[int, Line]] = set()
    for found in places.values():
        numbers = sorted({number for number, _ in found})
        if len(numbers) >= max(REPEATED_AT_LEAST, REPEATED_SHARE * (numbers[-1] - numbers[0] + 1)):
            furniture.update(found)
    return furniture


def edge_lines(lines: Sequence[Line]) -> Iterator[tuple[str, Line]]:
    bases = sorted({line.base for line in lines})
    lowest, highest = set(bases[:EDGE_ROWS]), set(bases[-EDGE_ROWS:])
    for line in lines:
        if line.base in highest:
            yield "head", line
        if line.base in lowest:
            yield "foot", line


def counting(text: str, number: int) -> str:
    """The text with its first number relative to the page: the same on all pages if it counts them."""
    return NUMBER.sub(lambda found: f"#{int(found[0][:9]) - number}", text, count=1)
