"""Keeps the web and the worker process alive, and ends them with everything that they started."""

import ctypes
import datetime
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "ASSISTANT_PROCESS"
PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60.0  # who has run for so long did not fail at the start
LARGEST_LOG = 10_000_000
TICK = 0.2
UNKILLABLE = 10.0  # seconds after which a process that the kernel holds is left alone
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class StopSignals:
    """Counts Ctrl-C, SIGTERM and a closed terminal: they cut nothing short, unless someone insists."""

    PATIENCE = 3

    def __init__(self) -> None:
        self.count = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:  # as nohup wants it
                signal.signal(number, self._received)

    def _received(self, *_: object) -> None:
        self.count += 1
        if self.count > self.PATIENCE:
            raise KeyboardInterrupt

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass
class Program:
    """What is to run, and how long it may take to finish what it is doing when it is asked to stop."""

    name: str
    command: Sequence[str]
    log: Path
    folder: Path
    patience: float
    last_seen: Callable[[], datetime.datetime | None] | None = None
    longest_silence: float = 0.0


class Child:
    """A program that is started again when it ends or falls silent."""

    def __init__(self, program: Program, say: Callable[[str], None]) -> None:
        self.program = program
        self.say = say
        self.process: subprocess.Popen[bytes] | None = None
        self.mark = (
            f"{program.log}:{program.name}"  # in the environment of the process and of all that it starts
        )
        self.failures = 0
        self.started = self.start_at = self.asked = 0.0
        self.seen = datetime.datetime.now(datetime.UTC)

    def start(self) -> None:
        end_marked(self.mark)
        rotate(self.program.log)
        with self.program.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.program.folder,
                env={**os.environ, MARK: self.mark, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # the terminal's Ctrl-C is for us; we tell the children
                preexec_fn=_end_with_parent,
            )
        self.started = self.asked = time.monotonic()
        self.seen = datetime.datetime.now(datetime.UTC)

    def tend(self) -> None:
        """Start the program if it is due; notice that it ended or fell silent."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
        elif self.process.poll() is not None:
            self._start_later(f"ended with {_exit(self.process.returncode)}")
        elif self._is_silent(now):
            self._start_later(f"has given no sign of life for {self.program.longest_silence:.0f} seconds")

    def ask_to_stop(self) -> None:
        """SIGTERM to the main process alone: it finishes what it is doing and ends its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def end(self) -> None:
        """Kill what is left of it."""
        end_marked(self.mark)
        if self.process is not None:
            self.process.wait()
            self.process = None

    def _start_later(self, reason: str) -> None:
        self.end()
        now = time.monotonic()
        self.failures = 0 if now - self.started > STEADY_SECONDS else self.failures
        delay = pause(self.failures)
        self.failures += 1
        self.start_at = now + delay
        self.say(
            f"The {self.program.name} {reason}. It is started again in {delay:.0f} s.\n"
            f"{self.program.log} ends with:\n{tail(self.program.log)}"
        )

    def _is_silent(self, now: float) -> bool:
        if self.program.last_seen is None or now - self.asked < self.program.longest_silence / 12:
            return False
        self.asked = now
        self.seen = max(self.seen, self.program.last_seen() or self.seen)
        silence = datetime.datetime.now(datetime.UTC) - self.seen
        return silence.total_seconds() > self.program.longest_silence


def supervise(
    children: Sequence[Child], stop: StopSignals, chores: Sequence[Callable[[], None]] = ()
) -> None:
    """Run the children and the chores until a signal comes; then stop all children."""
    try:
        while not stop:
            for child in children:
                child.tend()
            for chore in chores:
                chore()
            time.sleep(TICK)
    finally:
        stop_all(children, stop)


def stop_all(children: Sequence[Child], stop: StopSignals) -> None:
    """Let every child finish within its patience; another signal cuts that short."""
    begin, signals, told = time.monotonic(), max(stop.count, 1), False
    for child in children:
        child.ask_to_stop()
    while stop.count <= signals:
        waited = time.monotonic() - begin
        busy = [child for child in children if not child.has_ended() and waited < child.program.patience]
        if not busy:
            break
        if waited > 3 and not told:
            told = True
            names = " and the ".join(child.program.name for child in busy)
            busy[0].say(f"Waiting for the {names} to finish the work in hand. Ctrl-C again cuts it off.")
        time.sleep(TICK)
    for child in children:
        child.end()


def end_marked(mark: str, *, grace: float = 0.0) -> None:
    """End every process with this mark in its environment: whatever its number, it was started by us."""
    begin = time.monotonic()
    while found := _marked(mark):
        waited = time.monotonic() - begin
        if waited > grace + UNKILLABLE:
            return
        if waited >= grace:
            for process in found:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        time.sleep(TICK / 4)


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == mark:
                found.append(process)
    return found


def pause(failures: int) -> float:
    """Seconds before the next start, after so many failures in a row: 1, 2, 4 … 60."""
    return min(2.0**failures, LONGEST_PAUSE)


def rotate(log: Path) -> None:
    """Put a large log aside; one is kept."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))


def tail(log: Path, lines: int = 6) -> str:
    with suppress(FileNotFoundError), log.open(errors="replace") as file:
        return "".join(f"  {line.rstrip()}\n" for line in deque(file, lines)).rstrip()
    return ""


def _exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _end_with_parent() -> None:
    """In the child, before it becomes the program: when we are killed, the kernel asks it to stop."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
