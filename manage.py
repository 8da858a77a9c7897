#!/usr/bin/env python3
"""Django's command line, with the embedded database running around every command that needs one."""

import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

WITHOUT_DATABASE = {
    "",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "sendtestemail",
    "spectacular",
    "startapp",
    "startproject",
    "up",  # starts it itself
    "version",
}

LACKS_TABLES = (
    "The database lacks tables of this version. Run `manage.py migrate` first; `up` does so by itself."
)
ADVICE = {
    "UndefinedTable": LACKS_TABLES,
    "UndefinedColumn": LACKS_TABLES,
    "PoolTimeout": (
        "The database does not answer; the lines above say why. Is it running, is DATABASE_URL right, and has it "
        "connections left?"
    ),
    "InsufficientPrivilege": (
        "The account of DATABASE_URL may not do this. It has to own its database, and a superuser has to run "
        "CREATE EXTENSION vector in it once."
    ),
}
"""What to do, by what the driver raises."""


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_project.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError
    except ImportError:
        sys.exit("Django is not installed for this Python. Run `make setup`, then use .venv/bin/python.")
    from assistant_project.postgres import PostgresError

    try:
        with database(arguments):
            execute_from_command_line(arguments)
    except (ImproperlyConfigured, PostgresError) as error:
        sys.exit(str(error))
    except DatabaseError as error:
        advice = advice_on(error)
        if not advice:
            raise
        sys.exit(f"{str(error).splitlines()[0]}\n{advice}")


def advice_on(error: BaseException | None) -> str:
    """By the error, or by the one that it comes from; empty if there is none."""
    if error is None:
        return ""
    return ADVICE.get(type(error).__name__) or advice_on(error.__cause__ or error.__context__)


def database(arguments: list[str]) -> AbstractContextManager[Any]:
    """The embedded server while a command runs, if the command and the settings ask for it."""
    if not needs_database(arguments):
        return nullcontext()
    from django.conf import settings

    from assistant_project import postgres

    if not settings.EMBEDDED_POSTGRES:
        return nullcontext()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # so that the server is left in order
    return postgres.running(settings.DATA_DIR)


def needs_database(arguments: list[str]) -> bool:
    command, *options = arguments[1:] or [""]
    if command.startswith("-") or {"-h", "--help", "--version"} & set(options):
        return False
    if command == "check":
        return any(option.startswith("--database") for option in options)
    return command not in WITHOUT_DATABASE


if __name__ == "__main__":
    try:
        main(sys.argv)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
