"""Images that a reader sends along: what they are is read from their own bytes. Pure; nothing is fetched."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chat.image_sizes import DamagedImageError, size_of

MOST_IMAGES = 4
MOST_BYTES = 5 * 1024 * 1024
"""Of one image."""
MOST_BYTES_TOGETHER = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""Whoever decodes an image needs 4 bytes for each."""

DATA_URL = re.compile(r"data:(image/(?:png|jpeg|webp|gif));base64,", re.IGNORECASE)


class ImageRefused(Exception):  # noqa: N818  (a refusal is not an error)
    """An image is not taken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Image:
    """Bytes that are what their type says."""

    media_type: str
    """"image/png", "image/jpeg", "image/webp" or "image/gif"."""
    data: bytes = field(repr=False)

    @property
    def url(self) -> str:
        """As a data URL, which is how a model takes it."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"


def checked_images(urls: Sequence[str]) -> tuple[Image, ...]:
    """The images of data URLs. Raises ImageRefused."""
    if len(urls) > MOST_IMAGES:
        raise ImageRefused("too_many_images")
    images = tuple(_checked(url) for url in urls)
    if sum(len(image.data) for image in images) > MOST_BYTES_TOGETHER:
        raise ImageRefused("image_too_large")
    return images


def _checked(url: str) -> Image:
    if url[:5].lower() != "data:":
        raise ImageRefused("image_address")
    head = DATA_URL.match(url)
    if head is None:
        raise ImageRefused("image_type")
    media_type, encoded = head[1].lower(), url[head.end() :]
    if len(encoded) > -(-MOST_BYTES // 3) * 4:  # before it is decoded: four characters for three bytes
        raise ImageRefused("image_too_large")
    image = Image(media_type, _decoded(encoded))
    _check_size(image)
    return image


def _decoded(encoded: str) -> bytes:
    try:
        return binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:  # also for characters beyond ASCII
        raise ImageRefused("image_damaged") from None


def _check_size(image: Image) -> None:
    if len(image.data) > MOST_BYTES:
        raise ImageRefused("image_too_large")
    try:
        size = size_of(image.media_type, image.data)
    except DamagedImageError:
        raise ImageRefused("image_damaged") from None
    if size is None:
        raise ImageRefused("image_type")
    width, height = size
    if not width or not height:
        raise ImageRefused("image_damaged")
    if width * height > MOST_PIXELS:
        raise ImageRefused("image_too_large")
