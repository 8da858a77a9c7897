"""What is of no use goes first, then what is of the least; what curators stand by never goes."""

import datetime
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chat.cache import eviction
from chat.models import CachedAnswer, CacheDecision, Message, Session
from knowledge.models import Embedder
from tests.chat.cache.entries import decision, entry, verified_entry

pytestmark = pytest.mark.django_db

State = CachedAnswer.State


def ago(**time):
    return timezone.now() - datetime.timedelta(**time)


def left():
    return set(CachedAnswer.objects.all())


@pytest.mark.parametrize(
    ("useful", "useless"),
    [
        ({"hits": 3}, {"hits": 2}),
        ({"hits": 3}, {"hits": 3, "made_at": ago(days=3)}),
        ({"milliseconds": 9_000}, {"milliseconds": 900}),
        ({"completion_tokens": 500}, {"prompt_tokens": 400}),
        ({"hits": 20, "made_at": ago(days=6)}, {}),
        ({}, {"state": State.STALE, "hits": 99}),
        ({}, {"state": State.WITHDRAWN, "hits": 99}),
        ({}, {"expires_at": ago(hours=1), "hits": 99}),
    ],
    ids=[
        *("hits", "hits in less time", "time saved", "tokens saved", "long in use", "stale", "withdrawn"),
        "expired",
    ],
)
def test_the_least_useful_entry_goes_first(settings, useful, useless):
    settings.CACHE_ENTRIES = 1
    usual = {"milliseconds": 1_000}
    goes = entry(**usual | useless)
    stays = entry(**usual | useful)

    eviction.evict()

    assert left() == {stays}
    assert goes not in left()


def test_of_equals_the_older_one_goes(settings):
    settings.CACHE_ENTRIES = 1
    made_at = timezone.now()
    entry(made_at=made_at)
    newer = entry(made_at=made_at)

    eviction.evict()

    assert left() == {newer}


def test_as_many_as_there_may_be_stay(settings):
    settings.CACHE_ENTRIES = 2
    there = {entry(), entry()}

    eviction.evict()

    assert left() == there


def test_verified_entries_stay_and_take_nobodys_place(settings):
    settings.CACHE_ENTRIES = 1
    stays = {verified_entry(), verified_entry(state=State.WITHDRAWN, expires_at=ago(days=9)), entry()}

    eviction.evict()

    assert left() == stays


def test_what_ended_is_kept_for_a_day_only():
    entry(expires_at=ago(days=1, minutes=1))
    recent = entry(expires_at=ago(hours=23))

    eviction.evict()

    assert left() == {recent}


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_given_to_a_reader_at_this_moment_is_left_alone(settings):
    settings.CACHE_ENTRIES = 1
    given, other = entry(hits=0), entry(hits=9)
    with transaction.atomic():
        CachedAnswer.objects.count_hit(given.pk)
        other_process = threading.Thread(target=evict_and_leave)
        other_process.start()
        other_process.join()

    assert left() == {given, other}


def evict_and_leave():
    eviction.evict()
    connection.close()


def message():
    session = Session.objects.create(visitor=uuid.uuid4())
    return Message.objects.create(
        session=session, role=Message.Role.ASSISTANT, kind=Message.Kind.GENERATED, content="120 °F"
    )


def decided(created_at=None, **fields):
    made = decision(None, **{"message": message(), **fields})
    CacheDecision.objects.filter(pk=made.pk).update(created_at=created_at or timezone.now())
    return made


def texts(made):
    made.refresh_from_db()
    return made.question, made.phrasing, made.cached_content


LABELLED = {"label": "same", "labelled_by": "curator", "waits": False}
NOTHING = ("", "", "")


def test_texts_are_forgotten_with_conversations_of_their_age_and_the_label_stays(settings):
    settings.RETENTION_DAYS = 30
    old, new = decided(ago(days=31), **LABELLED), decided(ago(days=29), **LABELLED)

    eviction.forget_decisions()

    assert texts(old) == NOTHING
    assert old.label == "same"
    assert all(texts(new))


def test_without_a_retention_texts_stay(settings):
    settings.RETENTION_DAYS = 0
    old = decided(ago(days=3_000), **LABELLED)

    eviction.forget_decisions()

    assert all(texts(old))


def test_texts_go_with_the_message_that_they_belong_to(settings):
    settings.RETENTION_DAYS = 0
    made = decided(ago(hours=2))
    made.message.session.delete()

    eviction.forget_decisions()

    assert texts(made) == NOTHING
    assert not made.waits


def test_a_decision_whose_message_is_yet_to_come_keeps_its_texts():
    made = decided(message=None)

    eviction.forget_decisions()

    assert all(texts(made))


@pytest.mark.parametrize(("retention", "days"), [(30, 30), (0, 365)], ids=["retention", "a year without"])
def test_decisions_without_a_label_go_after_a_time(settings, retention, days):
    settings.RETENTION_DAYS = retention
    decided(ago(days=days + 1), waits=False)
    kept = {decided(ago(days=days - 1), waits=False), decided(ago(days=days + 1), **LABELLED)}

    eviction.forget_decisions()

    assert set(CacheDecision.objects.all()) == kept


def test_a_decision_that_waits_too_long_waits_no_more(settings):
    settings.RETENTION_DAYS = 30
    decided(ago(days=31), waits=True)

    eviction.forget_decisions()

    assert not CacheDecision.objects.exists()


def test_the_newest_labelled_decisions_of_each_embedder_stay():
    other = Embedder.objects.create(provider="other", model="short", dimensions=3)
    first, second, third = (decided(**LABELLED) for _ in range(3))
    of_other = decided(**LABELLED)
    CacheDecision.objects.filter(pk=of_other.pk).update(embedder=other)

    eviction.forget_decisions(labelled_kept=2)

    assert set(CacheDecision.objects.all()) == {second, third, of_other}
    assert first not in CacheDecision.objects.all()
