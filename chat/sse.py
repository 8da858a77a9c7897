"""Server-sent events: the only place that makes a streaming response."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from assistant_project.connections import give_back
from chat.answering import Question, answer
from chat.events import Done, Event, Failed, Sources, Token, ToolCall

HEARTBEAT_SECONDS = 15.0


def encode(event: Event) -> bytes:
    """One event in the wire format (HTML Living Standard, 9.2.5)."""
    name, data = _named(event)
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def stream(question: Question, encode: Callable[[Event], bytes] = encode) -> StreamingHttpResponse:
    """The answer to a question as events: sources, token, done or error. `encode`: each of them as it is sent."""
    sent = _stream(question, encode)
    response = StreamingHttpResponse(sent, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    response["X-Session-Id"] = str(question.session.pk)
    response["X-Message-Id"] = str(question.answer_id)
    return response


async def _stream(question: Question, encode: Callable[[Event], bytes] = encode) -> AsyncIterator[bytes]:
    events = answer(question)
    try:
        # What the view and the middleware used must not be held while the model writes.
        await sync_to_async(give_back)()
        async for event in with_heartbeat(events, HEARTBEAT_SECONDS):
            yield b": still here\n\n" if event is None else encode(event)
    finally:
        await events.aclose()


async def with_heartbeat(events: AsyncIterator[Event], seconds: float) -> AsyncIterator[Event | None]:
    """The events, and None whenever nothing has happened for so long."""
    pending: asyncio.Task[Event] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(events))
            finished, _ = await asyncio.wait({pending}, timeout=seconds)
            if not finished:
                yield None
                continue
            task, pending = pending, None
            try:
                yield task.result()
            except StopAsyncIteration:
                return
    finally:
        if pending is not None:
            pending.cancel()
            await asyncio.gather(pending, return_exceptions=True)


def _named(event: Event) -> tuple[str, Any]:
    match event:
        case ToolCall():
            return "tool", event.payload()
        case Sources(passages):
            return "sources", [passage.payload() for passage in passages]
        case Token(text):
            return "token", {"text": text}
        case Done(message):
            return "done", message
        case Failed(code, detail):
            return "error", {"code": code, "detail": detail}
