"""Calls from several processes at once: `python -m tests.project.limits.burst WHAT TIMES`, begun by a line of input."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from tests.flows.worker import PROJECT, environment

THREADS = 5


def passed(what: str, *, processes: int, times: int, **environ: str) -> int:
    """How many calls are let through when each process calls so often, in threads."""
    command = [sys.executable, "-m", "tests.project.limits.burst", what, str(times)]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with ExitStack() as stack:  # a process whose input is closed ends
        started = [
            stack.enter_context(subprocess.Popen(command, cwd=PROJECT, env=environment(**environ), **pipes))
            for _ in range(processes)
        ]
        for process in started:
            assert process.stdout.readline() == "ready\n"
        for process in started:
            process.stdin.write("go\n")
        return sum(int(process.communicate()[0]) for process in started)


def ask() -> bool:
    """A visitor's question."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    from assistant_project.limits.throttles import haste

    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    return not haste(request)


def reserve() -> bool:
    from assistant_project.limits.budgets import BudgetSpent, reserve

    try:
        reserve("user:1", 100)
    except BudgetSpent:
        return False
    return True


def _call(what: Callable[[], bool]) -> bool:
    from django.db import connection

    try:
        return what()
    finally:
        connection.close()


def main() -> None:
    import django

    django.setup()
    what, times = {"ask": ask, "reserve": reserve}[sys.argv[1]], int(sys.argv[2])
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(_call, [lambda: True] * THREADS))
        print("ready", flush=True)
        sys.stdin.readline()
        print(sum(threads.map(_call, [what] * times)))


if __name__ == "__main__":
    main()
