import json
import uuid

import pytest
from rest_framework.test import APIClient

from chat.models import Message, Session
from knowledge.models import Collection
from tests.factories import CollectionFactory, UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = {"message": "How hot should the water heater be?"}


@pytest.fixture
def client():
    return APIClient()


def frames(response):
    async def read():
        return b"".join([part async for part in response.streaming_content])

    from asgiref.sync import async_to_sync

    blocks = async_to_sync(read)().decode().strip().split("\n\n")
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in (block.split("\n") for block in blocks if not block.startswith(":"))
    ]


def test_a_question_gets_its_answer_as_json(client):
    ready_text(HEATER, title="Heating")

    response = client.post("/api/v1/chat/", QUESTION)

    assert response.status_code == 200
    message = response.json()
    assert (message["role"], message["kind"], message["state"]) == ("assistant", "extract", "complete")
    assert message["citations"][0]["title"] == "Heating"
    assert "<p>" in message["html"]


def test_with_an_event_stream_accepted_the_answer_is_streamed(client):
    ready_text(HEATER)

    response = client.post("/api/v1/chat/", QUESTION, headers={"Accept": "text/event-stream"})

    assert response["Content-Type"].startswith("text/event-stream")
    assert response["Cache-Control"] == "no-cache, no-transform"
    assert response["X-Accel-Buffering"] == "no"
    names = [name for name, _ in frames(response)]
    assert names[0] == "sources"
    assert names[-1] == "done"
    assert set(names[1:-1]) == {"token"}


def test_an_anonymous_visitor_continues_and_reads_the_own_conversation(client):
    ready_text(HEATER)
    first = client.post("/api/v1/chat/", QUESTION).json()

    second = client.post("/api/v1/chat/", QUESTION | {"session_id": first["session_id"]}).json()

    assert second["session_id"] == first["session_id"]
    page = client.get(f"/api/v1/sessions/{first['session_id']}/messages/").json()
    assert [message["role"] for message in page["results"]] == ["user", "assistant"] * 2


def test_nobody_else_reads_it(client):
    session = client.post("/api/v1/chat/", QUESTION).json()["session_id"]
    stranger, reader = APIClient(), APIClient()
    reader.force_login(UserFactory())

    for other in (stranger, reader):
        assert other.get(f"/api/v1/sessions/{session}/messages/").status_code == 404
        assert other.post("/api/v1/chat/", QUESTION | {"session_id": session}).status_code == 404


def test_long_conversations_come_in_pages(client):
    user = UserFactory()
    client.force_login(user)
    session = Session.objects.create(user=user)
    Message.objects.bulk_create(Message(session=session, role="user", content=str(n)) for n in range(120))
    address, contents = f"/api/v1/sessions/{session.pk}/messages/?page_size=50", []

    while address:
        page = client.get(address).json()
        contents += [message["content"] for message in page["results"]]
        address = page["next"]

    assert contents == [str(n) for n in range(120)]


def test_a_page_of_messages_takes_a_fixed_number_of_queries(client, django_assert_max_num_queries):
    user = UserFactory()
    client.force_login(user)
    session = Session.objects.create(user=user)
    Message.objects.bulk_create(Message(session=session, role="user", content=str(n)) for n in range(50))

    with django_assert_max_num_queries(7):
        client.get(f"/api/v1/sessions/{session.pk}/messages/")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"message": " "}, 400, "empty"),
        ({"message": "x" * 5000}, 400, "too_long"),
        ({"message": "hi", "session_id": "nonsense"}, 400, "invalid"),
        ({"message": "hi", "session_id": str(uuid.UUID(int=7))}, 404, "not_found"),
    ],
)
def test_bad_questions_are_refused_with_a_code_and_a_sentence(client, body, status, code):
    response = client.post("/api/v1/chat/", body, headers={"Accept": "text/event-stream"})

    assert response.status_code == status
    assert response.json()["code"] == code
    assert response.json()["detail"]
    assert not Message.objects.exists()


def test_what_is_no_json_is_refused_with_a_sentence(client):
    response = client.post("/api/v1/chat/", "{", content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


def test_signed_in_browsers_need_the_csrf_token():
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory())

    assert client.post("/api/v1/chat/", QUESTION).status_code == 403


def test_the_page_of_who_is_signed_in_asks_for_them(client):
    reader = UserFactory()
    client.force_login(reader)

    response = client.post("/api/v1/chat/", QUESTION, headers={"X-Account": str(reader.pk)})

    assert response.status_code == 200
    assert Session.objects.get().user == reader


@pytest.mark.parametrize("signed_in", [None, UserFactory], ids=["nobody", "somebody else"])
def test_a_page_never_asks_for_others_than_whom_it_was_made_for(signed_in, client):
    if signed_in:
        client.force_login(signed_in())

    response = client.post("/api/v1/chat/", QUESTION, headers={"X-Account": str(UserFactory().pk)})

    assert (response.status_code, response.json()["code"]) == (401, "signed_out")
    assert not Session.objects.exists()


def test_anonymous_questions_are_throttled_with_a_time(client, settings):
    for _ in range(20):
        last = client.post("/api/v1/retrieve/", {"query": "x"})
    assert last.status_code == 200

    refused = client.post("/api/v1/chat/", QUESTION, headers={"X-Forwarded-For": "1.2.3.4"})

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert int(refused["Retry-After"]) > 0


def test_where_anonymous_questions_are_off_both_doors_say_sign_in(client, settings):
    settings.ANONYMOUS_MAY_ASK = False

    assert client.post("/api/v1/chat/", QUESTION).status_code == 401
    assert client.post("/api/v1/retrieve/", {"query": "x"}).status_code == 401


def test_passages_are_found_without_an_answer_and_without_scores(client):
    source = ready_text(HEATER, title="Heating")

    (passage,) = client.post("/api/v1/retrieve/", {"query": "water heater"}).json()

    assert (passage["title"], passage["source_id"], passage["text"]) == ("Heating", source.pk, HEATER)
    assert "score" not in passage


def test_a_search_in_a_closed_collection_finds_nothing(client):
    closed = CollectionFactory(access=Collection.Access.GROUPS)
    ready_text(HEATER, collection=closed)

    response = client.post("/api/v1/retrieve/", {"query": "water heater", "collections": [closed.slug]})

    assert response.json() == []


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": "x", "limit": 0}, {"query": "x", "limit": 51}])
def test_a_bad_search_is_refused_with_its_fields(client, body):
    response = client.post("/api/v1/retrieve/", body)

    assert response.status_code == 400
    assert response.json()["fields"]


@pytest.mark.parametrize("address", ["/api/v1/nothing/", "/api/v1/sessions/abc/messages/"])
def test_what_there_is_not_is_said_in_json(client, address):
    response = client.get(address)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_json_without_an_end_is_the_clients_mistake(client):
    response = client.post("/api/v1/chat/", "[" * 50_000, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")
