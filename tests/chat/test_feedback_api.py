import pytest
from rest_framework.test import APIClient

from chat.models import Feedback, Message
from tests.chat.conversations import client_of, client_with_key, conversation, exchange
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def client(reader):
    return client_of(reader)


@pytest.fixture
def answer(reader):
    return exchange(conversation(reader), "How hot?", "120 °F.")


def address(message):
    return f"/api/v1/messages/{message if isinstance(message, int) else message.pk}/feedback/"


def test_an_answer_is_rated_with_a_comment(client, answer):
    response = client.put(address(answer), {"rating": -1, "comment": "That is the old model."})

    assert response.status_code == 200
    assert response.json() == {"rating": -1, "comment": "That is the old model."}
    given = Feedback.objects.get()
    assert (given.message, given.rating, given.comment) == (answer, -1, "That is the old model.")


def test_rating_again_replaces_all_of_the_first(client, answer):
    client.put(address(answer), {"rating": -1, "comment": "No."})

    again = [client.put(address(answer), {"rating": 1}).json() for _ in range(2)]

    assert again == [{"rating": 1, "comment": ""}] * 2
    assert Feedback.objects.get().comment == ""


def test_the_rating_is_told_with_the_message(client, answer):
    client.put(address(answer), {"rating": 1, "comment": "Thanks."})

    messages = client.get(f"/api/v1/sessions/{answer.session_id}/messages/").json()["results"]

    assert [message["feedback"] for message in messages] == [None, {"rating": 1, "comment": "Thanks."}]


def test_a_rating_is_taken_back_once_and_for_all(client, answer):
    client.put(address(answer), {"rating": 1})

    statuses = [client.delete(address(answer)).status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "rating"),
        ({"rating": 0}, "rating"),
        ({"rating": 2}, "rating"),
        ({"rating": 1.5}, "rating"),
        ({"rating": 10**400}, "rating"),
        ({"rating": None}, "rating"),
        ({"rating": [1]}, "rating"),
        ({"rating": {"value": 1}}, "rating"),
        ({"rating": 1, "comment": "x" * 2001}, "comment"),
        ({"rating": 1, "comment": "a\x00b"}, "comment"),
        ({"rating": 1, "comment": None}, "comment"),
        ({"rating": 1, "comment": {}}, "comment"),
    ],
)
def test_what_is_not_right_is_said_by_field(client, answer, body, field):
    response = client.put(address(answer), body)

    assert (response.status_code, list(response.json()["fields"])) == (400, [field])
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete"])
def test_only_answers_to_oneself_are_rated(client, answer, method):
    question = Message.objects.get(role="user")
    others = exchange(conversation(UserFactory()), "How hot?", "120 °F.")
    call = getattr(client, method)

    refused = [
        call(address(message), {"rating": 1}) for message in (question, others, 0, 10**30, int("9" * 300))
    ]

    assert [(response.status_code, response.json()["code"]) for response in refused] == [
        (404, "not_found")
    ] * 5


def test_a_stranger_without_a_browser_session_rates_nothing(answer):
    assert APIClient().put(address(answer), {"rating": 1}).status_code == 404


@pytest.mark.parametrize(
    ("state", "status"), [("complete", 200), ("stopped", 200), ("failed", 200), ("streaming", 409)]
)
def test_every_answer_that_is_over_can_be_rated(client, reader, state, status):
    answer = exchange(conversation(reader), "How hot?", "120", state=state, error_code="model_failed")

    assert client.put(address(answer), {"rating": -1}).status_code == status


@pytest.mark.parametrize(("scope", "status"), [("ask", 200), ("read", 403), ("curate", 403)])
def test_a_key_needs_the_scope_to_ask(reader, answer, scope, status):
    assert client_with_key(reader, scope).put(address(answer), {"rating": 1}).status_code == status
