"""A real worker on the test database, in processes of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil
from django.conf import settings
from django.db import connection

PROJECT = Path(__file__).parents[2]
PATIENCE = 60.0


def database_url(name: str = "") -> str:
    """The test database, or another of its server, as another process is told about it."""
    options = connection.get_connection_params() | ({"dbname": name} if name else {})
    host = options.get("host", "")
    address = f"{options.get('user', '')}:{options.get('password', '')}@"
    if host.startswith("/"):
        return f"postgresql://{address}/{options['dbname']}?host={host}"
    return f"postgresql://{address}{host}:{options.get('port') or 5432}/{options['dbname']}"


def environment(**changes: str) -> dict[str, str]:
    """What a process of the product is started with."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        **changes,
    }


def eventually(condition: Callable[[], Any], *, patience: float = PATIENCE) -> Any:
    """The first true value of a condition that another process brings about."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {patience:.0f} s")
        time.sleep(0.05)
    return value


class Worker:
    """`manage.py qcluster`, until the block ends."""

    def __init__(self, **environ: str) -> None:
        self.environ = environ

    @property
    def name(self) -> str:
        return self.environ["WORKER_NAME"]

    def __enter__(self) -> Self:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=PROJECT,
            env=environment(**self.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def busy_child(self) -> psutil.Process | None:
        """A process that does a job: it has a document read by a child of its own. None if none does."""
        with suppress(psutil.NoSuchProcess):
            main = psutil.Process(self.process.pid)
            supervisors = {main.pid, *(child.pid for child in main.children())}
            family = main.children(recursive=True)
            parents = {process.ppid() for process in family} - supervisors
            return next((process for process in family if process.pid in parents), None)
        return None

    def kill(self) -> None:
        """kill -9 for the main process and everything below it."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for child in family:
            child.kill()
        self.process.wait()
        psutil.wait_procs(family, timeout=10)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
