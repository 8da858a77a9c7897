"""Database connections between two steps of a request."""

from django.db import connections


def give_back() -> None:
    """Those of this thread that no transaction needs, so that none waits while a model works."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
