"""What becomes of a draft: a checked answer, an abstention, a failure, or the beginning that a reader stopped."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from chat import citations, prices, records
from chat.answering import again
from chat.answering.draft import Draft
from chat.events import Done, Event, Sources, Token
from chat.evidence import Evidence, store_citations
from chat.models import DailyUsage, Message
from chat.writers import (
    Usage,
    estimated_prompt_tokens,
    estimated_tokens,
    shown_messages,
    writer_in_force,
)

NEAREST = 3
NOT_IN_THE_SOURCES = gettext_noop("The sources do not answer this question.")
NOT_IN_THE_SELECTION = gettext_noop("The selected text does not answer this question.")


class ConversationGone(Exception):  # noqa: N818  (nothing went wrong: its owner wanted it so)
    """It was deleted while the answer was being written."""


def complete(draft: Draft) -> Mapping[str, Any]:
    """Check and store the answer."""
    draft.mark("written")
    if draft.kind == Message.Kind.ABSTAINED:
        return _abstain(draft)
    checked = citations.check(draft.text, draft.evidence)
    try:
        message = _store_checked(draft, checked)
    except IntegrityError:  # a cited source was read anew or deleted in that very moment
        message = _store_checked(draft, checked)
    again.remember(draft, message, checked)
    return _stored(message)


def fail(draft: Draft, code: str, detail: str) -> None:
    """Keep what was written, marked as failed."""
    draft.mark("failed")
    _store_partial(draft, state=Message.State.FAILED, error=(code, detail))


def stop(draft: Draft) -> None:
    """Keep what was written when the reader left."""
    draft.mark("stopped")
    _store_partial(draft, state=Message.State.STOPPED)


def settle(draft: Draft, state: str = Message.State.COMPLETE) -> None:
    """Give back what the answer did not use of the budgets. Outside of a transaction, because others wait for them."""
    if draft.question.reservation:
        spent = _spent(draft, state)
        draft.question.reservation.settle(spent.prompt_tokens + spent.completion_tokens)


def told_again(answer_id: int) -> list[Event]:
    """The events of an answer that is stored already."""
    message = Message.objects.prefetch_related(*records.SHOWN).filter(pk=answer_id).first()
    if message is None:
        raise ConversationGone
    return [
        Sources(tuple(message.citations.all())),
        Token(message.content),
        Done(records.message_payload(message)),
    ]


def _stored(message: Message) -> Mapping[str, Any]:
    stored = records.stored_answer(message.pk)
    if stored is None:
        raise ConversationGone
    return stored


def _store_checked(draft: Draft, checked: citations.CheckedAnswer) -> Message:
    cited = [evidence for evidence in draft.evidence if evidence.number in checked.cited]
    remarks = {
        "unsupported": list(checked.unsupported) if draft.kind in again.WRITTEN else [],
        "uncited": draft.kind in again.WRITTEN and not cited,
        "truncated": bool(draft.usage and draft.usage.truncated),
        "review_due": draft.kind == Message.Kind.VERIFIED and again.is_due(draft),
    }
    with transaction.atomic():
        message = _store(draft, content=checked.text, state=Message.State.COMPLETE, remarks=remarks)
        store_citations(message, cited)
    settle(draft)
    return message


def _abstain(draft: Draft) -> Mapping[str, Any]:
    """Say that the sources do not answer, and name the nearest."""
    content = gettext(NOT_IN_THE_SELECTION if draft.question.selected_text else NOT_IN_THE_SOURCES)
    nearest = records.nearest(draft.search.passages if draft.search else (), NEAREST)
    with transaction.atomic():
        message = _store(draft, content=content, state=Message.State.COMPLETE, remarks={"nearest": nearest})
    settle(draft)
    again.remember(draft, message)
    return _stored(message)


def _store_partial(draft: Draft, *, state: str, error: tuple[str, str] = ("", "")) -> None:
    """Keep the beginning of an answer with what it cites; one that is stored already stays as it is."""
    if not Message.objects.filter(pk=draft.question.answer_id, state=Message.State.STREAMING).exists():
        return
    checked = citations.check(draft.text, draft.evidence)
    cited: list[Evidence] = [evidence for evidence in draft.evidence if evidence.number in checked.cited]
    with suppress(ConversationGone), transaction.atomic():
        message = _store(draft, content=checked.text, state=state, error=error)
        store_citations(message, cited)
    settle(draft, state)


def _store(
    draft: Draft,
    *,
    content: str,
    state: str,
    error: tuple[str, str] = ("", ""),
    remarks: Mapping[str, Any] | None = None,
) -> Message:
    """Write the end of an answer into its row, and count it."""
    draft.mark("stored")
    message = Message.objects.select_for_update().filter(pk=draft.question.answer_id).first()
    if message is None:
        raise ConversationGone
    message.content, message.state, message.kind = content, state, draft.kind
    message.model = draft.writer
    message.standalone_question = draft.standalone.text if draft.standalone else draft.question.content
    message.error_code, message.error_detail = error
    message.cached_answer = again.count_hit(draft)
    message.cached_at = again.written_at(draft)
    spent = _spent(draft, state)
    message.prompt_tokens, message.completion_tokens = spent.prompt_tokens, spent.completion_tokens
    message.cost = _cost(draft, state)
    message.timings = draft.timings
    message.trace = _trace(draft) | dict(remarks or {})
    message.save()
    completed = state == Message.State.COMPLETE
    DailyUsage.objects.add(
        draft.question.asker.user,
        answers=int(completed),
        abstained=int(completed and draft.kind == Message.Kind.ABSTAINED),
        cached=int(completed and draft.kind in again.GIVEN_AGAIN),
        prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens,
        cost=message.cost,
    )
    return message


def _spent(draft: Draft, state: str) -> Usage:
    """The tokens of the answer and of the rewriting before it."""
    rewriting, answer = _rewriting(draft), _writing(draft, state)
    return Usage(
        rewriting.prompt_tokens + answer.prompt_tokens,
        rewriting.completion_tokens + answer.completion_tokens,
    )


def _rewriting(draft: Draft) -> Usage:
    return draft.standalone.usage if draft.standalone else Usage()


def _writing(draft: Draft, state: str) -> Usage:
    """Estimated if the model could not tell."""
    begun = bool(draft.text) or state == Message.State.STOPPED
    if draft.usage is None and draft.request and begun and not draft.question.choice.writer.quotes:
        return Usage(estimated_prompt_tokens(draft.request), estimated_tokens(draft.text))
    return draft.usage or Usage()


def _cost(draft: Draft, state: str) -> Decimal:
    """Of the answer by the model that was chosen, and of the rewriting by the one that the settings name."""
    rewriting, answer = _rewriting(draft), _writing(draft, state)
    total = _price(draft.writer, answer)
    if rewriting.prompt_tokens or rewriting.completion_tokens:
        total += _price(writer_in_force().name, rewriting)
    return min(total, prices.MOST)


def _price(model: str, used: Usage) -> Decimal:
    return prices.cost(
        settings.MODEL_PRICES,
        model,
        prompt_tokens=used.prompt_tokens,
        completion_tokens=used.completion_tokens,
    )


def _trace(draft: Draft) -> dict[str, Any]:
    """Why this answer was given, for staff."""
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
    if draft.request and not choice.writer.quotes:
        told["prompt"] = shown_messages(draft.request)
    told |= again.trace(draft)
    return told | (records.trace(draft.search, draft.evidence) if draft.search else {})
