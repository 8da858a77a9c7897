"""A server of tools on loopback: the SDK's own over streamable HTTP, which does as it is told and notes what came.

By hand: `python -m tests.tool_server --port 9998`, then TOOL_ALLOWED_NETWORKS=127.0.0.0/8 TOOL_ALLOWED_PORTS=9998.
"""

import argparse
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import anyio
import pytest
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import BaseModel

from assistant_project.networks import as_networks

HUGE = 2_000_000
"""Characters: more than a response may have."""
LONG = 20_000
"""Characters: more than is used of a result."""
Json = dict[str, Any]


@dataclass
class Request:
    """What came, as far as the protocol goes."""

    http_method: str
    path: str
    headers: dict[str, str]
    body: Json

    @property
    def method(self) -> str:
        return str(self.body.get("method", ""))

    @property
    def params(self) -> Json:
        return dict(self.body.get("params") or {})


@dataclass(frozen=True)
class Reply:
    """What a request gets in place of the SDK's answer."""

    status: int = 200
    headers: Sequence[tuple[str, str]] = ()
    content: bytes = b""


class LoopbackToolServer:
    """Tools of many kinds in a thread of their own. `requests` is what came, `calls` the tools that were called."""

    def __init__(self, port: int = 0, *, legacy: bool = False) -> None:
        self.legacy = legacy
        """It knows the handshake of earlier versions only."""
        self.requests: list[Request] = []
        self.replies: dict[str, Reply] = {}
        """By the method of the protocol."""
        self.begun, self.left, self.released = threading.Event(), threading.Event(), threading.Event()
        """A slow call has begun; its caller has left; it may end."""
        self._tools = MCPServer("loopback")
        self._offer_all()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self._application = self._tools.streamable_http_app()
        config = uvicorn.Config(
            self._noting,
            interface="asgi3",
            log_config=None,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    @property
    def calls(self) -> list[tuple[str, Json]]:
        asked = [request.params for request in self.requests if request.method == "tools/call"]
        return [(params["name"], params.get("arguments") or {}) for params in asked]

    def describe(
        self,
        name: str,
        description: str,
        *,
        gives: str = "changed",
        reads_only: bool | None = None,
        schema: Json | None = None,
    ) -> None:
        """From now on a tool describes itself like this; it may be a new one."""
        if name in self._offered():
            self.forget(name)
        hints = None if reads_only is None else ToolAnnotations(read_only_hint=reads_only)
        self._tools.add_tool(
            lambda: gives, name=name, description=description, annotations=hints, structured_output=False
        )
        if schema is not None:
            self._tools._tool_manager._tools[name].parameters = schema

    def forget(self, name: str) -> None:
        self._tools.remove_tool(name)

    def restore(self) -> None:
        """All tools as they were in the beginning."""
        for name in self._offered():
            self.forget(name)
        self._offer_all()

    def _offer_all(self) -> None:
        _add_tools(self._tools)
        _add_tools_that_try_patience(self._tools, self)

    def _offered(self) -> list[str]:
        return [tool.name for tool in self._tools._tool_manager.list_tools()]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    async def _noting(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        message = await receive()
        request = Request(
            scope["method"],
            scope["path"],
            {name.decode(): value.decode() for name, value in scope["headers"]},
            json.loads(message.get("body") or b"{}"),
        )
        self.requests.append(request)
        reply = self.replies.get(request.method)
        if self.legacy and request.method == "server/discover":
            reply = Reply(400)
        if reply:
            await _send(reply, send)
            return
        waiting = [message]

        async def again() -> Any:
            return waiting.pop() if waiting else await receive()

        await self._application(scope, again, send)


async def _send(reply: Reply, send: Any) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in reply.headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.content})


class Secret(BaseModel):
    password: str


def _add_tools(tools: MCPServer) -> None:
    @tools.tool(annotations=ToolAnnotations(read_only_hint=True), structured_output=False)
    def forecast(city: str, days: int = 1) -> str:
        """The weather of the next days in a city."""
        return f"In {city} it will be {20 + days} degrees and sunny for {days} days."

    @tools.tool(structured_output=False)
    def stock(item: str) -> CallToolResult:
        """How many of an item are in the warehouse."""
        return CallToolResult(content=[], structured_content={"item": item, "count": 7})

    @tools.tool()
    def failing() -> str:
        """Fails always."""
        raise ValueError("the basement is under water, token hunter2")

    @tools.tool(structured_output=False)
    async def asking(context: Context) -> str:
        """Asks its caller for a secret."""
        answer = await context.elicit("What is your password?", schema=Secret)
        return str(answer)


def _add_tools_that_try_patience(tools: MCPServer, server: LoopbackToolServer) -> None:
    @tools.tool(structured_output=False)
    async def slow() -> str:
        """Takes its time."""
        server.begun.set()
        try:
            await anyio.to_thread.run_sync(server.released.wait, abandon_on_cancel=True)
        finally:
            server.left.set()
        return "at last"

    @tools.tool(structured_output=False)
    def huge() -> str:
        """Answers far too much."""
        return "x" * HUGE

    @tools.tool(structured_output=False)
    def long() -> str:
        """Answers much."""
        return "word " * (LONG // 5)


@pytest.fixture
def tool_server(settings) -> Iterator[LoopbackToolServer]:
    """It may be opened."""
    with LoopbackToolServer() as server:
        settings.TOOL_ALLOWED_NETWORKS = as_networks(["127.0.0.0/8"])
        settings.TOOL_ALLOWED_PORTS = [server.port]
        yield server


def registered(server: LoopbackToolServer, *assistants, allowed: Sequence[str] = ("forecast",), **fields):
    """The server as an administrator entered it, asked for its tools, with some of them allowed to assistants."""
    from chat.models import ToolServer
    from chat.tools import catalogue

    headers = fields.pop("headers", {})
    row = ToolServer(**{"name": "Weather", "url": server.url, "is_enabled": True} | fields)
    row.headers = headers
    row.save()
    row.assistants.set(assistants)
    catalogue.refresh(row)
    row.tools.filter(name__in=allowed).update(is_allowed=True)
    server.requests.clear()
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description="A server of tools on loopback, for trying things by hand.")
    parser.add_argument("--port", type=int, default=9998)
    with LoopbackToolServer(parser.parse_args().port) as server:
        print(server.url)
        threading.Event().wait()


if __name__ == "__main__":
    main()
