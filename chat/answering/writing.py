"""The answer's text, piece by piece."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from chat.answering.again import GIVEN_AGAIN
from chat.answering.draft import Draft
from chat.evidence import ToolAnswer
from chat.models import Message
from chat.prompts import may_say_no_answer, says_no_answer
from chat.writers import Usage, WriterError, WritingRequest, messages_for, told_or_estimated

TURNS = 6
"""Earlier messages that a model is told."""


async def write(draft: Draft) -> AsyncGenerator[str, None]:
    """The text; nothing at all if the sources do not answer."""
    if draft.kind == Message.Kind.GREETING or draft.kind in GIVEN_AGAIN:
        yield draft.text
        return
    if not draft.evidence and not draft.question.images:
        draft.kind = Message.Kind.ABSTAINED
        return
    withheld = ""
    async with aclosing(_texts(draft)) as texts:
        async for text in texts:
            withheld += text
            if not may_say_no_answer(draft.text):
                yield withheld
                withheld = ""
    if says_no_answer(draft.text):
        draft.kind, draft.text = Message.Kind.ABSTAINED, ""
    elif withheld:
        yield withheld


async def _texts(draft: Draft) -> AsyncGenerator[str, None]:
    """As they come from the writer. The draft keeps them, and what they took, also if the writing ends early."""
    writer = draft.question.choice.writer
    draft.writer = writer.name
    draft.kind = Message.Kind.EXTRACT if writer.quotes else Message.Kind.GENERATED
    draft.request = writing_request(draft)
    try:
        async with aclosing(writer.write(draft.request)) as parts:
            async for part in parts:
                if isinstance(part, Usage):
                    draft.usage = part
                    continue
                draft.mark("first_token")
                draft.text += part
                yield part
    except WriterError as error:
        draft.usage = error.usage
        raise
    except (asyncio.CancelledError, GeneratorExit):  # the reader left: nobody tells what was taken until then
        if not writer.quotes:
            draft.usage = told_or_estimated(Usage(), messages_for(draft.request), draft.text)
        raise


def writing_request(draft: Draft) -> WritingRequest:
    question = draft.question
    return WritingRequest(
        question=draft.standalone.text if draft.standalone else question.content,
        passages=tuple(draft.evidence),
        parts=draft.parts,
        unanswered=draft.unanswered,
        history=draft.history[-TURNS:],
        instructions=question.choice.assistant.instructions,
        term_weights=draft.search.term_weights if draft.search else {},
        style=question.choice.style,
        images=question.images,
        selected_text=bool(question.selected_text),
        from_tools=any(isinstance(evidence, ToolAnswer) for evidence in draft.evidence),
    )
