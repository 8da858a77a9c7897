"""Programs are started again when they fail, and stopped with all that they started."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from assistant_project import supervisor
from assistant_project.supervisor import Child, Program, StopSignals
from tests.processes import is_alive

LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
WAITS = "import signal; signal.pause()"
STUBBORN = """
import pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
helper = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
open(sys.argv[1], "w").write(str(helper.pid))
signal.pause()
"""


class Signals(StopSignals):
    """Signals that come whenever someone looks."""

    def __init__(self, *counts: int) -> None:
        self.coming = list(counts)

    @property
    def count(self) -> int:
        return self.coming.pop(0) if len(self.coming) > 1 else self.coming[0]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def run(tmp_path, said):
    """Makes children and ends them after the test."""
    children = []

    def make(source: str, *arguments: str, patience: float = 60, **options) -> Child:
        command = [sys.executable, "-c", source, *arguments]
        program = Program("web", command, tmp_path / "web.log", tmp_path, patience=patience, **options)
        children.append(Child(program, said.append))
        return children[-1]

    yield make
    for child in children:
        child.end()


def ended_by_itself(child: Child) -> None:
    child.start()
    child.process.wait()
    child.tend()


def stubborn_family(run, tmp_path: Path, **options) -> tuple[Child, list[psutil.Process]]:
    """A program that ignores SIGTERM, and a process that it started; both are up when this returns."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = run(STUBBORN, str(pipe), **options)
    child.start()
    return child, [psutil.Process(child.process.pid), psutil.Process(int(pipe.read_text()))]


def test_a_program_that_fails_is_reported_with_its_reason(run, said):
    ended_by_itself(run("raise SystemExit('no such table')"))

    assert "The web ended with exit code 1" in said[0]
    assert "no such table" in said[0]


def test_a_program_that_keeps_failing_is_started_again_after_growing_pauses(run, said):
    child = run("raise SystemExit(1)")

    for _ in range(3):
        ended_by_itself(child)

    assert ["again in 1 s" in said[0], "again in 2 s" in said[1], "again in 4 s" in said[2]] == [True] * 3


def test_a_failed_program_is_not_started_before_its_pause_is_over(run):
    child = run("raise SystemExit(1)")
    ended_by_itself(child)

    child.tend()

    assert child.process is None


def test_pauses_have_an_upper_limit():
    assert supervisor.pause(100) == 60


def test_a_silent_program_is_ended_and_started_again(run, said):
    child = run(WAITS, last_seen=lambda: LONG_AGO, longest_silence=0)
    child.start()
    silent = psutil.Process(child.process.pid)

    child.tend()

    assert not is_alive(silent)
    assert "no sign of life" in said[0]


def test_a_program_that_was_seen_lately_is_left_alone(run, said):
    child = run(WAITS, last_seen=lambda: datetime.datetime.now(datetime.UTC), longest_silence=60)
    child.start()
    child.asked = 0

    child.tend()

    assert child.process.poll() is None
    assert said == []


def test_a_program_that_has_just_started_may_be_silent(run, said):
    child = run(WAITS, last_seen=lambda: LONG_AGO, longest_silence=60)
    child.start()
    child.asked = 0

    child.tend()

    assert child.process.poll() is None


def test_stopping_asks_first(run):
    child = run(WAITS)
    child.start()
    process = child.process

    supervisor.stop_all([child], Signals(1))

    assert process.returncode == -15


def test_a_program_that_outlasts_its_patience_is_killed_with_what_it_started(run, tmp_path):
    child, family = stubborn_family(run, tmp_path, patience=0)

    supervisor.stop_all([child], Signals(1))

    assert not any(is_alive(process) for process in family)


def test_another_signal_cuts_the_waiting_short(run, tmp_path):
    child, family = stubborn_family(run, tmp_path)

    supervisor.stop_all([child], Signals(1, 1, 2))

    assert not any(is_alive(process) for process in family)


def test_what_a_dead_program_left_running_is_ended_before_it_starts_again(run, tmp_path):
    child, (main, helper) = stubborn_family(run, tmp_path)
    main.kill()
    child.process.wait()

    child.tend()

    assert not is_alive(helper)


def test_a_process_of_someone_else_is_never_ended(run):
    with subprocess.Popen([sys.executable, "-c", WAITS]) as foreign:
        run(WAITS).end()
        supervisor.end_marked("another mark")

        assert foreign.poll() is None
        foreign.kill()


def test_a_large_log_is_put_aside(tmp_path):
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * (supervisor.LARGEST_LOG + 1))

    supervisor.rotate(log)

    assert not log.exists()
    assert (tmp_path / "web.log.1").exists()
