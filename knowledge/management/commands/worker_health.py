"""`manage.py worker_health`: does the worker of this host work? For systemd, containers and other supervisors."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from knowledge import tasks


class Command(BaseCommand):
    help = "Fail if the worker WORKER_NAME has given no sign of life for WORKER_SILENCE_SECONDS."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        name = settings.WORKER_NAME
        try:
            alive = tasks.is_worker_alive(timezone.now(), name)
            seen = tasks.worker_last_seen(name)
        except OperationalError:
            self.stdout.write(
                "The database does not answer: nobody can tell, and the worker is not to blame."
            )
            return
        if not alive:
            since = f"since {seen:%Y-%m-%d %H:%M:%S %Z}" if seen else "yet"
            raise CommandError(f"The worker {name} has given no sign of life {since}.")
        self.stdout.write(f"The worker {name} gave its last sign of life at {seen:%H:%M:%S %Z}.")
