import io
import json
from collections.abc import Iterator

import pytest
from asgiref.sync import async_to_sync
from django.http import FileResponse
from django.utils import timezone

from assistant_project.accounts.models import ApiKey, LogIn
from assistant_project.me.export import FileParts, export, written
from chat.models import Citation, DailyUsage, Feedback, IdempotencyKey, Message
from tests.chat.conversations import client_of, conversation, exchange
from tests.chat.tool_calls import asked_tools
from tests.chat.tool_rows import told
from tests.factories import CollectionFactory, UserFactory, ready_text

pytestmark = pytest.mark.django_db

EXPORT = "/api/v1/me/export/"


@pytest.fixture
def reader():
    return UserFactory(email="ada@example.com", name="Ada")


def exported(user):
    return json.loads("".join(export(user)))


def body_of(response):
    async def read():
        return b"".join([part async for part in response.streaming_content])

    return async_to_sync(read)()


def test_the_document_holds_conversations_with_citations_and_feedback(reader):
    session = conversation(reader, title="Heat", summary="About heat.")
    answer = exchange(session, "How hot?", "120 °F [1].")
    Citation.objects.create(message=answer, number=1, title="Guide", page=21, text="Set it to 120 °F.")
    Feedback.objects.create(message=answer, rating=-1, comment="Too hot.")

    (told,) = exported(reader)["sessions"]

    assert (told["title"], told["summary"]) == ("Heat", "About heat.")
    question, reply = told["messages"]
    assert (question["role"], question["content"], question["feedback"]) == ("user", "How hot?", None)
    assert (reply["content"], reply["feedback"]["comment"]) == ("120 °F [1].", "Too hot.")
    assert (reply["citations"][0]["title"], reply["citations"][0]["page"]) == ("Guide", 21)


def test_it_holds_the_calls_of_tools_but_not_the_rest_of_their_trace(reader):
    asked_tools(reader, told(arguments={"city": "Boston"}))

    (told_of,) = exported(reader)["sessions"]

    question, answer = told_of["messages"]
    (call,) = answer["tools"]
    assert question["tools"] == []
    assert (call["server"], call["tool"], call["arguments"]) == ("Weather", "forecast", {"city": "Boston"})
    assert "result" not in call


def test_it_holds_account_preferences_usage_keys_log_ins_and_what_one_owns(reader):
    DailyUsage.objects.add(reader, questions=2)
    ApiKey.objects.issue(reader, name="script", scopes=["ask"])
    LogIn.objects.create(user=reader, token="jti", expires_at=timezone.now())
    source = ready_text(owner=reader, title="Guide")
    CollectionFactory(created_by=reader, name="Mine")
    answer = exchange(conversation(reader), "Q", "A")
    IdempotencyKey.objects.create(owner=f"user:{reader.pk}", key="once", fingerprint="f", answer=answer)

    told = exported(reader)

    assert (told["account"]["email"], told["account"]["name"]) == ("ada@example.com", "Ada")
    assert told["preferences"]["expertise"] == ""
    assert [row["questions"] for row in told["usage"]] == [2]
    assert [key["name"] for key in told["api_keys"]] == ["script"]
    assert len(told["log_ins"]) == 1
    assert [(row["id"], row["title"]) for row in told["sources"]] == [(source.pk, "Guide")]
    assert [row["name"] for row in told["collections"]] == ["Mine"]
    assert [row["key"] for row in told["idempotency_keys"]] == ["once"]


def test_no_secret_and_no_hash_is_in_it(reader):
    reader.set_password("a-long-secret-password")
    reader.save()
    key, text = ApiKey.objects.issue(reader, name="script", scopes=["ask"])
    LogIn.objects.create(user=reader, token="token-in-force", expires_at=timezone.now())

    document = "".join(export(reader))

    for secret in (reader.password, text, key.digest, "token-in-force"):
        assert secret not in document


def test_nothing_of_others_is_in_it(reader):
    other = UserFactory(email="eve@example.com")
    conversation(other, ("My secret", "Kept."))
    ready_text(owner=other, title="Private guide")

    document = "".join(export(reader))

    for word in ("secret", "eve@", "Private guide"):
        assert word not in document


def test_it_comes_as_a_file_that_is_not_kept_on_the_way(reader):
    conversation(reader, ("Wie heiß?", "49 °C"))

    response = client_of(reader).get(EXPORT)

    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"].startswith('attachment; filename="export-')
    assert response["Cache-Control"] == "no-store"
    assert json.loads(body_of(response))["sessions"][0]["messages"][0]["content"] == "Wie heiß?"


def test_a_response_that_nobody_reads_closes_its_file():
    file = io.BytesIO()
    response = FileResponse(FileParts(file))

    response.close()

    assert file.closed


def test_many_exports_are_refused_with_a_time(reader):
    client = client_of(reader)

    responses = [client.get(EXPORT) for _ in range(11)]
    for response in responses:
        response.close()

    assert [response.status_code for response in responses] == [200] * 10 + [429]
    assert int(responses[-1]["Retry-After"]) > 0


def test_many_messages_are_never_in_memory_together(reader):
    session = conversation(reader)
    Message.objects.bulk_create(
        Message(session=session, role="user", content="x" * 1_000) for _ in range(1_200)
    )

    pieces = export(reader)

    assert isinstance(pieces, Iterator)
    assert max(len(piece) for piece in pieces) < 10_000


def test_messages_take_few_queries_however_many(reader, django_assert_max_num_queries):
    session = conversation(reader)
    for n in range(30):
        exchange(session, f"Q{n}", "A")

    with django_assert_max_num_queries(15):
        list(export(reader))


@pytest.mark.parametrize(
    "value", [{}, [], None, "text", {"a": [1, {"b": None}]}, {"nested": {"list": ["ü", '"', "\n"]}}]
)
def test_what_is_written_is_json(value):
    assert json.loads("".join(written(value))) == value


def test_iterators_are_written_as_lists_at_any_depth():
    value = {"rows": iter([{"more": iter([1, 2])}, {"more": iter([])}]), "none": iter(())}

    assert json.loads("".join(written(value))) == {"rows": [{"more": [1, 2]}, {"more": []}], "none": []}
