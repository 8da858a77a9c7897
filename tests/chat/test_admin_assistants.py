"""Assistants, feedback and usage in the admin."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Assistant, DailyUsage, Feedback, Message
from tests.chat.conversations import conversation, exchange
from tests.factories import CollectionFactory, GroupFactory, UserFactory

ASSISTANTS = reverse("admin:chat_assistant_changelist")
NEW_ASSISTANT = reverse("admin:chat_assistant_add")
ANSWERS = reverse("admin:chat_message_changelist")
USAGE = reverse("admin:chat_dailyusage_changelist")
FILLED = {
    "name": "Boilers",
    "slug": "boilers",
    "access": "everyone",
    "highest_temperature": "1.0",
    "max_tokens": "1000",
}


def staff_client(*permissions):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def errors(response):
    return response.context["adminform"].form.errors


def test_an_assistant_is_made_with_all_it_needs(client):
    collection, group = CollectionFactory(), GroupFactory()

    response = client.post(
        NEW_ASSISTANT,
        FILLED
        | {
            "access": "groups",
            "groups": [group.pk],
            "collections": [collection.pk],
            "instructions": "Be brief.",
            "model": "small",
            "other_models": "large, larger",
            "temperature": "0.2",
            "greeting": "Hello.",
            "starter_questions": "How hot?\r\n\r\n  What does it save?  \r\n",
        },
    )

    assert response.status_code == 302
    made = Assistant.objects.get(slug="boilers")
    assert (list(made.groups.all()), list(made.collections.all())) == ([group], [collection])
    assert made.other_models == ["large", "larger"]
    assert made.starter_questions == ["How hot?", "What does it save?"]


def test_starter_questions_stand_one_a_line(client):
    made = Assistant.objects.create(name="A", slug="a", starter_questions=["How hot?", "How much?"])

    page = client.get(reverse("admin:chat_assistant_change", args=[made.pk])).content.decode()

    assert "How hot?\nHow much?</textarea>" in page


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"access": "groups"}, "groups"),
        ({"temperature": "1.5", "highest_temperature": "1.0"}, "temperature"),
        ({"temperature": "2.5", "highest_temperature": "2.0"}, "temperature"),
        ({"max_tokens": "49"}, "max_tokens"),
        ({"starter_questions": "x" * 301}, "starter_questions"),
        ({"starter_questions": "\n".join("abcdefghi")}, "starter_questions"),
        ({"other_models": "x" * 201}, "other_models"),
        ({"instructions": "x" * 8001}, "instructions"),
    ],
)
def test_what_is_not_right_is_said_beside_its_field(client, given, field):
    response = client.post(NEW_ASSISTANT, FILLED | given)

    assert list(errors(response)) == [field]
    assert not Assistant.objects.exists()


def test_there_is_one_default_assistant(client):
    Assistant.objects.create(name="A", slug="a", is_default=True)

    response = client.post(NEW_ASSISTANT, FILLED | {"is_default": "on"})

    assert "Another assistant is the default one" in response.content.decode()


def test_staff_without_the_permission_see_no_assistants(db):
    assert staff_client("view_message").get(ASSISTANTS).status_code == 403


def test_the_sidebar_offers_what_one_may_open(client):
    page = client.get(ASSISTANTS).content.decode()
    curators = staff_client("view_message").get(ANSWERS).content.decode()

    assert ASSISTANTS in page and USAGE in page
    assert ASSISTANTS not in curators and USAGE not in curators


@pytest.fixture
def rated(db):
    session = conversation()
    answers = {name: exchange(session, f"{name}?", name) for name in ("unrated", "liked", "disliked", "said")}
    Feedback.objects.create(message=answers["liked"], rating=1)
    Feedback.objects.create(message=answers["disliked"], rating=-1)
    Feedback.objects.create(message=answers["said"], rating=-1, comment="That is <b>old</b>.")
    return answers


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("helpful", {"liked"}),
        ("not_helpful", {"disliked", "said"}),
        ("comment", {"said"}),
        ("nonsense", {"unrated", "liked", "disliked", "said"}),
    ],
)
def test_answers_are_filtered_by_their_feedback(client, rated, value, found):
    rows = client.get(ANSWERS, {"feedback": value}).context["cl"].result_list

    assert {row.content for row in rows} == found


def test_the_answers_page_shows_what_its_reader_said(client, rated):
    page = client.get(reverse("admin:chat_message_change", args=[rated["said"].pk])).content.decode()

    assert "That is &lt;b&gt;old&lt;/b&gt;." in page
    assert '<span class="k-label k-red">not helpful</span>' in page


def test_an_answer_that_nobody_rated_shows_no_feedback(client, rated):
    page = client.get(reverse("admin:chat_message_change", args=[rated["unrated"].pk])).content.decode()

    assert "k-feedback" not in page


def test_each_answer_comes_with_the_question_before_it(db):
    session = conversation(None, ("First?", "One."), ("Second?", "Two."))
    conversation(None, ("Elsewhere?", "Three."))

    answers = Message.objects.filter(session=session).answers_with_questions()

    assert [(answer.question, answer.content) for answer in answers] == [
        ("Second?", "Two."),
        ("First?", "One."),
    ]


def test_usage_is_listed_by_day_and_person(client):
    reader = UserFactory(email="ada@example.com")
    DailyUsage.objects.create(user=reader, day=datetime.date(2026, 1, 2), questions=41)
    DailyUsage.objects.create(user=None, day=datetime.date(2026, 1, 3), questions=17)

    page = client.get(USAGE).content.decode()

    assert page.index("anonymous visitors") < page.index("ada@example.com")
    assert "41" in page and "17" in page


def test_usage_cannot_be_changed(client):
    row = DailyUsage.objects.create(user=None, day=datetime.date(2026, 1, 3), questions=17)

    statuses = [
        client.post(reverse("admin:chat_dailyusage_add")).status_code,
        client.post(reverse("admin:chat_dailyusage_change", args=[row.pk])).status_code,
        client.post(reverse("admin:chat_dailyusage_delete", args=[row.pk])).status_code,
    ]

    assert statuses == [403, 403, 403]


@pytest.mark.parametrize("address", [ASSISTANTS, USAGE])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(client, address):
    counts = []
    for n in (1, 5):
        for _ in range(n):
            made = Assistant.objects.create(name=f"A{n}{_}", slug=f"a{n}{_}")
            conversation(assistant=made)
            DailyUsage.objects.add(UserFactory(), questions=1)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))

    assert counts[0] == counts[1]
