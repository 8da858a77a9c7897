"""The account that root lends to PostgreSQL, which refuses to run as root."""

import os
import pwd
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ACCOUNT = "assistant-postgres"


class PostgresError(Exception):
    """The embedded database cannot be used; the sentence says why and what to do."""


def give_away(folder: Path) -> None:
    """Root hands a new folder to the database's account; anyone else keeps it."""
    if os.geteuid() == 0:
        account = _system_account()
        os.chown(folder, account.pw_uid, account.pw_gid)


def as_owner_of(folder: Path, program: Path) -> dict[str, Any]:
    """Arguments of `subprocess.run` with which root runs a program as a folder's owner; none for others."""
    if os.geteuid() != 0:
        return {}
    owner = folder.stat()
    try:
        groups = _let_in(owner.st_uid, {*folder.parents, *program.parents})
        _check_open(program)
    except OSError as error:
        raise PostgresError(
            f"The account that runs the embedded PostgreSQL cannot reach its files: {error}. "
            "Move the project and DATA_DIR to folders that everyone may pass, or do not run this as root."
        ) from None
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": groups}


def _let_in(account: int, folders: Iterable[Path]) -> list[int]:
    """The groups through which an account passes the folders.

    A closed folder is opened to its own group, for passing only and never to everyone: below /root, only the
    database's process, which gets that group, gains anything.
    """
    groups = set()
    for folder in folders:
        found = folder.stat()
        if found.st_uid != account and not found.st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXGRP)
            groups.add(found.st_gid)
    return sorted(groups)


def _check_open(program: Path) -> None:
    if not program.stat().st_mode & stat.S_IXOTH:
        raise PermissionError(f"{program} was installed for root alone; install it anew with umask 022")


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run(["useradd", *options, ACCOUNT], check=True, capture_output=True)  # noqa: S607 - where it lies differs
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresError(
            f"PostgreSQL does not run as root, and an account for it could not be made ({error}). "
            "Run this as another user, or set DATABASE_URL."
        ) from None
    return pwd.getpwnam(ACCOUNT)
