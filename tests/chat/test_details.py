"""What may come with a question: an assistant, a selected text, preferences, images, an idempotency key."""

import base64
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import connections

from assistant_project.limits.models import Tally
from chat.answering import SELECTED_LENGTH, Details, QuestionRefused, answer, collect, open_question
from chat.events import Sources
from chat.models import Assistant, DailyUsage, IdempotencyKey, Message, Preferences, Session
from chat.prompts import NO_ANSWER
from chat.visitors import Asker
from tests.factories import CollectionFactory, GroupFactory, UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = (
    "Set the thermostat of the water heater to 120 degrees Fahrenheit. It saves energy. "
    "Insulate the first six feet of the hot water pipe."
)
QUESTION = "How hot should the water heater be set?"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
IMAGE = "data:image/png;base64," + base64.b64encode(PIXEL).decode()


@pytest.fixture
def asker():
    return Asker(UserFactory())


@pytest.fixture
def chat_model(settings, model_server):
    settings.CHAT_MODEL = "loopback"
    settings.OPENAI_BASE_URL = model_server.url
    return model_server


def ask(content, asker, **details):
    return async_to_sync(collect)(open_question(content, asker=asker, details=Details(**details)))


def refusal(content, asker, **details):
    with pytest.raises(QuestionRefused) as refused:
        open_question(content, asker=asker, details=Details(**details))
    return refused.value


def last_prompt(chat_model):
    return chat_model.bodies("/v1/chat/completions")[-1]["messages"]


# --- a selected text ---


def test_of_a_selected_text_only_that_text_is_used(asker):
    ready_text("The filter of the furnace is changed every three months.", title="Furnace")

    message = ask(
        "How often is the filter changed?", asker, selected_text="The filter is changed every week."
    )

    assert "every week" in message["content"]
    assert "three months" not in message["content"]
    assert [(one["title"], one["source_id"]) for one in message["citations"]] == [("Selected text", None)]
    assert message["selected_text"] == ""
    question = Message.objects.get(role="user")
    assert question.selected_text == "The filter is changed every week."


def test_a_model_is_given_nothing_but_the_selected_text(asker, chat_model):
    ready_text(HEATER)
    chat_model.behave(answer="Every week. [1]")

    ask(QUESTION, asker, selected_text="The filter is changed every week.")

    prompt = str(last_prompt(chat_model))
    assert "every week" in prompt
    assert "120 degrees" not in prompt


def test_a_selected_text_that_does_not_answer_is_said_so(asker, chat_model):
    chat_model.behave(answer=NO_ANSWER)

    message = ask(QUESTION, asker, selected_text="The filter is changed every week.")

    assert (message["kind"], message["nearest"]) == ("abstained", [])
    assert message["content"] == "The selected text does not answer this question."


def test_a_selected_text_has_a_limit(asker):
    assert (
        refusal(QUESTION, asker, selected_text="x" * (SELECTED_LENGTH + 1)).code == "selected_text_too_long"
    )
    assert not Session.objects.exists()


# --- assistants ---


def test_an_assistant_quotes_its_collections_only(asker):
    heating, cars = CollectionFactory(), CollectionFactory()
    ready_text(HEATER, title="Heating", collection=heating)
    ready_text(HEATER.replace("120", "140"), title="Cars", collection=cars)
    assistant = Assistant.objects.create(name="Cars", slug="cars")
    assistant.collections.add(cars)

    message = ask(QUESTION, asker, assistant="cars")

    assert {citation["title"] for citation in message["citations"]} == {"Cars"}


def test_an_assistant_does_not_open_collections_that_the_asker_may_not_read(asker):
    closed = CollectionFactory(access="groups")
    ready_text(HEATER, collection=closed)
    assistant = Assistant.objects.create(name="Closed", slug="closed")
    assistant.collections.add(closed)

    assert ask(QUESTION, asker, assistant="closed")["kind"] == "abstained"


def test_its_instructions_are_told_to_the_model(asker, chat_model):
    ready_text(HEATER)
    Assistant.objects.create(name="Polite", slug="polite", instructions="Always say please.")

    ask(QUESTION, asker, assistant="polite")

    assert "Always say please." in last_prompt(chat_model)[0]["content"]


def test_one_for_a_group_is_not_there_for_others(asker):
    group = GroupFactory()
    Assistant.objects.create(name="Staff", slug="staff", access="groups").groups.add(group)

    assert refusal(QUESTION, asker, assistant="staff").status == 404
    asker.user.groups.add(group)
    assert open_question(QUESTION, asker=asker, details=Details(assistant="staff"))


def test_a_conversation_keeps_its_assistant(asker):
    assistant = Assistant.objects.create(name="Cars", slug="cars")
    session = open_question(QUESTION, asker=asker, details=Details(assistant="cars")).session

    question = open_question("And then?", asker=asker, details=Details(session_id=session.pk))

    assert question.choice.assistant == assistant


# --- preferences ---


def test_preferences_shape_what_the_model_is_told(asker, chat_model):
    ready_text(HEATER)
    Preferences.objects.create(
        user=asker.user, expertise="beginner", about_me="I rent a flat.", language="Deutsch"
    )

    ask(QUESTION, asker)

    prompt = str(last_prompt(chat_model))
    assert "I rent a flat." in prompt
    assert "Deutsch" in prompt


def test_wishes_stay_within_what_the_assistant_allows(asker, chat_model):
    ready_text(HEATER)
    Assistant.objects.create(
        name="A", slug="a", other_models=["big"], highest_temperature=0.5, max_tokens=200, is_default=True
    )

    ask(QUESTION, asker, preferences={"model": "big", "temperature": 1.5, "max_tokens": 5000})
    allowed = chat_model.bodies("/v1/chat/completions")[-1]
    ask(QUESTION, asker, preferences={"model": "unheard-of"})
    refused = chat_model.bodies("/v1/chat/completions")[-1]

    assert (allowed["model"], allowed["temperature"]) == ("big", 0.5)
    assert allowed.get("max_tokens", allowed.get("max_completion_tokens")) == 200
    assert refused["model"] == "loopback"


# --- images ---


def test_without_a_model_that_reads_images_they_are_refused_before_anything_is_stored(asker, chat_model):
    assert refusal(QUESTION, asker, images=[IMAGE]).code == "images_not_read"
    assert not Session.objects.exists()


def test_an_image_goes_to_the_vision_model_and_is_not_kept(asker, chat_model, settings):
    settings.VISION_MODEL = "seeing"
    ready_text(HEATER)

    ask(QUESTION, asker, images=[IMAGE])

    body = chat_model.bodies("/v1/chat/completions")[-1]
    assert body["model"] == "seeing"
    assert IMAGE in str(body["messages"][-1])
    assert Message.objects.get(role="user").images == [{"media_type": "image/png", "bytes": len(PIXEL)}]
    assert IMAGE[30:] not in str(Message.objects.get(role="assistant").trace)


def test_what_is_no_image_is_refused(asker, chat_model, settings):
    settings.VISION_MODEL = "seeing"

    assert refusal(QUESTION, asker, images=["https://example.com/a.png"]).code == "image_address"
    assert not Session.objects.exists()


# --- small talk ---


def test_a_greeting_is_answered_without_a_search(asker, chat_model):
    ready_text(HEATER)

    message = ask("Hello!", asker)

    assert (message["kind"], message["warnings"], message["citations"]) == ("greeting", [], [])
    assert chat_model.requests == []


def test_a_conversation_that_begins_with_a_greeting_is_named_after_the_first_question(asker):
    session = open_question("Hi!", asker=asker).session
    assert session.title == ""

    open_question(QUESTION, asker=asker, details=Details(session_id=session.pk))

    session.refresh_from_db()
    assert session.title == QUESTION


# --- repeated requests ---


def test_a_repeated_key_gives_the_stored_answer(asker):
    ready_text(HEATER)
    first = ask(QUESTION, asker, idempotency_key="k1")

    second = ask(QUESTION, asker, idempotency_key="k1")

    assert second == first
    assert Message.objects.count() == 2


async def events_of(question):
    return [event async for event in answer(question)]


def test_a_repeated_key_streams_the_stored_answer(asker):
    ready_text(HEATER)
    first = ask(QUESTION, asker, idempotency_key="k1")

    again = open_question(QUESTION, asker=asker, details=Details(idempotency_key="k1"))
    events = async_to_sync(events_of)(again)

    assert isinstance(events[0], Sources)
    assert events[-1].message == first


def test_a_key_is_not_taken_for_another_question_nor_from_another_person(asker):
    ask(QUESTION, asker, idempotency_key="k1")

    assert refusal("Another one?", asker, idempotency_key="k1").status == 422
    assert not open_question(
        "Another one?", asker=Asker(UserFactory()), details=Details(idempotency_key="k1")
    ).is_repeated


def test_a_key_whose_answer_is_being_written_is_told_to_wait(asker):
    open_question(QUESTION, asker=asker, details=Details(idempotency_key="k1"))

    assert refusal(QUESTION, asker, idempotency_key="k1").status == 409


def test_of_one_key_used_several_times_at_once_one_question_is_stored(asker):
    def opened(_):
        try:
            return open_question(QUESTION, asker=asker, details=Details(idempotency_key="k1")).is_repeated
        except QuestionRefused as refused:
            return refused.status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(opened, range(6)))

    assert outcomes.count(False) == 1
    assert set(outcomes) == {False, 409}
    assert IdempotencyKey.objects.count() == Session.objects.count() == 1


# --- budgets and answers at once ---


def test_tokens_are_settled_with_what_was_used(asker, chat_model):
    ready_text(HEATER)

    message = ask(QUESTION, asker)

    used = message["tokens"]["prompt"] + message["tokens"]["completion"]
    assert used > 0
    assert sorted(Tally.objects.values_list("count", flat=True)) == [used, used]
    usage = DailyUsage.objects.get(user=asker.user)
    assert (usage.sessions, usage.questions, usage.answers) == (1, 1, 1)
    assert usage.prompt_tokens + usage.completion_tokens == used


def test_a_spent_budget_refuses_before_anything_is_stored(asker, chat_model, settings):
    settings.TOKENS_PER_DAY_PER_USER = 100

    refused = refusal(QUESTION, asker)

    assert (refused.code, refused.status) == ("budget_spent", 429)
    assert refused.wait > 0
    assert not Session.objects.exists()


def test_without_a_model_no_budget_is_needed(asker, settings):
    settings.TOKENS_PER_DAY_PER_USER = 100
    ready_text(HEATER)

    assert ask(QUESTION, asker)["kind"] == "extract"


def test_what_is_refused_after_the_reservation_is_given_back(asker, chat_model, settings):
    settings.ANSWERS_AT_ONCE = 1
    open_question(QUESTION, asker=asker)
    taken = list(Tally.objects.values_list("count", flat=True))

    assert refusal(QUESTION, asker).code == "too_many_answers"
    assert list(Tally.objects.values_list("count", flat=True)) == taken


def test_fifty_questions_at_once_do_not_pass_a_budget(asker, chat_model, settings):
    settings.ANSWERS_AT_ONCE = 100
    settings.TOKENS_PER_DAY_PER_USER = 30_000

    def opened(_):
        try:
            return open_question(QUESTION, asker=asker).reservation.tokens
        except QuestionRefused:
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        reserved = list(pool.map(opened, range(50)))

    assert 0 < sum(reserved) <= 30_000
    assert reserved.count(0) > 40


def test_a_program_may_have_many_answers_written_at_once(asker):
    program = Asker(asker.user, is_program=True)

    for _ in range(5):
        open_question(QUESTION, asker=program)

    assert Message.objects.filter(state="streaming").count() == 5


def test_one_person_has_a_few_answers_written_at_once(asker, settings):
    def opened(_):
        try:
            open_question(QUESTION, asker=asker)
        except QuestionRefused as refused:
            return refused.code
        else:
            return ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(opened, range(8)))

    assert outcomes.count("") == settings.ANSWERS_AT_ONCE
    assert set(outcomes) == {"", "too_many_answers"}


def test_an_unknown_conversation_is_refused(asker):
    assert refusal(QUESTION, asker, session_id=uuid.uuid4()).status == 404


def test_an_answer_whose_conversation_is_deleted_meanwhile_comes_back_from_nowhere(asker, chat_model):
    ready_text(HEATER)
    question = open_question(QUESTION, asker=asker)
    reserved = question.reservation.tokens
    Session.objects.all().delete()

    with pytest.raises(QuestionRefused) as refused:
        async_to_sync(collect)(question)

    assert (refused.value.code, refused.value.status) == ("conversation_deleted", 409)
    assert not Message.objects.exists()
    assert set(Tally.objects.values_list("count", flat=True)) != {reserved}


def test_a_rename_while_a_question_is_asked_is_kept(asker):
    session = open_question(QUESTION, asker=asker).session
    Session.objects.filter(pk=session.pk).update(title="Renamed")

    open_question("And then?", asker=asker, details=Details(session_id=session.pk))

    assert Session.objects.get().title == "Renamed"


def test_without_a_default_assistant_one_is_made_beside_whatever_is_there():
    Assistant.objects.create(name="Assistant", slug="assistant", access="groups")

    made = Assistant.objects.default()

    assert (made.is_default, made.access) == (True, "everyone")
    assert Assistant.objects.default() == made
