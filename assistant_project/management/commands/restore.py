"""`manage.py restore FILE`."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistant_project import backup


class Command(BaseCommand):
    help = "Fills an empty installation with what `backup` has written, and brings it up to date."
    requires_system_checks: list[str] = []  # there is nothing yet to be checked

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            manifest = backup.restore(file)
        except backup.BackupError as error:
            raise CommandError(str(error)) from None
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write(
            f"Restored: the state of {manifest.made_at}, originals in it: {manifest.originals}."
        )
