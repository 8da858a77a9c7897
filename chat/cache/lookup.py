"""Finds an entry that may be given for a question: few statements, scope and validity in their WHERE.

An entry is servable while all that it rests on is as it was: the asker may read its collections, each cited source
still answers, and each cited chunk is live and has the very text that was cited. No notice of a change is needed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from pgvector import HalfVector

from chat.cache import guards, vectors
from chat.cache.gate import Candidate, Gate, Neighbour, candidate
from chat.cache.learning import gate_of, gate_row
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
# A source may have been given a schedule after the answer was written.
TOO_OLD = """
(answer.made_at < now() - make_interval(hours => %(hours_refreshed)s) AND EXISTS (
    SELECT FROM chat_cachedpassage AS passage JOIN knowledge_source AS source ON source.id = passage.source_id
    WHERE passage.answer_id = answer.id AND source.refresh_interval <> 'never'
))
"""
IS_DUE = f"(answer.state = 'review_due' OR answer.review_by <= current_date OR {CHANGED})"
SERVABLE = f"""
(answer.expires_at IS NULL OR answer.expires_at > now())
AND cardinality(answer.collections) > 0 AND answer.collections <@ %(collections)s::bigint[]
AND NOT {UNREADABLE}
AND CASE WHEN answer.verified_at IS NULL THEN
        answer.state = 'live' AND NOT {CHANGED} AND NOT {TOO_OLD}
        AND EXISTS (SELECT FROM chat_cachedpassage WHERE answer_id = answer.id)
    ELSE answer.state IN ('live', 'review_due') AND (%(serve_due)s OR NOT {IS_DUE}) END
"""
EXACT = f"""
SELECT answer.id, answer.verified_at IS NOT NULL AS verified, question.text
FROM chat_cachedquestion AS question JOIN chat_cachedanswer AS answer ON answer.id = question.answer_id
WHERE question.scope = ANY(%(scopes)s) AND question.digest = %(digest)s AND question.same AND {SERVABLE}
ORDER BY verified DESC, array_position(%(scopes)s, question.scope::text), answer.made_at DESC LIMIT 1
"""  # noqa: S608  (parts of our own)
# Of what was never asked, which is most of it, this is found out without planning the statement above.
ASKED = """
SELECT 1 FROM chat_cachedquestion WHERE scope = ANY(%(scopes)s) AND digest = %(digest)s AND same LIMIT 1
"""
# Ordered as the inner part is, so that no more phrasings are checked than are taken.
NEAR = f"""
SELECT answer.id, near.text, 1 - near.distance, near.same, answer.verified_at IS NOT NULL, md5(answer.content),
    near.digest, array_position(%(scopes)s, near.scope::text)
FROM (
    SELECT answer_id, text, scope, digest, same, {{distance}} AS distance
    FROM chat_cachedquestion
    WHERE scope = ANY(%(scopes)s) AND embedder_id = {{embedder}}
    ORDER BY distance LIMIT {LOOKED_AT}
) AS near JOIN chat_cachedanswer AS answer ON answer.id = near.answer_id
WHERE {SERVABLE} ORDER BY near.distance LIMIT {NEIGHBOURS}
"""  # noqa: S608  (parts of our own)


@dataclass(frozen=True)
class Match:
    """An entry that the question leads to."""

    answer_id: int
    level: str
    """"exact", "verified" or "similar"."""
    phrasing: str
    is_verified: bool


class Row(NamedTuple):
    """A servable phrasing."""

    answer_id: int
    text: str
    cosine: float
    same: bool
    is_verified: bool
    content: str
    """Hash of the answer."""
    digest: str
    """Of the phrasing."""
    place: int
    """Of its scope among those of the question: the answer of an assistant goes before that of all."""


@dataclass(frozen=True)
class Nearest:
    """What resembles the question most, when nothing has its very words."""

    candidate: Candidate | None
    gate: Gate
    match: Match | None
    """None if the gate is not sure enough."""


def exact(question: str, scope: Scope) -> Match | None:
    """The entry that was asked for in the same words; a verified one goes first."""
    parameters = _circumstances(scope) | {"digest": digest(question)}
    with connection.cursor() as cursor:
        cursor.execute(ASKED, parameters)
        if cursor.fetchone() is None:
            return None
        cursor.execute(EXACT, parameters)
        found = cursor.fetchone()
    return Match(found[0], "exact", found[2], found[1]) if found else None


def similar(question: str, vector: Any, scope: Scope) -> Nearest:
    """The entry whose phrasings lie nearest, if no guard tells them apart and the gate is sure enough.

    vector: of the question, by the embedder in force.
    """
    row = gate_row()
    gate = gate_of(row)
    rows = _near(vector, scope, row.embedder)
    asked = guards.read(question)
    nearest = None
    for level, known in (("verified", _verified(rows)), ("similar", rows)):
        nearest = _candidate(asked, known, gate)
        sure = gate if level == "similar" else gate.for_verified
        if nearest and sure.admits(nearest, strict=not asked.english):
            found = next(known for known in rows if known.answer_id == nearest.answer_id)
            level = "verified" if found.is_verified else level
            return Nearest(nearest, gate, Match(found.answer_id, level, nearest.question, found.is_verified))
    return Nearest(nearest, gate, None)


def _candidate(asked: guards.Reading, rows: Sequence[Row], gate: Gate) -> Candidate | None:
    """What of the rows, nearest first, is worth a comparison; no more of them are read than that takes."""
    if not rows or not gate.compares(rows[0].cosine):
        return None
    alike = (row for row in rows if not guards.differences(asked, guards.read(row.text)))
    found = candidate(_with_one_answer_a_text(alike))
    return found if found and gate.compares(found.cosine) else None


def _verified(rows: Sequence[Row]) -> list[Row]:
    """Those that a curator has approved; what an assistant has for the same words goes before what all have."""
    verified = [row for row in rows if row.is_verified]
    first = {row.digest: row.place for row in sorted(verified, key=lambda row: -row.place)}
    return [row for row in verified if row.place == first[row.digest]]


def _with_one_answer_a_text(rows: Iterable[Row]) -> Iterator[Neighbour]:
    """What was answered in the same words does not speak against each other."""
    first: dict[str, int] = {}
    for row in rows:
        yield Neighbour(first.setdefault(row.content, row.answer_id), row.text, row.cosine, row.same)


def _near(vector: Any, scope: Scope, embedder: Embedder) -> list[Row]:
    parameters = _circumstances(scope) | {"vector": HalfVector(vector).to_text()}
    with transaction.atomic(), connection.cursor() as cursor:
        # A partial index is used for a number that stands in the statement, not for a parameter.
        near = NEAR.format(distance=vectors.distance(cursor, embedder), embedder=int(embedder.pk))
        cursor.execute(near, parameters)
        rows = [Row(*row) for row in cursor.fetchall()]
    # An index may tell them slightly out of order.
    return sorted(rows, key=lambda row: (-row.cosine, row.answer_id))


def _circumstances(scope: Scope) -> dict[str, Any]:
    return {
        "scopes": scope.keys,
        "collections": list(scope.collections),
        "hours_refreshed": settings.CACHE_HOURS_REFRESHED,
        "serve_due": settings.VERIFIED_WHEN_DUE == "serve",
    }
