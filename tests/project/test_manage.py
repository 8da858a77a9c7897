"""Which commands the embedded database is started for, and what they say of one that does not do."""

import os
import subprocess
import sys

import pytest
from django.db import connection

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


def test_a_command_whose_database_does_not_answer_says_so(tmp_path):
    command = [sys.executable, "manage.py", "migrate"]
    nowhere = "postgres://nobody:secret@127.0.0.1:1/nothing"
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": nowhere}

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "Connection refused" in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("The database does not answer")
    assert "Traceback" not in ended.stderr and "secret" not in ended.stderr


def test_a_command_on_a_database_that_is_not_its_own_says_what_it_needs(
    tmp_path, django_db_setup, django_db_blocker
):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        told = connection.get_connection_params()
        cursor.execute("CREATE ROLE stranger LOGIN")
        cursor.execute(f"GRANT CONNECT ON DATABASE {told['dbname']} TO stranger")
    command = [sys.executable, "manage.py", "migrate"]
    database = f"postgres://stranger@/{told['dbname']}?host={told['host']}"
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": database}
    try:
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    finally:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP OWNED BY stranger; DROP ROLE stranger")

    assert ended.returncode == 1
    assert "CREATE EXTENSION vector" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
