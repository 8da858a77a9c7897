"""What is taken from servers of tools, and what is not."""

import json
import logging
import socket
import threading

import httpcore2
import pytest

from assistant_project.networks import as_networks
from chat.tools import connection
from chat.tools.connection import REQUESTS, RESPONSE_BYTES
from chat.tools.errors import ToolError
from chat.tools.guard import Guard
from tests.chat.tools.asked import refusal, server_at
from tests.knowledge.ingestion.site import certificate_for, running
from tests.tool_server import Reply

CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
LOOPBACK = as_networks(["127.0.0.0/8"])


async def test_a_response_may_not_be_too_long(tool_server):
    with pytest.raises(ToolError) as caught:
        await connection.call_tool(server_at(tool_server.url), "huge", {})

    assert str(RESPONSE_BYTES) in caught.value.detail
    assert caught.value.told == "The tool's server gave nothing that can be used."


async def test_a_response_may_not_be_encoded(tool_server):
    tool_server.replies["server/discover"] = Reply(
        200, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], b"\x1f\x8b"
    )

    refused = await refusal(server_at(tool_server.url))

    assert "encodes" in refused.detail
    assert {request.headers["accept-encoding"] for request in tool_server.requests} == {"identity"}


async def test_the_slow_are_not_waited_for(tool_server):
    with pytest.raises(ToolError) as caught:
        await connection.call_tool(server_at(tool_server.url, call_seconds=1), "slow", {})

    assert caught.value.code == "too_slow"
    assert tool_server.left.wait(5)


async def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for(settings):
    over = threading.Event()

    def drip(listener):
        taken, _ = listener.accept()
        taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n")
        while not over.wait(0.05):
            try:
                taken.sendall(b" ")
            except OSError:
                break
        taken.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.TOOL_ALLOWED_NETWORKS, settings.TOOL_ALLOWED_PORTS = LOOPBACK, [listener.getsockname()[1]]
        thread = threading.Thread(target=drip, args=[listener])
        thread.start()
        try:
            refused = await refusal(
                server_at(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", call_seconds=1)
            )
        finally:
            over.set()
            thread.join()

    assert refused.code == "too_slow"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, [("Content-Type", "text/plain")], b"secret innards"),
        Reply(200, [("Content-Type", "text/html")], b"<html>secret innards"),
        Reply(200, [("Content-Type", "application/json")], b'{"secret innards'),
        Reply(200, [("Content-Type", "text/event-stream")], b"data: {secret innards\n\n"),
        Reply(200, [("Content-Type", "secret innards")], b""),
        Reply(202),
    ],
)
async def test_what_is_not_the_protocol_is_an_error_and_in_no_log(tool_server, reply, caplog):
    caplog.set_level(logging.DEBUG)
    tool_server.replies["tools/list"] = reply

    refused = await refusal(server_at(tool_server.url, call_seconds=3))

    assert refused.code in ("unusable", "too_slow")
    assert "secret innards" not in refused.detail
    assert "secret innards" not in caplog.text


async def test_a_server_that_knows_earlier_versions_only_is_spoken_to(tool_server):
    tool_server.legacy = True

    result = await connection.call_tool(server_at(tool_server.url), "forecast", {"city": "Boston"})

    assert result.content[0].text.startswith("In Boston")
    assert [request.http_method for request in tool_server.requests][-1] == "DELETE"


async def test_a_call_asks_for_nothing_but_the_version_and_the_tool(tool_server):
    await connection.call_tool(server_at(tool_server.url), "forecast", {"city": "Boston"})

    assert [request.method for request in tool_server.requests] == ["server/discover", "tools/call"]


async def test_tls_keeps_the_name_of_the_host():
    """The guard gives the socket only: the certificate is checked against the name, by httpcore."""
    given = []

    class Stream(httpcore2.AsyncMockStream):
        async def start_tls(self, ssl_context, server_hostname=None, **rest):
            given.append((ssl_context.check_hostname, server_hostname))
            raise httpcore2.ConnectError

    class Unconnected(Guard):
        async def connect_tcp(self, *args, **kwargs):
            return Stream([])

    transport = connection.GuardedTransport(Unconnected([], [443]))
    request = connection.httpx2.Request("GET", "https://tools.example/mcp")
    with pytest.raises(httpcore2.ConnectError):
        await transport.handle_async_request(request)
    await transport.aclose()

    assert given == [(True, "tools.example")]


async def test_authorities_of_ones_own_are_trusted(settings, tmp_path):
    tls, certificate = certificate_for("localhost", tmp_path)
    settings.TOOL_ALLOWED_NETWORKS = LOOPBACK
    with running(tls) as safe:
        settings.TOOL_ALLOWED_PORTS = [safe.port]
        server = server_at(safe.url("/mcp", host="localhost"))

        strange = await refusal(server)
        settings.FETCH_CA_BUNDLE = certificate
        trusted = await refusal(server)

    assert strange.detail.startswith("The certificate of the server is not trusted (self-signed certificate")
    assert strange.told == "The tool's server is out of reach."
    assert "certificate" not in trusted.detail


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "Check the headers"),
        (403, "Check the headers"),
        (404, "nothing at this address"),
        (302, "Enter the one where it speaks itself"),
        (508, "An assistant does not ask itself"),
    ],
)
async def test_what_an_administrator_can_mend_is_said(tool_server, status, sentence):
    for method in ("server/discover", "initialize", "tools/list"):
        tool_server.replies[method] = Reply(status, (), b"secret innards")

    refused = await refusal(server_at(tool_server.url))

    assert sentence in refused.detail
    assert f"HTTP {status}" in refused.detail
    assert refused.told == "The tool's server is not set up rightly. An administrator can mend that."


async def test_a_server_that_fails_is_told_from_one_that_is_not_set_up(tool_server):
    for method in ("server/discover", "initialize", "tools/list"):
        tool_server.replies[method] = Reply(502, (), b"secret innards")

    refused = await refusal(server_at(tool_server.url))

    assert refused.detail == "The server fails (HTTP 502). Its own log says why."
    assert refused.told == "The tool's server gave nothing that can be used."


@pytest.mark.parametrize("legacy", [False, True])
async def test_what_the_server_asks_of_us_is_refused(tool_server, legacy):
    tool_server.legacy = legacy

    with pytest.raises(ToolError):
        await connection.call_tool(server_at(tool_server.url), "asking", {})

    assert "password" not in str([request.body for request in tool_server.requests])
    for request in tool_server.requests:
        told = request.params.get("capabilities") or request.params.get("_meta", {}).get(CAPABILITIES, {})
        assert told == {}


async def test_a_result_that_asks_for_input_is_no_result(tool_server):
    wants = {"resultType": "input_required", "inputRequests": {"a": {"method": "roots/list", "params": {}}}}
    message = json.dumps({"jsonrpc": "2.0", "id": 2, "result": wants})
    tool_server.replies["tools/call"] = Reply(
        200, [("Content-Type", "text/event-stream")], f"event: message\ndata: {message}\n\n".encode()
    )

    with pytest.raises(ToolError) as caught:
        await connection.call_tool(server_at(tool_server.url), "forecast", {"city": "Boston"})

    assert caught.value.code == "unusable"
    assert tool_server.requests[-1].method == "tools/call"


async def test_a_server_that_asks_for_ever_is_not_heard_for_ever(tool_server):
    asked = [{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in range(5_000)]
    events = "".join(f"data: {json.dumps(one)}\n\n" for one in asked)
    tool_server.legacy = True
    tool_server.replies["tools/list"] = Reply(200, [("Content-Type", "text/event-stream")], events.encode())

    await refusal(server_at(tool_server.url))  # or what follows on the end of the stream, whichever is first

    assert len(tool_server.requests) <= REQUESTS


async def test_a_stream_that_ends_again_and_again_is_not_opened_for_ever(tool_server):
    again = Reply(200, [("Content-Type", "text/event-stream")], b"id: 1\nretry: 0\ndata:\n\n")
    tool_server.replies |= {"tools/list": again, "": again}

    refused = await refusal(server_at(tool_server.url))

    assert str(REQUESTS) in refused.detail
    assert len(tool_server.requests) <= REQUESTS
