"""Has tools of other programs called for an answer: what they give joins the passages."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.answering.again import GIVEN_AGAIN
from chat.answering.draft import Draft
from chat.events import ToolCall
from chat.evidence import ToolAnswer
from chat.tool_calls import in_words, name_of
from chat.tools import prompts
from chat.tools.rounds import WRITTEN_TOKENS, Rounds, ToolUse, described, offered
from chat.writers import tool_chooser

logger = logging.getLogger(__name__)


def may_use_tools(draft: Draft) -> bool:
    """Not for what is answered already, and not beside a text that the reader selected."""
    return bool(draft.question.choice.tools and draft.standalone) and draft.kind not in GIVEN_AGAIN


async def use_tools(draft: Draft) -> AsyncGenerator[ToolCall, None]:
    """The calls that the model wants, told while they are made. Whatever fails, the answer goes on."""
    if not may_use_tools(draft):
        return
    draft.tools = ToolUse()
    try:
        async with aclosing(rounds(draft, draft.tools).run()) as calls:
            async for told in calls:
                yield told
    except Exception:
        logger.exception("the tools for answer %s went wrong", draft.question.answer_id)
        draft.tools.note = _("Something went wrong.")
    draft.evidence += answers(draft.tools, after=len(draft.evidence))
    draft.mark("tools")


def rounds(draft: Draft, use: ToolUse) -> Rounds:
    """The model is told what the reader asked, and of the tools. What was found is not in it, nor what was answered."""
    choice = draft.question.choice
    names = offered(choice.tools)
    messages = prompts.messages_for(
        draft.question.content,
        [content for role, content in draft.history if role == "user"],
        instructions=choice.assistant.instructions,
        today=f"{timezone.localdate():%A, %d %B %Y}",
    )
    chooser = tool_chooser(replace(choice.model, max_tokens=WRITTEN_TOKENS), messages, described(names))
    return Rounds(names, chooser, use, seconds=settings.TOOLS_SECONDS)


def answers(use: ToolUse, *, after: int) -> list[ToolAnswer]:
    """What the tools gave, with numbers that go on after those of the passages."""
    return [
        ToolAnswer(number, name_of(made.told.payload()), in_words(made.told.arguments), made.text)
        for number, made in enumerate(use.given, start=after + 1)
    ]
