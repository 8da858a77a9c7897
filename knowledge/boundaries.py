"""Where chunks begin and end inside a stretch of text: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from knowledge.windows import Window


class Span(NamedTuple):
    """The place of a chunk in the whole text."""

    key: int
    start: int
    end: int


@dataclass(frozen=True)
class Segment:
    """A run of characters that lies in the same chunks."""

    text: str
    keys: tuple[int, ...]
    """Its chunks, in reading order: two where neighbours overlap, none for what only the headings say."""
    opening: tuple[int, ...]
    """Those of which nothing has been seen before in this window."""


def segments(text: str, window: Window, spans: Sequence[Span]) -> list[Segment]:
    """The window of the text, cut wherever one of the chunks begins or ends."""
    start, end = window
    edges = {edge for span in spans for edge in (span.start, span.end) if start < edge < end}
    cuts = sorted({start, end} | edges)
    seen: set[int] = set()
    found = []
    for first, behind in pairwise(cuts):
        keys = tuple(span.key for span in spans if span.start <= first and behind <= span.end)
        found.append(Segment(text[first:behind], keys, tuple(key for key in keys if key not in seen)))
        seen.update(keys)
    return found
