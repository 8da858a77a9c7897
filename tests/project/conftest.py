"""What the tests of the frame share."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder outside of pytest's own: each session of pytest closes that to the database's account."""
    folder = Path(tempfile.mkdtemp(prefix="assistant-tests-"))
    yield folder
    shutil.rmtree(folder)
