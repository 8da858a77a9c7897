"""A model provider on loopback that speaks OpenAI's protocol, does as it is told and remembers what came.

By hand: `python -m tests.model_server --port 9999`, then OPENAI_BASE_URL=http://127.0.0.1:9999/v1.
"""

import argparse
import json
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest

from tests import openai_protocol as protocol
from tests.model_behaviour import Behaviour
from tests.openai_protocol import Json


@dataclass
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: Json
    left: threading.Event = field(default_factory=threading.Event)
    """Set when the client goes away before the end of the response."""
    finished: threading.Event = field(default_factory=threading.Event)


class ModelServer:
    """The server in a thread of its own. `behave()` says what comes next, `requests` what came."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Received] = []
        self.asked = threading.Event()
        """Set with the first request."""
        self.standing = Behaviour()
        self.upcoming: deque[Behaviour] = deque()
        self.closing = threading.Event()
        self._http = _HttpServer(("127.0.0.1", port), _Handler)
        self._http.model_server = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL that a client is given."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def behave(self, *, times: int | None = None, **fields: Any) -> None:
        """From now on; with `times` for the next requests only, before those that follow."""
        behaviour = Behaviour(**fields)
        if times is None:
            self.standing = behaviour
        else:
            self.upcoming.extend([behaviour] * times)

    def next_behaviour(self) -> Behaviour:
        return self.upcoming.popleft() if self.upcoming else self.standing

    def bodies(self, path: str) -> list[Json]:
        """What was sent to `path` ("/v1/embeddings"), in order."""
        return [request.body for request in self.requests if request.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256
    model_server: ModelServer


class _ClientLeftError(Exception):
    pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _HttpServer
    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: what matters is in `requests`."""

    def do_GET(self) -> None:
        self._receive({})
        self._send_json(protocol.model_list())

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        received = self._receive(json.loads(self.rfile.read(length)))
        behaviour = self.server.model_server.next_behaviour()
        try:
            self._answer(received.body, behaviour)
        except (_ClientLeftError, ConnectionError):
            received.left.set()
        finally:
            self.close_connection = True
            received.finished.set()

    def _receive(self, body: Json) -> Received:
        received = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.server.model_server.requests.append(received)
        self.server.model_server.asked.set()
        return received

    def _answer(self, body: Json, behaviour: Behaviour) -> None:
        if behaviour.hang_after == 0:
            self._wait(float("inf"))
        elif behaviour.status != 200:
            self._refuse(body, behaviour.status, behaviour.retry_after)
        elif behaviour.refuses_tools and "tools" in body:
            self._refuse(body, 400)
        elif behaviour.rubbish:
            self._send(
                b"data: {]rubbish\n\n", "text/event-stream" if body.get("stream") else "application/json"
            )
        elif self.path == "/v1/embeddings":
            self._embed(body, behaviour)
        elif body.get("stream"):
            self._stream(body, behaviour)
        else:
            calls = behaviour.tool_calls(body)
            reason = "tool_calls" if calls else behaviour.finish_reason
            self._send_json(protocol.completion(body, behaviour.tokens(body), reason, calls))

    def _refuse(self, body: Json, status: int, retry_after: str = "") -> None:
        """As careless as real ones: the message repeats the key and the text."""
        said = f"refused {self.headers.get('Authorization')}: {json.dumps(body, ensure_ascii=False)}"
        self._send_json(
            protocol.error_body(said), status, {"Retry-After": retry_after} if retry_after else {}
        )

    def _embed(self, body: Json, behaviour: Behaviour) -> None:
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        if not all(
            isinstance(text, str) and text for text in texts
        ):  # many a server takes no numbers of tokens
            self._refuse(body, 400)
            return
        vectors = [behaviour.vector(text) for text in texts]
        self._send_json(protocol.embedding_list(body, texts, behaviour.spoil(vectors)))

    def _stream(self, body: Json, behaviour: Behaviour) -> None:
        self._start(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        tokens = behaviour.tokens(body)
        self._send_event(protocol.chunk(body, {"role": "assistant", "content": ""}))
        for sent, token in enumerate(tokens):
            if sent == behaviour.hang_after:
                self._wait(float("inf"))
            if sent == behaviour.cut_after:
                return
            if sent == behaviour.ends_early_after:
                self._send_chunk(b"")
                return
            self._wait(behaviour.pace)
            self._send_event(protocol.chunk(body, {"content": token}))
        calls = behaviour.tool_calls(body)
        for place, call in enumerate(calls):
            self._send_event(protocol.chunk(body, {"tool_calls": [call | {"index": place}]}))
        self._send_event(protocol.chunk(body, {}, "tool_calls" if calls else behaviour.finish_reason))
        if (body.get("stream_options") or {}).get("include_usage"):
            self._send_event(protocol.usage_chunk(body, tokens))
        self._send_chunk(b"data: [DONE]\n\n")
        self._send_chunk(b"")

    def _start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Connection": "close"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def _send(
        self, content: bytes, kind: str, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        self._start(status, {"Content-Type": kind, "Content-Length": str(len(content))} | (headers or {}))
        self.wfile.write(content)

    def _send_json(self, body: Json, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._send(json.dumps(body).encode(), "application/json", status, headers)

    def _send_event(self, body: Json) -> None:
        self._send_chunk(b"data: " + json.dumps(body).encode() + b"\n\n")

    def _send_chunk(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")

    def _wait(self, seconds: float) -> None:
        """Until the time is over or the server closes; a client that goes away ends the response."""
        end = time.monotonic() + seconds
        while not self.server.model_server.closing.is_set():
            left = max(0.0, end - time.monotonic())
            readable, _, _ = select.select([self.connection], [], [], min(left, 0.02))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise _ClientLeftError
            if not left:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description="A model provider on loopback, for trying things by hand.")
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--pace", type=float, default=0.05, help="seconds before each token")
    options = parser.parse_args()
    with ModelServer(options.port) as server:
        server.behave(pace=options.pace)
        print(f"OPENAI_BASE_URL={server.url} CHAT_MODEL=test-model EMBEDDING_MODEL=test-model")
        threading.Event().wait()


if __name__ == "__main__":
    main()
