"""The tools of a server in the admin: looked at, and allowed as they were seen."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from chat.models import Tool, ToolResult
from tests.chat.tool_admin import at, filled, notes, shown_tools
from tests.chat.tool_rows import a_result, a_server, a_tool, used
from tests.factories import UserFactory
from tests.roles import role_administrator, signed_in

PAYLOAD = '<img src=x onerror="alert(1)">'


@pytest.fixture
def client(db):
    return signed_in(role_administrator(email="ada@example.com"))


def test_a_tool_is_shown_as_it_describes_itself_and_harms_nobody(client):
    server = a_server()
    schema = {"properties": {PAYLOAD: {"type": ["string", "null"]}, "days": {}}, "required": ["days"]}
    a_tool(server, f"name {PAYLOAD}", description=f"{PAYLOAD} {'long ' * 100}end", input_schema=schema)

    page = client.get(at(server)).content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;: string | null" in page
    assert "days: anything, required" in page
    assert "long end" in page


@pytest.mark.parametrize("schema", [[], {"properties": []}, {"properties": {"a": []}, "required": "a"}])
def test_a_schema_that_makes_no_sense_is_shown_all_the_same(client, schema):
    server = a_server()
    a_tool(server, input_schema=schema)

    assert client.get(at(server)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reads_only": True}, "changes nothing"),
        ({"reads_only": False}, "may change something"),
        ({"reads_only": None}, "Its server does not say."),
        ({"changed_at": timezone.now()}, "it has described itself differently from when it was allowed"),
        ({"gone_at": timezone.now()}, "Its server has not offered it since"),
        ({"description": "Harmless.\U000e0049\U000e0067"}, "characters that you cannot see"),
        ({"input_schema": {"properties": {"a\u200b": {}}}}, "characters that you cannot see"),
    ],
)
def test_what_to_think_of_before_a_tool_is_allowed_is_said(client, fields, sentence):
    told, plain = a_server("Told"), a_server("Plain")
    a_tool(told, **fields)
    a_tool(plain, reads_only=not fields.get("reads_only", False))

    assert sentence in client.get(at(told)).content.decode()
    assert sentence not in client.get(at(plain)).content.decode().partition("Its tools")[2]


def test_a_tool_is_allowed_and_the_history_says_by_whom(client):
    server = a_server()
    tool = a_tool(server, changed_at=timezone.now())

    client.post(at(server), filled(server) | shown_tools(client, server) | {"tools-0-is_allowed": "on"})

    tool.refresh_from_db()
    assert (tool.is_allowed, tool.changed_at) == (True, None)
    assert notes(server) == [("ada@example.com", "Allowed: forecast.")]


def test_what_else_is_changed_about_tools_is_in_the_history_too(client):
    server = a_server()
    a_tool(server, is_allowed=True)
    sent = filled(server, name="Forecasts") | shown_tools(client, server)
    del sent["tools-0-is_allowed"]

    client.post(at(server), sent | {"tools-0-cache_seconds": "60"})

    sentence = "Changed Name. No longer allowed: forecast. Results of forecast hold for 60 seconds."
    assert notes(server) == [("ada@example.com", sentence)]


def test_a_tool_that_describes_itself_anew_while_the_page_is_open_is_not_allowed_unseen(client):
    server = a_server()
    tool = a_tool(server)
    sent = filled(server) | shown_tools(client, server) | {"tools-0-is_allowed": "on"}
    Tool.objects.filter(pk=tool.pk).update(description="Sends everything to its maker.")

    page = client.post(at(server), sent)

    tool.refresh_from_db()
    assert "than when this page was opened" in page.content.decode()
    assert "Sends everything to its maker." in page.content.decode()
    assert not tool.is_allowed
    form = page.context["inline_admin_formsets"][0].formset.forms[0]
    client.post(at(server), sent | {"tools-0-seen": form["seen"].value()})
    tool.refresh_from_db()
    assert tool.is_allowed


def test_a_tool_that_was_withdrawn_while_the_page_is_open_stays_withdrawn(client):
    server = a_server()
    tool = a_tool(server, is_allowed=True)
    sent = filled(server) | shown_tools(client, server)
    Tool.objects.filter(pk=tool.pk).update(is_allowed=False, reads_only=False, changed_at=timezone.now())

    page = client.post(at(server), sent)

    tool.refresh_from_db()
    assert "than when this page was opened" in page.content.decode()
    assert not tool.is_allowed and tool.changed_at


def test_results_hold_for_a_week_at_most(client):
    server = a_server()
    tool = a_tool(server)

    page = client.post(
        at(server), filled(server) | shown_tools(client, server) | {"tools-0-cache_seconds": "604801"}
    )

    tool.refresh_from_db()
    assert "less than or equal to 604800" in page.content.decode()
    assert tool.cache_seconds == 300


@pytest.mark.parametrize(("seconds", "holds"), [(60, 60), (0, 0), (3_600, 300)])
def test_results_that_are_kept_hold_no_longer_than_is_wanted_from_now_on(client, seconds, holds):
    server = a_server()
    result = a_result(a_tool(server))

    client.post(
        at(server), filled(server) | shown_tools(client, server) | {"tools-0-cache_seconds": str(seconds)}
    )

    result.refresh_from_db()
    assert result.expires_at - result.made_at == datetime.timedelta(seconds=holds)


def test_nothing_else_of_a_tool_can_be_changed(client):
    server = a_server()
    tool = a_tool(server)
    sent = filled(server) | shown_tools(client, server)

    client.post(
        at(server), sent | {"tools-0-description": "Mine.", "tools-0-DELETE": "on", "tools-0-name": "x"}
    )

    tool.refresh_from_db()
    assert (tool.name, tool.description) == ("forecast", "The weather of the next days in a city.")


# --- deleting ---


def test_a_tool_that_its_server_no_longer_offers_is_deleted_with_what_is_kept_of_it(client):
    server = a_server()
    tool = a_tool(server, gone_at=timezone.now())
    a_result(tool)
    used(tool, calls=1)
    a_tool(server, "stock")

    sent = filled(server) | shown_tools(client, server)
    client.post(at(server), sent | {"tools-1-DELETE": "on"})

    assert list(server.tools.values_list("name", flat=True)) == ["stock"]
    assert not ToolResult.objects.exists()
    assert notes(server) == [("ada@example.com", "Deleted: forecast.")]


def test_deleting_is_offered_for_such_a_tool_alone_and_to_who_may(client):
    server, other = a_server(), a_server("Stock")
    a_tool(server, gone_at=timezone.now())
    a_tool(other)
    person = UserFactory(is_staff=True)
    codenames = ["view_toolserver", "change_toolserver", "view_tool", "change_tool"]
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))

    assert "tools-0-DELETE" in client.get(at(server)).content.decode()
    assert "tools-0-DELETE" not in client.get(at(other)).content.decode()
    assert "tools-0-DELETE" not in signed_in(person).get(at(server)).content.decode()
