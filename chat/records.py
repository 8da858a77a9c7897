"""What is kept of an answer, and how every door shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from chat.events import ToolCall
from chat.evidence import Evidence, NumberedPassage
from chat.formatting import answer_html
from chat.models import Message
from knowledge.retrieval import Passage, Search

SHOWN = ("citations", "feedback")
"""What message_payload needs of each message: prefetch it for many."""

TOLD_OF_A_CALL = [field.name for field in fields(ToolCall)]


def message_payload(message: Message) -> dict[str, Any]:
    """A message as REST, the stream's `done` event and the page show it. Prefetch SHOWN for many."""
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
        "cached_at": message.cached_at.isoformat() if message.cached_at else None,
        "model": message.model,
        "created_at": message.created_at.isoformat(),
        "citations": [citation.payload() for citation in cited],
        "nearest": message.trace.get("nearest", []),
        "tools": tool_calls(message.trace.get("tools")),
        "warnings": warnings(message),
        "error": {"code": message.error_code, "detail": message.error_detail} if message.error_code else None,
        "timings": message.timings,
        "tokens": {"prompt": message.prompt_tokens, "completion": message.completion_tokens},
        "selected_text": message.selected_text,
        "images": message.images,
        "standalone_question": message.standalone_question,
        "feedback": feedback_payload(message),
    }


def tool_calls(tools: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The calls in what a trace has under "tools", as ToolCall.payload tells them."""
    calls = tools["calls"] if tools else []
    return [{name: call[name] for name in TOLD_OF_A_CALL} for call in calls]


def feedback_payload(message: Message) -> dict[str, Any] | None:
    feedback = getattr(message, "feedback", None)
    return {"rating": feedback.rating, "comment": feedback.comment} if feedback else None


def warnings(message: Message) -> list[str]:
    """What a reader should know of an answer: "uncited", "unsupported" statements, "truncated" by the model,
    "review_due" because a source has changed since a curator verified it."""
    return [name for name in ("uncited", "unsupported", "truncated", "review_due") if message.trace.get(name)]


def stored_answer(message_id: int) -> Mapping[str, Any] | None:
    """None if it was deleted with its conversation."""
    message = Message.objects.prefetch_related(*SHOWN).filter(pk=message_id).first()
    return message_payload(message) if message else None


def nearest(passages: Iterable[Passage], most: int) -> list[dict[str, Any]]:
    """The sources that came closest, each once."""
    by_source = {passage.source_id: passage for passage in reversed(list(passages))}
    best = sorted(by_source.values(), key=lambda passage: -passage.score)[:most]
    return [{"title": passage.title, "url": passage.url, "page": passage.page} for passage in best]


def trace(search: Search, used: Sequence[Evidence]) -> dict[str, Any]:
    """What was found and why, for staff: every candidate with both scores; one without number was dropped."""
    numbers = {one.found.chunk_ids: one.number for one in used if isinstance(one, NumberedPassage)}
    return {
        "floor": search.floor,
        "degraded": search.degraded,
        "terms": {term: round(weight, 3) for term, weight in search.term_weights.items()},
        "candidates": [
            {
                "number": numbers.get(passage.chunk_ids),
                "source_id": passage.source_id,
                "title": passage.title,
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
