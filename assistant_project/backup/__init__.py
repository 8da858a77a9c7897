"""All state of an installation in one file, and an empty installation made the same from it.

The database is dumped and the list of originals is read in one snapshot, while the site goes on. A restore changes
nothing before the whole file has been read and checked.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils import timezone

from assistant_project.backup import archive, database
from assistant_project.backup.archive import BackupError as BackupError
from assistant_project.backup.archive import Manifest
from knowledge.models import Original


def create(target: Path) -> Manifest:
    """Write a backup; the file stands there when it is complete, readable for its owner alone."""
    if target.exists():
        raise BackupError(f"{target} exists already. Name a new file.")
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            manifest = _write(Path(folder))
            (Path(folder) / "archive").rename(target)
    except OSError as error:
        raise BackupError(f"The backup cannot be written: {error}.") from None
    return manifest


def restore(source: Path) -> Manifest:
    """Fill this installation, which must be empty, with what a backup holds."""
    if not database.is_empty():
        raise BackupError(
            "The database is not empty, and a restore would mix two installations. "
            "Name an empty one in DATABASE_URL, or a new folder in DATA_DIR."
        )
    with TemporaryDirectory(dir=settings.DATA_DIR, prefix="restore-") as folder:
        draft = Path(folder)
        manifest = archive.unpack(source, draft)
        database.check_migrations(manifest.migrations)
        _take_in_files(draft)
        database.load(draft / archive.DUMP)
    return manifest


def _write(folder: Path) -> Manifest:
    dump = folder / archive.DUMP
    with database.snapshot() as snapshot:
        originals = list(Original.objects.exclude(file="").values_list("file", flat=True))
        migrations = database.migrations()
        database.dump(dump, snapshot)
    with archive.Writer(folder / "archive") as writer:
        writer.add_file(archive.DUMP, dump)
        if _secret_key_is_kept():
            writer.add_file(archive.SECRET_KEY, settings.DATA_DIR / archive.SECRET_KEY)
        lost = [name for name in originals if not writer.add_original(name, Path(settings.MEDIA_ROOT) / name)]
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            migrations=migrations,
            dump_sha256=archive.sha256_of(dump),
            originals=len(originals) - len(lost),
            lost=lost,
        )
        writer.finish(manifest)
    return manifest


def _take_in_files(draft: Path) -> None:
    """Originals are named by their hashes: what a restore that was cut off has left does no harm."""
    for file in sorted((draft / archive.ORIGINALS).glob("*/*")):
        target = Path(settings.MEDIA_ROOT) / file.relative_to(draft / archive.ORIGINALS)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(file, target)
    if (draft / archive.SECRET_KEY).exists() and _secret_key_is_kept():
        os.replace(draft / archive.SECRET_KEY, settings.DATA_DIR / archive.SECRET_KEY)


def _secret_key_is_kept() -> bool:
    """In DATA_DIR, not in the environment."""
    kept = settings.DATA_DIR / archive.SECRET_KEY
    return kept.exists() and kept.read_text() == settings.SECRET_KEY
