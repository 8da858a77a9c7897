"""Readers who leave while their question is still being stored: nobody will write its answer, so it ends."""

import gc
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from django.db import connection, transaction

from assistant_project.accounts.models import ApiKey
from chat.models import Message
from tests.factories import UserFactory, ready_text
from tests.flows.worker import eventually

QUESTION = "How hot should the water heater be?"
TOOL_CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": QUESTION}},
}
DOORS = {
    "/api/v1/chat/": {"message": QUESTION},
    "/v1/chat/completions": {
        "model": "default",
        "messages": [{"role": "user", "content": QUESTION}],
        "stream": True,
    },
    "/mcp": TOOL_CALL,
}


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Nothing that only the garbage collector would do is done."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("path", DOORS)
def test_an_answer_whose_reader_left_while_it_was_opened_is_stopped(path, site, no_collector):
    ready_text("Set the thermostat of the water heater to 120 degrees Fahrenheit.")
    key = ApiKey.objects.issue(UserFactory(), name="client", scopes=["ask"])[1]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE chat_session IN EXCLUSIVE MODE")
        with asking(site, path, key) as reader:
            eventually(lambda: waiting_for_a_lock(cursor))
            port = reader.getsockname()[1]
        eventually(lambda: not is_served(port))

    answer = eventually(Message.objects.filter(role=Message.Role.ASSISTANT).first)
    eventually(lambda: Message.objects.get(pk=answer.pk).state == Message.State.STOPPED, patience=10)


def asking(site: str, path: str, key: str) -> socket.socket:
    """The line of somebody who has sent a question."""
    host = urlsplit(site)
    body = json.dumps(DOORS[path]).encode()
    line = socket.create_connection((host.hostname, host.port))
    line.sendall(
        f"POST {path} HTTP/1.1\r\nHost: {host.netloc}\r\nAuthorization: Bearer {key}\r\n"
        "Accept: text/event-stream, application/json\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    return line


def waiting_for_a_lock(cursor) -> bool:
    cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees its first look again otherwise
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    return bool(cursor.fetchone()[0])


def is_served(port: int) -> bool:
    """Whether the server, which is this process, still holds the other end of a reader's line."""
    lines = psutil.Process().net_connections(kind="tcp4")
    return any(line.raddr and line.raddr.port == port for line in lines)
