import io
import struct
import zlib

import pytest

from knowledge.errors import DamagedDocumentError, OutOfTimeError, ReadingError
from knowledge.ingestion.child import ChildLimits
from knowledge.ingestion.pdf import render_page
from tests.knowledge.ingestion.pdf_files import encrypted, pdf, text_pdf

PNG = b"\x89PNG\r\n\x1a\n"


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_page_is_drawn_as_wide_as_asked() -> None:
    png = render_page(text_pdf("First", "Second"), 2, width=300)

    assert png.startswith(PNG)
    assert size(png) == (300, 400)


def test_what_is_drawn_is_the_page() -> None:
    half_black = pdf([b"0 g 0 0 600 400 re f"])

    png = render_page(half_black, 1, width=200)

    drawn = decoded(png)
    assert drawn[0][:3] == b"\xff\xff\xff"
    assert drawn[-1][:3] == b"\x00\x00\x00"


def test_a_picture_never_has_more_pixels_than_allowed() -> None:
    tall = text_pdf("Words").replace(b"[0 0 600 800]", b"[0 0 60 9000]")

    width, height = size(render_page(tall, 1, width=2_000))

    assert width * height < 6_100_000


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_page_that_does_not_exist_is_told(number: int) -> None:
    with pytest.raises(ReadingError, match=f"no page {number}: the file has 2"):
        render_page(text_pdf("First", "Second"), number)


def test_a_damaged_file_cannot_be_drawn() -> None:
    with pytest.raises(DamagedDocumentError, match="cannot be drawn"):
        render_page(b"%PDF-1.7 and nothing else", 1)


def test_a_file_with_a_password_cannot_be_drawn() -> None:
    with pytest.raises(DamagedDocumentError, match="needs a password"):
        render_page(encrypted(text_pdf("Secret"), password="x"), 1)


def test_drawing_has_a_time_limit() -> None:
    with pytest.raises(OutOfTimeError, match="too long to draw"):
        render_page(text_pdf("Words"), 1, limits=ChildLimits(opening_seconds=0))


def test_drawing_has_a_memory_limit() -> None:
    bomb = pdf([bytes(200_000_000)])

    with pytest.raises(DamagedDocumentError, match="too large to be drawn"):
        render_page(bomb, 1, limits=ChildLimits(memory_bytes=300_000_000))


def decoded(png: bytes) -> list[bytes]:
    """The rows of a PNG with 3 bytes a pixel and no filters, without the byte that names the filter."""
    width, height = size(png)
    start = png.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", png[start - 8 : start - 4])
    raw = zlib.decompress(png[start : start + length])
    rows = io.BytesIO(raw)
    return [rows.read(1 + 3 * width)[1:] for _ in range(height)]
