"""Builds a revision beside the live one, and lets it go live in one transaction."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext
from pgvector import HalfVector

from knowledge import embeddings, followers
from knowledge.ingestion.document import PAGE_BREAK, Document, Piece, Reading
from knowledge.models import Chunk, Corpus, Embedder, Job, Original, Revision, Source
from knowledge.models.chunk import HEADING_SEPARATOR, text_hash
from knowledge.models.job import JobLostError

PIPELINE_VERSION = "2"
"""Raise it when reading or splitting gives other chunks for the same bytes: every source is then built anew."""
UNCHANGED = gettext_noop("unchanged")
BATCH = 256
REVISIONS_KEPT = 10
REWEIGH_BATCH = 2_000


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Draft:
    """A chunk that is to be written."""

    ordinal: int
    piece: Piece
    heading: str
    content_hash: str

    @classmethod
    def of(cls, ordinal: int, piece: Piece) -> "Draft":
        heading = HEADING_SEPARATOR.join(piece.heading_path)
        return cls(ordinal, piece, heading, text_hash(heading, piece.text))

    @property
    def embedded_text(self) -> str:
        """What the embedder sees: the headings say what the text is about."""
        return f"{self.heading}\n{self.piece.text}" if self.heading else self.piece.text


class Builder:
    """One job's work on one source."""

    def __init__(self, source: Source, job: Job) -> None:
        self.source = source
        self.job = job
        self.collection = source.collection
        self.embedder = Embedder.objects.in_force()

    def content_hash(self, reading: Reading) -> str:
        return digest(PIPELINE_VERSION, self.collection.language, reading.title, reading.text)

    def is_unchanged(self, reading: Reading) -> bool:
        """The live revision says the same, for the same language, in vectors of the same model."""
        live = self.source.live_revision
        return (
            live is not None
            and live.content_hash == self.content_hash(reading)
            and live.embedder_id == self.embedder.pk
        )

    def leave_unchanged(self, document: Document | None = None) -> None:
        """Nothing was built and nothing was embedded."""
        with transaction.atomic():
            source = self._locked_source()
            self.job.succeed(gettext(UNCHANGED))
            if document is not None:
                source.etag, source.last_modified = document.etag, document.last_modified
                source.save(update_fields=["etag", "last_modified"])
            if source.misses and source.enabled:
                back = source.chunks.filter(revision__state=Revision.State.LIVE)
                followers.tell_of_speaking(back.exclude(live=True).values_list("pk", flat=True))
                back.speak()
            source.note_unchanged()

    def build(self, document: Document, reading: Reading, pieces: Sequence[Piece]) -> Revision:
        """Write the chunks of a new revision, batch by batch, beside what an interrupted job had written already."""
        total = len(pieces)
        with transaction.atomic():
            self.job.progress("embedding", 0, total)
            revision = self._begin(document, reading)
        written = set(revision.chunks.values_list("ordinal", flat=True))
        missing = [Draft.of(n, piece) for n, piece in enumerate(pieces) if n not in written]
        vectors = self.source.chunks.embeddings_by_hash(self.embedder)
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            done = len(written) + start
            self._embed(batch, vectors, done, total)
            with transaction.atomic():
                self.job.progress("embedding", done + len(batch), total)
                copy_chunks([self._row(revision, draft, reading, vectors) for draft in batch])
        return revision

    def _begin(self, document: Document, reading: Reading) -> Revision:
        revision = Revision.objects.to_build(self.source)
        content_hash = self.content_hash(reading)
        if (revision.content_hash, revision.embedder_id) != (content_hash, self.embedder.pk):
            revision.chunks.all().delete()
        revision.content_hash = content_hash
        revision.embedder = self.embedder
        revision.title, revision.language, revision.text = reading.title[:500], reading.language, reading.text
        revision.report = asdict(reading.report) | {"pipeline": PIPELINE_VERSION}
        if self.source.kind != Source.Kind.TEXT:
            revision.original = Original.objects.keep(document.content, document.media_type, document.charset)
        revision.save()
        return revision

    def _embed(self, batch: Sequence[Draft], vectors: dict[str, str], done: int, total: int) -> None:
        """Fill in the vectors of what has none yet."""
        new = {draft.content_hash: draft for draft in batch if draft.content_hash not in vectors}
        embedded = embeddings.embed_texts(
            [draft.embedded_text for draft in new.values()],
            on_progress=lambda count: self.job.progress("embedding", done + count, total),
        )
        vectors.update(
            (content_hash, HalfVector(vector).to_text())
            for content_hash, vector in zip(new, embedded, strict=True)
        )

    def _row(
        self, revision: Revision, draft: Draft, reading: Reading, vectors: dict[str, str]
    ) -> dict[str, Any]:
        piece = draft.piece
        text_with_breaks = reading.text[piece.start : piece.end]
        return {
            "revision_id": revision.pk,
            "source_id": self.source.pk,
            "collection_id": self.collection.pk,
            "embedder_id": self.embedder.pk,
            "config": self.collection.language,
            "ordinal": draft.ordinal,
            "heading": draft.heading,
            "text": piece.text,
            "first_page": piece.first_page,
            "last_page": piece.last_page,
            "start": piece.start,
            "end": piece.end,
            "page_breaks": [i + 1 for i, char in enumerate(text_with_breaks) if char == PAGE_BREAK],
            "content_hash": draft.content_hash,
            "length": 0,
            "live": False,
            "embedding": vectors[draft.content_hash],
        }

    def go_live(self, revision: Revision, document: Document) -> None:
        """Let the new revision answer instead of the old one: everything or nothing, and only while the job is ours."""
        chunks = revision.chunks.all()
        count = chunks.count()
        with transaction.atomic():
            source = self._locked_source()
            self.job.succeed(ngettext("%(count)s passage", "%(count)s passages", count) % {"count": count})
            # It may have been moved while it was read.
            chunks.exclude(collection=source.collection_id).update(collection=source.collection_id)
            chunks.weigh(length_to_weigh_with(chunks))
            if source.enabled:
                followers.tell_of_speaking(self._new(revision))
            self._replace_live(source, revision)
            if source.enabled:
                chunks.speak()
            self._note_success(source, revision, document)
        refresh_statistics()

    def _locked_source(self) -> Source:
        """The source as it is now, locked first of all: see SourceQuerySet.locked."""
        if not Source.objects.filter(pk=self.source.pk).locked():
            raise JobLostError  # it was deleted, and its job with it
        return Source.objects.get(pk=self.source.pk)

    def _new(self, revision: Revision) -> Iterable[int]:
        """The chunks whose text has not answered until now, by vectors of the same model."""
        answering = self.source.chunks.filter(live=True, embedder=self.embedder)
        new = revision.chunks.exclude(content_hash__in=answering.values("content_hash"))
        return new.values_list("pk", flat=True)

    def _replace_live(self, source: Source, revision: Revision) -> None:
        old = source.revisions.filter(state=Revision.State.LIVE)
        Chunk.objects.filter(revision__in=old).silence()
        Chunk.objects.filter(revision__in=old).delete()
        old.update(state=Revision.State.SUPERSEDED)
        revision.state = Revision.State.LIVE
        revision.live_at = timezone.now()
        revision.save(update_fields=["state", "live_at"])
        kept = source.revisions.order_by("-number")[:REVISIONS_KEPT].values("pk")
        source.revisions.exclude(pk__in=kept).exclude(state=Revision.State.LIVE).delete()

    def _note_success(self, source: Source, revision: Revision, document: Document) -> None:
        now = timezone.now()
        source.live_revision = revision
        source.status = Source.Status.READY
        source.status_detail = " ".join(revision.report.get("warnings", ()))
        source.misses = 0
        source.etag, source.last_modified = document.etag[:500], document.last_modified[:100]
        source.read_at = source.checked_at = now
        source.schedule_refresh(now)
        source.save()


def copy_chunks(rows: Sequence[dict[str, Any]]) -> None:
    """COPY is several times as fast as INSERT."""
    if not rows:
        return
    columns = ", ".join(f'"{column}"' for column in rows[0])
    with connection.cursor() as cursor, cursor.copy(f"COPY knowledge_chunk ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(list(row.values()))


def length_to_weigh_with(chunks: Any) -> float:
    """The average length that all other chunks are weighed with; for the first chunks of a corpus their own."""
    corpus = Corpus.objects.current()
    if not corpus.weighed_length:
        corpus.weighed_length = chunks.average_length()
        corpus.save(update_fields=["weighed_length"])
    return corpus.weighed_length


def refresh_statistics() -> None:
    """Count terms again if enough has changed, and weigh all chunks again if their average length has moved."""
    corpus = Corpus.objects.current()
    if corpus.is_stale:
        corpus.recount()
    if corpus.has_drifted:
        reweigh(corpus)


def reweigh(corpus: Corpus) -> None:
    """Weigh every live chunk for the present average length, in batches, so that no lock is held for long."""
    last = 0
    while ids := list(
        Chunk.objects.live().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:REWEIGH_BATCH]
    ):
        with transaction.atomic():
            Chunk.objects.filter(pk__in=ids).locked().weigh(corpus.average_length)
        last = ids[-1]
    Corpus.objects.filter(pk=corpus.pk).update(weighed_length=corpus.average_length)
