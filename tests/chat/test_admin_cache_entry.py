"""The page of an entry of the cache, and the page that writes one."""

import pytest
from django.urls import reverse

from chat.cache import verified
from chat.models import Assistant, CachedAnswer, Feedback, Preferences
from tests.chat.cache.curated import asking, written
from tests.chat.cache.entries import decision
from tests.chat.cache_admin import WRITE, a_curator, at, changed, signed_in
from tests.chat.conversations import conversation, exchange
from tests.factories import CollectionFactory, UserFactory, ready_text

QUESTION = "How hot should the water heater be?"


@pytest.fixture
def curator(db):
    return a_curator()


@pytest.fixture
def client(curator):
    return signed_in(curator)


@pytest.fixture
def closed():
    """A collection that no curator may read."""
    return CollectionFactory(access="groups")


def tick(source, number=1):
    return f"{number}:{source.chunks.live().get().pk}"


def test_an_entry_shows_its_passages_decisions_and_ratings(client):
    answer = written()
    source = answer.passages.get().source
    decision(answer, "How warm should it be?")
    rated = exchange(conversation(), QUESTION, answer.content, cached_answer=answer)
    Feedback.objects.create(message=rated, rating=-1, comment="Too hot for me.")

    page = client.get(at(answer)).content.decode()

    assert reverse("admin:knowledge_source_change", args=[source.pk]) in page
    assert source.page_url(None) in page
    assert "How warm should it be?" in page
    assert "Too hot for me." in page


def test_phrasings_are_added_turned_and_removed(client):
    answer = written(QUESTION, others=("How cold is the fridge?", "Hot?"))
    form = changed(answer, **{"questions-TOTAL_FORMS": 4, "questions-2-DELETE": "on"})
    form |= {"questions-3-answer": answer.pk, "questions-3-text": "Boiler?", "questions-3-same": "on"}
    del form["questions-1-same"]

    client.post(at(answer), form)

    assert asking(answer) == [QUESTION, "Boiler?"]
    assert answer.questions.get(same=False).text == "How cold is the fridge?"
    assert not CachedAnswer.objects.verified().exists()


def test_the_last_phrasing_stays(client):
    answer = written(QUESTION)

    page = client.post(at(answer), changed(answer, **{"questions-0-DELETE": "on"})).content.decode()

    assert "Keep at least one phrasing that asks for this answer." in page
    assert asking(answer) == [QUESTION]


def test_a_phrasing_that_another_verified_answer_has_is_refused(client, curator):
    source = ready_text(title="Guide")
    verified.approve(written("Boiler?", source=source), curator)
    answer = verified.approve(written(QUESTION, source=source), curator)
    form = changed(
        answer,
        **{
            "questions-TOTAL_FORMS": 2,
            "questions-1-answer": answer.pk,
            "questions-1-text": "boiler",
            "questions-1-same": "on",
        },
    )

    page = client.post(at(answer), form, follow=True).content.decode()

    assert "has a verified answer already" in page
    assert "was changed successfully" not in page
    assert asking(answer) == [QUESTION]


def test_the_page_for_writing_is_filled_with_the_question_and_finds_passages(client):
    source = ready_text(title="Guide")

    page = client.get(WRITE, {"question": QUESTION})

    assert page.context["form"]["question"].value() == QUESTION
    assert [(one.number, one.value, one.is_ticked) for one in page.context["offered"]] == [
        (1, tick(source), False)
    ]


def test_finding_other_passages_keeps_what_was_typed_and_ticked(client):
    guide = ready_text(title="Guide")
    leaflet = ready_text("The office opens at nine.", title="Leaflet")
    typed = {"question": QUESTION, "content": "Warm [1].", "search": "office", "passage": tick(guide)}

    page = client.post(WRITE, typed | {"find": "1"})

    assert page.context["form"]["content"].value() == "Warm [1]."
    offered = page.context["offered"]
    assert [(one.value, one.is_ticked) for one in offered] == [(tick(guide), True), (tick(leaflet, 2), False)]
    assert not CachedAnswer.objects.exists()


def test_a_written_answer_is_saved_with_what_was_ticked(client, curator):
    source = ready_text(title="Guide")

    client.post(
        WRITE,
        {
            "question": QUESTION,
            "others": "Boiler temperature?\nHow hot?",
            "content": "120 °F [1].",
            "passage": tick(source),
            "review_by": "2031-06-01",
        },
    )

    answer = CachedAnswer.objects.get()
    assert (answer.content, answer.verified_by) == ("120 °F [1].", curator)
    assert asking(answer) == [QUESTION, "Boiler temperature?", "How hot?"]
    passage = answer.passages.get()
    assert (passage.source, passage.title, passage.text) == (source, "Guide", source.text)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"content": "Warm."}, "Nothing says who may read this answer"),
        ({"content": "Warm [3]."}, "The text marks [3]"),
        ({"content": ""}, "This field is required."),
        ({"content": ""}, "Please correct the error below."),
        ({"content": "Warm.", "passage": "1:999999"}, "A ticked passage has changed in the meantime."),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_typed_is_lost(client, given, sentence):
    page = client.post(WRITE, {"question": QUESTION, **given})

    assert sentence in page.content.decode()
    assert page.context["form"]["question"].value() == QUESTION
    assert not CachedAnswer.objects.exists()


def test_passages_and_collections_that_a_curator_may_not_read_cannot_be_used(client, closed):
    secret = ready_text("The code is 42.", collection=closed)

    by_passage = client.post(WRITE, {"question": "Code?", "content": "42 [1].", "passage": tick(secret)})
    by_collection = client.post(WRITE, {"question": "Code?", "content": "42.", "collections": closed.pk})

    assert "A ticked passage has changed" in by_passage.content.decode()
    assert "Select a valid choice" in by_collection.content.decode()
    assert not CachedAnswer.objects.exists()


def test_an_entry_whose_source_has_changed_is_written_anew(client, curator):
    answer = verified.approve(written(QUESTION), curator)
    answer.passages.get().source.chunks.update(content_hash="another")
    address = f"{WRITE}?answer={answer.pk}"

    page = client.get(address)
    offered = page.context["offered"]
    client.post(address, {"question": QUESTION, "content": "Still 120 °F [1].", "passage": offered[0].value})

    assert [(one.number, one.is_ticked) for one in offered] == [(1, False)]
    answer.refresh_from_db()
    assert (answer.content, answer.passages.get().content_hashes) == ("Still 120 °F [1].", ["another"])


@pytest.mark.parametrize("is_verified", [False, True])
def test_an_entry_is_written_anew_for_the_assistant_that_gives_it(client, curator, is_verified):
    answer = written(assistant=Assistant.objects.default())
    if is_verified:
        verified.approve(answer, curator)

    page = client.get(WRITE, {"answer": answer.pk})

    assert page.context["form"]["assistant"].value() == answer.assistant_id


def test_a_passage_that_the_text_marks_no_more_is_not_cited_in_silence(client):
    answer = written()
    address = f"{WRITE}?answer={answer.pk}"
    offered = client.get(address).context["offered"]

    page = client.post(address, {"question": QUESTION, "content": "Warm.", "passage": offered[0].value})

    assert offered[0].is_ticked
    assert "You ticked [1], but the text does not mark it." in page.content.decode()
    assert not CachedAnswer.objects.verified().exists()


def test_the_languages_that_readers_prefer_are_offered(client):
    for language in ("Deutsch", "", "Français", "Deutsch"):
        Preferences.objects.create(user=UserFactory(), language=language)

    page = client.get(WRITE)

    assert page.context["languages"] == ["Deutsch", "Français"]
    assert '<option value="Deutsch">' in page.content.decode()


def test_only_some_of_many_languages_are_offered(client):
    for n in range(20):
        Preferences.objects.create(user=UserFactory(), language=f"Language {n}")

    assert len(client.get(WRITE).context["languages"]) == 12


def test_the_page_of_an_unanswered_question_leads_to_writing_its_answer(client):
    answer = exchange(conversation(), "Where is the key?", "Not in the sources.", kind="abstained")

    page = client.get(at(answer)).content.decode()

    assert f"{WRITE}?question=Where+is+the+key%3F" in page


def test_the_page_of_an_answer_leads_to_its_entry(client):
    entry = written()
    answer = exchange(conversation(), QUESTION, entry.content, cached_answer=entry)
    answer.citations.create(number=1, source=entry.passages.get().source, text="120 °F")

    assert at(entry) in client.get(at(answer)).content.decode()
