"""When a request began, by the database's clock."""

import datetime
import time
from typing import Any

from django.db import connection
from django.http import HttpRequest

BEGAN = "assistant_project.began"


def note_beginning(sender: Any, **signal: Any) -> None:
    """Receives Django's `request_started`: before middleware, and before a request waits for its turn in a view.

    A door before Django, which has kept the request waiting, notes an earlier moment.
    """
    carrier = signal.get("scope") or signal.get("environ")
    if carrier is not None:
        carrier.setdefault(BEGAN, time.monotonic())


def beginning(request: HttpRequest) -> datetime.datetime:
    """Several web processes, each with a clock of its own, compare their requests by this."""
    now = database_clock()
    carrier = getattr(request, "scope", None) or request.META
    return now - datetime.timedelta(seconds=time.monotonic() - carrier.get(BEGAN, time.monotonic()))


def database_clock() -> datetime.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime.datetime = cursor.fetchone()[0]
    return now
