"""Answers that a curator stands by: approved, edited or written; and what a curator takes away or puts together."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant_project.language import site_language
from chat.cache import cited, labels, phrasings
from chat.cache.scope import verified_scope
from chat.cache.wording import digest
from chat.citations import check, cited_numbers
from chat.evidence import NumberedPassage
from chat.models import Assistant, CachedAnswer, CachedQuestion
from chat.writers.extractive import without_closing
from knowledge.models import Source
from knowledge.retrieval import Passage

UNTIL_REVIEW = datetime.timedelta(days=182)
HIGHEST_MARK = 999
SHOWN = 80
State = CachedAnswer.State


class AnswerRefused(Exception):  # noqa: N818  (a refusal is not an error)
    """It cannot be done, and nothing was changed. Its text is a sentence for the curator."""


class AnswerGone(AnswerRefused):
    """The entry was deleted in the meantime."""


def usual_review_date() -> datetime.date:
    return timezone.localdate() + UNTIL_REVIEW


def next_review_date(answer: CachedAnswer) -> datetime.date:
    """What is offered to who approves it, once more or for the first time."""
    return max(answer.review_by or datetime.date.min, usual_review_date())


def approve(answer: CachedAnswer, by: Any, review_by: datetime.date | None = None) -> CachedAnswer:
    """Stand by an entry with its text, phrasings and passages, until it is to be reviewed."""
    with transaction.atomic():
        entry = _locked(answer)
        entry.content = without_closing(entry.content)
        return _verify(entry, by, review_by)


def edit(answer: CachedAnswer, content: str, by: Any, review_by: datetime.date | None = None) -> CachedAnswer:
    """Change the text of an entry, which approves it."""
    with transaction.atomic():
        entry = _locked(answer)
        entry.content = checked(content, list(entry.passages.all()))
        return _verify(entry, by, review_by)


def write(
    question: str,
    content: str,
    *,
    by: Any,
    others: Iterable[str] = (),
    passages: Mapping[int, Passage] | None = None,
    collections: Collection[int] = (),
    assistant: Assistant | None = None,
    language: str = "",
    review_by: datetime.date | None = None,
    instead_of: CachedAnswer | None = None,
) -> CachedAnswer:
    """Answer a question in a curator's words; in place of an entry's text and passages, if one is named.

    others: further phrasings. passages: what the marks [n] name, by number. collections: ids of those that a reader
    must be able to read, beside those of the passages. assistant: None for every one.
    """
    passages = passages or {}
    offered = [NumberedPassage(number, found) for number, found in passages.items()]
    content = checked(content, offered, advice=_("Tick the passage first."))
    _refuse_unmarked(content, passages)
    with transaction.atomic():
        entry = _locked(instead_of) if instead_of else CachedAnswer()
        entry.content, entry.assistant, entry.language = content, assistant, language.strip()
        entry.collections = _collections({passage.source_id for passage in passages.values()}, collections)
        entry.model, entry.weakest_cosine = "", None
        entry.prompt_tokens = entry.completion_tokens = entry.milliseconds = 0
        entry.made_at = entry.verified_at = timezone.now()
        entry.save()
        cited.store(entry, passages)
        for text in dict.fromkeys([question, *others]):
            phrasings.add(entry, text, origin=CachedQuestion.Origin.CURATOR)
        return _verify(entry, by, review_by)


def withdraw(answer: CachedAnswer) -> None:
    """Give it no more, whoever asks; it stays to be looked at, and may be approved again."""
    with transaction.atomic():
        entry = _locked(answer)
        with site_language():
            entry.state, entry.state_detail = State.WITHDRAWN, _("Withdrawn by a curator.")
        entry.save(update_fields=["state", "state_detail"])


def expire(answer: CachedAnswer) -> None:
    """Give it no more from now on."""
    with transaction.atomic():
        entry = _locked(answer)
        entry.expires_at = timezone.now()
        entry.save(update_fields=["expires_at"])


def merge(answers: Sequence[CachedAnswer]) -> CachedAnswer:
    """Make one entry of several, with the phrasings of all: a verified one stays, else the newest text."""
    if len(answers) < 2:
        raise AnswerRefused(_("Choose at least two answers."))
    kept = max(answers, key=lambda answer: (answer.is_verified, answer.verified_at or answer.made_at))
    if any(answer.scope != kept.scope for answer in answers):
        raise AnswerRefused(
            _(
                "These answers are for different assistants, languages or rights of readers, so they cannot become "
                "one. Approve them first: verified answers for the same assistant and language can."
            )
        )
    for answer in answers:
        labels.merge(kept, answer)
    return kept


def change_phrasings(
    answer: CachedAnswer, changed: Sequence[CachedQuestion], removed: Sequence[CachedQuestion] = ()
) -> None:
    """Add, reword, turn and remove ways to ask for an entry; `changed` as they are to be, new ones without a key."""
    with transaction.atomic():
        entry = _locked(answer)
        gone = {phrasing.pk for phrasing in removed}
        for phrasing in changed:
            if phrasing.pk and phrasing.digest != digest(phrasing.text):
                gone.add(phrasing.pk)
        entry.questions.filter(pk__in=gone).delete()
        for phrasing in changed:
            phrasings.add(
                entry,
                phrasing.text,
                same=phrasing.same,
                origin=CachedQuestion.Origin.CURATOR,
                asker=phrasing.asker,
            )
        if not entry.questions.filter(same=True).exists():
            raise AnswerRefused(_("Keep at least one phrasing that asks for this answer."))
        if entry.is_verified:
            _overrule(entry)


def refuse_outdated(entry: CachedAnswer) -> None:
    """Raises AnswerRefused if it cites what is no longer so."""
    if changed := cited.outdated(entry):
        names = ", ".join(
            f"[{passage.number}] {Truncator(passage.title).chars(SHOWN)}" for passage in changed
        )
        sentence = _(
            "These passages have changed or are gone: %s. Write the answer anew from what is there now."
        )
        raise AnswerRefused(sentence % names)


def refuse_past(review_by: datetime.date | None) -> None:
    """Raises AnswerRefused for a review date in the past."""
    if review_by and review_by < timezone.localdate():
        raise AnswerRefused(_("The review date has passed already."))


def checked(content: str, passages: Sequence[Any], *, advice: str = "") -> str:
    """A curator's text with its marks as [n]; raises AnswerRefused, with an advice, if one names no passage.

    passages: each with number, title, heading and text.
    """
    content = without_closing(content.strip())
    if not content:
        raise AnswerRefused(_("Write the answer first."))
    numbers = sorted(passage.number for passage in passages)
    unknown = [n for n in cited_numbers(content, available=HIGHEST_MARK) if n not in numbers]
    if unknown:
        sentence = _("The text marks %(marks)s, but the passages that it may cite are: %(there)s.")
        refusal = sentence % {"marks": _marks(unknown), "there": _marks(numbers) or _("none")}
        raise AnswerRefused(f"{refusal} {advice}".strip())
    return check(content, passages).text


def _refuse_unmarked(content: str, numbers: Collection[int]) -> None:
    marked = cited_numbers(content, available=HIGHEST_MARK)
    if unmarked := sorted(set(numbers) - set(marked)):
        sentence = ngettext(
            "You ticked %s, but the text does not mark it. Add the mark, or take the tick away.",
            "You ticked %s, but the text does not mark them. Add the marks, or take the ticks away.",
            len(unmarked),
        )
        raise AnswerRefused(sentence % _marks(unmarked))


def _marks(numbers: Iterable[int]) -> str:
    return ", ".join(f"[{number}]" for number in numbers)


def _verify(entry: CachedAnswer, by: Any, review_by: datetime.date | None) -> CachedAnswer:
    """What makes a locked entry a verified one."""
    refuse_past(review_by)
    refuse_outdated(entry)
    if not entry.is_verified:
        entry.collections = _collections({passage.source_id for passage in entry.passages.all()}, ())
    entry.scope = verified_scope(entry.assistant_id, entry.language)
    entry.state, entry.state_detail, entry.expires_at = State.LIVE, "", None
    entry.verified_at, entry.verified_by = timezone.now(), by
    entry.review_by = review_by or usual_review_date()
    entry.save()
    entry.questions.update(scope=entry.scope)
    _overrule(entry)
    return entry


def _overrule(entry: CachedAnswer) -> None:
    """A verified answer wins: entries for the same words that nobody approved go, once it is committed.

    Lookup prefers it at once. Later, because deleting locks messages, which go before entries (chat/cache/labels.py).
    """
    digests = list(entry.questions.filter(same=True).values_list("digest", flat=True))
    _refuse_twice(entry, digests)
    overruled = CachedAnswer.objects.written().filter(
        language=entry.language, questions__digest__in=digests, questions__same=True
    )
    if entry.assistant_id:
        overruled = overruled.filter(assistant=entry.assistant_id)
    rows = CachedAnswer.objects.filter(pk__in=overruled.values("pk"))
    transaction.on_commit(rows.delete)


def _refuse_twice(entry: CachedAnswer, digests: list[str]) -> None:
    """One verified answer to a question; the lock keeps two curators from writing one each at the same time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [entry.scope])
    there = CachedQuestion.objects.filter(
        answer__in=CachedAnswer.objects.verified().exclude(state=State.WITHDRAWN).exclude(pk=entry.pk),
        answer__scope=entry.scope,
        digest__in=digests,
        same=True,
    ).first()
    if there:
        sentence = _("“%s” has a verified answer already. Edit that one, or withdraw it first.")
        raise AnswerRefused(sentence % Truncator(there.text).chars(SHOWN))


def _locked(answer: CachedAnswer) -> CachedAnswer:
    entry = CachedAnswer.objects.select_for_update(of=("self",)).filter(pk=answer.pk).first()
    if entry is None:
        raise AnswerGone(_("This entry is gone: its sources, its age or somebody else removed it."))
    return entry


def _collections(sources: Iterable[int | None], chosen: Iterable[int]) -> list[int]:
    """All that a reader must be able to read to be given an answer."""
    cited_ones = Source.objects.filter(pk__in=[pk for pk in sources if pk]).values_list(
        "collection", flat=True
    )
    collections = sorted({*cited_ones, *chosen})
    if not collections:
        raise AnswerRefused(
            _(
                "Nothing says who may read this answer: tick a passage, or choose a collection whose readers may."
            )
        )
    return collections
