"""From a question to an answer: the heart. Every door starts here and formats the same events."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chat import records
from chat.answering.draft import Draft
from chat.answering.opening import Details, Question, open_question, unbegun
from chat.answering.places import places
from chat.answering.preparing import prepare
from chat.answering.refusals import QUESTION_LENGTH, SELECTED_LENGTH, QuestionRefused
from chat.answering.storing import ConversationGone, complete, fail, settle, stop, told_again
from chat.answering.tools import use_tools
from chat.answering.writing import write
from chat.database import in_database
from chat.events import Done, Event, Failed, Sources, Token
from chat.writers import WriterError

__all__ = [
    "QUESTION_LENGTH",
    "SELECTED_LENGTH",
    "Details",
    "Question",
    "QuestionRefused",
    "answer",
    "collect",
    "in_database",
    "none_left_unbegun",
    "open_question",
    "places",
]

CONVERSATION_GONE = gettext_noop("The conversation was deleted while the answer was being written.")

logger = logging.getLogger(__name__)


async def answer(question: Question) -> AsyncGenerator[Event, None]:
    """Find passages, ask tools, write from both, check the citations, store: told as events while it happens."""
    (unbegun.get() or {}).pop(question.answer_id, None)
    draft = Draft(question)
    places.take()
    try:
        async with aclosing(_made(draft)) as events:
            async for event in events:
                yield event
    except ConversationGone:
        await in_database(settle, draft)
        yield Failed("conversation_deleted", _(CONVERSATION_GONE))
    except WriterError as error:
        await in_database(fail, draft, error.code, error.detail)
        yield Failed(error.code, error.detail)
    except (asyncio.CancelledError, GeneratorExit):
        await asyncio.shield(in_database(stop, draft))
        raise
    except Exception:
        logger.exception("answer %s failed", question.answer_id)
        detail = _("Something went wrong while answering. Your question is kept: try again.")
        await in_database(fail, draft, "internal", detail)
        yield Failed("internal", detail)
    finally:
        places.leave()


async def _made(draft: Draft) -> AsyncGenerator[Event, None]:
    if draft.question.is_repeated:
        for event in await in_database(told_again, draft.question.answer_id):
            yield event
        return
    await prepare(draft)
    async with aclosing(use_tools(draft)) as calls:
        async for call in calls:
            yield call
    yield Sources(tuple(sorted(draft.evidence, key=lambda evidence: evidence.number)))
    async with aclosing(write(draft)) as texts:
        async for text in texts:
            yield Token(text)
    yield Done(await in_database(complete, draft))


@asynccontextmanager
async def none_left_unbegun() -> AsyncIterator[None]:
    """Stops, at its end, the answers to what was asked inside that nobody began to write.

    Their readers left while the question was being stored: the thread that stores it goes on, but nobody takes what it
    gives back.
    """
    waiting: dict[int, Question] = {}
    token = unbegun.set(waiting)
    try:
        yield
    finally:
        unbegun.reset(token)
        for question in waiting.values():
            await in_database(stop, Draft(question))


async def collect(question: Question) -> Mapping[str, Any]:
    """The stored answer, for doors that do not stream. Raises QuestionRefused if the conversation was deleted."""
    message: Mapping[str, Any] | None = None
    async for event in answer(question):
        if isinstance(event, Done):
            message = event.message
    message = message or await in_database(records.stored_answer, question.answer_id)
    if message is None:
        raise QuestionRefused("conversation_deleted", _(CONVERSATION_GONE), 409)
    return message
