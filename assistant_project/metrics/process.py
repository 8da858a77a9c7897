"""What this web process counts in its own memory: requests, and the answers that it is writing.

Each process is asked for itself; Prometheus adds them up.
"""

import logging
import time
from typing import Any

from django.urls import Resolver404, resolve
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from chat.answering import places

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
OTHER = "other"
BESIDE_DJANGO = {"/mcp"}
NOT_BEGUN = "none"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

disable_created_metrics()
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REQUESTS = Counter(
    "assistant_http_requests",
    "Requests, by the pattern of their address; status none: ended before a response began.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "assistant_http_request_seconds",
    "Until the response began: of a stream that is its first event, not its end.",
    ["method", "route"],
    buckets=SECONDS,
    registry=REGISTRY,
)
Gauge(
    "assistant_open_answers",
    "Streams, and other requests that wait for a model, of this process.",
    registry=REGISTRY,
).set_function(lambda: places.taken)

logger = logging.getLogger(__name__)


class Measured:
    """An ASGI application in front of another, which counts its requests and tells of each in the logs."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        came, status, answered = time.perf_counter(), NOT_BEGUN, None

        async def sending(message: Any) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = str(message["status"]), time.perf_counter()
            await send(message)

        try:
            await self.application(scope, receive, sending)
        finally:
            _note(scope, status, (answered or time.perf_counter()) - came)


def _note(scope: Any, status: str, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else OTHER
    route = route_of(scope["path"])
    REQUESTS.labels(method, route, status).inc()
    REQUEST_SECONDS.labels(method, route).observe(seconds)
    fields = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
    logger.info("%s %s: %s after %.3f s", method, route, status, seconds, extra={"fields": fields})


def route_of(path: str) -> str:
    """The pattern of an address, so that there are few; one word for all that no pattern fits, static files too."""
    if path.removesuffix("/") in BESIDE_DJANGO:
        return path.removesuffix("/")
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return OTHER
