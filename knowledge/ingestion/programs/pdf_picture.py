"""Draws one page of a PDF. Message: {"png": base64}, or {"pages": how many there are} if there is no such page, or
{"refused": True} if the file or the page cannot be drawn."""

import base64
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pypdfium2

MOST_PIXELS = 6_000_000


def messages(content: bytes, number: str, width: str) -> Iterator[dict[str, Any]]:
    try:
        document = pypdfium2.PdfDocument(content, password="")
        if not 1 <= int(number) <= len(document):
            yield {"pages": len(document)}
            return
        page = document[int(number) - 1]
        yield {"png": base64.b64encode(draw(page, int(width))).decode()}
    except pypdfium2.PdfiumError:
        yield {"refused": True}


def draw(page: Any, width: int) -> bytes:
    page_width, page_height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
    most = (MOST_PIXELS / (page_width * page_height)) ** 0.5
    bitmap = page.render(scale=min(width / page_width, most), rev_byteorder=True)
    return png(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))


def png(width: int, height: int, stride: int, rgb: bytes) -> bytes:
    """8 bits each of red, green and blue, rows unfiltered (PNG specification, sections 5 and 11)."""
    rows = b"".join(b"\0" + rgb[row * stride : row * stride + 3 * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
