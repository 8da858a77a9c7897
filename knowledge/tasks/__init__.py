"""Background work.

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
from django.db.models import Max
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge.errors import GoneError, KnowledgeError
from knowledge.ingestion import ingest
from knowledge.ingestion.store import refresh_statistics
from knowledge.models import Embedder, Heartbeat, Job, Original, Source
from knowledge.models.job import JobLostError
from knowledge.tasks.queue import ensure_schedules, later, put_back, queue_backlog, send_reading

__all__ = [
    "SourceGoneError",
    "beat",
    "ensure_schedules",
    "hold",
    "is_worker_alive",
    "later",
    "put_back",
    "queue_backlog",
    "read",
    "read_now",
    "reindex_outdated",
    "request_reading",
    "run_again",
    "send",
    "tend",
    "worker_last_seen",
]

logger = logging.getLogger(__name__)

REINDEXED_AT_ONCE = 200
ORPHANS_KEPT = datetime.timedelta(days=1)
HEARTBEATS_KEPT = datetime.timedelta(days=1)
ADVISORY_LOCK = 7_203_002


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


def send(job_id: int, *, first: bool = False) -> None:
    """Hand a job to the workers as soon as the transaction is through; `first`: before those that wait."""
    Job.objects.filter(pk=job_id).update(queued_at=timezone.now())
    send_reading(job_id, first=first)


def read(job_id: int) -> None:
    """Do a job, if nobody else does."""
    job = Job.objects.claim(job_id, settings.WORKER_NAME)
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
    """A sign of life that has come through the queue of this worker."""
    Heartbeat.objects.update_or_create(name=settings.WORKER_NAME, defaults={"at": timezone.now()})


def worker_last_seen(worker: str = "") -> datetime.datetime | None:
    """The last sign of life of a worker, by its WORKER_NAME, or of any: a heartbeat, or progress of a job."""
    beats, jobs = Heartbeat.objects.all(), Job.objects.open()
    if worker:
        beats, jobs = beats.filter(name=worker), jobs.filter(worker=worker)
    moments = beats.aggregate(at=Max("at"))["at"], jobs.aggregate(at=Max("heartbeat"))["at"]
    return max((moment for moment in moments if moment), default=None)


def is_worker_alive(now: datetime.datetime, worker: str = "") -> bool:
    """Whether a worker, by its WORKER_NAME, or any has given a sign of life lately."""
    seen = worker_last_seen(worker)
    return seen is not None and now - seen < datetime.timedelta(seconds=settings.WORKER_SILENCE_SECONDS)


def tend() -> None:
    """What must be done every minute: dead jobs, due refreshes, statistics, indexes, files nobody needs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        (alone,) = cursor.fetchone()
        if not alone:
            return
        now = timezone.now()
        Job.objects.give_up(now)
        _messages, waiting_since = queue_backlog(now)
        for job in Job.objects.abandoned(now, waiting_since):
            send(job.pk, first=True)
        for source in Source.objects.due(now):
            with suppress(SourceGoneError):
                request_reading(source)
        reindex_outdated()
    refresh_statistics()
    embedder = Embedder.objects.in_force()
    if embedder.needs_index:
        embedder.make_index()
    Heartbeat.objects.filter(at__lt=now - HEARTBEATS_KEPT).delete()
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
