"""What the environment may say, and how it is told that it is wrong."""

import os
import re
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from assistant_project.environment import Environment

NOWHERE = Path(os.devnull)


@pytest.fixture
def env() -> Environment:
    return Environment(NOWHERE)


@pytest.fixture
def value(monkeypatch):
    """Sets the variable that a test is about."""
    return lambda text: monkeypatch.setenv("IT", text)


WRONG = [
    ("flag", [True], "maybe", "true or false"),
    ("number", [0.5], "much", "a number"),
    ("number", [0.5], "nan", "between 0 and 1"),
    ("number", [0.5], "1.5", "between 0 and 1"),
    ("integer", [1], "0.5", "a whole number"),
    ("share", [], "a third", "a number"),
    ("share", [], "1.01", "between 0 and 1"),
    ("choice", ["a", ("a", "b")], "c", "one of: a, b"),
    ("ports", ["80,443"], "80,http", "ports from 1 to 65535"),
    ("ports", ["80,443"], "70000", "ports from 1 to 65535"),
    ("rate", ["20/min"], "twenty a minute", "20/min"),
    ("rate", ["20/min"], "20/fortnight", "sec, min, hour or day"),
    ("rate", ["20/min"], "0/min", "20/min"),
    ("time_zone", ["UTC"], "Europe/Atlantis", "a time zone"),
    ("time_zone", ["UTC"], "../etc/passwd", "a time zone"),
    ("email", ["admin@example.com"], "admin", "an e-mail address"),
    ("address", [], "localhost:11434", "with http:// or https://"),
    ("dotted_path", [], "OpenAIEmbeddings", "package.module.Class"),
    ("mapping", [], "{model}", "not JSON"),
    ("mapping", [], "[1]", "a JSON object"),
    ("prices", [], '{"m": [1]}', "two prices"),
    ("prices", [], '{"m": [1, -2]}', "two prices"),
    ("prices", [], '{"m": [1, "x"]}', "two prices"),
    ("prices", [], '{"m": [1, NaN]}', "two prices"),
    ("prices", [], '{"m": 1}', "two prices"),
    ("database", [], "mysql://host/name", "a PostgreSQL address"),
    ("database", [], "postgres://host", "a PostgreSQL address"),
    ("database", [], "postgres://user:p/ss@host/name", "percent-encoded"),
    ("database", [], "postgres://user@host:port/name", "a PostgreSQL address"),
]


@pytest.mark.parametrize(("method", "arguments", "text", "advice"), WRONG)
def test_a_wrong_value_is_refused_with_its_name_and_advice(env, value, method, arguments, text, advice):
    value(text)
    limits = {"at_least": 0, "at_most": 1} if method in {"number", "integer"} else {}

    with pytest.raises(ImproperlyConfigured, match=r"^IT ") as refusal:
        getattr(env, method)("IT", *arguments, **limits)

    assert advice in str(refusal.value)


RIGHT = [
    ("flag", [False], "Yes", True),
    ("ports", ["80"], "8080, 8443", [8080, 8443]),
    ("rate", ["20/min"], "5/hour", "5/hour"),
    ("time_zone", ["UTC"], "Europe/Berlin", "Europe/Berlin"),
    ("share", [], "0.4", "0.4"),
    ("address", [], "http://localhost:11434/v1", "http://localhost:11434/v1"),
    ("names", [], "a, b,,", ["a", "b"]),
    ("mapping", [], '{"model": "x"}', {"model": "x"}),
    ("prices", [], '{"m": [0.15, 0.6]}', {"m": (Decimal("0.15"), Decimal("0.6"))}),
    ("text", [], "$ecret", "$ecret"),
]


@pytest.mark.parametrize(("method", "arguments", "text", "expected"), RIGHT)
def test_a_right_value_is_taken_as_it_is_meant(env, value, method, arguments, text, expected):
    value(text)

    assert getattr(env, method)("IT", *arguments) == expected


@pytest.mark.parametrize(
    ("method", "arguments", "default"),
    [
        ("flag", [True], True),
        ("ports", ["80"], [80]),
        ("share", [], ""),
        ("database", [], None),
        ("mapping", [], {}),
    ],
)
def test_an_empty_value_means_the_default(env, value, method, arguments, default):
    value("  ")

    assert getattr(env, method)("IT", *arguments) == default


def test_a_database_address_with_an_encoded_password_is_understood(env, value):
    value("postgres://someone:p%23ss@host:5433/name")

    entry = env.database("IT")

    assert (entry["HOST"], entry["PORT"], entry["USER"], entry["PASSWORD"]) == (
        "host",
        5433,
        "someone",
        "p#ss",
    )


def test_a_refused_database_address_does_not_show_its_password(env, value):
    value("mysql://someone:swordfish@host/name")

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database("IT")

    assert "swordfish" not in str(refusal.value)


def test_a_missing_folder_is_made_for_its_owner_alone(env, value, tmp_path):
    value("data")

    folder = env.folder("IT", "var", base=tmp_path)

    assert folder == tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_a_file_is_refused(env, value, tmp_path):
    (tmp_path / "data").write_text("")
    value("data")

    with pytest.raises(ImproperlyConfigured, match="IT cannot be made"):
        env.folder("IT", "var", base=tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_of_someone_else_is_refused(env, value, tmp_path):
    (tmp_path / "data").mkdir(mode=0o500)
    value("data")

    with pytest.raises(ImproperlyConfigured, match="belongs to another account"):
        env.folder("IT", "var", base=tmp_path)


def test_a_file_gives_what_the_environment_does_not(monkeypatch, tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("FROM_FILE=file\nFROM_BOTH=file\n")
    monkeypatch.setenv("FROM_FILE", "")
    monkeypatch.delenv("FROM_FILE")
    monkeypatch.setenv("FROM_BOTH", "environment")

    env = Environment(dotenv)

    assert env.text("FROM_FILE") == "file"
    assert env.text("FROM_BOTH") == "environment"


# --- misspelt names


@pytest.fixture
def misspelt(tmp_path, monkeypatch):
    """What is noticed of an .env file by settings that are called CHAT_MODEL and DATA_DIR."""

    def noticed(text):
        dotenv = tmp_path / ".env"
        dotenv.write_text(text)
        for name in re.findall(r"[A-Z_]{2,}", text):  # removed again when the test has ended
            monkeypatch.setenv(name, "")
            monkeypatch.delenv(name)
        env = Environment(dotenv)
        env.text("CHAT_MODEL")
        env.text("DATA_DIR")
        return env.misspelt()

    return noticed


@pytest.mark.parametrize(
    ("text", "noticed"),
    [
        ("CHAT_MODEL=a\nDATA_DIR=b", {}),
        ("CHAT_MODLE=a\nDATADIR=b", {"CHAT_MODLE": "CHAT_MODEL", "DATADIR": "DATA_DIR"}),
        ("POSTGRES_PASSWORD=of-another-program", {}),
        ("# CHAT_MODLE=a", {}),
    ],
)
def test_a_name_that_resembles_a_setting_is_noticed(misspelt, text, noticed):
    assert misspelt(text) == noticed
