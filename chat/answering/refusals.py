"""What is asked and sent with it, checked; why it is not taken, in words for the reader."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chat.images import (
    MOST_BYTES,
    MOST_BYTES_TOGETHER,
    MOST_IMAGES,
    MOST_PIXELS,
    Image,
    ImageRefused,
    checked_images,
)
from chat.writers import can_read_images

QUESTION_LENGTH = 4_000
SELECTED_LENGTH = 20_000
PROGRAM_LENGTH = 8_000
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


class QuestionRefused(Exception):  # noqa: N818  (a refusal is not an error)
    """The question is not taken: nothing was stored."""

    def __init__(self, code: str, detail: str, status: int = 400, wait: float | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.status = code, detail, status
        self.wait = wait
        """Seconds after which it may be asked again, if that is what is wrong."""


def checked_question(text: str) -> str:
    question = _plain(text)
    if not question:
        raise QuestionRefused("empty", _("Write a question first."))
    sentence = _("The question has %(characters)s characters. Shorten it to %(most)s.")
    return _short_enough(question, QUESTION_LENGTH, "too_long", sentence)


def checked_selection(text: str) -> str:
    selected = _plain(text)
    if text and not selected:
        raise QuestionRefused(
            "empty_selection", _("The selected text is empty. Select some, or leave it out.")
        )
    sentence = _("The selected text has %(characters)s characters. Shorten it to %(most)s.")
    return _short_enough(selected, SELECTED_LENGTH, "selected_text_too_long", sentence)


def checked_program(text: str) -> str:
    """The instructions of a program."""
    sentence = _("The program's instructions have %(characters)s characters. Shorten them to %(most)s.")
    return _short_enough(_plain(text), PROGRAM_LENGTH, "instructions_too_long", sentence)


def checked_pictures(urls: Sequence[str]) -> tuple[Image, ...]:
    if not urls:
        return ()
    if not can_read_images():
        raise QuestionRefused(
            "images_not_read", _("No model that reads images is set up here. Ask without the image.")
        )
    try:
        return checked_images(urls)
    except ImageRefused as refused:
        raise QuestionRefused(refused.code, image_refusal(refused.code)) from refused


def image_refusal(code: str) -> str:
    return _(SENTENCES[code]) % FIGURES


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()


def _short_enough(text: str, most: int, code: str, sentence: str) -> str:
    if len(text) > most:
        raise QuestionRefused(code, sentence % {"characters": len(text), "most": most})
    return text
