"""What is kept for a time only, and how long conversations are deleted."""

import datetime
import threading
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import removal, upkeep
from chat.models import Citation, DailyUsage, Feedback, IdempotencyKey, Message, Session
from chat.retention import forget_keys, forget_old
from tests.chat.conversations import conversation, exchange
from tests.factories import UserFactory


def aged(session, days):
    """As if it had been continued so long ago."""
    moment = timezone.now() - datetime.timedelta(days=days)
    Session.objects.filter(pk=session.pk).update(updated_at=moment)
    return session


def key_for(answer, *, hours=0):
    key = IdempotencyKey.objects.create(owner="user:1", key=f"k{answer.pk}", fingerprint="f", answer=answer)
    began = timezone.now() - datetime.timedelta(hours=hours)
    IdempotencyKey.objects.filter(pk=key.pk).update(created_at=began)
    return key


@pytest.mark.django_db
def test_what_nobody_has_continued_for_so_long_goes_with_all_that_belongs_to_it(settings):
    settings.RETENTION_DAYS = 30
    old, young = aged(conversation(), 31), aged(conversation(title="Young"), 29)
    answer = exchange(old, "How hot?", "120 °F [1].")
    Citation.objects.create(message=answer, number=1, title="Guide", text="120 °F")
    Feedback.objects.create(message=answer, rating=1)
    key_for(answer)
    aged(old, 31)

    assert forget_old() == 1

    assert list(Session.objects.all()) == [young]
    for model in (Message, Citation, Feedback, IdempotencyKey):
        assert not model.objects.exists()


@pytest.mark.django_db
def test_what_was_used_is_still_counted(settings):
    user = UserFactory()
    DailyUsage.objects.add(user, sessions=1, questions=3)
    aged(conversation(user, ("Q", "A")), 400)

    forget_old()

    assert DailyUsage.objects.get(user=user).questions == 3


@pytest.mark.django_db
def test_zero_days_keep_everything(settings):
    settings.RETENTION_DAYS = 0
    aged(conversation(), 10_000)

    assert forget_old() == 0
    assert Session.objects.count() == 1


@pytest.mark.django_db
def test_the_conversations_of_visitors_go_too(settings):
    session = Session.objects.create(visitor="11111111-1111-4111-8111-111111111111")
    aged(session, 31)

    assert forget_old() == 1


@pytest.mark.django_db
def test_one_long_conversation_goes_in_short_steps():
    session = conversation()
    Message.objects.bulk_create(Message(session=session, role="user", content="x") for _ in range(2_500))

    with CaptureQueriesContext(connection) as captured:
        assert removal.remove(Session.objects.filter(pk=session.pk)) == 1

    begun = [query for query in captured if query["sql"].startswith("SAVEPOINT")]
    assert len(begun) >= 3
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_many_conversations_take_few_queries_each():
    user = UserFactory()
    for _ in range(removal.SESSIONS_AT_ONCE):
        conversation(user, ("Q", "A"))

    with CaptureQueriesContext(connection) as captured:
        assert removal.remove(Session.objects.filter(user=user)) == removal.SESSIONS_AT_ONCE

    assert len(captured) < removal.SESSIONS_AT_ONCE


@pytest.mark.django_db
def test_deleting_stops_when_its_time_is_over():
    conversation()

    assert removal.remove(Session.objects.all(), until=time.monotonic() - 1) == 0
    assert Session.objects.count() == 1


@pytest.mark.django_db
def test_what_a_dead_process_left_is_out_of_reach_and_finished_by_the_upkeep():
    user = UserFactory()
    session = conversation(user, ("Q", "A"))
    Session.objects.filter(pk=session.pk).update(user=None, visitor=removal.NOBODY)

    reachable = Session.objects.of(user, None).exists() or Session.objects.of(AnonymousUser(), None).exists()
    upkeep.tend()

    assert not reachable
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_idempotency_keys_hold_for_a_day():
    session = conversation()
    answers = [exchange(session, "Q", "A") for _ in range(2)]
    key_for(answers[0], hours=25)
    kept = key_for(answers[1], hours=23)

    assert forget_keys() == 1

    assert list(IdempotencyKey.objects.all()) == [kept]
    assert Message.objects.count() == 4


@pytest.mark.django_db
def test_the_upkeep_forgets_keys_every_minute():
    key_for(exchange(conversation(), "Q", "A"), hours=25)

    upkeep.tend()

    assert not IdempotencyKey.objects.exists()


class Elsewhere(threading.Thread):
    """Runs something on another connection, as another process would."""

    def __init__(self, work):
        super().__init__()
        self.work, self.result = work, None
        self.start()

    def run(self):
        try:
            self.result = self.work()
        finally:
            connection.close()


def wait_for_a_lock():
    """Until some other connection waits for one that we hold."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_a_conversation_that_is_continued_at_that_moment_survives():
    session = aged(conversation(title="Old"), 31)

    with transaction.atomic():
        session.save()  # continued, but not committed yet
        exchange(session, "Still there?", "Yes.")
        cleaner = Elsewhere(forget_old)
        wait_for_a_lock()
    cleaner.join()

    assert cleaner.result == 0
    assert [kept.title for kept in Session.objects.all()] == ["Old"]
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_started_twice_at_once_each_conversation_is_deleted_once():
    sessions = [aged(conversation(None, ("Q", "A")), 31) for _ in range(30)]

    cleaners = [Elsewhere(forget_old) for _ in range(3)]
    for cleaner in cleaners:
        cleaner.join()
    forget_old()
    removal.finish()

    assert sum(cleaner.result for cleaner in cleaners) <= len(sessions)
    assert not Session.objects.exists()
    assert not Message.objects.exists()
