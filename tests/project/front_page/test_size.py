"""A hundred thousand messages."""

import pytest
from django.db import connection

from chat.models import Message
from tests.factories import TextSourceFactory, UserFactory, ready_text
from tests.project.front_page.days import (
    FRONT,
    answered,
    figures,
    quote,
    used,
)

pytestmark = pytest.mark.django_db


QUERIES_AT_MOST = 30


def many_messages(sessions, each):
    """Questions with answers, made by the database itself."""
    user = UserFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chat_session (id, user_id, origin, end_user, title, summary, created_at, updated_at) "
            "SELECT gen_random_uuid(), %s, 'page', '', 'many', '', now(), now() FROM generate_series(1, %s)",
            [user.pk, sessions],
        )
        cursor.execute(
            "INSERT INTO chat_message (session_id, role, content, selected_text, images, state, kind, model, "
            "prompt_tokens, completion_tokens, cost, timings, standalone_question, trace, error_code, error_detail, "
            "created_at) SELECT id, role, 'x', '', '[]', 'complete', "
            "CASE role WHEN 'user' THEN '' ELSE 'generated' END, "
            "'', 1, 1, 0, '{\"written\": 900, \"first_token\": 90}', 'q', '{}', '', '', "
            "now() - number * interval '1 hour' "
            "FROM chat_session, generate_series(1, %s) number, unnest(ARRAY['user', 'assistant']) role",
            [each],
        )
        cursor.execute("ANALYZE chat_message")


def test_a_hundred_thousand_messages_take_as_many_queries_as_one(staff, django_assert_max_num_queries):
    ready_text()
    answered()
    used(questions=1)
    with django_assert_max_num_queries(QUERIES_AT_MOST) as few:
        staff.get(FRONT)
    many_messages(sessions=1_000, each=50)

    with django_assert_max_num_queries(len(few)):
        page = staff.get(FRONT)

    assert Message.objects.count() > 100_000
    assert figures(page)["95 % written within"] == ("0.9 s", "half within 0.9 s, first word 0.09 s")


def test_more_sources_and_days_take_no_more_queries(staff, django_assert_max_num_queries):
    quote(answered(), ready_text())
    answered("Who?", kind="abstained")
    used(questions=1)
    with django_assert_max_num_queries(QUERIES_AT_MOST) as few:
        staff.get(FRONT, {"days": 7})
    for number in range(1, 20):
        used(ago=number, questions=1)
        quote(answered(f"Question {number}?", kind="abstained"), ready_text())
        TextSourceFactory().note_failure("No.")

    with django_assert_max_num_queries(len(few)):
        assert staff.get(FRONT, {"days": 90}).status_code == 200
