import pytest
from django.db import IntegrityError, transaction

from knowledge import retrieval, tasks
from knowledge.ingestion import store
from knowledge.ingestion.document import Document, Piece, Reading, ReadingReport
from knowledge.models import Chunk, Collection, Corpus, Job, Revision, Source, Term
from knowledge.models.job import JobLostError
from tests.embedders import CountingEmbeddings
from tests.factories import CollectionFactory, TextSourceFactory, read, ready_text

pytestmark = pytest.mark.django_db

COUNTING = "tests.embedders.CountingEmbeddings"
LONG = "\n\n".join(f"# Part {n}\n\n" + f"Boiler number {n} heats room {n}. " * 30 for n in range(4))


@pytest.fixture
def asked(settings):
    """The texts that were really embedded."""
    settings.EMBEDDINGS_CLASS = COUNTING
    CountingEmbeddings.asked.clear()
    return CountingEmbeddings.asked


def claimed(source, **job):
    return Job.objects.claim(Job.objects.create(source=source, **job).pk)


def test_a_source_that_was_read_is_ready_with_its_chunks_and_report():
    source = ready_text("Set the water heater to 120 degrees.", title="Heater")

    chunk = Chunk.objects.get()
    assert (source.status, source.live_revision.number) == (Source.Status.READY, 1)
    assert source.live_revision.report["reader"]
    assert (chunk.live, chunk.heading, chunk.text) == (True, "Heater", "Set the water heater to 120 degrees.")
    assert source.text[chunk.start : chunk.end] == chunk.text
    assert chunk.length > 0


def test_an_unchanged_document_costs_no_embedding_and_no_revision(asked):
    source = ready_text()
    asked.clear()

    job = read(source)

    assert job.result == store.UNCHANGED
    assert asked == []
    assert source.revisions.count() == 1


def test_only_changed_chunks_are_embedded_again(asked):
    source = ready_text(LONG)
    before = Chunk.objects.count()
    asked.clear()
    source.text = LONG.replace("Boiler number 3", "Furnace number 3")
    source.save()

    read(source)

    assert 0 < len(asked) < before
    assert all("Furnace" in text for text in asked)
    assert not Chunk.objects.filter(text__contains="Boiler number 3").exists()


def test_a_new_revision_replaces_the_old_one_at_once():
    source = ready_text("The heater is set to 120 degrees.")
    source.text = "The heater is set to 130 degrees."
    source.save()

    read(source)

    states = dict(source.revisions.values_list("number", "state"))
    assert states == {1: Revision.State.SUPERSEDED, 2: Revision.State.LIVE}
    (passage,) = retrieval.find_passages("heater degrees", user=None)
    assert "130" in passage.text


def test_a_failed_refresh_changes_nothing_and_says_why(settings):
    source = ready_text("The heater is set to 120 degrees.")
    source.text = "The heater is set to 130 degrees."
    source.save()
    settings.EMBEDDINGS_CLASS = "tests.embedders.BrokenEmbeddings"

    job = read(source)

    assert job.state == Job.State.FAILED
    assert job.error
    assert (source.status, source.status_detail) == (Source.Status.FAILED, job.error)
    settings.EMBEDDINGS_CLASS = ""
    (passage,) = retrieval.find_passages("heater degrees", user=None)
    assert "120" in passage.text


def test_an_interrupted_job_goes_on_where_it_stopped(asked):
    source = TextSourceFactory(text=LONG)
    builder = store.Builder(source, claimed(source))
    pieces = [Piece(f"Piece {n}", 10 * n, 10 * n + 7) for n in range(3)]
    reading = Reading("x" * 40, ReadingReport("test"))
    document = Document(b"x", "text/plain")
    builder.build(document, reading, pieces[:2])
    asked.clear()

    revision = builder.build(document, reading, pieces)

    assert asked == ["Piece 2"]
    assert list(revision.chunks.order_by("ordinal").values_list("text", flat=True)) == [
        "Piece 0", "Piece 1", "Piece 2",
    ]  # fmt: skip


def test_what_an_interrupted_job_built_from_another_text_is_thrown_away():
    source = TextSourceFactory()
    builder = store.Builder(source, claimed(source))
    document = Document(b"x", "text/plain")
    builder.build(document, Reading("old text", ReadingReport("test")), [Piece("old text", 0, 8)])

    builder.build(document, Reading("new text", ReadingReport("test")), [Piece("new text", 0, 8)])

    assert [chunk.text for chunk in Chunk.objects.all()] == ["new text"]


def test_a_worker_that_lost_its_claim_writes_nothing():
    source = TextSourceFactory()
    job = claimed(source)
    builder = store.Builder(source, job)
    Job.objects.restart(source)

    with pytest.raises(JobLostError):
        builder.build(
            Document(b"x", "text/plain"), Reading("text", ReadingReport("test")), [Piece("text", 0, 4)]
        )

    assert not Chunk.objects.exists()
    assert not Revision.objects.exists()


def test_a_worker_that_loses_its_claim_at_the_end_does_not_go_live():
    source = TextSourceFactory()
    builder = store.Builder(source, claimed(source))
    document = Document(b"x", "text/plain")
    revision = builder.build(document, Reading("text", ReadingReport("test")), [Piece("text", 0, 4)])
    Job.objects.restart(source)

    with pytest.raises(JobLostError):
        builder.go_live(revision, document)

    assert not Chunk.objects.live().exists()


def test_what_a_disabled_source_reads_does_not_answer_yet():
    source = TextSourceFactory(enabled=False)

    read(source)

    assert source.live_revision is not None
    assert not Chunk.objects.live().exists()


def test_a_chunk_that_is_not_complete_cannot_go_live():
    ready_text()

    with pytest.raises(IntegrityError), transaction.atomic():
        Chunk.objects.update(bm25=None)


def test_two_revisions_of_a_source_cannot_be_live():
    source = ready_text()

    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(
            source=source, number=9, state=Revision.State.LIVE, text="x", live_at=source.created_at
        )


def test_page_breaks_inside_a_chunk_are_remembered():
    source = TextSourceFactory()
    builder = store.Builder(source, claimed(source))

    builder.build(
        Document(b"x", "text/plain"),
        Reading("one\ftwo\fthree", ReadingReport("test"), paged=True),
        [Piece("one\ntwo\nthree", 0, 13, first_page=1, last_page=3)],
    )

    assert Chunk.objects.get().page_breaks == [4, 8]


def test_terms_are_counted_over_live_chunks_only():
    source = ready_text("Boilers heat houses. Boilers boil.")
    ready_text("Boilers are loud machines.")
    Source.objects.filter(pk=source.pk).enable(False)

    Corpus.objects.current().recount()

    assert Term.objects.get(lexeme="boiler").documents == 1
    assert Corpus.objects.current().chunks == 1


def test_chunks_are_weighed_again_when_documents_become_much_longer():
    ready_text("Boilers heat houses.")
    first = Chunk.objects.get().bm25

    for number in range(4):
        ready_text(f"Room {number}. " + "Boilers heat houses and rooms and halls. " * 20)

    corpus = Corpus.objects.current()
    assert corpus.weighed_length == pytest.approx(corpus.average_length, rel=0.25)
    assert Chunk.objects.order_by("pk").first().bm25 != first


def test_ten_revisions_are_kept():
    source = ready_text("This is the version number 0.")
    for number in range(1, 13):
        source.text = f"This is the version number {number}."
        source.save()
        read(source)

    assert source.revisions.count() == store.REVISIONS_KEPT
    assert source.live_revision.number == 13


def test_another_embedding_model_has_every_source_built_anew_while_it_answers(settings):
    source = ready_text()
    settings.EMBEDDINGS_CLASS = COUNTING

    assert tasks.reindex_outdated() == 1
    assert tasks.reindex_outdated() == 0
    assert Chunk.objects.live().count() == 1
    tasks.read(Job.objects.open().get().pk)

    chunk = Chunk.objects.live().get()
    assert chunk.embedder.provider == COUNTING
    source.refresh_from_db()
    assert source.live_revision.number == 2


def test_a_source_that_is_moved_while_it_is_read_answers_in_its_new_collection_only():
    source = TextSourceFactory()
    builder = store.Builder(source, claimed(source))
    document = Document(b"x", "text/plain")
    revision = builder.build(document, Reading("text", ReadingReport("test")), [Piece("text", 0, 4)])
    target = CollectionFactory(access=Collection.Access.GROUPS)

    Source.objects.get(pk=source.pk).move_to(target)
    builder.go_live(revision, document)

    assert {chunk.collection for chunk in Chunk.objects.live()} == {target}


def test_a_source_that_is_removed_while_it_is_read_is_gone_and_its_worker_stops():
    source = TextSourceFactory()
    builder = store.Builder(source, claimed(source))
    document = Document(b"x", "text/plain")
    revision = builder.build(document, Reading("text", ReadingReport("test")), [Piece("text", 0, 4)])

    Source.objects.filter(pk=source.pk).remove()

    with pytest.raises(JobLostError):
        builder.go_live(revision, document)
    assert not Chunk.objects.exists()


def test_a_source_answers_in_its_old_stems_until_it_has_been_read_for_the_new_language():
    source = ready_text("Boilers are heating the houses of the town.")
    source.collection.language = Collection.Language.GERMAN
    source.collection.save()

    assert retrieval.find_passages("How are houses heated?", user=None)


def test_what_others_note_while_terms_are_counted_stays_noted():
    ready_text()
    stale = Corpus.objects.current()
    Corpus.objects.note_changes(7)
    Corpus.objects.filter(pk=1).update(weighed_length=77.0)

    stale.recount()

    assert (stale.changes, stale.weighed_length) == (0, 77.0)
