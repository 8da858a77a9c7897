"""Vectors of the embedder in force, for keys with the scope."""

import base64

import numpy as np
import pytest

from assistant_project.limits.models import Tally
from chat.openai_api.embeddings import LENGTH_TOGETHER, MOST_TEXTS, TEXT_LENGTH
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


def test_those_of_our_own_model_are_not(program, settings):
    settings.TOKENS_PER_DAY_PER_USER = 1

    assert embed(program, TEXTS).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_a_provider_embeds(program, remote, connections_in_use):
    held = []

    def vector(text):
        held.append(connections_in_use())
        return [1.0] * 64

    remote.behave(embed=vector)

    assert embed(program, TEXTS).status_code == 200
    assert held
    assert set(held) == {0}


def test_a_provider_that_fails_costs_nothing(program, remote):
    remote.behave(status=401)

    response = embed(program, TEXTS)

    assert (response.status_code, error_of(response)["code"]) == (503, "embedding_failed")
    assert not Tally.objects.filter(count__gt=1).exists()
