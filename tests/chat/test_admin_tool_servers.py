"""Tool servers in the admin: what they are used for, who may see them, and when they are asked."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from chat.models import Assistant, ToolResult, ToolServer
from tests.chat.tool_admin import NEW, SECRET, SERVERS, at, filled, queries, said, shown_tools
from tests.chat.tool_rows import a_result, a_server, a_tool, used
from tests.factories import UserFactory
from tests.roles import curator_of, role_administrator, signed_in


@pytest.fixture
def client(db):
    return signed_in(role_administrator(email="ada@example.com"))


# --- what came before ---


@pytest.mark.parametrize(
    ("given", "are_kept"),
    [
        ({"url": "https://tools.example.com/v2"}, False),
        ({"new_headers": "X-Team: 8"}, False),
        ({"name": "Forecasts"}, True),
    ],
)
def test_kept_results_go_if_they_might_be_others_now(client, given, are_kept):
    server = a_server()
    a_result(a_tool(server))
    other = a_result(a_tool(a_server("Stock")))

    client.post(at(server), filled(server, **given) | shown_tools(client, server))

    assert ToolResult.objects.filter(tool__server=server).exists() is are_kept
    assert ToolResult.objects.filter(pk=other.pk).exists()


# --- use ---


def test_the_use_of_30_days_is_counted(client):
    server = a_server()
    tool, other = a_tool(server, is_allowed=True), a_tool(server, "alarm", gone_at=timezone.now())
    used(tool, calls=4, kept=3, failed=1, milliseconds=1_000)
    used(tool, ago=29, calls=1)
    used(tool, ago=30, calls=100)
    used(other, calls=2, failed=1)
    a_tool(server, "almanac")

    listed = client.get(SERVERS).content.decode()
    page = client.get(at(server)).content.decode()

    assert "1 of 2" in listed
    assert '<span class="k-figures">7<small>2 failed</small></span>' in listed
    assert "Calls in 30 days: 5 sent, 1 of these failed, 3 answered from kept results." in page
    assert "A call took 200 ms on average." in page
    assert page.count("Not called in 30 days.") == 1


def test_the_list_says_what_went_wrong_and_who_may_ask(client):
    a_server(error="The server refuses the connection.", assistants=[Assistant.objects.default()])

    page = client.get(SERVERS).content.decode()

    assert "The server refuses the connection." in page
    assert str(Assistant.objects.default()) in page


def test_many_servers_and_tools_take_as_many_queries_as_one(client):
    server = a_server(assistants=[Assistant.objects.default()])
    used(a_tool(server), calls=1)
    few = queries(client, SERVERS), queries(client, at(server))
    for number in range(6):
        used(a_tool(server, f"tool{number}"), calls=1)
        used(a_tool(a_server(f"S{number}", assistants=[Assistant.objects.default()])), calls=1)

    assert (queries(client, SERVERS), queries(client, at(server))) == few
    assert max(few) <= 20


def test_a_server_is_deleted_with_all_that_is_kept_of_it(client):
    tool = a_tool()
    a_result(tool)
    used(tool, calls=1)
    address = reverse("admin:chat_toolserver_delete", args=[tool.server_id])

    asked = client.get(address).content.decode()
    client.post(address, {"post": "yes"})

    assert "Tool results: 1" in asked
    assert not ToolServer.objects.exists() and not ToolResult.objects.exists()


# --- who may ---


def test_an_assistant_names_the_tool_servers_that_it_may_use(client):
    assistant = Assistant.objects.default()
    server = a_server(assistants=[assistant])
    a_server("Stock")

    page = client.get(reverse("admin:chat_assistant_change", args=[assistant.pk])).content.decode()

    assert f'<a class="k-link" href="{at(server)}">Weather</a>' in page
    assert "Stock" not in page


def test_who_may_not_see_tool_servers_reads_of_none(client):
    person = UserFactory(is_staff=True)
    person.user_permissions.set(
        Permission.objects.filter(codename__in=["view_assistant", "change_assistant"])
    )
    a_server(assistants=[Assistant.objects.default()])
    address = reverse("admin:chat_assistant_change", args=[Assistant.objects.default().pk])

    page = signed_in(person).get(address).content.decode()

    assert "Weather" not in page and SERVERS not in page
    assert SERVERS in client.get(address).content.decode()


def test_who_may_only_look_is_offered_nothing_to_change(db):
    person = UserFactory(is_staff=True)
    codenames = ["view_toolserver", "view_tool"]
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    server = a_server(headers={"Authorization": SECRET})
    a_tool(server, is_allowed=True)
    a_result(server.tools.get())

    page = signed_in(person).get(at(server)).content.decode()

    assert "Its results hold for 300 seconds." in page
    assert "Ask for its tools again" not in page and "Delete its kept results" not in page
    assert "is_allowed" not in page and SECRET not in page


def test_curators_see_none_of_it(db):
    curator = signed_in(curator_of())
    server = a_server()

    statuses = [curator.get(address).status_code for address in (SERVERS, NEW, at(server))]

    assert statuses == [403, 403, 403]
    assert SERVERS not in curator.get(reverse("admin:index")).content.decode()


# --- it is asked ---


@pytest.mark.django_db(transaction=True)
def test_a_new_server_is_asked_for_its_tools_at_once(client, tool_server):
    page = client.post(NEW, filled(url=tool_server.url), follow=True)

    server = ToolServer.objects.get()
    assert page.redirect_chain == [(at(server), 302)]
    assert said(page)[-1] == f"Weather offers {server.tools.count()} tools."
    assert not server.tools.filter(is_allowed=True).exists()
    assert "city: string, required" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_page_asks_again_and_a_tool_that_has_changed_is_withdrawn(client, tool_server):
    client.post(NEW, filled(url=tool_server.url))
    server = ToolServer.objects.get()
    server.tools.update(is_allowed=True)
    tool_server.describe("stock", "Everything about everybody.")

    page = client.post(reverse("admin:chat_toolserver_ask", args=[server.pk]), follow=True)

    assert [tool.name for tool in server.tools.exclude(changed_at=None)] == ["stock"]
    assert "differently from when it was allowed" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_may_not_be_opened_is_kept_with_the_reason(client):
    page = client.post(NEW, filled(new_headers="X-Team: 7"), follow=True)

    server = ToolServer.objects.get()
    assert server.error and said(page)[-1] == server.error
    assert server.headers == {"X-Team": "7"}


@pytest.mark.django_db(transaction=True)
def test_a_server_is_not_asked_if_only_its_tools_are_allowed(client, tool_server):
    server = a_server(url=tool_server.url)
    a_tool(server)

    client.post(at(server), filled(server) | shown_tools(client, server) | {"tools-0-is_allowed": "on"})

    assert server.tools.get().is_allowed
    assert tool_server.requests == []
