"""Entries go with their sources and with the person who asked, and when staff say so."""

import datetime
import uuid

import pytest
from django.utils import timezone

from chat.cache import removal
from chat.models import CachedAnswer, CacheDecision, CachedPassage, CachedQuestion, Message, Session
from knowledge.models import Collection, Source
from tests.chat.cache.entries import decision, entry, phrase, verified_entry
from tests.factories import CollectionFactory, ready_text

pytestmark = pytest.mark.django_db

State = CachedAnswer.State
ADA, BOB = "ada" * 20, "bob" * 20


def citing(source, made=entry, **fields):
    answer = made("How warm should it be?", collections=[source.collection_id], **fields)
    CachedPassage.objects.create(
        answer=answer, number=1, source=source, content_hashes=["0" * 64], title=source.title, text="Words."
    )
    return answer


def left():
    return set(CachedAnswer.objects.all())


def test_a_source_takes_the_entries_that_cite_it_along():
    source, other = ready_text(), ready_text("Another text about boats.")
    citing(source)
    stays = citing(other)

    Source.objects.filter(pk=source.pk).remove()

    assert left() == {stays}
    assert CachedQuestion.objects.get().answer == stays


def test_a_verified_entry_whose_source_goes_is_withdrawn_and_says_why():
    source = ready_text(title="Guide")
    answer = citing(source, verified_entry)

    Source.objects.filter(pk=source.pk).remove()

    answer.refresh_from_db()
    assert answer.state == State.WITHDRAWN
    assert "“Guide”" in answer.state_detail
    assert answer.passages.get().source is None


def test_a_removed_collection_takes_the_entries_along():
    source = ready_text()
    citing(source)

    Collection.objects.filter(pk=source.collection_id).remove()

    assert left() == set()


def test_messages_and_decisions_outlive_the_entry():
    answer = entry("How warm should it be?")
    session = Session.objects.create(visitor=uuid.uuid4())
    message = Message.objects.create(
        session=session,
        role=Message.Role.ASSISTANT,
        kind=Message.Kind.GENERATED,
        content="120 °F",
        cached_answer=answer,
    )
    decided = decision(answer, message=message)

    assert removal.delete_entries() == 1

    message.refresh_from_db()
    decided.refresh_from_db()
    assert (message.cached_answer, decided.answer) == (None, None)


def test_who_is_forgotten_takes_along_what_nobody_else_asked_for():
    entry("How warm should it be?", askers=[ADA])
    stays = entry("Where is the boat?", askers=[BOB])

    removal.forget_asker(ADA)

    assert left() == {stays}


def test_what_others_asked_for_too_stays_without_a_trace_of_who_is_forgotten():
    answer = entry(askers=[ADA, BOB])
    phrase(answer, "How warm should it be?", asker=ADA)
    phrase(answer, "How hot should it be?", asker=BOB)

    removal.forget_asker(ADA)

    answer.refresh_from_db()
    assert answer.askers == [BOB]
    assert set(answer.questions.values_list("asker", flat=True)) == {"", BOB}


def test_another_persons_phrasing_keeps_an_entry():
    answer = entry(askers=[ADA])
    phrase(answer, "How hot should it be?", asker=BOB)

    removal.forget_asker(ADA)

    answer.refresh_from_db()
    assert answer.askers == []


def test_a_verified_entry_stays_when_its_asker_is_forgotten():
    answer = verified_entry(askers=[ADA])
    phrase(answer, "How warm should it be?", asker=ADA)

    removal.forget_asker(ADA)

    answer.refresh_from_db()
    assert (answer.askers, answer.questions.get().asker) == ([], "")


def test_expired_entries_are_not_live_any_more():
    verified_entry("How warm should it be?")
    entry("Where is the boat?")
    old = entry("Old?", expires_at=timezone.now() - datetime.timedelta(hours=5))

    assert removal.expire(CachedAnswer.objects.all()) == 2

    assert not CachedAnswer.objects.live().exists()
    assert CachedAnswer.objects.get(pk=old.pk).expires_at == old.expires_at


def test_entries_are_deleted_by_source():
    source, other = ready_text(), ready_text("Another text about boats.")
    citing(source)
    stays = citing(other)

    assert removal.delete_entries(source=source.pk) == 1
    assert left() == {stays}


def test_entries_are_deleted_by_collection():
    collection = CollectionFactory()
    entry("How warm?", collections=[collection.pk, collection.pk + 1])
    stays = entry("How cold?", collections=[collection.pk + 1])

    assert removal.delete_entries(collection=collection.pk) == 1
    assert left() == {stays}


def test_entries_are_deleted_by_age():
    entry("How warm?", made_at=timezone.now() - datetime.timedelta(hours=3))
    stays = entry("How cold?", made_at=timezone.now() - datetime.timedelta(hours=1))

    assert removal.delete_entries(older_than=datetime.timedelta(hours=2)) == 1
    assert left() == {stays}


def test_verified_entries_are_deleted_only_if_that_is_said():
    stays = verified_entry("How warm?")
    entry("How cold?")

    assert removal.delete_entries() == 1
    assert left() == {stays}
    assert removal.delete_entries(verified=True) == 1


def test_only_entries_of_a_choice_are_deleted():
    chosen, stays = entry("How warm?"), entry("How cold?")

    removal.delete_entries(among=CachedAnswer.objects.filter(pk=chosen.pk))

    assert left() == {stays}


def test_more_entries_than_one_piece_are_deleted():
    ends = timezone.now() + datetime.timedelta(days=1)
    CachedAnswer.objects.bulk_create(
        CachedAnswer(scope="a", content="Yes.", expires_at=ends) for _ in range(removal.AT_ONCE + 1)
    )

    assert removal.delete_entries() == removal.AT_ONCE + 1
    assert not CacheDecision.objects.exists()
