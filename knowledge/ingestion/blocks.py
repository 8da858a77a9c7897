"""From the blocks of a document to one text. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from knowledge.ingestion.document import PAGE_BREAK, Heading

PARAGRAPH_BREAK = "\n\n"
LOWEST_LEVEL = 6


class Block(NamedTuple):
    """A paragraph, a list item, a table or a heading."""

    text: str
    level: int = 0
    """Of a heading, 1 is the highest; 0 for everything else."""


def compose(pages: Iterable[Iterable[Block]]) -> tuple[str, tuple[Heading, ...]]:
    """The text, paragraphs parted by a blank line and pages by PAGE_BREAK, and where its headings stand."""
    headings: list[Heading] = []
    texts: list[str] = []
    start = 0
    for blocks in pages:
        paragraphs = []
        for block in blocks:
            if block.level:
                headings.append(Heading(start, min(block.level, LOWEST_LEVEL), block.text))
            paragraphs.append(block.text)
            start += len(block.text) + len(PARAGRAPH_BREAK)
        texts.append(PARAGRAPH_BREAK.join(paragraphs))
        start += len(PAGE_BREAK) - (len(PARAGRAPH_BREAK) if paragraphs else 0)
    return PAGE_BREAK.join(texts), tuple(headings)
