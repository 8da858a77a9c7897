"""What kind of document some bytes are: judged by the first of them, then by what the server says."""

import codecs
import re
from email.message import Message

from django.utils.translation import gettext as _

from knowledge.errors import FetchError, UnsupportedDocumentError

PDF, HTML, TEXT = "application/pdf", "text/html", "text/plain"
HEAD_BYTES = 2_048
"""So many of the first bytes decide."""

HTML_HEADERS = {HTML, "application/xhtml+xml"}
VAGUE_HEADERS = {"", "application/octet-stream", "binary/octet-stream", "application/x-unknown"}
ROOT = re.compile(rb"<(!doctype html|html|svg|rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.IGNORECASE)
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def media_type(content: bytes, declared: str) -> str:
    """PDF, HTML or TEXT. UnsupportedDocumentError for everything else.

    `declared` is the media type of the Content-Type header, without parameters; "" if there is none.
    """
    head = _comparable(content[:HEAD_BYTES])
    if head.startswith(b"%PDF-") or (declared == PDF and not head.startswith(b"<")):
        return PDF
    if BINARY.search(head):
        raise _unsupported(declared or "unknown")
    if head.startswith(b"<"):
        return _markup(head, declared)
    if declared in HTML_HEADERS:
        return HTML
    if declared in VAGUE_HEADERS or declared.startswith("text/"):
        return TEXT
    raise _unsupported(declared)


def declared_type(header: str) -> tuple[str, str]:
    """Media type and charset of a Content-Type header, in lower case; "" where it says nothing."""
    message = Message()
    message["Content-Type"] = header
    return header.partition(";")[0].strip().lower(), (message.get_content_charset() or "")


def refuse_page_for_pdf(kind: str, *, declared: str, path: str) -> None:
    """Raises if a web page came where a PDF was promised: usually the page that asks for a sign-in."""
    if kind == HTML and (declared == PDF or path.lower().endswith(".pdf")):
        raise FetchError(
            _(
                "The address promises a PDF, but the server sent a web page, perhaps one for signing in. "
                "Download the PDF with your browser and upload it."
            )
        )


def _comparable(head: bytes) -> bytes:
    """Without byte-order mark, leading space and the NULs of UTF-16."""
    if head.startswith(UTF16_MARKS):
        head = head.decode("utf-16", errors="replace").encode()
    return head.removeprefix(codecs.BOM_UTF8).lstrip()


def _markup(head: bytes, declared: str) -> str:
    root = ROOT.search(head)
    if root and not root[1].lower().endswith(b"html"):
        raise _unsupported(declared or root[1].decode().lower())
    if not root and declared not in HTML_HEADERS | VAGUE_HEADERS | {TEXT}:
        raise _unsupported(declared)
    return HTML


def _unsupported(kind: str) -> UnsupportedDocumentError:
    sentence = _(
        "The address leads to a file of the kind %(kind)s. Only web pages, PDFs and plain text can be read. "
        "If it is a document, save it as PDF and upload that."
    )
    return UnsupportedDocumentError(sentence % {"kind": kind})
