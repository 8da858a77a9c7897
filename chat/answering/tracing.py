"""Why an answer was given, for staff: kept with it, and shown with one on trial."""

from typing import Any

from django.utils import timezone

from chat import records
from chat.answering import again
from chat.answering.draft import Draft
from chat.writers import shown_messages


def trace(draft: Draft) -> dict[str, Any]:
    """What the cache said, what was found and called, and what the model was sent."""
    told = again.trace(draft)
    if draft.request and not draft.question.choice.writer.quotes:
        told["prompt"] = shown_messages(draft.request)
    if draft.tools:
        told["tools"] = draft.tools.trace()
    return told | (records.trace(draft.search, draft.evidence) if draft.search else {})


def kept_trace(draft: Draft) -> dict[str, Any]:
    """With what may be another when somebody looks: who was to answer, when, and how the question was understood."""
    choice = draft.question.choice
    told: dict[str, Any] = {
        "assistant": choice.assistant.slug,
        "temperature": choice.model.temperature,
        "max_tokens": choice.model.max_tokens,
        "finished_at": timezone.now().isoformat(),
    }
    if draft.standalone:
        told["standalone"] = {
            "question": draft.standalone.text,
            "search": draft.standalone.search,
            "rewritten": draft.standalone.rewritten,
        }
    return told | trace(draft)
