"""The ways to ask for an entry: added with a vector of the embedder in force, and embedded again when that changes."""

from contextlib import suppress
from typing import Any

from django.db.models import Q
from pgvector import HalfVector

from chat.cache.wording import digest
from chat.models import CachedAnswer, CachedQuestion
from knowledge import embeddings
from knowledge.errors import EmbeddingError
from knowledge.models import Embedder

EMBEDDED_AT_ONCE = 256


def add(
    answer: CachedAnswer,
    text: str,
    *,
    same: bool = True,
    origin: str,
    asker: str = "",
    vector: Any = None,
    embed: bool = True,
) -> CachedQuestion:
    """Another way to ask for an entry, or one that only looks alike; what is there in the same words is changed.

    vector: of the text, by the embedder in force, if it is known; if not, and with embed=False nobody waits for it, or
    if embedding fails, upkeep makes up for it.
    """
    text = text.strip()
    embedder, embedding = _embedded(text, vector, embed)
    phrasing, _made = CachedQuestion.objects.update_or_create(
        answer=answer,
        digest=digest(text),
        defaults={
            "scope": answer.scope,
            "text": text,
            "same": same,
            "origin": origin,
            "asker": asker,
            "embedder": embedder,
            "embedding": embedding,
        },
    )
    return phrasing


def embed_missing() -> int:
    """Embed phrasings that have no vector of the embedder in force; how many. Raises EmbeddingError."""
    embedder = Embedder.objects.in_force()
    missing = CachedQuestion.objects.filter(
        ~Q(embedder=embedder) | Q(embedder__isnull=True) | Q(embedding__isnull=True)
    )
    done = 0
    while batch := list(missing.order_by("pk")[:EMBEDDED_AT_ONCE]):
        vectors = embeddings.embed_texts([phrasing.text for phrasing in batch])
        for phrasing, vector in zip(batch, vectors, strict=True):
            phrasing.embedder, phrasing.embedding = embedder, HalfVector(vector)
        CachedQuestion.objects.bulk_update(batch, ["embedder", "embedding"])
        done += len(batch)
    return done


def _embedded(text: str, vector: Any, embed: bool) -> tuple[Embedder | None, HalfVector | None]:
    if vector is None and embed:
        with suppress(EmbeddingError):
            vector = embeddings.embed_question(text)
    if vector is None:
        return None, None
    return Embedder.objects.in_force(), HalfVector(vector)
