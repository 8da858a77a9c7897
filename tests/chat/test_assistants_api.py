import pytest
from django.contrib.auth.models import Group
from rest_framework.test import APIClient

from chat.models import Assistant
from tests.chat.conversations import client_of, client_with_key
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ASSISTANTS = "/api/v1/assistants/"


def slugs(client):
    return [assistant["slug"] for assistant in client.get(ASSISTANTS).json()["results"]]


def test_there_is_always_a_default_one():
    (listed,) = APIClient().get(ASSISTANTS).json()["results"]

    assert listed == {
        "slug": "assistant",
        "name": "Assistant",
        "is_default": True,
        "greeting": "",
        "starter_questions": [],
        "models": [],
        "highest_temperature": 1.0,
        "max_tokens": Assistant.objects.get().max_tokens,
    }


def test_everybody_sees_those_that_they_may_ask_the_default_one_first():
    group = Group.objects.create(name="Engineers")
    Assistant.objects.create(name="Zoe", slug="zoe", is_default=True)
    Assistant.objects.create(name="Anna", slug="anna")
    Assistant.objects.create(name="Ben", slug="ben", access="signed_in")
    Assistant.objects.create(name="Cleo", slug="cleo", access="groups").groups.add(group)
    reader, engineer = UserFactory(), UserFactory()
    engineer.groups.add(group)

    assert slugs(APIClient()) == ["zoe", "anna"]
    assert slugs(client_of(reader)) == ["zoe", "anna", "ben"]
    assert slugs(client_of(engineer)) == ["zoe", "anna", "ben", "cleo"]


def test_they_come_in_pages_without_gap_or_repetition():
    Assistant.objects.create(name="Zoe", slug="zoe", is_default=True)
    for name in ("Anna", "Ben", "Cleo"):
        Assistant.objects.create(name=name, slug=name.lower())
    client, found, page = APIClient(), [], f"{ASSISTANTS}?page_size=1"

    while page:
        response = client.get(page).json()
        found += [assistant["slug"] for assistant in response["results"]]
        page = response["next"]

    assert found == ["zoe", "anna", "ben", "cleo"]


def test_the_models_are_the_assistants_own_and_what_it_offers_beside(settings):
    settings.CHAT_MODEL = "small"
    Assistant.objects.create(name="A", slug="a", is_default=True, other_models=["large", "small"])
    Assistant.objects.create(name="B", slug="b", model="own", other_models=["large"])

    listed = APIClient().get(ASSISTANTS).json()["results"]

    assert [assistant["models"] for assistant in listed] == [["small", "large"], ["own", "large"]]


def test_without_a_chat_model_there_is_nothing_to_choose(settings):
    Assistant.objects.create(name="A", slug="a", is_default=True, model="own", other_models=["large"])

    assert APIClient().get(ASSISTANTS).json()["results"][0]["models"] == []


def test_what_an_assistant_is_told_stays_secret():
    Assistant.objects.create(name="A", slug="a", is_default=True, instructions="Praise our boilers.")

    assert "Praise" not in APIClient().get(ASSISTANTS).content.decode()


def test_where_anonymous_visitors_may_not_ask_they_see_none(settings):
    settings.ANONYMOUS_MAY_ASK = False

    response = APIClient().get(ASSISTANTS)

    assert (response.status_code, response.json()["code"]) == (401, "sign_in_needed")


@pytest.mark.parametrize(("scope", "status"), [("ask", 200), ("read", 403), ("curate", 403)])
def test_a_key_needs_the_scope_to_ask(scope, status):
    assert client_with_key(UserFactory(), scope).get(ASSISTANTS).status_code == status


def test_many_assistants_take_as_many_queries_as_one(django_assert_num_queries):
    Assistant.objects.create(name="A", slug="a", is_default=True)
    client = APIClient()
    with django_assert_num_queries(3) as one:
        client.get(ASSISTANTS)
    for n in range(5):
        Assistant.objects.create(name=f"B{n}", slug=f"b{n}")

    with django_assert_num_queries(len(one)):
        client.get(ASSISTANTS)
