"""The nearest phrasings: compared one by one while they are few, by an index when they are many."""

from typing import Any

from chat.models import CachedQuestion
from knowledge.models import Embedder
from knowledge.models.vector_index import IS_THERE, SCANNED_ON, VectorIndex, indexed_distance

INDEX_FROM_PHRASINGS = 5_000


def index(embedder: Embedder | None = None) -> VectorIndex:
    """Of the phrasings' vectors by an embedder, usually the one in force."""
    embedder = embedder or Embedder.objects.in_force()
    return VectorIndex(CachedQuestion._meta.db_table, embedder.pk, embedder.dimensions)


def has_index() -> bool:
    return index().exists()


def distance(cursor: Any, embedder: Embedder) -> str:
    """The expression that orders phrasings by their distance to the parameter `vector`. Inside a transaction."""
    cursor.execute(f"SELECT {IS_THERE}, {SCANNED_ON}", [index(embedder).name])
    if cursor.fetchone()[0]:
        return indexed_distance(embedder.dimensions, "vector")
    return "embedding <=> %(vector)s::halfvec"


def tend(*, index_from: int = INDEX_FROM_PHRASINGS) -> None:
    """Make the index as soon as there are enough phrasings. Not inside a transaction."""
    wanted = index()
    phrasings = CachedQuestion.objects.filter(embedder=wanted.embedder, embedding__isnull=False)
    enough = wanted.is_possible and phrasings[:index_from].count() == index_from
    if enough and not wanted.exists():
        wanted.make()
