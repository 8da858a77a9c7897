"""Background work. The only module that knows django-q2.

A task is a message that carries an id and returns None; the Job row is the truth (docs/decisions/0003-jobs.md).
"""

import datetime
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F, Max, Min
from django.dispatch import receiver
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.brokers.orm import ORM
from django_q.models import OrmQ, Schedule
from django_q.signals import pre_enqueue, pre_execute
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from assistant_project import request_id
from knowledge.errors import GoneError, KnowledgeError
from knowledge.ingestion import ingest
from knowledge.ingestion.store import refresh_statistics
from knowledge.models import Delivery, Embedder, Heartbeat, Job, Original, Source
from knowledge.models.job import JobLostError

logger = logging.getLogger(__name__)

HANDED_OUT_AT_MOST = 3
REINDEXED_AT_ONCE = 200
ORPHANS_KEPT = datetime.timedelta(days=1)
ADVISORY_LOCK = 7_203_002
KEPT_UNTIL_DONE = {"save": False, "ack_failure": False}


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
    """

    def dequeue(self) -> list[tuple[int, str]] | None:
        handed_out: list[tuple[int, str]] | None = super().dequeue()
        if not handed_out:
            return None
        return [(pk, payload) for pk, payload in handed_out if self._may_run(pk, payload)] or None

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


def task_name(payload: str) -> str:
    try:
        return str(SignedPackage.loads(payload)["func"])
    except Exception as error:  # whatever a damaged message holds, its name is only for the admin
        return f"unreadable ({type(error).__name__})"


def put_back(delivery: Delivery) -> None:
    """Queue a message again that was set aside."""
    with transaction.atomic():
        OrmQ.objects.create(key=settings.Q_CLUSTER["name"], payload=delivery.payload, lock=timezone.now())
        delivery.delete()


class SourceGoneError(Http404):
    """Somebody has deleted the source meanwhile. A door that says nothing of its own about it answers 404."""


def hold(source: Source) -> None:
    """Lock a source until the transaction ends. Raises SourceGoneError."""
    if not Source.objects.filter(pk=source.pk).locked():
        raise SourceGoneError(_("Source %(number)s has been deleted.") % {"number": source.pk})


def request_reading(source: Source, *, user: Any = None, forced: bool = False) -> Job:
    """Have a source read. There is one open job a source: one that waits or runs already is returned.

    forced: read it again even if nothing has changed. A job that runs already starts anew, for instance because the
    file was replaced. Raises SourceGoneError.
    """
    purpose = Job.Purpose.REREAD if forced else Job.Purpose.REFRESH
    with transaction.atomic():
        hold(source)  # a job that is about to end ends before we look
        job = _open_job(source, purpose, user)
        if forced:
            Job.objects.restart(source)
            Job.objects.filter(pk=job.pk).update(purpose=purpose)
        if source.status != Source.Status.GONE:
            Source.objects.filter(pk=source.pk).update(status=Source.Status.READING)
        send(job.pk)
    return job


def _open_job(source: Source, purpose: str, user: Any) -> Job:
    requested_by = user if getattr(user, "pk", None) else None
    there = Job.objects.open().filter(source=source).first()
    return there or Job.objects.create(source=source, purpose=purpose, requested_by=requested_by)


def run_again(job: Job) -> Job:
    """Ask once more for what a job was to do."""
    return request_reading(job.source, user=job.requested_by, forced=job.purpose == Job.Purpose.REREAD)


def send(job_id: int) -> None:
    """Hand a job to the workers as soon as the transaction is through."""
    Job.objects.filter(pk=job_id).update(queued_at=timezone.now())
    transaction.on_commit(lambda: async_task("knowledge.tasks.read", job_id, save=False))


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


def read(job_id: int) -> None:
    """Do a job, if nobody else does."""
    job = Job.objects.claim(job_id)
    if job is None:
        Job.objects.give_up(timezone.now())
        return
    logger.info("job %s reads source %s", job.pk, job.source_id)
    _read(job)


def read_now(source: Source, show: Callable[[str, int, int], None]) -> Job:
    """Read a source in this process, for a person who waits at a terminal."""
    asked = request_reading(source)
    job = Job.objects.claim(asked.pk)
    if job is None:
        return _watch(asked, show)
    job.on_progress = show
    _read(job)
    job.refresh_from_db()
    return job


def _watch(job: Job, show: Callable[[str, int, int], None]) -> Job:
    """Wait for a job that a worker was quicker to claim."""
    while job.state in {Job.State.QUEUED, Job.State.RUNNING}:
        show(job.stage, job.done, job.total)
        time.sleep(0.5)
        job.refresh_from_db()
    return job


def _read(job: Job) -> None:
    try:
        ingest(job)
    except JobLostError:
        logger.warning("job %s was taken over by another worker", job.pk)
    except KnowledgeError as error:
        _end(job, str(error), missing=isinstance(error, GoneError))
    except DatabaseError:
        raise  # the lease runs out, and the job is taken up again
    except Exception as error:
        sentence = _("Something unexpected went wrong (%(reason)s). The worker's log says more.")
        _end(job, sentence % {"reason": type(error).__name__})
        raise


def _end(job: Job, error: str, *, missing: bool = False) -> None:
    try:
        job.fail(error, missing=missing)
    except JobLostError:
        logger.warning("job %s was taken over by another worker", job.pk)


def beat() -> None:
    """A sign of life that has come through the queue."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


def worker_last_seen() -> datetime.datetime | None:
    """The last sign of life of any worker: a heartbeat, or progress of a job."""
    beats = Heartbeat.objects.filter(name="worker").aggregate(at=Max("at"))["at"]
    work = Job.objects.open().aggregate(at=Max("heartbeat"))["at"]
    return max((moment for moment in (beats, work) if moment), default=None)


def tend() -> None:
    """What must be done every minute: dead jobs, due refreshes, statistics, indexes, files nobody needs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        (alone,) = cursor.fetchone()
        if not alone:
            return
        now = timezone.now()
        Job.objects.give_up(now)
        for job in Job.objects.abandoned(now):
            send(job.pk)
        for source in Source.objects.due(now):
            with suppress(SourceGoneError):
                request_reading(source)
        reindex_outdated()
    refresh_statistics()
    embedder = Embedder.objects.in_force()
    if embedder.needs_index:
        embedder.make_index()
    Original.objects.unused().filter(created_at__lt=timezone.now() - ORPHANS_KEPT).remove_with_files()


def reindex_outdated() -> int:
    """Ask for sources whose chunks were embedded with another model, or stemmed for another language, to be built anew.

    They answer all the while; a few at a time, so that new sources do not wait behind them.
    """
    embedder = Embedder.objects.in_force()
    outdated = Source.objects.outdated(embedder).exclude(jobs__in=Job.objects.open())
    room = REINDEXED_AT_ONCE - Job.objects.open().filter(purpose=Job.Purpose.REINDEX).count()
    asked = 0
    for source in outdated[: max(room, 0)]:
        with suppress(SourceGoneError), transaction.atomic():
            hold(source)
            send(_open_job(source, Job.Purpose.REINDEX, None).pk)
            asked += 1
    return asked


def ensure_schedules() -> None:
    """What the settings want to be done again and again, each under its own name, so that it exists once."""
    every_minute = {"schedule_type": Schedule.MINUTES, "minutes": 1}
    every_day = {"schedule_type": Schedule.DAILY, "minutes": None}
    for functions, when in ((settings.EVERY_MINUTE, every_minute), (settings.EVERY_DAY, every_day)):
        for name, function in functions.items():
            Schedule.objects.update_or_create(name=name, defaults={"func": function, "repeats": -1, **when})


def is_worker_alive(now: datetime.datetime) -> bool:
    """Whether a worker has given a sign of life lately."""
    seen = worker_last_seen()
    return seen is not None and now - seen < datetime.timedelta(seconds=settings.WORKER_SILENCE_SECONDS)


def queue_backlog(now: datetime.datetime) -> tuple[int, datetime.datetime | None]:
    """How many messages wait for a worker, and since when the oldest does."""
    waiting = OrmQ.objects.filter(lock__lte=now).aggregate(number=Count("pk"), since=Min("lock"))
    return waiting["number"], waiting["since"]
