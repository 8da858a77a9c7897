"""The database of a backup: PostgreSQL's own dump, and its way back."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from assistant_project import postgres
from assistant_project.backup.archive import BackupError

VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
"""How PostgreSQL's programs learn where to go. Arguments would show the password to everybody on the machine."""


@contextmanager
def snapshot() -> Iterator[str]:
    """One moment of the database: what is asked inside, and the name by which the dump sees the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (name,) = cursor.fetchone()
        yield name


def dump(target: Path, snapshot: str) -> None:
    """The whole database, compressed. No comments: to restore that of an extension takes its owner."""
    _run(
        "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments",
        f"--snapshot={snapshot}", f"--file={target}",
    )  # fmt: skip


def load(dump: Path) -> None:
    """All of it or nothing."""
    database = connection.get_connection_params()["dbname"]
    _run(
        "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
        f"--dbname={database}", str(dump),
    )  # fmt: skip


def is_empty() -> bool:
    return not connection.introspection.table_names()


def migrations() -> list[str]:
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def check_migrations(names: Sequence[str]) -> None:
    """Refuse a database that a newer version has changed."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(names) - known):
        raise BackupError(
            f"This backup was made by a newer version of the assistant ({unknown[0]} is not known here). "
            "Install that version."
        )


def _run(program: str, *arguments: str) -> None:
    finished = subprocess.run(
        [_path_of(program), *arguments],
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **_address(connection.get_connection_params())},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if finished.returncode:
        raise BackupError(f"{program} failed:\n{finished.stderr.strip()[-1500:]}")


def _address(parameters: dict[str, Any]) -> dict[str, str]:
    return {variable: str(parameters[name]) for name, variable in VARIABLES.items() if parameters.get(name)}


def _path_of(program: str) -> Path:
    """Debian's program of the server's version if it is there: an older server may not understand a newer program."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        (version,) = cursor.fetchone()
    packaged = Path(f"/usr/lib/postgresql/{version}/bin/{program}")
    if str(version) != postgres.VERSION and packaged.exists():
        return packaged
    return postgres.binaries() / program
