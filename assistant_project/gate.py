"""Lets work begin little by little, so that what is small gets through while much is asked at once."""

import asyncio
import time
from typing import Any

from assistant_project.accounts.moments import BEGAN

BEGUN_AT_ONCE = 3
COMPUTES_AT_MOST = 1.0
"""Seconds. Whoever takes longer waits for something, a model for example, and no longer counts."""


class Gate:
    """An ASGI application in front of another: few requests that change something compute at the same time.

    All would share one processor anyway, and each of them would be as slow as all together. A request counts from
    when all of its body is there, so that a slow sender keeps nobody waiting, until its answer begins.
    """

    def __init__(self, application: Any, *, seconds: float = COMPUTES_AT_MOST) -> None:
        self.application = application
        self.seconds = seconds
        self.places = asyncio.Semaphore(BEGUN_AT_ONCE)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.application(scope, receive, send)
            return
        scope[BEGAN] = time.monotonic()
        place = Place(self.places, self.seconds)

        async def receiving() -> Any:
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                await place.take()
            return message

        async def sending(message: Any) -> None:
            place.leave()
            await send(message)

        try:
            await self.application(scope, receiving, sending)
        finally:
            place.leave()


class Place:
    """One of few: taken once, left when the answer begins, and after a while in any case."""

    def __init__(self, places: asyncio.Semaphore, seconds: float) -> None:
        self._places, self._seconds = places, seconds
        self._timer: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        await self._places.acquire()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self.leave)

    def leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._places.release()
