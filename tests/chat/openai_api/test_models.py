"""The assistants as models: those that the asker may use."""

import pytest
from rest_framework.test import APIClient

from chat.models import Assistant
from tests.chat.openai_api.clients import error_of, program_of
from tests.factories import GroupFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return program_of(UserFactory())


def test_the_models_are_the_assistants_that_are_open_to_the_asker(program):
    Assistant.objects.create(name="Gardener", slug="gardener")
    closed = Assistant.objects.create(name="Board", slug="board", access="groups")
    closed.groups.add(GroupFactory())

    models = program.get("/v1/models").json()

    assert models["object"] == "list"
    assert [(model["id"], model["object"]) for model in models["data"]] == [
        ("assistant", "model"),
        ("gardener", "model"),
    ]
    assert program.get("/v1/models/board").status_code == 404


def test_one_model_is_told_by_its_id(program):
    Assistant.objects.create(name="Gardener", slug="gardener")

    model = program.get("/v1/models/gardener").json()

    assert (model["id"], model["name"]) == ("gardener", "Gardener")


def test_default_stands_for_the_default_assistant(program):
    assert program.get("/v1/models/default").json()["id"] == "assistant"


def test_default_may_be_the_name_of_another_one(program):
    Assistant.objects.create(name="Usual", slug="default")

    assert program.get("/v1/models/default").json()["name"] == "Usual"


@pytest.mark.parametrize("name", ["gpt-5", "openai/gpt-5"])
def test_a_model_that_there_is_not_is_named_in_the_refusal(name, program):
    response = program.get(f"/v1/models/{name}")

    assert response.status_code == 404
    assert error_of(response) == {
        "message": f"The model “{name}” does not exist, or you do not have access to it.",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer ka_nobody"}], ids=["none", "wrong"])
def test_without_a_key_nothing_is_told(headers):
    response = APIClient(headers=headers).get("/v1/models")

    assert (response.status_code, error_of(response)["code"]) == (401, "invalid_api_key")


def test_the_key_of_another_service_is_called_a_key():
    response = APIClient(headers={"Authorization": "Bearer sk-proj-0123"}).get("/v1/models")

    assert error_of(response)["message"] == "This API key is not valid, or no longer."


@pytest.mark.parametrize("method", ["options", "delete"])
def test_a_method_that_there_is_not_is_refused_whoever_calls(method, program):
    responses = [getattr(client, method)("/v1/models") for client in (program, APIClient())]

    assert [(one.status_code, one["Allow"]) for one in responses] == [(405, "GET, HEAD")] * 2


def test_a_key_needs_the_scope():
    response = program_of(UserFactory(), "read").get("/v1/models")

    assert (response.status_code, error_of(response)["code"]) == (403, "missing_scope")
    assert error_of(response)["message"] == "This API key lacks the scope ask."


def test_another_site_may_call_if_it_is_named(settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://intranet.example.org"]

    asked = APIClient().options(
        "/v1/models",
        headers={
            "Origin": "https://intranet.example.org",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization, x-stainless-lang",
        },
    )

    assert asked["Access-Control-Allow-Origin"] == "https://intranet.example.org"
    assert "x-stainless-lang" in asked["Access-Control-Allow-Headers"]
