"""From a question to an answer: the heart. Every door starts here and formats the same events."""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from chat import citations, records
from chat.events import Done, Event, Failed, Sources, Token
from chat.models import Message, Session
from chat.models.session import TITLE_LENGTH
from chat.prompts import may_say_no_answer, says_no_answer
from chat.records import NumberedPassage
from chat.visitors import Asker
from chat.writers import TimeLimits, Usage, WriterError, WritingRequest, writer_in_force
from knowledge import retrieval
from knowledge.retrieval import Passage

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

QUESTION_LENGTH = 4_000
PASSAGES = 6
NEAREST = 3


class QuestionRefused(Exception):  # noqa: N818  (a refusal is not an error)
    """The question is not taken: nothing was stored."""

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.code, self.detail, self.status = code, detail, status


@dataclass(frozen=True)
class Question:
    """A question that was stored, together with the empty answer that waits for its text."""

    content: str
    asker: Asker
    session: Session
    answer_id: int


@dataclass
class Draft:
    """An answer while it is made."""

    question: Question
    started: float = field(default_factory=time.monotonic)
    search: retrieval.Search | None = None
    passages: list[NumberedPassage] = field(default_factory=list)
    text: str = ""
    writer: str = ""
    kind: str = Message.Kind.GENERATED
    usage: Usage | None = None
    timings: dict[str, int] = field(default_factory=dict)

    def mark(self, name: str) -> None:
        """Note how many milliseconds have gone by since the question."""
        self.timings.setdefault(name, round((time.monotonic() - self.started) * 1000))


def open_question(content: str, *, asker: Asker, session_id: uuid.UUID | None = None) -> Question:
    """Take a question, or raise QuestionRefused before anything is stored."""
    content = content.replace("\x00", "").strip()
    if not content:
        raise QuestionRefused("empty", "Write a question first.")
    if len(content) > QUESTION_LENGTH:
        raise QuestionRefused(
            "too_long", f"The question has {len(content)} characters. Shorten it to {QUESTION_LENGTH}."
        )
    if not asker.is_signed_in and not settings.ANONYMOUS_MAY_ASK:
        raise QuestionRefused("sign_in_needed", "Sign in to ask a question.", status=401)
    session = _session(asker, session_id)
    with transaction.atomic():
        if session is None:
            session = Session.objects.create(
                user=asker.user if asker.is_signed_in else None,
                visitor=asker.visitor,
                title=content[:TITLE_LENGTH],
            )
        Message.objects.create(session=session, role=Message.Role.USER, content=content)
        answer = Message.objects.create(
            session=session, role=Message.Role.ASSISTANT, state=Message.State.STREAMING
        )
        session.save(update_fields=["updated_at"])
    return Question(content, asker, session, answer.pk)


def _session(asker: Asker, session_id: uuid.UUID | None) -> Session | None:
    if session_id is None:
        return None
    session = Session.objects.of(asker.user, asker.visitor).filter(pk=session_id).first()
    if session is None:
        raise QuestionRefused("not_found", "There is no such conversation.", status=404)
    return session


async def answer(question: Question) -> AsyncGenerator[Event, None]:
    """Find passages, write from them, check the citations, store: told as events while it happens."""
    draft = Draft(question)
    try:
        await in_database(find, draft)
        yield Sources(tuple(sorted(draft.passages, key=lambda passage: passage.number)))
        async for text in write(draft):
            yield Token(text)
        yield Done(await in_database(complete, draft))
    except WriterError as error:
        await in_database(fail, draft, error.code, error.detail)
        yield Failed(error.code, error.detail)
    except (asyncio.CancelledError, GeneratorExit):
        await asyncio.shield(in_database(stop, draft))
        raise
    except Exception:
        logger.exception("answer %s failed", question.answer_id)
        detail = "Something went wrong while answering. Your question is kept: try again."
        await in_database(fail, draft, "internal", detail)
        yield Failed("internal", detail)


async def collect(question: Question) -> Mapping[str, Any]:
    """The stored answer, for doors that do not stream."""
    message: Mapping[str, Any] | None = None
    async for event in answer(question):
        if isinstance(event, Done):
            message = event.message
    return message if message is not None else await in_database(records.stored_answer, question.answer_id)


async def in_database(step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous step, and give its database connection back: none is held while a model writes."""

    def run() -> R:
        try:
            return step(*args, **kwargs)
        finally:
            connections.close_all()

    return await sync_to_async(run)()


def find(draft: Draft) -> None:
    """Search the sources that the asker may read."""
    draft.search = retrieval.search(draft.question.content, user=draft.question.asker.user, limit=PASSAGES)
    draft.mark("found")
    if draft.search.answerable:
        enough = draft.search.floor / 2
        draft.passages = numbered([passage for passage in draft.search.passages if passage.score >= enough])


def numbered(passages: Sequence[Passage]) -> list[NumberedPassage]:
    """Passages, best first, with numbers in reading order: the sources by their best, each from front to back."""
    place: dict[int, int] = {}
    for passage in passages:
        place.setdefault(passage.source_id, len(place))
    reading_order = sorted(passages, key=lambda passage: (place[passage.source_id], passage.ordinal))
    return [NumberedPassage(reading_order.index(passage) + 1, passage) for passage in passages]


async def write(draft: Draft) -> AsyncGenerator[str, None]:
    """The answer's text, piece by piece; nothing at all if the sources do not answer."""
    if not draft.passages:
        draft.kind = Message.Kind.ABSTAINED
        return
    limits = TimeLimits(
        first_token=settings.CHAT_FIRST_TOKEN_SECONDS,
        idle=settings.CHAT_IDLE_SECONDS,
        whole=settings.CHAT_WHOLE_SECONDS,
    )
    writer = writer_in_force(limits=limits)
    draft.writer = writer.name
    draft.kind = Message.Kind.EXTRACT if writer.quotes else Message.Kind.GENERATED
    assert draft.search is not None
    request = WritingRequest(
        question=draft.question.content,
        passages=tuple(draft.passages),
        term_weights=draft.search.term_weights,
    )
    withheld = ""
    parts = writer.write(request)
    try:
        async for part in parts:
            if isinstance(part, Usage):
                draft.usage = part
                continue
            draft.mark("first_token")
            draft.text += part
            withheld += part
            if not may_say_no_answer(draft.text):
                yield withheld
                withheld = ""
    finally:
        await parts.aclose()
    if says_no_answer(draft.text):
        draft.kind, draft.text = Message.Kind.ABSTAINED, ""
    elif withheld:
        yield withheld


def complete(draft: Draft) -> Mapping[str, Any]:
    """Check and store the answer."""
    draft.mark("written")
    if draft.kind == Message.Kind.ABSTAINED:
        return abstain(draft)
    checked = citations.check(draft.text, draft.passages)
    try:
        message = _store_checked(draft, checked)
    except IntegrityError:  # a cited source was read anew or deleted in that very moment
        message = _store_checked(draft, checked)
    return records.stored_answer(message.pk)


def _store_checked(draft: Draft, checked: citations.CheckedAnswer) -> Message:
    cited = [passage for passage in draft.passages if passage.number in checked.cited]
    with transaction.atomic():
        message = _store(draft, content=checked.text, state=Message.State.COMPLETE)
        message.trace |= {
            "unsupported": list(checked.unsupported),
            "uncited": not cited,
            "truncated": bool(draft.usage and draft.usage.truncated),
        }
        message.save(update_fields=["trace"])
        records.store_citations(message, cited)
    return message


def abstain(draft: Draft) -> Mapping[str, Any]:
    """Say that the sources do not answer, and name the nearest."""
    search = draft.search
    draft.text = "The sources do not answer this question."
    with transaction.atomic():
        message = _store(draft, content=draft.text, state=Message.State.COMPLETE)
        message.trace["nearest"] = records.nearest(search.passages if search else (), NEAREST)
        message.save(update_fields=["trace"])
    return records.stored_answer(message.pk)


def fail(draft: Draft, code: str, detail: str) -> None:
    """Keep what was written, marked as failed."""
    draft.mark("failed")
    _store_partial(draft, state=Message.State.FAILED, error=(code, detail))


def stop(draft: Draft) -> None:
    """Keep what was written when the reader left."""
    draft.mark("stopped")
    _store_partial(draft, state=Message.State.STOPPED)


def _store_partial(draft: Draft, *, state: str, error: tuple[str, str] = ("", "")) -> None:
    """Keep the beginning of an answer with the passages that it cites; one that is stored already stays as it is."""
    if not Message.objects.filter(pk=draft.question.answer_id, state=Message.State.STREAMING).exists():
        return
    checked = citations.check(draft.text, draft.passages)
    cited = [passage for passage in draft.passages if passage.number in checked.cited]
    with transaction.atomic():
        message = _store(draft, content=checked.text, state=state, error=error)
        records.store_citations(message, cited)


def _store(draft: Draft, *, content: str, state: str, error: tuple[str, str] = ("", "")) -> Message:
    """Write the end of an answer into its row."""
    draft.mark("stored")
    message = Message.objects.get(pk=draft.question.answer_id)
    message.content, message.state, message.kind = content, state, draft.kind
    message.model = draft.writer
    message.standalone_question = draft.question.content
    message.error_code, message.error_detail = error
    if draft.usage:
        message.prompt_tokens, message.completion_tokens = (
            draft.usage.prompt_tokens,
            draft.usage.completion_tokens,
        )
    message.timings = draft.timings
    message.trace = records.trace(draft.search, draft.passages) if draft.search else {}
    message.trace["finished_at"] = timezone.now().isoformat()
    message.save()
    return message
