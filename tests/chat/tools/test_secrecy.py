"""Header values arrive at the server and are nowhere else."""

import json
import logging

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from chat.models import ToolServer
from chat.tools import catalogue
from tests.factories import UserFactory
from tests.tool_server import Reply, registered

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Bearer s3cr3t-0123456789"
HEADERS = {"Authorization": SECRET, "X-Team": "team-s3cr3t"}


async def test_headers_arrive_and_are_in_no_log_event_trace_or_prompt(
    ask, chat_model, tool_server, assistant, given, caplog
):
    caplog.set_level(logging.DEBUG)
    await given(registered, tool_server, assistant, allowed=("forecast", "failing"), headers=HEADERS)
    chat_model.behave(calls=[("forecast", {"city": "Boston"}), ("failing", {})], times=1)
    chat_model.behave(answer="NONE", times=1)
    chat_model.behave(answer="It will be sunny. [1]")

    told = await ask("What will the weather in Boston be?")

    assert {request.headers["authorization"] for request in tool_server.requests} == {SECRET}
    assert {request.headers["x-team"] for request in tool_server.requests} == {"team-s3cr3t"}
    stored = await told.stored()
    everywhere = [caplog.text, repr(told.events), json.dumps(stored.trace), stored.content]
    everywhere += [json.dumps(body) for body in chat_model.bodies("/v1/chat/completions")]
    assert not any("s3cr3t" in one for one in everywhere)


@pytest.mark.parametrize("value", ["s3cr3t\nX-Other: 1", "s3cr3t-ü", "s3cr3t\x00"])
def test_a_header_that_cannot_be_sent_is_in_no_log_and_no_sentence(tool_server, caplog, value):
    caplog.set_level(logging.DEBUG)

    server = registered(tool_server, headers={"Authorization": value})

    assert server.error == "One of its headers cannot be sent."
    assert "s3cr3t" not in caplog.text
    assert not any("x-other" in request.headers for request in tool_server.requests)


def test_headers_are_encrypted_in_the_database(tool_server, tmp_path):
    server = registered(tool_server, headers=HEADERS)

    dump = tmp_path / "dump.json"
    call_command("dumpdata", "chat", output=str(dump))

    assert "s3cr3t" not in dump.read_text()
    assert ToolServer.objects.get(pk=server.pk).headers == HEADERS


def test_headers_are_on_no_page(tool_server):
    server = registered(tool_server, headers=HEADERS)
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    for address in (
        reverse("admin:chat_toolserver_changelist"),
        reverse("admin:chat_toolserver_change", args=[server.pk]),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert "s3cr3t" not in page.content.decode()


def test_what_a_server_says_of_a_failure_is_in_no_log(tool_server, caplog):
    server = registered(tool_server, headers=HEADERS)
    caplog.set_level(logging.DEBUG)
    echo = json.dumps({"jsonrpc": "2.0", "id": 2, "error": {"code": -32000, "message": f"got {SECRET}"}})
    tool_server.replies["tools/list"] = Reply(400, [("Content-Type", "application/json")], echo.encode())

    catalogue.refresh(server)

    assert server.error == "The server answers with an error of the protocol (-32000)."
    assert "s3cr3t" not in caplog.text
