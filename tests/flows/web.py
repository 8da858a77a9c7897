"""A real web process on the test database, and what its readers do."""

import signal
import socket
import subprocess
import sys
from typing import Any, Self

import requests

from tests.flows.worker import PATIENCE, PROJECT, environment

READERS = {
    "ANONYMOUS_QUESTION_RATE": "100000/min",
    "ADDRESS_QUESTION_RATE": "100000/min",
    "ANSWERS_AT_ONCE": "50",
}


class Web:
    """uvicorn with the site, until the block ends."""

    def __init__(self, **environ: str) -> None:
        self.environ = READERS | environ

    def __enter__(self) -> Self:
        # The port is taken before the process starts: whoever comes early waits until it answers.
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
            self.port = int(listener.getsockname()[1])
            self.process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "assistant_project.asgi:application", "--lifespan=off",
                 f"--fd={listener.fileno()}", "--no-access-log", "--no-proxy-headers"],
                cwd=PROJECT,
                env=environment(**self.environ),
                pass_fds=[listener.fileno()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return self

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, question: str, *, headers: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
        """The answer of the API."""
        reply = requests.post(
            f"{self.address}/api/v1/chat/",
            json={"message": question, **fields},
            headers=headers,
            timeout=PATIENCE,
        )
        reply.raise_for_status()
        return dict(reply.json())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
