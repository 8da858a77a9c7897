"""Limits this process, then runs a program: `python -I launch.py LIMITS PROGRAM ARGUMENT…`.

The file to read comes on stdin, one JSON object a line goes to stdout.
"""

import json
import logging
import resource
import runpy
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    limits, program, *arguments = sys.argv[1:]
    for name, wanted in json.loads(limits).items():
        limit(getattr(resource, name), *wanted)
    logging.disable()
    try:
        messages = runpy.run_path(program)["messages"]
    except ImportError as error:  # the installation's fault, not the file's
        send({"failed": "import", "detail": str(error)})
        return
    try:
        for message in messages(sys.stdin.buffer.read(), *arguments):
            send(message)
    except MemoryError:
        send({"failed": "memory"})
    send({"peak_memory_mb": peak_memory_mb()})


def limit(kind: int, soft: int, hard: int) -> None:
    """Lower a limit; one that is lower already may not be raised."""
    _, ceiling = resource.getrlimit(kind)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))


def send(message: dict[str, Any]) -> None:
    line = json.dumps(message, ensure_ascii=False).encode(errors="replace")
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def peak_memory_mb() -> float:
    """Linux lets a new process inherit its parent's peak in `ru_maxrss`; VmHWM is this process's own."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(peak.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 1)


main()
