"""The SDK's own client against the running server, and against the command that speaks over stdin."""

import asyncio
import sys
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
import pytest
from asgiref.sync import sync_to_async
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from assistant_project.accounts.models import ApiKey
from assistant_project.networks import as_networks
from chat.models import Message, ToolServer
from chat.tools import connection
from chat.tools.errors import ToolError
from tests.factories import UserFactory, ready_text
from tests.flows.worker import PATIENCE, PROJECT, environment, eventually

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How hot should the water heater be set?"
PROTOCOLS = ("legacy", "auto")
"""The handshake of 2025, and the newest one that both sides know."""


@pytest.fixture
def key(transactional_db):
    ready_text("Set the thermostat of the water heater to 120 degrees Fahrenheit.", title="Heating")
    return ApiKey.objects.issue(UserFactory(), name="client", scopes=["ask", "read"])[1]


@pytest.fixture
def stalling_model(settings, model_server):
    """Falls silent after two words."""
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "loopback", model_server.url
    model_server.behave(answer="Set it to 120 degrees. [1]", hang_after=2)


@asynccontextmanager
async def over_http(site, key, mode):
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http,
        Client(streamable_http_client(f"{site}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def test_the_site_is_no_tool_server_of_its_own(site, key, settings):
    address = urlsplit(site)
    settings.TOOL_ALLOWED_NETWORKS = as_networks(["127.0.0.0/8"])
    settings.TOOL_ALLOWED_PORTS = [address.port]
    server = ToolServer(name="Itself", url=f"{site}/mcp")
    server.headers = {"Authorization": f"Bearer {key}"}

    with pytest.raises(ToolError) as refused:
        await connection.list_tools(server)

    assert "An assistant does not ask itself" in refused.value.detail


@pytest.mark.parametrize("mode", PROTOCOLS)
async def test_a_client_finds_reads_and_asks_over_http(mode, site, key):
    async with over_http(site, key, mode) as client:
        found = await client.call_tool("search_knowledge", {"query": QUESTION})
        source_id = found.structured_content["passages"][0]["source_id"]
        read = await client.call_tool("read_source", {"source_id": source_id})
        resource = await client.read_resource(f"knowledge://sources/{source_id}")
        answer = await client.call_tool("ask", {"question": QUESTION})

    assert read.structured_content["pages"][0]["text"] == resource.contents[0].text
    assert answer.structured_content["citations"][0]["source_id"] == source_id
    assert "120 degrees" in answer.structured_content["answer"]


@pytest.mark.parametrize("mode", PROTOCOLS)
async def test_an_answer_arrives_while_it_is_written_and_ends_when_nobody_waits(
    mode, site, key, stalling_model
):
    arrived = asyncio.Event()

    async def note(progress, total, message):
        arrived.set()

    async with over_http(site, key, mode) as client:
        asking = asyncio.create_task(client.call_tool("ask", {"question": QUESTION}, progress_callback=note))
        await asyncio.wait_for(arrived.wait(), PATIENCE)
        state = await Message.objects.values_list("state", flat=True).aget(role="assistant")
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    assert state == Message.State.STREAMING
    stopped = Message.objects.filter(role="assistant", state=Message.State.STOPPED)
    assert await sync_to_async(eventually)(stopped.exists)


@pytest.mark.parametrize("mode", PROTOCOLS)
async def test_a_client_is_served_over_stdin_and_stdout(mode, key):
    command = StdioServerParameters(
        command=sys.executable,
        args=[str(PROJECT / "manage.py"), "mcp"],
        env=environment(ASSISTANT_API_KEY=key),
    )

    async with Client(stdio_client(command), mode=mode) as client:
        tools = (await client.list_tools()).tools
        answer = await client.call_tool("ask", {"question": QUESTION})

    assert len(tools) == 4
    assert "120 degrees" in answer.structured_content["answer"]
