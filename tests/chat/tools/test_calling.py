"""One call: from kept results, or from the server, and counted."""

import asyncio
import datetime

import pytest
from django.utils import timezone

from chat.models import ToolResult, ToolServer, ToolUsage
from chat.tools.calling import call
from tests.tool_server import LONG, Reply, registered

pytestmark = pytest.mark.django_db(transaction=True)
BOSTON = {"city": "Boston"}
SUNNY = "In Boston it will be 21 degrees and sunny for 1 days."


@pytest.fixture
def tool(tool_server):
    server = registered(tool_server)

    def called(name, **fields):
        tool = server.tools.select_related("server").get(name=name)
        for field, value in ({"is_allowed": True} | fields).items():
            setattr(tool, field, value)
        tool.save()
        return tool

    return called


async def usage():
    row = await ToolUsage.objects.aget()
    return row.calls, row.kept, row.failed


async def test_a_tool_is_called_and_counted(tool, tool_server, given):
    outcome = await call(await given(tool, "forecast"), BOSTON)

    assert (outcome.name, outcome.text, outcome.detail) == ("done", SUNNY, "")
    assert tool_server.calls == [("forecast", BOSTON)]
    assert await usage() == (1, 0, 0)


async def test_the_same_arguments_are_not_sent_again_while_the_result_holds(tool, tool_server, given):
    forecast = await given(tool, "forecast")
    await call(forecast, {"city": "Boston", "days": 2})

    again = await call(forecast, {"days": 2, "city": "Boston"})
    other = await call(forecast, BOSTON)

    assert (again.name, again.text) == ("kept", "In Boston it will be 22 degrees and sunny for 2 days.")
    assert other.name == "done"
    assert len(tool_server.calls) == 2
    assert await usage() == (2, 1, 0)
    assert sorted([kept.hits async for kept in ToolResult.objects.all()]) == [0, 1]


async def test_a_result_that_has_run_out_is_asked_for_again(tool, tool_server, given):
    forecast = await given(tool, "forecast")
    await call(forecast, BOSTON)
    past = timezone.now() - datetime.timedelta(seconds=1)
    await ToolResult.objects.aupdate(expires_at=past, content="old")

    outcome = await call(forecast, BOSTON)

    assert (outcome.name, outcome.text) == ("done", SUNNY)
    assert (await ToolResult.objects.aget()).content == SUNNY


async def test_a_result_holds_for_as_long_as_the_tool_says(tool, given):
    await call(await given(tool, "forecast", cache_seconds=3600), BOSTON)

    kept = await ToolResult.objects.aget()
    assert kept.expires_at - kept.made_at == datetime.timedelta(hours=1)


async def test_zero_seconds_is_always_sent_also_if_something_is_still_kept(tool, tool_server, given):
    await call(await given(tool, "forecast"), BOSTON)
    forecast = await given(tool, "forecast", cache_seconds=0)

    outcomes = [(await call(forecast, BOSTON)).name for _ in range(2)]

    assert outcomes == ["done", "done"]
    assert len(tool_server.calls) == 3


async def test_what_a_tool_reports_as_an_error_is_told_to_the_model_and_not_kept(tool, given):
    outcome = await call(await given(tool, "failing"), {})

    assert (outcome.name, outcome.detail) == ("failed", "The tool reported an error.")
    assert outcome.text.startswith("failed: Error executing tool failing")
    assert not await ToolResult.objects.aexists()
    assert await usage() == (1, 0, 1)


async def test_arguments_that_do_not_fit_are_not_sent(tool, tool_server, given):
    outcome = await call(await given(tool, "forecast"), {"town": "Boston"})

    assert (outcome.name, outcome.detail) == ("refused", "The arguments do not fit the tool.")
    assert "'city' is a required property" in outcome.text
    assert tool_server.requests == []
    assert not await ToolUsage.objects.aexists()


async def test_a_server_that_fails_is_told_in_general_to_the_reader(tool, tool_server, given):
    tool_server.replies["tools/call"] = Reply(500, (), b"secret innards")

    outcome = await call(await given(tool, "forecast"), BOSTON)

    assert (outcome.name, outcome.detail) == ("failed", "The tool's server gave nothing that can be used.")
    assert "innards" not in outcome.text and "127.0.0.1" not in outcome.text
    assert await usage() == (1, 0, 1)


async def test_data_without_text_is_used(tool, given):
    outcome = await call(await given(tool, "stock"), {"item": "lamp"})

    assert outcome.text == '{"item": "lamp", "count": 7}'


async def test_of_long_results_the_beginning_is_used_and_kept(tool, given):
    outcome = await call(await given(tool, "long"), {})

    assert f"(Cut here: 8000 of {LONG - 1} characters.)" in outcome.text
    assert (await ToolResult.objects.aget()).content == outcome.text


async def test_huge_results_are_not_read(tool, given):
    outcome = await call(await given(tool, "huge"), {})

    assert (outcome.name, outcome.detail) == ("failed", "The tool's server gave nothing that can be used.")


@pytest.mark.parametrize(
    "stopped", [{"is_allowed": False}, {"gone_at": timezone.now()}, {"server__is_enabled": False}]
)
async def test_what_was_stopped_since_the_question_was_asked_is_not_called(tool, tool_server, given, stopped):
    forecast = await given(tool, "forecast")
    await given(ToolResult.objects.keep, forecast, BOSTON, SUNNY)
    for name, value in stopped.items():
        setattr(forecast.server if name.startswith("server") else forecast, name.split("__")[-1], value)
    await forecast.server.asave()
    await forecast.asave()

    outcome = await call(forecast, BOSTON)

    assert (outcome.name, outcome.detail) == ("refused", "The tool may not be called any more.")
    assert tool_server.calls == []


@pytest.mark.parametrize(
    ("changed", "is_kept"),
    [({}, True), ({"url": "http://other.example/mcp"}, False), ({"sealed_headers": "others"}, False)],
)
async def test_what_a_server_gave_that_was_changed_meanwhile_is_not_kept(
    tool, tool_server, given, changed, is_kept
):
    slow = await given(tool, "slow")
    called = asyncio.create_task(call(slow, {}))
    assert await asyncio.to_thread(tool_server.begun.wait, 5)
    await ToolServer.objects.aupdate(name="Changed", **changed)
    tool_server.released.set()

    assert (await called).text == "at last"
    assert await ToolResult.objects.aexists() == is_kept
    assert await usage() == (1, 0, 0)


async def test_what_a_tool_gave_that_was_deleted_meanwhile_is_used(tool, tool_server, given):
    slow = await given(tool, "slow")
    called = asyncio.create_task(call(slow, {}))
    assert await asyncio.to_thread(tool_server.begun.wait, 5)
    await ToolServer.objects.all().adelete()
    tool_server.released.set()

    assert (await called).text == "at last"
