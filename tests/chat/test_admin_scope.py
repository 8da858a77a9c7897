"""What curators see of conversations: what rests on sources that they may read, and not who asked."""

import pytest
from django.urls import reverse

from chat.models import Message
from chat.visible import visible_messages, visible_sessions
from tests.chat.cache.curated import written
from tests.chat.conversations import conversation, exchange
from tests.factories import CollectionFactory, GroupFactory, UserFactory, ready_text
from tests.roles import curator_of, role_administrator, signed_in

MESSAGES, SESSIONS = reverse("admin:chat_message_changelist"), reverse("admin:chat_session_changelist")


@pytest.fixture
def secret(db):
    """A source that neither the curator nor just anybody may read."""
    closed = CollectionFactory(access="groups", groups=[GroupFactory()])
    return ready_text("The merger is planned for March.", title="Merger", collection=closed)


@pytest.fixture
def source(db):
    return ready_text(title="Heating", collection=CollectionFactory(access="groups", groups=[GroupFactory()]))


@pytest.fixture
def curator(source):
    return curator_of(source.collection)


@pytest.fixture
def client(curator):
    return signed_in(curator)


@pytest.fixture
def talk(db):
    return conversation(UserFactory(email="ada@example.com", name="Ada"), title="A talk")


def answer(session, *sources, text="So it is.", **fields):
    made = exchange(session, "How is it?", text, **fields)
    for number, cited in enumerate(sources, start=1):
        made.citations.create(number=number, source=cited, title=cited.name, text="A passage.")
    return made


def listed(client, address, **query):
    return set(client.get(address, query).context["cl"].result_list)


def at(row):
    return reverse(f"admin:chat_{row._meta.model_name}_change", args=[row.pk])


def test_answers_that_rest_on_ones_own_sources_are_listed(client, talk, source):
    mine = answer(talk, source)

    assert listed(client, MESSAGES) == {mine}
    assert client.get(at(mine)).status_code == 200


def test_an_answer_that_cites_one_closed_source_is_not_there(client, talk, source, secret):
    mixed = answer(talk, source, secret, text="In March.")

    assert not listed(client, MESSAGES)
    assert not listed(client, MESSAGES, q="March")
    assert not listed(client, MESSAGES, kind__exact="extract")
    assert "March" not in client.get(at(mixed), follow=True).content.decode()


def test_an_answer_that_cites_a_deleted_source_is_for_administrators(client, talk, source):
    gone = answer(talk, source)
    gone.citations.update(source=None)

    assert not listed(client, MESSAGES)
    assert listed(signed_in(role_administrator()), MESSAGES) == {gone}


def test_an_answer_that_cites_nothing_may_rest_on_anything(client, talk):
    answer(talk, text="It is said to be in March.")
    partial = answer(talk, text="It is said", kind="", state="stopped")

    assert not listed(client, MESSAGES)
    assert listed(signed_in(role_administrator()), MESSAGES) >= {partial}


@pytest.mark.parametrize("kind", ["abstained", "greeting"])
def test_what_says_nothing_of_a_source_is_listed(client, talk, kind):
    said = answer(talk, kind=kind)

    assert listed(client, MESSAGES) == {said}


def test_a_failure_is_listed(client, talk):
    failed = answer(talk, text="", kind="", state="failed", error_code="writer")

    assert listed(client, MESSAGES) == {failed}


def test_an_answer_follows_its_source_when_it_moves(client, talk, source, secret):
    answer(talk, source)
    source.move_to(secret.collection)

    assert not listed(client, MESSAGES)


def candidate(source, number=None):
    return {
        "number": number, "source_id": source.pk, "title": source.name, "chunk_ids": [1], "page": None,
        "score": 0.5, "cosine": 0.5, "bm25": 0.5, "matched": [],
    }  # fmt: skip


def test_the_trace_of_an_answer_tells_nothing_of_closed_sources(client, talk, source, secret):
    trace = {
        "floor": 0.3,
        "candidates": [candidate(source, 1), candidate(secret, 2)],
        "nearest": [{"title": secret.name, "url": "/sources/1/", "page": None}],
        "prompt": [["user", "[2] The merger is planned for March."]],
    }
    made = answer(talk, source, trace=trace)

    page = client.get(at(made)).content.decode()

    assert "Heating" in page
    assert "Merger" not in page
    assert "March" not in page
    assert "March" in signed_in(role_administrator()).get(at(made)).content.decode()


def test_how_rare_a_word_is_in_all_sources_is_not_told(client, talk, source):
    told = answer(talk, source, trace={"terms": {"water": 1.2, "merger": 8.9}})

    page = client.get(at(told))

    assert page.context["how"].terms == [("merger", ""), ("water", "")]


def test_administrators_are_told_how_rare_a_word_is(talk, source):
    told = answer(talk, source, trace={"terms": {"water": 1.2, "merger": 8.9}})

    page = signed_in(role_administrator()).get(at(told))

    assert page.context["how"].terms == [("merger", "8.9"), ("water", "1.2")]


def test_the_prompt_of_a_follow_up_is_not_shown_if_what_was_said_before_is_closed(
    client, talk, source, secret
):
    answer(talk, secret, text="In March.")
    trace = {"candidates": [candidate(source, 1)], "prompt": [["assistant", "In March."]]}
    follow_up = answer(talk, source, trace=trace)

    assert "In March." not in client.get(at(follow_up)).content.decode()


def test_a_follow_up_that_retells_a_closed_answer_is_for_administrators(client, talk, secret):
    answer(talk, secret, text="The merger is in March.")
    retold = answer(talk, kind="abstained", standalone_question="What does the merger in March cost?")

    assert retold not in listed(client, MESSAGES)
    assert retold in listed(signed_in(role_administrator()), MESSAGES)


def test_a_question_in_its_readers_own_words_is_listed_whatever_was_said_before(client, talk, secret):
    answer(talk, secret, text="The merger is in March.")
    missed = answer(talk, kind="abstained", standalone_question="How is it?")

    assert listed(client, MESSAGES) == {missed}


def test_a_follow_up_in_an_open_conversation_is_listed(client, talk, source):
    answer(talk, source)
    follow_up = answer(talk, source, standalone_question="How is the heating?")

    assert follow_up in listed(client, MESSAGES)


def test_a_question_of_somebody_else_is_not_told_by_the_cache(client, talk, source, secret):
    entry = written("When is the merger?", source=secret)
    told = {"outcome": "missed", "level": "similar", "phrasing": "When is the merger?", "entry": entry.pk}
    made = answer(talk, source, trace={"cache": told})

    assert "When is the merger?" not in client.get(at(made)).content.decode()


def test_a_text_that_a_reader_selected_is_not_shown(client, talk):
    Message.objects.create(session=talk, role="user", content="Why?", selected_text="The merger is in March.")
    said = Message.objects.create(session=talk, role="assistant", content="No.", kind="abstained")

    assert "merger" not in client.get(at(said)).content.decode()
    assert not listed(client, SESSIONS)


def test_a_conversation_is_listed_if_all_of_it_may_be_read(client, talk, source, secret):
    answer(talk, source)
    assert listed(client, SESSIONS) == {talk}
    assert client.get(at(talk)).status_code == 200

    answer(talk, secret, text="In March.")
    assert not listed(client, SESSIONS)
    assert "March" not in client.get(at(talk), follow=True).content.decode()


def test_a_conversation_with_an_answer_that_cites_nothing_is_not_listed(client, talk, source):
    answer(talk, source)
    answer(talk, text="It is said to be in March.")

    assert not listed(client, SESSIONS)


def test_curators_are_not_told_who_asked(client, talk, source):
    made = answer(talk, source)

    pages = [client.get(page).content.decode() for page in (MESSAGES, SESSIONS, at(made), at(talk))]

    assert not [page for page in pages if "ada@example.com" in page or "Ada<" in page]
    assert "a reader" in pages[2]


def test_curators_do_not_search_by_who_asked(client, talk, source):
    answer(talk, source)

    assert not listed(client, SESSIONS, q="ada@example.com")
    assert listed(signed_in(role_administrator()), SESSIONS, q="ada@example.com") == {talk}


def test_administrators_are_told_who_asked(talk, source):
    made = answer(talk, source)
    client = signed_in(role_administrator())

    assert "ada@example.com" in client.get(at(made)).content.decode()


def test_an_address_does_not_ask_for_what_a_trace_holds(client, talk, source):
    answer(talk, source, trace={"prompt": [["user", "[2] The merger is planned for March."]]})

    assert client.get(MESSAGES, {"trace__prompt__icontains": "merger"}).status_code == 400


@pytest.mark.parametrize(
    "lookup", ["user__email__startswith", "user", "user__id__exact", "visitor", "end_user"]
)
def test_who_may_not_look_at_people_filters_by_nobody(client, talk, source, lookup):
    answer(talk, source)

    assert client.get(SESSIONS, {lookup: talk.user_id}).status_code == 400


def test_administrators_filter_conversations_by_who_asked(talk, source):
    answer(talk, source)

    assert listed(signed_in(role_administrator()), SESSIONS, user=talk.user_id) == {talk}


def test_a_curator_of_nothing_sees_what_rests_on_what_everybody_reads(talk, source):
    common = answer(talk, ready_text(collection=CollectionFactory()))
    answer(talk, source)
    curator = curator_of()

    assert set(visible_messages(curator).filter(role="assistant")) == {common}
    assert not visible_sessions(curator)
