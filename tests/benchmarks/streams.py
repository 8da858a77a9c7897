"""Many readers at once while a model writes slowly: does each get an answer, and does the rest still respond?

    python -m tests.benchmarks.streams [--streams 200] [--pace 0.5]

The web is one process with a pool of 10 connections, on a database of its own that is thrown away.
"""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from tests.benchmarks.installation import empty_installation

POOL = 10
WEB = "streams-web"  # how the database knows the connections of the web
TEXT = (
    "Set the thermostat of the water heater to 120 degrees Fahrenheit: that saves energy and keeps it safe."
)
QUESTION = json.dumps({"message": "How hot should the water heater be?"}).encode()
PROBED = "/health/ready"
PROBE_EVERY = 0.1
AT_REST = 50
MANY = "1000000/min"


@dataclass
class Stream:
    """What one reader got."""

    first_token: float = 0.0
    status: int = 0
    is_done: bool = False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def process(*command: str, port: int, **environ: str) -> Iterator[None]:
    """A process that listens, until the block ends."""
    child = subprocess.Popen([sys.executable, *command], env=os.environ | environ, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 180
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if child.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{' '.join(command)} does not listen")
            time.sleep(0.1)
        yield
    finally:
        child.terminate()
        child.wait(30)


async def request(port: int, head: str, body: bytes = b"") -> AsyncIterator[bytes]:
    """The lines of a response, from its status line to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        lines = [head, "Host: localhost", "Connection: close", "Content-Type: application/json"]
        lines += ["Accept: text/event-stream", f"Content-Length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        async for line in reader:
            yield line
    finally:
        writer.close()


async def ask(port: int) -> Stream:
    stream, started = Stream(), time.perf_counter()
    with contextlib.suppress(OSError):
        async for line in request(port, "POST /api/v1/chat/ HTTP/1.1", QUESTION):
            stream.status = stream.status or int(line.split()[1])
            if line.startswith(b"event: token") and not stream.first_token:
                stream.first_token = time.perf_counter() - started
            stream.is_done |= line.startswith(b"event: done")
    return stream


async def probe(port: int) -> float:
    started = time.perf_counter()
    async for _ in request(port, f"GET {PROBED} HTTP/1.1"):
        pass
    return time.perf_counter() - started


async def probe_during(port: int, until: asyncio.Future[list[Stream]]) -> list[float]:
    """Probes at a steady pace, whether or not those before have been answered."""
    probes = []
    while not until.done():
        probes.append(asyncio.create_task(probe(port)))
        await asyncio.sleep(PROBE_EVERY)
    return await asyncio.gather(*probes)


async def most_backends(until: asyncio.Future[list[Stream]]) -> int:
    """The most connections that the web has held to the database at once."""
    most = 0
    while not until.done():
        most = max(most, await asyncio.to_thread(backends))
        await asyncio.sleep(PROBE_EVERY)
    return most


def backends() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [WEB])
        return int(cursor.fetchone()[0])


async def measure(port: int, streams: int) -> bool:
    """Print what was seen; whether all went well."""
    await ask(port)  # what a process does once is not measured
    at_rest = [await probe(port) for _ in range(AT_REST)]
    started = time.perf_counter()
    answers = asyncio.gather(*(ask(port) for _ in range(streams)))
    during, most, answered = await asyncio.gather(
        probe_during(port, answers), most_backends(answers), answers
    )
    done = [stream for stream in answered if stream.is_done]
    print(f"{len(done)} of {streams} answers complete after {time.perf_counter() - started:.1f} s")
    print(f"statuses {sorted({stream.status for stream in answered})}; {most} connections at most")
    print(f"first token: {spread([stream.first_token for stream in done])}")
    print(f"{PROBED} at rest: {spread(at_rest)}")
    print(f"{PROBED} during:  {spread(during)}")
    return len(done) == streams and most <= POOL


def spread(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "none"
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return f"p50 {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms"


@contextlib.contextmanager
def installation(model_port: int) -> Iterator[None]:
    """With one text to ask about; no setting of whoever measures."""
    settings = {
        "DATABASE_POOL_SIZE": str(POOL),
        "OPENAI_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
        "OPENAI_API_KEY": "none",
        "CHAT_MODEL": "test-model",
        "CHAT_FIRST_TOKEN_SECONDS": "120",
        "ANSWERS_AT_ONCE": "1000",
        "TOKENS_PER_DAY": "0",
        "TOKENS_PER_DAY_PER_USER": "0",
    } | dict.fromkeys(("ANONYMOUS_QUESTION_RATE", "ADDRESS_QUESTION_RATE", "REQUEST_RATE"), MANY)
    with empty_installation(**settings) as cluster:
        from django.core.management import call_command

        from knowledge import tasks

        text = cluster.data_dir / "heating.txt"
        text.write_text(TEXT)
        call_command("ingest", str(text))
        tasks.beat()  # there is no worker, and none is missed so soon
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--pace", type=float, default=0.5, help="seconds that the model takes for a token")
    options = parser.parse_args()
    web_port, model_port = free_port(), free_port()
    model = ("-m", "tests.model_server", f"--port={model_port}", f"--pace={options.pace}")
    web = ("-m", "uvicorn", "assistant_project.asgi:application", f"--port={web_port}", "--lifespan=off")
    with (
        installation(model_port),
        process(*model, port=model_port),
        process(*web, "--no-access-log", "--no-proxy-headers", port=web_port, PGAPPNAME=WEB),
    ):
        went_well = asyncio.run(measure(web_port, options.streams))
    sys.exit(0 if went_well else 1)


if __name__ == "__main__":
    main()
