"""What the label of a decision changes, and how two entries that say the same become one.

Everybody locks in this order: messages, decisions, entries by their id.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assistant_project.language import site_language
from chat.cache import phrasings
from chat.cache.scope import asker_key
from chat.cache.wording import digest
from chat.models import CachedAnswer, CacheDecision, CachedQuestion, Message
from chat.visitors import owner_key
from knowledge import embeddings
from knowledge.errors import EmbeddingError

Label, LabelledBy, Origin = CacheDecision.Label, CacheDecision.LabelledBy, CachedQuestion.Origin

ORIGINS = {
    LabelledBy.COMPARISON: Origin.JUDGED,
    LabelledBy.READER: Origin.READER,
    LabelledBy.CURATOR: Origin.CURATOR,
}
WRITING = (
    "state",
    "state_detail",
    "collections",
    "content",
    "model",
    "prompt_tokens",
    "completion_tokens",
    "milliseconds",
    "weakest_cosine",
    "made_at",
    "expires_at",
)
"""What belongs to the text of an entry, beside its passages."""


class ScopesDifferError(ValueError):
    """Who may be given the one entry may not be given the other."""


def label(decision: CacheDecision, label: str, by: str) -> None:
    """Say whether the decision's question has the answer of its entry, with all that follows from it.

    "same" makes the question a phrasing of the entry, and merges it with the entry that the fresh answer became.
    "different" makes it a phrasing that only looks alike, "unsure" nothing. Only a curator replaces an earlier label,
    and thereby undoes what followed from it.
    """
    vector = _vector(decision.question) if label in {Label.SAME, Label.DIFFERENT} else None
    with transaction.atomic():
        _lock_around(decision)
        row = CacheDecision.objects.filter(pk=decision.pk).first()
        if row is None:
            return
        message = row.message
        if not row.label or by == LabelledBy.CURATOR:
            if row.label != label:
                _undo(row, message)
            row.label, row.labelled_by, row.labelled_at = label, by, timezone.now()
            _take_effect(row, message, vector)
        row.waits = False
        row.save(update_fields=["label", "labelled_by", "labelled_at", "waits"])
    for name in ("label", "labelled_by", "labelled_at", "waits"):
        setattr(decision, name, getattr(row, name))


def merge(kept: CachedAnswer, other: CachedAnswer) -> None:
    """Make one entry of two, whose text stays as long as it is given; a verified one stays as it is in any case.

    Phrasings, askers, hits, messages and decisions of the other move; then it goes. Nobody may be given more by that
    than before: see may_become_one. Raises ScopesDifferError.
    """
    if kept.pk == other.pk:
        return
    kept, other = _in_order(kept, other)
    with transaction.atomic():
        _lock(Message.objects.filter(cached_answer=other))
        _lock(CacheDecision.objects.filter(answer=other))
        _lock(CachedAnswer.objects.filter(pk__in=(kept.pk, other.pk)))
        rows = CachedAnswer.objects.in_bulk((kept.pk, other.pk))
        if len(rows) == 2:
            _merge(rows[kept.pk], rows[other.pk])


def may_become_one(one: CachedAnswer, other: CachedAnswer) -> bool:
    """Whether no text reaches new readers: the scope is one, or one of them is verified and keeps text and readers."""
    return one.scope == other.scope or one.is_verified != other.is_verified


def _merge(kept: CachedAnswer, other: CachedAnswer) -> None:
    if not may_become_one(kept, other):
        raise ScopesDifferError(
            _("The entries were made for readers with other rights, or in other circumstances.")
        )
    if not kept.is_verified and _takes_over(kept, other):
        _take_text(kept, other)
        kept.askers = list(other.askers)  # nobody else has asked for the text that is given now
    else:
        kept.askers = list(dict.fromkeys([*kept.askers, *other.askers]))
    _move_phrasings(kept, other)
    other.messages.update(cached_answer=kept)
    other.decisions.update(answer=kept)
    kept.hits += other.hits
    kept.last_hit_at = max(filter(None, (kept.last_hit_at, other.last_hit_at)), default=None)
    kept.save()
    other.delete()


def _takes_over(kept: CachedAnswer, other: CachedAnswer) -> bool:
    """Whether the other's text is given from now on: nobody's words may replace what others are given.

    It is so if nothing else is given, or if it is newer and was written for the same people.
    """
    if not (is_given(kept) and is_given(other)):
        return is_given(other)
    return other.made_at > kept.made_at and set(kept.askers) <= set(other.askers)


def is_given(entry: CachedAnswer) -> bool:
    """As far as its own row tells."""
    expired = entry.expires_at is not None and entry.expires_at <= timezone.now()
    return entry.state == CachedAnswer.State.LIVE and not expired


def _take_text(kept: CachedAnswer, other: CachedAnswer) -> None:
    for name in WRITING:
        setattr(kept, name, getattr(other, name))
    kept.passages.all().delete()
    other.passages.update(answer=kept)


def _move_phrasings(kept: CachedAnswer, other: CachedAnswer) -> None:
    """No words may both ask for the entry and not: where the two disagree, they do ask for it."""
    asking = other.questions.filter(same=True)
    kept.questions.filter(same=False, digest__in=asking.values("digest")).delete()
    other.questions.exclude(digest__in=kept.questions.values("digest")).update(answer=kept, scope=kept.scope)


def _take_effect(row: CacheDecision, message: Message | None, vector: Any) -> None:
    entry = row.answer
    if entry is None or not row.question or row.label == Label.UNSURE:
        return
    same = row.label == Label.SAME
    fresh = message.cached_answer if message and message.cached_answer_id != entry.pk else None
    if row.labelled_by != LabelledBy.CURATOR and _curator_says_otherwise(row, entry, fresh):
        return
    may_merge = is_given(entry) or (row.labelled_by == LabelledBy.CURATOR and not withdrawn(entry))
    if same and fresh and may_merge and may_become_one(entry, fresh):
        merge(entry, fresh)
        row.refresh_from_db(fields=["answer"])
        entry = row.answer or entry
    if entry.questions.filter(digest=digest(row.question), same=same).exists():
        return
    phrasings.add(
        entry,
        row.question,
        same=same,
        origin=ORIGINS[LabelledBy(row.labelled_by)],
        asker=_asker(message),
        vector=vector,
        embed=False,
    )


def withdrawn(entry: CachedAnswer) -> bool:
    return entry.state == CachedAnswer.State.WITHDRAWN


def _curator_says_otherwise(row: CacheDecision, entry: CachedAnswer, fresh: CachedAnswer | None) -> bool:
    """Whether a curator has added the question with the opposite meaning, to either of the two entries."""
    opposite = Q(answer=entry, digest=digest(row.question), same=row.label != Label.SAME)
    if row.label == Label.SAME and fresh:
        asking = entry.questions.filter(same=True).values("digest")
        opposite |= Q(answer=fresh, digest__in=asking, same=False)
    return CachedQuestion.objects.filter(opposite, origin=Origin.CURATOR).exists()


@site_language()
def _undo(row: CacheDecision, message: Message | None) -> None:
    """Take back the phrasing that an earlier label made.

    Entries that became one cannot be parted. If the text of the one is now given for questions of the other, it is
    withdrawn: their next answers take its place.
    """
    entry = row.answer
    if entry is None or row.label not in {Label.SAME, Label.DIFFERENT}:
        return
    same = row.label == Label.SAME
    entry.questions.filter(digest=digest(row.question), same=same).delete()
    if same and message and row.cached_content != message.content:
        CachedAnswer.objects.written().filter(pk=entry.pk, content=message.content).update(
            state=CachedAnswer.State.WITHDRAWN,
            state_detail=_("A curator found that two different answers had been taken for one."),
        )


def _asker(message: Message | None) -> str:
    """Whose question it was; empty for visitors, who are not remembered by their conversations."""
    user = message.session.user if message else None
    return asker_key(owner_key(user)) if user else ""


def _vector(question: str) -> Any:
    """Of the question, before anything is locked: an embedder may be far away."""
    try:
        return embeddings.embed_question(question) if question else None
    except EmbeddingError:
        return None


def _in_order(kept: CachedAnswer, other: CachedAnswer) -> tuple[CachedAnswer, CachedAnswer]:
    return (other, kept) if other.is_verified and not kept.is_verified else (kept, other)


def _lock_around(decision: CacheDecision) -> None:
    """All that a label of it may change: its message and entry, and what belongs to the entry of a fresh answer."""
    message = Message.objects.select_related("cached_answer").filter(cache_decisions=decision).first()
    entry = CachedAnswer.objects.filter(decisions=decision).first()
    fresh = message.cached_answer if message else None
    entries = [one for one in (entry, fresh) if one]
    going = _in_order(*entries)[1:] if len(set(entries)) == 2 else ()
    _lock(Message.objects.filter(Q(pk=decision.message_id) | Q(cached_answer__in=going)))
    _lock(CacheDecision.objects.filter(Q(pk=decision.pk) | Q(answer__in=going)))
    _lock(CachedAnswer.objects.filter(pk__in=[one.pk for one in entries]))


def _lock(rows: QuerySet[Any]) -> None:
    list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
