"""Takes a new answer in, if it may be given again, and keeps what was decided about the question."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat.cache import LookUp, freshness, phrasings
from chat.cache.scope import Scope
from chat.cache.wording import digest
from chat.evidence import NumberedPassage
from chat.models import (
    CachedAnswer,
    CacheDecision,
    CachedPassage,
    CachedQuestion,
    CacheUsage,
    Message,
)
from knowledge.models import Chunk, Corpus, Embedder, Source


@dataclass(frozen=True)
class Offer:
    """A complete answer with everything that it rests on."""

    question: str
    """As it stands alone."""
    scope: Scope
    asker: str
    message: Message
    cited: Sequence[NumberedPassage]
    corpus_version: int
    """Corpus.version before the search."""
    milliseconds: int
    vector: Any = None
    """Of the question, by the embedder in force, if it was needed."""


def take(offer: Offer) -> CachedAnswer | None:
    """Keep the answer as an entry, in place of what was kept for the same question. None if it must not be kept.

    An answer that was written while new material came in may lack it.
    """
    with transaction.atomic():
        if not _alone_with_the_sources() or _is_overtaken(offer):
            return None
        _alone_with_the_question(offer)
        passages = _passages(offer)
        if not passages or _was_withdrawn(offer):
            return None
        entry = _written(offer, _there(offer) or CachedAnswer(scope=offer.scope.key))
        entry.passages.all().delete()
        for passage in passages:
            passage.answer = entry
        CachedPassage.objects.bulk_create(passages)
        phrasings.add(
            entry,
            offer.question,
            origin=CachedQuestion.Origin.ASKED,
            asker=offer.asker,
            vector=offer.vector,
            embed=False,  # new sources wait for the lock meanwhile
        )
        Message.objects.filter(pk=offer.message.pk).update(cached_answer=entry)
    return entry


def _alone_with_the_sources() -> bool:
    """Whether no new material is being let in at this moment: see freshness.note_new_material."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [freshness.LOCK])
        (alone,) = cursor.fetchone()
    return bool(alone)


def _alone_with_the_question(offer: Offer) -> None:
    """The same question, asked twice at once, becomes one entry."""
    with connection.cursor() as cursor:
        asked = f"{offer.scope.key} {digest(offer.question)}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [asked])


def _is_overtaken(offer: Offer) -> bool:
    return Corpus.objects.current().version != offer.corpus_version


def _passages(offer: Offer) -> list[CachedPassage]:
    """What the answer cites, with the hashes of the chunks; nothing if one of them is no longer there."""
    ids = [chunk for passage in offer.cited for chunk in passage.found.chunk_ids]
    hashes = dict(Chunk.objects.live().filter(pk__in=ids).values_list("pk", "content_hash"))
    if len(hashes) < len(set(ids)):
        return []
    shown = {citation.number: citation for citation in offer.message.citations.all()}
    return [
        CachedPassage(
            number=passage.number,
            source_id=passage.found.source_id,
            content_hashes=[hashes[chunk] for chunk in passage.found.chunk_ids],
            title=passage.title[:500],
            heading=passage.heading,
            page=shown[passage.number].page,
            text=passage.text,
        )
        for passage in offer.cited
        if passage.number in shown
    ]


def _of_the_question(offer: Offer) -> QuerySet[CachedAnswer]:
    """Entries for the same words in the same circumstances that nobody has approved."""
    return CachedAnswer.objects.written().filter(
        scope=offer.scope.key, questions__digest=digest(offer.question), questions__same=True
    )


def _was_withdrawn(offer: Offer) -> bool:
    """Whether a reader or a curator has withdrawn this very text: it does not come back by being written again."""
    there = _of_the_question(offer).filter(state=CachedAnswer.State.WITHDRAWN)
    return there.filter(content=offer.message.content).exists()


def _there(offer: Offer) -> CachedAnswer | None:
    """The row whose place the answer takes."""
    kept = _of_the_question(offer).exclude(state=CachedAnswer.State.WITHDRAWN)
    return kept.order_by("-made_at").select_for_update(of=("self",)).first()


def _written(offer: Offer, entry: CachedAnswer) -> CachedAnswer:
    """The row, with the answer in it."""
    message = offer.message
    same_text = entry.content == message.content
    entry.askers = list(dict.fromkeys([*(entry.askers if same_text else ()), offer.asker]))[:2]
    entry.collections = list(offer.scope.collections)
    entry.assistant_id, entry.language = message.session.assistant_id, offer.scope.language
    entry.content, entry.model = message.content, message.model
    entry.state, entry.state_detail = CachedAnswer.State.LIVE, ""
    entry.prompt_tokens, entry.completion_tokens = message.prompt_tokens, message.completion_tokens
    entry.milliseconds = offer.milliseconds
    entry.weakest_cosine = _weakest(offer.cited)
    entry.made_at = timezone.now()
    entry.expires_at = entry.made_at + _time_to_live(offer.cited)
    entry.save()
    return entry


def _weakest(cited: Sequence[NumberedPassage]) -> float | None:
    cosines = [passage.found.cosine for passage in cited]
    known = [cosine for cosine in cosines if cosine is not None]
    return min(known) if len(known) == len(cosines) else None


def _time_to_live(cited: Sequence[NumberedPassage]) -> datetime.timedelta:
    """Shorter if a cited source is read again and again."""
    refreshed = Source.objects.filter(pk__in={passage.found.source_id for passage in cited}).exclude(
        refresh_interval=Source.Refresh.NEVER
    )
    hours = settings.CACHE_HOURS_REFRESHED if refreshed.exists() else settings.CACHE_HOURS
    return datetime.timedelta(hours=hours)


def record(found: LookUp, question: str, message: Message) -> None:
    """Count the look-up and, if it resembled a known question, keep what was decided."""
    CacheUsage.objects.add(lookups=1, **_counted(found))
    if found.entry is None or found.nearest is None or found.nearest.candidate is None:
        return
    candidate = found.nearest.candidate
    CacheDecision.objects.create(
        embedder=Embedder.objects.in_force(),
        answer=CachedAnswer.objects.filter(pk=candidate.answer_id).first(),
        message=message,
        question=question,
        phrasing=candidate.question,
        cached_content=found.entry.answer.content,
        cosine=candidate.cosine,
        margin=candidate.margin,
        votes=candidate.votes,
        outcome=found.outcome,
        gate_state=found.nearest.gate.state,
        waits=found.outcome != CacheDecision.Outcome.SERVED,
    )


def _counted(found: LookUp) -> dict[str, int]:
    if found.outcome == CacheDecision.Outcome.AUDITED:
        return {"audited": 1}
    if not found.is_hit or found.match is None or found.entry is None:
        return {}
    answer = found.entry.answer
    return {
        found.match.level: 1,
        "saved_tokens": answer.prompt_tokens + answer.completion_tokens,
        "saved_milliseconds": answer.milliseconds,
    }
