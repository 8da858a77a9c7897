"""How many calls, how much and for how long."""

import pytest

from chat.models import Tool
from chat.tools.rounds import ROUNDS
from tests.chat.tools.told import BOSTON, CLIMATE, QUESTION, behave, deciding
from tests.factories import ready_text

pytestmark = pytest.mark.django_db(transaction=True)


async def test_there_are_five_rounds_at_most(ask, chat_model, weather, tool_server):
    await weather()
    behave(chat_model, *([("forecast", {"city": f"City {n}"})] for n in range(ROUNDS)), answer="Sunny. [1]")

    told = await ask(QUESTION)

    assert len(deciding(chat_model)) == len(tool_server.calls) == ROUNDS == 5
    assert (await told.stored()).trace["tools"][
        "note"
    ] == "There were as many rounds of calls as there may be."
    assert told.message["kind"] == "generated"


async def test_a_round_has_four_calls_at_most(ask, chat_model, weather, tool_server):
    await weather()
    behave(chat_model, [("forecast", {"city": f"City {n}"}) for n in range(6)])

    told = await ask(QUESTION)

    assert told.outcomes == ["done"] * 4 + ["refused"] * 2
    assert len(tool_server.calls) == 4
    assert len(deciding(chat_model)[1]["messages"]) == 3 + 6


async def test_the_same_call_is_sent_once_for_an_answer(ask, chat_model, weather, tool_server):
    await weather()
    await Tool.objects.aupdate(cache_seconds=0)
    behave(chat_model, [("forecast", BOSTON), ("forecast", BOSTON)], [("forecast", BOSTON)])

    told = await ask(QUESTION)

    assert told.outcomes == ["done", "refused", "refused"]
    assert tool_server.calls == [("forecast", BOSTON)]
    assert [citation["number"] for citation in told.message["citations"]] == [1]


async def test_all_results_together_are_bounded(ask, chat_model, weather, tool_server):
    names = [f"long-{n}" for n in range(4)]
    for name in names:
        tool_server.describe(name, "Answers much.", gives="word " * 1_500)
    await weather(*names)
    behave(chat_model, [(name, {}) for name in names])

    await ask(QUESTION)

    told = [message["content"] for message in deciding(chat_model)[1]["messages"][-4:]]
    assert sum(map(len, told)) < 24_200
    assert any("(Cut here: " in text for text in told)


async def test_the_time_for_all_calls_is_bounded(ask, chat_model, weather, settings, tool_server):
    settings.TOOLS_SECONDS = 1
    await weather("slow", call_seconds=60)
    behave(chat_model, [("slow", {})])

    told = await ask(QUESTION)

    assert told.outcomes == ["failed"]
    assert told.message["tools"][0]["detail"] == "The tool took too long."
    assert (await told.stored()).trace["tools"]["note"] == "The time for calls was over."
    assert tool_server.left.wait(5)


async def test_a_model_that_chooses_for_too_long_is_not_waited_for(ask, chat_model, weather, settings, given):
    settings.TOOLS_SECONDS = 1
    await given(ready_text, CLIMATE)
    await weather()
    chat_model.behave(hang_after=0, times=1)
    chat_model.behave(answer="It is mild in the spring. [1]")

    told = await ask(QUESTION)

    assert told.message["kind"] == "generated"
    assert (await told.stored()).trace["tools"]["note"] == "The language model took too long. Try again."
