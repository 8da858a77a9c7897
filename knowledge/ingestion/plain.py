"""Reads plain text and Markdown: pasted text, .txt and .md files. Pure."""

import re
from collections.abc import Iterator

from knowledge.ingestion.blocks import Block, compose
from knowledge.ingestion.characters import clean
from knowledge.ingestion.charsets import decode
from knowledge.ingestion.document import Reading, ReadingReport

HEADING = re.compile(r"(#{1,6})\s+(.+)")
FENCE = re.compile(r"```|~~~")


def read_plain(content: bytes, *, charset: str = "") -> Reading:
    """The text in paragraphs, "# …" lines as headings. The first heading is the title."""
    text, headings = compose([find_blocks(clean(decode(content, charset)))])
    title = headings[0].text if headings else ""
    return Reading(text, ReadingReport(reader="text"), title=title, headings=headings)


def find_blocks(text: str) -> Iterator[Block]:
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        line = line.strip()
        fenced ^= bool(FENCE.match(line))
        heading = None if fenced else HEADING.fullmatch(line)
        if (not line or heading) and lines:
            yield Block("\n".join(lines))
            lines = []
        if heading:
            yield Block(heading[2].rstrip("# "), len(heading[1]))
        elif line:
            lines.append(line)
    if lines:
        yield Block("\n".join(lines))
