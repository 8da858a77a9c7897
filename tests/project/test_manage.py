"""Which commands the embedded database is started for."""

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
