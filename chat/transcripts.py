"""A conversation as the page shows it: its latest messages, or those before one that is shown already."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe

from chat.cards import card
from chat.models import Message, Session
from chat.records import SHOWN, message_payload
from chat.tool_calls import name_of, shown_calls
from chat.writers.extractive import without_closing
from knowledge.models import Source

MESSAGES_SHOWN = 40
"""Of a longer conversation the page shows so many and leads to the earlier ones."""


@dataclass(frozen=True)
class Transcript:
    messages: list[dict[str, Any]]
    """As the template takes them, oldest first."""
    before: int | None = None
    """The oldest one shown, if there are earlier ones."""


def transcript(session: Session, user: Any, *, before: int | None = None) -> Transcript:
    """The latest messages, or the latest `before` a message."""
    messages = session.messages.order_by("-pk").prefetch_related(*SHOWN)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    found = list(messages[: MESSAGES_SHOWN + 1])
    earlier = found.pop() if len(found) > MESSAGES_SHOWN else None
    found.reverse()
    asked = earlier if earlier and earlier.role == Message.Role.USER else None
    return Transcript(list(shown(found, user, asked=asked)), before=found[0].pk if earlier else None)


def answer_of(session: Session, message_id: int, user: Any) -> dict[str, Any] | None:
    """One answer as the page shows it; None if the conversation has none of this number."""
    answers = session.messages.filter(role=Message.Role.ASSISTANT).prefetch_related(*SHOWN)
    answer = answers.filter(pk=message_id).first()
    asked = session.messages.filter(role=Message.Role.USER, pk__lt=message_id).last()
    return next(shown([answer], user, asked=asked)) if answer else None


def shown(
    messages: Iterable[Message], user: Any, *, asked: Message | None = None
) -> Iterator[dict[str, Any]]:
    """Messages as the template takes them. An answer knows what was asked before it, to ask that once more."""
    messages = list(messages)
    citations = [citation for message in messages for citation in message.citations.all()]
    cited = {citation.source_id for citation in citations if citation.source_id is not None}
    readable = set(Source.objects.visible_to(user).filter(pk__in=cited).values_list("pk", flat=True))
    for message in messages:
        if message.role == Message.Role.USER:
            asked = message
        yield _shown(message, readable) | _asked(asked)


def _shown(message: Message, readable: set[int]) -> dict[str, Any]:
    message.content = without_closing(message.content)  # the line below the answer says that it is quoted
    payload = message_payload(message)
    citations = message.citations.all()
    tools = {name_of(call) for call in payload["tools"]}
    cards = [card(one, message.content, readable=one.source_id in readable, tools=tools) for one in citations]
    return payload | {
        "html": mark_safe(payload["html"]),  # noqa: S308 - sanitised by answer_html
        "created_at": message.created_at,
        "cached_at": message.cached_at,
        "sources": list(dict.fromkeys(citation.title for citation in citations)),
        "citations": cards,
        "cites_tools": any(one["is_of_tool"] for one in cards),
        "asked": shown_calls(payload["tools"]),
    }


def _asked(asked: Message | None) -> dict[str, str]:
    return {
        "question": asked.content if asked else "",
        "about": asked.selected_text if asked else "",
    }
