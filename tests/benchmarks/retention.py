"""Forgetting 100,000 old messages: how long, in how long transactions, with how much memory?

    python -m tests.benchmarks.retention [--messages 100000]

Half of them are one conversation, the rest conversations of ten. Every answer has a citation and a trace.
"""

import argparse
import datetime
import subprocess
import sys
import threading
import time

from tests.benchmarks.ingestion import PeakMemory
from tests.benchmarks.installation import empty_installation

TEXT = "Set the thermostat of the water heater to 120 degrees Fahrenheit. " * 10
TRACE = {"candidates": [{"source_id": n, "score": 0.5, "text": TEXT[:60]} for n in range(20)]}
SHORT = 10
ROWS_AT_ONCE = 2_000


class LongestTransaction:
    """The longest transaction of any other connection, in seconds, while the block runs; sampled every 5 ms."""

    def __enter__(self) -> "LongestTransaction":
        self.seconds, self.done = 0.0, threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            while not self.done.wait(0.005):
                cursor.execute(
                    "SELECT max(extract(epoch FROM clock_timestamp() - xact_start)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND backend_type = 'client backend'"
                )
                self.seconds = max(self.seconds, float(cursor.fetchone()[0] or 0))
        connection.close()

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()


def fill(messages: int) -> None:
    """Old conversations with so many messages."""
    from django.utils import timezone

    from chat.models import Session
    from tests.factories import UserFactory

    user = UserFactory()
    converse([Session.objects.create(user=user)], messages // 2)
    short = Session.objects.bulk_create(Session(user=user) for _ in range(messages // 2 // SHORT))
    for start in range(0, len(short), ROWS_AT_ONCE // SHORT):
        converse(short[start : start + ROWS_AT_ONCE // SHORT], SHORT)
    Session.objects.update(updated_at=timezone.now() - datetime.timedelta(days=400))


def converse(sessions: list, messages: int) -> None:
    """So many messages in each session, every second one an answer with a citation."""
    from chat.models import Citation, Message

    for start in range(0, messages, ROWS_AT_ONCE):
        stored = Message.objects.bulk_create(
            Message(session=session, content=TEXT, **said(number))
            for session in sessions
            for number in range(start, min(start + ROWS_AT_ONCE, messages))
        )
        answers = [message for message in stored if message.kind]
        Citation.objects.bulk_create(
            Citation(message=answer, number=1, title="Guide", text=TEXT) for answer in answers
        )


def said(number: int) -> dict:
    return {"role": "assistant", "kind": "extract", "trace": TRACE} if number % 2 else {"role": "user"}


def measure() -> None:
    from chat.models import Citation, Message
    from chat.retention import forget_old

    print(f"{Message.objects.count()} messages, {Citation.objects.count()} citations", flush=True)
    with PeakMemory() as idle:
        time.sleep(0.1)
    with LongestTransaction() as longest, PeakMemory() as memory:
        started = time.perf_counter()
        sessions = forget_old()
        seconds = time.perf_counter() - started
    assert not Message.objects.exists()
    print(
        f"{sessions} conversations forgotten in {seconds:.1f} s; longest transaction {longest.seconds:.2f} s;"
        f" this process at most {memory.peak} MB, {idle.peak} MB before"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    messages = parser.parse_args().messages
    with empty_installation(LOG_LEVEL="WARNING"):
        # In a process of its own: this one's memory is to tell of the forgetting alone.
        filling = "import django; django.setup(); from tests.benchmarks.retention import fill; fill({})"
        subprocess.run([sys.executable, "-c", filling.format(messages)], check=True)
        measure()


if __name__ == "__main__":
    main()
