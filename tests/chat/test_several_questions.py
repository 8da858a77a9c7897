"""Messages that ask several things at once, through the whole way that a question takes."""

import pytest
from asgiref.sync import async_to_sync

from chat.answering import collect, open_question
from chat.models import CachedAnswer, Message
from chat.visitors import Asker
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
PARKING = "Visitors park their cars behind the library, and bicycles stand in the yard."
BOTH = "How hot should the water heater be, and where do visitors park their cars?"


@pytest.fixture
def sources():
    return [ready_text(HEATER), ready_text(PARKING)]


def ask(content):
    return async_to_sync(collect)(open_question(content, asker=Asker(UserFactory())))


def test_each_of_two_questions_gets_its_quotation(sources):
    message = ask(BOTH)

    assert "120 degrees" in message["content"]
    assert "behind the library" in message["content"]
    assert {citation["source_id"] for citation in message["citations"]} == {source.pk for source in sources}


def test_what_has_no_answer_is_named(sources):
    message = ask("How hot should the water heater be? And which dragons guard the golden castle?")

    assert "120 degrees" in message["content"]
    assert "The sources do not answer: “which dragons guard the golden castle?”" in message["content"]
    assert message["kind"] == "extract"


def test_if_none_has_an_answer_the_sources_do_not_answer(sources):
    message = ask("Which dragons guard the golden castle? And how do wizards brew their potions?")

    assert message["kind"] == "abstained"


def test_a_model_gets_the_passages_of_both_and_the_message_as_it_was_written(sources, model_server, settings):
    settings.CHAT_MODEL = "test-model"
    settings.OPENAI_BASE_URL = model_server.url
    model_server.behave(answer="At 120 degrees [1]. Behind the library [2].")

    ask(BOTH)

    told = model_server.bodies("/v1/chat/completions")[0]["messages"][-1]["content"]
    assert HEATER in told
    assert PARKING in told
    assert BOTH in told


def test_such_an_answer_is_not_kept_for_others(sources):
    ask(BOTH)
    assert not CachedAnswer.objects.exists()

    again = ask(BOTH)

    assert again["kind"] == "extract"


def test_the_answer_to_one_of_them_that_is_kept_does_not_answer_both(sources, settings):
    settings.CACHE_AUDIT_SHARE = 0
    ask("How hot should the water heater be?")
    assert CachedAnswer.objects.exists()

    message = ask(BOTH)

    assert "behind the library" in message["content"]
    assert Message.objects.filter(kind="cached").count() == 0
