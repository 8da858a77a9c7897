"""Conversations in the admin: to look at only."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat import statistics
from chat.models import Assistant, Citation, Feedback, Message, Session
from tests.chat.conversations import conversation, exchange
from tests.factories import UserFactory

MESSAGES = reverse("admin:chat_message_changelist")
SESSIONS = reverse("admin:chat_session_changelist")


def staff_client(*permissions):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(db):
    return staff_client("view_message", "view_session", "view_user", "curate_all_collections")


@pytest.fixture
def session(db):
    return Session.objects.create(user=UserFactory(email="reader@example.com"), title="Water heaters")


def written(answer, moment):
    Message.objects.filter(pk=answer.pk).update(created_at=moment)


def page_of(client, row):
    return client.get(reverse(f"admin:chat_{row._meta.model_name}_change", args=[row.pk]))


def test_each_answer_stands_beside_its_question(client, session):
    exchange(session, "How hot?", "120 °F.")
    exchange(session, "And in summer?", "The same.")

    rows = client.get(MESSAGES).context["cl"].result_list

    assert [(row.question, row.content) for row in rows] == [
        ("And in summer?", "The same."),
        ("How hot?", "120 °F."),
    ]


def test_answers_are_filtered_by_kind_and_state(client, session):
    exchange(session, "How hot?", "120 °F.")
    abstained = exchange(session, "Who won?", "Not in the sources.", kind="abstained")
    failed = exchange(
        session, "Why?", "", kind="", state="failed", error_code="model", error_detail="No key."
    )

    by_kind = client.get(MESSAGES, {"kind": "abstained"}).context["cl"].result_list
    by_state = client.get(MESSAGES, {"state__exact": "failed"}).context["cl"].result_list

    assert (list(by_kind), list(by_state)) == ([abstained], [failed])


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        ("answered", {"generated", "extract", "cached", "verified", "greeting"}),
        ("written", {"generated", "extract"}),
        ("again", {"cached", "verified"}),
        ("quoted", set()),
    ],
)
def test_answers_are_filtered_by_the_kinds_that_the_front_page_counts_together(
    client, session, chosen, kinds
):
    for kind in Message.Kind:
        exchange(session, "How hot?", "120 °F.", kind=kind)

    shown = client.get(MESSAGES, {"kind": chosen}).context["cl"].result_list

    assert {answer.kind for answer in shown} == kinds


def test_answers_are_filtered_by_the_assistant_of_their_conversation(client, session):
    heating = Assistant.objects.create(name="Heating", slug="heating")
    exchange(session, "Who won?", "Not in the sources.")
    of_heating = exchange(conversation(assistant=heating), "How hot?", "120 °F.")

    shown = client.get(MESSAGES, {"assistant": heating.pk}).context["cl"].result_list

    assert list(shown) == [of_heating]


def test_answers_are_filtered_by_the_days_that_readers_of_the_list_name(client, session):
    today, last_week, long_ago = (exchange(session, "How hot?", "120 °F.") for _ in range(3))
    midnight = statistics.start_of(timezone.localdate())
    written(last_week, midnight - datetime.timedelta(days=6))
    written(long_ago, midnight - datetime.timedelta(days=6, seconds=1))

    shown = {days: list(client.get(MESSAGES, {"period": days}).context["cl"].result_list) for days in (1, 7)}

    assert shown == {1: [today], 7: [last_week, today]}


def test_a_period_that_is_none_is_ignored(client, session):
    answer = exchange(session, "How hot?", "120 °F.")

    assert list(client.get(MESSAGES, {"period": "all"}).context["cl"].result_list) == [answer]


@pytest.mark.parametrize(
    ("rating", "comment", "tab"),
    [(1, "", "helpful"), (-1, "", "not_helpful"), (1, "Thanks for the page.", "comment")],
)
def test_answers_are_filtered_by_what_readers_say_of_them(client, session, rating, comment, tab):
    exchange(session, "Who won?", "Not in the sources.")
    answer = exchange(session, "How hot?", "120 °F.")
    Feedback.objects.create(message=answer, rating=rating, comment=comment)

    assert list(client.get(MESSAGES, {"feedback": tab}).context["cl"].result_list) == [answer]


def test_what_needs_a_curator_is_one_click_away(client, session):
    abstained = exchange(session, "Who won?", "Not in the sources.", kind="abstained")
    exchange(session, "How hot?", "120 °F.")
    tab = next(tab for tab in client.get(MESSAGES).context["tabs"] if tab.title == "Not answered")

    page = client.get(f"{MESSAGES}?{tab.query}")

    assert list(page.context["cl"].result_list) == [abstained]
    assert [tab.title for tab in page.context["tabs"] if tab.is_current] == ["Not answered"]


def test_a_search_finds_words_of_the_question_as_well(client, session):
    exchange(session, "Who won?", "Not in the sources.", standalone_question="Who won?")
    answer = exchange(session, "And how hot?", "120 °F.", standalone_question="How hot is the heater?")

    assert list(client.get(MESSAGES, {"q": "heater"}).context["cl"].result_list) == [answer]


def test_nothing_that_was_said_can_bring_markup(client, session):
    payload = "<img src=x onerror=alert(1)>"
    answer = exchange(session, payload, payload, trace={"text": payload}, standalone_question=payload)
    Citation.objects.create(message=answer, number=1, title=payload, heading=payload, text=payload)

    pages = [client.get(MESSAGES), page_of(client, answer), page_of(client, session)]

    assert not [page for page in pages if payload in page.content.decode()]


def test_a_session_shows_its_messages_in_order(client, session):
    exchange(session, "How hot?", "120 °F.")

    transcript = page_of(client, session).context["transcript"]

    assert [message.content for message, *_labels in transcript] == ["How hot?", "120 °F."]


def test_a_long_session_comes_in_parts(client, session):
    for n in range(30):
        exchange(session, f"Question {n}", f"Answer {n}")

    first = page_of(client, session)
    second = client.get(reverse("admin:chat_session_change", args=[session.pk]), {"part": 2})

    assert len(first.context["transcript"]) == 50
    assert len(second.context["transcript"]) == 10


def test_the_texts_of_a_session_need_the_permission_for_messages(session):
    exchange(session, "Am I pregnant?", "No idea.")

    page = page_of(staff_client("view_session"), session).content.decode()

    assert "Am I pregnant?" not in page


def test_staff_without_the_permission_see_no_message(session):
    answer = exchange(session, "How hot?", "120 °F.")
    client = staff_client("view_session")

    assert [client.get(MESSAGES).status_code, page_of(client, answer).status_code] == [403, 403]


def test_conversations_cannot_be_changed_even_by_administrators(session):
    answer = exchange(session, "How hot?", "120 °F.")
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    answers = [
        client.post(reverse(f"admin:chat_{row._meta.model_name}_{page}", args=[row.pk])).status_code
        for row in (answer, session)
        for page in ("change", "delete")
    ]

    assert answers == [403, 403, 403, 403]


@pytest.mark.parametrize("address", [MESSAGES, SESSIONS])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(client, address):
    counts = []
    for n in (1, 5):
        for _ in range(n):
            exchange(Session.objects.create(user=UserFactory()), "How hot?", "120 °F.")
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_empty_lists_say_what_will_appear(client):
    assert "No question yet" in client.get(MESSAGES).content.decode()
    assert "No conversation yet" in client.get(SESSIONS).content.decode()
