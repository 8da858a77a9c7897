"""What is kept of an answer, and how every door shows it."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.citations import locate
from chat.formatting import answer_html
from chat.models import Citation, Message
from knowledge.models import Chunk, Source
from knowledge.retrieval import Passage, Search


@dataclass(frozen=True)
class NumberedPassage:
    """A passage with the number under which an answer cites it."""

    number: int
    found: Passage

    @property
    def title(self) -> str:
        return self.found.title

    @property
    def heading(self) -> str:
        return self.found.heading

    @property
    def page(self) -> int | None:
        return self.found.page

    @property
    def text(self) -> str:
        return self.found.text


def passage_payload(passage: NumberedPassage) -> dict[str, Any]:
    """A passage before it is cited, in the shape of citation_payload."""
    found = passage.found
    return {
        "number": passage.number,
        "title": found.title,
        "heading": found.heading,
        "page": found.page,
        "last_page": found.last_page,
        "url": found.url,
        "text": found.text,
        "source_id": found.source_id,
        "source_read_at": _iso(found.read_at),
    }


def citation_payload(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "title": citation.title,
        "heading": citation.heading,
        "page": citation.page,
        "last_page": citation.last_page,
        "url": citation.url,
        "text": citation.text,
        "source_id": citation.source_id,
        "source_read_at": _iso(citation.source_read_at),
    }


def message_payload(message: Message) -> dict[str, Any]:
    """A message as REST, the stream's `done` event and the page show it. Prefetch `citations` for many."""
    cited = list(message.citations.all())
    return {
        "id": message.pk,
        "session_id": str(message.session_id),
        "role": message.role,
        "content": message.content,
        "html": answer_html(
            message.content,
            message_id=message.pk,
            numbers=[citation.number for citation in cited],
            allowed_urls=[citation.url for citation in cited],
        )
        if message.role == Message.Role.ASSISTANT
        else "",
        "state": message.state,
        "kind": message.kind,
        "model": message.model,
        "created_at": message.created_at.isoformat(),
        "citations": [citation_payload(citation) for citation in cited],
        "nearest": message.trace.get("nearest", []),
        "warnings": warnings(message),
        "error": {"code": message.error_code, "detail": message.error_detail} if message.error_code else None,
        "timings": message.timings,
    }


def warnings(message: Message) -> list[str]:
    """What a reader should know of an answer: "uncited", "unsupported" statements, "truncated" by the model."""
    return [name for name in ("uncited", "unsupported", "truncated") if message.trace.get(name)]


def stored_answer(message_id: int) -> Mapping[str, Any]:
    return message_payload(Message.objects.prefetch_related("citations").get(pk=message_id))


def store_citations(message: Message, passages: Sequence[NumberedPassage]) -> None:
    """Copy the cited passages: history does not change when a source does."""
    sources = Source.objects.in_bulk([passage.found.source_id for passage in passages])
    ids = [chunk for passage in passages for chunk in passage.found.chunk_ids]
    chunks = set(Chunk.objects.filter(pk__in=ids).values_list("pk", flat=True))
    Citation.objects.bulk_create(
        _citation(message, passage, sources.get(passage.found.source_id), chunks) for passage in passages
    )


def _citation(
    message: Message, passage: NumberedPassage, source: Source | None, chunks: Collection[int]
) -> Citation:
    """With the page and the chunk in which the cited words stand; `chunks` are those that are still there."""
    found = passage.found
    offset = locate(message.content, passage.number, found.text)
    page, chunk = found.page_at(offset), found.chunk_at(offset)
    chunk_id = chunk if chunk in chunks else None
    return Citation(
        message=message,
        number=passage.number,
        source=source,
        chunk_id=chunk_id,
        title=found.title[:500],
        heading=found.heading,
        page=page,
        last_page=page,
        text=found.text,
        url=source.page_url(page, chunk_id) if source else "",
        source_read_at=found.read_at,
    )


def nearest(passages: Iterable[Passage], most: int) -> list[dict[str, Any]]:
    """The sources that came closest, each once."""
    by_source = {passage.source_id: passage for passage in reversed(list(passages))}
    best = sorted(by_source.values(), key=lambda passage: -passage.score)[:most]
    return [{"title": passage.title, "url": passage.url, "page": passage.page} for passage in best]


def trace(search: Search, used: Sequence[NumberedPassage]) -> dict[str, Any]:
    """Why this answer was given, for staff."""
    numbers = {passage.found.chunk_ids: passage.number for passage in used}
    return {
        "floor": search.floor,
        "degraded": search.degraded,
        "terms": {term: round(weight, 3) for term, weight in search.term_weights.items()},
        "candidates": [
            {
                "number": numbers.get(passage.chunk_ids),
                "source_id": passage.source_id,
                "chunk_ids": list(passage.chunk_ids),
                "page": passage.page,
                "score": round(passage.score, 4),
                "cosine": None if passage.cosine is None else round(passage.cosine, 4),
                "bm25": round(passage.bm25, 4),
                "matched": list(passage.matched),
            }
            for passage in search.passages
        ],
    }


def _iso(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
