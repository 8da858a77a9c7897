from collections.abc import Callable

import pytest
from django.db import connection


@pytest.fixture
def connections_in_use(transactional_db) -> Callable[[], int]:
    """How many connections of this process's pool are taken."""

    def count() -> int:
        stats = connection.pool.get_stats()
        return stats["pool_size"] - stats["pool_available"]

    connection.close()
    return count
