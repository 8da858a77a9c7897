"""The search statement: exact BM25 and cosine for the best candidates of both, fused by a calibrated sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from pgvector import HalfVector

from assistant_project.connections import give_back
from knowledge import embeddings, lexical
from knowledge.errors import EmbeddingError
from knowledge.models.vector_index import HALFVEC_INDEX_LIMIT, SCANNED_ON, indexed_distance

LEXICAL_CANDIDATES = 200
VECTOR_CANDIDATES = 100
COSINE_SCALE = 1.5
BM25_SCALE = 0.6

TERMS = """
SELECT language.config, word.lexeme, coalesce(term.documents, 0)
FROM unnest(%(configs)s::text[]) AS language(config)
CROSS JOIN LATERAL unnest(to_tsvector(language.config::regconfig, %(question)s)) AS word
LEFT JOIN knowledge_term AS term ON term.lexeme = word.lexeme
"""

CORPUS = """
SELECT coalesce((SELECT chunks FROM knowledge_corpus WHERE id = 1), 0),
    coalesce((SELECT languages FROM knowledge_corpus WHERE id = 1), '{}'),
    (SELECT id FROM knowledge_embedder
        WHERE provider = %(provider)s AND model = %(model)s AND dimensions = %(dimensions)s)
"""

SEARCH = """
WITH query AS (
    SELECT config::regconfig, words::tsquery, vector::sparsevec, norm
    FROM unnest(%(configs)s::text[], %(words)s::text[], %(vectors)s::text[], %(norms)s::float[])
        AS query(config, words, vector, norm)
), lexical AS (
    SELECT found.id FROM query CROSS JOIN LATERAL (
        SELECT id FROM knowledge_chunk AS chunk
        WHERE live AND collection_id = ANY(%(collections)s) AND config = query.config AND search @@ query.words
        ORDER BY bm25 <#> query.vector LIMIT {lexical_candidates}
    ) AS found
), nearest AS (
    SELECT id FROM knowledge_chunk
    WHERE live AND embedder_id = %(embedder)s AND collection_id = ANY(%(collections)s)
    ORDER BY {distance} LIMIT {vector_candidates}
), scored AS (
    SELECT chunk.id, chunk.source_id, chunk.revision_id, chunk.ordinal, chunk.heading, chunk.text, chunk.start,
        chunk.first_page, chunk.last_page, chunk.page_breaks, chunk.content_hash, chunk.search, query.config,
        CASE WHEN chunk.embedder_id = %(embedder)s THEN 1 - (chunk.embedding <=> %(embedding)s::halfvec) END AS cosine,
        CASE WHEN query.norm > 0 THEN -(chunk.bm25 <#> query.vector) / query.norm ELSE 0 END AS bm25
    FROM (SELECT id FROM lexical UNION SELECT id FROM nearest) AS candidate
    JOIN knowledge_chunk AS chunk USING (id) JOIN query ON query.config = chunk.config
)
SELECT * FROM (
    SELECT *, row_number() OVER (PARTITION BY content_hash ORDER BY score DESC, id) AS copy FROM (
        SELECT id, source_id, revision_id, ordinal, heading, text, start, first_page, last_page, page_breaks,
            content_hash, config::text, cosine, bm25, tsvector_to_array(search) AS lexemes,
            CASE WHEN cosine IS NULL THEN bm25 / {bm25_scale}
                ELSE %(share)s * {cosine_scale} * cosine + (1 - %(share)s) * bm25 / {bm25_scale} END AS score
        FROM scored
    ) AS fused
) AS ranked
WHERE copy <= %(copies)s ORDER BY score DESC, id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Embedded:
    """A question's vector, or why there is none."""

    vector: np.ndarray | None
    degraded: str = ""


def embedded(question: str) -> Embedded:
    """By the embedder in force; without a vector (the provider is down) the words alone decide.

    No database connection is held while a provider is asked.
    """
    if not embeddings.embedder_in_force().is_local:
        give_back()
    try:
        return Embedded(embeddings.embed_question(question))
    except EmbeddingError as error:
        return Embedded(None, str(error))


def ranked_chunks(
    question: str,
    languages: dict[int, str],
    *,
    limit: int,
    copies: int = 1,
    vector: Embedded | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> tuple[list[dict[str, Any]], dict[str, float], str]:
    """The best chunks of some collections (id → language) as rows, the weights of the terms, and what was amiss.

    copies: how often the same text may be among them, because it stands in several sources. using: the database.
    """
    known = vector or embedded(question)
    embedding = known.vector
    with transaction.atomic(using), connections[using].cursor() as cursor:
        total, stemmed_for, embedder = _corpus(cursor, len(embedding) if embedding is not None else 0)
        # Chunks keep the language that they were stemmed for until they have been read again for another.
        configs = sorted({*languages.values(), *stemmed_for})
        queries = _lexical_queries(cursor, question, configs, total)
        parameters: dict[str, Any] = {
            "configs": list(queries),
            "words": [query.tsquery for query in queries.values()],
            "vectors": [query.vector for query in queries.values()],
            "norms": [query.norm for query in queries.values()],
            "collections": list(languages),
            "embedder": embedder,
            "embedding": HalfVector(embedding).to_text() if embedding is not None else None,
            "share": embeddings.embedder_in_force().vector_share,
            "limit": limit,
            "copies": copies,
        }
        distance = _distance(cursor, total, list(languages), embedding)
        statement = SEARCH.format(
            distance=distance,
            lexical_candidates=LEXICAL_CANDIDATES,
            vector_candidates=VECTOR_CANDIDATES,
            cosine_scale=COSINE_SCALE,
            bm25_scale=BM25_SCALE,
        )
        cursor.execute(statement, parameters)
        columns = [column.name for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["matched"] = tuple(sorted(set(row.pop("lexemes")) & set(queries[row["config"]].weights)))
    weights = {lexeme: weight for query in queries.values() for lexeme, weight in query.weights.items()}
    return rows, weights, known.degraded


def _corpus(cursor: Any, dimensions: int) -> tuple[int, list[str], int | None]:
    """Number and languages of live chunks, and the id of the embedder in force if anything was embedded with it."""
    embedder = embeddings.embedder_in_force()
    cursor.execute(CORPUS, {"provider": embedder.provider, "model": embedder.model, "dimensions": dimensions})
    total, languages, embedder_id = cursor.fetchone()
    return total, languages, embedder_id


def _lexical_queries(
    cursor: Any, question: str, configs: Sequence[str], total: int
) -> dict[str, lexical.Query]:
    """The weighted terms of the question in each language that occurs."""
    cursor.execute(TERMS, {"configs": list(configs), "question": lexical.without_request(question)})
    frequencies: dict[str, dict[str, int]] = {config: {} for config in configs}
    for config, lexeme, documents in cursor.fetchall():
        frequencies[config][lexeme] = documents
    return {config: lexical.query(terms, total=total) for config, terms in frequencies.items()}


def _distance(cursor: Any, total: int, collections: list[int], vector: np.ndarray | None) -> str:
    """The expression that orders the nearest chunks: only the cast one can use the HNSW index."""
    exact = "embedding <=> %(embedding)s::halfvec"
    exact_rows = settings.RETRIEVAL_EXACT_SCAN_ROWS
    if vector is None or total <= exact_rows or len(vector) > HALFVEC_INDEX_LIMIT:
        return exact
    cursor.execute(
        "SELECT count(*) FROM (SELECT FROM knowledge_chunk WHERE live AND collection_id = ANY(%s) LIMIT %s) AS visible",
        [collections, exact_rows + 1],
    )
    (visible,) = cursor.fetchone()
    if visible <= exact_rows:
        return exact
    cursor.execute(f"SELECT {SCANNED_ON}")
    return indexed_distance(len(vector), "embedding")
