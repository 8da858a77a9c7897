"""Picks the reader for a document and refuses what holds no text."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knowledge.errors import NoTextError, UnsupportedDocumentError
from knowledge.ingestion.document import Document, Reading
from knowledge.ingestion.html import read_html
from knowledge.ingestion.page_ranges import ocr_advice
from knowledge.ingestion.pdf import read_pdf
from knowledge.ingestion.plain import read_plain

FEWEST_CHARACTERS = 20
"""A page on average, or in all."""


def extract(document: Document, progress: Callable[[int, int], None]) -> Reading:
    """The text of a document; `progress` is called at least every few seconds with what is done and what there is.

    Raises ReadingError; NoTextError if there is too little text to answer from.
    """
    reading = read(document, progress)
    if reading.paged:
        require_text_on_pages(reading)
    elif document.media_type == "text/html" and len(reading.text) < FEWEST_CHARACTERS:
        raise NoTextError(
            _(
                "There is hardly any text. A page that is filled by scripts cannot be read: "
                "save it as PDF and upload that."
            )
        )
    elif not reading.text.strip():
        raise NoTextError(_("There is no text in it. Check whether this is the right address or file."))
    return replace(reading, title=reading.title or title_from_name(document.name))


def read(document: Document, progress: Callable[[int, int], None]) -> Reading:
    if document.media_type == "application/pdf":
        return read_pdf(document.content, progress)
    if document.media_type == "text/html":
        return read_html(document.content, progress, charset=document.charset)
    if document.media_type == "text/plain":
        return read_plain(document.content, charset=document.charset)
    raise UnsupportedDocumentError(
        _("%(kind)s cannot be read: only PDF, web pages and plain text can. Save it as PDF and upload that.")
        % {"kind": document.media_type}
    )


def require_text_on_pages(reading: Reading) -> None:
    pages = reading.report.pages
    if sum(page.characters for page in pages) >= FEWEST_CHARACTERS * len(pages):
        return
    pictures = [page.number for page in pages if page.has_images and page.characters < FEWEST_CHARACTERS]
    if pictures:
        raise NoTextError(ocr_advice(pictures))
    raise NoTextError(
        ngettext(
            "The only page holds hardly any text. If this is a scan, run OCR on the file and upload it again.",
            "The %(pages)s pages hold hardly any text. If this is a scan, run OCR on the file and upload it again.",
            len(pages),
        )
        % {"pages": len(pages)}
    )


def title_from_name(name: str) -> str:
    """ "https://example.org/energy_savers.pdf" gives "energy savers"."""
    path = urlsplit(name).path if "://" in name else name
    last = unquote(path.rstrip("/").rsplit("/", 1)[-1]) or name
    stem = re.sub(r"\.(pdf|html?|txt|md|php|aspx?)$", "", last, flags=re.IGNORECASE)
    return re.sub(r"[\s_-]+", " ", stem).strip()
