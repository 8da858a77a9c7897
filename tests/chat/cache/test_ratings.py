"""What ratings do to the cache, over REST as readers give them."""

import pytest

from chat.models import CachedAnswer, CacheDecision, CachedQuestion
from tests.chat.cache.entries import asking, decision, entry, looking_alike, verified_entry
from tests.chat.conversations import client_of, conversation, exchange
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

HOT, WARM = "How hot should it be?", "How warm should it be?"
LIVE, WITHDRAWN = CachedAnswer.State.LIVE, CachedAnswer.State.WITHDRAWN


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def rate(reader):
    client = client_of(reader)

    def rate(message, rating):
        address = f"/api/v1/messages/{message.pk}/feedback/"
        response = client.delete(address) if rating is None else client.put(address, {"rating": rating})
        assert response.status_code in {200, 204}

    return rate


def given(reader, answer, kind, content=None):
    """An answer that this reader was given, from an entry or become one."""
    return exchange(conversation(reader), WARM, content or answer.content, kind=kind, cached_answer=answer)


@pytest.mark.parametrize("kind", ["generated", "extract", "cached"])
def test_an_answer_that_did_not_help_is_not_given_again(reader, rate, kind):
    answer = entry(HOT)

    rate(given(reader, answer, kind), -1)

    answer.refresh_from_db()
    assert (answer.state, answer.state_detail) == (WITHDRAWN, "A reader found that it did not help.")


@pytest.mark.parametrize("rating", [1, None])
def test_other_ratings_change_nothing(reader, rate, rating):
    answer = entry(HOT)

    rate(given(reader, answer, "cached"), rating)

    answer.refresh_from_db()
    assert (answer.state, asking(answer)) == (LIVE, {HOT})


@pytest.mark.parametrize("rating", [1, None])
def test_taking_a_rating_back_brings_nothing_back(reader, rate, rating):
    answer = entry(HOT)
    message = given(reader, answer, "cached")
    decision(answer, WARM, message=message, outcome="served")
    rate(message, -1)

    rate(message, rating)

    answer.refresh_from_db()
    assert (answer.state, looking_alike(answer)) == (WITHDRAWN, {WARM})
    assert CacheDecision.objects.get().label == "different"


def test_the_decision_that_gave_it_was_wrong_says_the_reader(reader, rate):
    answer = entry(HOT)
    message = given(reader, answer, "cached")
    made = decision(answer, WARM, message=message, outcome="served")

    rate(message, -1)

    made.refresh_from_db()
    assert (made.label, made.labelled_by) == ("different", "reader")
    assert looking_alike(answer) == {WARM}
    assert answer.questions.get(text=WARM).origin == CachedQuestion.Origin.READER


def test_a_verified_answer_stays_but_the_curators_are_told(reader, rate):
    answer = verified_entry(HOT)
    message = given(reader, answer, "verified")
    made = decision(answer, WARM, message=message, outcome="served")

    rate(message, -1)

    answer.refresh_from_db()
    made.refresh_from_db()
    assert (answer.state, answer.state_detail) == (LIVE, "A reader found that it did not help.")
    assert (made.label, looking_alike(answer)) == ("different", {WARM})


def test_what_was_written_since_is_not_what_was_rated(reader, rate):
    answer = entry(HOT, content="Newer [1].")

    rate(given(reader, answer, "generated", content="Older [1]."), -1)

    answer.refresh_from_db()
    assert answer.state == LIVE


def test_a_decision_that_waits_for_its_comparison_is_left_to_it(reader, rate):
    candidate, own = entry(HOT), entry(WARM)
    message = given(reader, own, "generated")
    made = decision(candidate, WARM, message=message)

    rate(message, -1)

    made.refresh_from_db()
    assert (made.label, made.waits) == ("", True)
    assert CachedAnswer.objects.get(pk=candidate.pk).state == LIVE


def test_the_label_of_a_curator_outlives_a_rating(reader, rate):
    answer = entry(HOT)
    message = given(reader, answer, "cached")
    made = decision(answer, WARM, message=message, outcome="served", label="same", labelled_by="curator")

    rate(message, -1)

    made.refresh_from_db()
    assert (made.label, made.labelled_by) == ("same", "curator")


def test_an_answer_that_the_cache_has_nothing_to_do_with_is_rated_as_ever(reader, rate):
    answer = entry(HOT)

    rate(exchange(conversation(reader), HOT, "Hot."), -1)

    answer.refresh_from_db()
    assert answer.state == LIVE
