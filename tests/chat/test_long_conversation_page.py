"""A long conversation on the chat page: its latest messages, a way to the earlier ones, a bounded number of queries."""

import re

import pytest
from django.test import Client

from chat.models import Assistant, Citation, Message, Session
from chat.transcripts import MESSAGES_SHOWN
from tests.chat.pages import forms
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def reader(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, session, **query):
    return client.get(session.get_absolute_url(), query).text


def long_conversation(user, exchanges):
    """Questions "Question 0001" and so on, each with its answer that cites a passage."""
    session = Session.objects.create(user=user)
    for n in range(exchanges):
        Message(session=session, role="user", content=f"Question {n:04}").save()
        answer = Message.objects.create(session=session, role="assistant", kind="generated", content="[1]")
        Citation.objects.create(message=answer, number=1, title=f"T{n}", text=HEATER)
    return session


def questions(markup):
    return [int(number) for number in re.findall(r'class="question-text" dir="auto">Question (\d+)', markup)]


def earlier(markup):
    return re.findall(r'href="[^"]*\?before=(\d+)"', markup)


def test_of_a_long_conversation_the_latest_messages_are_shown_and_a_link_to_the_earlier_ones(reader, user):
    session = long_conversation(user, 50)

    latest = page(reader, session)
    middle = page(reader, session, before=earlier(latest)[0])
    first = page(reader, session, before=earlier(middle)[0])

    assert questions(latest) == [*range(30, 50)]
    assert questions(middle) == [*range(10, 30)]
    assert questions(first) == [*range(10)]
    assert earlier(first) == []
    assert "To the latest messages" not in latest
    assert "To the latest messages" in middle


def test_a_conversation_that_fits_has_no_link_to_earlier_messages(reader, user):
    shown = page(reader, long_conversation(user, MESSAGES_SHOWN // 2))

    assert len(questions(shown)) == MESSAGES_SHOWN // 2
    assert earlier(shown) == []


def test_the_first_answer_on_the_page_knows_its_question_even_if_that_is_not_shown(reader, user):
    session = long_conversation(user, 30)
    session.messages.filter(role="user").last().delete()  # now the page begins with an answer

    shown = page(reader, session)

    assert questions(shown)[0] == 10
    assert forms(shown, "Ask afresh")[0]["message"] == "Question 0009"


@pytest.mark.parametrize("before", ["rubbish", "-1", "9" * 30, ""])
def test_an_earlier_page_that_nobody_was_given_is_the_latest_one(reader, user, before):
    shown = page(reader, long_conversation(user, 2), before=before)

    assert questions(shown) == [0, 1]


@pytest.mark.parametrize("exchanges", [3, 60])
def test_a_conversation_of_any_length_takes_the_same_number_of_queries(
    reader, user, exchanges, django_assert_max_num_queries
):
    session = long_conversation(user, exchanges)
    Assistant.objects.default()

    with django_assert_max_num_queries(11):
        page(reader, session)
