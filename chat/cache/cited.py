"""The passages that an entry cites: found by the chunks that they were made of, and whether they still stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chat.citations import locate
from chat.models import CachedAnswer, CachedPassage
from knowledge.models import Chunk, Source
from knowledge.retrieval import Passage
from knowledge.retrieval.passages import merged

COLUMNS = (
    "id", "source_id", "revision_id", "ordinal", "heading", "text", "start", "first_page", "last_page",
    "page_breaks",
)  # fmt: skip
NOT_SEARCHED: dict[str, Any] = {"score": 0.0, "cosine": None, "bm25": 0.0, "matched": ()}


def passages_of(groups: Iterable[Sequence[int]], user: Any) -> list[Passage | None]:
    """The passage that each group of neighbouring chunks makes; None where one is gone or closed to this person."""
    groups = list(groups)
    ids = {pk for group in groups for pk in group}
    rows = {row["id"]: row for row in _speaking().visible_to(user).filter(pk__in=ids).values(*COLUMNS)}
    found = [_joined([rows[pk] for pk in group]) if rows.keys() >= set(group) else None for group in groups]
    sources = (
        Source.objects.select_related("live_revision")
        .defer("text", "live_revision__text", "live_revision__report")
        .in_bulk([passage.source_id for passage in found if passage])
    )
    return [passage and replace(passage, title=sources[passage.source_id].name) for passage in found]


def chunks_of(passage: CachedPassage) -> list[int]:
    """Ids of the live chunks that hold what a passage of an entry was made of; none if one of them has changed."""
    live = _speaking().filter(source=passage.source_id, content_hash__in=passage.content_hashes)
    by_hash = dict(live.order_by("-ordinal").values_list("content_hash", "pk"))
    if by_hash.keys() < set(passage.content_hashes):
        return []
    return [by_hash[content_hash] for content_hash in passage.content_hashes]


def outdated(answer: CachedAnswer) -> list[CachedPassage]:
    """Cited passages whose source is gone, disabled, or holds another text by now."""
    passages = list(answer.passages.all())
    hashes = {content_hash for passage in passages for content_hash in passage.content_hashes}
    there = set(_speaking().filter(content_hash__in=hashes).values_list("source_id", "content_hash"))
    return [
        passage
        for passage in passages
        if not there >= {(passage.source_id, content_hash) for content_hash in passage.content_hashes}
    ]


def store(answer: CachedAnswer, passages: Mapping[int, Passage]) -> None:
    """Have an entry cite these, by number, and nothing else; with the page on which the cited words stand."""
    ids = {pk for passage in passages.values() for pk in passage.chunk_ids}
    hashes = dict(Chunk.objects.filter(pk__in=ids).values_list("pk", "content_hash"))
    answer.passages.all().delete()
    CachedPassage.objects.bulk_create(
        CachedPassage(
            answer=answer,
            number=number,
            source_id=passage.source_id,
            content_hashes=[hashes[pk] for pk in passage.chunk_ids],
            title=passage.title[:500],
            heading=passage.heading,
            page=passage.page_at(locate(answer.content, number, passage.text)),
            text=passage.text,
        )
        for number, passage in passages.items()
    )


def _speaking() -> Any:
    return Chunk.objects.live().filter(source__in=Source.objects.answering())


def _joined(rows: list[dict[str, Any]]) -> Passage | None:
    passages = merged([row | NOT_SEARCHED for row in rows])
    return passages[0] if len(passages) == 1 else None
