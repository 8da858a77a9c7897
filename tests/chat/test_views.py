"""The chat page as a browser without JavaScript sees it."""

import uuid

import pytest
from django.template.loader import render_to_string
from django.test import Client

from chat.answering import QUESTION_LENGTH
from chat.models import Message, Session
from knowledge.models import Collection
from tests.factories import CollectionFactory, UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"


# --- a new conversation


def test_a_reader_learns_what_the_assistant_can_answer(client):
    ready_text(title="Heating guide")
    ready_text("The canteen opens at noon on all working days.", title="Canteen")

    response = client.get("/")

    assert "I answer from 2 curated sources" in response.text
    assert "Heating guide" in response.text
    assert "Canteen" in response.text


def test_sources_that_one_may_not_read_are_not_named(client):
    ready_text(title="Secret plan", collection=CollectionFactory(access=Collection.Access.SIGNED_IN))

    response = client.get("/")

    assert "Secret plan" not in response.text
    assert "There is nothing to answer from yet." in response.text


def test_an_administrator_is_told_to_add_the_first_source(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    response = client.get("/")

    assert "Add the first source" in response.text
    assert 'href="/admin/knowledge/source/add/"' in response.text


def test_a_visitor_of_an_empty_assistant_is_shown_the_way_in(client):
    assert 'href="/admin/login/?next=/admin/knowledge/source/add/"' in client.get("/").text


def test_who_may_not_ask_is_led_to_the_sign_in(client, settings):
    settings.ANONYMOUS_MAY_ASK = False

    response = client.get("/")

    assert "Sign in to ask" in response.text
    assert "<textarea" not in response.text


def test_the_page_runs_and_loads_nothing_from_elsewhere(client):
    response = client.get("/")

    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in response.text
    assert "<script>" not in response.text


# --- asking with the plain form


def test_the_form_brings_an_answer_with_its_citation(client):
    source = ready_text(HEATER, title="Heating")

    response = client.post("/", {"message": QUESTION}, follow=True)

    session = Session.objects.get()
    address, status = response.redirect_chain[0]
    assert (address.split("#")[0], status) == (session.get_absolute_url(), 302)
    assert "120 degrees" in response.text
    assert "Quoted from the sources" in response.text
    assert f'href="/sources/{source.pk}/?passage=' in response.text
    assert "<mark>" in response.text


def test_a_follow_up_stays_in_its_conversation(client):
    ready_text(HEATER)
    client.post("/", {"message": QUESTION})
    session = Session.objects.get()

    client.post("/", {"message": QUESTION, "session_id": str(session.pk)})

    assert session.messages.count() == 4


@pytest.mark.parametrize(
    ("message", "said", "status"),
    [(" ", "Write a question first.", 400), ("x" * (QUESTION_LENGTH + 1), "Shorten it", 400)],
)
def test_a_refused_question_is_not_lost(client, message, said, status):
    response = client.post("/", {"message": message})

    assert response.status_code == status
    assert said in response.text
    assert message in response.text
    assert not Session.objects.exists()


@pytest.mark.parametrize("session_id", [str(uuid.uuid4()), "rubbish"])
def test_a_conversation_that_is_not_ones_own_takes_no_question(client, session_id):
    response = client.post("/", {"message": QUESTION, "session_id": session_id})

    assert response.status_code == 404
    assert "There is no such conversation." in response.text
    assert QUESTION in response.text


def test_the_plain_form_is_throttled_like_the_other_doors(client):
    answers = [client.post("/", {"message": " "}) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [400] * 20 + [429]
    assert "Too many questions. Try again in " in answers[-1].text
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_the_form_of_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)

    response = client.post("/", {"message": QUESTION})

    assert response.status_code == 403
    assert "The form has expired" in response.text
    assert not Message.objects.exists()


def test_the_page_may_be_read_and_sent_to_only(client):
    assert client.put("/").status_code == 405
    assert client.head("/").status_code == 200


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_error_pages_need_neither_a_request_nor_a_reader(status):
    assert "To the conversations" in render_to_string(f"{status}.html")
