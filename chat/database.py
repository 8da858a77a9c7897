"""How asynchronous code reaches the database."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async

from assistant_project.connections import give_back

P = ParamSpec("P")
R = TypeVar("R")


async def in_database(step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous step, and give its database connection back: none is held while a model writes."""

    def run() -> R:
        try:
            return step(*args, **kwargs)
        finally:
            give_back()

    return await sync_to_async(run)()
