"""What one process does at once is bounded, whichever door it came through."""

import threading

import pytest

from chat.answering import QuestionRefused, answer, in_database, open_question, places
from chat.answering.places import Places
from chat.models import Session
from chat.visitors import Asker
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How hot should the water heater be set?"


@pytest.fixture
def asker(transactional_db):
    return Asker(UserFactory())


async def test_an_answer_takes_a_place_until_it_is_written(asker):
    question, before = await in_database(open_question, QUESTION, asker=asker), places.taken

    during = [places.taken async for _ in answer(question)]

    assert set(during) == {before + 1}
    assert places.taken == before


def test_no_question_is_taken_while_there_is_no_place_left(asker, no_place_left):
    with pytest.raises(QuestionRefused) as refused:
        open_question(QUESTION, asker=asker)

    assert (refused.value.code, refused.value.status, refused.value.wait) == ("busy", 503, 5)
    assert not Session.objects.exists()


def test_places_are_counted_right_by_many_threads_at_once():
    places = Places(most=1)

    def come_and_go():
        for _ in range(2_000):
            places.take()
            places.leave()

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert places.taken == 0
