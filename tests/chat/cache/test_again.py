"""Questions that are asked again, through the whole way that a question takes."""

import datetime

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from assistant_project.accounts.models import User
from chat.answering import Details, collect, open_question
from chat.cache import verified
from chat.models import (
    Assistant,
    CachedAnswer,
    CacheDecision,
    CachedQuestion,
    CacheGate,
    CacheUsage,
    DailyUsage,
    Message,
    Preferences,
)
from chat.visitors import Asker
from knowledge.models import Chunk, Collection, Source
from tests.embedders import CountingEmbeddings
from tests.factories import CollectionFactory, GroupFactory, UserFactory, read, ready_text

pytestmark = pytest.mark.django_db(transaction=True)

BILLS = "You save money on your bills if you turn the thermostat down and seal air leaks around windows."
SAVE = "what should I do to save money on my bills?"
REPHRASED = "Tell me how to save money on bills"
OFF = "How do I turn off the heating at night?"
ON = "How do I turn on the heating at night?"


@pytest.fixture(autouse=True)
def nothing_is_audited(settings):
    settings.CACHE_AUDIT_SHARE = 0


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def bills():
    return ready_text(BILLS)


def ask(question, user, *, session=None, **details):
    """The stored answer as every door shows it."""
    asked = open_question(
        question, asker=Asker(user), details=Details(session_id=session and session["session_id"], **details)
    )
    return async_to_sync(collect)(asked)


def ask_twice(user, again=SAVE, **details):
    ask(SAVE, user, **details)
    return ask(again, user, **details)


def test_the_same_words_are_answered_from_the_cache(reader, bills):
    first = ask(SAVE, reader)
    second = ask("What should I do to save money on my  bills", reader)

    assert (first["kind"], second["kind"]) == ("extract", "cached")
    assert second["content"] == first["content"]
    assert second["cached_at"] > first["created_at"]
    assert first["cached_at"] is None
    assert second["citations"] == first["citations"]
    assert second["tokens"] == {"prompt": 0, "completion": 0}
    assert CachedAnswer.objects.get().hits == 1


def test_the_same_words_need_no_vector(reader, bills, settings):
    settings.EMBEDDINGS_CLASS = "tests.embedders.CountingEmbeddings"
    ready_text(BILLS, title="Embedded by it")
    ask(SAVE, reader)
    CountingEmbeddings.asked.clear()

    assert ask(SAVE, reader)["kind"] == "cached"
    assert CountingEmbeddings.asked == []


def test_a_question_that_is_not_known_is_embedded_once(reader, bills, settings):
    settings.EMBEDDINGS_CLASS = "tests.embedders.CountingEmbeddings"
    ready_text(BILLS, title="Embedded by it")
    ask("Which windows should be sealed?", reader)
    CountingEmbeddings.asked.clear()

    ask(SAVE, reader)

    assert CountingEmbeddings.asked.count(SAVE) == 1


def test_other_words_that_mean_the_same_are_answered_from_the_cache(reader, bills):
    answer = ask_twice(reader, REPHRASED)

    assert answer["kind"] == "cached"
    decision = CacheDecision.objects.get()
    assert (decision.outcome, decision.waits, decision.phrasing) == ("served", False, SAVE)
    assert decision.question == REPHRASED
    assert decision.message_id == answer["id"]


def test_an_opposite_is_not(reader):
    ready_text("Turn off the heating at night by pressing the button for three seconds.")
    ask(OFF, reader)

    assert ask(ON, reader)["kind"] == "extract"


def test_exact_mode_knows_the_same_words_only(reader, bills, settings):
    settings.CACHE_MODE = "exact"

    assert ask_twice(reader, REPHRASED)["kind"] == "extract"
    assert ask(SAVE, reader)["kind"] == "cached"


def test_switched_off_it_keeps_and_gives_nothing(reader, bills, settings):
    settings.CACHE_MODE = "off"

    assert ask_twice(reader)["kind"] == "extract"
    assert not CachedAnswer.objects.exists()


def test_afresh_looks_nothing_up_and_takes_the_place_of_what_was_kept(reader, bills):
    ask(SAVE, reader)
    CachedAnswer.objects.update(made_at=timezone.now() - datetime.timedelta(days=3), hits=5)

    answer = ask(SAVE, reader, fresh=True)

    assert answer["kind"] == "extract"
    entry = CachedAnswer.objects.get()
    assert timezone.now() - entry.made_at < datetime.timedelta(minutes=1)
    assert CachedQuestion.objects.count() == 1


def test_what_was_asked_afresh_in_other_words_waits_to_be_compared(reader, bills):
    ask(SAVE, reader)

    ask(REPHRASED, reader, fresh=True)

    decision = CacheDecision.objects.get()
    assert (decision.outcome, decision.waits) == ("afresh", True)
    assert decision.cached_content == CachedAnswer.objects.order_by("pk").first().content


def test_an_audited_hit_is_answered_afresh(reader, bills, settings):
    settings.CACHE_AUDIT_SHARE = 1

    assert ask_twice(reader, REPHRASED)["kind"] == "extract"
    assert CacheDecision.objects.get().outcome == "audited"
    assert CacheUsage.objects.get().audited == 1


def test_a_similar_question_of_somebody_else_needs_a_second_asker(reader, bills):
    ask(SAVE, reader)
    stranger = UserFactory()

    assert ask(REPHRASED, stranger)["kind"] == "extract"
    assert CacheDecision.objects.get().outcome == "stranger"


def test_the_same_words_of_somebody_else_do_not_and_make_it_trusted(reader, bills):
    ask(SAVE, reader)

    assert ask(SAVE, UserFactory())["kind"] == "cached"
    assert ask(REPHRASED, UserFactory())["kind"] == "cached"


def test_people_with_different_rights_never_share(reader):
    insiders = GroupFactory()
    secret = CollectionFactory(access="groups", groups=[insiders])
    ready_text(BILLS, collection=secret)
    insider = UserFactory()
    insider.groups.add(insiders)

    assert ask_twice(insider)["kind"] == "cached"
    assert ask(SAVE, reader)["kind"] == "abstained"
    assert ask(REPHRASED, reader)["kind"] == "abstained"


def test_whoever_loses_the_right_gets_it_no_longer(reader):
    insiders = GroupFactory()
    ready_text(BILLS, collection=CollectionFactory(access="groups", groups=[insiders]))
    reader.groups.add(insiders)
    assert ask_twice(reader)["kind"] == "cached"

    reader.groups.clear()

    assert ask(SAVE, User.objects.get(pk=reader.pk))["kind"] == "abstained"


def change_prompt(_):
    Assistant.objects.update(instructions="Answer as a plumber would.")


def silently_edit_chunk(_):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE knowledge_chunk SET text = text || ' Not any more.'")


CHANGES = {
    "its source is disabled": lambda source: Source.objects.filter(pk=source.pk).update(enabled=False),
    "its chunk is silenced": lambda source: Chunk.objects.update(live=False),
    "its chunk is edited behind every back": silently_edit_chunk,
    "its chunk is deleted": lambda source: Chunk.objects.all().delete(),
    "its source is deleted": lambda source: Source.objects.filter(pk=source.pk).remove(),
    "its source is gone from the web": lambda source: Source.objects.update(status="gone"),
    "its source has moved": lambda source: source.move_to(CollectionFactory(access="groups")),
    "its collection is closed": lambda source: Collection.objects.update(access="groups"),
    "the prompt is another": change_prompt,
    "it has expired": lambda source: CachedAnswer.objects.update(expires_at=timezone.now()),
    "it is stale": lambda source: CachedAnswer.objects.update(state="stale"),
    "it was withdrawn": lambda source: CachedAnswer.objects.update(state="withdrawn"),
}


@pytest.mark.parametrize("question", [SAVE, REPHRASED], ids=["same words", "other words"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_it_is_not_given_once(reader, bills, change, question):
    assert ask_twice(reader, question)["kind"] == "cached"

    change(bills)

    assert ask(question, reader)["kind"] not in {"cached", "verified"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("EMBEDDINGS_CLASS", "tests.embedders.CountingEmbeddings"), ("RETRIEVAL_FLOOR", 0.3)],
)
def test_it_is_not_given_under_other_settings(reader, bills, settings, name, value):
    assert ask_twice(reader)["kind"] == "cached"

    setattr(settings, name, value)

    assert ask(SAVE, reader)["kind"] != "cached"


def test_another_model_writes_its_own(reader, bills, settings, model_server):
    settings.OPENAI_BASE_URL, settings.CHAT_MODEL = model_server.url, "one"
    assert ask_twice(reader)["kind"] == "cached"

    settings.CHAT_MODEL = "two"

    assert ask(SAVE, reader)["kind"] == "generated"


def test_a_reader_with_other_wishes_gets_an_answer_of_their_own(reader, bills):
    assert ask_twice(reader)["kind"] == "cached"

    Preferences.objects.create(user=reader, expertise="expert")

    assert ask(SAVE, reader)["kind"] == "extract"


def test_a_source_that_says_the_same_in_a_new_revision_still_bears_it(reader, bills):
    assert ask_twice(reader)["kind"] == "cached"

    read(bills, purpose="reread")

    answer = ask(SAVE, reader)
    assert answer["kind"] == "cached"
    assert answer["citations"][0]["url"].endswith(f"?passage={Chunk.objects.live().get().pk}")


def test_without_a_topic_of_the_conversation_a_later_question_is_known_too(reader, bills):
    conversation = ask("Which windows should be sealed with tape?", reader)
    ask(SAVE, reader)

    assert ask(SAVE, reader, session=conversation)["kind"] == "cached"


def test_a_follow_up_is_not_looked_up(reader, bills):
    ask("and what about windows", reader)
    conversation = ask(SAVE, reader)

    assert ask("and what about windows", reader, session=conversation)["kind"] != "cached"


def test_an_answer_from_a_selected_text_is_neither_kept_nor_taken(reader, bills):
    ask("Which windows should be sealed?", reader, selected_text=BILLS)
    assert not CachedAnswer.objects.exists()
    ask(SAVE, reader)

    assert ask(SAVE, reader, selected_text=BILLS)["kind"] == "extract"


def test_what_the_sources_do_not_answer_is_not_kept(reader, bills):
    assert ask("Who won the football cup in Brazil?", reader)["kind"] == "abstained"
    assert not CachedAnswer.objects.exists()


def test_an_answer_without_sound_citations_is_not_kept(reader, bills, settings, model_server):
    settings.OPENAI_BASE_URL, settings.CHAT_MODEL = model_server.url, "one"
    model_server.behave(answer="Bills are paid by unicorns on the moon, in silver coins [1].")

    assert ask(SAVE, reader)["warnings"] == ["unsupported"]
    assert not CachedAnswer.objects.exists()


def test_sources_that_are_read_again_and_again_make_it_short_lived(reader, bills, settings):
    Source.objects.update(refresh_interval="daily")

    ask(SAVE, reader)

    entry = CachedAnswer.objects.get()
    assert entry.expires_at - entry.made_at == datetime.timedelta(hours=settings.CACHE_HOURS_REFRESHED)


def test_hits_are_counted_for_the_reader_and_the_site(reader, bills):
    ask_twice(reader, REPHRASED)
    ask(SAVE, reader)

    day = CacheUsage.objects.get()
    assert (day.lookups, day.exact, day.similar) == (3, 1, 1)
    assert day.saved_milliseconds > 0
    usage = DailyUsage.objects.get(user=reader)
    assert (usage.answers, usage.cached) == (3, 2)


def test_the_trace_tells_staff_why(reader, bills):
    answer = ask_twice(reader, REPHRASED)

    told = Message.objects.get(pk=answer["id"]).trace["cache"]
    assert (told["outcome"], told["level"], told["phrasing"]) == ("served", "similar", SAVE)
    assert told["cosine"] >= 0.8


def test_a_verified_answer_wins_over_what_is_nearer(reader, bills):
    ask(SAVE, reader)
    administrator = UserFactory(is_staff=True, is_superuser=True)
    verified.write(
        "How can I save money on bills?",
        "Ask the energy adviser.",
        by=administrator,
        collections=[bills.collection_id],
    )

    assert ask("How do I save money on my bills?", reader)["kind"] == "verified"


def test_a_verified_answer_is_given_though_the_gate_is_closed(reader, bills):
    ask(SAVE, reader)
    verified.approve(CachedAnswer.objects.get(), UserFactory(is_staff=True, is_superuser=True))
    CacheGate.objects.update(state="closed")

    assert ask(REPHRASED, reader)["kind"] == "verified"


def test_an_answer_for_readers_of_a_language_stays_one_when_it_is_approved(bills):
    german, other = UserFactory(), UserFactory()
    Preferences.objects.create(user=german, language="Deutsch")
    ask(SAVE, german)

    verified.approve(CachedAnswer.objects.get(), UserFactory(is_staff=True, is_superuser=True))

    assert ask(SAVE, german)["kind"] == "verified"
    assert ask(SAVE, other)["kind"] == "extract"


def test_the_verified_answer_of_an_assistant_goes_before_that_of_all(reader, bills):
    administrator = UserFactory(is_staff=True, is_superuser=True)
    where = {"by": administrator, "collections": [bills.collection_id]}
    assistant = Assistant.objects.default()
    verified.write(SAVE, "Of this one.", assistant=assistant, **where)
    verified.write(SAVE, "Of all.", **where)

    assert ask(SAVE, reader)["content"] == "Of this one."
    assert ask(REPHRASED, reader)["content"] == "Of this one."


def test_a_source_that_is_read_again_and_again_since_makes_it_too_old(reader, bills, settings):
    ask(SAVE, reader)
    hours = datetime.timedelta(hours=settings.CACHE_HOURS_REFRESHED + 1)
    CachedAnswer.objects.update(made_at=timezone.now() - hours)
    assert ask(SAVE, reader)["kind"] == "cached"

    Source.objects.update(refresh_interval="daily")

    assert ask(SAVE, reader)["kind"] == "extract"


def test_it_names_its_sources_as_they_are_called_now(reader, bills):
    ask(SAVE, reader)
    Source.objects.filter(pk=bills.pk).update(title="Saving at home")

    answer = ask(SAVE, reader)

    assert (answer["kind"], answer["citations"][0]["title"]) == ("cached", "Saving at home")


def test_entries_with_the_same_text_do_not_speak_against_each_other(reader, bills):
    ask(SAVE, reader)
    ask("How do I save money on my bills?", reader, fresh=True)
    assert CachedAnswer.objects.count() == 2

    assert ask("How can I save money on my bills?", reader)["kind"] == "cached"
