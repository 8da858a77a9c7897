"""The model server is held against OpenAI's own client: what passes with it passes with the real thing."""

import asyncio

import httpx2
import numpy as np
import openai
import pytest
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from tests.model_server import ModelServer

MESSAGES = [
    {"role": "user", "content": "===== x [1] Guide\nBoil it. Then wait.\n===== x end\n\nQuestion: How?"}
]


@pytest.fixture
def client(model_server: ModelServer):
    with openai.OpenAI(api_key="key-1", base_url=model_server.url, max_retries=0) as client:
        yield client


def strictly(model, body):
    """The body if it is exactly what the client's type describes: its classes take anything by default."""
    return model.model_validate(body.model_dump(exclude_unset=True), strict=True)


def test_a_completion_has_the_clients_type(client):
    completion = client.chat.completions.create(model="m", messages=MESSAGES)

    assert strictly(ChatCompletion, completion).choices[0].message.content == "Boil it. [1]"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + 3


def test_a_stream_has_the_clients_type_and_ends_with_its_reason_and_usage(client):
    stream = client.chat.completions.create(
        model="m", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = [strictly(ChatCompletionChunk, chunk) for chunk in stream]

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "Boil it. [1]"
    assert [chunk.choices[0].finish_reason for chunk in chunks[-3:-1]] == [None, "stop"]
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 3


def test_exact_tokens_arrive_as_they_were_told(client, model_server):
    model_server.behave(answer=["<im", "g src=", "x>"])

    stream = client.chat.completions.create(model="m", messages=MESSAGES, stream=True)

    contents = [chunk.choices[0].delta.content for chunk in stream]
    assert [content for content in contents if content] == ["<im", "g src=", "x>"]


@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_vectors_are_the_same_in_both_encodings(client, model_server, encoding):
    answer = client.embeddings.create(model="m", input=["red car", "red bus"], encoding_format=encoding)
    plain = client.embeddings.create(model="m", input=["red car"])

    if encoding == "float":
        assert np.allclose(answer.data[0].embedding, plain.data[0].embedding)
        assert strictly(CreateEmbeddingResponse, answer).data[1].index == 1
    else:
        assert isinstance(answer.data[0].embedding, str)
    assert model_server.bodies("/v1/embeddings")[1]["encoding_format"] == "base64"


def test_texts_that_share_words_are_near_each_other(client):
    car, bus, tree = (
        np.array(entry.embedding)
        for entry in client.embeddings.create(model="m", input=["a red car", "a red bus", "old tree"]).data
    )

    assert car @ bus > 0.4 > abs(car @ tree)


def test_the_models_are_listed(client):
    assert [model.id for model in client.models.list()] == ["test-model"]


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, openai.AuthenticationError), (429, openai.RateLimitError), (500, openai.InternalServerError)],
)
def test_a_refusal_is_the_clients_error(client, model_server, status, error):
    model_server.behave(status=status, retry_after="7")

    with pytest.raises(error) as caught:
        client.chat.completions.create(model="m", messages=MESSAGES)

    assert caught.value.response.headers["retry-after"] == "7"
    assert "key-1" in caught.value.message


def test_a_behaviour_for_some_requests_comes_before_the_standing_one(client, model_server):
    model_server.behave(status=500, times=1)

    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="m", messages=MESSAGES)

    assert client.chat.completions.create(model="m", messages=MESSAGES).choices


def test_token_numbers_instead_of_texts_are_refused_as_many_servers_do(client):
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="m", input=[[1, 2, 3]])


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ({"cut_after": 1}, openai.APIConnectionError),
        ({"rubbish": True}, ValueError),
        ({"hang_after": 1}, openai.APITimeoutError),
    ],
)
def test_a_stream_can_go_wrong_after_its_start(client, model_server, behaviour, error):
    model_server.behave(answer="one two three", **behaviour)

    with pytest.raises(error):
        list(client.chat.completions.create(model="m", messages=MESSAGES, stream=True, timeout=0.3))


def test_a_stream_can_end_early_without_any_error_of_the_transport(client, model_server):
    model_server.behave(answer="one two three", ends_early_after=2)

    chunks = list(client.chat.completions.create(model="m", messages=MESSAGES, stream=True))

    assert "".join(chunk.choices[0].delta.content for chunk in chunks) == "one two"
    assert all(chunk.choices[0].finish_reason is None for chunk in chunks)


def test_silence_before_the_first_byte_lasts_until_the_client_leaves(client, model_server):
    model_server.behave(hang_after=0)

    with pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="m", messages=MESSAGES, timeout=0.2)

    assert model_server.requests[0].left.wait(2)


async def test_a_client_that_leaves_in_the_middle_is_noticed(model_server):
    model_server.behave(answer="one two three", hang_after=1)

    async with (
        httpx2.AsyncClient() as http,
        http.stream(
            "POST",
            f"{model_server.url}/chat/completions",
            json={"model": "m", "messages": MESSAGES, "stream": True},
        ) as response,
    ):
        await anext(response.aiter_bytes())
        assert not model_server.requests[0].left.is_set()

    assert await asyncio.to_thread(model_server.requests[0].left.wait, 2)


TOOLS = [{"type": "function", "function": {"name": "forecast", "parameters": {"type": "object"}}}]


def test_calls_of_tools_have_the_clients_type(client, model_server):
    model_server.behave(calls=[("forecast", {"city": "Boston"}), ("forecast", "{broken")])

    completion = client.chat.completions.create(model="m", messages=MESSAGES, tools=TOOLS)

    (choice,) = strictly(ChatCompletion, completion).choices
    assert choice.finish_reason == "tool_calls" and choice.message.content is None
    assert [call.function.arguments for call in choice.message.tool_calls] == [
        '{"city": "Boston"}',
        "{broken",
    ]


def test_calls_of_tools_are_streamed(client, model_server):
    model_server.behave(calls=[("forecast", {"city": "Boston"})])

    stream = client.chat.completions.create(model="m", messages=MESSAGES, tools=TOOLS, stream=True)

    choices = [strictly(ChatCompletionChunk, chunk).choices[0] for chunk in stream]
    assert choices[1].delta.tool_calls[0].function.name == "forecast"
    assert choices[-1].finish_reason == "tool_calls"


def test_a_model_without_tool_calling_refuses_tools_only(client, model_server):
    model_server.behave(refuses_tools=True)

    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="m", messages=MESSAGES, tools=TOOLS)

    assert client.chat.completions.create(model="m", messages=MESSAGES).choices
