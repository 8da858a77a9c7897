"""Webs and workers that are killed and started again, as systemd or a container's supervisor would do."""

import datetime
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self

import psutil
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from assistant_project.postgres import Cluster
from knowledge import tasks
from knowledge.models import Job
from tests.flows.web import Web
from tests.flows.worker import Worker, eventually

RESTART_SECONDS = 2.0
WATCH_EVERY = 15.0
PATIENCE = 600.0


@dataclass
class Death:
    """Who was killed, when, and which jobs it had in hand, with the number of their attempt."""

    victim: str
    at: datetime.datetime
    jobs: dict[int, int] = field(default_factory=dict)

    def takeovers(self) -> list[float]:
        """Seconds until another worker began what it had in hand."""
        later = Job.objects.filter(pk__in=self.jobs)
        return sorted(
            (job.started_at - self.at).total_seconds() for job in later if job.attempts > self.jobs[job.pk]
        )


class Hosts:
    """Two webs and two workers, each worker on a processor of its own."""

    def __init__(self, cluster: Cluster, web: dict[str, str], worker: dict[str, str]) -> None:
        self.cluster = cluster
        self.webs = [Web(**web), Web(**web)]
        self.workers = [Worker(WORKER_NAME=f"worker-{n}", **worker) for n in (1, 2)]
        self.deaths: list[Death] = []
        self.revived: list[str] = []
        """Workers that ended, or lived and did nothing, and were started again."""
        self.one_at_a_time = threading.Lock()
        self.leaving = threading.Event()
        self.watch = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for host in (*self.webs, *self.workers):
                stack.enter_context(host)
            self.stack = stack.pop_all()
        for number, worker in enumerate(self.workers):
            keep_to_processor(worker, number)
        self.watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leaving.set()
        self.watch.join()
        self.stack.close()

    def kill_web(self, number: int) -> None:
        death = Death(f"web {number + 1}", timezone.now())
        self.webs[number].kill()
        self._restart(death, self.webs[number].__enter__)

    def kill_worker(self, number: int) -> None:
        worker = self.workers[number]
        with self.one_at_a_time:
            death = Death(
                f"worker {number + 1}, with all its processes", timezone.now(), self.in_hand(worker.name)
            )
            worker.kill()
            self._restart(death, lambda: self._start(number))

    def kill_child_of_worker(self, number: int) -> None:
        """One of the processes that read sources; the worker notices that itself."""
        worker = self.workers[number]
        child = eventually(worker.busy_child, patience=PATIENCE)
        death = Death(f"a child of worker {number + 1}", timezone.now(), self.in_hand(worker.name))
        child.kill()
        self.deaths.append(death)

    def kill_database(self) -> None:
        """The main process of PostgreSQL: all others of it end as after a crash."""
        death = Death("PostgreSQL", timezone.now(), self.in_hand(*(worker.name for worker in self.workers)))
        server = self.cluster.postmaster()
        assert server
        server.kill()
        self._restart(death, self.cluster.revive)

    def in_hand(self, *workers: str) -> dict[int, int]:
        """The jobs that they do now, each with the number of its attempt; without what an earlier death has left."""
        running = Job.objects.filter(state=Job.State.RUNNING, worker__in=workers).values_list(
            "pk", "attempts"
        )
        left = {item for death in self.deaths for item in death.jobs.items()}
        return dict(item for item in running if item not in left)

    def _start(self, number: int) -> None:
        self.workers[number].__enter__()
        keep_to_processor(self.workers[number], number)

    def _restart(self, death: Death, start: Callable[[], object]) -> None:
        time.sleep(RESTART_SECONDS)
        start()
        self.deaths.append(death)

    def _watch(self) -> None:
        """Start again what ended or, as `manage.py worker_health` says, does nothing."""
        while not self.leaving.wait(WATCH_EVERY):
            with self.one_at_a_time:
                for number, worker in enumerate(self.workers):
                    self._look_at(number, worker)
        connection.close()

    def _look_at(self, number: int, worker: Worker) -> None:
        if has_ended := worker.process.poll() is not None:
            reason = f"had ended with {worker.process.returncode}"
        elif is_silent(worker):
            reason = "was silent"
        else:
            return
        self.revived.append(f"worker {number + 1} {reason} at {timezone.now():%H:%M:%S}")
        if not has_ended:
            worker.kill()
        self._start(number)


def is_silent(worker: Worker) -> bool:
    if time.monotonic() - worker.started < settings.WORKER_SILENCE_SECONDS:
        return False
    try:
        return not tasks.is_worker_alive(timezone.now(), worker.name)
    except DatabaseError:
        connection.close()
        return False


def keep_to_processor(worker: Worker, number: int) -> None:
    """As if it were alone on a host with one; its children inherit that."""
    processors = psutil.cpu_count() or 1
    psutil.Process(worker.process.pid).cpu_affinity([number % processors])
