"""What a killed worker and a restarted database leave behind: nothing lost, nothing double."""

import pytest
from django.utils import timezone

from knowledge import tasks
from knowledge.models import Chunk, Job, Source
from tests.factories import TextSourceFactory
from tests.flows.worker import Worker, eventually

pytestmark = pytest.mark.django_db(transaction=True)

SLOW = {"EMBEDDINGS_CLASS": "tests.embedders.SlowEmbeddings", "JOB_LEASE": "5"}
LONG = "\n\n".join(f"Boiler number {n} heats room number {n} of the house. " * 20 for n in range(1200))


def in_the_middle(job, attempt):
    """Whether an attempt has begun, and chunks are written."""
    begun = Job.objects.filter(
        pk=job.pk, state=Job.State.RUNNING, attempts=attempt, stage="embedding", done__gt=0
    )
    return begun.exists() and job.source.chunks.exists()


def send_again_when_the_lease_is_over(job):
    eventually(lambda: Job.objects.filter(pk=job.pk, lease_until__lt=timezone.now()).exists())
    tasks.tend()


def test_a_worker_that_is_killed_in_every_attempt_fails_the_job_and_harms_nothing_else():
    source = TextSourceFactory(text=LONG)
    job = tasks.request_reading(source)

    for attempt in (1, 2, 3):
        with Worker(**SLOW) as worker:
            eventually(lambda: in_the_middle(job, attempt))  # noqa: B023
            worker.kill()
        send_again_when_the_lease_is_over(job)

    with Worker(**SLOW):
        eventually(lambda: Job.objects.get(pk=job.pk).state == Job.State.FAILED)
        later = tasks.request_reading(TextSourceFactory())
        eventually(lambda: Job.objects.get(pk=later.pk).state == Job.State.DONE)

    job.refresh_from_db()
    source.refresh_from_db()
    assert job.attempts == 3
    assert "3 times" in job.error
    assert source.status == Source.Status.FAILED
    assert not source.chunks.live().exists()


def test_a_job_whose_worker_was_killed_is_finished_by_the_next_without_a_duplicate():
    source = TextSourceFactory(text=LONG)
    job = tasks.request_reading(source)
    with Worker(**SLOW) as worker:
        eventually(lambda: in_the_middle(job, 1))
        worker.kill()
    embedded = source.chunks.count()
    send_again_when_the_lease_is_over(job)

    with Worker(**SLOW):
        eventually(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE)

    ordinals = list(Chunk.objects.live().order_by("ordinal").values_list("ordinal", flat=True))
    assert embedded > 0
    assert ordinals == list(range(len(ordinals)))
    assert Job.objects.get(pk=job.pk).attempts == 2
