"""Passages: neighbouring chunks of one source, as found, joined into one text."""

import datetime
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Passage:
    """Neighbouring chunks of one source, as found."""

    chunk_ids: tuple[int, ...]
    chunk_starts: tuple[int, ...]
    """Offset in the text at which each chunk begins."""
    source_id: int
    revision_id: int
    ordinal: int
    """Of the first chunk in its revision."""
    title: str
    heading: str
    text: str
    start: int
    """Offset of the text in the revision."""
    page: int | None
    last_page: int | None
    page_breaks: tuple[int, ...]
    url: str
    read_at: datetime.datetime | None
    score: float
    """About 0 to 1; comparable across questions and with floor()."""
    cosine: float | None
    """Of question and chunk; None if the chunk was embedded with another model."""
    bm25: float
    """As a share of what a chunk scores that holds every term of the question often."""
    matched: tuple[str, ...]
    """The stems of the question that stand in it."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def page_at(self, offset: int) -> int | None:
        """The page on which a character of the text stands."""
        if self.page is None:
            return None
        return self.page + bisect_right(self.page_breaks, offset)

    def chunk_at(self, offset: int) -> int:
        """The id of the chunk in which a character of the text stands."""
        return self.chunk_ids[max(bisect_right(self.chunk_starts, offset) - 1, 0)]


def merged(rows: list[dict[str, Any]]) -> list[Passage]:
    """Rows as passages, chunks that stand side by side joined into one; best first."""
    in_order = sorted(rows, key=lambda row: (row["revision_id"], row["ordinal"]))
    passages: list[Passage] = []
    for row in in_order:
        passage = as_passage(row)
        last = passages[-1] if passages else None
        if last and adjacent(last, passage):
            passages[-1] = joined(last, passage)
        else:
            passages.append(passage)
    return sorted(passages, key=lambda passage: -passage.score)


def as_passage(row: dict[str, Any]) -> Passage:
    return Passage(
        chunk_ids=(row["id"],),
        chunk_starts=(0,),
        source_id=row["source_id"],
        revision_id=row["revision_id"],
        ordinal=row["ordinal"],
        title="",
        heading=row["heading"],
        text=row["text"],
        start=row["start"],
        page=row["first_page"],
        last_page=row["last_page"],
        page_breaks=tuple(row["page_breaks"]),
        url="",
        read_at=None,
        score=row["score"],
        cosine=row["cosine"],
        bm25=row["bm25"],
        matched=row["matched"],
    )


def adjacent(first: Passage, second: Passage) -> bool:
    return (
        first.revision_id == second.revision_id
        and first.ordinal + len(first.chunk_ids) == second.ordinal
        and second.start - first.end <= 2
    )


def joined(first: Passage, second: Passage) -> Passage:
    """Two neighbours as one text; what they share at the seam stands once."""
    gap = second.start - first.end
    text = first.text + "\n" * max(gap, 0) + second.text[max(-gap, 0) :]
    shift = second.start - first.start
    breaks = {*first.page_breaks, *(shift + page_break for page_break in second.page_breaks)}
    if gap > 0 and second.page != first.last_page:
        breaks.add(shift)
    best = max(first, second, key=lambda passage: passage.score)
    return replace(
        first,
        chunk_ids=first.chunk_ids + second.chunk_ids,
        chunk_starts=(*first.chunk_starts, *(max(shift, 0) + start for start in second.chunk_starts)),
        heading=best.heading,
        text=text,
        last_page=second.last_page,
        page_breaks=tuple(sorted(breaks)),
        score=best.score,
        cosine=best.cosine,
        bm25=best.bm25,
        matched=tuple(sorted({*first.matched, *second.matched})),
    )
