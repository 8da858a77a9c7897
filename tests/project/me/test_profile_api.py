import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from chat.models import Assistant, Message, Preferences, Session
from tests.chat.conversations import client_of, client_with_key, conversation
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.django_db

ME = "/api/v1/me/"
USUAL = {
    "expertise": "",
    "about_me": "",
    "language": "",
    "model": "",
    "temperature": None,
    "max_tokens": None,
}


@pytest.fixture
def reader():
    return UserFactory(email="ada@example.com", name="Ada")


@pytest.fixture
def client(reader):
    return client_of(reader)


def test_one_sees_the_own_account_with_the_usual_preferences(client, reader):
    told = client.get(ME).json()

    assert told.pop("joined")
    assert told == {
        "id": reader.pk,
        "email": "ada@example.com",
        "name": "Ada",
        "verified": reader.is_verified,
        "is_staff": False,
        "preferences": USUAL,
    }
    assert not Preferences.objects.exists()


def test_name_and_preferences_are_changed_and_the_rest_stays(client, reader):
    client.patch(ME, {"preferences": {"expertise": "expert", "temperature": 0.5}})

    told = client.patch(ME, {"name": "Ada L.", "preferences": {"language": "Deutsch"}}).json()

    assert told["name"] == "Ada L."
    assert told["preferences"] == USUAL | {"expertise": "expert", "temperature": 0.5, "language": "Deutsch"}
    assert client.get(ME).json() == told


def test_preferences_are_taken_back(client):
    client.patch(ME, {"preferences": {"max_tokens": 200, "about_me": "I heat with gas."}})

    told = client.patch(ME, {"preferences": {"max_tokens": None, "about_me": ""}}).json()

    assert told["preferences"] == USUAL


@pytest.mark.parametrize(
    "preferences",
    [
        {"expertise": "guru"},
        {"about_me": "x" * 1001},
        {"about_me": "a\x00b"},
        {"about_me": None},
        {"language": "x" * 41},
        {"temperature": -0.1},
        {"temperature": 2.1},
        {"temperature": "nan"},
        {"temperature": [1]},
        {"max_tokens": 49},
        {"max_tokens": 32_001},
        {"max_tokens": 10**400},
        {"max_tokens": "many"},
        {"model": "unheard-of"},
        {"model": "a\x00b"},
        {"model": {}},
    ],
)
def test_preferences_have_limits(client, preferences):
    response = client.patch(ME, {"preferences": preferences})

    assert response.status_code == 400
    assert list(response.json()["fields"]["preferences"]) == list(preferences)
    assert not Preferences.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x" * 151}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": None}, "name"),
        ({"preferences": None}, "preferences"),
        ({"preferences": "short answers"}, "preferences"),
        ([1], "non_field_errors"),
        ("text", "non_field_errors"),
    ],
)
def test_what_is_not_right_is_said_by_field(client, body, field):
    response = client.patch(ME, body)

    assert (response.status_code, list(response.json()["fields"])) == (400, [field])


def test_the_address_is_changed_elsewhere(client, reader):
    response = client.patch(ME, {"name": "Eve", "email": "eve@example.com"})

    reader.refresh_from_db()
    assert response.status_code == 400
    assert "auth/email/change/" in response.json()["fields"]["email"][0]
    assert (reader.name, reader.email) == ("Ada", "ada@example.com")


def test_nobody_makes_oneself_staff(client, reader):
    client.patch(ME, {"is_staff": True, "is_superuser": True, "verified": False, "id": 1, "password": "x"})

    kept = get_user_model().objects.get(pk=reader.pk)
    assert (kept.is_staff, kept.is_superuser, kept.password) == (False, False, reader.password)


def test_a_model_must_be_offered_by_an_assistant_that_one_may_use(client, settings):
    settings.CHAT_MODEL = "small"
    Assistant.objects.create(name="A", slug="a", is_default=True, other_models=["large"])
    Assistant.objects.create(name="B", slug="b", access="groups", other_models=["secret"])

    statuses = {
        model: client.patch(ME, {"preferences": {"model": model}}).status_code
        for model in ("small", "large", "secret", "")
    }

    assert statuses == {"small": 200, "large": 200, "secret": 400, "": 200}


def test_a_deleted_account_is_gone_with_its_conversations_but_not_its_sources(client, reader):
    source = ready_text(owner=reader)
    conversation(reader, ("Q", "A"))
    client.patch(ME, {"preferences": {"expertise": "expert"}})
    others = conversation(UserFactory(), ("Q", "A"))

    assert client.delete(ME).status_code == 204

    assert not get_user_model().objects.filter(pk=reader.pk).exists()
    assert list(Session.objects.all()) == [others]
    assert Message.objects.count() == 2
    source.refresh_from_db()
    assert source.owner is None


def test_the_last_administrator_stays():
    client = client_of(UserFactory(is_superuser=True, is_staff=True))

    response = client.delete(ME)

    assert (response.status_code, response.json()["code"]) == (409, "last_administrator")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
@pytest.mark.parametrize("address", [ME, f"{ME}stats/", f"{ME}export/"])
def test_nobody_else_is_let_in(method, address):
    response = getattr(APIClient(), method)(address, {})

    assert response.status_code in {401, 403}


@pytest.mark.parametrize("scope", ["read", "ask", "curate"])
def test_a_key_reads_account_and_figures_and_nothing_else(reader, scope):
    client = client_with_key(reader, scope)

    statuses = [
        client.get(ME).status_code,
        client.get(f"{ME}stats/").status_code,
        client.get(f"{ME}export/").status_code,
        client.patch(ME, {"name": "Eve"}).status_code,
        client.delete(ME).status_code,
    ]

    may_read = 200 if scope == "read" else 403
    assert statuses == [may_read, may_read, 403, 403, 403]
    assert get_user_model().objects.get(pk=reader.pk).name == "Ada"
