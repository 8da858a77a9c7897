"""An empty installation for the time of a measurement."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def empty_installation(**settings: str) -> Iterator[Any]:
    """The database of an empty site, whatever the environment and .env name: what is measured fills and empties it."""
    with tempfile.TemporaryDirectory(prefix="assistant-") as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "DATABASE_URL": "",
            "REPLICA_URL": "",
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "assistant_project.settings",
            "LOG_LEVEL": "ERROR",
        } | settings
        import django
        from django.core.management import call_command
        from django.db import connections

        from assistant_project import postgres

        with postgres.running(Path(folder)) as cluster:
            django.setup()
            call_command("migrate", verbosity=0)
            yield cluster
            connections.close_all()
