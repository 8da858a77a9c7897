"""Pictures for tests that choose, paste or drop one."""

import struct
import zlib


def png(width: int, height: int, colour: tuple[int, int, int] = (200, 120, 60)) -> bytes:
    """A PNG of one colour (ISO/IEC 15948, 5.3 and 11.2)."""
    row = b"\0" + bytes(colour) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(row * height)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
