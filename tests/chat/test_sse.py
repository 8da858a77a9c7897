import asyncio
import json

import pytest

from chat import sse
from chat.answering import Question, in_database, none_left_unbegun, open_question, places
from chat.events import Done, Failed, Token
from chat.models import Message
from chat.visitors import Asker
from tests.factories import UserFactory


def parsed(frame):
    name, data = frame.decode().strip().split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_every_event_has_its_name_and_data():
    assert parsed(sse.encode(Token("120 °F"))) == ("token", {"text": "120 °F"})
    assert parsed(sse.encode(Done({"id": 1}))) == ("done", {"id": 1})
    assert parsed(sse.encode(Failed("busy", "Later."))) == ("error", {"code": "busy", "detail": "Later."})


def test_line_breaks_in_a_text_cannot_end_an_event_early():
    frame = sse.encode(Token("a\n\ndata: b\r\nevent: done"))

    assert frame.count(b"\n") == 3
    assert parsed(frame)[1] == {"text": "a\n\ndata: b\r\nevent: done"}


async def test_silence_is_filled_with_comments_and_no_event_is_lost():
    async def slow():
        yield Token("one")
        await asyncio.sleep(0.05)
        yield Token("two")

    seen = [event async for event in sse.with_heartbeat(slow(), 0.01)]

    assert [event for event in seen if event] == [Token("one"), Token("two")]
    assert None in seen


async def test_leaving_ends_what_makes_the_events():
    ended = asyncio.Event()

    async def endless():
        try:
            while True:
                yield Token("x")
                await asyncio.sleep(10)
        finally:
            ended.set()

    source = endless()
    events = sse.with_heartbeat(source, 0.01)
    await anext(events)
    await anext(events)

    await events.aclose()

    assert ended.is_set()


async def test_a_stream_that_is_left_at_its_first_step_takes_no_place_for_ever():
    before = places.taken
    stream = sse._stream(Question("x", None, None, 0, None))
    step = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)

    step.cancel()
    await asyncio.gather(step, return_exceptions=True)

    assert places.taken == before


@pytest.mark.django_db(transaction=True)
async def test_an_answer_whose_reader_left_before_the_stream_was_opened_is_stopped():
    reader = await in_database(UserFactory)
    async with none_left_unbegun():
        question = await in_database(open_question, "How warm?", asker=Asker(reader))
        sse.stream(question)

    answer = await in_database(Message.objects.get, pk=question.answer_id)

    assert answer.state == Message.State.STOPPED


@pytest.mark.django_db(transaction=True)
async def test_one_whose_reader_left_before_its_first_event_is_stopped():
    reader = await in_database(UserFactory)
    async with none_left_unbegun():
        question = await in_database(open_question, "How warm?", asker=Asker(reader))
        first = asyncio.ensure_future(anext(aiter(sse.stream(question).streaming_content)))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)

    answer = await in_database(Message.objects.get, pk=question.answer_id)

    assert answer.state == Message.State.STOPPED
