"""`manage.py up`: the whole assistant in one terminal."""

import datetime
import fcntl
import http.client
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import OperationalError, connection
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from assistant_project import postgres
from assistant_project.accounts.models import User
from assistant_project.supervisor import Child, Program, StopSignals, end_marked, supervise
from knowledge.tasks import worker_last_seen

GRACEFUL_SECONDS = 20  # what the web process grants to streams that are under way
PAGES = {"Chat": "/", "Admin": "admin:index", "API": "api-docs"}


class Command(BaseCommand):
    help = (
        "Start everything: the embedded database, migrations, the web and the worker. Ctrl-C stops all of it."
    )
    requires_system_checks: list[str] = []  # they run when the database does

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", default=8000, type=int, help="port to listen on (default: %(default)s)")

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        stop = StopSignals()
        connection.settings_dict.get("OPTIONS", {}).pop("pool", None)  # one question now and then needs none
        postgres.Cluster(settings.DATA_DIR).make_folders()
        os.environ["SITE_URL"] = os.environ.get("SITE_URL") or address_of(host, port)  # where mails lead
        with alone(settings.DATA_DIR / "run" / "up.lock"):
            children = [Child(web(host, port), self.say), Child(worker(), self.say)]
            for child in children:
                end_marked(child.mark, grace=5)  # of an earlier `up` that was killed
            check_free(host, port)
            with self.database() as cluster:
                if self.prepare(stop):
                    announcement = Announcement(host, port, children[0], self.say)
                    supervise(children, stop, [announcement, *revivals(cluster, self.say)])
        self.say("Stopped.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def database(self) -> Any:
        if not settings.EMBEDDED_POSTGRES:
            return nullcontext()
        self.say(f"Starting PostgreSQL in {settings.DATA_DIR}")
        return postgres.running(settings.DATA_DIR)

    def prepare(self, stop: StopSignals) -> bool:
        """Bring the database and the files up to date; False if a signal came meanwhile."""
        try:
            for step in (self.migrate, self.collect_static, self.create_administrator):
                if stop:
                    return False
                step()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}\nCheck DATABASE_URL.") from None
        finally:
            connection.close()
        return not stop

    def migrate(self) -> None:
        self.say("Bringing the database up to date")
        call_command("migrate", verbosity=0, interactive=False)
        self.check(databases=["default"])

    def collect_static(self) -> None:
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        if not settings.DEBUG:
            call_command("collectstatic", verbosity=0, interactive=False)

    def create_administrator(self) -> None:
        if User.objects.filter(is_superuser=True).exists():
            return
        email, password = settings.ADMIN_EMAIL, secrets.token_urlsafe(12)
        if User.objects.filter(email__iexact=email).exists():
            self.say(
                f"There is no administrator, and {email} is someone else. Use `manage.py createsuperuser`."
            )
            return
        User.objects.create_superuser(email=email, password=password)
        self.say(
            f"\n  Administrator  {email}\n  Password       {password}\n"
            "  It is shown this once; `manage.py changepassword` sets another.\n"
        )


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One `up` for each data directory."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"The assistant of {settings.DATA_DIR} is running already. "
                "Stop it first, or set DATA_DIR to start another one."
            ) from None
        yield


def web(host: str, port: int) -> Program:
    options = {
        "host": host,
        "port": port,
        "lifespan": "off",
        "timeout-graceful-shutdown": GRACEFUL_SECONDS,
    }
    command = [sys.executable, "-m", "uvicorn", "assistant_project.asgi:application"]
    command += [f"--{name}={value}" for name, value in options.items()]
    command += [
        "--no-access-log",
        "--no-proxy-headers",
        "--no-server-header",
    ]  # NUM_PROXIES decides whom to believe
    return Program("web", command, log("web"), settings.BASE_DIR, patience=GRACEFUL_SECONDS + 5)


def worker() -> Program:
    return Program(
        "worker",
        [sys.executable, "manage.py", "qcluster"],
        log("worker"),
        settings.BASE_DIR,
        patience=settings.JOB_TIMEOUT + 15,
        last_seen=last_sign_of_worker,
        longest_silence=settings.WORKER_SILENCE_SECONDS,
    )


def reachable(host: str) -> str:
    """Where somebody on this machine reaches what listens everywhere."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared


def address_of(host: str, port: int) -> str:
    host = reachable(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def log(name: str) -> Path:
    return Path(settings.DATA_DIR) / "logs" / f"{name}.log"


def last_sign_of_worker() -> datetime.datetime | None:
    """While the database is away no worker can give a sign of life: that is not its fault."""
    try:
        return worker_last_seen(settings.WORKER_NAME)
    except DatabaseError:
        return timezone.now()
    finally:
        connection.close()


def check_free(host: str, port: int) -> None:
    """Refuse a port that cannot be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"Port {port} of {host} cannot be used: {error}. Choose another one, such as --port {port + 1}."
        ) from None


class Announcement:
    """Says where to go as soon as the web answers, and when it answers again."""

    def __init__(self, host: str, port: int, web: Child, say: Callable[[str], None]) -> None:
        self.host = reachable(host)
        self.site = address_of(host, port)
        self.port = port
        self.web = web
        self.say = say
        self.announced: list[int] = []

    def __call__(self) -> None:
        process = self.web.process
        if process is None or process.pid in self.announced or not self.web_answers():
            return
        self.say("The web answers again." if self.announced else self.addresses())
        self.announced.append(process.pid)

    def addresses(self) -> str:
        lines = [f"{title:<6} {self.site}{path}" for title, path in pages().items()]
        lines.append(f"Logs   {log('web').parent}")
        return "\n  ".join(["The assistant is ready.", *lines]) + "\nCtrl-C stops everything."

    def web_answers(self) -> bool:
        """Any answer but a failure: in production this one may be told to use https or another name."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=2)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def pages() -> dict[str, str]:
    paths = {}
    for title, name in PAGES.items():
        try:
            paths[title] = name if name.startswith("/") else reverse(name)
        except NoReverseMatch:
            continue
    return paths


def revivals(cluster: postgres.Cluster | None, say: Callable[[str], None]) -> list[Callable[[], None]]:
    """The chore that starts a database of ours again which died; nothing to do for another's."""
    if cluster is None:
        return []
    next_look, known = 0.0, cluster.revive()

    def revive() -> None:
        nonlocal next_look, known
        if time.monotonic() < next_look:
            return
        next_look = time.monotonic() + 2
        try:
            found = cluster.revive()
        except postgres.PostgresError as error:
            next_look = time.monotonic() + 30
            say(str(error))
            return
        if found != known:
            known = found
            say("The embedded PostgreSQL had ended and was started again.")

    return [revive]
