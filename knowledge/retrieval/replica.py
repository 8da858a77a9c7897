"""Where a search runs: on the read replica if it knows all that the primary knows, otherwise on the primary.

A replica lags. What a curator has taken away must not be found meanwhile, and an answer from old material must not be
kept as one from new: so the version of the corpus is compared first. It rises whenever chunks begin or cease to answer.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, router

from knowledge.models import Chunk, Corpus

logger = logging.getLogger(__name__)

REST_SECONDS = 30.0
"""How long a replica that failed is left alone: to wait for it costs every reader time."""

Found = TypeVar("Found")


class Replica:
    """The replica that the router names, with a memory of its last failure in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rests_until = 0.0

    def search(self, search: Callable[[str], Found]) -> Found:
        """What `search` finds when it is given the name of the right database."""
        alias = router.db_for_read(Chunk, retrieval=True)
        if alias != DEFAULT_DB_ALIAS and self._clock() >= self._rests_until:
            try:
                if is_current(alias):
                    return search(alias)
            except OperationalError as error:
                self._rests_until = self._clock() + REST_SECONDS
                logger.warning("the replica does not answer (%s), the primary does", type(error).__name__)
        return search(DEFAULT_DB_ALIAS)


def is_current(alias: str) -> bool:
    """The primary is asked first: what changes in between, the replica may know already."""
    primary, replica = (
        Corpus.objects.using(name).values_list("version", flat=True).first()
        for name in (DEFAULT_DB_ALIAS, alias)
    )
    return (replica or 0) >= (primary or 0)


replica = Replica()
