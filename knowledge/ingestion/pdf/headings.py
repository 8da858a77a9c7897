"""The rank of headings, and the title of a document. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from knowledge.ingestion.characters import clean
from knowledge.ingestion.pdf.layout import LaidBlock, Style

OFTEN = 3
TITLE_LENGTH = 200
NO_TITLE = re.compile(
    r"(microsoft|untitled|unbenannt|unknown|document\s*\d*$|dokument\s*\d*$|presentation\s*\d*$|slide\s*\d*$|scan)"
    r"|.*\.\w{2,5}$|[\w-]*[_\d-][\w-]*$|[^\s]{0,2}$",
    re.IGNORECASE,
)
"""What programs write by themselves, and names of files."""


def heading_levels(pages: Sequence[Sequence[LaidBlock]]) -> dict[Style, int]:
    """Larger is higher, and bold above plain. Styles of a cover, used once or twice, get no level of their own."""
    uses = Counter(block.heading for blocks in pages for block in blocks if block.heading)
    ranked = [style for style in uses if uses[style] >= OFTEN] or list(uses)
    return {style: 1 + sum(other > style for other in ranked) for style in uses}


def pick_title(declared: str, pages: Sequence[Sequence[LaidBlock]]) -> str:
    """The declared title if it is one, else the largest heading of the first page with text; may be empty."""
    declared = clean(declared[:TITLE_LENGTH]).replace("\n", " ")
    if declared and not NO_TITLE.match(declared):
        return declared
    first = next((blocks for blocks in pages if blocks), [])
    headings = [block for block in first if block.heading]
    return max(headings, key=lambda block: block.heading or Style(0, False)).text if headings else ""
