"""The ground that tests stand on: settings of nobody, a database of their own, no network."""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
import pytest_django
from django.conf import settings
from django.db import connection
from django.utils import translation

PROJECT = Path(__file__).resolve().parent.parent
KEPT = {"DATABASE_URL"}  # tests may run on a developer's own PostgreSQL


def stand_alone() -> Path:
    """Take the settings of the developer out of the environment; the data directory of this run."""
    if settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests choose their settings themselves.")
    documented = re.findall(r"^#([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    for name in set(documented) - KEPT:
        os.environ.pop(name, None)
    data_dir = Path(tempfile.mkdtemp(prefix="assistant-tests-"))
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    (data_dir / "static").mkdir()
    os.environ |= {
        "DATA_DIR": str(data_dir),
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "assistant_project.settings",
    }
    django.setup()
    return data_dir


DATA_DIR = stand_alone()
pytest_plugins = ["tests.model_server", "tests.tool_server"]


@pytest.fixture(autouse=True)
def site_language() -> Iterator[None]:
    """Each test begins in the language of the site: that of a request stays in force after it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """The embedded server runs from before the test database is made until it has been dropped."""
    from assistant_project import postgres

    if not settings.EMBEDDED_POSTGRES:
        yield
        return
    with postgres.running(DATA_DIR, durable=False):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """The threads of asynchronous tests keep their connections, and a database in use cannot be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
