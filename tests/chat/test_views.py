"""The chat page as a browser without JavaScript sees it."""

import uuid

import pytest
from django.template.loader import render_to_string
from django.test import Client

from chat.answering import QUESTION_LENGTH
from chat.images import MOST_IMAGES
from chat.models import Assistant, Message, Preferences, Session
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


def test_a_reader_who_is_signed_in_is_not_sent_to_a_sign_in(client):
    client.force_login(UserFactory())

    shown = client.get("/").text

    assert "Come back as soon as" in shown
    assert "/admin/login/" not in shown


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


# --- the assistant that is asked


@pytest.fixture
def gardener():
    """An assistant beside the default one."""
    return Assistant.objects.create(
        name="Gardener",
        slug="gardener",
        greeting="Ask me about trees.\n\nAnd about <hedges>.",
        starter_questions=["Where do I plant for shade?"],
    )


def test_an_assistant_greets_in_its_own_words_and_suggests_questions(client, gardener):
    ready_text(title="Trees")

    shown = client.get("/", {"assistant": "gardener"}).text

    assert "<p>Ask me about trees.</p>" in shown
    assert "And about &lt;hedges&gt;." in shown
    assert "From one curated source" in shown
    assert 'name="message" value="Where do I plant for shade?"' in shown
    assert 'name="assistant" value="gardener"' in shown


def test_the_sources_that_are_named_are_those_that_the_assistant_quotes(client, gardener):
    trees = ready_text(title="Trees")
    ready_text("The canteen opens at noon on all working days.", title="Canteen")
    gardener.collections.add(trees.collection)

    shown = client.get("/", {"assistant": "gardener"}).text

    assert "Trees" in shown
    assert "Canteen" not in shown


def test_without_another_assistant_there_is_nothing_to_choose(client):
    assert "New conversation with" not in client.get("/").text


def test_only_assistants_that_one_may_ask_can_be_chosen(client, gardener):
    Assistant.objects.create(name="Director", slug="director", access="signed_in")

    shown = client.get("/").text

    assert 'href="/?assistant=gardener"' in shown
    assert "Director" not in shown


@pytest.mark.parametrize("slug", ["director", "nobody"])
def test_an_assistant_that_is_not_open_to_the_reader_looks_like_none(client, slug):
    Assistant.objects.create(name="Director", slug="director", access="signed_in")

    assert client.get("/", {"assistant": slug}).status_code == 404


def test_the_form_asks_the_chosen_assistant_which_then_heads_the_conversation(client, gardener):
    ready_text(HEATER)

    shown = client.post("/", {"message": QUESTION, "assistant": "gardener"}, follow=True).text

    assert Session.objects.get().assistant == gardener
    assert '<span dir="auto">Gardener</span>' in shown
    assert 'name="assistant" value=""' in shown


def test_a_question_to_an_assistant_that_is_not_open_is_refused_and_not_lost(client, gardener):
    response = client.post("/", {"message": QUESTION, "assistant": "nobody"})

    assert response.status_code == 404
    assert "There is no such assistant." in response.text
    assert QUESTION in response.text


# --- how answers are written


def test_the_preferred_level_is_chosen_already(client):
    user = UserFactory()
    Preferences.objects.create(user=user, expertise="expert")
    client.force_login(user)

    shown = client.get("/").text

    assert 'value="expert" checked' in shown
    assert 'href="/account/answers/"' in shown


def test_the_level_that_the_form_names_holds_for_this_answer(client, model_server, settings):
    settings.CHAT_MODEL = "test-model"
    settings.OPENAI_BASE_URL = model_server.url
    ready_text(HEATER)
    style = "Write for an expert"

    client.post("/", {"message": QUESTION, "expertise": "beginner"})
    client.post("/", {"message": QUESTION, "expertise": "rubbish"})

    beginner, unknown = (str(body["messages"]) for body in model_server.bodies("/v1/chat/completions"))
    assert beginner != unknown
    assert style not in unknown


# --- images


def test_images_are_asked_for_only_where_a_model_reads_them(client, settings):
    without = client.get("/").text
    settings.VISION_MODEL = "vision-model"

    shown = client.get("/").text

    assert "Add images" not in without
    assert "Add images" in shown
    assert f'data-most-images="{MOST_IMAGES}"' in shown


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


def test_a_selected_text_is_answered_from_and_stays_when_the_question_is_refused(client):
    selected = "The tank holds 80 litres of water."

    refused = client.post("/", {"message": " ", "selected_text": selected})
    client.post("/", {"message": "How many litres does the tank hold?", "selected_text": selected})

    assert f'<q class="about-text" dir="auto">{selected}</q>' in refused.text
    answer = Session.objects.get().messages.last()
    assert "80 litres" in answer.content


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
