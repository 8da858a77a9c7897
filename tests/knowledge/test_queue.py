"""The queue: what is handed out to whom, in which order, and how often."""

import ast
import datetime
import inspect
import json

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage

from knowledge import tasks
from knowledge.models import Delivery
from knowledge.tasks.queue import BEAT_SECONDS, CountingBroker, task_name
from tests.factories import TextSourceFactory

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.timedelta(days=1)


@pytest.fixture
def broker():
    """One that has just beaten."""
    broker = CountingBroker(list_key="assistant")
    broker.dequeue()
    return broker


def test_a_worker_beats_first_of_all_and_then_in_between(broker):
    broker.beat_due -= BEAT_SECONDS
    broker.enqueue(SignedPackage.dumps({"func": "knowledge.tasks.tend"}))

    ((beat, payload),) = broker.dequeue()
    ((message, _),) = broker.dequeue()

    assert task_name(payload) == "knowledge.tasks.beat"
    assert not beat
    assert OrmQ.objects.get().pk == message
    assert Delivery.objects.get().message_id == message


def test_a_mail_does_not_wait_until_all_sources_are_read(broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.request_reading(TextSourceFactory())
        tasks.later("knowledge.tasks.beat")

    handed_out = [payload for _ in range(2) for _, payload in broker.dequeue()]

    assert [task_name(payload) for payload in handed_out] == ["knowledge.tasks.beat", "knowledge.tasks.read"]


def test_an_empty_queue_hands_out_nothing(broker):
    assert broker.dequeue() is None


def test_a_message_that_was_handed_out_three_times_is_set_aside_and_can_be_put_back(broker):
    payload = SignedPackage.dumps({"func": "knowledge.tasks.beat"})
    broker.enqueue(payload)
    handed_out = []
    for _ in range(5):
        handed_out += broker.dequeue() or []
        OrmQ.objects.update(lock=timezone.now() - LONG_AGO)

    aside = Delivery.objects.get()
    assert len(handed_out) == 3
    assert (aside.task, aside.payload) == ("knowledge.tasks.beat", payload)
    assert not OrmQ.objects.exists()

    tasks.put_back(aside)
    assert OrmQ.objects.get().payload == payload
    assert not Delivery.objects.exists()


def test_a_message_that_was_done_leaves_no_count_behind(broker):
    broker.enqueue(SignedPackage.dumps({"func": "knowledge.tasks.beat"}))
    ((message, _),) = broker.dequeue()

    broker.acknowledge(message)

    assert not Delivery.objects.exists()


def test_a_damaged_message_can_be_set_aside_too():
    assert task_name("rubbish").startswith("unreadable")


def test_the_schedules_exist_once(settings):
    tasks.ensure_schedules()
    tasks.ensure_schedules()

    schedules = dict(Schedule.objects.values_list("name", "schedule_type"))
    assert schedules == {
        **dict.fromkeys(settings.EVERY_MINUTE, Schedule.MINUTES),
        **dict.fromkeys(settings.EVERY_DAY, Schedule.DAILY),
    }
    assert Schedule.objects.count() == len(schedules)


def test_a_call_for_later_is_queued_when_the_transaction_is_through(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.later("knowledge.tasks.beat", 1, "two")
        assert not OrmQ.objects.exists()

    message = SignedPackage.loads(OrmQ.objects.get().payload)
    assert (message["func"], message["args"]) == ("knowledge.tasks.beat", (1, "two"))
    assert message["ack_failure"] is False


def test_a_call_for_some_time_later_waits_in_the_schedule():
    tasks.later("knowledge.tasks.beat", 1, after=datetime.timedelta(hours=1))

    schedule = Schedule.objects.get(func="knowledge.tasks.beat", schedule_type=Schedule.ONCE)
    assert ast.literal_eval(schedule.args) == (1,)
    assert schedule.next_run > timezone.now() + datetime.timedelta(minutes=59)


def test_no_task_is_a_coroutine_function_and_every_schedule_names_one():
    tasks.ensure_schedules()
    for schedule in Schedule.objects.all():
        function = import_string(schedule.func)
        assert not inspect.iscoroutinefunction(function)
        assert schedule.args in (None, "")


def test_every_message_carries_json_primitives_only(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.request_reading(TextSourceFactory())

    message = SignedPackage.loads(OrmQ.objects.get().payload)
    assert json.loads(json.dumps(message["args"])) == list(message["args"])
    assert not inspect.iscoroutinefunction(tasks.read)
