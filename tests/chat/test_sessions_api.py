import base64
import uuid

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from rest_framework.test import APIClient

from chat.models import Assistant, DailyUsage, Message, Session
from tests.chat.conversations import client_of, client_with_key, conversation
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SESSIONS = "/api/v1/sessions/"


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def client(reader):
    return client_of(reader)


def address(session):
    return f"{SESSIONS}{session.pk}/"


def titles(response):
    return [session["title"] for session in response.json()["results"]]


def test_the_conversation_that_was_continued_last_comes_first(client, reader):
    first, second = conversation(reader, title="First"), conversation(reader, title="Second")
    second.save()
    first.save()

    assert titles(client.get(SESSIONS)) == ["First", "Second"]


def test_a_conversation_is_listed_with_what_it_is_about(client, reader):
    assistant = Assistant.objects.create(name="Boilers", slug="boilers")
    session = conversation(
        reader, ("How hot?", "120 °F."), title="Heat", assistant=assistant, summary="About heat."
    )

    (listed,) = client.get(SESSIONS).json()["results"]

    assert listed.pop("created_at") < listed.pop("updated_at")
    assert listed == {
        "id": str(session.pk),
        "title": "Heat",
        "assistant": "boilers",
        "message_count": 2,
        "summary": "About heat.",
        "summarised_at": None,
    }


def test_the_list_comes_in_pages_without_gap_or_repetition(client, reader):
    now = timezone.now()
    for n in range(7):
        conversation(reader, title=str(n))
    Session.objects.update(updated_at=now)  # all at the same moment
    found, page = [], f"{SESSIONS}?page_size=2"

    while page:
        response = client.get(page)
        found += titles(response)
        page = response.json()["next"]

    assert sorted(found) == [str(n) for n in range(7)]


def test_a_page_has_at_most_200_conversations(client, reader):
    Session.objects.bulk_create(Session(user=reader) for _ in range(201))

    assert len(client.get(f"{SESSIONS}?page_size=99999999999999999999").json()["results"]) == 200


def test_many_conversations_take_as_many_queries_as_one(client, reader, django_assert_num_queries):
    conversation(reader, ("Q", "A"))
    with django_assert_num_queries(4) as one:
        client.get(SESSIONS)
    for _ in range(5):
        conversation(reader, ("Q", "A"), assistant=Assistant.objects.default())

    with django_assert_num_queries(len(one)):
        client.get(SESSIONS)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("BOILER", ["The boiler"]),
        ("thermostat", ["Heating"]),
        ("100%", ["Efficiency"]),
        ("%", ["Efficiency"]),
        ("_", []),
        ("\\", []),
        ("'; DROP TABLE chat_session; --", []),
        ("", ["Efficiency", "Heating", "The boiler"]),
    ],
)
def test_conversations_are_searched_by_title_and_by_what_was_said(client, reader, words, found):
    conversation(reader, title="The boiler")
    conversation(reader, ("Where is it set?", "At the Thermostat."), title="Heating")
    conversation(reader, ("Is it 100% efficient?", "No."), title="Efficiency")

    assert sorted(titles(client.get(SESSIONS, {"search": words}))) == found


def test_what_others_said_is_not_found(client):
    conversation(UserFactory(), ("My secret", "Kept."), title="Secret")

    assert titles(client.get(SESSIONS, {"search": "secret"})) == []


@pytest.mark.parametrize("words", ["x" * 201, "a\x00b"])
def test_a_search_that_cannot_be_is_refused(client, words):
    response = client.get(SESSIONS, {"search": words})

    assert (response.status_code, list(response.json()["fields"])) == (400, ["search"])


def test_an_empty_conversation_is_begun_and_counted(client, reader):
    response = client.post(SESSIONS, {})

    assert (response.status_code, response.json()["message_count"]) == (201, 0)
    assert Session.objects.get().user == reader
    assert DailyUsage.objects.get(user=reader).sessions == 1


def test_it_may_have_a_title_and_an_assistant(client):
    Assistant.objects.create(name="Boilers", slug="boilers")

    begun = client.post(SESSIONS, {"title": "Our boiler", "assistant": "boilers"}).json()

    assert (begun["title"], begun["assistant"]) == ("Our boiler", "boilers")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"title": ["no text"]}, "title"),
        ({"title": None}, "title"),
        ({"assistant": "nobody"}, "assistant"),
        ({"assistant": 7}, "assistant"),
        ({"assistant": "a\x00b"}, "assistant"),
        ({"assistant": {"slug": "x"}}, "assistant"),
        ({"assistant": True}, "assistant"),
    ],
)
def test_what_is_not_right_about_a_conversation_is_said_by_field(client, body, field):
    begun, changed = client.post(SESSIONS, body), None
    session = client.post(SESSIONS, {}).json()["id"]
    changed = client.patch(f"{SESSIONS}{session}/", body)

    assert [(r.status_code, list(r.json()["fields"])) for r in (begun, changed)] == [(400, [field])] * 2


def test_an_assistant_for_others_looks_like_one_that_there_is_not(client, reader):
    closed = Assistant.objects.create(name="Closed", slug="closed", access="groups")
    closed.groups.add(Group.objects.create(name="Others"))

    refused = client.post(SESSIONS, {"assistant": "closed"}).json()["fields"]
    missing = client.post(SESSIONS, {"assistant": "missing"}).json()["fields"]

    assert str(refused).replace("closed", "missing") == str(missing)


def test_a_conversation_is_renamed_and_stays_in_its_place(client, reader):
    session = conversation(reader, title="Old")
    before = session.updated_at

    response = client.patch(address(session), {"title": "New"})

    session.refresh_from_db()
    assert (response.json()["title"], session.title, session.updated_at) == ("New", "New", before)


def test_another_assistant_goes_on_and_then_the_default_one(client, reader):
    Assistant.objects.create(name="Boilers", slug="boilers")
    session = conversation(reader)

    named = client.patch(address(session), {"assistant": "boilers"}).json()["assistant"]
    default = client.patch(address(session), {"assistant": None}).json()["assistant"]

    assert (named, default) == ("boilers", None)


def test_a_summary_is_not_written_by_hand(client, reader):
    session = conversation(reader, summary="By the model.")

    client.patch(address(session), {"summary": "By me.", "user": None})

    session.refresh_from_db()
    assert (session.summary, session.user) == ("By the model.", reader)


def test_a_deleted_conversation_is_gone_with_its_messages(client, reader):
    session, other = conversation(reader, ("Q", "A")), conversation(reader, ("Q", "A"))

    assert client.delete(address(session)).status_code == 204

    assert list(Session.objects.all()) == [other]
    assert Message.objects.count() == 2


def test_clearing_deletes_all_of_ones_own_and_nobody_elses(client, reader):
    for _ in range(3):
        conversation(reader, ("Q", "A"))
    others = conversation(UserFactory(), ("Q", "A"))

    assert client.delete(SESSIONS).status_code == 204

    assert list(Session.objects.all()) == [others]
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "position", ["p=abc", "p=a%00b", "p=9999-99-99", "o=9" + "9" * 30, "p=" + "9" * 5_000]
)
@pytest.mark.parametrize("address", [SESSIONS, "/api/v1/assistants/"])
def test_a_cursor_that_somebody_made_up_names_no_page(client, address, position):
    cursor = base64.b64encode(position.encode()).decode()

    response = client.get(address, {"cursor": cursor})

    assert response.status_code == (200 if position.startswith("o=") else 404)


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_the_conversation_of_another_looks_like_one_that_there_is_not(client, method):
    others = conversation(UserFactory(), title="Mine")
    call = getattr(client, method)

    answers = [call(address(others), {}), call(f"{SESSIONS}{uuid.uuid4()}/", {})]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 2
    assert Session.objects.get().title == "Mine"


def test_an_anonymous_visitor_has_conversations_of_the_browser():
    visitor, stranger = APIClient(), APIClient()

    begun = visitor.post(SESSIONS, {"title": "Ours"}).json()

    assert titles(visitor.get(SESSIONS)) == ["Ours"]
    assert titles(stranger.get(SESSIONS)) == []
    assert stranger.delete(f"{SESSIONS}{begun['id']}/").status_code == 404
    assert stranger.delete(SESSIONS).status_code == 204
    assert visitor.patch(f"{SESSIONS}{begun['id']}/", {"title": "Mine"}).json()["title"] == "Mine"
    assert visitor.delete(SESSIONS).status_code == 204
    assert titles(visitor.get(SESSIONS)) == []


def test_where_anonymous_visitors_may_not_ask_they_begin_nothing(settings):
    settings.ANONYMOUS_MAY_ASK = False

    response = APIClient().post(SESSIONS, {})

    assert (response.status_code, response.json()["code"]) == (401, "sign_in_needed")
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("scope", "allowed"), [("read", {"get"}), ("ask", {"post", "patch", "delete"}), ("curate", set())]
)
def test_a_key_does_what_its_scope_says(reader, scope, allowed):
    session = conversation(reader)
    client = client_with_key(reader, scope)

    on_all = {m for m in ("get", "post", "delete") if getattr(client, m)(SESSIONS, {}).status_code != 403}
    session = conversation(reader)
    on_one = {
        m for m in ("get", "patch", "delete") if getattr(client, m)(address(session), {}).status_code != 403
    }

    assert on_all | on_one == allowed
