"""What the header of an image says about its size. No pixel is decoded. Pure.

PNG: ISO/IEC 15948, 5.2 and 11.2.2. JPEG: ISO/IEC 10918-1, B.1.1 and B.2.2. GIF: GIF89a, 17 and 18.
WebP: RFC 9649, 2.4 to 2.7.
"""

import struct

Size = tuple[int, int]
"""Width and height in pixels."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Of JPEG: the segments that begin a picture; the three left out are tables and a reserve."""
BARE_MARKERS = frozenset([0x01, *range(0xD0, 0xD8)])
"""Of JPEG: those without a length."""
MOST_SEGMENTS = 5_000
"""Of JPEG, before the picture: more come from nobody who means well."""


class DamagedImageError(ValueError):
    """The image begins as its type does, but its header breaks off or makes no sense."""


def size_of(media_type: str, data: bytes) -> Size | None:
    """Width and height, or None if the bytes are no such image. Raises DamagedImageError."""
    signatures, read = READERS[media_type]
    if not data.startswith(signatures) or (media_type == "image/webp" and data[8:12] != b"WEBP"):
        return None
    try:
        return read(data)
    except (struct.error, IndexError):
        raise DamagedImageError from None


def _png_size(data: bytes) -> Size:
    if data[8:16] != b"\x00\x00\x00\x0dIHDR":
        raise DamagedImageError
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif_size(data: bytes) -> Size:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _jpeg_size(data: bytes) -> Size:
    """From segment to segment until one begins the picture."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:  # a filler
            at += 1
        elif marker in BARE_MARKERS:
            at += 2
        elif marker in FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])
    raise DamagedImageError


def _webp_size(data: bytes) -> Size:
    kind = data[12:16]
    if kind == b"VP8X":  # 24 bits each, less one
        return 1 + _three_bytes(data, 24), 1 + _three_bytes(data, 27)
    if kind == b"VP8L" and data[20] == 0x2F:  # 14 bits each, less one
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":  # 14 bits each, above them a scale
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise DamagedImageError


def _three_bytes(data: bytes, at: int) -> int:
    low, high = struct.unpack_from("<HB", data, at)
    return int(low | high << 16)


READERS = {
    "image/png": ((PNG_SIGNATURE,), _png_size),
    "image/jpeg": ((b"\xff\xd8\xff",), _jpeg_size),
    "image/gif": ((b"GIF87a", b"GIF89a"), _gif_size),
    "image/webp": ((b"RIFF",), _webp_size),
}
