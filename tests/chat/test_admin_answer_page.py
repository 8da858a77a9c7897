"""The page of one answer: what is shown of it, and the ways from a bad one to its repair."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from chat.admin.answer_page import with_doubts
from chat.models import Citation, Feedback
from tests.chat.conversations import conversation, exchange
from tests.factories import UserFactory, ready_text


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def page_of(client, answer):
    return client.get(reverse("admin:chat_message_change", args=[answer.pk]))


def found(source_id=0, chunk_id=0):
    """A trace with one candidate that the writer got."""
    row = {"title": "Guide", "score": 0.9, "number": 1, "source_id": source_id, "chunk_ids": [chunk_id]}
    return {"candidates": [row]}


# --- what is shown ---


def test_an_answer_shows_its_citations_tokens_and_cost(client, settings):
    settings.CURRENCY = "EUR"
    answer = exchange(
        conversation(), "How hot?", "120 °F [1].", prompt_tokens=1500, completion_tokens=40, cost="0.0041"
    )
    Citation.objects.create(message=answer, number=1, title="Guide", page=21, text="Set it to 120 °F.")

    page = page_of(client, answer).content.decode()

    assert "Guide" in page
    assert "Page 21" in page
    assert "Set it to 120 °F." in page
    assert "0.0041 EUR" in page


def test_statements_that_are_not_borne_out_are_marked():
    text = "Hot <b>. Cold."

    assert with_doubts(text, [[9, 14]]) == "Hot &lt;b&gt;. <mark>Cold.</mark>"


@pytest.mark.parametrize("ranges", [[[5, 2]], [[0, 99]], [[-3, 2]], [[2, 2]]])
def test_marks_outside_of_the_answer_are_left_out(ranges):
    assert with_doubts("Hot.", ranges) == "Hot."


def test_marks_do_not_overlap():
    assert with_doubts("abcd", [[0, 2], [1, 3], [3, 4]]) == "<mark>ab</mark>c<mark>d</mark>"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("unsupported", "not borne out"),
        ("uncited", "It cites nothing."),
        ("truncated", "the end is missing"),
        ("review_due", "A source has changed since"),
    ],
)
def test_what_is_wrong_with_an_answer_stands_below_it(client, told, sentence):
    answer = exchange(conversation(), "How hot?", "120 °F.", trace={told: [[0, 3]]})

    assert sentence in page_of(client, answer).content.decode()


# --- its repair ---


def test_from_an_abstention_it_is_one_step_to_a_verified_answer_to_the_search_and_to_a_source(client):
    answer = exchange(
        conversation(), "How hot?", "Not in the sources.", kind="abstained", standalone_question="How hot?"
    )

    page = page_of(client, answer)

    assert "question=How+hot" in page.context["write_url"]
    assert "question=How+hot" in page.context["search_url"]
    assert reverse("admin:knowledge_source_add") in page.content.decode()
    assert "If a source answers this" in page.context["advice"]


def test_the_search_is_tested_as_it_was_made_for_that_reader(client):
    session = conversation()
    answer = exchange(
        session,
        "And in summer?",
        "The same.",
        trace={"standalone": {"question": "And in summer?", "search": "How hot? And in summer?"}},
    )

    asked = parse_qs(urlsplit(page_of(client, answer).context["search_url"]).query)

    assert asked == {"question": ["How hot? And in summer?"], "viewer": ["signed-in"]}


def test_a_disliked_answer_says_what_to_do_and_what_its_reader_said(client):
    answer = exchange(conversation(), "How hot?", "120 °F.")
    Feedback.objects.create(message=answer, rating=-1, comment="Which model?")

    page = page_of(client, answer).content.decode()

    assert "Which model?" in page
    assert "Compare the answer with its passages" in page


def test_a_good_answer_needs_no_advice(client):
    answer = exchange(conversation(), "How hot?", "120 °F.")
    Feedback.objects.create(message=answer, rating=1)

    assert page_of(client, answer).context["advice"] == ""


def test_a_failed_answer_names_the_failure(client):
    answer = exchange(
        conversation(),
        "How hot?",
        "",
        kind="",
        state="failed",
        error_code="model_busy",
        error_detail="It is busy.",
    )

    page = page_of(client, answer).content.decode()

    assert "It is busy." in page
    assert "model_busy" in page


def test_passages_lead_to_where_they_can_be_mended(client):
    source = ready_text(title="Guide")
    chunk = source.chunks.get()
    answer = exchange(
        conversation(),
        "How hot?",
        "120 °F.",
        trace=found(source.pk, chunk.pk),
    )

    page = page_of(client, answer).content.decode()

    assert reverse("admin:knowledge_chunk_change", args=[chunk.pk]) in page


def test_passages_that_are_gone_lead_nowhere(client):
    answer = exchange(conversation(), "How hot?", "120 °F.", trace=found())

    page = page_of(client, answer)

    assert page.context["openable"] == {"sources": set(), "chunks": set()}


def test_what_a_reader_had_selected_is_shown_with_the_question(client):
    session = conversation()
    answer = exchange(session, "What does this mean?", "It is hot.")
    session.messages.filter(role="user").update(selected_text="Set it to 120 °F.")

    assert "Set it to 120 °F." in page_of(client, answer).content.decode()
