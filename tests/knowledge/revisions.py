"""Sources as if they had been read, with the words that a test names at known places."""

import hashlib

from django.utils import timezone

from knowledge.models import Chunk, Embedder, Original, Revision, Source
from tests.factories import CollectionFactory
from tests.pdf import pdf_with_text


def with_revision(source, text, original=None, number=1):
    Revision.objects.filter(source=source).update(state=Revision.State.SUPERSEDED)
    revision = Revision.objects.create(
        source=source,
        number=number,
        state=Revision.State.LIVE,
        live_at=timezone.now(),
        text=text,
        original=original,
    )
    source.live_revision = revision
    source.read_at = timezone.now()
    source.status = Source.Status.READY
    source.save()
    return revision


def ready_pdf(*pages, **fields):
    """A PDF whose pages are blank as pictures and were read as these texts."""
    original = Original.objects.keep(pdf_with_text([""] * len(pages)), "application/pdf")
    fields = {"collection": fields.pop("collection", None) or CollectionFactory(), "title": "Guide"} | fields
    source = Source.objects.create(kind=Source.Kind.PDF, original=original, file_name="guide.pdf", **fields)
    with_revision(source, "\f".join(pages), original)
    return source


def chunk(source, words):
    """The passage that consists of these words of the live text."""
    revision = source.live_revision
    start = revision.text.index(words)
    embedder, _ = Embedder.objects.get_or_create(provider="test", model="none", dimensions=2)
    return Chunk.objects.create(
        revision=revision,
        source=source,
        collection=source.collection,
        ordinal=revision.chunks.count(),
        text=words,
        start=start,
        end=start + len(words),
        content_hash=hashlib.sha256(words.encode()).hexdigest(),
        embedder=embedder,
        config="english",
    )
