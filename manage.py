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


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_project.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import ProgrammingError
    except ImportError:
        sys.exit("Django is not installed for this Python. Run `make setup`, then use .venv/bin/python.")
    from assistant_project.postgres import PostgresError

    try:
        with database(arguments):
            execute_from_command_line(arguments)
    except (ImproperlyConfigured, PostgresError) as error:
        sys.exit(str(error))
    except ProgrammingError as error:
        if type(error.__cause__).__name__ not in ("UndefinedTable", "UndefinedColumn"):
            raise
        sys.exit(
            "The database lacks tables of this version. Run `manage.py migrate` first; `up` does so by itself."
        )


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
