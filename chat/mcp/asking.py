"""The tool that asks the assistant."""

import uuid
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from pydantic import BaseModel, Field

from chat.addresses import absolute
from chat.answering import (
    QUESTION_LENGTH,
    Details,
    Question,
    QuestionRefused,
    answer,
    in_database,
    open_question,
)
from chat.events import Done, Event, Failed, Token
from chat.mcp.caller import Caller
from chat.mcp.results import Arguments, Report, Result, Text, place
from chat.models import Session


class AskArguments(Arguments):
    question: Text = Field(min_length=1, max_length=QUESTION_LENGTH)
    assistant: Text = Field(default="", description="Its short name; the default one if left out.")
    session_id: uuid.UUID | None = Field(
        default=None, description="Of an earlier answer, to ask a follow-up."
    )


class CitedPassage(BaseModel):
    number: int = Field(description="As [n] in the answer.")
    title: str
    page: int | None
    url: str = Field(description="Where a person sees the very place.")
    text: str
    source_id: int | None = Field(
        description="For read_source; null for what a tool gave, and if the source is gone."
    )


class CalledTool(BaseModel):
    number: int = Field(description="Of the call, from 1.")
    server: str
    tool: str
    arguments: dict[str, Any]
    outcome: str = Field(description="done, kept (a result that still held), failed or refused (not sent).")
    milliseconds: int
    detail: str = Field(description="Why it failed or was refused.")


class Answer(Result):
    answer: str
    kind: str = Field(description="generated, extract, cached, verified, abstained or greeting.")
    citations: list[CitedPassage]
    tools: list[CalledTool] = Field(description="Tools of other programs that were called for it.")
    warnings: list[str] = Field(description="uncited, unsupported, truncated, review_due.")
    session_id: uuid.UUID
    message_id: int

    def as_text(self) -> str:
        lines = [f"[{one.number}] {place(one.title, one.page)} {one.url}" for one in self.citations]
        return "\n".join([self.answer, "", *lines, f"session_id: {self.session_id}"])


async def ask(caller: Caller, asked: AskArguments, report: Report) -> Answer:
    """The whole answer; its pieces are reported while it is written. Raises QuestionRefused, also if writing fails."""
    question = await in_database(opened, caller, asked)
    return as_result(await written(question, report))


def opened(caller: Caller, asked: AskArguments) -> Question:
    caller.count_question()
    details = Details(session_id=asked.session_id, assistant=asked.assistant, origin=Session.Origin.MCP)
    return open_question(asked.question, asker=caller.asker, details=details)


async def written(question: Question, report: Report) -> Mapping[str, Any]:
    """The message as it was stored."""
    end: Event | None = None
    pieces = 0
    async with aclosing(answer(question)) as events:
        async for end in events:
            if isinstance(end, Token):
                pieces += 1
                await report(pieces, message=end.text)
    if isinstance(end, Done):
        return end.message
    assert isinstance(end, Failed)  # one of both ends every answer
    raise QuestionRefused(end.code, end.detail, 503)


def as_result(message: Mapping[str, Any]) -> Answer:
    return Answer(
        answer=message["content"],
        kind=message["kind"],
        citations=[
            CitedPassage(
                number=citation["number"],
                title=citation["title"],
                page=citation["page"],
                url=absolute(citation["url"]),
                text=citation["text"],
                source_id=citation["source_id"],
            )
            for citation in message["citations"]
        ],
        tools=[CalledTool(**call) for call in message["tools"]],
        warnings=message["warnings"],
        session_id=uuid.UUID(message["session_id"]),
        message_id=message["id"],
    )
