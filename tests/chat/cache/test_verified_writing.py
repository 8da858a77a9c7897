"""Verified answers in a curator's own words: what they cite, who gets them."""

import re

import pytest
from asgiref.sync import async_to_sync

from chat.answering import collect, open_question
from chat.cache import verified
from chat.cache.scope import verified_scope
from chat.cache.verified import AnswerRefused
from chat.models import CachedAnswer
from chat.visitors import Asker
from knowledge import retrieval
from tests.chat.cache.curated import asking, written
from tests.factories import CollectionFactory, GroupFactory, UserFactory, ready_text

QUESTION = "How hot should the water heater be?"


@pytest.fixture
def curator(db):
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What waits for a commit happens at the end of such a block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def found(curator, *sources):
    """The passages of sources, numbered as a curator ticks them."""
    passages = retrieval.find_passages("water heater", user=curator)
    ids = [source.pk for source in sources]
    chosen = [passage for passage in passages if passage.source_id in ids]
    return dict(enumerate(sorted(chosen, key=lambda passage: ids.index(passage.source_id)), start=1))


def test_a_written_answer_cites_what_was_ticked_for_the_readers_of_those_sources(curator):
    guide, leaflet = ready_text(title="Guide"), ready_text("A water heater lasts 12 years.", title="Leaflet")

    answer = verified.write(
        QUESTION, "120 °F [1], for 12 years [2].", by=curator, passages=found(curator, guide, leaflet)
    )

    cited = [
        (passage.number, passage.source, passage.title) for passage in answer.passages.order_by("number")
    ]
    assert cited == [(1, guide, "Guide"), (2, leaflet, "Leaflet")]
    assert answer.passages.get(number=1).content_hashes == [guide.chunks.get().content_hash]
    assert answer.collections == sorted([guide.collection_id, leaflet.collection_id])
    assert (answer.scope, answer.expires_at) == (verified_scope(None, ""), None)


def test_a_written_answer_has_all_its_phrasings_with_vectors(curator):
    answer = verified.write(
        QUESTION,
        "Not too hot.",
        by=curator,
        others=["Boiler temperature?", QUESTION],
        collections=[CollectionFactory().pk],
    )

    assert asking(answer) == [QUESTION, "Boiler temperature?"]
    assert not answer.questions.filter(embedding__isnull=True).exists()


def test_an_answer_without_passages_is_for_the_readers_of_the_chosen_collections(curator):
    collection = CollectionFactory()

    answer = verified.write(QUESTION, "Ask the janitor.", by=curator, collections=[collection.pk])

    assert answer.collections == [collection.pk]


def test_somebody_must_be_said_to_read_an_answer(curator):
    with pytest.raises(AnswerRefused, match="Nothing says who may read this answer"):
        verified.write(QUESTION, "Ask the janitor.", by=curator)

    assert not CachedAnswer.objects.exists()


def test_a_mark_without_a_ticked_passage_is_refused(curator):
    sentence = r"marks \[1\], but the passages that it may cite are: none\. Tick the passage first\."
    with pytest.raises(AnswerRefused, match=sentence):
        verified.write(QUESTION, "Warm [1].", by=curator, collections=[CollectionFactory().pk])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "120 °F [1].",
            "You ticked [2], but the text does not mark it. Add the mark, or take the tick away.",
        ),
        ("120 °F.", "You ticked [1], [2], but the text does not mark them."),
    ],
)
def test_a_ticked_passage_that_the_text_does_not_mark_is_refused(curator, content, sentence):
    guide, leaflet = ready_text(title="Guide"), ready_text("A water heater lasts 12 years.", title="Leaflet")

    with pytest.raises(AnswerRefused, match=re.escape(sentence)):
        verified.write(QUESTION, content, by=curator, passages=found(curator, guide, leaflet))

    assert not CachedAnswer.objects.exists()


def test_a_written_answer_overrules_entries_for_any_of_its_phrasings(curator, committed):
    overruled = written("Boiler temperature?")

    with committed():
        verified.write(
            QUESTION,
            "Warm.",
            by=curator,
            others=["boiler temperature"],
            collections=overruled.collections,
        )

    assert not CachedAnswer.objects.filter(pk=overruled.pk).exists()


def test_an_answer_written_anew_cites_what_is_there_now_and_keeps_its_phrasings(curator):
    answer = verified.approve(written(QUESTION), curator)
    leaflet = ready_text("A water heater at 49 degrees Celsius saves energy.", title="Leaflet")

    anew = verified.write(
        "Boiler temperature?",
        "49 °C [1].",
        by=curator,
        passages=found(curator, leaflet),
        instead_of=answer,
    )

    assert (anew.pk, anew.content) == (answer.pk, "49 °C [1].")
    assert [passage.title for passage in anew.passages.all()] == ["Leaflet"]
    assert anew.collections == [leaflet.collection_id]
    assert asking(anew) == [QUESTION, "Boiler temperature?"]


@pytest.mark.django_db(transaction=True)
def test_a_written_answer_is_given_to_those_who_may_read_its_collections_only(curator):
    everyone, members = CollectionFactory(), CollectionFactory(access="groups", groups=[GroupFactory()])
    for question, collection in (("Where is the key?", everyone), ("What is the code?", members)):
        ready_text("Something else.", collection=collection)
        verified.write(question, "Ask the janitor.", by=curator, collections=[collection.pk])
    reader = Asker(UserFactory())

    kinds = [
        async_to_sync(collect)(open_question(question, asker=reader))["kind"]
        for question in ("where is the key", "what is the code")
    ]

    assert kinds[0] == "verified"
    assert kinds[1] != "verified"
