"""Pictures of pages are made once, and only so many are kept or made at a time."""

import os
import threading
from dataclasses import dataclass

import pytest

from knowledge.errors import DamagedDocumentError
from knowledge.page_images import BusyError, PageImages


class Renderer:
    """Draws by writing down what it was asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, content, number, *, width):
        self.asked.append((content, number))
        return f"picture of page {number}".encode()


@dataclass
class UnkeptOriginal:
    """Bytes without a row and without a file."""

    sha256: str

    def read(self):
        return b"%PDF"


@pytest.fixture
def original():
    return UnkeptOriginal(sha256="a" * 64)


def test_a_page_is_drawn_once(tmp_path, original):
    renderer = Renderer()
    images = PageImages(tmp_path / "pages", render=renderer)

    pictures = [images.get(original, 3), images.get(original, 3)]

    assert pictures == [b"picture of page 3"] * 2
    assert renderer.asked == [(b"%PDF", 3)]


def test_another_process_finds_what_one_has_drawn(tmp_path, original):
    PageImages(tmp_path, render=Renderer()).get(original, 1)
    renderer = Renderer()

    picture = PageImages(tmp_path, render=renderer).get(original, 1)

    assert picture == b"picture of page 1"
    assert renderer.asked == []


def test_pages_of_other_bytes_are_other_pictures(tmp_path, original):
    renderer = Renderer()
    images = PageImages(tmp_path, render=renderer)

    images.get(original, 1)
    images.get(UnkeptOriginal(sha256="b" * 64), 1)

    assert len(renderer.asked) == 2


def test_the_picture_that_nobody_has_looked_at_for_longest_goes_first(tmp_path, original):
    renderer = Renderer()
    images = PageImages(tmp_path, render=renderer, kept=2)
    images.get(original, 1)
    images.get(original, 2)
    os.utime(next(tmp_path.glob("*-2-*")), (1, 1))

    images.get(original, 3)

    assert sorted(path.name.split("-")[1] for path in tmp_path.iterdir()) == ["1", "3"]


def test_a_page_that_cannot_be_drawn_leaves_nothing_behind_and_its_place_free(tmp_path, original):
    def fail(content, number, *, width):
        raise DamagedDocumentError("Page 1 cannot be drawn.")

    images = PageImages(tmp_path, render=fail, at_once=1)

    for _ in range(2):
        with pytest.raises(DamagedDocumentError):
            images.get(original, 1)
    assert list(tmp_path.iterdir()) == []


def test_who_cannot_get_a_place_in_time_is_told_so(tmp_path, original):
    drawing, may_end = threading.Event(), threading.Event()

    def draw(content, number, *, width):
        drawing.set()
        may_end.wait()
        return b"picture"

    images = PageImages(tmp_path, render=draw, at_once=1, wait_seconds=0)
    first = threading.Thread(target=images.get, args=(original, 1))
    first.start()
    drawing.wait()

    with pytest.raises(BusyError):
        images.get(original, 2)
    may_end.set()
    first.join()
    assert images.get(original, 1) == b"picture"
