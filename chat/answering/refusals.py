"""Why an image is not taken, in words for the reader."""

from django.utils.translation import gettext, gettext_noop

from chat.images import MOST_BYTES, MOST_BYTES_TOGETHER, MOST_IMAGES, MOST_PIXELS

MEGA = 1024**2
SENTENCES = {
    "too_many_images": gettext_noop("Send at most %(images)s images with a question."),
    "image_address": gettext_noop(
        "Send the image itself, as a data: URL. Nothing is fetched from an address."
    ),
    "image_type": gettext_noop("An image must be PNG, JPEG, WebP or GIF, in base64, and what it says it is."),
    "image_too_large": gettext_noop(
        "An image may have %(size)s MB and %(pixels)s megapixels, all together %(together)s MB."
    ),
    "image_damaged": gettext_noop("An image is damaged and cannot be read. Save it again and resend it."),
}
"""For each code of ImageRefused."""
FIGURES = {
    "images": MOST_IMAGES,
    "size": MOST_BYTES // MEGA,
    "pixels": MOST_PIXELS // 10**6,
    "together": MOST_BYTES_TOGETHER // MEGA,
}


def image_refusal(code: str) -> str:
    return gettext(SENTENCES[code]) % FIGURES
