"""Which model is asked, with which parameters; short texts and estimates beside the answers."""

import asyncio

import pytest
from django.core.exceptions import ImproperlyConfigured
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from pydantic import Field

from chat.images import Image
from chat.prompts import summary_messages
from chat.writers import (
    ExtractiveWriter,
    ModelChoice,
    Usage,
    WriterError,
    WritingRequest,
    can_read_images,
    complete,
    estimated_prompt_tokens,
    estimated_tokens,
    messages_for,
    writer_in_force,
)
from chat.writers.provider import chat_model
from tests.chat.passages import Passage
from tests.model_behaviour import scripted

REQUEST = WritingRequest("How hot?", [Passage(1, "Set the heater to 120 °F.")])
MESSAGES = summary_messages([("user", "How hot?"), ("assistant", "120 °F.")], delimiter="3f9c2a")


class AdjustableModel(FakeListChatModel):
    """Names its parameters otherwise, as some of LangChain's classes do, and has no temperature."""

    responses: list[str] = ["Hot [1]"]
    model_id: str = Field("usual", alias="model")
    num_predict: int | None = None


@pytest.fixture
def server(settings, model_server):
    settings.OPENAI_BASE_URL = model_server.url
    settings.CHAT_MODEL = "site-model"
    settings.CHAT_MODEL_OPTIONS = {"max_retries": 0}
    return model_server


async def sent(server, choice=None):
    """What the server got, and the name of the writer that sent it."""
    writer = writer_in_force(choice=choice) if choice else writer_in_force()
    async for _ in writer.write(REQUEST):
        pass
    return server.bodies("/v1/chat/completions")[-1], writer.name


def parameters_of(model):
    """The parameters that ChatOpenAI would send for a provided model, without sending anything."""

    async def opened():
        async with model.open() as chat_openai:
            return chat_openai._get_request_payload("Hi")

    return asyncio.run(opened())


# --- what is chosen


async def test_what_was_chosen_is_asked_for_and_the_writer_bears_its_name(server):
    body, name = await sent(server, ModelChoice("chosen-model", 0.0, 321))

    assert (name, body["model"], body["temperature"], body["max_tokens"]) == (
        "chosen-model",
        "chosen-model",
        0.0,
        321,
    )


async def test_without_a_choice_the_model_is_the_sites_and_nothing_else_is_said(server):
    body, name = await sent(server)

    assert name == body["model"] == "site-model"
    assert not {"temperature", "max_tokens", "max_completion_tokens"} & body.keys()


async def test_options_count_for_what_is_not_chosen(server, settings):
    settings.CHAT_MODEL_OPTIONS = {"temperature": 0.9, "top_p": 0.5, "max_tokens": 100}

    body, _ = await sent(server, ModelChoice(temperature=0.1))

    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.1, 0.5, 100)


async def test_the_name_that_the_options_use_for_the_limit_is_kept(server, settings):
    settings.CHAT_MODEL_OPTIONS = {"max_completion_tokens": 100}

    body, _ = await sent(server, ModelChoice(max_tokens=50))

    assert body["max_completion_tokens"] == 50 and "max_tokens" not in body


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "max_completion_tokens"),
        ("https://me.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("http://127.0.0.1:11434/v1", "max_tokens"),
        ("https://notopenai.com.example/v1", "max_tokens"),
    ],
)
def test_each_server_is_told_the_limit_under_the_name_that_it_knows(settings, url, expected):
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key", url
    settings.CHAT_MODEL = "m"

    payload = parameters_of(chat_model(ModelChoice(max_tokens=50)))

    limits = {**payload, **payload.get("extra_body", {})}
    assert {name for name in limits if name.startswith("max_")} == {expected} and limits[expected] == 50


@pytest.mark.parametrize("option", [{}, {"num_predict": 10}])
def test_a_class_gets_the_parameters_that_it_has_under_its_own_names(settings, option):
    settings.CHAT_MODEL_CLASS = f"{__name__}.AdjustableModel"
    settings.CHAT_MODEL_OPTIONS = option

    provided = chat_model(ModelChoice("other", 0.7, 77))

    with provided.open() as model:
        assert (provided.name, model.model_id, model.num_predict) == ("other", "other", 77)


# --- images


async def test_images_are_read_by_the_vision_model_whatever_else_is_chosen(server, settings):
    settings.VISION_MODEL = "eyes"

    body, name = await sent(server, ModelChoice("chosen-model", max_tokens=99, reads_images=True))

    assert can_read_images()
    assert (name, body["model"], body["max_tokens"]) == ("eyes", "eyes", 99)


async def test_a_vision_model_needs_no_other_chat_model(server, settings):
    settings.CHAT_MODEL, settings.VISION_MODEL = "", "eyes"

    body, _ = await sent(server, ModelChoice(reads_images=True))

    assert body["model"] == "eyes" and isinstance(writer_in_force(), ExtractiveWriter)


def test_without_a_vision_model_no_model_reads_images(server):
    assert not can_read_images()
    with pytest.raises(ImproperlyConfigured, match="VISION_MODEL"):
        writer_in_force(choice=ModelChoice(reads_images=True))


# --- short texts


async def test_a_short_text_comes_at_once_with_its_tokens(server):
    server.behave(answer=scripted({"You summarise": " Heaters are set to 120 °F. \n"}))

    completion = await complete(MESSAGES, model="small", max_tokens=60)

    body = server.bodies("/v1/chat/completions")[0]
    words = sum(len(message["content"].split()) for message in body["messages"])
    assert completion.text == "Heaters are set to 120 °F." and completion.usage == Usage(words, 6)
    assert (body["model"], body["max_tokens"], body.get("stream", False)) == ("small", 60, False)


async def test_a_short_text_is_told_when_it_reached_its_limit(server):
    server.behave(answer="Heaters are", finish_reason="length")

    completion = await complete(MESSAGES)

    assert completion.text == "Heaters are" and completion.usage.truncated


async def test_without_a_chat_model_there_is_no_short_text(settings):
    settings.VISION_MODEL = "eyes"

    assert await complete(MESSAGES) is None


async def test_any_langchain_class_gives_short_texts_too(settings):
    settings.CHAT_MODEL_CLASS = f"{__name__}.AdjustableModel"

    completion = await complete(MESSAGES)

    assert completion.text == "Hot [1]"
    assert completion.usage == Usage(estimated_prompt_tokens(MESSAGES), estimated_tokens("Hot [1]"))


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ({"status": 401}, "model_refused_key"),
        ({"status": 429}, "model_busy"),
        ({"status": 500}, "model_failed"),
        ({"rubbish": True}, "model_broken_answer"),
        ({"answer": " \n"}, "model_broken_answer"),
        ({"answer": "", "finish_reason": "length"}, "model_limit"),
        ({"answer": "one", "finish_reason": "content_filter"}, "model_broken_answer"),
    ],
)
async def test_a_short_text_that_fails_has_a_code_and_a_sentence(server, behaviour, code):
    server.behave(**behaviour)

    with pytest.raises(WriterError) as caught:
        await complete(MESSAGES)

    assert caught.value.code == code and caught.value.detail.startswith("The language model")
    assert caught.value.__suppress_context__


async def test_a_model_that_does_not_give_the_short_text_in_time_is_left(server, settings):
    settings.CHAT_FIRST_TOKEN_SECONDS = 0.3
    server.behave(hang_after=0)
    await asyncio.to_thread(__import__, "langchain_openai")  # its import takes a while the first time

    with pytest.raises(WriterError) as caught:
        await complete(MESSAGES)

    assert caught.value.code == "model_timeout"
    assert await asyncio.to_thread(server.requests[0].left.wait, 2)


async def test_cancelling_a_short_text_closes_the_call_to_the_model(server):
    server.behave(hang_after=0)
    task = asyncio.create_task(complete(MESSAGES))
    assert await asyncio.to_thread(server.asked.wait, 5)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await asyncio.to_thread(server.requests[0].left.wait, 2)


# --- estimates


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("热水器温度", 4)]
)
def test_four_bytes_of_a_text_are_taken_for_a_token(text, tokens):
    assert estimated_tokens(text) == tokens


def test_a_text_that_no_encoding_knows_is_estimated_too():
    assert estimated_tokens("\ud800" * 8) == 2


async def test_the_estimate_of_a_prompt_covers_all_that_is_sent(server):
    await sent(server)

    messages = server.bodies("/v1/chat/completions")[0]["messages"]
    characters = sum(len(message["content"]) for message in messages)
    assert characters / 4 < estimated_prompt_tokens(messages_for(REQUEST)) < characters / 4 * 1.1


def test_each_image_adds_to_the_estimate_of_a_prompt():
    one = WritingRequest("Why?", (), images=[Image("image/png", b"x" * 10**6)])
    two = WritingRequest("Why?", (), images=[Image("image/png", b"x" * 10**6)] * 2)

    more = estimated_prompt_tokens(messages_for(two)) - estimated_prompt_tokens(messages_for(one))

    assert 500 < more < 5_000
