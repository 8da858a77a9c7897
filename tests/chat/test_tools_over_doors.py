"""How REST, OpenAI's protocol and MCP tell of the tools that were asked for an answer."""

import pytest
from django.contrib.auth.models import Permission

from assistant_project.accounts.models import User
from chat.mcp.asking import as_result
from chat.models import Assistant
from chat.records import message_payload
from tests.chat.conversations import client_of
from tests.chat.openai_api.clients import complete, program_of
from tests.chat.test_api import frames
from tests.chat.tool_calls import GIVEN, asked_tools, cite_tool
from tests.chat.tool_rows import a_server, a_tool, told
from tests.factories import UserFactory, ready_text
from tests.model_behaviour import quoting

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = "/api/v1/chat/"
HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = {"message": "How hot should the water heater be, and how warm will it be in Boston?"}
CALL = {"number": 1, "server": "Weather", "tool": "forecast", "arguments": {"city": "Boston"}}


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def forecast(settings, model_server, tool_server):
    """The model has a tool asked once, and writes from what it gave."""
    settings.CHAT_MODEL = "loopback"
    settings.OPENAI_BASE_URL = model_server.url
    ready_text(HEATER, title="Heating")
    a_tool(
        a_server(url=tool_server.url, is_enabled=True, assistants=[Assistant.objects.default()]),
        is_allowed=True,
    )
    model_server.behave(calls=[("forecast", {"city": "Boston"})], times=1)
    model_server.behave(answer="NONE", times=1)
    model_server.behave(answer=quoting(2))


def test_rest_tells_of_the_calls_and_cites_what_they_gave(user, forecast):
    answer = client_of(user).post(CHAT, QUESTION).json()

    (call,) = answer["tools"]
    assert call == CALL | {"outcome": "done", "milliseconds": call["milliseconds"], "detail": ""}
    (cited,) = answer["citations"]
    assert (cited["title"], cited["heading"]) == ("Weather: forecast", "city: Boston")
    assert (cited["url"], cited["source_id"]) == ("", None)


@pytest.mark.parametrize("cares", [False, True])
def test_what_tools_gave_is_in_the_trace_for_who_cares_for_their_servers(user, forecast, cares):
    rights = ["view_message", "view_toolserver"] if cares else ["view_message"]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    User.objects.filter(pk=user.pk).update(is_staff=True)

    asked = client_of(user).post(f"{CHAT}?trace=1", QUESTION).json()
    (_, read) = (
        client_of(user).get(f"/api/v1/sessions/{asked['session_id']}/messages/?trace=1").json()["results"]
    )

    for trace in (asked["trace"], read["trace"]):
        assert trace["candidates"]
        assert ("tools" in trace, "prompt" in trace) == (cares, cares)


def test_a_stream_tells_of_a_call_when_it_begins_and_when_it_has_ended(user, forecast):
    sent = frames(client_of(user).post(CHAT, QUESTION, headers={"accept": "text/event-stream"}))

    assert [name for name, _ in sent][:4] == ["tool", "tool", "sources", "token"]
    assert sent[0][1] == CALL | {"outcome": "running", "milliseconds": 0, "detail": ""}
    assert sent[1][1]["outcome"] == "done"
    assert sent[-1][1]["tools"] == [sent[1][1]]


def test_a_client_of_openai_gets_the_calls_beside_the_choices(user, forecast):
    answer = complete(program_of(user), ("user", QUESTION["message"])).json()

    assert [(call["tool"], call["outcome"]) for call in answer["x_tools"]] == [("forecast", "done")]
    assert [cited["title"] for cited in answer["x_citations"]] == ["Weather: forecast"]
    assert answer["choices"][0]["message"]["annotations"] == []  # it has no address


def test_an_mcp_client_gets_the_calls_with_the_answer(user):
    talk = asked_tools(user, told("failed", detail="The tool took too long."))
    cite_tool(talk)

    given = as_result(message_payload(talk.messages.get(role="assistant"))).model_dump(mode="json")

    ended = {"outcome": "failed", "milliseconds": 12, "detail": "The tool took too long."}
    assert given["tools"] == [CALL | ended]
    assert (given["citations"][0]["text"], given["citations"][0]["source_id"]) == (GIVEN, None)
