"""The one door to servers of tools: which addresses it opens."""

import asyncio
import socket
import threading

import pytest
from django.test import override_settings

from assistant_project.networks import as_networks
from chat.tools import connection
from chat.tools.errors import ToolError
from chat.tools.guard import Guard
from tests.chat.tools.asked import refusal, server_at
from tests.tool_server import Reply

LOOPBACK = as_networks(["127.0.0.0/8"])


def answering(*rounds):
    """A resolver that gives other addresses each time, and counts how often it was asked."""
    waiting = [list(addresses) for addresses in rounds]

    async def resolve(host, port):
        addresses = waiting.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    resolve.waiting = waiting
    return resolve


@pytest.fixture
def listener():
    """A socket that takes connections on every address of the loopback."""
    with socket.create_server(("0.0.0.0", 0)) as listener:
        yield listener


# --- addresses ---


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "192.168.1.1",
        "100.64.0.1",
    ],
)
async def test_private_addresses_are_not_opened(tool_server, settings, host):
    settings.TOOL_ALLOWED_NETWORKS = []

    refused = await refusal(server_at(f"http://{host}:{tool_server.port}/mcp"))

    assert "TOOL_ALLOWED_NETWORKS" in refused.detail or "no tools stand behind" in refused.detail
    assert host not in refused.told
    assert tool_server.requests == []


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]"]
)
async def test_link_local_and_metadata_stay_closed_whatever_is_allowed(settings, host):
    settings.TOOL_ALLOWED_NETWORKS = as_networks(["0.0.0.0/0", "::/0"])

    refused = await refusal(server_at(f"http://{host}/mcp"))

    assert "no tools stand behind such an address" in refused.detail


async def test_an_allowed_network_is_opened(tool_server):
    tools = await connection.list_tools(server_at(tool_server.url))

    assert "forecast" in [tool.name for tool in tools]


async def test_other_ports_are_not_opened(tool_server, settings):
    settings.TOOL_ALLOWED_PORTS = [80, 443]

    refused = await refusal(server_at(tool_server.url))

    assert "only 80, 443" in refused.detail
    assert tool_server.requests == []


async def test_a_port_is_spoken_of_only_if_its_address_may_be_opened(settings):
    settings.TOOL_ALLOWED_NETWORKS = []
    settings.TOOL_ALLOWED_PORTS = [80, 443]

    refused = await refusal(server_at("http://127.0.0.1:9/mcp"))

    assert "TOOL_ALLOWED_NETWORKS" in refused.detail and "TOOL_ALLOWED_PORTS" not in refused.detail


async def test_a_name_that_means_another_address_a_moment_later_is_looked_up_once(listener):
    resolve = answering(["127.0.0.5"], ["10.0.0.1"])
    port = listener.getsockname()[1]

    stream = await Guard(LOOPBACK, [port], resolve=resolve).connect_tcp("rebinding.example", port)

    assert stream.get_extra_info("server_addr") == ("127.0.0.5", port)
    assert resolve.waiting == [["10.0.0.1"]]
    await stream.aclose()


async def test_each_connection_is_checked_anew(listener):
    port = listener.getsockname()[1]
    guard = Guard(LOOPBACK, [port], resolve=answering(["127.0.0.5"], ["10.0.0.1"]))
    first = await guard.connect_tcp("rebinding.example", port)
    await first.aclose()

    with pytest.raises(ToolError):
        await guard.connect_tcp("rebinding.example", port)


async def test_of_several_addresses_only_allowed_ones_are_opened(listener):
    port = listener.getsockname()[1]
    guard = Guard(LOOPBACK, [port], resolve=answering(["10.0.0.1", "127.0.0.9"]))

    stream = await guard.connect_tcp("two.example", port)

    assert stream.get_extra_info("server_addr")[0] == "127.0.0.9"
    await stream.aclose()


async def test_a_unix_socket_is_not_opened():
    with pytest.raises(NotImplementedError):
        await Guard(LOOPBACK, [80]).connect_unix_socket("/run/secret.sock")


async def test_a_host_that_does_not_exist_is_named_to_the_administrator_only():
    async def unknown(host, port):
        raise socket.gaierror

    with pytest.raises(ToolError) as caught:
        await Guard(LOOPBACK, [80], resolve=unknown).connect_tcp("tools.invalid", 80)

    assert "no host named tools.invalid" in caught.value.detail
    assert caught.value.told == "The tool's server is out of reach."


async def test_names_that_nobody_tells_keep_no_thread_of_the_event_loop(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(20) and [])
    silent = [
        asyncio.create_task(refusal(server_at("https://silent.example/mcp", call_seconds=1)))
        for _ in range(33)  # one more than the event loop has threads, on any machine
    ]
    await asyncio.sleep(0.2)

    try:
        async with asyncio.timeout(5):
            await asyncio.to_thread(len, "something else")
            assert {refused.code for refused in await asyncio.gather(*silent)} == {"too_slow"}
    finally:
        over.set()


async def test_nobody_listening_is_told(tool_server, settings, listener):
    port = listener.getsockname()[1]
    listener.close()
    settings.TOOL_ALLOWED_PORTS = [port]

    refused = await refusal(server_at(f"http://127.0.0.1:{port}/mcp"))

    assert refused.code == "unreachable" and f"port {port}" in refused.detail


async def test_proxies_of_the_environment_are_not_used(tool_server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    assert await connection.list_tools(server_at(tool_server.url))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://0177.0.0.1/mcp", "http://①②⑦.⓪.⓪.①/"]
)
async def test_what_is_no_address_of_the_web_is_not_opened(settings, url):
    settings.TOOL_ALLOWED_NETWORKS = LOOPBACK

    refused = await refusal(server_at(url))

    assert (refused.code, refused.detail) == ("set_up", "Its address is none that can be opened.")


# --- redirects ---


async def test_a_redirect_to_another_origin_is_not_followed(tool_server):
    with socket.create_server(("127.0.0.2", 0)) as elsewhere:
        elsewhere.settimeout(0)
        target = f"http://127.0.0.2:{elsewhere.getsockname()[1]}/mcp"
        for method in ("server/discover", "initialize"):
            tool_server.replies[method] = Reply(307, [("Location", target)])
        with override_settings(TOOL_ALLOWED_PORTS=[tool_server.port, elsewhere.getsockname()[1]]):
            refused = await refusal(server_at(tool_server.url, sealed_headers=""))

        assert refused.code == "set_up"
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


async def test_a_redirect_within_the_origin_is_followed(tool_server):
    tool_server.replies["tools/list"] = Reply(307, [("Location", "/other")])

    assert (await refusal(server_at(tool_server.url))).code == "set_up"

    assert tool_server.requests[-1].path in ("/other", "/mcp")
    assert "/other" in [request.path for request in tool_server.requests]
