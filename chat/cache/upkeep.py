"""What the cache needs every minute."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from chat.cache import eviction, freshness, judging, learning, phrasings, vectors

logger = logging.getLogger(__name__)

ALONE = 7_203_004
"""Advisory lock: comparing answers may take longer than a minute."""
Step = Callable[[], object]
STEPS: tuple[Step, ...] = (
    freshness.mark_review_due,
    eviction.evict,
    eviction.forget_decisions,
    phrasings.embed_missing,
    vectors.tend,
    learning.tend,
    judging.compare_waiting,
)


def tend(steps: Iterable[Step] = STEPS) -> None:
    """Do every step, unless another worker does; one that fails does not keep the others from being done."""
    with _alone() as alone:
        if alone:
            for step in steps:
                _try(step)


def _try(step: Step) -> None:
    try:
        step()
    except Exception:
        logger.exception("the upkeep of the cache failed at %s.%s", step.__module__, step.__qualname__)


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ALONE])
        (alone,) = cursor.fetchone()
    try:
        yield bool(alone)
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ALONE])
