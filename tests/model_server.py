"""A model provider on loopback that speaks OpenAI's protocol, does as it is told and remembers what came.

By hand: `python -m tests.model_server --port 9999`, then OPENAI_BASE_URL=http://127.0.0.1:9999/v1.
"""

import argparse
import json
import re
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

import pytest

from tests import openai_protocol as protocol
from tests.openai_protocol import Json

Answer = str | Sequence[str]
Answering = Callable[[Json], Answer]
Calls = Sequence[tuple[str, Json | str]]
PASSAGE = re.compile(r"^=+ \w+ \[(\d+)\][^\n]*\n(.+?[.!?](?=\s)|[^\n]+)", re.MULTILINE | re.DOTALL)


def quoting(number: int) -> Callable[[Json], str]:
    """Answers with the first sentence of a passage; without such a passage, with the last line sent."""

    def answer(request: Json) -> str:
        sent = protocol.text_of(request["messages"][-1])
        passages = {int(n): " ".join(text.split()) for n, text in PASSAGE.findall(sent)}
        return f"{passages[number]} [{number}]" if number in passages else sent.strip().splitlines()[-1]

    return answer


_quote_first = quoting(1)


def scripted(replies: Mapping[str, str], otherwise: Answering = _quote_first) -> Answering:
    """Answers by what is asked for: the reply whose words stand in the system message, else `otherwise`."""

    def answer(request: Json) -> Answer:
        told = protocol.text_of(request["messages"][0])
        return next((reply for words, reply in replies.items() if words in told), None) or otherwise(request)

    return answer


@dataclass(frozen=True)
class Behaviour:
    """What one request gets."""

    answer: Answer | Answering = _quote_first
    """A text, the exact tokens, or a function of the request."""
    calls: Calls | Callable[[Json], Calls] = ()
    """Calls of tools by name and arguments, in place of an answer; or a function of the request."""
    refuses_tools: bool = False
    """As models without tool calling do."""
    finish_reason: str = "stop"
    pace: float = 0.0
    """Seconds before each token."""
    status: int = 200
    retry_after: str = ""
    hang_after: int | None = None
    """Falls silent after so many tokens; 0: not even a status line."""
    cut_after: int | None = None
    """Drops the connection after so many tokens."""
    ends_early_after: int | None = None
    """Ends the response properly after so many tokens, without a finish reason and without [DONE]."""
    rubbish: bool = False
    dimensions: int = 64
    embed: Callable[[str], list[float]] | None = None
    """The vector of a text, if not the usual one, which knows words only."""
    vectors: Literal["right", "one missing", "not a number", "ragged", "zero"] = "right"

    def tool_calls(self, request: Json) -> list[Json]:
        """With ids that none of the conversation's earlier calls has."""
        calls = self.calls(request) if callable(self.calls) else self.calls
        first = len(request["messages"])
        return [protocol.tool_call(first + place, *call) for place, call in enumerate(calls)]

    def tokens(self, request: Json) -> list[str]:
        if self.tool_calls(request):
            return []
        answer = self.answer(request) if callable(self.answer) else self.answer
        return re.findall(r"\s*\S+\s*?(?=\s|$)", answer) if isinstance(answer, str) else list(answer)

    def vector(self, text: str) -> list[float]:
        return self.embed(text) if self.embed else protocol.text_vector(text, self.dimensions)

    def spoil(self, vectors: list[list[float]]) -> list[list[float]]:
        match self.vectors:
            case "one missing":
                return vectors[:-1]
            case "not a number":
                return [[float("nan"), *vector[1:]] for vector in vectors]
            case "ragged":
                return [*vectors[:-1], vectors[-1][:-1]]
            case "zero":
                return [[0.0] * len(vector) for vector in vectors]
        return vectors


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
