"""What a citation opens: the very page of a PDF, or the text of a source, with the passage marked."""

import mimetypes
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import slugify
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from knowledge.downloads import original_response
from knowledge.errors import KnowledgeError
from knowledge.models import Chunk, Original, Revision, Source
from knowledge.page_images import BusyError, PageImages
from knowledge.windows import Window, around, page_windows, part_windows, pieces, window_with

PDF = "application/pdf"
PART_LENGTH = 20_000
"""Characters of a long text that are shown at once."""

page_images = PageImages(settings.DATA_DIR / "pages")


@never_cache
@require_safe
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """A text: the part with the passage, or the one that is asked for. A PDF is shown by pages instead."""
    source = _source_or_404(request, pk)
    revision = source.live_revision
    if revision is None:  # only who cares for it comes here
        return render(request, "knowledge/source.html", _context(request, source))
    if revision.original and revision.original.media_type == PDF:
        return _to_page(request, source)
    windows = part_windows(revision.text, PART_LENGTH)
    part = _number(request.GET.get("part")) or None
    context = _reading(
        request,
        source,
        revision,
        windows=windows,
        number=part,
        address=lambda number: f"{source.get_absolute_url()}?part={number}",
    )
    return render(request, "knowledge/source.html", context)


@csp_update({"worker-src": [SELF]})  # type: ignore[arg-type]  # its types know no view with arguments
@never_cache
@require_safe
def page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A page of a PDF in the viewer; with ?view=text, or without JavaScript, its picture and the text read from it."""
    source = _source_or_404(request, pk)
    revision, original = _pdf_or_404(source)
    windows = page_windows(revision.text)
    as_text = request.GET.get("view") == "text"
    context = _reading(request, source, revision, windows=windows, number=number, address=source.page_url)
    context |= {
        "original": original,
        "picture": f"{reverse('knowledge:page-image', args=[pk, number])}?of={original.sha256[:16]}",
        "as_text": as_text,
        "other_view": f"?{_carried(request, view='' if as_text else 'text')}",
    }
    return render(request, "knowledge/page.html", context)


@cache_control(private=True, max_age=86_400)  # its address names the bytes
@require_safe
def page_image(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A page of a PDF as a picture."""
    revision, original = _pdf_or_404(_source_or_404(request, pk))
    if number not in range(1, len(page_windows(revision.text)) + 1):
        raise Http404
    try:
        picture = page_images.get(original, number)
    except (KnowledgeError, FileNotFoundError) as error:
        raise Http404 from error
    except BusyError:
        return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
    return HttpResponse(picture, content_type="image/png")


@never_cache
@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came, to be saved; the viewer asks for parts of them."""
    source = _source_or_404(request, pk)
    kept = source.live_revision.original if source.live_revision else source.original
    if kept is None:
        raise Http404
    name = (
        source.file_name
        or f"{slugify(source.name)[:80] or 'source'}{mimetypes.guess_extension(kept.media_type) or ''}"
    )
    try:
        return original_response(request, kept, name=name)
    except FileNotFoundError as error:
        raise Http404 from error


def _source_or_404(request: HttpRequest, pk: int) -> Source:
    """What is missing and what is forbidden look alike."""
    sources = Source.objects.visible_to(request.user).select_related("live_revision__original")
    return get_object_or_404(sources.defer("text"), pk=pk)


def _pdf_or_404(source: Source) -> tuple[Revision, Original]:
    revision = source.live_revision
    if revision is None or revision.original is None or revision.original.media_type != PDF:
        raise Http404
    return revision, revision.original


def _to_page(request: HttpRequest, source: Source) -> HttpResponseRedirect:
    passage = _passage(request, source)
    return redirect(source.page_url(passage.first_page or 1, passage.pk) if passage else source.page_url(1))


def _passage(request: HttpRequest, source: Source) -> Chunk | None:
    """The chunk that the address names, if it is one of this source."""
    number = _number(request.GET.get("passage"))
    return source.chunks.filter(pk=number).first() if number else None


def _reading(
    request: HttpRequest,
    source: Source,
    revision: Revision,
    *,
    windows: list[Window],
    number: int | None,
    address: Callable[[int], str],
) -> dict[str, Any]:
    """A window, 1-based, of the live text with the passage marked; without a number the one with the passage.

    `address` gives that of another window. Raises Http404 if there is no such window.
    """
    passage = _passage(request, source)
    # Offsets hold for the reading that they were made from only.
    is_marked = passage is not None and passage.revision_id == revision.pk
    span = (passage.start, passage.end) if passage and is_marked else (0, 0)
    number = window_with(windows, span[0]) + 1 if number is None else number
    if number not in range(1, len(windows) + 1):
        raise Http404
    before, marked, after = around(revision.text, windows[number - 1], span)
    carried = _carried(request, view=request.GET.get("view", ""))
    steps = {"previous": number - 1, "next": number + 1}
    return _context(request, source) | {
        "before": before,
        "marked": marked,
        "after": after,
        "passage": pieces(revision.text, windows, span),
        "number": number,
        "count": len(windows),
        "has_moved": passage and not is_marked,
        **{name: _joined(address(to), carried) for name, to in steps.items() if 1 <= to <= len(windows)},
    }


def _carried(request: HttpRequest, *, view: str) -> str:
    """What our own links hand on: the passage, the way of viewing, the way back."""
    passage = _number(request.GET.get("passage")) or ""
    query = {"passage": passage, "view": "text" if view == "text" else "", "back": _way_back(request)}
    return urlencode({name: value for name, value in query.items() if value})


def _joined(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _context(request: HttpRequest, source: Source) -> dict[str, Any]:
    return {"source": source, "way_back": _way_back(request)}


def _way_back(request: HttpRequest) -> str:
    """The conversation from which the reader came; the browser tells it first, our own links hand it on."""
    for address in (request.GET.get("back", ""), request.headers.get("Referer", "")):
        if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
            path = urlsplit(address).path
            try:
                if resolve(path).namespace == "chat":
                    return path
            except Resolver404:
                continue
    return reverse("chat:home")


def _number(text: str | None) -> int:
    """A number from an address; 0 if it is none, or larger than any row's."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else 0
