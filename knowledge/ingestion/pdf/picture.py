"""A page of a PDF as a picture, drawn in a child process."""

import base64
from contextlib import closing

from django.utils.translation import gettext as _

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
            raise OutOfTimeError(_("Page %(page)s takes too long to draw.") % {"page": number}) from None
        raise DamagedDocumentError(
            _("Page %(page)s is damaged or too large to be drawn.") % {"page": number}
        ) from None
    if "pages" in message:
        sentence = _("There is no page %(page)s: the file has %(pages)s.")
        raise ReadingError(sentence % {"page": number, "pages": message["pages"]})
    if "png" not in message:
        raise DamagedDocumentError(
            _("Page %(page)s cannot be drawn: the file is damaged or needs a password.") % {"page": number}
        )
    return base64.b64decode(message["png"])
