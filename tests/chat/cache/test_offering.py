"""What is taken in as an entry, and what is not, because it may have been overtaken."""

import threading
import uuid

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from chat.answering import Details, collect, open_question
from chat.cache import freshness, verified
from chat.models import CachedAnswer, Message
from chat.visitors import Asker
from knowledge.models import Corpus
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

HEATER = "Set the water heater to 120 degrees Fahrenheit. That saves energy."
QUESTION = "How warm should the water heater be set?"


@pytest.fixture
def model(settings, model_server):
    settings.OPENAI_BASE_URL, settings.CHAT_MODEL = model_server.url, "loopback"
    return model_server


def ask(question=QUESTION, user=None, **details):
    asked = open_question(question, asker=Asker(user or UserFactory()), details=Details(**details))
    return async_to_sync(collect)(asked)


def in_another_connection(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_an_answer_is_taken_in_with_all_that_it_rests_on():
    source = ready_text(HEATER)

    answer = ask()

    entry = CachedAnswer.objects.get()
    passage = entry.passages.get()
    assert entry.content == answer["content"]
    assert entry.collections == [source.collection_id]
    assert (passage.source, passage.number) == (source, 1)
    assert passage.content_hashes == [source.chunks.get().content_hash]
    assert entry.weakest_cosine == pytest.approx(
        Message.objects.get(pk=answer["id"]).trace["candidates"][0]["cosine"], abs=1e-3
    )
    assert Message.objects.get(pk=answer["id"]).cached_answer == entry
    assert entry.questions.get().text == QUESTION


def test_one_that_was_written_while_something_began_to_answer_is_not(model):
    ready_text(HEATER)

    def meanwhile(request):
        in_another_connection(lambda: ready_text("Boats are painted in spring.", title="Boats"))
        return "Set it to 120 degrees Fahrenheit [1]."

    model.behave(answer=meanwhile)

    assert ask()["kind"] == "generated"
    assert not CachedAnswer.objects.exists()


def test_one_that_is_complete_while_something_begins_to_answer_is_not():
    source = ready_text(HEATER)
    with transaction.atomic():
        freshness.note_new_material([source.chunks.get().pk])
        in_another_connection(ask)

    assert not CachedAnswer.objects.exists()


def test_one_whose_passage_is_gone_by_then_is_not(model):
    source = ready_text(HEATER)

    def meanwhile(request):
        in_another_connection(lambda: source.chunks.update(live=False))
        return "Set it to 120 degrees Fahrenheit [1]."

    model.behave(answer=meanwhile)
    version = Corpus.objects.current().version

    ask()

    assert Corpus.objects.current().version == version
    assert not CachedAnswer.objects.exists()


def test_one_that_the_model_broke_off_is_not(model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees Fahrenheit [1].", finish_reason="length")

    assert ask()["warnings"] == ["truncated"]
    assert not CachedAnswer.objects.exists()


def test_one_that_was_found_by_words_alone_is_not(settings):
    ready_text(HEATER)
    settings.EMBEDDINGS_CLASS = "tests.embedders.BrokenEmbeddings"

    assert ask("Which water heater degrees save energy?")["kind"] == "extract"
    assert not CachedAnswer.objects.exists()


def test_one_that_a_model_wrote_knowing_the_conversation_is_not(model):
    ready_text(HEATER)
    reader = UserFactory()
    model.behave(answer="Set it to 120 degrees Fahrenheit [1].")
    begun = ask("Does the water heater need much energy?", reader)
    CachedAnswer.objects.all().delete()

    answer = ask(QUESTION, reader, session_id=begun["session_id"])

    assert answer["kind"] == "generated"
    assert not CachedAnswer.objects.exists()


def test_asked_afresh_in_its_conversation_it_means_what_it_meant_there(model):
    ready_text(HEATER)
    reader = UserFactory()
    model.behave(answer="Set it to 120 degrees Fahrenheit [1].")
    begun = ask(user=reader)
    model.behave(answer="To 120 degrees Fahrenheit [1].")

    answer = ask(user=reader, fresh=True, session_id=begun["session_id"])

    assert CachedAnswer.objects.get().content == answer["content"] == "To 120 degrees Fahrenheit [1]."


def test_another_answer_to_the_same_question_must_be_trusted_anew(model):
    ready_text(HEATER)
    first, second = UserFactory(), UserFactory()
    model.behave(answer="Set it to 120 degrees Fahrenheit [1].")
    ask(user=first)
    ask(user=second)
    assert CachedAnswer.objects.get().is_trusted

    model.behave(answer="120 degrees Fahrenheit [1].")
    ask(user=second, fresh=True)

    assert CachedAnswer.objects.get().content == "120 degrees Fahrenheit [1]."
    assert not CachedAnswer.objects.get().is_trusted


def test_a_verified_answer_is_not_pushed_aside_by_asking_afresh():
    ready_text(HEATER)
    ask()
    entry = CachedAnswer.objects.get()
    verified.approve(entry, UserFactory(is_staff=True, is_superuser=True))

    assert ask(fresh=True)["kind"] == "extract"
    assert CachedAnswer.objects.get().is_verified
    assert ask()["kind"] == "verified"


def test_a_text_that_was_withdrawn_does_not_come_back_by_being_written_again():
    ready_text(HEATER)
    reader = UserFactory()
    ask(user=reader)
    verified.withdraw(CachedAnswer.objects.get())

    ask(user=reader)

    assert CachedAnswer.objects.get().state == CachedAnswer.State.WITHDRAWN
    assert ask(user=UserFactory())["kind"] == "extract"


def test_equal_questions_at_once_become_one_entry():
    ready_text(HEATER)
    readers = [UserFactory() for _ in range(4)]
    start = threading.Barrier(len(readers))

    def at_once(reader):
        try:
            start.wait()
            ask(user=reader)
        finally:
            connection.close()

    threads = [threading.Thread(target=at_once, args=[reader]) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert CachedAnswer.objects.count() == 1


def test_one_person_with_and_without_an_account_is_not_two():
    ready_text(HEATER)
    reader = UserFactory()
    ask(user=reader)

    visitor = Asker(AnonymousUser(), uuid.uuid4(), address="192.0.2.1")
    answer = async_to_sync(collect)(open_question(QUESTION, asker=visitor))

    assert answer["kind"] == "cached"
    assert not CachedAnswer.objects.get().is_trusted
