"""Speaks the Model Context Protocol with a server that an administrator entered, over guarded connections alone.

Importing this takes a second, so others do when they first need it.
"""

import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, TypeVar

import anyio
import httpcore2
import httpx2
import mcp_types as types
from django.conf import settings
from django.utils.translation import gettext as _
from mcp import MCPError
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from assistant_project import installation
from assistant_project.sealed import SealBrokenError
from chat.models import ToolServer
from chat.tools import errors
from chat.tools.errors import ToolError
from chat.tools.guard import Guard

RESPONSE_BYTES = 1_000_000
"""At most, of one response."""
PAGES = 20
"""At most, of a server's list of tools."""
REQUESTS = 100
"""At most, for one call or list: a server can have its streams opened again and again, or ask and ask itself."""

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


async def list_tools(server: ToolServer) -> list[types.Tool]:
    """All tools that the server offers. Raises ToolError."""

    async def ask(client: Client) -> list[types.Tool]:
        page = await client.list_tools()
        tools = list(page.tools)
        for _page in range(PAGES):
            if page.next_cursor is None:
                break
            page = await client.list_tools(cursor=page.next_cursor)
            tools += page.tools
        return tools

    return await _ask(server, ask)


async def call_tool(server: ToolServer, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
    """What the tool gives to the arguments. Raises ToolError; a result may say itself that it is an error."""
    request = types.CallToolRequest(
        params=types.CallToolRequestParams(name=name, arguments=dict(arguments)),
    )

    async def ask(client: Client) -> types.CallToolResult:
        # Not client.call_tool: it asks for the list of tools each time, to check what it gives against a schema.
        try:
            return await client.session.send_request(request, types.CallToolResult)
        except MCPError as error:
            if error.code != types.HEADER_MISMATCH:
                raise
        await client.list_tools()  # which arguments go into headers as well; nothing was called yet
        return await client.session.send_request(request, types.CallToolResult)

    return await _ask(server, ask)


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Requests over guarded connections; no proxy. A response may be neither encoded nor long."""

    def __init__(self, guard: Guard) -> None:
        tls = _tls(settings.FETCH_CA_BUNDLE)
        self._pool = httpcore2.AsyncConnectionPool(ssl_context=tls, network_backend=guard)
        self.failure: ToolError | None = None
        """The first one. The SDK keeps some to itself and says only that the stream has ended."""
        self.status = 0
        """Of the last response to what was asked. The SDK makes one number of many."""
        self._requests = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._requests += 1
        if self._requests > REQUESTS:
            sentence = _("The server takes more than %(requests)s requests for one answer.")
            raise self.failed(ToolError("unusable", sentence % {"requests": REQUESTS}))
        url = request.url
        try:
            response = await self._pool.handle_async_request(
                httpcore2.Request(
                    request.method,
                    httpcore2.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except ToolError as error:
            raise self.failed(error) from None
        if request.method == "POST":
            self.status = response.status
        encoding = httpx2.Headers(response.headers).get("Content-Encoding", "identity")
        if encoding.strip().lower() != "identity":
            await response.aclose()
            raise self.failed(ToolError("unusable", _("The server encodes its responses unasked.")))
        return httpx2.Response(
            response.status,
            headers=response.headers,
            stream=_Bounded(response, self.failed),
            extensions=response.extensions,
        )

    def failed(self, error: ToolError) -> ToolError:
        self.failure = self.failure or error
        return error

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Bounded(httpx2.AsyncByteStream):
    """A response's bytes, as far as it is not too long."""

    def __init__(self, response: httpcore2.Response, failed: Callable[[ToolError], ToolError]) -> None:
        self._response, self._failed = response, failed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for part in self._response.aiter_stream():
            received += len(part)
            if received > RESPONSE_BYTES:
                sentence = _("A response of the server is longer than %(bytes)s bytes.")
                raise self._failed(ToolError("unusable", sentence % {"bytes": RESPONSE_BYTES}))
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


async def _ask(server: ToolServer, ask: Callable[[Client], Awaitable[Result]]) -> Result:
    """What the server answers within its time. Raises ToolError."""
    transport = GuardedTransport(Guard(settings.TOOL_ALLOWED_NETWORKS, settings.TOOL_ALLOWED_PORTS))
    answer: list[Result] = []
    try:
        with anyio.move_on_after(server.call_seconds):  # taking leave of the server is within it too
            async with _connected(server, transport) as client:
                answer.append(await ask(client))
    except Exception as error:  # the SDK's and its groups of them share no base class
        if not answer:
            failure = transport.failure or errors.of_status(transport.status) or _as_tool_error(error)
            raise _logged(server, failure, error) from None
    if not answer:
        raise _logged(server, transport.failure or ToolError("too_slow"))
    return answer[0]


@asynccontextmanager
async def _connected(server: ToolServer, transport: GuardedTransport) -> AsyncIterator[Client]:
    """A client that has agreed with the server on a version. What the server asks of us, the SDK refuses."""
    headers = httpx2.Headers(dict(server.headers))
    headers["Accept-Encoding"] = "identity"
    headers[installation.HEADER] = installation.mark()
    async with httpx2.AsyncClient(
        transport=transport, headers=headers, trust_env=False, timeout=server.call_seconds
    ) as http:
        streams = streamable_http_client(server.url, http_client=http, max_sse_event_size=RESPONSE_BYTES)
        about = types.Implementation(
            name="knowledge-assistant", version=str(settings.SPECTACULAR_SETTINGS["VERSION"])
        )
        async with Client(streams, client_info=about, cache=None) as client:
            yield client


@cache
def _tls(authorities: str) -> ssl.SSLContext:
    """Trusts the authorities of that file, without one the public ones. Shared, because it takes 20 ms."""
    return ssl.create_default_context(cafile=authorities) if authorities else httpx2.create_ssl_context()


def _as_tool_error(error: Exception) -> ToolError:
    inner = _innermost(error)
    match inner.__cause__ or inner.__context__:
        case ssl.SSLCertVerificationError(verify_message=why):
            sentence = _(
                "The certificate of the server is not trusted (%(reason)s). "
                "FETCH_CA_BUNDLE names authorities of your own."
            )
            return ToolError("unreachable", sentence % {"reason": why})
    match inner:
        case ToolError() as found:
            return found
        case SealBrokenError():
            sentence = _("Its headers cannot be read any more: SECRET_KEY has changed. Enter them again.")
            return ToolError("set_up", sentence)
        case httpx2.InvalidURL() | httpcore2.UnsupportedProtocol():
            return ToolError("set_up", _("Its address is none that can be opened."))
        case httpcore2.LocalProtocolError() | UnicodeError():
            return ToolError("set_up", _("One of its headers cannot be sent."))
        case MCPError(code=code):
            sentence = _("The server answers with an error of the protocol (%(code)s).")
            return ToolError("unusable", sentence % {"code": code})
        case httpcore2.NetworkError() | httpcore2.TimeoutException() | OSError():
            return ToolError("unreachable", _("The server broke off the connection."))
    return ToolError("unusable", _("What the server answers is not the Model Context Protocol."))


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _logged(server: ToolServer, failure: ToolError, error: Exception | None = None) -> ToolError:
    # Nothing that the server said: it is told by others, and its text may hold anything.
    logger.warning(
        "tool server %s: %s (%s)", server.pk, failure.code, type(_innermost(error or failure)).__name__
    )
    return failure
