"""MCP over HTTP: an ASGI application that serves each request by itself (docs/decisions/0013-mcp.md).

Its responses, streams too, are made by the SDK.
"""

import io
from collections import deque
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.utils import translation
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.renderers import JSONRenderer
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from assistant_project.errors import as_json
from chat.answering import in_database
from chat.mcp.caller import Caller, admitted
from chat.mcp.server import server_for

EVENT_STREAM = "text/event-stream"
TOLD = ("WWW-Authenticate", "Retry-After")
MESSAGE_BYTES = 1024**2
"""At most: the SDK reads a message in the event loop, where all others wait meanwhile."""


async def door(scope: Any, receive: Any, send: Any) -> None:
    """Pages of the origins that the settings name may call it from a browser, as they may call REST."""
    application = CORSMiddleware(
        answer_request,
        allow_origins=settings.CORS_ALLOWED_ORIGINS,
        allow_methods=["POST"],
        allow_headers=["*"],
        expose_headers=TOLD,
    )
    await application(scope, receive, send)


async def answer_request(scope: Any, receive: Any, send: Any) -> None:
    """Whoever may come in gets a server of their own, which ends with the request."""
    request = ASGIRequest(scope, io.BytesIO())
    language = translation.get_language_from_request(request)
    with translation.override(language):
        async with ThreadSensitiveContext():  # a thread for each request, as Django does
            try:
                if request.method != "POST":  # there are no sessions to listen to or to end
                    raise MethodNotAllowed(str(request.method))
                caller = await in_database(admitted, request)
            except APIException as error:
                await refusal(error)(scope, receive, send)
            else:
                await serve(caller, scope, receive, send)


async def serve(caller: Caller, scope: Any, receive: Any, send: Any) -> None:
    """As events to who accepts them, else as JSON. When the client leaves, what it asked for is cancelled."""
    manager = StreamableHTTPSessionManager(
        server_for(lambda: caller),
        stateless=True,
        json_response=EVENT_STREAM not in caller.request.headers.get("Accept", ""),
        max_request_body_size=MESSAGE_BYTES,
    )
    if message := await arrived(receive):
        async with manager.run():
            await manager.handle_request(scope, message, send)


async def arrived(receive: Any) -> Any:
    """The message from its beginning, as soon as all of it, or too much, is there; None if the client left before.

    The SDK takes leaving in that moment for a failure of its own.
    """
    parts: deque[Any] = deque()
    size = 0
    while size <= MESSAGE_BYTES:
        parts.append(await receive())
        if parts[-1]["type"] == "http.disconnect":
            return None
        size += len(parts[-1].get("body", b""))
        if not parts[-1].get("more_body"):
            break

    async def again() -> Any:
        return parts.popleft() if parts else await receive()

    return again


def refusal(error: APIException) -> Response:
    """As REST tells it."""
    told = as_json(error, {})
    assert told is not None
    headers = {name: told[name] for name in TOLD if name in told}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = "POST"
    return Response(JSONRenderer().render(told.data), told.status_code, headers, "application/json")
