"""Runs a program of `programs/` over one untrusted file, in a process of its own, under limits.

Readers of PDF and HTML are large, partly C, and can be made to run for hours or to take all memory. A process can be
killed; a thread or a time limit inside the library cannot. It gets no secrets: an empty environment, no project.
"""

import contextlib
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any, cast

PROGRAMS = Path(__file__).parent / "programs"
MEGABYTE = 2**20
TICK_SECONDS = 1.0
LEAVE_SECONDS = 5


@dataclass(frozen=True)
class ChildLimits:
    wall_seconds: float = 90
    opening_seconds: float = 20
    """For the first message."""
    message_seconds: float = 5
    """For each message after it: a page."""
    cpu_seconds: int = 60
    memory_bytes: int = 1024 * MEGABYTE
    output_bytes: int = 20 * MEGABYTE
    open_files: int = 32


class Stop(Enum):
    """Why a child ended before its work was done."""

    SILENT = "no message in time"
    OUT_OF_TIME = "wall or CPU time used up"
    TOO_MUCH_OUTPUT = "more output than allowed"
    OUT_OF_MEMORY = "more memory than allowed"
    CRASHED = "died"


STOP_OF_EXIT = {
    -signal.SIGXCPU: Stop.OUT_OF_TIME,
    -signal.SIGABRT: Stop.OUT_OF_MEMORY,  # what C++ does when it gets no more
    -signal.SIGKILL: Stop.OUT_OF_MEMORY,  # the kernel, when the machine has no more
}


class ChildStoppedError(Exception):
    def __init__(self, reason: Stop) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass
class Child:
    """One run of a program. Closing the iterator of `messages` kills the process and all that it may have started."""

    program: str
    arguments: tuple[str, ...] = ()
    limits: ChildLimits = ChildLimits()
    peak_memory_mb: float = 0.0
    """Known once the program has come to its end by itself."""
    received_bytes: int = 0

    def messages(self, content: bytes, on_wait: Callable[[], None]) -> Generator[dict[str, Any]]:
        """What the program says about the content. Raises ChildStoppedError; calls `on_wait` each second of silence."""
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.seek(0)
            process = self._start(file.fileno())
        try:
            yield from self._until_end(process, on_wait)
        finally:
            end(process)

    def _start(self, content: int) -> subprocess.Popen[bytes]:
        limits = self.limits
        resource_limits = {
            "RLIMIT_CPU": (limits.cpu_seconds, limits.cpu_seconds + 1),
            "RLIMIT_FSIZE": (0, 0),
            "RLIMIT_NOFILE": (limits.open_files, limits.open_files),
            "RLIMIT_CORE": (0, 0),
        }
        if hasattr(resource, "RLIMIT_AS") and sys.platform != "darwin":  # macOS refuses it
            resource_limits["RLIMIT_AS"] = (limits.memory_bytes, limits.memory_bytes)
        launch, program = str(PROGRAMS / "launch.py"), str(PROGRAMS / self.program)
        return subprocess.Popen(  # our own programs; the untrusted file is their input only
            [sys.executable, "-I", "-B", launch, json.dumps(resource_limits), program, *self.arguments],
            stdin=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )

    def _until_end(
        self, process: subprocess.Popen[bytes], on_wait: Callable[[], None]
    ) -> Iterator[dict[str, Any]]:
        for line in self._lines(process, on_wait):
            message = json.loads(line)
            if message.get("failed") == "import":
                raise RuntimeError(f"{self.program} cannot start: {message['detail']}")
            if "failed" in message:
                raise ChildStoppedError(Stop.OUT_OF_MEMORY)
            if "peak_memory_mb" in message:
                self.peak_memory_mb = message["peak_memory_mb"]
                return
            yield message
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LEAVE_SECONDS)
        raise ChildStoppedError(STOP_OF_EXIT.get(process.returncode, Stop.CRASHED))

    def _lines(self, process: subprocess.Popen[bytes], on_wait: Callable[[], None]) -> Iterator[bytes]:
        patience = self.limits.opening_seconds
        deadline = time.monotonic() + self.limits.wall_seconds
        unfinished = bytearray()
        silent_from = time.monotonic()
        while chunk := read(process, deadline, silent_from + patience, on_wait):
            self.received_bytes += len(chunk)
            unfinished += chunk
            if b"\n" in chunk:
                *lines, unfinished = unfinished.split(b"\n")
                yield from map(bytes, lines)
                patience, silent_from = self.limits.message_seconds, time.monotonic()
            if self.received_bytes > self.limits.output_bytes:
                raise ChildStoppedError(Stop.TOO_MUCH_OUTPUT)


def read(
    process: subprocess.Popen[bytes], deadline: float, silent_until: float, on_wait: Callable[[], None]
) -> bytes:
    """What the process writes next; nothing at its end."""
    output = cast("IO[bytes]", process.stdout).fileno()
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while (left := min(deadline, silent_until) - time.monotonic()) > 0:
            if selector.select(min(left, TICK_SECONDS)):
                return os.read(output, 65_536)
            on_wait()
    raise ChildStoppedError(Stop.OUT_OF_TIME if deadline <= silent_until else Stop.SILENT)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it may have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    cast("IO[bytes]", process.stdout).close()
