"""Finds an entry that may be given for a question: two statements, scope and validity in their WHERE.

An entry is servable while all that it rests on is as it was: the asker may read its collections, each cited source
still answers, and each cited chunk is live and has the very text that was cited. No notice of a change is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from pgvector import HalfVector

from chat.cache import guards, vectors
from chat.cache.gate import Candidate, Gate, Neighbour, candidate
from chat.cache.learning import gate_in_force
from chat.cache.scope import Scope
from chat.cache.wording import digest
from knowledge.models import Embedder

NEIGHBOURS = 20
LOOKED_AT = 60
"""Nearest phrasings of which the servable ones are taken: some may lead to what is stale by now."""

# The hash is computed again from the text: what was changed behind the product's back does not count as unchanged.
CHANGED = """
EXISTS (
    SELECT FROM chat_cachedpassage AS passage CROSS JOIN LATERAL unnest(passage.content_hashes) AS cited(hash)
    WHERE passage.answer_id = answer.id AND NOT EXISTS (
        SELECT FROM knowledge_chunk AS chunk
        WHERE chunk.live AND chunk.content_hash = cited.hash AND chunk.source_id = passage.source_id
            AND chunk.collection_id = ANY(%(collections)s)
            AND encode(sha256(convert_to(chunk.heading || chr(31) || chunk.text, 'UTF8')), 'hex') = cited.hash
    )
)
"""
UNREADABLE = """
EXISTS (
    SELECT FROM chat_cachedpassage AS passage
    LEFT JOIN knowledge_source AS source ON source.id = passage.source_id AND source.enabled
        AND source.status <> 'gone' AND source.live_revision_id IS NOT NULL
        AND source.collection_id = ANY(%(collections)s)
    WHERE passage.answer_id = answer.id AND source.id IS NULL
)
"""
IS_DUE = f"(answer.state = 'review_due' OR answer.review_by <= current_date OR {CHANGED})"
SERVABLE = f"""
(answer.expires_at IS NULL OR answer.expires_at > now())
AND cardinality(answer.collections) > 0 AND answer.collections <@ %(collections)s::bigint[]
AND NOT {UNREADABLE}
AND CASE WHEN answer.verified_at IS NULL THEN
        answer.state = 'live' AND NOT {CHANGED}
        AND EXISTS (SELECT FROM chat_cachedpassage WHERE answer_id = answer.id)
    ELSE answer.state IN ('live', 'review_due') AND (%(serve_due)s OR NOT {IS_DUE}) END
"""
EXACT = f"""
SELECT answer.id, answer.verified_at IS NOT NULL AS verified, question.text
FROM chat_cachedquestion AS question JOIN chat_cachedanswer AS answer ON answer.id = question.answer_id
WHERE question.scope = ANY(%(scopes)s) AND question.digest = %(digest)s AND question.same AND {SERVABLE}
ORDER BY verified DESC, answer.made_at DESC LIMIT 1
"""  # noqa: S608  (parts of our own)
NEAR = f"""
SELECT answer.id, near.text, near.cosine, near.same, answer.verified_at IS NOT NULL
FROM (
    SELECT answer_id, text, same, 1 - (embedding <=> %(vector)s::halfvec) AS cosine
    FROM chat_cachedquestion
    WHERE scope = ANY(%(scopes)s) AND embedder_id = {{embedder}}
    ORDER BY {{distance}} LIMIT {LOOKED_AT}
) AS near JOIN chat_cachedanswer AS answer ON answer.id = near.answer_id
WHERE {SERVABLE} ORDER BY near.cosine DESC, near.answer_id LIMIT {NEIGHBOURS}
"""  # noqa: S608  (parts of our own)


@dataclass(frozen=True)
class Match:
    """An entry that the question leads to."""

    answer_id: int
    level: str
    """"exact", "verified" or "similar"."""
    phrasing: str
    is_verified: bool


@dataclass(frozen=True)
class Nearest:
    """What resembles the question most, when nothing has its very words."""

    candidate: Candidate | None
    gate: Gate
    match: Match | None
    """None if the gate is not sure enough."""


def exact(question: str, scope: Scope) -> Match | None:
    """The entry that was asked for in the same words; a verified one goes first."""
    with connection.cursor() as cursor:
        cursor.execute(EXACT, _circumstances(scope) | {"digest": digest(question)})
        found = cursor.fetchone()
    return Match(found[0], "exact", found[2], found[1]) if found else None


def similar(question: str, vector: Any, scope: Scope) -> Nearest:
    """The entry whose phrasings lie nearest, if no guard tells them apart and the gate is sure enough.

    vector: of the question, by the embedder in force.
    """
    gate = gate_in_force()
    asked = guards.read(question)
    rows = [row for row in _near(vector, scope) if not guards.differences(asked, guards.read(row[1]))]
    nearest = candidate([Neighbour(answer, text, cosine, same) for answer, text, cosine, same, _ in rows])
    if nearest is None or not gate.admits(nearest, strict=not asked.english):
        return Nearest(nearest, gate, None)
    is_verified = next(verified for answer, *_, verified in rows if answer == nearest.answer_id)
    level = "verified" if is_verified else "similar"
    return Nearest(nearest, gate, Match(nearest.answer_id, level, nearest.question, is_verified))


def _near(vector: Any, scope: Scope) -> Sequence[tuple[int, str, float, bool, bool]]:
    embedder = Embedder.objects.in_force()
    parameters = _circumstances(scope) | {"vector": HalfVector(vector).to_text()}
    with transaction.atomic(), connection.cursor() as cursor:
        # A partial index is used for a number that stands in the statement, not for a parameter.
        near = NEAR.format(distance=vectors.distance(cursor, embedder), embedder=int(embedder.pk))
        cursor.execute(near, parameters)
        return list(cursor.fetchall())


def _circumstances(scope: Scope) -> dict[str, Any]:
    return {
        "scopes": scope.keys,
        "collections": list(scope.collections),
        "serve_due": settings.VERIFIED_WHEN_DUE == "serve",
    }
