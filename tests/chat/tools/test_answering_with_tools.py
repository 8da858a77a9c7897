"""From a question over calls of tools to an answer."""

from decimal import Decimal

import pytest

from chat.events import Done, Sources, Token, ToolCall
from chat.models import DailyUsage
from chat.prompts import TOOLS_RULE
from tests.chat.tools.told import BOSTON, CLIMATE, QUESTION, SUNNY, behave, deciding, writing
from tests.factories import ready_text

DAYS = {"type": "object", "properties": {"days": {"type": "integer"}}}

pytestmark = pytest.mark.django_db(transaction=True)


# --- an answer from a tool ---


async def test_a_tool_is_called_and_its_result_is_cited(ask, chat_model, weather, tool_server):
    await weather()
    behave(chat_model, [("forecast", BOSTON)])

    told = await ask(QUESTION)

    assert [type(event) for event in told.events[:3]] == [ToolCall, ToolCall, Sources]
    begun, ended = told.of(ToolCall)
    assert (begun.number, begun.server, begun.tool, begun.arguments) == (1, "Weather", "forecast", BOSTON)
    assert (begun.outcome, ended.outcome, ended.number) == ("running", "done", 1)
    assert told.of(Token) and isinstance(told.events[-1], Done)
    (citation,) = told.message["citations"]
    assert (citation["title"], citation["heading"], citation["text"]) == (
        "Weather: forecast",
        "city: Boston",
        SUNNY,
    )
    assert (citation["url"], citation["source_id"], citation["page"]) == ("", None, None)
    assert told.message["tools"] == [ended.payload()]
    assert tool_server.calls == [("forecast", BOSTON)]


async def test_results_are_numbered_after_the_passages_and_stand_among_them_as_data(
    ask, chat_model, weather, given
):
    await given(ready_text, CLIMATE, title="Climate")
    await weather()
    behave(chat_model, [("forecast", BOSTON)], answer="It will be sunny, and mild in the spring. [2][1]")

    told = await ask(QUESTION)

    (sources,) = told.of(Sources)
    assert [citation.payload()["title"] for citation in sources.citations] == ["Climate", "Weather: forecast"]
    (request,) = writing(chat_model)
    rules, passages = request["messages"][0]["content"], request["messages"][-1]["content"]
    assert TOOLS_RULE in rules and SUNNY not in rules
    assert f"[2] Weather: forecast > city: Boston\n{SUNNY}" in passages
    assert "tools" not in request
    assert [citation["number"] for citation in told.message["citations"]] == [1, 2]


@pytest.mark.parametrize(
    ("gave", "warnings"), [("It will be mild.", ["unsupported"]), ("It will be mild for 14 days.", [])]
)
async def test_what_a_tool_was_asked_bears_no_statement(
    ask, chat_model, weather, tool_server, gave, warnings
):
    tool_server.describe("outlook", "The weather of so many days.", gives=gave, schema=DAYS)
    await weather("outlook")
    behave(chat_model, [("outlook", {"days": 14})], answer="It will be mild for 14 days. [1]")

    told = await ask(QUESTION)

    assert told.message["citations"][0]["heading"] == "days: 14"
    assert told.message["warnings"] == warnings


async def test_the_trace_tells_staff_what_was_asked_and_given(ask, chat_model, weather):
    await weather()
    behave(chat_model, [("forecast", BOSTON)])

    told = await ask(QUESTION)

    tools = (await told.stored()).trace["tools"]
    (call,) = tools["calls"]
    assert (tools["rounds"], tools["note"]) == (1, "")
    assert (call["round"], call["result"], call["outcome"]) == (1, SUNNY, "done")


async def test_tokens_of_the_choice_count(ask, chat_model, weather, asker, settings):
    settings.MODEL_PRICES = {"loopback": (Decimal(1), Decimal(1))}
    await weather()
    behave(chat_model, [("forecast", BOSTON)])

    told = await ask(QUESTION)

    stored = await told.stored()
    (request,) = writing(chat_model)
    answer_alone = sum(len(message["content"].split()) for message in request["messages"])
    assert stored.prompt_tokens > answer_alone + 2 * 100
    day = await DailyUsage.objects.aget()
    assert (day.prompt_tokens, day.completion_tokens) == (stored.prompt_tokens, stored.completion_tokens)
    assert stored.cost == Decimal(stored.prompt_tokens + stored.completion_tokens) / 1_000_000


async def test_a_call_that_is_streamed_by_the_model_is_understood(ask, chat_model, weather, settings):
    settings.CHAT_MODEL_OPTIONS = {"streaming": True}
    await weather()
    behave(chat_model, [("forecast", BOSTON)])

    told = await ask(QUESTION)

    assert deciding(chat_model)[0]["stream"] is True
    assert told.outcomes == ["done"]


async def test_calls_of_one_round_are_made_at_once(ask, chat_model, weather, tool_server):
    await weather("forecast", "slow")
    behave(chat_model, [("slow", {}), ("forecast", BOSTON)])

    def release_the_slow_one(event):
        if isinstance(event, ToolCall) and (event.tool, event.outcome) == ("forecast", "done"):
            tool_server.released.set()

    told = await ask(QUESTION, watch=release_the_slow_one)

    ended = [event.tool for event in told.of(ToolCall) if event.outcome == "done"]
    assert ended == ["forecast", "slow"]


async def test_a_second_round_knows_what_the_first_gave(ask, chat_model, weather):
    await weather("forecast", "stock")
    behave(chat_model, [("stock", {"item": "umbrella"})], [("forecast", BOSTON)], answer="There are 7. [1]")

    told = await ask(QUESTION)

    _, second, third = deciding(chat_model)
    assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "tool"]
    assert second["messages"][-1]["content"] == '{"item": "umbrella", "count": 7}'
    assert third["messages"][-1]["content"] == SUNNY
    assert (await told.stored()).trace["tools"]["rounds"] == 2


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("calls", "outcome", "told_model"),
    [
        ([("failing", {})], "failed", "failed: Error executing tool failing"),
        ([("huge", {})], "failed", "failed: The tool's server gave nothing that can be used."),
        ([("forecast", {"town": "x"})], "refused", "refused: $: 'city' is a required property"),
        ([("forecast", '{"city": ')], "refused", "refused: The arguments cannot be read."),
    ],
)
async def test_a_call_without_a_result_is_told_to_the_model_and_the_answer_goes_on(
    ask, chat_model, weather, given, calls, outcome, told_model
):
    await given(ready_text, CLIMATE)
    await weather("forecast", "failing", "huge")
    behave(chat_model, calls, answer="It is mild in the spring. [1]")

    told = await ask(QUESTION)

    assert told.outcomes == [outcome]
    assert deciding(chat_model)[1]["messages"][-1]["content"] == told_model
    assert told.message["kind"] == "generated"
    assert told.message["tools"][0]["detail"]


async def test_without_passage_and_result_the_answer_is_an_abstention(ask, chat_model, weather):
    await weather("failing")
    behave(chat_model, [("failing", {})])

    told = await ask(QUESTION)

    assert told.message["kind"] == "abstained"
    assert writing(chat_model) == []


async def test_a_model_that_refuses_tools_answers_without(ask, chat_model, weather, given):
    await given(ready_text, CLIMATE)
    await weather()
    chat_model.behave(refuses_tools=True, answer="It is mild in the spring. [1]")

    told = await ask(QUESTION)

    assert told.message["kind"] == "generated"
    assert (await told.stored()).trace["tools"] == {
        "calls": [],
        "rounds": 0,
        "note": "The language model takes no tools.",
    }


async def test_a_model_that_thinks_beyond_its_limit_has_called_nothing_and_that_is_told(
    ask, chat_model, weather, given
):
    await given(ready_text, CLIMATE)
    await weather()
    chat_model.behave(answer="", finish_reason="length", times=1)
    chat_model.behave(answer="It is mild in the spring. [1]")

    told = await ask(QUESTION)

    assert told.message["kind"] == "generated"
    assert (await told.stored()).trace["tools"]["note"].startswith("The language model reached its limit")


async def test_a_model_that_fails_between_two_rounds_keeps_what_was_given(ask, chat_model, weather):
    await weather()
    chat_model.behave(calls=[("forecast", BOSTON)], times=1)
    chat_model.behave(status=500, times=1)
    chat_model.behave(answer="It will be 21 degrees and sunny. [1]")

    told = await ask(QUESTION)

    assert (told.message["kind"], told.outcomes) == ("generated", ["done"])


async def test_odd_characters_of_a_model_and_a_tool_can_be_stored(ask, chat_model, weather, tool_server):
    tool_server.describe("odd", "Odd.", gives="a\x00b")
    await weather("odd", "forecast")
    behave(chat_model, [("odd", {"x\x00": "\ud800"}), ("no\x00such", {}), ("odd", '{"days": NaN}')])

    told = await ask(QUESTION)

    assert (await told.stored()).trace["tools"]["calls"][0]["result"] == "ab"
    assert told.message["tools"][1]["tool"] == "nosuch"
    assert told.outcomes == ["done", "refused", "done"]
