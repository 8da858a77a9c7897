"""What is refused whatever the parameters are, and what fails: in OpenAI's shape, with what its clients do then."""

import pytest

from chat.models import Session
from tests.chat.openai_api.clients import HEATER, complete, error_of
from tests.factories import ready_text

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_body_that_is_no_json_is_refused_in_openai_s_shape(program):
    response = program.post("/v1/chat/completions", "{", content_type="application/json")

    assert (response.status_code, error_of(response)["type"]) == (400, "invalid_request_error")


def test_a_model_that_there_is_not_is_refused(program):
    response = complete(program, model="gpt-5")

    assert (response.status_code, error_of(response)["code"]) == (404, "model_not_found")


def test_too_many_questions_are_told_when_to_come_back(program, settings):
    settings.RATES = settings.RATES | {"question": "1/min"}
    complete(program)

    response = complete(program)

    assert (response.status_code, error_of(response)["code"]) == (429, "rate_limit_exceeded")
    assert 0 < int(response["Retry-After"]) <= 60
    assert "X-Should-Retry" not in response


def test_a_client_is_told_not_to_wait_for_hours(program, settings):
    settings.RATES = settings.RATES | {"question": "1/day"}
    complete(program)

    response = complete(program)

    assert (response.status_code, response["X-Should-Retry"]) == (429, "false")


def test_a_budget_that_is_used_up_is_a_quota(program, chat_model, settings):
    settings.TOKENS_PER_DAY_PER_USER = 1

    response = complete(program)

    assert (response.status_code, error_of(response)["type"]) == (429, "insufficient_quota")
    assert error_of(response)["code"] == "insufficient_quota"
    assert int(response["Retry-After"]) > 0
    assert response["X-Should-Retry"] == "false"


def test_a_model_that_fails_is_a_server_error(program, chat_model):
    ready_text(HEATER)
    chat_model.behave(status=500)

    response = complete(program)

    assert (response.status_code, error_of(response)["type"]) == (503, "server_error")
    assert error_of(response)["code"] == "model_failed"
    assert "X-Should-Retry" not in response


def test_a_key_that_the_model_refuses_stays_refused(program, chat_model):
    ready_text(HEATER)
    chat_model.behave(status=401)

    response = complete(program)

    assert (response.status_code, error_of(response)["code"]) == (503, "model_refused_key")
    assert response["X-Should-Retry"] == "false"


def test_what_goes_wrong_inside_is_a_server_error_and_is_logged(program, settings, caplog):
    settings.RATES = settings.RATES | {"question": "often"}  # no rate: nothing foresees it

    response = complete(program)

    assert response.status_code == 500
    assert error_of(response) == {
        "message": "Something went wrong.",
        "type": "server_error",
        "param": None,
        "code": "internal",
    }
    (logged,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert isinstance(logged.exc_info[1], ValueError)


@pytest.mark.parametrize("stream", [True, False])
def test_a_process_that_has_no_place_left_takes_no_question(stream, program, no_place_left):
    response = complete(program, stream=stream)

    assert (response.status_code, error_of(response)["code"]) == (503, "busy")
    assert response["Retry-After"] == "5"
    assert not Session.objects.exists()


def test_an_address_that_there_is_not_is_refused_in_openai_s_shape(program):
    response = program.get("/v1/images")

    assert (response.status_code, error_of(response)["code"]) == (404, "unknown_url")
