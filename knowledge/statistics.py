"""How sources and workers stand: each in one statement, however many there are."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from knowledge import tasks
from knowledge.models import Delivery, Job, Source

LATELY = datetime.timedelta(days=1)
NEEDS_A_HAND = (Source.Status.FAILED, Source.Status.GONE)


def needs_a_hand(sources: QuerySet[Source]) -> QuerySet[Source]:
    """Enabled sources that could not be read."""
    return sources.filter(status__in=NEEDS_A_HAND, enabled=True)


def counts(sources: QuerySet[Source]) -> dict[str, int]:
    """How many are in each status, and how many wait for something; "all" of them."""
    now = timezone.now()
    by_status = {status.value: Count("pk", filter=Q(status=status)) for status in Source.Status}
    due = Q(kind=Source.Kind.URL, enabled=True, next_refresh_at__lte=now)
    return sources.order_by().aggregate(
        **by_status,
        all=Count("pk"),
        disabled=Count("pk", filter=Q(enabled=False)),
        due=Count("pk", filter=due),
        review=Count("pk", filter=Q(enabled=True, review_by__lt=timezone.localdate())),
    )


@dataclass(frozen=True)
class Work:
    """What the workers do and have done lately."""

    last_seen: datetime.datetime | None
    is_alive: bool
    waiting: int
    waiting_since: datetime.datetime | None
    running: int
    failed: int
    """Within LATELY."""
    done: int
    """Within LATELY."""
    set_aside: int


def work(jobs: QuerySet[Job]) -> Work:
    """Of these jobs; whether anything works at all is the same for all."""
    now = timezone.now()
    state = Job.State
    ended = Q(finished_at__gte=now - LATELY)
    counted = jobs.aggregate(
        waiting=Count("pk", filter=Q(state=state.QUEUED)),
        waiting_since=Min("queued_at", filter=Q(state=state.QUEUED)),
        running=Count("pk", filter=Q(state=state.RUNNING)),
        failed=Count("pk", filter=Q(state=state.FAILED) & ended),
        done=Count("pk", filter=Q(state=state.DONE) & ended),
    )
    return Work(
        last_seen=tasks.worker_last_seen(),
        is_alive=tasks.is_worker_alive(now),
        set_aside=Delivery.objects.filter(set_aside_at__isnull=False).count(),
        **counted,
    )
