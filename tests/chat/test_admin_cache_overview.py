"""What the admin's front page tells curators about the cache."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.cache import learning, ratings, verified
from chat.models import CachedAnswer, CacheGate
from knowledge.models import Embedder
from tests.chat.cache.curated import written
from tests.chat.cache_admin import ANSWERS, TRUST, a_curator, at, listed, signed_in
from tests.chat.conversations import conversation, exchange
from tests.factories import CollectionFactory, UserFactory, ready_text

FRONT = reverse("admin:index")
REVIEW = "verified answers to review"
CLOSED = "Similar questions are answered afresh, unless a curator has verified the answer"
YESTERDAY = datetime.timedelta(days=-1)


@pytest.fixture
def curator(db):
    return a_curator()


@pytest.fixture
def client(curator):
    return signed_in(curator)


def approved(curator, question, source=None, **fields):
    answer = verified.approve(written(question, source=source), curator)
    CachedAnswer.objects.filter(pk=answer.pk).update(**fields)
    return answer


def reject(answer):
    ratings.rated(exchange(conversation(), "How?", answer.content, cached_answer=answer), -1)


def test_reviews_that_are_due_and_rejected_answers_are_counted_and_listed(client, curator):
    past = approved(curator, "A?", review_by=timezone.localdate() + YESTERDAY)
    changed = approved(curator, "B?", state="review_due", state_detail="“Guide” has changed.")
    rejected = approved(curator, "C?")
    reject(rejected)
    approved(curator, "D?")
    reject(written("E?"))

    page = client.get(FRONT).content.decode()

    assert f"3 {REVIEW}" in page
    assert f"{ANSWERS}?review=waiting" in page
    assert listed(client, review="waiting") == {past, changed, rejected}
    assert listed(client, review="due") == {past, changed}
    assert listed(client, review="rejected") == {rejected}


@pytest.mark.parametrize("state", ["live", "withdrawn"])
def test_what_is_not_given_needs_no_review(client, curator, state):
    past = timezone.localdate() + YESTERDAY
    answer = approved(curator, "A?", review_by=past, state=state, state_detail="Why.")

    assert listed(client, review="waiting") == ({answer} if state == "live" else set())


def test_what_a_curator_may_not_read_is_not_counted(client, curator):
    secret = ready_text("The code is 42.", collection=CollectionFactory(access="groups"))
    reject(approved(curator, "Code?", source=secret))

    assert REVIEW not in client.get(FRONT).content.decode()


def test_a_rejected_answer_is_marked_until_it_is_approved_again(client, curator):
    answer = approved(curator, "A?")
    reject(answer)
    before = client.get(at(answer)).content.decode()

    verified.approve(answer, curator)

    mark = ">rejected by a reader</span>"
    assert mark in before
    assert mark not in client.get(at(answer)).content.decode()


def test_a_closed_gate_is_told(client):
    gate = learning.gate_row()
    before = client.get(FRONT).content.decode()

    type(gate).objects.update(state="closed")

    after = client.get(FRONT).content.decode()
    assert CLOSED not in before
    assert CLOSED in after
    assert TRUST in after


def test_the_gate_of_another_embedder_is_of_no_interest(client):
    other = Embedder.objects.create(provider="other", model="other", dimensions=3)
    CacheGate.objects.create(embedder=other, state="closed")

    assert CLOSED not in client.get(FRONT).content.decode()


def test_who_may_not_see_the_cache_is_told_nothing(curator):
    reject(approved(curator, "A?"))
    learning.gate_row()
    CacheGate.objects.update(state="closed")

    page = signed_in(UserFactory(is_staff=True)).get(FRONT).content.decode()

    assert "to review" not in page
    assert CLOSED not in page


def test_the_front_page_takes_as_many_queries_for_many_reviews_as_for_one(client, curator):
    source = ready_text(title="Guide")
    counts = []
    for questions in (("A?",), ("B?", "C?", "D?")):
        for question in questions:
            reject(approved(curator, question, source))
        client.get(FRONT)
        with CaptureQueriesContext(connection) as captured:
            client.get(FRONT)
        counts.append(len(captured))

    assert counts[0] == counts[1]
