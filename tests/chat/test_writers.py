"""A chat model that writes answers, behind a real HTTP server that misbehaves."""

import asyncio
import logging
from contextlib import nullcontext
from http.server import HTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from chat.images import Image
from chat.writers import (
    ChatModelWriter,
    ProvidedModel,
    Style,
    TimeLimits,
    Usage,
    WriterError,
    WritingRequest,
    estimated_prompt_tokens,
    estimated_tokens,
    messages_for,
    shown_messages,
    writer_in_force,
)
from tests.chat.passages import Passage
from tests.openai_protocol import images_of, text_of

KEY = "key-that-nobody-may-see"
SECRET = "question that nobody may see"
HURRY = TimeLimits(first_token=0.2, idle=0.2)
REQUEST = WritingRequest(SECRET, [Passage(1, "Set the heater to 120 °F. Then wait.", title="Guide", page=21)])


@pytest.fixture(autouse=True)
def nobodys_settings(settings):
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = settings.CHAT_MODEL = settings.CHAT_MODEL_CLASS = ""
    settings.VISION_MODEL = ""
    settings.CHAT_MODEL_OPTIONS = {}
    return settings


@pytest.fixture
def writer(nobodys_settings, model_server):
    nobodys_settings.OPENAI_API_KEY = KEY
    nobodys_settings.OPENAI_BASE_URL = model_server.url
    nobodys_settings.CHAT_MODEL = "test-model"
    nobodys_settings.CHAT_MODEL_OPTIONS = {"max_retries": 0}
    return writer_in_force()


async def written(writer, request=REQUEST):
    """The pieces of text, and what came last."""
    pieces = [piece async for piece in writer.write(request)]
    return pieces[:-1], pieces[-1]


async def failed(writer):
    """The text that was written, and the failure that ended it."""
    text = ""
    try:
        async for piece in writer.write(REQUEST):
            text += str(piece)
    except WriterError as error:
        return text, error
    pytest.fail("The answer did not fail.")


# --- a chat model


async def test_a_chat_model_writes_piece_by_piece_and_tells_its_tokens(writer, model_server):
    pieces, usage = await written(writer)

    assert len(pieces) > 3 and "".join(pieces) == "Set the heater to 120 °F. [1]"
    body = model_server.bodies("/v1/chat/completions")[0]
    assert usage == Usage(sum(len(message["content"].split()) for message in body["messages"]), 7)
    assert (writer.name, writer.quotes) == ("test-model", False)


async def test_passages_go_in_as_the_users_data_with_a_new_delimiter_each_time(writer, model_server):
    await written(writer, WritingRequest(SECRET, REQUEST.passages))
    await written(writer, WritingRequest(SECRET, REQUEST.passages))

    first, second = (body["messages"] for body in model_server.bodies("/v1/chat/completions"))
    assert [message["role"] for message in first] == ["system", "user"]
    assert "120 °F" not in first[0]["content"] and "Guide, page 21" in first[1]["content"]
    assert first[1]["content"] != second[1]["content"]


async def test_history_and_instructions_reach_the_model(writer, model_server):
    request = WritingRequest(
        "And then?", REQUEST.passages, [("user", "Hi"), ("assistant", "Yo")], "Be formal."
    )

    await written(writer, request)

    messages = model_server.bodies("/v1/chat/completions")[0]["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert "Be formal." in messages[0]["content"]


async def test_style_images_and_selection_reach_the_model(writer, model_server):
    request = WritingRequest(
        "Why?",
        REQUEST.passages,
        style=Style("beginner", "I keep bees.", "Deutsch"),
        images=[Image("image/png", b"pixels")],
        selected_text=True,
    )

    pieces, usage = await written(writer, request)

    body = model_server.bodies("/v1/chat/completions")[0]
    rules, asked = (text_of(message) for message in body["messages"])
    assert "Deutsch" in rules and "beginner" in rules and "selected" in rules and "I keep bees." in asked
    assert images_of(body["messages"][1]) == ["data:image/png;base64,cGl4ZWxz"]
    assert pieces and usage.prompt_tokens == len(f"{rules} {asked}".split())


async def test_what_the_model_is_sent_can_be_shown_without_the_bytes_of_images(writer, model_server):
    request = WritingRequest("Why?", REQUEST.passages, images=[Image("image/png", b"pixels")])

    await written(writer, request)

    system, user = model_server.bodies("/v1/chat/completions")[0]["messages"]
    assert shown_messages(request) == [
        ("system", text_of(system)),
        ("user", f"{text_of(user)}\n(an image)"),
    ]


async def test_a_server_of_ones_own_needs_no_key(nobodys_settings, model_server):
    nobodys_settings.OPENAI_BASE_URL, nobodys_settings.CHAT_MODEL = model_server.url, "llama"

    pieces, _ = await written(writer_in_force())

    assert pieces and KEY not in model_server.requests[0].headers["authorization"]


async def test_an_answer_that_reaches_the_models_limit_is_kept_and_marked(writer, model_server):
    model_server.behave(answer="one two three", finish_reason="length")

    pieces, usage = await written(writer)

    assert "".join(pieces) == "one two three" and usage.truncated


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ({"status": 401}, "model_refused_key"),
        ({"status": 403}, "model_refused_key"),
        ({"status": 429, "retry_after": "1"}, "model_busy"),
        ({"status": 400}, "model_failed"),
        ({"status": 404}, "model_failed"),
        ({"status": 500}, "model_failed"),
        ({"rubbish": True}, "model_broken_answer"),
        ({"answer": ""}, "model_broken_answer"),
        ({"answer": " \n"}, "model_broken_answer"),
        ({"answer": "", "finish_reason": "length"}, "model_limit"),
        ({"answer": "one", "finish_reason": "content_filter"}, "model_broken_answer"),
    ],
)
async def test_a_failure_has_a_code_and_a_sentence_without_secrets(
    writer, model_server, caplog, behaviour, code
):
    model_server.behave(**behaviour)

    with caplog.at_level(logging.INFO):
        _, error = await failed(writer)

    assert error.code == code
    assert error.detail.startswith("The language model") and error.detail.endswith(".")
    assert error.__suppress_context__ and error.__cause__ is None
    assert not any(secret in str(error) + caplog.text for secret in (KEY, SECRET))


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ({"cut_after": 2}, "model_broken_answer"),
        ({"ends_early_after": 2}, "model_broken_answer"),
    ],
)
async def test_an_answer_that_breaks_off_fails_after_what_was_written(writer, model_server, behaviour, code):
    model_server.behave(answer="one two three", **behaviour)

    text, error = await failed(writer)

    assert (text, error.code) == ("one two", code)


@pytest.mark.parametrize(
    ("behaviour", "written"),
    [
        ({"answer": ""}, ""),
        ({"answer": "", "finish_reason": "length"}, ""),
        ({"rubbish": True}, ""),
        ({"answer": "one two three", "cut_after": 2}, "one two"),
    ],
)
async def test_an_answer_that_fails_took_what_the_model_read_and_wrote(
    writer, model_server, behaviour, written
):
    model_server.behave(**behaviour)

    _, error = await failed(writer)

    assert error.usage.prompt_tokens > 50
    assert error.usage.completion_tokens == estimated_tokens(written)


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_a_model_that_refuses_takes_nothing(writer, model_server, status):
    model_server.behave(status=status)

    _, error = await failed(writer)

    assert error.usage == Usage()


@pytest.mark.parametrize("hang_after", [0, 1])
async def test_a_model_that_falls_silent_is_left_after_a_while(writer, model_server, hang_after):
    model_server.behave(answer="one two", hang_after=hang_after)

    text, error = await failed(writer_in_force(limits=HURRY))

    assert (text, error.code) == ("one" * hang_after, "model_timeout")
    assert await asyncio.to_thread(model_server.requests[0].left.wait, 2)


async def test_an_answer_may_not_take_longer_than_allowed_in_all(writer, model_server):
    model_server.behave(answer="word " * 1_000, pace=0.05)

    _, error = await failed(writer_in_force(limits=TimeLimits(first_token=30, idle=30, whole=0.5)))

    assert error.code == "model_timeout"


async def test_nobody_at_the_address_is_unreachable(nobodys_settings):
    with HTTPServer(("127.0.0.1", 0), None) as nobody:
        nobodys_settings.OPENAI_BASE_URL = f"http://127.0.0.1:{nobody.server_port}/v1"
    nobodys_settings.CHAT_MODEL, nobodys_settings.CHAT_MODEL_OPTIONS = "m", {"max_retries": 0}

    _, error = await failed(writer_in_force())

    assert error.code == "model_unreachable"


async def test_a_passing_failure_before_the_first_token_is_tried_once_more(nobodys_settings, model_server):
    nobodys_settings.OPENAI_BASE_URL, nobodys_settings.CHAT_MODEL = model_server.url, "m"
    model_server.behave(status=503, times=1)

    pieces, _ = await written(writer_in_force())

    assert pieces and len(model_server.requests) == 2


async def test_closing_the_answer_closes_the_call_to_the_model(writer, model_server):
    model_server.behave(answer="one two three", hang_after=1)
    pieces = writer_in_force().write(REQUEST)

    assert await anext(pieces) == "one"
    await pieces.aclose()

    assert await asyncio.to_thread(model_server.requests[0].left.wait, 2)


@pytest.mark.parametrize("hang_after", [0, 1])
async def test_cancelling_the_answer_closes_the_call_to_the_model(writer, model_server, hang_after):
    model_server.behave(answer="one two three", hang_after=hang_after)
    task = asyncio.create_task(written(writer_in_force()))
    assert await asyncio.to_thread(model_server.asked.wait, 5)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await asyncio.to_thread(model_server.requests[0].left.wait, 2)


def test_answers_can_be_written_in_one_event_loop_after_another(writer):
    for _ in range(3):
        pieces, _ = asyncio.run(written(writer))
        assert pieces


# --- any LangChain class


async def test_any_langchain_class_can_be_named_with_its_options(nobodys_settings):
    nobodys_settings.CHAT_MODEL_CLASS = f"{FakeListChatModel.__module__}.FakeListChatModel"
    nobodys_settings.CHAT_MODEL_OPTIONS = {"responses": ["Hot [1]"]}

    writer = writer_in_force()
    pieces, usage = await written(writer)

    assert "".join(pieces) == "Hot [1]"
    assert usage == Usage(estimated_prompt_tokens(messages_for(REQUEST)), estimated_tokens("Hot [1]"))
    assert writer.name.endswith("FakeListChatModel")


async def test_an_unknown_failure_of_a_class_is_a_broken_answer(caplog):
    model = FakeListChatModel(responses=["abc"], error_on_chunk_number=1)

    text, error = await failed(ChatModelWriter(ProvidedModel("own", lambda: nullcontext(model))))

    assert (text, error.code) == ("a", "model_broken_answer")
    assert "own: model_broken_answer (FakeListChatModelError)" in caplog.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"CHAT_MODEL": "m"}, "CHAT_MODEL needs OPENAI_API_KEY"),
        ({"CHAT_MODEL_CLASS": "no.such.Thing"}, "CHAT_MODEL_CLASS"),
        ({"CHAT_MODEL_CLASS": "knowledge.errors.FetchError"}, "not a LangChain chat model"),
        (
            {"CHAT_MODEL_CLASS": f"{FakeListChatModel.__module__}.FakeListChatModel"},
            "CHAT_MODEL_OPTIONS do not fit",
        ),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(nobodys_settings, wrong, sentence):
    for name, value in wrong.items():
        setattr(nobodys_settings, name, value)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        writer_in_force()
