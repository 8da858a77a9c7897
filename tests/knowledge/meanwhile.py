"""Two who change the same rows at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

from tests.flows.worker import eventually


def meanwhile(change: Callable[[], Any], work: Callable[[], Any]) -> Any:
    """What `work` gives if it begins, on another connection, before `change` is committed, and has to wait for that."""

    def elsewhere() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            other = pool.submit(elsewhere)
            eventually(lambda: other.done() or is_somebody_waiting())
        return other.result()


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
