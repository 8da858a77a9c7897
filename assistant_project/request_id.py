"""The id of a request: in its response, in every line that is logged for it, and in the jobs that it asks for."""

import re
import uuid
from contextvars import ContextVar
from typing import Any

HEADER = b"x-request-id"
SANE = re.compile(rb"[A-Za-z0-9._-]{8,128}")

current: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request, or the task, that is at work; empty outside of both."""


class WithRequestId:
    """An ASGI application in front of another: each request has an id, the caller's own if it is a sane one."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        request_id = _chosen(scope["headers"])
        current.set(request_id.decode())  # the server runs each request in a context of its own

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (HEADER, request_id)]}
            await send(message)

        await self.application(scope, receive, sending)


def _chosen(headers: list[tuple[bytes, bytes]]) -> bytes:
    sent = next((value for name, value in headers if name == HEADER), b"")
    return sent if SANE.fullmatch(sent) else uuid.uuid4().hex.encode()
