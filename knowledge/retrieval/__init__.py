"""The passages that answer a question, among those the asker may read.

True BM25 and vector similarity are computed exactly for the union of the best candidates of both, and fused by a
calibrated sum (docs/decisions/0002-retrieval.md). The access filter stands inside both arms of the query.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from knowledge.models import Collection, Source
from knowledge.retrieval.passages import Passage, merged
from knowledge.retrieval.ranking import Embedded, embedded, ranked_chunks
from knowledge.retrieval.replica import replica

__all__ = [
    "Embedded",
    "Passage",
    "Search",
    "embedded",
    "find_passages",
    "floor",
    "ranked_chunks",
    "search",
]


@dataclass(frozen=True)
class Search:
    """What was looked for, and what was found: best first."""

    passages: tuple[Passage, ...]
    term_weights: dict[str, float]
    """IDF of each stem of the question."""
    floor: float
    degraded: str = ""
    """Why the vectors could not be used, if so."""

    @property
    def answerable(self) -> bool:
        return bool(self.passages) and self.passages[0].score >= self.floor


def floor() -> float:
    """The score below which a passage does not count as an answer."""
    return float(settings.RETRIEVAL_FLOOR)


def find_passages(
    query: str, *, user: Any, limit: int = 8, collections: Iterable[Collection] | None = None
) -> list[Passage]:
    """Up to `limit` passages, best first; neighbours in one source are merged."""
    return list(search(query, user=user, limit=limit, collections=collections).passages)


def search(
    query: str,
    *,
    user: Any,
    limit: int = 8,
    collections: Iterable[Collection] | None = None,
    vector: Embedded | None = None,
) -> Search:
    """find_passages with what explains it. `vector`: that of the query, where it is known already."""
    readable = Collection.objects.visible_to(user)
    if collections is not None:
        readable = readable.filter(pk__in=[collection.pk for collection in collections])
    languages = dict(readable.values_list("pk", "language"))
    if not languages:
        return Search((), {}, floor())
    known = vector or embedded(query)
    rows, weights, degraded = replica.search(
        lambda using: ranked_chunks(query, languages, limit=limit, vector=known, using=using)
    )
    passages = merged(rows)
    return Search(tuple(_with_sources(passages)), weights, floor(), degraded)


def _with_sources(passages: list[Passage]) -> list[Passage]:
    sources = (
        Source.objects.select_related("live_revision")
        .defer("text", "live_revision__text", "live_revision__report")
        .in_bulk([passage.source_id for passage in passages])
    )
    return [
        replace(
            passage,
            title=sources[passage.source_id].name,
            url=sources[passage.source_id].page_url(passage.page, passage.chunk_ids[0]),
            read_at=sources[passage.source_id].read_at,
        )
        for passage in passages
        if passage.source_id in sources
    ]
