"""Whoever must know is told in time: before chunks begin to answer and before sources go."""

import pytest
from django.db import DatabaseError

from knowledge import tasks
from knowledge.models import Chunk, Corpus, Job, Source
from tests.factories import CollectionFactory, TextSourceFactory, read, ready_text

pytestmark = pytest.mark.django_db

TOLD: list[str] = []


def remember_chunks(ids):
    TOLD.extend(Chunk.objects.filter(pk__in=ids).order_by("pk").values_list("text", flat=True))


def remember_sources(ids):
    TOLD.extend(Source.objects.filter(pk__in=ids).order_by("pk").values_list("title", flat=True))


def fail(ids):
    raise LookupError("a bug")


def lose_the_database(ids):
    raise DatabaseError("gone for a moment")


@pytest.fixture(autouse=True)
def told(settings):
    settings.WHEN_CHUNKS_SPEAK = [f"{__name__}.remember_chunks"]
    settings.WHEN_SOURCES_GO = [f"{__name__}.remember_sources"]
    TOLD.clear()
    return TOLD


PARTS = (
    "# One\n\n" + "The boiler heats the house. " * 30 + "\n\n# Two\n\n" + "The boat lies in the lake. " * 30
)


def changed(source, text):
    Source.objects.filter(pk=source.pk).update(text=text)
    return Source.objects.get(pk=source.pk)


def test_the_first_reading_tells_of_every_chunk(told):
    ready_text(PARTS)

    assert told == list(Chunk.objects.order_by("pk").values_list("text", flat=True))
    assert len(told) > 1


def test_a_refresh_tells_only_of_text_that_did_not_answer_before(told):
    source = ready_text(PARTS)
    told.clear()

    read(changed(source, PARTS.replace("boat", "ship")))

    assert told
    assert all("ship" in text for text in told)


def test_an_unchanged_refresh_tells_nothing(told):
    source = ready_text()
    told.clear()

    read(source)
    read(source, purpose=Job.Purpose.REREAD)

    assert told == []


def test_chunks_of_another_embedding_model_are_new(told, settings):
    source = ready_text()
    told.clear()
    settings.EMBEDDINGS_CLASS = "tests.embedders.CountingEmbeddings"

    read(source, purpose=Job.Purpose.REINDEX)

    assert told == [source.text]


def test_a_disabled_source_is_told_of_when_it_is_enabled(told):
    source = TextSourceFactory(enabled=False)
    read(source)
    assert told == []

    Source.objects.filter(pk=source.pk).enable(True)

    assert told == [source.text]


def test_a_page_that_comes_back_unchanged_is_told_of(told):
    source = ready_text()
    source.note_missing("404")
    source.note_missing("404")
    told.clear()

    read(source)

    assert told == [source.text]


def test_a_moved_source_is_new_where_it_comes_to(told):
    source = ready_text()
    told.clear()
    before = Corpus.objects.current().version

    source.move_to(CollectionFactory())

    assert told == [source.text]
    assert Corpus.objects.current().version > before


def test_a_disabled_source_moves_silently(told):
    source = ready_text()
    Source.objects.enable(False)
    told.clear()

    source.move_to(CollectionFactory())

    assert told == []


def test_sources_are_told_of_while_they_are_still_there(told):
    source = ready_text(title="Guide")
    told.clear()

    Source.objects.filter(pk=source.pk).remove()

    assert told == ["Guide"]


def test_a_follower_that_fails_leaves_the_old_revision_to_answer(settings):
    source = ready_text("The boiler is old.")
    settings.WHEN_CHUNKS_SPEAK = [f"{__name__}.fail"]
    job = Job.objects.create(source=changed(source, "The boiler is new."))

    with pytest.raises(LookupError):
        tasks.read(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert list(Chunk.objects.live().values_list("text", flat=True)) == ["The boiler is old."]


def test_what_a_failed_follower_undid_is_made_up_for_by_the_next_reading(settings, told):
    source = TextSourceFactory()
    settings.WHEN_CHUNKS_SPEAK = [f"{__name__}.fail"]
    with pytest.raises(LookupError):
        read(source)
    settings.WHEN_CHUNKS_SPEAK = [f"{__name__}.remember_chunks"]

    read(source)

    assert told == [source.text]
    assert Chunk.objects.live().exists()


def test_a_reading_is_taken_up_again_if_the_database_kept_a_follower_from_its_work(settings):
    settings.WHEN_CHUNKS_SPEAK = [f"{__name__}.lose_the_database"]
    job = Job.objects.create(source=TextSourceFactory())

    with pytest.raises(DatabaseError):
        tasks.read(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.RUNNING  # until its lease is over
    assert not Chunk.objects.live().exists()


def test_a_source_stays_if_a_follower_fails(settings):
    source = ready_text()
    settings.WHEN_SOURCES_GO = [f"{__name__}.fail"]

    with pytest.raises(LookupError):
        Source.objects.filter(pk=source.pk).remove()

    assert Chunk.objects.live().filter(source=source).exists()


def test_without_followers_nobody_is_told(settings, told):
    settings.WHEN_CHUNKS_SPEAK = settings.WHEN_SOURCES_GO = []

    source = ready_text()
    Source.objects.filter(pk=source.pk).remove()

    assert told == []
