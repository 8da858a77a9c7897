"""The lines of a PDF's pages: cleaned, their parts joined. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from knowledge.ingestion.characters import clean

BULLETS = "•◦▪■□●○‣⁃➢➤✓✔"
LONE_BULLET = re.compile(f"[{BULLETS}]")
LEADERS = re.compile(r"(?:\s?\.){4,}")
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
    height: int = 500
    """Of its base on the page, in per mille from the foot; the middle if the reader does not tell."""


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
