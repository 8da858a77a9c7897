"""OpenAI's own client and LangChain's against the running server."""

import openai
import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from tests.chat.openai_api.clients import HEATER, QUESTION, program_of, said
from tests.factories import UserFactory, ready_text

MODEL = "default"


@pytest.fixture
def key(site):
    ready_text(HEATER, title="Heating")
    return program_of(UserFactory(), "ask", "embed").key


@pytest.fixture
def client(site, key):
    with openai.OpenAI(base_url=f"{site}/v1", api_key=key, max_retries=0) as client:
        yield client


def test_the_client_lists_models_and_gets_an_answer_with_its_citations(client):
    (model,) = client.models.list().data

    answer = client.chat.completions.create(model=model.id, messages=said(("user", QUESTION)))

    message = answer.choices[0].message
    cited = message.annotations[0].url_citation
    assert "120 degrees Fahrenheit" in message.content
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert cited.title == "Heating"
    assert answer.model_extra["x_kind"] == "extract"


def test_the_client_streams_an_answer_and_its_usage(client):
    with client.chat.completions.create(
        model=MODEL,
        messages=said(("user", QUESTION)),
        stream=True,
        stream_options={"include_usage": True},
    ) as stream:
        *chunks, usage = stream

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert "120 degrees Fahrenheit" in text
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].model_extra["x_citations"][0]["title"] == "Heating"
    assert usage.choices == []
    assert usage.usage.total_tokens == 0


async def test_the_asynchronous_client_streams_too(site, key):
    async with openai.AsyncOpenAI(base_url=f"{site}/v1", api_key=key, max_retries=0) as client:
        stream = await client.chat.completions.create(
            model=MODEL, messages=said(("user", QUESTION)), stream=True
        )
        parts = [chunk.choices[0].delta.content or "" async for chunk in stream]

    assert "120 degrees Fahrenheit" in "".join(parts)


def test_the_client_gets_vectors(client):
    answer = client.embeddings.create(model=MODEL, input=["The water heater.", "A furnace."])

    assert [len(one.embedding) for one in answer.data] == [256, 256]


def test_the_client_knows_our_refusals(client):
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="gpt-5", messages=said(("user", QUESTION)))

    assert refused.value.code == "model_not_found"


def test_the_client_does_not_try_again_what_is_in_vain(site, key, settings, model_server):
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "loopback", model_server.url
    model_server.behave(status=401)

    with (
        openai.OpenAI(base_url=f"{site}/v1", api_key=key) as client,
        pytest.raises(openai.InternalServerError) as failed,
    ):
        client.chat.completions.create(model=MODEL, messages=said(("user", QUESTION)))

    assert (client.max_retries, failed.value.code) == (2, "model_refused_key")
    assert len(model_server.requests) == 1


def test_the_client_takes_an_answer_that_was_cut_before_its_first_word(client, settings, model_server):
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "loopback", model_server.url
    model_server.behave(answer="", finish_reason="length")
    asked = {"model": MODEL, "messages": said(("user", QUESTION)), "max_tokens": 1}

    answer = client.chat.completions.create(**asked).choices[0]
    with client.chat.completions.create(**asked, stream=True) as stream:
        *_, last = stream

    assert (answer.message.content, answer.finish_reason) == ("", "length")
    assert (last.choices[0].delta.content, last.choices[0].finish_reason) == ("", "length")


def test_the_client_is_told_of_a_failure_within_a_stream(client, settings, model_server):
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "loopback", model_server.url
    model_server.behave(cut_after=1)

    with (
        client.chat.completions.create(model=MODEL, messages=said(("user", QUESTION)), stream=True) as stream,
        pytest.raises(openai.APIError) as failed,
    ):
        list(stream)

    assert failed.value.body["type"] == "server_error"


def test_langchain_s_model_asks_and_streams(site, key):
    model = ChatOpenAI(model=MODEL, base_url=f"{site}/v1", api_key=key, max_retries=0)

    asked = model.invoke([("system", "Be short."), ("user", QUESTION)])
    streamed = "".join(chunk.text for chunk in model.stream(QUESTION))

    assert "120 degrees Fahrenheit" in str(asked.content)
    assert "120 degrees Fahrenheit" in streamed


def test_langchain_s_embeddings_embed(site, key):
    embeddings = OpenAIEmbeddings(
        model=MODEL, base_url=f"{site}/v1", api_key=key, max_retries=0, check_embedding_ctx_length=False
    )

    assert [len(vector) for vector in embeddings.embed_documents(["The water heater.", "A furnace."])] == [
        256,
        256,
    ]
