"""Requests to an ASGI application, without a server."""

from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.testing import ApplicationCommunicator


@dataclass
class Answer:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def get(application, path: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> Answer:
    """What somebody at the same machine is answered."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("127.0.0.1", 1),
    }
    line = ApplicationCommunicator(application, scope)
    await line.send_input({"type": "http.request"})
    start = await line.receive_output(timeout=20)
    body, more = b"", True
    while more:
        part = await line.receive_output(timeout=20)
        body, more = body + part.get("body", b""), part.get("more_body", False)
    await line.wait()
    return Answer(start["status"], dict(start["headers"]), body)
