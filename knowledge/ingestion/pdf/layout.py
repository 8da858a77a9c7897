"""From lines to blocks: paragraphs, list items and headings in reading order. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from knowledge.ingestion.pdf.hyphens import MARK
from knowledge.ingestion.pdf.lines import BULLETS, Line

ITEM = re.compile(rf"(?:[{BULLETS}*–—-]|\(?(?:\d{{1,3}}|[a-z]|[ivx]{{2,4}})[.)])\s", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?:;。！？؟]['\"”’»)\]]*$")
NO_HEADING_END = re.compile(r"[.,;:!](?<!\d\.)$")
LETTER = re.compile(r"[^\W\d_]")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef。、]{2}$|\S[—–/]\S$")

HEADING_LENGTH = 120
WORDS_BELOW_HEADING = 4
LARGER = 1.12  # a heading, against the text
PAGE_TITLE = 1.5  # the title of a page, against the text
SAME_SIZE = 1.1  # letters of one paragraph differ less
USUAL_LEADING = 1.2
WIDER_LEADING = 1.25  # lines of one paragraph are closer, against the usual leading
SHORT_LINE = 0.1  # free at its end, as a share of the column
INDENT = 0.7  # of the size of the letters
LETTER_WIDTH = 0.5


class Style(NamedTuple):
    size: int
    bold: bool


class LaidBlock(NamedTuple):
    """A paragraph, a list item or, if it has the style of one, a heading."""

    text: str
    top: int
    heading: Style | None = None


class Typography(NamedTuple):
    """What is usual in a document."""

    body: Style
    leadings: dict[int, float]
    """By the size of the letters: the distance between two lines of a paragraph, as a multiple of that size."""


def typography(pages: Sequence[Sequence[Line]]) -> Typography:
    letters: Counter[Style] = Counter()
    leadings: defaultdict[int, Counter[float]] = defaultdict(Counter)
    for lines in pages:
        for line in lines:
            letters[Style(line.size, line.bold)] += len(line.text)
        for before, line in pairwise(lines):
            leading = (before.base - line.base) / max(line.size, 1)
            if before.size == line.size and 0.9 < leading < 3:
                leadings[line.size][round(leading, 1)] += 1
    body = max(letters, key=lambda style: letters[style], default=Style(100, False))
    return Typography(body, {size: counts.most_common(1)[0][0] for size, counts in leadings.items()})


def to_blocks(lines: Sequence[Line], usual: Typography) -> list[LaidBlock]:
    """The blocks of a page in reading order."""
    page = Page(lines, usual)
    blocks = [page.block(group) for group in page.groups()]
    return title_first(without_labels(blocks, usual.body.size), PAGE_TITLE * usual.body.size)


def without_labels(blocks: list[LaidBlock], body_size: int) -> list[LaidBlock]:
    """Bold words as small as the text are headings only if text follows; else they label a chart or list chapters."""
    kept = []
    for block, after in zip_longest(blocks, blocks[1:]):
        is_label = block.heading and block.heading.size < LARGER * body_size
        if is_label and (after is None or after.heading or len(after.text.split()) < WORDS_BELOW_HEADING):
            block = block._replace(heading=None)
        kept.append(block)
    return kept


def title_first(blocks: list[LaidBlock], title_size: float) -> list[LaidBlock]:
    """The title of a page is read first, wherever the file has it."""
    highest = max(blocks, key=lambda block: block.top, default=None)
    if highest is None or highest.heading is None or highest.heading.size < title_size:
        return blocks
    return [highest, *(block for block in blocks if block is not highest)]


class Page:
    """Tells which lines of a page belong together."""

    def __init__(self, lines: Sequence[Line], usual: Typography) -> None:
        self.lines = lines
        self.usual = usual
        self.column_ends: Counter[int] = Counter()
        for line in lines:
            column = self._column(line)
            self.column_ends[column] = max(self.column_ends[column], line.right)

    def _column(self, line: Line) -> int:
        return round(line.left / 30)

    def groups(self) -> Iterator[list[Line]]:
        """Lines of one block each."""
        group: list[Line] = []
        for line in self.lines:
            if group and self._starts_block(group, line):
                yield group
                group = []
            group.append(line)
        if group:
            yield group

    def block(self, group: list[Line]) -> LaidBlock:
        text = group[0].text
        for before, line in pairwise(group):
            text += self._glue(before, line) + line.text
        top = max(line.base for line in group)
        style = self._heading_style(group[0]) and self._heading_style(group[-1])
        is_heading = (
            style and len(text) <= HEADING_LENGTH and LETTER.search(text) and not NO_HEADING_END.search(text)
        )
        return LaidBlock(text.replace("\n", " "), top, style) if is_heading else LaidBlock(text, top)

    def _heading_style(self, line: Line) -> Style | None:
        body = self.usual.body
        stands_out = line.bold and not body.bold and line.size >= body.size / SAME_SIZE
        if line.size < LARGER * body.size and not stands_out:
            return None
        return None if ITEM.match(line.text) and line.text[0] in BULLETS else Style(line.size, line.bold)

    def _starts_block(self, group: list[Line], line: Line) -> bool:
        before = group[-1]
        if max(before.size, line.size) > SAME_SIZE * min(before.size, line.size):
            return True
        if before.hyphenated:
            return False
        ended = bool(SENTENCE_END.search(before.text[-5:]))
        if ITEM.match(line.text) and (ended or self._room_left(before, line) > SHORT_LINE):
            return True
        if line.text[0].islower():
            return ended and not self._is_below(before, line)
        if not self._is_below(before, line) or self._is_heading(before) != self._is_heading(line):
            return True
        indented = line.left > before.left + INDENT * line.size and not ITEM.match(before.text)
        return ended and (indented or self._room_left(before, line) > SHORT_LINE)

    def _is_heading(self, line: Line) -> bool:
        return self._heading_style(line) is not None

    def _is_below(self, before: Line, line: Line) -> bool:
        leading = self.usual.leadings.get(line.size, USUAL_LEADING)
        return 0 < before.base - line.base < WIDER_LEADING * leading * line.size

    def _room_left(self, before: Line, line: Line) -> float:
        """How much the first word of a line would have left free at the end of the line before, as a share of it."""
        needed = (len(line.text.split(" ", 1)[0]) + 1) * LETTER_WIDTH * line.size
        end = self.column_ends[self._column(before)]
        return (end - before.right - needed) / max(end - before.left, 1)

    def _glue(self, before: Line, line: Line) -> str:
        if before.hyphenated:
            return MARK
        if UNSPACED.search(before.text[-2:] + line.text[0]):
            return ""
        return "\n" if line.text[0].isupper() and self._room_left(before, line) > 0 else " "
