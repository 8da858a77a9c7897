"""What an entry holds, as the answering needs it."""

from dataclasses import dataclass

from django.utils import timezone

from chat.evidence import CitedBefore
from chat.models import CachedAnswer, CachedPassage
from knowledge.models import Chunk


@dataclass(frozen=True)
class Entry:
    """An answer that is given again, with the passages that it cites as they are found today."""

    answer: CachedAnswer
    evidence: tuple[CitedBefore, ...]
    is_due: bool
    """Verified, but somebody should look at it again: a source has changed, or the date has come."""


def load(answer_id: int) -> Entry | None:
    """None if it was deleted, or one of its sources, a moment ago."""
    answer = CachedAnswer.objects.filter(pk=answer_id).first()
    if answer is None:
        return None
    hidden = ("source__text", "source__live_revision__text", "source__live_revision__report")
    passages = list(answer.passages.select_related("source__live_revision").defer(*hidden))
    if any(passage.source is None for passage in passages):
        return None
    chunks = _live_chunks(passages)
    changed = any(
        (passage.source_id, content_hash) not in chunks
        for passage in passages
        for content_hash in passage.content_hashes
    )
    return Entry(
        answer,
        tuple(
            CitedBefore(
                passage.number,
                passage.source.name,
                passage.heading,
                passage.page,
                passage.text,
                passage.source,
                chunks.get((passage.source_id, passage.content_hashes[0])),
            )
            for passage in passages
            if passage.source is not None
        ),
        changed or answer.is_due(timezone.localdate()),
    )


def _live_chunks(passages: list[CachedPassage]) -> dict[tuple[int | None, str], int]:
    """Where the cited texts stand now: (source, content hash) -> chunk."""
    hashes = {content_hash for passage in passages for content_hash in passage.content_hashes}
    sources = {passage.source_id for passage in passages}
    found = Chunk.objects.live().filter(content_hash__in=hashes, source__in=sources).order_by("-pk")
    return {
        (chunk.source_id, chunk.content_hash): chunk.pk
        for chunk in found.only("source_id", "content_hash", "heading", "text")
        if chunk.is_what_was_hashed
    }
