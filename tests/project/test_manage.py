"""Which commands the embedded database is started for, and what they say to one without tables."""

import os
import subprocess
import sys

import pytest

import manage


@pytest.mark.parametrize(
    "line",
    ["migrate", "shell", "qcluster", "runserver 8001", "makemigrations --check", "check --database default"],
)
def test_a_command_that_may_ask_the_database_gets_it(line):
    assert manage.needs_database(["manage.py", *line.split()])


@pytest.mark.parametrize(
    "line",
    ["", "help", "help migrate", "--version", "migrate --help", "collectstatic", "check --deploy", "up"],
)
def test_a_command_that_needs_none_starts_none(line):
    assert not manage.needs_database(["manage.py", *line.split()])


def test_a_command_on_a_database_without_tables_says_what_makes_them(tmp_path):
    command = [sys.executable, "manage.py", "ask", "How warm?"]
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("The database lacks tables of this version.")
    assert "Traceback" not in ended.stderr
