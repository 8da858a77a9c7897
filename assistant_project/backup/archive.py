"""The file of a backup: a tar with the dump, the originals and, last, a manifest that says what must be in it."""

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

FORMAT = 1
DUMP = "database.dump"
SECRET_KEY = "secret_key"  # noqa: S105 - the name of a file
ORIGINALS = "originals"
MANIFEST = "manifest.json"
MEMBER = re.compile(
    rf"{re.escape(DUMP)}|{SECRET_KEY}|{re.escape(MANIFEST)}|{ORIGINALS}/[0-9a-f]{{2}}/(?P<sha256>[0-9a-f]{{64}})\w*"
)


class BackupError(Exception):
    """A backup cannot be made or restored; the sentence says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    made_at: str
    migrations: list[str]
    """Those that the dumped database has had, as app.name."""
    dump_sha256: str
    originals: int
    lost: list[str]
    """Originals that were missing or damaged when the backup was made."""
    format: int = FORMAT


class Writer:
    """Adds one part after the other; without `finish` the file counts as incomplete."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        self._file = open(self.path, "wb", opener=lambda path, flags: os.open(path, flags, 0o600))
        self._tar = tarfile.open(fileobj=self._file, mode="w")
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self._add(name, file, path.stat().st_size)

    def add_original(self, name: str, path: Path) -> bool:
        """Whether the file is there and what its name says."""
        content = path.read_bytes() if path.exists() else b""
        if not Path(name).name.startswith(hashlib.sha256(content).hexdigest()):
            return False
        self._add(f"{ORIGINALS}/{name}", io.BytesIO(content), len(content))
        return True

    def finish(self, manifest: Manifest) -> None:
        content = json.dumps(asdict(manifest), indent=1).encode()
        self._add(MANIFEST, io.BytesIO(content), len(content))

    def _add(self, name: str, content: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, content)


def unpack(source: Path, folder: Path) -> Manifest:
    """Put all parts into a folder and hold them against their hashes."""
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                _unpack_member(tar, member, folder)
    except OSError as error:
        raise BackupError(f"The backup cannot be read: {error}.") from None
    except tarfile.TarError as error:
        raise BackupError(f"{source} is no backup, or is damaged: {error}.") from None
    manifest = _manifest(folder)
    found = sum(1 for _ in (folder / ORIGINALS).glob("*/*"))
    if not (folder / DUMP).exists() or sha256_of(folder / DUMP) != manifest.dump_sha256:
        raise BackupError("The dump of the database in this backup is damaged.")
    if found != manifest.originals:
        raise BackupError(
            f"This backup is damaged: it should hold {manifest.originals} originals and holds {found}."
        )
    return manifest


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = MEMBER.fullmatch(member.name)
    content = tar.extractfile(member) if name and member.isfile() else None
    if name is None or content is None:
        raise BackupError(f"This is no backup of an assistant: {member.name!r} does not belong in one.")
    target = folder / member.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(target, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        shutil.copyfileobj(content, file)
    if name["sha256"] and sha256_of(target) != name["sha256"]:
        raise BackupError(f"The original {name['sha256']} in this backup is damaged.")


def _manifest(folder: Path) -> Manifest:
    if not (folder / MANIFEST).exists():
        raise BackupError("This backup is incomplete: its last part is missing. Use another one.")
    try:
        fields = json.loads((folder / MANIFEST).read_text())
        if fields["format"] == FORMAT:
            return Manifest(**fields)
    except (ValueError, KeyError, TypeError):
        raise BackupError("The last part of this backup, which says what is in it, is damaged.") from None
    raise BackupError("This backup was made by a newer version of the assistant. Install that version.")
