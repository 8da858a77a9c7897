"""`manage.py up`, for real: processes, ports and signals."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from assistant_project import postgres
from assistant_project.supervisor import MARK
from tests.processes import is_alive

PROJECT = Path(__file__).parents[2]
LIMIT = 240


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Up:
    """One run of `manage.py up`, which is killed if a test waits for it too long."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir, self.port, self.lines = data_dir, port, list[str]()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", f"--port={port}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT,
            env={**os.environ, "DATA_DIR": str(data_dir), "DATABASE_URL": ""},
        )

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Reading what a hanging process prints would hang, too."""
        watchdog = threading.Timer(LIMIT, self.process.kill)
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def until(self, part: str) -> str:
        """Read on until a line with this part has been printed."""
        with self.limited():
            for line in self.process.stdout:
                self.lines.append(line)
                if part in line:
                    return line
        pytest.fail(f"`up` ended without {part!r}:\n{''.join(self.lines)}")

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def finish(self) -> int:
        with self.limited():
            if not self.process.stdout.closed:
                self.lines += self.process.stdout.readlines()
            self.process.stdout.close()
            return self.process.wait()

    def everything(self) -> list[psutil.Process]:
        """All that runs for this data directory: web, worker and database."""
        server = postgres.Cluster(self.data_dir).postmaster()
        return [*self.family("web"), *self.family("worker"), *([server] if server else [])]

    def family(self, name: str) -> list[psutil.Process]:
        mark = f"{self.data_dir / 'logs' / name}.log:{name}"
        return [process for process in psutil.process_iter() if environment(process).get(MARK) == mark]

    def main(self, name: str) -> psutil.Process:
        (main,) = [one for one in self.family(name) if one.ppid() == self.process.pid]
        return main

    def health(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status
        finally:
            connection.close()


def environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


@pytest.fixture
def start(scratch) -> Iterator:
    """Starts `up` on a data directory of the test; whatever is left of it ends with the test."""
    runs = []
    port = free_port()

    def begin(on: int | None = None) -> Up:
        runs.append(Up(scratch / "data", on or port))
        return runs[-1]

    yield begin
    for run in runs:
        run.send(signal.SIGTERM)
        run.finish()
        for process in run.everything():
            with suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture(scope="module")
def running() -> Iterator[Up]:
    """An `up` that several tests share; each leaves it running."""
    with tempfile.TemporaryDirectory(prefix="assistant-tests-") as folder:
        up = Up(Path(folder) / "data", free_port())
        up.until("Ctrl-C stops everything")
        yield up
        up.send(signal.SIGTERM)
        up.finish()


def test_the_addresses_are_printed_when_they_answer(running):
    assert f"http://127.0.0.1:{running.port}/admin/" in "".join(running.lines)
    assert running.health() == 200


def test_the_first_administrator_gets_a_random_password(running):
    assert re.search(r"admin@example\.com\n +Password +\S{16}\n", "".join(running.lines))


def test_a_second_one_on_the_same_data_is_refused(running):
    second = Up(running.data_dir, free_port())

    assert second.finish() == 1
    assert "is running already" in "".join(second.lines)


def test_a_port_in_use_is_refused_by_its_number(running, start):
    second = start(on=running.port)

    assert second.finish() == 1
    assert f"Port {running.port} of 127.0.0.1 cannot be used" in "".join(second.lines)
    assert "--port" in "".join(second.lines)


def test_a_killed_web_process_comes_back(running):
    running.main("web").kill()

    running.until("The web ended with signal SIGKILL")
    running.until("The web answers again")

    assert running.health() == 200


def test_nothing_of_a_killed_worker_goes_on(running):
    worker = running.main("worker")
    orphans = worker.children(recursive=True)
    worker.kill()

    running.until("The worker ended with signal SIGKILL")

    assert orphans
    assert not any(is_alive(process) for process in orphans)


def test_a_killed_database_comes_back(running):
    postgres.Cluster(running.data_dir).postmaster().kill()

    running.until("PostgreSQL had ended and was started again")

    assert postgres.Cluster(running.data_dir).postmaster()


@pytest.mark.parametrize(
    "signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]], ids=["SIGTERM", "Ctrl-C twice"]
)
def test_a_signal_stops_everything(start, signals):
    up = start()
    up.until("Ctrl-C stops everything")
    everything = up.everything()

    for number in signals:
        up.send(number)

    assert up.finish() == 0
    assert len(everything) >= 3
    assert not any(is_alive(process) for process in everything)


def test_a_signal_while_it_starts_stops_everything(start):
    up = start()
    up.until("Bringing the database up to date")

    up.send(signal.SIGINT)

    assert up.finish() == 0
    assert up.everything() == []


def test_after_a_kill_the_next_one_works_on_the_same_port_and_shows_no_password_again(start):
    killed = start()
    killed.until("Ctrl-C stops everything")
    before = {*killed.family("web"), *killed.family("worker")}
    killed.send(signal.SIGKILL)
    killed.process.wait()

    up = start()
    up.until("Ctrl-C stops everything")

    assert up.health() == 200
    assert not any(is_alive(process) for process in before)
    assert "Password" not in "".join(up.lines)
