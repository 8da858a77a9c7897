"""The lists of answers and conversations stay quick with 100,000 messages."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import UserFactory

MESSAGES = 100_000
ANSWERS = reverse("admin:chat_message_changelist")
CONVERSATIONS = reverse("admin:chat_session_changelist")
ROWS = MESSAGES // 10
"""That a page of 50 may read: of a day of which little is known yet, all conversations once, but never all messages."""
STATEMENTS = 16
"""That a list takes at most, with the person, their rights and the sidebar."""

SESSIONS_OF = """
INSERT INTO chat_session (id, user_id, origin, end_user, title, summary, created_at, updated_at)
SELECT gen_random_uuid(), %(user)s, 'page', '', 'Session ' || n, '', now(),
    %(latest)s - (%(sessions)s - n) * interval '1 minute'
FROM generate_series(1, %(sessions)s) AS n
"""
MESSAGES_OF = """
INSERT INTO chat_message (session_id, role, content, selected_text, images, state, kind, model, prompt_tokens,
    completion_tokens, cost, timings, standalone_question, trace, error_code, error_detail, created_at)
SELECT session.id, CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END, 'How hot is number ' || n, '', '[]', 'complete',
    CASE WHEN n % 2 = 1 THEN '' WHEN session.place % 50 = 0 THEN 'abstained' ELSE 'extract' END, 'extractive', 0,
    0, 0, '{}', '', '{}', '', '', %(latest)s - (%(sessions)s - session.place) * interval '1 minute'
FROM (SELECT id, row_number() OVER (ORDER BY updated_at) AS place FROM chat_session) AS session,
    generate_series(1, 20) AS n
ORDER BY session.place, n
"""
FEEDBACK = """
INSERT INTO chat_feedback (message_id, rating, comment, created_at, updated_at)
SELECT id, CASE id % 3 WHEN 0 THEN -1 ELSE 1 END, '', now(), now() FROM chat_message WHERE id % 20 = 0
"""


@pytest.fixture(params=[1, 12, 23], ids="latest at {}".format)
def client(db, request):
    """Of an administrator of a site where much was asked, until this hour of today."""
    latest = timezone.localtime().replace(hour=request.param)
    administrator = UserFactory(is_staff=True, is_superuser=True)
    with connection.cursor() as cursor:
        sessions = {"user": administrator.pk, "sessions": MESSAGES // 20, "latest": latest}
        for statement in (SESSIONS_OF, MESSAGES_OF, FEEDBACK):
            cursor.execute(statement.replace(" % ", " %% "), sessions)
        cursor.execute("ANALYZE chat_message, chat_session, chat_feedback")
    client = Client()
    client.force_login(administrator)
    client.get(ANSWERS)  # what a process looks up once is known
    return client


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def rows_read(statement):
    """The most rows that one node of its plan touches, by the planner's own count of what happened."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
        (told,) = cursor.fetchone()
    (explained,) = json.loads(told) if isinstance(told, str) else told
    return max(
        node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
        for node in nodes(explained["Plan"])
    )


def opened(client, address, marked):
    """How many statements a list takes, and how many rows the one reads that fetches a page."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    (statement,) = [query["sql"] for query in captured if f'AS "{marked}"' in query["sql"]]
    return len(captured), rows_read(statement)


def test_lists_of_many_rows_take_few_statements_and_read_little_more_than_they_show(client):
    views = ("", "kind=abstained", "feedback=not_helpful", "state__exact=failed", "period=1")

    taken = {view: opened(client, f"{ANSWERS}?{view}", "question") for view in views}
    taken["conversations"] = opened(client, CONVERSATIONS, "messages_")

    assert max(statements for statements, _read in taken.values()) <= STATEMENTS, taken
    assert max(read for _statements, read in taken.values()) <= ROWS, taken
