"""Whoever looks for what was lost or doubled finds it."""

import pytest

from chat.models import Message, Session
from knowledge.models import Chunk, Job
from tests.factories import TextSourceFactory, UserFactory, ready_text
from tests.flows.audit import faults_of_conversation, faults_of_ingestion, missing_marks

pytestmark = pytest.mark.django_db

LONG = "\n\n".join(f"Room {room} of the house has a heater that is looked after. " * 20 for room in range(5))


@pytest.fixture
def source():
    source = ready_text(LONG)
    assert faults_of_ingestion(1) == []
    return source


def asked(session, question, *states):
    """A question with answers in these states."""
    Message.objects.create(session=session, role=Message.Role.USER, content=question)
    for state in states:
        Message.objects.create(
            session=session,
            role=Message.Role.ASSISTANT,
            state=state,
            kind=Message.Kind.EXTRACT,
            error_code="interrupted",
        )


def test_a_chunk_that_is_gone_is_missed(source):
    Chunk.objects.filter(source=source, ordinal=1).delete()

    assert faults_of_ingestion(1) == ["1 revisions with a doubled or missing chunk"]


def test_what_no_passage_says_is_missed(source):
    assert missing_marks({source.pk: ["Room 3 of the house", "Room 5 of the house"]}) == [
        "Room 5 of the house"
    ]


def test_a_source_that_is_not_read_is_missed(source):
    Job.objects.create(source=TextSourceFactory())

    faults = faults_of_ingestion(2)

    assert "1 sources not ready" in faults
    assert "1 jobs not done" in faults


def test_a_source_too_many_is_seen(source):
    ready_text(LONG)

    assert "1 sources too many or too few" in faults_of_ingestion(1)


def test_a_question_that_was_cut_off_and_asked_anew_has_one_answer():
    session = Session.objects.create(user=UserFactory())
    asked(session, "How hot?", Message.State.FAILED)
    asked(session, "How hot?", Message.State.COMPLETE)

    assert faults_of_conversation(session.pk, ["How hot?"]) == []


@pytest.mark.parametrize("states", [[], [Message.State.COMPLETE, Message.State.COMPLETE]])
def test_a_question_without_an_answer_or_with_two_is_a_fault(states):
    session = Session.objects.create(user=UserFactory())
    asked(session, "How hot?", *states)

    assert len(faults_of_conversation(session.pk, ["How hot?"])) == 1


def test_a_question_that_is_not_stored_is_missed():
    session = Session.objects.create(user=UserFactory())
    asked(session, "How hot?", Message.State.COMPLETE)

    faults = faults_of_conversation(session.pk, ["How hot?", "And in summer?"])

    assert len(faults) == 2
