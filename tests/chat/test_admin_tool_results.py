"""What is kept of tools' results, in the admin; and what the page of an answer tells of calls."""

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from chat.models import Assistant, ToolResult
from tests.chat.conversations import conversation, exchange
from tests.chat.tool_rows import a_result, a_server, a_tool, told
from tests.factories import GroupFactory, UserFactory, ready_text
from tests.roles import curator_of, role_administrator, signed_in

RESULTS, FORGET = reverse("admin:chat_toolresult_changelist"), reverse("admin:chat_toolresult_forget")
TRIAL = reverse("admin:chat_assistant_trial")
PAYLOAD = '<img src=x onerror="alert(1)">'


@pytest.fixture
def client(db):
    return signed_in(role_administrator(email="ada@example.com"))


def at(result, page="change"):
    return reverse(f"admin:chat_toolresult_{page}", args=[result.pk])


def listed(client, **query):
    return set(client.get(RESULTS, query).context["cl"].result_list)


# --- what is kept ---


def test_results_are_found_by_tool_server_age_and_arguments(client):
    weather = a_tool(a_server())
    boston, paris = a_result(weather, city="Boston"), a_result(weather, city="París", is_over=True)
    stock = a_result(a_tool(a_server("Stock"), "count"), item="Boston lamps")

    assert listed(client, tool__id__exact=weather.pk) == {boston, paris}
    assert listed(client, tool__server__id__exact=stock.tool.server_id) == {stock}
    assert listed(client, holds="yes") == {boston, stock}
    assert listed(client, holds="no") == {paris}
    assert listed(client, holds="nonsense") == {boston, paris, stock}
    assert listed(client, q="boston") == {boston, stock}
    assert listed(client, q="París") == {paris}


def test_the_page_of_a_result_shows_it_as_text(client):
    result = a_result(content=f"{PAYLOAD} 20 degrees.", city=PAYLOAD)

    page = client.get(at(result)).content.decode()

    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; 20 degrees." in page
    assert "<img src=x" not in page


def test_a_result_cannot_be_changed_and_can_be_deleted(client):
    result = a_result()

    changed = client.post(at(result), {"content": "30 degrees."})
    deleted = client.post(at(result, "delete"), {"post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 302)
    assert not ToolResult.objects.exists()


def test_chosen_results_are_deleted_after_a_question(client):
    tool = a_tool()
    chosen, other = a_result(tool, city="Boston"), a_result(tool, city="Paris")
    act = {"action": "delete_selected", "_selected_action": [chosen.pk]}

    asked = client.post(RESULTS, act).content.decode()
    client.post(RESULTS, act | {"post": "yes"})

    assert "Are you sure" in asked
    assert listed(client) == {other}


@pytest.mark.parametrize(("of", "left"), [("tool", {"alarm", "count"}), ("server", {"count"}), ("", set())])
def test_all_results_of_a_tool_a_server_or_everything_are_deleted_after_a_question(client, of, left):
    weather = a_server()
    forecast = a_tool(weather)
    for tool in (forecast, a_tool(weather, "alarm"), a_tool(a_server("Stock"), "count")):
        a_result(tool)
    address = {"tool": f"{FORGET}?tool={forecast.pk}", "server": f"{FORGET}?server={weather.pk}", "": FORGET}[
        of
    ]

    asked = client.get(address)
    number = asked.context["number"]
    page = client.post(address, follow=True)

    assert number == 3 - len(left)
    assert "deleted" in str(next(iter(page.context["messages"])))
    assert set(ToolResult.objects.values_list("tool__name", flat=True)) == left
    with translation.override("en"):
        note = LogEntry.objects.get(action_flag=DELETION)
        assert (note.user.email, note.object_repr.partition(" ")[0]) == ("ada@example.com", str(number))


def test_nothing_is_noted_if_nothing_was_kept(client):
    client.post(FORGET)

    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("query", ["tool=0", "server=x", "tool=-1"])
def test_results_of_what_is_not_there_are_not_deleted(client, query):
    a_result()

    assert client.post(f"{FORGET}?{query}").status_code == 404
    assert ToolResult.objects.exists()


def test_the_button_deletes_what_the_list_is_narrowed_to(client):
    result = a_result()

    page = client.get(RESULTS, {"tool__server__id__exact": result.tool.server_id}).content.decode()

    assert f"{FORGET}?server={result.tool.server_id}" in page
    assert "Delete all of this server" in page


def test_many_results_take_as_many_queries_as_one(client):
    tool = a_tool()
    counts = []
    for number in (1, 8):
        for place in range(number):
            a_result(tool, city=f"{number} {place}")
        with CaptureQueriesContext(connection) as captured:
            client.get(RESULTS)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 15


def test_who_may_only_look_deletes_nothing(db):
    person = UserFactory(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="view_toolresult"))
    client, result = signed_in(person), a_result()

    page = client.get(RESULTS).content.decode()
    statuses = [client.post(address).status_code for address in (FORGET, at(result, "delete"))]

    assert FORGET not in page
    assert statuses == [403, 403]


def test_curators_see_nothing_that_is_kept(db):
    curator, result = signed_in(curator_of()), a_result()

    assert [curator.get(address).status_code for address in (RESULTS, at(result), FORGET)] == [403, 403, 403]


# --- the calls for an answer ---


def page_of(client, answer):
    return client.get(reverse("admin:chat_message_change", args=[answer.pk]))


def answered(*calls, note="", **trace):
    asked = {"tools": {"calls": list(calls), "rounds": 1, "note": note}}
    return exchange(conversation(), "Will it rain?", "No.", trace=asked | trace)


def test_the_calls_for_an_answer_are_told_in_their_order(client):
    long = {"text": "x" * 400}
    answer = answered(
        told(arguments={"city": PAYLOAD}, result=f"{PAYLOAD} sunny"),
        told("failed", tool="alarm", detail="The tool took too long.", result="", round=2),
        told("refused", server="", tool="nothing", arguments={}, result="", round=2),
        told("kept", arguments=long, milliseconds=0, round=3),
        note="The time for calls was over.",
    )

    page = page_of(client, answer)

    calls = page.context["how"].tools.calls
    assert [(call.round, call.tool, str(call.outcome)) for call in calls] == [
        (1, "Weather: forecast", "done"),
        (2, "Weather: alarm", "failed"),
        (2, "nothing", "not sent"),
        (3, "Weather: forecast", "from kept results"),
    ]
    assert "x" * 400 in calls[3].all_arguments
    markup = page.content.decode()
    assert "The time for calls was over." in markup and "The tool took too long." in markup
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt; sunny" in markup and "<img src=x" not in markup


def test_an_outcome_that_is_not_known_is_told_as_it_is(client):
    assert "postponed" in page_of(client, answered(told("postponed"))).content.decode()


def test_an_answer_without_tools_says_nothing_of_them(client):
    answer = exchange(conversation(), "Will it rain?", "No.")

    page = page_of(client, answer)

    assert not page.context["how"].tools
    assert "<h3>Tools</h3>" not in page.content.decode()


def test_who_does_not_care_for_tool_servers_sees_no_calls(db):
    source = ready_text()
    curator = signed_in(curator_of(source.collection))
    answer = answered(told(), prompt=[["system", "Rules."], ["user", "20 degrees and sunny."]])
    answer.citations.create(number=1, source=source, title="Guide", text="120 degrees.")

    page = page_of(curator, answer)

    assert page.status_code == 200
    assert "sunny" not in page.content.decode() and "Weather: forecast" not in page.content.decode()


# --- an answer on trial ---


@pytest.mark.parametrize("may_use_it", [True, False])
def test_a_curator_tries_no_assistant_whose_tools_are_not_for_her(db, may_use_it):
    team, source = GroupFactory(), ready_text()
    source.collection.groups.add(team)
    assistant = Assistant.objects.create(name="Inside", slug="inside", access="groups")
    assistant.groups.add(team)
    a_tool(a_server(assistants=[assistant], is_enabled=True), is_allowed=True)
    curator = curator_of(source.collection)
    if may_use_it:
        curator.groups.add(team)
    asked = {"question": "How hot?", "assistant": assistant.pk, "viewer": f"group-{team.pk}"}

    form = signed_in(curator).post(TRIAL, asked).context["form"]

    refusal = "This assistant may ask tools, and you may not use it: its answer cannot be shown to you."
    assert form.non_field_errors() == ([] if may_use_it else [refusal])
