"""The bytes of an original over HTTP, whole or a part of them (RFC 9110, section 14)."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header, quote_etag

from knowledge.models import Original

ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE | re.ASCII)


class UnsatisfiableError(ValueError):
    """The range lies beyond the end."""


def byte_range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for; None if all of them are to be sent.

    Several ranges at once, and what is no range of bytes, count as none. Raises UnsatisfiableError.
    """
    asked = ONE_RANGE.fullmatch(header)
    if not asked or not any(asked.groups()):
        return None
    first, last = asked.groups()
    if not first:  # so many from the end
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < start:
            return None
    if start >= size:
        raise UnsatisfiableError
    return range(start, end)


def original_response(request: HttpRequest, original: Original, *, name: str) -> HttpResponse:
    """The bytes, to be saved under this name, never to be shown in this site's name. Raises FileNotFoundError."""
    etag = quote_etag(original.sha256)
    part = None
    if request.method == "GET" and request.headers.get("If-Range", etag) == etag:
        try:
            part = byte_range(request.headers.get("Range", ""), original.size)
        except UnsatisfiableError:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{original.size}"})
    content = _read(original, part or range(original.size))
    response = HttpResponse(content, content_type=original.media_type, status=206 if part else 200)
    if part:
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{original.size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _read(original: Original, part: range) -> bytes:
    with original.file.open("rb") as file:
        file.seek(part.start)
        return bytes(file.read(len(part)))
