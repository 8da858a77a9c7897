"""Asking over REST: what comes with a question, and what is refused."""

import pytest
from rest_framework.test import APIClient

from assistant_project.accounts.models import ApiKey
from chat.models import Message
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = {"message": "How hot should the water heater be?"}
CHAT = "/api/v1/chat/"


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def client(reader):
    client = APIClient()
    client.force_login(reader)
    return client


@pytest.fixture
def chat_model(settings, model_server):
    settings.CHAT_MODEL = "loopback"
    settings.OPENAI_BASE_URL = model_server.url
    return model_server


def test_a_follow_up_is_asked_in_its_conversation(client):
    ready_text(HEATER)
    session = client.post(CHAT, QUESTION).json()["session_id"]

    answer = client.post(f"/api/v1/sessions/{session}/messages/", {"content": "And in degrees?"}).json()

    assert answer["session_id"] == session
    trace = Message.objects.get(pk=answer["id"]).trace
    assert trace["standalone"]["search"] == f"{QUESTION['message']} And in degrees?"


def test_a_follow_up_on_another_topic_is_searched_alone_if_both_together_find_nothing(client):
    ready_text(HEATER)
    ready_text("A zebra crossing has white stripes on the road.", title="Roads")
    session = client.post(CHAT, {"message": "Who won the football cup in Brazil?"}).json()["session_id"]

    answer = client.post(CHAT, {"message": "Zebra crossing stripes?", "session_id": session}).json()

    assert [citation["title"] for citation in answer["citations"]] == ["Roads"]


def test_the_trace_is_for_staff_who_may_view_messages(client, chat_model):
    ready_text(HEATER)
    admin = APIClient()
    admin.force_login(UserFactory(is_staff=True, is_superuser=True))

    trace = admin.post(f"{CHAT}?trace=1", QUESTION).json()["trace"]
    refused = client.post(f"{CHAT}?trace=1", QUESTION)

    assert {"standalone", "candidates", "prompt", "floor", "assistant"} <= set(trace)
    assert {"score", "cosine", "bm25", "number"} <= set(trace["candidates"][0])
    assert "120 degrees" in trace["prompt"][-1][1]
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert Message.objects.filter(session__user__is_staff=False).count() == 0


def test_a_stream_names_its_conversation_and_its_answer_in_its_head(client):
    response = client.post(CHAT, QUESTION, headers={"accept": "text/event-stream"})

    answer = Message.objects.get(role="assistant")
    assert response["X-Message-Id"] == str(answer.pk)
    assert response["X-Session-Id"] == str(answer.session_id)


def test_a_repeated_request_says_that_it_was(client):
    ready_text(HEATER)
    key = {"Idempotency-Key": "a-key"}

    first = client.post(CHAT, QUESTION, headers=key)
    second = client.post(CHAT, QUESTION, headers=key)

    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert second.json() == first.json()


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (QUESTION | {"assistant": "unheard-of"}, {}, 404, "not_found"),
        (QUESTION | {"selected_text": "x" * 20_001}, {}, 400, "selected_text_too_long"),
        (QUESTION | {"images": ["data:image/png;base64,AAAA"]}, {}, 400, "images_not_read"),
        (QUESTION | {"images": ["x"] * 5}, {}, 400, "invalid"),
        (QUESTION | {"preferences": {"temperature": 9}}, {}, 400, "invalid"),
        (QUESTION | {"preferences": {"expertise": "wizard"}}, {}, 400, "invalid"),
        (QUESTION, {"Idempotency-Key": "x" * 201}, 400, "invalid"),
    ],
)
def test_what_comes_with_a_question_is_checked_before_anything_is_stored(client, body, headers, status, code):
    response = client.post(CHAT, body, headers=headers)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not Message.objects.exists()


def test_a_spent_budget_says_when_to_come_back(client, chat_model, settings):
    settings.TOKENS_PER_DAY_PER_USER = 10

    response = client.post(CHAT, QUESTION)

    assert (response.status_code, response.json()["code"]) == (429, "budget_spent")
    assert 0 < int(response["Retry-After"]) <= 86_400


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_process_that_has_no_place_left_says_when_to_come_back(accept, client, no_place_left):
    response = client.post(CHAT, QUESTION, headers={"accept": accept})

    assert (response.status_code, response.json()["code"], response["Retry-After"]) == (503, "busy", "5")
    assert not Message.objects.exists()


def test_a_request_without_end_is_refused(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

    response = client.post(CHAT, {"message": "x" * 1_100_000})

    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(("scopes", "status"), [(["ask"], 200), (["read"], 403), (["curate"], 403)])
def test_a_key_asks_only_with_its_scope(reader, scopes, status):
    _, text = ApiKey.objects.issue(reader, name="n", scopes=scopes)

    response = APIClient().post(CHAT, QUESTION, headers={"Authorization": f"Bearer {text}"})

    assert response.status_code == status


@pytest.mark.parametrize("cursor", ["nonsense", "cD1hYmM=", "cD0lMDA=", "%00", "bz0xMDAwMDAwMDAwMDAwMDAw"])
def test_a_cursor_that_nobody_was_given_is_not_found(client, cursor):
    session = client.post(CHAT, QUESTION).json()["session_id"]

    response = client.get(f"/api/v1/sessions/{session}/messages/?cursor={cursor}")

    assert response.status_code in {200, 404}
    assert "detail" in response.json() or "results" in response.json()


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_there_is_not_is_told_as_json(client, method):
    response = getattr(APIClient(enforce_csrf_checks=True), method)("/api/v1/unheard-of/")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
