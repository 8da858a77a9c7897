"""A reader who leaves, budgets, and what is held while a tool is waited for."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as site

from assistant_project.limits.models import Tally
from chat.answering import QuestionRefused, answer, open_question
from chat.events import ToolCall
from chat.models import Message, ToolUsage
from chat.sse import with_heartbeat
from tests.tool_server import registered

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "What is in the slow archive?"


@pytest.fixture
def waiting(chat_model, tool_server, assistant, asker, given):
    """The events of an answer whose call the server does not end."""

    async def begun():
        await given(registered, tool_server, assistant, allowed=("slow",), call_seconds=60)
        chat_model.behave(calls=[("slow", {})], times=1)
        return await given(open_question, QUESTION, asker=asker)

    return begun


@sync_to_async
def spent():
    """Tokens that the day's budgets say are gone."""
    return sorted(set(Tally.objects.values_list("count", flat=True)))


async def wait_for(event):
    """An event of a thread."""
    assert await asyncio.to_thread(event.wait, 10)


async def test_a_reader_who_leaves_during_a_call_ends_it(waiting, tool_server):
    question = await waiting()
    events = answer(question)
    assert (await anext(events)).outcome == "running"
    task = asyncio.ensure_future(anext(events))
    await wait_for(tool_server.begun)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await wait_for(tool_server.left)
    message = await Message.objects.aget(pk=question.answer_id)
    assert message.state == Message.State.STOPPED
    (call,) = message.trace["tools"]["calls"]
    assert (call["outcome"], call["detail"]) == ("failed", "It was broken off.")
    assert message.prompt_tokens > 0
    usage = await ToolUsage.objects.aget()
    assert (usage.calls, usage.failed) == (1, 1)


async def test_a_stream_that_is_closed_during_a_call_ends_it(waiting, tool_server):
    """As chat.sse does it: each event is waited for in a task of its own."""
    question = await waiting()
    source = answer(question)
    events = with_heartbeat(source, seconds=60)
    assert isinstance(await anext(events), ToolCall)
    task = asyncio.ensure_future(anext(events))
    await wait_for(tool_server.begun)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await source.aclose()

    await wait_for(tool_server.left)
    assert (await Message.objects.aget(pk=question.answer_id)).state == Message.State.STOPPED


async def test_a_reader_who_leaves_before_a_call_was_sent_has_none_sent(waiting, tool_server):
    question = await waiting()
    events = answer(question)
    await anext(events)

    await events.aclose()

    assert tool_server.calls == []
    message = await Message.objects.aget(pk=question.answer_id)
    assert message.trace["tools"]["calls"][0]["outcome"] == "failed"


async def test_what_is_not_used_of_the_budget_is_given_back(waiting, tool_server):
    question = await waiting()
    reserved = question.reservation.tokens
    events = answer(question)
    await anext(events)
    assert max(await spent()) == reserved

    await events.aclose()

    message = await Message.objects.aget(pk=question.answer_id)
    assert await spent() == [message.prompt_tokens + message.completion_tokens]
    assert 0 < message.prompt_tokens < reserved


async def test_the_rounds_are_reserved_beforehand(waiting, asker, given, settings, assistant):
    with_tools = (await waiting()).choice
    await assistant.tool_servers.aupdate(is_enabled=False)
    without = (await given(open_question, QUESTION, asker=asker)).choice

    assert with_tools.most_tokens(100) > without.most_tokens(100) + 20_000

    settings.TOKENS_PER_DAY_PER_USER = without.most_tokens(100) + 10_000
    await assistant.tool_servers.aupdate(is_enabled=True)
    with pytest.raises(QuestionRefused) as caught:
        await given(open_question, QUESTION, asker=asker)
    assert caught.value.code == "budget_spent"


async def test_no_database_connection_is_held_during_a_call(waiting, tool_server, connections_in_use):
    question = await waiting()
    events = answer(question)
    await anext(events)
    task = asyncio.ensure_future(anext(events))
    await wait_for(tool_server.begun)

    held = await sync_to_async(connections_in_use)()

    tool_server.released.set()
    assert (await task).outcome == "done"
    await events.aclose()
    assert site.DATABASES["default"]["OPTIONS"]["pool"] and held == 0


async def test_a_reader_who_leaves_while_the_model_chooses_pays_for_what_it_was_told(
    chat_model, tool_server, assistant, asker, given
):
    await given(registered, tool_server, assistant)
    chat_model.behave(hang_after=0)
    question = await given(open_question, QUESTION, asker=asker)
    task = asyncio.ensure_future(anext(answer(question)))
    await wait_for(chat_model.asked)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    message = await Message.objects.aget(pk=question.answer_id)
    assert (message.state, message.completion_tokens) == (Message.State.STOPPED, 0)
    assert await spent() == [message.prompt_tokens]
    assert message.prompt_tokens > 100
