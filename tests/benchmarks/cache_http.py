"""The same question again and again over HTTP: exact hits of the answer cache, beside views that do next to nothing.

    python -m tests.benchmarks.cache_http [--seconds 3] [--statements]

One web process on a database of its own, a signed-in user with an API key, 1, 4 and 16 clients at once that keep their
connections. No rate and no budget is reached, but all are counted, as in every installation with a chat model. Beside
the questions stand GET /health/live, which touches nothing, and GET /api/v1/me/, which only reads who asks.

The time of the web's processor for each request tells most on a machine that does other things as well.

`--statements` lists what one hit asks of the database.
"""

import argparse
import asyncio
import json
import os
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil

from tests.benchmarks.streams import MANY, free_port, installation, process

CLIENTS = (1, 4, 16)
QUESTION = json.dumps({"message": "How hot should the water heater be?"}).encode()
BUDGET = "1000000000000"
LIFTED = {"QUESTION_RATE": MANY, "TOKENS_PER_DAY": BUDGET, "TOKENS_PER_DAY_PER_USER": BUDGET}
WARM_UP = 20


@dataclass(frozen=True)
class Request:
    """What is sent again and again."""

    method: str
    path: str
    body: bytes = b""

    def encoded(self, key: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {key}"]
        lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body


BARE = Request("GET", "/health/live")
WHO = Request("GET", "/api/v1/me/")
ASK = Request("POST", "/api/v1/chat/", QUESTION)


@dataclass
class Figures:
    """What so many clients saw of one request."""

    seconds: float = 0.0
    busy: float = 0.0
    """Seconds of the web's processor."""
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    """Of answers."""

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    @property
    def row(self) -> str:
        p95 = statistics.quantiles(self.times, n=20, method="inclusive")[18]
        shown = (statistics.median(self.times), p95, self.busy / len(self.times))
        return f"{self.per_second:9.0f}" + "".join(f"{1000 * seconds:9.1f}" for seconds in shown)


class Client:
    """One connection that stays open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body."""
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length = next(line for line in head if line.lower().startswith("content-length:"))
        return int(head[0].split()[1]), await self.reader.readexactly(int(length.split(":")[1]))


async def load(port: int, request: bytes, *, clients: int, seconds: float) -> Figures:
    """So many clients, each of which sends the next request as soon as it has the answer."""
    figures, web = Figures(), web_process()
    until = time.perf_counter() + seconds

    async def go_on() -> None:
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        while (started := time.perf_counter()) < until:
            status, body = await client.send(request)
            figures.times.append(time.perf_counter() - started)
            figures.statuses[status] += 1
            figures.kinds[json.loads(body).get("kind", "")] += 1
        client.writer.close()

    started, busy = time.perf_counter(), web.cpu_times()
    await asyncio.gather(*(go_on() for _ in range(clients)))
    figures.seconds, now = time.perf_counter() - started, web.cpu_times()
    figures.busy = now.user + now.system - busy.user - busy.system
    return figures


def web_process() -> psutil.Process:
    return next(child for child in psutil.Process().children() if "uvicorn" in child.cmdline())


async def measure(port: int, key: str, seconds: float) -> None:
    first = Client(*await asyncio.open_connection("127.0.0.1", port))
    for request in [ASK, *[ASK, WHO, BARE] * WARM_UP]:
        await first.send(request.encoded(key))
    print(
        f"{'clients':>7}  {'request':24}{'per s':>9}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}  ratio to the bare view"
    )
    for clients in CLIENTS:
        bare = None
        for request in (BARE, WHO, ASK):
            seen = await load(port, request.encoded(key), clients=clients, seconds=seconds)
            bare = bare or seen
            print(
                f"{clients:7}  {request.method + ' ' + request.path:24}{seen.row}"
                f"  {bare.per_second / seen.per_second:.1f}{said(seen)}",
                flush=True,
            )


def said(seen: Figures) -> str:
    """What came, if it is anything but a bare page."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in seen.kinds.items() if kind)
    failed = sum(count for status, count in seen.statuses.items() if status != 200)
    return (f"; {kinds}" if kinds else "") + (f"; {failed} FAILED" if failed else "")


def make_key() -> str:
    """The text of an API key that may ask and read."""
    from assistant_project.accounts.models import ApiKey
    from tests.factories import UserFactory

    _, text = ApiKey.objects.issue(UserFactory(), name="Benchmark", scopes=["ask", "read"])
    return text


def statements(key: str) -> list[tuple[str, float]]:
    """Those of one exact hit, with their milliseconds."""
    from django.db import connection
    from django.test import Client as Browser
    from django.test.utils import CaptureQueriesContext, override_settings

    browser = Browser(headers={"Authorization": f"Bearer {key}"})
    budgets = {name: int(BUDGET) for name in LIFTED if name.startswith("TOKENS")}
    with override_settings(**budgets), CaptureQueriesContext(connection) as seen:
        for _ in range(3):  # written, given again with what is done once a process, given again
            done = len(seen)
            browser.post(ASK.path, ASK.body, content_type="application/json")
    return [(query["sql"], 1000 * float(query["time"])) for query in seen.captured_queries[done:]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="for each request and number of clients")
    parser.add_argument("--statements", action="store_true")
    options = parser.parse_args()
    web_port, model_port = free_port(), free_port()
    model = ("-m", "tests.model_server", f"--port={model_port}", "--pace=0")
    web = ("-m", "uvicorn", "assistant_project.asgi:application", f"--port={web_port}", "--lifespan=off")
    os.environ |= LIFTED
    with installation(model_port), process(*model, port=model_port):
        key = make_key()
        if options.statements:
            asked = statements(key)
            print(f"{len(asked)} statements:")
            for sql, milliseconds in asked:
                print(f"{milliseconds:6.0f} ms  {' '.join(sql.split())[:220]}")
        with process(*web, "--no-access-log", "--no-proxy-headers", port=web_port, **LIFTED):
            asyncio.run(measure(web_port, key, options.seconds))


if __name__ == "__main__":
    main()
