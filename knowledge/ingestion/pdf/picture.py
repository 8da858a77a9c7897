"""A page of a PDF as a picture, drawn in a child process."""

import base64
from contextlib import closing

from knowledge.errors import DamagedDocumentError, OutOfTimeError, ReadingError
from knowledge.ingestion.child import Child, ChildLimits, ChildStoppedError, Stop

DRAWING_LIMITS = ChildLimits(wall_seconds=20, opening_seconds=20, cpu_seconds=20)
NARROWEST, WIDEST = 100, 2_400


def render_page(
    content: bytes, number: int, *, width: int = 1200, limits: ChildLimits = DRAWING_LIMITS
) -> bytes:
    """A PNG of the page, counted from 1, about `width` pixels wide. Raises ReadingError."""
    width = min(max(width, NARROWEST), WIDEST)
    child = Child("pdf_picture.py", (str(number), str(width)), limits)
    try:
        with closing(child.messages(content, lambda: None)) as messages:
            message = next(messages)
    except ChildStoppedError as error:
        if error.reason in {Stop.SILENT, Stop.OUT_OF_TIME}:
            raise OutOfTimeError(f"Page {number} takes too long to draw.") from None
        raise DamagedDocumentError(f"Page {number} is damaged or too large to be drawn.") from None
    if "pages" in message:
        raise ReadingError(f"There is no page {number}: the file has {message['pages']:,}.")
    if "png" not in message:
        raise DamagedDocumentError(f"Page {number} cannot be drawn: the file is damaged or needs a password.")
    return base64.b64decode(message["png"])
