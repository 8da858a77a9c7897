"""The parts of a page that change while a worker reads: the page asks for them again until the job ends."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant_project.admin.ago import ago
from knowledge import tasks
from knowledge.admin import marks, reading
from knowledge.models import Job, Source

COLOURS = {
    Source.Status.NEW: "grey",
    Source.Status.READING: "blue",
    Source.Status.READY: "green",
    Source.Status.FAILED: "red",
    Source.Status.GONE: "orange",
}


def with_what_was_read(sources: Any) -> QuerySet[Any]:
    """With the extent of what was read and the open job, in two queries for any number of rows."""
    open_jobs = Prefetch("jobs", Job.objects.open(), to_attr="open_jobs")
    found: QuerySet[Any] = sources.with_what_was_read().prefetch_related(open_jobs)
    return found


def is_being_read(source: Any) -> bool:
    return bool(source.open_jobs)


def status(source: Any) -> str:
    """The coloured label, the sentence that explains it, and how far the job is."""
    job = source.open_jobs[0] if source.open_jobs else None
    waits = job is not None and job.state == Job.State.QUEUED
    shown = Source.Status.NEW if waits else Source.Status.READING if job else Source.Status(source.status)
    return render_to_string(
        "knowledge/admin/status.html",
        {
            "label": marks.label(shown.label, COLOURS[shown]),
            "sentence": _("A worker will take it up soon.") if waits else sentence(source),
            "source": source,
            "progress": marks.progress(job) if job and not waits else "",
        },
    )


def sentence(source: Source) -> str:
    """What the status means for the answers."""
    if source.status_detail and source.status == Source.Status.FAILED and source.live_revision:
        return _("%(detail)s What was read before goes on answering.") % {"detail": source.status_detail}
    if source.status == Source.Status.READY and not source.enabled:
        return _("Disabled: no answer quotes it.")
    return source.status_detail


def extent(source: Any) -> str:
    """What was read: pages and characters."""
    if not source.characters:
        return marks.NOTHING
    characters = ngettext("%(n)s character", "%(n)s characters", source.characters) % {
        "n": marks.number(source.characters)
    }
    if not source.page_count:
        return characters
    pages = ngettext("%(n)s page", "%(n)s pages", source.page_count) % {"n": marks.number(source.page_count)}
    return format_html('{}<br><span class="k-quiet">{}</span>', pages, characters)


def chunks(source: Any) -> str:
    """Their number, as a link to them."""
    if not source.chunk_count:
        return marks.NOTHING
    return format_html(
        '<a class="k-link" href="{}">{}</a>', reading.chunks_url(source), marks.number(source.chunk_count)
    )


def last_read(source: Any) -> str:
    return ago(source.read_at)


def overview(source: Any) -> str:
    """The head of the source's page."""
    now = timezone.now()
    return render_to_string(
        "knowledge/admin/source_overview.html",
        {
            "source": source,
            "status": status(source),
            "read": ago(source.read_at),
            "checked": ago(source.checked_at),
            "worker_is_missing": is_being_read(source) and not tasks.is_worker_alive(now),
        },
    )


PARTS: dict[str, Callable[[Any], str]] = {
    "status": status,
    "extent": extent,
    "chunks": chunks,
    "read": last_read,
    "overview": overview,
    "reading": reading.report,
    "revisions": reading.revisions,
}


def part(name: str, source: Any) -> SafeString:
    """A part in the element that progress.js will fill anew."""
    return format_html(
        '<div data-source="{}" data-part="{}" data-state="{}">{}</div>',
        source.pk,
        name,
        "active" if is_being_read(source) else "at rest",
        PARTS[name](source),
    )


def parts_of(sources: QuerySet[Any], names: list[str]) -> dict[str, dict[str, Any]]:
    """For each source whether a job is open, and its parts as HTML."""
    return {
        str(source.pk): {
            "active": is_being_read(source),
            "parts": {name: str(PARTS[name](source)) for name in names if name in PARTS},
        }
        for source in sources
    }
