"""`manage.py backup FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assistant_project import backup


class Command(BaseCommand):
    help = "Writes the database, the originals and the kept secret key into one file, while the site goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            manifest = backup.create(file)
        except backup.BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{file}: {file.stat().st_size:,} bytes, originals in it: {manifest.originals}. "
            "It holds everything that the site knows: keep it as safe as the site."
        )
        for name in manifest.lost:
            self.stderr.write(
                f"The original {name} is missing or damaged; its source answers, its pages cannot be shown."
            )
