"""New material ends the entries that it would have changed, and no others."""

import datetime
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from chat.cache import freshness
from chat.models import CachedAnswer, CachedPassage
from knowledge.models import Chunk, Embedder, Job, Source
from tests.chat.cache.entries import entry, phrase, verified_entry
from tests.factories import CollectionFactory, TextSourceFactory, read, ready_text

pytestmark = pytest.mark.django_db

State = CachedAnswer.State
QUESTION = "How warm should the water heater be?"
OLD = "Set the water heater to 120 degrees Fahrenheit to save energy."
NEARER = "How warm should the water heater be? Today's advice says 110 degrees."
UNRELATED = "Paint the wooden boat every spring before it goes into the lake."
BETWEEN = 0.735
"""The question's cosine to OLD is smaller, that to NEARER greater."""


@pytest.fixture
def source():
    return ready_text(OLD, title="Heater")


def about(source, *questions, made=entry, **fields):
    """An entry that was looked for in the source's collection, and cites its first chunk."""
    usual = {"collections": [source.collection_id], "weakest_cosine": BETWEEN}
    answer = made(*(questions or [QUESTION]), **usual | fields)
    chunk = source.chunks.order_by("ordinal").first()
    CachedPassage.objects.create(
        answer=answer,
        number=1,
        source=source,
        content_hashes=[chunk.content_hash],
        title=source.title,
        text=chunk.text,
    )
    return answer


def state(answer):
    answer.refresh_from_db()
    return answer.state


def rewrite(source, text):
    Source.objects.filter(pk=source.pk).update(text=text)
    assert read(Source.objects.get(pk=source.pk)).state == Job.State.DONE


def test_a_nearer_passage_of_a_new_source_makes_an_answer_stale_and_says_which(source):
    answer = about(source)

    ready_text(NEARER, title="News", collection=source.collection)

    assert state(answer) == State.STALE
    assert "“News”" in answer.state_detail
    assert answer.expires_at <= timezone.now()


def test_a_refresh_with_a_nearer_paragraph_makes_an_answer_stale(source):
    answer = about(source)

    rewrite(source, f"# Heater\n\n{OLD}\n\n# News\n\n{NEARER}")

    assert state(answer) == State.STALE


def test_unrelated_material_ends_nothing(source):
    answer = about(source)

    ready_text(UNRELATED, collection=source.collection)

    assert state(answer) == State.LIVE


def test_an_unchanged_refresh_ends_nothing(source):
    answer = about(source, weakest_cosine=0.0)

    read(source)
    read(source, purpose=Job.Purpose.REREAD)

    assert state(answer) == State.LIVE


def test_material_in_a_collection_that_was_not_searched_ends_nothing(source):
    answer = about(source)

    ready_text(NEARER, title="News")

    assert state(answer) == State.LIVE


def test_another_copy_of_the_very_text_that_is_cited_ends_nothing(source):
    answer = about(source, weakest_cosine=0.0)

    ready_text(OLD, title="Heater", collection=source.collection)

    assert state(answer) == State.LIVE


def test_every_phrasing_counts(source):
    answer = about(source, "What about boats?")
    phrase(answer, QUESTION)

    ready_text(NEARER, title="News", collection=source.collection)

    assert state(answer) == State.STALE


def test_what_only_looks_alike_does_not_count(source):
    answer = about(source, "What about boats?")
    phrase(answer, QUESTION, same=False)

    ready_text(NEARER, title="News", collection=source.collection)

    assert state(answer) == State.LIVE


def test_enabling_a_nearer_source_makes_an_answer_stale(source):
    nearer = TextSourceFactory(text=NEARER, title="News", enabled=False, collection=source.collection)
    read(nearer)
    answer = about(source)

    Source.objects.filter(pk=nearer.pk).enable(True)

    assert state(answer) == State.STALE


def test_moving_a_nearer_source_into_the_collection_makes_an_answer_stale(source):
    nearer = ready_text(NEARER, title="News")
    answer = about(source)

    nearer.move_to(source.collection)

    assert state(answer) == State.STALE


def test_a_verified_answer_is_to_be_reviewed_instead(source):
    answer = about(source, made=verified_entry)

    ready_text(NEARER, title="News", collection=source.collection)

    assert state(answer) == State.REVIEW_DUE
    assert "“News”" in answer.state_detail
    assert answer.expires_at is None


def test_an_answer_of_unknown_similarity_is_stale_after_any_new_material(source):
    answer = about(source, weakest_cosine=None)

    ready_text(UNRELATED, collection=source.collection)

    assert state(answer) == State.STALE


def test_a_verified_answer_of_unknown_similarity_waits_for_its_review_date(source):
    answer = about(source, made=verified_entry, weakest_cosine=None)

    ready_text(NEARER, title="News", collection=source.collection)

    assert state(answer) == State.LIVE


def test_a_question_that_could_not_be_embedded_is_stale_after_any_new_material(source):
    answer = about(source)
    answer.questions.update(embedding=None, embedder=None)

    ready_text(UNRELATED, collection=source.collection)

    assert state(answer) == State.STALE


def test_vectors_of_another_model_are_not_compared(source):
    answer = about(source)
    other = Embedder.objects.create(provider="other", model="short", dimensions=3)
    answer.questions.update(embedding=[1, 0, 0], embedder=other)

    ready_text(NEARER, title="News", collection=source.collection)

    assert state(answer) == State.LIVE


@pytest.mark.parametrize(
    "ended",
    [
        {"state": State.WITHDRAWN, "state_detail": "Rated down."},
        {"expires_at": timezone.now() - datetime.timedelta(hours=1), "state_detail": "Rated down."},
    ],
    ids=["withdrawn", "expired"],
)
def test_what_has_ended_keeps_its_reason(source, ended):
    answer = about(source, **ended)
    before = answer.state

    ready_text(NEARER, title="News", collection=source.collection)

    assert (state(answer), answer.state_detail) == (before, "Rated down.")


def test_a_long_title_fits_into_the_reason(source):
    answer = about(source, weakest_cosine=0.3)

    ready_text(NEARER, title="Heater news " * 40, collection=source.collection)

    assert state(answer) == State.STALE
    assert len(answer.state_detail) == freshness.DETAIL


def test_a_title_with_a_percent_sign_is_quoted_as_it_is(source):
    answer = about(source, weakest_cosine=0.3)

    ready_text(NEARER, title="Save 100 %s", collection=source.collection)

    assert state(answer) == State.STALE
    assert "“Save 100 %s”" in answer.state_detail


def test_too_much_to_compare_ends_every_written_answer_of_the_collections(source):
    there = [
        about(source, "What about boats?", weakest_cosine=0.99),
        about(source, weakest_cosine=0.99, made=verified_entry),
        about(source, weakest_cosine=0.99, collections=[CollectionFactory().pk]),
    ]
    chunks = list(Chunk.objects.values_list("pk", flat=True))

    freshness.note_new_material(chunks, compared_at_most=2 * 256 - 1)

    assert [state(answer) for answer in there] == [State.STALE, State.LIVE, State.LIVE]
    assert there[0].state_detail == freshness.NOT_COMPARED


def test_as_much_as_may_be_compared_is_compared(source):
    answer = about(source, "What about boats?", weakest_cosine=0.99)
    chunks = list(Chunk.objects.values_list("pk", flat=True))

    freshness.note_new_material(chunks, compared_at_most=256)

    assert state(answer) == State.LIVE


def test_nothing_is_compared_if_nothing_was_asked_there(source, django_assert_num_queries):
    chunks = list(Chunk.objects.values_list("pk", flat=True))

    with django_assert_num_queries(2):  # the lock, and how much there is to compare
        freshness.note_new_material(chunks)


def cite(answer, source, *hashes):
    CachedPassage.objects.create(
        answer=answer, number=2, source=source, content_hashes=hashes, title="Guide", text="Words."
    )


def test_a_verified_answer_is_to_be_reviewed_when_what_it_cites_has_changed(source):
    answer = about(source, made=verified_entry, weakest_cosine=None)
    rewrite(source, "Set it to 110 degrees.")

    assert freshness.mark_review_due() == 1

    assert state(answer) == State.REVIEW_DUE
    assert "“Heater”" in answer.state_detail


def test_one_changed_passage_of_several_is_enough(source):
    answer = about(source, made=verified_entry)
    cite(answer, source, source.chunks.get().content_hash, "0" * 64)

    freshness.mark_review_due()

    assert state(answer) == State.REVIEW_DUE
    assert "“Guide”" in answer.state_detail


def test_the_same_text_in_another_source_does_not_count(source):
    answer = about(source, made=verified_entry)
    ready_text(OLD, title="Heater", collection=source.collection)
    Source.objects.filter(pk=source.pk).enable(False)

    freshness.mark_review_due()

    assert state(answer) == State.REVIEW_DUE


def test_what_a_curator_has_reviewed_is_asked_for_again_only_if_it_is_still_amiss(source):
    answer = about(source, made=verified_entry)
    Source.objects.filter(pk=source.pk).enable(False)
    freshness.mark_review_due()
    Source.objects.filter(pk=source.pk).enable(True)
    CachedAnswer.objects.update(state=State.LIVE)

    assert freshness.mark_review_due() == 0
    assert state(answer) == State.LIVE


def test_written_answers_and_those_that_cite_nothing_need_no_review(source):
    answer = about(source)
    verified_entry("Who are you?")
    Source.objects.filter(pk=source.pk).enable(False)

    assert freshness.mark_review_due() == 0
    assert state(answer) == State.LIVE


@pytest.mark.django_db(transaction=True)
def test_no_entry_is_taken_in_while_new_material_comes_in(source):
    with transaction.atomic():
        freshness.note_new_material([source.chunks.get().pk])
        meanwhile = in_another_process(may_take_in)

    assert meanwhile == [False]
    assert in_another_process(may_take_in) == [True]


@pytest.mark.django_db(transaction=True)
def test_new_material_waits_for_the_entry_that_is_being_taken_in(source):
    nearer = TextSourceFactory(text=NEARER, title="News", collection=source.collection)
    with transaction.atomic():
        assert may_take_in()
        answer = about(source)
        reading = threading.Thread(target=in_another_process, args=[lambda: read(nearer)])
        reading.start()
        wait_until_it_waits(reading)
    reading.join()

    assert state(answer) == State.STALE


def may_take_in():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [freshness.LOCK])
        return cursor.fetchone()[0]


def in_another_process(work):
    """As seen from another connection to the database."""
    results = []

    def run():
        try:
            results.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results


def wait_until_it_waits(thread):
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute(waiting, [freshness.LOCK])
            if cursor.fetchone()[0]:
                return
