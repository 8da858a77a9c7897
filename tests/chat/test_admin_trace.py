"""How an answer came about, as its page tells it."""

import pytest
from django.test import Client
from django.urls import reverse

from chat.admin import trace
from knowledge import embeddings
from tests.chat.conversations import conversation, exchange
from tests.factories import UserFactory

FOUND = {"title": "Guide", "page": 21, "chunk_ids": [7], "source_id": 3, "bm25": 0.0, "matched": ["hot"]}


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def page_of(client, answer):
    return client.get(reverse("admin:chat_message_change", args=[answer.pk]))


def candidate(score, number=None, **fields):
    return FOUND | {"score": score, "cosine": None, "number": number, "bm25": 0.6 * score} | fields


def told(**fields):
    """A trace that holds these, as a page reads it."""
    return trace.read(fields, asked="How hot?", timings={})


def of_embedder_in_force(cosine, bm25):
    """A candidate as the search would score it."""
    share = embeddings.embedder_in_force().vector_share
    return candidate(share * 1.5 * cosine + (1 - share) * bm25 / 0.6, cosine=cosine, bm25=bm25)


# --- the question ---


def test_a_question_that_was_searched_as_it_was_asked_is_not_repeated():
    how = told(standalone={"question": "How hot?", "search": "How hot?", "rewritten": False})

    assert (how.understood, how.searched) == ("", "")


def test_a_follow_up_is_shown_as_the_model_made_it_stand_alone(client):
    answer = exchange(
        conversation(),
        "And in summer?",
        "The same.",
        trace={
            "standalone": {
                "question": "How hot in summer?",
                "search": "How hot in summer?",
                "rewritten": True,
            }
        },
    )

    page = page_of(client, answer)

    assert "the model made it stand alone" in page.content.decode()
    assert page.context["how"].understood == "How hot in summer?"
    assert page.context["how"].searched == ""


def test_a_follow_up_is_shown_with_the_topic_that_was_searched_with_it():
    how = told(standalone={"question": "How hot?", "search": "Water heaters. How hot?", "rewritten": False})

    assert how.searched == "Water heaters. How hot?"


# --- the cache ---


@pytest.mark.parametrize(
    ("cache", "sentence"),
    [
        (None, "The cache was not asked."),
        ({"outcome": "miss"}, "Nothing that had been answered before resembles it."),
        ({"outcome": "hit", "level": "exact"}, "The very same question had been answered before"),
        ({"outcome": "miss", "level": "exact"}, "The reader wanted a new answer."),
        ({"outcome": "served", "nearest": "Hot?"}, "A question that means the same had been answered before"),
        ({"outcome": "missed", "nearest": "Hot?"}, "but not surely the same one"),
        ({"outcome": "audited", "nearest": "Hot?"}, "It was written afresh, to compare the two."),
        ({"outcome": "afresh", "nearest": "Hot?"}, "The reader wanted a new one."),
        ({"outcome": "stranger", "nearest": "Hot?"}, "but for one other person only"),
    ],
)
def test_what_the_cache_decided_is_a_sentence(cache, sentence):
    assert sentence in told(cache=cache).cache.sentence


def test_a_decision_of_the_cache_names_what_it_was_compared_with():
    story = told(cache={"outcome": "missed", "nearest": "Hot?", "cosine": 0.91, "gate": "guarded"}).cache

    assert story.known == "Hot?"
    assert [figure for _label, figure in story.figures] == ["0.91", "guarded"]


# --- the search ---


def test_each_candidate_says_what_became_of_it():
    rows = [candidate(0.9, 1), candidate(0.8, 2), candidate(0.1)]

    how = trace.read({"floor": 0.42, "candidates": rows}, asked="", timings={}, cited=[1])

    assert [one.fate for one in how.candidates] == ["cited", "read", "dropped"]
    assert "half of what is enough" in how.candidates[2].reason


def test_of_an_abstention_every_candidate_was_too_weak():
    how = told(floor=0.42, candidates=[candidate(0.41), candidate(0.3)])

    assert {one.reason for one in how.candidates} == {"No passage reached 0.42, which is enough to answer."}


def test_the_parts_of_a_score_are_told_apart_where_they_add_up_to_it():
    how = told(candidates=[of_embedder_in_force(cosine=0.6, bm25=0.3)])

    (one,) = how.candidates
    assert one.by_words + one.by_meaning == pytest.approx(one.score)
    assert one.by_words > 0 < one.by_meaning
    assert how.are_split


def test_the_parts_of_a_score_are_not_told_apart_if_another_embedder_made_it():
    how = told(candidates=[candidate(0.9, cosine=0.2, bm25=0.1)])

    assert how.candidates[0].by_meaning is None
    assert not how.are_split
    assert how.candidates[0].bars == {"words": 90, "meaning": 0}


def test_a_bar_never_leaves_its_frame():
    how = told(floor=1.3, candidates=[candidate(1.7, bm25=1.02), candidate(-0.2, bm25=-0.12)])

    assert [one.bars["words"] for one in how.candidates] == [100, 0]
    assert how.candidates[0].floor_percent == 100


def test_the_search_names_its_stems_the_rarest_first():
    assert told(terms={"water": 1.18, "heater": 1.86}).terms == [("heater", "1.9"), ("water", "1.2")]


# --- prompt and times ---


def test_the_prompt_is_shown_message_by_message_and_escaped(client):
    prompt = [["system", "The rules."], ["user", "Hot?"], ["assistant", "Yes."], ["user", "<b>Passages</b>"]]
    answer = exchange(conversation(), "How hot?", "120 °F.", trace={"prompt": prompt})

    page = page_of(client, answer)

    assert [message.role for message in page.context["how"].prompt] == [
        "Rules (system)",
        "Earlier question (user)",
        "Earlier answer (assistant)",
        "Passages and question (user)",
    ]
    assert "&lt;b&gt;Passages&lt;/b&gt;" in page.content.decode()


def test_each_step_lasts_from_the_end_of_the_one_before():
    how = trace.read({}, asked="", timings={"found": 30, "stored": 100, "understood": 10, "written": 90})

    assert [(span.start, span.duration, span.left, span.width) for span in how.times] == [
        (0, 10, 0, 10),
        (10, 20, 10, 20),
        (30, 60, 30, 60),
        (90, 10, 90, 10),
    ]
    assert how.most == 100


def test_steps_that_take_no_time_are_drawn_all_the_same():
    (span,) = trace.read({}, asked="", timings={"written": 0}).times

    assert (span.left, span.width, span.duration) == (0, 1, 0)


def test_a_trace_that_holds_nothing_is_no_error(client):
    answer = exchange(conversation(), "How hot?", "120 °F.", trace={})

    page = page_of(client, answer)

    assert page.status_code == 200
    assert page.context["how"].candidates == []
