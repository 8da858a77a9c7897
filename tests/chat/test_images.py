"""Images that are sent along: only what is what it says, small enough, and brought in the request itself."""

import base64
import struct
import zlib

import pytest

from chat.answering.refusals import image_refusal
from chat.images import MOST_BYTES, MOST_IMAGES, MOST_PIXELS, Image, ImageRefused, checked_images

WIDE = 10_001


def png(width=3, height=2):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\1\2\3" * 2))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def jpeg(width=3, height=2, *, before=b"", marker=0xC0):
    """`before`: segments between the first one and the picture's."""
    first = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    frame = struct.pack(">BBHBHHB", 0xFF, marker, 11, 8, height, width, 1) + b"\x01\x11\0"
    return b"\xff\xd8" + first + before + frame + b"\xff\xd9"


def gif(width=3, height=2, *, version=b"89a"):
    return b"GIF" + version + struct.pack("<HH", width, height) + b"\0\0\0\x3b"


def webp(kind, body):
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def extended_webp(width=3, height=2):
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return webp(b"VP8X", b"\x10\0\0\0" + sides)


def lossless_webp(width=3, height=2):
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | (height - 1) << 14))


def lossy_webp(width=3, height=2):
    return webp(b"VP8 ", b"\x30\x01\0\x9d\x01\x2a" + struct.pack("<HH", width, height))


def url(data, kind="png"):
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def refusal(*urls):
    with pytest.raises(ImageRefused) as caught:
        checked_images(urls)
    assert image_refusal(caught.value.code).endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", png()),
        ("jpeg", jpeg()),
        ("jpeg", jpeg(marker=0xC2)),
        ("jpeg", jpeg(before=b"\xff\xc4\x00\x04\0\0\xff\xff\xff\xfe\x00\x06text\xff\x01")),
        ("gif", gif()),
        ("gif", gif(version=b"87a")),
        ("webp", extended_webp()),
        ("webp", lossless_webp()),
        ("webp", lossy_webp()),
    ],
)
def test_an_image_is_taken_as_it_is_and_goes_on_as_it_came(kind, data):
    (image,) = checked_images([url(data, kind)])

    assert image == Image(f"image/{kind}", data)
    assert image.url == url(data, kind)


def test_no_images_are_fine_and_several_keep_their_order():
    assert checked_images([]) == ()
    assert [image.media_type for image in checked_images([url(gif(), "gif"), url(png())])] == [
        "image/gif",
        "image/png",
    ]


def test_a_type_may_be_written_in_capitals():
    (image,) = checked_images([url(png(), "PNG").replace("data:", "DATA:")])

    assert image.media_type == "image/png"


def test_what_an_image_holds_is_not_shown_in_logs():
    assert "IHDR" not in repr(checked_images([url(png())]))


def test_there_are_only_so_many():
    assert len(checked_images([url(png())] * MOST_IMAGES)) == MOST_IMAGES
    assert refusal(*[url(png())] * (MOST_IMAGES + 1)) == "too_many_images"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.png",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "//x",
        "",
        "a.png",
        " " + url(png()),
    ],
)
def test_an_address_is_not_fetched(address):
    assert refusal(address) == "image_address"


@pytest.mark.parametrize(
    "wrong",
    [
        url(b"<svg/>", "svg+xml"),
        url(png(), "bmp"),
        "data:text/html;base64,PGI+",
        "data:image/png,abc",
        "data:image/png;charset=utf-8;base64,abcd",
        "data:",
    ],
)
def test_another_type_or_form_is_refused(wrong):
    assert refusal(wrong) == "image_type"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("jpeg", png()),
        ("png", gif()),
        ("webp", b"RIFF\x04\0\0\0WAVE"),
        ("gif", b"GIF90a\1\0\1\0"),
        ("png", b""),
        ("png", b"<script>"),
    ],
)
def test_bytes_that_are_not_what_their_type_says_are_refused(kind, data):
    assert refusal(url(data, kind)) == "image_type"


@pytest.mark.parametrize(
    "spoil", [lambda u: u[:-1], lambda u: u + "=", lambda u: u + "é", lambda u: u[:40] + "\n" + u[40:]]
)
def test_base64_with_anything_wrong_is_refused(spoil):
    assert refusal(spoil(url(png()))) == "image_damaged"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", png()[:20]),
        ("png", png()[:8] + b"\0\0\0\x0dIDAT" + b"\0" * 20),
        ("png", png(0, 5)),
        ("jpeg", jpeg()[:22]),
        ("jpeg", b"\xff\xd8\xff\xd9\x00\x00"),
        ("jpeg", b"\xff\xd8\xff"),
        ("jpeg", jpeg(before=b"\xff\xe1\xff\xff")),
        ("jpeg", b"\xff\xd8" + b"\xff" * 20_000),
        ("jpeg", jpeg(3, 0)),
        ("gif", gif()[:8]),
        ("webp", webp(b"ICCP", b"1234567890")),
        ("webp", extended_webp()[:25]),
        ("webp", lossless_webp()[:22]),
        ("webp", lossy_webp().replace(b"\x9d\x01\x2a", b"\0\0\0")),
    ],
)
def test_a_header_that_breaks_off_or_makes_no_sense_is_refused(kind, data):
    assert refusal(url(data, kind)) == "image_damaged"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", png(WIDE, 5_000)),
        ("png", png(2**31 - 1, 2**31 - 1)),
        ("jpeg", jpeg(WIDE, 5_000)),
        ("gif", gif(WIDE, 5_000)),
        ("webp", extended_webp(WIDE, 5_000)),
        ("webp", lossless_webp(WIDE, 5_000)),
        ("webp", lossy_webp(WIDE, 5_000)),
    ],
)
def test_more_pixels_than_anyone_should_decode_are_refused(kind, data):
    assert WIDE * 5_000 > MOST_PIXELS
    assert refusal(url(data, kind)) == "image_too_large"


def test_as_many_pixels_as_allowed_are_taken():
    assert checked_images([url(png(WIDE - 1, 5_000))])


def test_one_image_may_have_so_many_bytes():
    largest = png().ljust(MOST_BYTES, b"\0")

    assert checked_images([url(largest)])
    assert refusal(url(largest + b"\0")) == "image_too_large"
    assert refusal(url(largest + b"\0" * 3)) == "image_too_large"


def test_all_images_together_may_have_so_many_bytes():
    largest = url(png().ljust(MOST_BYTES, b"\0"))

    assert len(checked_images([largest, largest])) == 2
    assert refusal(largest, largest, url(png())) == "image_too_large"
