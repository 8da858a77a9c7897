from collections.abc import Callable, Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.db import connection, connections

from chat.answering import places


@pytest.fixture
def connections_in_use(transactional_db) -> Callable[[], int]:
    """How many connections of this process's pool are taken."""

    def count() -> int:
        stats = connection.pool.get_stats()
        return stats["pool_size"] - stats["pool_available"]

    connection.close()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()  # of earlier asynchronous tests
    return count


@pytest.fixture
def no_place_left() -> Iterator[None]:
    """This process does as much at once as it does at all."""
    for _ in range(places.most):
        places.take()
    yield
    for _ in range(places.most):
        places.leave()
