"""The reading report of a source, for a curator's eyes: what was really read, page by page."""

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from knowledge.admin import marks
from knowledge.models import Source

PAGES_SHOWN = 3_000


@dataclass(frozen=True)
class PageBar:
    number: int
    characters: int
    height: int
    """Percent of the fullest page."""
    state: str
    """"text", "empty" or "scanned"."""

    @property
    def title(self) -> str:
        words = {
            "empty": _("Page %(page)s: empty"),
            "scanned": _("Page %(page)s: a picture without text"),
            "text": _("Page %(page)s: %(characters)s characters"),
        }[self.state]
        return words % {"page": self.number, "characters": marks.number(self.characters)}


def page_bars(pages: list[dict[str, Any]]) -> list[PageBar]:
    """One bar a page."""
    most = max((page["characters"] for page in pages), default=0) or 1
    return [
        PageBar(
            page["number"], page["characters"], max(2, round(100 * page["characters"] / most)), _state(page)
        )
        for page in pages
    ]


def _state(page: dict[str, Any]) -> str:
    if page["characters"]:
        return "text"
    return "scanned" if page.get("has_images") else "empty"


def page_runs(numbers: list[int]) -> list[tuple[int, str]]:
    """Rising numbers as ranges, each with its first page: [1, 2, 3, 7] as (1, "1–3") and (7, "7")."""
    found = []
    for _offset, run in groupby(enumerate(numbers), key=lambda place: place[1] - place[0]):
        pages = [page for _place, page in run]
        first, last = pages[0], pages[-1]
        found.append((first, str(first) if first == last else f"{first}–{last}"))
    return found


def report(source: Any) -> str:
    """The report of the live revision."""
    live = source.live_revision
    context: dict[str, Any] = {"source": source}
    if live is not None:
        bars = page_bars(live.report.get("pages", []))
        context |= {
            "live": live,
            "report": live.report,
            "characters": marks.number(source.characters or 0),
            "bars": bars[:PAGES_SHOWN],
            "not_shown": max(len(bars) - PAGES_SHOWN, 0),
            "unread": max(live.report.get("page_count", 0) - len(bars), 0),
            "empty": page_runs([bar.number for bar in bars if bar.state == "empty"]),
            "scanned": page_runs([bar.number for bar in bars if bar.state == "scanned"]),
            "chunk_count": marks.number(source.chunk_count or 0),
            "chunks_url": chunks_url(source),
        }
    return render_to_string("knowledge/admin/reading.html", context)


def revisions(source: Source) -> str:
    """All of them, the latest first."""
    rows: list[Any] = list(
        source.revisions.select_related("embedder").defer("text", "report").order_by("-number")
    )
    for revision, before in pairwise(rows):
        revision.before = before.number
    return render_to_string("knowledge/admin/revisions.html", {"source": source, "revisions": rows})


def chunks_url(source: Source) -> str:
    """The chunks that answers quote, in reading order."""
    return f"{reverse('admin:knowledge_chunk_changelist')}?source__id__exact={source.pk}"
