"""Vectors of the embedder in force, for keys with the scope."""

import base64
from decimal import Decimal

import numpy as np
import pytest

from assistant_project.limits.models import Tally
from chat.models import DailyUsage
from chat.openai_api.embeddings import LENGTH_TOGETHER, MOST_TEXTS, TEXT_LENGTH, Work
from chat.openai_api.errors import OpenAIRefused
from knowledge.embeddings import embedder_in_force
from tests.chat.openai_api.clients import complete, error_of, program_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TEXTS = ["The water heater.", "A gas furnace."]


@pytest.fixture
def program():
    return program_of(UserFactory(), "embed")


@pytest.fixture
def remote(settings, model_server):
    """Another embedder, whose tokens cost something."""
    settings.EMBEDDING_MODEL, settings.OPENAI_BASE_URL = "loopback-embed", model_server.url
    return model_server


def embed(client, texts, **parameters):
    return client.post("/v1/embeddings", {"model": "default", "input": texts} | parameters)


def test_texts_become_vectors_in_their_order(program):
    answer = embed(program, TEXTS).json()

    assert [one["index"] for one in answer["data"]] == [0, 1]
    found = np.array([one["embedding"] for one in answer["data"]], dtype=np.float32)
    assert np.allclose(found, embedder_in_force().embed_texts(TEXTS))
    assert answer["model"] == embedder_in_force().model
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] > 0


def test_one_text_and_the_model_by_its_name_are_taken(program):
    answer = embed(program, TEXTS[0], model=embedder_in_force().model, dimensions=256)

    assert len(answer.json()["data"]) == 1


def test_base64_holds_the_same_numbers(program):
    floats = embed(program, TEXTS[:1]).json()["data"][0]["embedding"]

    encoded = embed(program, TEXTS[:1], encoding_format="base64").json()["data"][0]["embedding"]

    assert np.array_equal(np.frombuffer(base64.b64decode(encoded), "<f4"), np.array(floats, dtype="<f4"))


@pytest.mark.parametrize(
    ("texts", "parameters", "param"),
    [
        ([], {}, "input"),
        ("", {}, "input[0]"),
        ([" \n"], {}, "input"),
        ([1, 2], {}, "input"),
        ([[1, 2]], {}, "input"),
        (None, {}, "input"),
        ("x" * (TEXT_LENGTH + 1), {}, "input[0]"),
        (["x"] * (MOST_TEXTS + 1), {}, "input"),
        (["x" * TEXT_LENGTH] * (LENGTH_TOGETHER // TEXT_LENGTH + 1), {}, "input"),
        (TEXTS, {"dimensions": 64}, "dimensions"),
        (TEXTS, {"encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_what_is_wrong_is_refused_where_it_is(program, texts, parameters, param):
    response = embed(program, texts, **parameters)

    assert (response.status_code, error_of(response)["param"]) == (400, param)


def test_another_model_is_not_there(program):
    response = embed(program, TEXTS, model="text-embedding-3-small")

    assert (response.status_code, error_of(response)["code"]) == (404, "model_not_found")


def test_the_scope_is_a_right_of_its_own(program):
    assert complete(program).status_code == 403
    assert embed(program_of(UserFactory(), "ask", "read", "curate"), TEXTS).status_code == 403


def test_tokens_of_a_provider_are_on_the_budget(program, remote, settings):
    settings.TOKENS_PER_DAY_PER_USER = 12

    first, second = embed(program, TEXTS), embed(program, TEXTS)

    assert first.status_code == 200
    assert (second.status_code, error_of(second)["code"]) == (429, "insufficient_quota")


def test_they_are_counted_with_their_price_as_the_owner_s_use(program, remote, settings):
    settings.MODEL_PRICES = {"loopback-embed": (Decimal(100_000), Decimal(0))}

    tokens = embed(program, TEXTS).json()["usage"]["total_tokens"]

    used = DailyUsage.objects.get()
    assert (used.user, used.prompt_tokens, used.questions) == (program.user, tokens, 0)
    assert used.cost == Decimal(tokens) / 10


def test_those_of_our_own_model_are_not(program, settings):
    settings.TOKENS_PER_DAY_PER_USER = 1

    assert embed(program, TEXTS).status_code == 200
    assert not DailyUsage.objects.exists()


def test_of_a_request_that_breaks_off_counts_what_was_embedded(program, remote, settings):
    settings.TOKENS_PER_DAY_PER_USER = 1_000
    remote.behave(times=2)  # for a word, which tells the dimensions, and for the first texts
    remote.behave(status=400)

    response = embed(program, ["four"] * (embedder_in_force().batch_size + 1))

    assert response.status_code == 503
    assert DailyUsage.objects.get().prompt_tokens == embedder_in_force().batch_size
    assert Tally.objects.filter(count=embedder_in_force().batch_size).exists()


def test_a_model_that_is_slow_is_sent_nothing_more_when_time_is_over():
    moments = iter([0.0, 9.0, 11.0])
    work = Work([3, 4, 5], seconds=10.0, clock=lambda: next(moments))

    work(1)
    with pytest.raises(OpenAIRefused) as refused:
        work(2)

    assert (refused.value.status_code, refused.value.get_codes()) == (503, "embedding_timeout")
    assert (work.spent, work.tokens) == (7, 12)


def test_what_is_done_in_the_end_is_given_however_long_it_took():
    moments = iter([0.0, 11.0])
    work = Work([3, 4], seconds=10.0, clock=lambda: next(moments))

    work(2)

    assert work.spent == 7


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_a_provider_embeds(program, remote, connections_in_use):
    held = []

    def vector(text):
        held.append(connections_in_use())
        return [1.0] * 64

    remote.behave(embed=vector)

    assert embed(program, TEXTS, dimensions=64).status_code == 200
    assert len(held) == 1 + len(TEXTS)  # the first tells the dimensions
    assert set(held) == {0}


def test_a_provider_that_is_down_is_asked_again_as_for_a_question(program, remote):
    remote.behave(status=503, retry_after="0")

    assert embed(program, TEXTS).status_code == 503
    assert len(remote.requests) == embedder_in_force().question_patience.tries


def test_nothing_is_embedded_while_there_is_no_place_left(program, no_place_left):
    response = embed(program, TEXTS)

    assert (response.status_code, error_of(response)["code"], response["Retry-After"]) == (503, "busy", "5")


def test_a_provider_that_fails_costs_nothing(program, remote):
    remote.behave(status=401)

    response = embed(program, TEXTS)

    assert (response.status_code, error_of(response)["code"]) == (503, "embedding_failed")
    assert response["X-Should-Retry"] == "false"
    assert not Tally.objects.filter(count__gt=1).exists()
