"""Compares answers that were written afresh with those that the cache had, and labels the decisions.

A chat model is asked if there is one, with the tokens of a person of its own; otherwise, and where it is wrong beyond
doubt, the texts decide.
"""

import datetime
import logging
import secrets
import time
from collections.abc import Collection

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from assistant_project.limits.budgets import BudgetSpent, reserve
from chat.cache import labels
from chat.cache.agreement import Answer, compare
from chat.models import CacheDecision, CachedPassage, Message
from chat.prompts import comparison_messages, told_verdict
from chat.writers import Usage, WriterError, complete, estimated_prompt_tokens, has_chat_model
from chat.writers.extractive import without_closing

SECONDS = 30.0
PATIENCE = datetime.timedelta(days=1)
"""So long a decision waits for a model that fails."""
REPLY_TOKENS = 400
"""For one word: some models think before they write."""
PAYER = "cache"
"""On whose budget the comparisons go."""

Label = CacheDecision.Label

logger = logging.getLogger(__name__)


def compare_waiting(limit: int = 50, *, seconds: float = SECONDS) -> int:
    """Label decisions whose fresh answer is there by now; how many. Several processes may do so at once.

    None is begun after so many seconds. A model that fails is not asked again before the next time.
    """
    end = time.monotonic() + seconds
    claimed: list[int] = []
    labelled = 0
    while len(claimed) < limit and time.monotonic() < end and (decision := _claim(claimed)):
        claimed.append(decision.pk)
        try:
            labelled += _judge(decision)
        except (WriterError, BudgetSpent) as error:
            logger.warning("cache decision %s could not be compared: %s", decision.pk, type(error).__name__)
            _give_back_or_give_up(decision)
            break
        except BaseException:
            _give_back(decision)
            raise
    return labelled


@transaction.atomic
def _claim(but: Collection[int]) -> CacheDecision | None:
    """One that nobody else compares, any: what a model chokes on must not hold up the rest for ever.

    It does not wait any more. If this process dies before the label is written, there is none: nothing counts it.
    """
    ready = CacheDecision.objects.waiting().exclude(pk__in=but)
    ready = ready.exclude(message__state=Message.State.STREAMING)
    decision = ready.order_by("?").select_for_update(skip_locked=True, of=("self",)).first()
    if decision:
        CacheDecision.objects.filter(pk=decision.pk).update(waits=False)
    return decision


def _give_back_or_give_up(decision: CacheDecision) -> None:
    if decision.created_at > timezone.now() - PATIENCE:
        _give_back(decision)
    else:
        labels.label(decision, Label.UNSURE, CacheDecision.LabelledBy.COMPARISON)


def _give_back(decision: CacheDecision) -> None:
    CacheDecision.objects.filter(pk=decision.pk, label="").update(waits=True)


def _judge(decision: CacheDecision) -> int:
    """Label it; 0 if there is nothing to compare."""
    verdict = _verdict(decision)
    if verdict:
        labels.label(decision, verdict, CacheDecision.LabelledBy.COMPARISON)
    return int(bool(verdict))


def _verdict(decision: CacheDecision) -> str:
    """A label; empty if there is nothing to compare. Raises WriterError and BudgetSpent."""
    message = decision.message
    if message is None or message.state != Message.State.COMPLETE or not decision.cached_content:
        return ""
    if message.kind not in {Message.Kind.GENERATED, Message.Kind.EXTRACT}:
        return Label.UNSURE
    by_texts = compare(_cached(decision), _fresh(message))
    if not has_chat_model():
        return by_texts
    by_model = _ask_model(decision, message)
    contradicted = by_model == Label.SAME and by_texts == Label.DIFFERENT
    return Label.UNSURE if contradicted else by_model


def _cached(decision: CacheDecision) -> Answer:
    """The answer as it was in the cache. What it cited is not known any more if the entry has been written anew."""
    entry = decision.answer
    unchanged = entry is not None and entry.content == decision.cached_content
    return Answer(
        without_closing(decision.cached_content), _hashes(decision.answer_id) if unchanged else None
    )


def _fresh(message: Message) -> Answer:
    chunks = message.citations.filter(chunk__isnull=False).values_list("chunk__content_hash", flat=True)
    return Answer(without_closing(message.content), frozenset(chunks))


def _hashes(entry: int | None) -> frozenset[str]:
    passages = CachedPassage.objects.filter(answer=entry).values_list("content_hashes", flat=True)
    return frozenset(one for hashes in passages for one in hashes)


def _ask_model(decision: CacheDecision, message: Message) -> str:
    """Its verdict. No row is locked meanwhile. Raises WriterError, and BudgetSpent before it is called."""
    messages = comparison_messages(
        (decision.phrasing, without_closing(decision.cached_content)),
        (decision.question, without_closing(message.content)),
        delimiter=secrets.token_hex(8),
    )
    reservation = reserve(PAYER, 2 * estimated_prompt_tokens(messages) + REPLY_TOKENS)
    spent = Usage()
    try:
        completion = async_to_sync(complete)(messages, max_tokens=REPLY_TOKENS)
        if completion is None:
            return Label.UNSURE
        spent = completion.usage
        return Label.UNSURE if spent.truncated else told_verdict(completion.text)
    except WriterError as error:
        spent = error.usage
        raise
    finally:
        reservation.settle(spent.tokens)
