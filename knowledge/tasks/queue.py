"""The only module that knows django-q2: the messages, who takes them, and what happens again and again."""

import datetime
import logging
import time
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min
from django.dispatch import receiver
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ, Schedule
from django_q.signals import pre_enqueue, pre_execute
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from assistant_project import request_id
from knowledge.models import Delivery

logger = logging.getLogger(__name__)

HANDED_OUT_AT_MOST = 3
BEAT_SECONDS = 30
KEPT_UNTIL_DONE = {"save": False, "ack_failure": False}
CLUSTER: Any = settings.Q_CLUSTER
QUEUE: str = CLUSTER["name"]
READINGS = f"{QUEUE} readings"
"""The queue of sources to be read. A worker takes what waits in the other one first: its name sorts before."""


@receiver(pre_enqueue)
def hand_on_request_id(sender: Any, task: dict[str, Any], **signal: Any) -> None:
    task["request_id"] = request_id.current.get()


@receiver(pre_execute)
def take_up_request_id(sender: Any, task: dict[str, Any], **signal: Any) -> None:
    """What a worker logs while it does the task, it logs for the request that asked for it."""
    request_id.current.set(task.get("request_id", ""))


class CountingBroker(ORM):
    """The database broker, which counts hand-outs before the work begins.

    django-q2 hands a message out again for as long as no result is saved: one that kills its worker would come back
    for ever. After three times it is set aside, where the admin shows it and can put it back.

    Readings come last: mails and what must be done every minute do not wait until a thousand sources are read. A
    heartbeat comes in between, through the pipes of this worker alone, so that no other can beat for it.
    """

    beat_due = 0.0

    def dequeue(self) -> list[tuple[int, str]] | None:
        if time.monotonic() >= self.beat_due:
            self.beat_due = time.monotonic() + BEAT_SECONDS
            return [(0, heartbeat())]
        message = self._take_next()
        if message is None:
            time.sleep(CLUSTER["poll"])
            return None
        return [(message.pk, message.payload)] if self._may_run(message.pk, message.payload) else None

    def _take_next(self) -> OrmQ | None:
        waiting = self.get_connection().filter(key__in=[self.list_key, READINGS], lock__lt=timezone.now())
        with transaction.atomic():
            message: OrmQ | None = waiting.order_by("key", "pk").select_for_update(skip_locked=True).first()
            if message:
                OrmQ.objects.filter(pk=message.pk).update(lock=self.timeout(message))
        return message

    def _may_run(self, pk: int, payload: str) -> bool:
        delivery, _ = Delivery.objects.get_or_create(message_id=pk)
        if delivery.times >= HANDED_OUT_AT_MOST:
            delivery.payload, delivery.task, delivery.set_aside_at = (
                payload,
                task_name(payload),
                timezone.now(),
            )
            delivery.save()
            OrmQ.objects.filter(pk=pk).delete()
            logger.error("message %s was handed out %s times and is set aside", pk, delivery.times)
            return False
        Delivery.objects.filter(pk=delivery.pk).update(times=F("times") + 1)
        return True

    def delete(self, task_id: int) -> None:
        super().delete(task_id)
        Delivery.objects.filter(message_id=task_id, set_aside_at__isnull=True).delete()


def heartbeat() -> str:
    """A message that is in no queue: nothing is acknowledged, nothing comes again."""
    task = {
        "id": uuid.uuid4().hex,
        "name": "heartbeat",
        "func": "knowledge.tasks.beat",
        "args": (),
        "kwargs": {},
    }
    return str(SignedPackage.dumps(task | {"started": timezone.now(), "save": False}))


def task_name(payload: str) -> str:
    try:
        return str(SignedPackage.loads(payload)["func"])
    except Exception as error:  # whatever a damaged message holds, its name is only for the admin
        return f"unreadable ({type(error).__name__})"


def put_back(delivery: Delivery) -> None:
    """Queue a message again that was set aside."""
    with transaction.atomic():
        OrmQ.objects.create(key=QUEUE, payload=delivery.payload, lock=timezone.now())
        delivery.delete()


def later(function: str, *arguments: Any, after: datetime.timedelta | None = None) -> None:
    """Have a worker call a function, named by its dotted path, when the transaction is through, or some time after.

    The arguments are JSON primitives. A call that fails stays in the queue: it is repeated when its lease is over,
    and set aside after three times. A function that wants to be called again sooner asks for that itself.
    """
    if after is not None:
        due = timezone.now() + after
        options = repr({"q_options": KEPT_UNTIL_DONE})
        Schedule.objects.create(
            func=function, args=repr(arguments), kwargs=options, schedule_type=Schedule.ONCE, next_run=due
        )
        return
    transaction.on_commit(lambda: async_task(function, *arguments, **KEPT_UNTIL_DONE))


def send_reading(job_id: int, *, first: bool) -> None:
    """Hand a job to the workers, when the transaction is through; `first`: before those that wait."""
    queue = QUEUE if first else READINGS
    transaction.on_commit(lambda: async_task("knowledge.tasks.read", job_id, save=False, cluster=queue))


def ensure_schedules() -> None:
    """What the settings want to be done again and again, each under its own name, so that it exists once."""
    every_minute = {"schedule_type": Schedule.MINUTES, "minutes": 1}
    every_day = {"schedule_type": Schedule.DAILY, "minutes": None}
    for functions, when in ((settings.EVERY_MINUTE, every_minute), (settings.EVERY_DAY, every_day)):
        for name, function in functions.items():
            Schedule.objects.update_or_create(name=name, defaults={"func": function, "repeats": -1, **when})


def queue_backlog(now: datetime.datetime) -> tuple[int, datetime.datetime | None]:
    """How many messages wait for a worker, and since when the oldest does."""
    waiting = OrmQ.objects.filter(lock__lte=now).aggregate(number=Count("pk"), since=Min("lock"))
    return waiting["number"], waiting["since"]
