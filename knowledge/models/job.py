"""What a worker does: the truth about background work (see docs/decisions/0003-jobs.md)."""

import datetime
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.models.source import Source

STAGES = {"fetching": _("Fetching"), "reading": _("Reading"), "embedding": _("Embedding")}
"""What a running job is at, for people."""


class JobLostError(Exception):
    """Another worker has taken this job over: whoever holds the old claim must write nothing more."""


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def latest_of_each_source(self) -> "JobQuerySet":
        """The open one, or the one that ended last."""
        return self.order_by("source_id", "-pk").distinct("source_id")

    def claimable(self, now: datetime.datetime) -> "JobQuerySet":
        ready = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        return self.filter(ready, attempts__lt=F("max_attempts"))

    def claim(self, pk: int, worker: str = "") -> "Job | None":
        """Take a job that waits, or whose worker has died; None if there is nothing to do. `worker`: who takes it."""
        now = timezone.now()
        token = uuid.uuid4()
        claimed = (
            self.filter(pk=pk)
            .claimable(now)
            .update(
                state=Job.State.RUNNING,
                token=token,
                worker=worker,
                attempts=F("attempts") + 1,
                started_at=now,
                heartbeat=now,
                lease_until=now + datetime.timedelta(seconds=settings.JOB_LEASE),
                done=0,
                total=0,
                error="",
            )
        )
        return self.select_related("source", "source__collection").get(pk=pk) if claimed else None

    def abandoned(
        self, now: datetime.datetime, waiting_since: datetime.datetime | None = None
    ) -> "JobQuerySet":
        """Those whose worker died, and those whose message was lost before a worker began.

        `waiting_since`: when the oldest message that still waits was sent. What was sent a lease before it has been
        taken out of the queue: if its job has not begun, it waits in a worker's memory, or for nobody.
        """
        forgotten = (waiting_since or now) - datetime.timedelta(seconds=settings.JOB_LEASE)
        return self.filter(
            Q(state=Job.State.RUNNING, lease_until__lt=now)
            | Q(state=Job.State.QUEUED, queued_at__lt=forgotten)
        )

    def restart(self, source: Source) -> int:
        """Take the open job of a source away from its worker: what it reads is out of date."""
        return (
            self.open().filter(source=source).update(state=Job.State.QUEUED, token=None, attempts=0, error="")
        )

    def give_up(self, now: datetime.datetime) -> int:
        """Fail those whose worker has died at every attempt."""
        hopeless = self.filter(
            state=Job.State.RUNNING, lease_until__lt=now, attempts__gte=F("max_attempts")
        ).select_related("source")
        given_up = 0
        for job in hopeless:
            given_up += job.fail_hopeless()
        return given_up


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Purpose(models.TextChoices):
        REFRESH = "refresh", _("read it if it is new or has changed")
        REREAD = "reread", _("read it again in any case")
        REINDEX = "reindex", _("embed what was read before again")

    source = models.ForeignKey(Source, models.CASCADE, related_name="jobs", verbose_name=_("source"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.REFRESH)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts at most"), default=3)
    token = models.UUIDField(null=True, editable=False)
    worker = models.CharField(max_length=200, blank=True, editable=False)
    lease_until = models.DateTimeField(_("lease"), null=True, blank=True)
    heartbeat = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    result = models.CharField(_("result"), max_length=200, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()
    on_progress: Callable[[str, int, int], None] | None = None
    """Told too, while a person watches this process."""

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(state__in=["queued", "running"]), name="knowledge_job_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(token__isnull=False, lease_until__isnull=False),
                name="knowledge_job_running_is_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="knowledge_job_lease"),
            models.Index(fields=["finished_at"], name="knowledge_job_finished"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.source}"

    @property
    def mine(self) -> JobQuerySet:
        """This job, as long as the claim that this process holds is in force."""
        return Job.objects.filter(pk=self.pk, state=Job.State.RUNNING, token=self.token)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Say how far it is, which also renews the lease. Raises JobLostError if the claim is gone."""
        now = timezone.now()
        lease = now + datetime.timedelta(seconds=settings.JOB_LEASE)
        if not self.mine.update(stage=stage, done=done, total=total, heartbeat=now, lease_until=lease):
            raise JobLostError
        if self.on_progress:
            self.on_progress(stage, done, total)

    def succeed(self, result: str) -> None:
        """End as done, saying what came of it. Raises JobLostError if the claim is gone."""
        if not self.mine.update(state=Job.State.DONE, result=result, error="", finished_at=timezone.now()):
            raise JobLostError

    def fail(self, error: str, *, missing: bool = False) -> None:
        """End as failed, with a sentence for the curator that the source shows too; `missing`: its page is gone."""
        with transaction.atomic():
            Source.objects.filter(pk=self.source_id).locked()
            if not self.mine.update(state=Job.State.FAILED, error=error, finished_at=timezone.now()):
                raise JobLostError
            (self.source.note_missing if missing else self.source.note_failure)(error)

    def fail_hopeless(self) -> int:
        """End as failed because every worker that took it died; 1 if this call did it."""
        error = gettext(
            "The worker stopped in the middle of this %(times)s times (last stage: %(stage)s). "
            "The document may need more memory or time than a worker has. Try again, or split the document."
        ) % {"times": self.attempts, "stage": STAGES.get(self.stage, _("Start"))}
        hopeless = Job.objects.filter(pk=self.pk, state=Job.State.RUNNING, token=self.token)
        with transaction.atomic():
            Source.objects.filter(pk=self.source_id).locked()
            failed = hopeless.filter(lease_until__lt=timezone.now()).update(
                state=Job.State.FAILED, error=error, finished_at=timezone.now()
            )
            if failed:
                self.source.note_failure(error)
        return failed


class Heartbeat(models.Model):
    """When a task last came through the queue of a worker: the only proof that it works."""

    name = models.CharField(primary_key=True, max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


class Delivery(models.Model):
    """How often the queue has handed out a message; one that is handed out too often is set aside."""

    message_id = models.BigIntegerField(unique=True)
    times = models.PositiveSmallIntegerField(_("times handed out"), default=0)
    payload = models.TextField(blank=True)
    task = models.CharField(_("task"), max_length=200, blank=True)
    set_aside_at = models.DateTimeField(_("set aside"), null=True, blank=True)
    first_at = models.DateTimeField(_("first handed out"), auto_now_add=True)

    class Meta:
        verbose_name = _("set-aside message")
        verbose_name_plural = _("set-aside messages")

    def __str__(self) -> str:
        return f"{self.task or self.message_id} ×{self.times}"
