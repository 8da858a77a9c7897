"""Answers that are given again: looked up before anything is searched, and kept when they are new."""

import datetime
import logging
from dataclasses import replace
from typing import Any

from django.conf import settings

from chat import cache
from chat.answering.draft import Draft
from chat.cache import offering
from chat.cache.eligibility import may_be_shared, stands_alone
from chat.cache.scope import asker_key, scope_of
from chat.citations import CheckedAnswer
from chat.evidence import NumberedPassage
from chat.models import CachedAnswer, Message
from knowledge import retrieval
from knowledge.models import Collection, Corpus

GIVEN_AGAIN = {Message.Kind.CACHED, Message.Kind.VERIFIED}
WRITTEN = {Message.Kind.GENERATED, Message.Kind.EXTRACT}

logger = logging.getLogger(__name__)


def look_up(draft: Draft) -> bool:
    """Take the answer from the cache, if there is one that may be given. What fails in it costs nobody the answer."""
    try:
        return _take(draft)
    except Exception:
        logger.exception("the cache was not asked for answer %s", draft.question.answer_id)
        draft.found = None
        return False


def _take(draft: Draft) -> bool:
    asked, standalone = draft.question, draft.standalone
    if settings.CACHE_MODE == "off" or standalone is None or asked.images:
        return False
    if not may_be_shared(standalone.text) or not stands_alone(standalone, is_first=not draft.history):
        return False
    choice = asked.choice
    if choice.style.program and not choice.writer.quotes:
        return False  # a program's instructions make it another answer; sentences of the sources stay what they are
    style = replace(choice.style, program="")
    draft.scope = scope_of(choice.assistant, style, choice.model, _searched(draft), tools=choice.tools)
    draft.found = cache.look_up(
        standalone.text,
        draft.scope,
        asker=asker_key(asked.asker),
        fresh=asked.fresh,
        vector=lambda: embedded(draft).vector,
    )
    draft.corpus_version = 0 if draft.found.is_hit else Corpus.objects.current().version
    draft.mark("looked_up")
    if not draft.found.is_hit or draft.found.entry is None:
        return False
    entry = draft.found.entry
    draft.kind = Message.Kind.VERIFIED if entry.answer.is_verified else Message.Kind.CACHED
    draft.text, draft.writer, draft.evidence = entry.answer.content, entry.answer.model, list(entry.evidence)
    return True


def embedded(draft: Draft) -> retrieval.Embedded:
    """The vector of the question as it stands alone, made once for the cache and the search."""
    if draft.embedded is None:
        assert draft.standalone is not None
        draft.embedded = retrieval.embedded(draft.standalone.text)
    return draft.embedded


def count_hit(draft: Draft) -> CachedAnswer | None:
    """The entry that is given, counted; None if it was deleted a moment ago. Holds it until the transaction ends."""
    if draft.kind not in GIVEN_AGAIN or draft.found is None or draft.found.entry is None:
        return None
    answer = draft.found.entry.answer
    level = draft.found.match.level if draft.found.match else ""
    asker = asker_key(draft.question.asker) if level == "exact" else ""
    return answer if CachedAnswer.objects.count_hit(answer.pk, asker) else None


def written_at(draft: Draft) -> datetime.datetime | None:
    """When an answer that is given again was written, or verified."""
    if draft.kind not in GIVEN_AGAIN or draft.found is None or draft.found.entry is None:
        return None
    answer = draft.found.entry.answer
    return answer.verified_at or answer.made_at


def is_due(draft: Draft) -> bool:
    """Whether somebody should look again at the verified answer that is given."""
    return bool(draft.found and draft.found.entry and draft.found.entry.is_due)


def remember(draft: Draft, message: Message, checked: CheckedAnswer | None = None) -> None:
    """Keep what was decided, and a new answer for the next time. It never costs the reader the answer."""
    if draft.found is None or draft.scope is None or draft.standalone is None:
        return
    try:
        offering.record(draft.found, draft.standalone.text, message)
        if checked and _may_be_kept(draft, checked):
            offering.take(_offer(draft, message, checked))
    except Exception:
        logger.exception("answer %s was not kept", message.pk)


def trace(draft: Draft) -> dict[str, Any]:
    """For staff: what the cache said."""
    found = draft.found
    if found is None:
        return {}
    told: dict[str, Any] = {"outcome": found.outcome or ("hit" if found.is_hit else "miss")}
    if found.match:
        told |= {"level": found.match.level, "phrasing": found.match.phrasing, "entry": found.match.answer_id}
    if found.nearest and found.nearest.candidate:
        nearest = found.nearest.candidate
        told |= {
            "gate": found.nearest.gate.state,
            "nearest": nearest.question,
            "cosine": round(nearest.cosine, 4),
            "margin": round(nearest.margin, 4),
            "votes": round(nearest.votes, 2),
        }
    return {"cache": told}


def _searched(draft: Draft) -> list[int]:
    """The collections that the assistant quotes, as far as the asker may read them."""
    readable = Collection.objects.visible_to(draft.question.asker.user)
    of_assistant = draft.question.choice.assistant.collections
    if narrowed := list(of_assistant.values_list("pk", flat=True)):
        readable = readable.filter(pk__in=narrowed)
    return list(readable.values_list("pk", flat=True))


def _may_be_kept(draft: Draft, checked: CheckedAnswer) -> bool:
    """Complete, cited throughout, and written from nothing but the question and the sources."""
    if draft.kind not in WRITTEN or not checked.cited or checked.unsupported:
        return False
    if draft.found and draft.found.match and draft.found.match.is_verified:
        return False  # asked afresh: a verified answer is not pushed aside
    if draft.tools and (draft.tools.calls or draft.tools.note):
        return False  # what a tool gives holds for its own time; and it might have given something
    if draft.parts:
        return False  # whether a new source changes it is asked with the whole message, not with each part
    told_of_the_conversation = bool(draft.history) and not draft.question.choice.writer.quotes
    degraded = draft.search is None or bool(draft.search.degraded)
    return not (told_of_the_conversation or draft.usage.truncated or degraded)


def _offer(draft: Draft, message: Message, checked: CheckedAnswer) -> offering.Offer:
    assert draft.standalone is not None
    assert draft.scope is not None
    return offering.Offer(
        question=draft.standalone.text,
        scope=draft.scope,
        asker=asker_key(draft.question.asker),
        message=message,
        cited=[
            evidence
            for evidence in draft.evidence
            if isinstance(evidence, NumberedPassage) and evidence.number in checked.cited
        ],
        corpus_version=draft.corpus_version,
        milliseconds=draft.timings.get("written", 0),
        vector=draft.embedded.vector if draft.embedded else None,
    )
