"""The passages that answer a question, among those the asker may read.

True BM25 and vector similarity are computed exactly for the union of the best candidates of both, and fused by a
calibrated sum (docs/decisions/0002-retrieval.md). The access filter stands inside both arms of the query.
"""

import datetime
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from pgvector import HalfVector

from knowledge import embeddings, lexical
from knowledge.errors import EmbeddingError
from knowledge.models import Collection, Source
from knowledge.models.embedder import HALFVEC_INDEX_LIMIT

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
    query: str, *, user: Any, limit: int = 8, collections: Iterable[Collection] | None = None
) -> Search:
    """find_passages with what explains it."""
    readable = Collection.objects.visible_to(user)
    if collections is not None:
        readable = readable.filter(pk__in=[collection.pk for collection in collections])
    languages = dict(readable.values_list("pk", "language"))
    if not languages:
        return Search((), {}, floor())
    rows, weights, degraded = ranked_chunks(query, languages, limit=limit)
    passages = _merge(rows)
    return Search(tuple(_with_sources(passages)), weights, floor(), degraded)


def ranked_chunks(
    question: str, languages: dict[int, str], *, limit: int, copies: int = 1
) -> tuple[list[dict[str, Any]], dict[str, float], str]:
    """The best chunks of some collections (id → language) as rows, the weights of the terms, and what was amiss.

    copies: how often the same text may be among them, because it stands in several sources.
    """
    vector, degraded = _embed(question)
    with transaction.atomic(), connection.cursor() as cursor:
        total, embedder = _corpus(cursor, len(vector) if vector is not None else 0)
        queries = _lexical_queries(cursor, question, sorted(set(languages.values())), total)
        parameters: dict[str, Any] = {
            "configs": list(queries),
            "words": [query.tsquery for query in queries.values()],
            "vectors": [query.vector for query in queries.values()],
            "norms": [query.norm for query in queries.values()],
            "collections": list(languages),
            "embedder": embedder,
            "embedding": HalfVector(vector).to_text() if vector is not None else None,
            "share": embeddings.embedder_in_force().vector_share,
            "limit": limit,
            "copies": copies,
        }
        distance = _distance(cursor, total, list(languages), vector)
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
    return rows, weights, degraded


def _embed(question: str) -> tuple[np.ndarray | None, str]:
    """The question's vector; without one (the provider is down) the words alone decide."""
    try:
        return embeddings.embed_question(question), ""
    except EmbeddingError as error:
        return None, str(error)


def _corpus(cursor: Any, dimensions: int) -> tuple[int, int | None]:
    """Number of live chunks, and the id of the embedder in force if anything was embedded with it."""
    embedder = embeddings.embedder_in_force()
    cursor.execute(CORPUS, {"provider": embedder.provider, "model": embedder.model, "dimensions": dimensions})
    total, embedder_id = cursor.fetchone()
    return total, embedder_id


def _lexical_queries(
    cursor: Any, question: str, configs: Sequence[str], total: int
) -> dict[str, lexical.Query]:
    """The weighted terms of the question in each language that occurs."""
    cursor.execute(TERMS, {"configs": list(configs), "question": question})
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
    cursor.execute(
        "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '100', true)"
    )
    return f"embedding::halfvec({len(vector)}) <=> %(embedding)s::halfvec({len(vector)})"


def _merge(rows: list[dict[str, Any]]) -> list[Passage]:
    """Rows as passages, chunks that stand side by side joined into one; best first."""
    in_order = sorted(rows, key=lambda row: (row["revision_id"], row["ordinal"]))
    passages: list[Passage] = []
    for row in in_order:
        passage = _as_passage(row)
        last = passages[-1] if passages else None
        if last and _adjacent(last, passage):
            passages[-1] = _joined(last, passage)
        else:
            passages.append(passage)
    return sorted(passages, key=lambda passage: -passage.score)


def _as_passage(row: dict[str, Any]) -> Passage:
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


def _adjacent(first: Passage, second: Passage) -> bool:
    return (
        first.revision_id == second.revision_id
        and first.ordinal + len(first.chunk_ids) == second.ordinal
        and second.start - first.end <= 2
    )


def _joined(first: Passage, second: Passage) -> Passage:
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
