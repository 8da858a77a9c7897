"""Running heads, running feet and page numbers: what the pages of a PDF repeat at their edges. Pure.

Only what stands at the edge of its page, apart from the text and at one place on most pages is taken for one. What may
be content stays: a sentence, a heading, figures other than one that counts the pages.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice, pairwise
from statistics import median

from knowledge.ingestion.pdf.layout import LARGER, USUAL_LEADING
from knowledge.ingestion.pdf.lines import Line

TOP, MIDDLE, FOOT = 1000, 500, 0  # per mille of the page's height, as all heights
EDGE = 180
MARGIN = 40  # where most printers cannot print
SAME_PLACE = 5
EDGE_ROWS = 3
APART = 1.5  # the gap to the text, against the rows of the text
LONGEST = 150
REPEATED_AT_LEAST = 3
MOST = 0.5
NUMBERS_TRIED = 6
NUMBER = re.compile(r"\d+|\b(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\b", re.IGNORECASE)
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
SENTENCE = re.compile(r"(\S+\s+){3}.*[.!?؟۔]['\"”’»)\]]*|.*[。！？]['\"”’」』）]*")

Place = tuple[int, Line]
"""The index of a page, and a line on it."""


def find_furniture(pages: Sequence[Sequence[Line]], pictured: Set[int] = frozenset()) -> set[Place]:
    """What repeats at the edges of the pages; nothing if most pages hold nothing else.

    `pictured` holds the indices of pages with pictures: what repeats over scans is a stamp.
    """
    groups = repeated(pages)
    while True:
        furniture: set[Place] = set().union(*groups)
        texts = {
            index: Text([line for line in pages[index] if (index, line) not in furniture])
            for index in {index for index, _ in furniture}
        }
        apart = [group for group in groups if is_furniture(group, texts)]
        if len(apart) == len(groups):
            break
        groups = apart  # what turned out to be text has brought the text nearer to the others
    with_text = [index for index, lines in enumerate(pages) if lines and index not in pictured]
    emptied = sum(all((index, line) in furniture for line in pages[index]) for index in with_text)
    return set() if with_text and emptied > len(with_text) / 2 else furniture


def repeated(pages: Sequence[Sequence[Line]]) -> list[set[Place]]:
    """Lines that count the pages, and lines of one wording on most pages from the first to the last with it."""
    largest = LARGER * body_size(pages)
    alike: defaultdict[tuple[bool, bool, str, int], set[Place]] = defaultdict(set)
    for index, lines in enumerate(pages):
        for is_head, line in edge_lines(lines):
            if line.size <= largest:
                alike[is_head, False, line.text.lower(), line.size].add((index, line))
                for wording in counting(line.text.lower(), index):
                    alike[is_head, True, wording, line.size].add((index, line))
    groups = []
    for (_, counts, *_), found in alike.items():
        indices = {index for index, _ in found}
        stretch = 0 if counts else max(indices) - min(indices) + 1
        if len(indices) >= max(REPEATED_AT_LEAST, MOST * stretch):
            groups.append(found)
    return groups


def body_size(pages: Sequence[Sequence[Line]]) -> int:
    letters: Counter[int] = Counter()
    for lines in pages:
        for line in lines:
            letters[line.size] += len(line.text)
    return max(letters, key=lambda size: letters[size], default=0)


def edge_lines(lines: Sequence[Line]) -> Iterator[tuple[bool, Line]]:
    """The outermost lines at the head (True) and at the foot (False) of a page that are no sentences."""
    heads = [line for line in lines if line.height >= TOP - EDGE]
    feet = [line for line in lines if line.height <= FOOT + EDGE]
    for is_head, edge in ((True, heads), (False, feet)):
        outermost = sorted({line.base for line in edge}, reverse=is_head)[:EDGE_ROWS]
        for run in runs([line for line in edge if line.base in outermost]):
            if not SENTENCE.fullmatch(" ".join(line.text for line in run)):
                yield from ((is_head, line) for line in run if len(line.text) <= LONGEST)


def runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines that follow each other closely, together, from the head of the page to its foot."""
    run: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if run and (
            run[-1].size != line.size or run[-1].base - line.base > APART * USUAL_LEADING * line.size
        ):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def counting(text: str, index: int) -> Iterator[str]:
    """The text with one of its numbers relative to the page: the same on all pages if that one counts them."""
    for found in islice(NUMBER.finditer(text), NUMBERS_TRIED):
        yield f"{text[: found.start()]}{value(found[0]) - index}{text[found.end() :]}"


def value(number: str) -> int:
    """Of a number in arabic or roman figures."""
    if number.isdecimal():
        return int(number[:9])
    figures = [ROMAN[letter] for letter in number]
    return sum(-one if one < after else one for one, after in pairwise([*figures, 0]))


def is_furniture(group: Set[Place], texts: Mapping[int, "Text"]) -> bool:
    """Do most of these lines stand at one height, and most apart from the text of their page?"""
    usual = median(line.height for _, line in group)
    in_place = sum(abs(line.height - usual) <= SAME_PLACE for _, line in group)
    apart = sum(texts[index].is_apart_from(line) for index, line in group)
    return min(in_place, apart) >= MOST * len(group)


class Text:
    """Where the text of a page stands."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.bases = sorted({line.base for line in lines})
        self.gaps = [after - before for before, after in pairwise(self.bases)]
        self.in_margin = any(map(in_margin, lines))

    def is_apart_from(self, line: Line) -> bool:
        """All of it is farther from the edge than the line, by a gap, unless the line stands in the margin alone."""
        same_row = line.size / 2
        inwards = -1 if line.height > MIDDLE else 1
        distances = [inwards * (base - line.base) for base in self.bases]
        if any(distance < -same_row for distance in distances):
            return False
        if in_margin(line) and not self.in_margin:
            return True
        usual = max(median([gap for gap in self.gaps if gap > same_row] or [0]), USUAL_LEADING * line.size)
        return all(distance > APART * usual for distance in distances if distance > same_row)


def in_margin(line: Line) -> bool:
    return not FOOT + MARGIN < line.height < TOP - MARGIN
