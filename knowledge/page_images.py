"""Pictures of PDF pages: rendered once and kept on disk, as long as there is room."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore

from knowledge.ingestion.pdf import render_page
from knowledge.models import Original

WIDTH = 1200
"""Pixels: sharp on a screen of double density at the width at which the page is shown."""
KEPT_AT_MOST = 500
"""About 300 MB."""
WAIT_SECONDS = 30.0

Render = Callable[..., bytes]


class BusyError(Exception):
    """Too many pictures are being made at once."""


class PageImages:
    """The pictures in one folder.

    `kept`: beyond so many, those that nobody has looked at for longest are dropped.
    `at_once`: so many are made at a time, since each costs a process and its memory.
    """

    def __init__(
        self,
        folder: Path,
        *,
        render: Render = render_page,
        kept: int = KEPT_AT_MOST,
        at_once: int = 2,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.folder = folder
        self.kept = kept
        self._render = render
        self.wait_seconds = wait_seconds
        self._places = BoundedSemaphore(at_once)

    def get(self, original: Original, number: int) -> bytes:
        """The page, 1-based, as PNG. Raises ReadingError; BusyError after a long wait."""
        path = self.folder / f"{original.sha256}-{number}-{WIDTH}.png"
        try:
            os.utime(path)
            return path.read_bytes()
        except FileNotFoundError:
            pass
        if not self._places.acquire(timeout=self.wait_seconds):
            raise BusyError
        try:
            picture = self._render(original.read(), number, width=WIDTH)
        finally:
            self._places.release()
        self._keep(path, picture)
        return picture

    def _keep(self, path: Path, picture: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as draft:
            draft.write(picture)
        os.replace(draft.name, path)  # whoever reads it meanwhile gets all of it or none
        seen = sorted(self.folder.iterdir(), key=_last_seen)
        for old in seen[: max(0, len(seen) - self.kept)]:
            old.unlink(missing_ok=True)


def _last_seen(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has dropped it
        return 0.0
