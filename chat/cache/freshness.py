"""Entries cease to be given when there is newer material, or when what a verified one cites has changed.

Lookup itself refuses an entry whose cited passages have changed. This is about what no lookup can see: a new passage
that would have been a better answer than those that are cited.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext, gettext_noop

from assistant_project.language import site_language

LOCK = 7_203_003
"""Advisory lock: held alone while new material comes in, shared while an entry is taken in."""
COMPARED_AT_MOST = 20_000_000 * 256
"""New chunks × phrasings × dimensions: some seconds. Beyond, everything written in those collections is stale."""
DETAIL = 300

# A written entry without anything to compare is stale; a verified one waits for its review.
AFFECTED = """
answer.state = 'live' AND (answer.expires_at IS NULL OR answer.expires_at > now())
    AND answer.collections && ARRAY(SELECT collection_id FROM knowledge_chunk WHERE id = ANY(%(chunks)s))
"""
EXTENT = f"""
SELECT coalesce(sum(coalesce(vector_dims(question.embedding), 0)), 0) * cardinality(%(chunks)s::bigint[]), count(*)
FROM chat_cachedquestion AS question JOIN chat_cachedanswer AS answer ON answer.id = question.answer_id
WHERE question.same AND {AFFECTED}
"""  # noqa: S608  (parts of our own)

# An entry no longer given ends, too, so that it is cleared away in time (chat/cache/eviction.py).
MARK = """
UPDATE chat_cachedanswer AS answer SET
    state = CASE WHEN answer.verified_at IS NULL THEN 'stale' ELSE 'review_due' END,
    expires_at = CASE WHEN answer.verified_at IS NULL THEN now() ELSE answer.expires_at END,
    state_detail = left({detail}, %(length)s)
"""
# A copy: a long vector is stored packed, and would be unpacked at each comparison.
UNPACKED = "subvector({0}.embedding, 1, vector_dims({0}.embedding)) AS embedding"
OVERTAKEN = f"""
WITH new AS MATERIALIZED (
    SELECT chunk.collection_id, chunk.embedder_id, chunk.content_hash, {UNPACKED.format("chunk")},
        coalesce(nullif(source.title, ''), nullif(revision.title, ''), nullif(source.file_name, ''), source.url)
            AS title
    FROM knowledge_chunk AS chunk
    JOIN knowledge_source AS source ON source.id = chunk.source_id
    JOIN knowledge_revision AS revision ON revision.id = chunk.revision_id
    WHERE chunk.id = ANY(%(chunks)s)
), asked AS MATERIALIZED (
    SELECT answer.id, answer.collections, answer.weakest_cosine, answer.verified_at, question.embedder_id,
        {UNPACKED.format("question")}
    FROM chat_cachedanswer AS answer JOIN chat_cachedquestion AS question ON question.answer_id = answer.id
    WHERE question.same AND {AFFECTED}
), overtaken AS (
    SELECT DISTINCT ON (asked.id) asked.id, nearer.title
    FROM asked CROSS JOIN LATERAL (
        SELECT new.title FROM new
        WHERE new.collection_id = ANY(asked.collections)
            AND CASE
                WHEN asked.weakest_cosine IS NULL OR asked.embedding IS NULL THEN asked.verified_at IS NULL
                WHEN new.embedder_id = asked.embedder_id
                    THEN 1 - (new.embedding <=> asked.embedding) > asked.weakest_cosine
            END
            AND NOT EXISTS (
                SELECT FROM chat_cachedpassage AS passage
                WHERE passage.answer_id = asked.id AND new.content_hash = ANY(passage.content_hashes)
            )
        LIMIT 1
    ) AS nearer
)
{MARK.format(detail="format(%(sentence)s, overtaken.title)")}
FROM overtaken WHERE answer.id = overtaken.id
"""  # noqa: S608  (parts of our own)
MANY = f"""
{MARK.format(detail="%(sentence)s")} WHERE answer.verified_at IS NULL AND {AFFECTED}
"""
NEARER = gettext_noop("“%s” has something newer that lies nearer to the question than what is cited.")
NOT_COMPARED = gettext_noop(
    "So much new material came in at once that it was not compared with every question."
)

CHANGED = """
WITH changed AS (
    SELECT DISTINCT ON (answer.id) answer.id, passage.title
    FROM chat_cachedanswer AS answer
    JOIN chat_cachedpassage AS passage ON passage.answer_id = answer.id
    CROSS JOIN LATERAL unnest(passage.content_hashes) AS cited(hash)
    WHERE answer.verified_at IS NOT NULL AND answer.state = 'live' AND NOT EXISTS (
        SELECT FROM knowledge_chunk AS chunk
        WHERE chunk.live AND chunk.content_hash = cited.hash AND chunk.source_id = passage.source_id
    )
    ORDER BY answer.id, passage.number
)
UPDATE chat_cachedanswer AS answer
SET state = 'review_due', state_detail = left(format(%(sentence)s, changed.title), %(length)s)
FROM changed WHERE answer.id = changed.id
"""
CITED_CHANGED = gettext_noop("What is cited from “%s” has changed since, or no longer answers.")


@site_language()
def note_new_material(chunk_ids: Sequence[int], *, compared_at_most: int = COMPARED_AT_MOST) -> None:
    """End entries that one of these chunks, which begin to answer, would have changed. Inside their transaction.

    That is so if it lies nearer to a phrasing than the weakest passage that the entry cites. What is written from the
    old material meanwhile is not taken in: see LOCK and Corpus.version.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        chunks: dict[str, Any] = {"chunks": list(chunk_ids), "length": DETAIL}
        cursor.execute(EXTENT, chunks)
        extent, phrasings = cursor.fetchone()
        if extent > compared_at_most:
            cursor.execute(MANY, chunks | {"sentence": gettext(NOT_COMPARED)})
        elif phrasings:
            cursor.execute(OVERTAKEN, chunks | {"sentence": gettext(NEARER)})


@site_language()
def mark_review_due() -> int:
    """Have curators look again at verified entries that cite what no longer stands so; how many."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, {"sentence": gettext(CITED_CHANGED), "length": DETAIL})
        return int(cursor.rowcount)
