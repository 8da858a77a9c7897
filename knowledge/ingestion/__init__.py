"""From a source to a live revision: fetch, extract, split, embed, store."""

from knowledge.ingestion.document import Document
from knowledge.ingestion.extract import extract
from knowledge.ingestion.fetch import fetch_url
from knowledge.ingestion.split import split
from knowledge.ingestion.store import PIPELINE_VERSION, Builder
from knowledge.models import Job, Source


def ingest(job: Job) -> None:
    """Read the source of a claimed job and let the new revision answer. Raises KnowledgeError, JobLostError."""
    source = job.source
    job.progress("fetching", 0, 0)
    document = load(source, job.purpose)
    builder = Builder(source, job)
    if document is None:
        return builder.leave_unchanged()
    reading = extract(document, lambda done, total: job.progress("reading", done, total))
    if job.purpose == Job.Purpose.REFRESH and builder.is_unchanged(reading):
        return builder.leave_unchanged(document)
    revision = builder.build(document, reading, split(reading))
    return builder.go_live(revision, document)


def load(source: Source, purpose: str) -> Document | None:
    """The bytes of a source; None if the server says that they have not changed."""
    live = source.live_revision
    if purpose == Job.Purpose.REINDEX and live and live.original:
        kept = live.original
        return Document(
            kept.read(),
            kept.media_type,
            name=source.file_name or source.url,
            charset=kept.charset,
            etag=source.etag,
            last_modified=source.last_modified,
        )
    if source.kind == Source.Kind.URL:
        # What an older pipeline has read is read again, even if the page has not changed.
        by_this_pipeline = live is not None and live.report.get("pipeline") == PIPELINE_VERSION
        known = by_this_pipeline and purpose == Job.Purpose.REFRESH
        return fetch_url(
            source.url,
            etag=source.etag if known else "",
            last_modified=source.last_modified if known else "",
        )
    if source.original:
        return Document(source.original.read(), "application/pdf", name=source.file_name)
    return Document(source.text.encode(), "text/plain", name=source.title, charset="utf-8")
