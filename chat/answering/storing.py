"""What becomes of a draft: a checked answer, an abstention, a failure, or the beginning that a reader stopped."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_noop

from chat import prices, records
from chat.answering import again
from chat.answering.draft import Draft
from chat.answering.tracing import kept_trace
from chat.citations import CheckedAnswer
from chat.events import Done, Event, Sources, Token
from chat.evidence import Evidence, store_citations
from chat.models import DailyUsage, Message
from chat.writers import Usage, writer_in_force

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
    checked = draft.checked()
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


def settle(draft: Draft) -> None:
    """Give back what the answer did not use of the budgets. Outside of a transaction, because others wait for them."""
    if draft.question.reservation:
        draft.question.reservation.settle(draft.usage_in_all.tokens)


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


def _store_checked(draft: Draft, checked: CheckedAnswer) -> Message:
    cited = [evidence for evidence in draft.evidence if evidence.number in checked.cited]
    remarks = {
        "unsupported": list(checked.unsupported) if draft.kind in again.WRITTEN else [],
        "uncited": draft.kind in again.WRITTEN and not cited,
        "truncated": draft.usage.truncated,
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
    checked = draft.checked()
    cited: list[Evidence] = [evidence for evidence in draft.evidence if evidence.number in checked.cited]
    with suppress(ConversationGone), transaction.atomic():
        message = _store(draft, content=checked.text, state=state, error=error)
        store_citations(message, cited)
    settle(draft)


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
    spent = draft.usage_in_all
    message.prompt_tokens, message.completion_tokens = spent.prompt_tokens, spent.completion_tokens
    message.cost = _cost(draft)
    message.timings = draft.timings
    message.trace = kept_trace(draft) | dict(remarks or {})
    message.save()
    _count(message, draft.question.asker.user)
    return message


def _count(message: Message, user: Any) -> None:
    """In the figures of the day."""
    completed = message.state == Message.State.COMPLETE
    DailyUsage.objects.add(
        user,
        answers=int(completed),
        abstained=int(completed and message.kind == Message.Kind.ABSTAINED),
        cached=int(completed and message.kind in again.GIVEN_AGAIN),
        prompt_tokens=message.prompt_tokens,
        completion_tokens=message.completion_tokens,
        cost=message.cost,
    )


def _cost(draft: Draft) -> Decimal:
    """Of tools and answer by the model that was chosen, and of the rewriting by the one that the settings name."""
    rewriting, tools = draft.usage_of_rewriting, draft.usage_of_tools
    total = _price(draft.writer, draft.usage)
    if tools.tokens:
        total += _price(draft.question.choice.writer.name, tools)
    if rewriting.tokens:
        total += _price(writer_in_force().name, rewriting)
    return min(total, prices.MOST)


def _price(model: str, used: Usage) -> Decimal:
    return prices.cost(
        settings.MODEL_PRICES,
        model,
        prompt_tokens=used.prompt_tokens,
        completion_tokens=used.completion_tokens,
    )
