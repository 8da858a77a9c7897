"""What the templates of the chat page work out."""

import datetime

import pytest
from django.test import RequestFactory
from django.utils import timezone, translation

from chat.models import Citation, Session
from chat.templatetags.chat_page import as_text, by_period

HERE = RequestFactory().get("/c/1/")


def card(number, title, url, *, is_of_tool=False, **fields):
    return {
        "citation": Citation(number=number, title=title, **fields),
        "url": url,
        "is_of_tool": is_of_tool,
    }


def text_of(*cards, content="Set it to 120 °F [1]."):
    return as_text({"content": content, "citations": cards}, HERE)


def test_an_answer_is_pasted_with_a_line_for_each_source():
    pasted = text_of(
        card(1, "Saving energy", "/sources/3/pages/2/", page=2),
        card(4, "Heaters", "https://example.org/heaters"),
    )

    assert pasted == (
        "Set it to 120 °F [1].\n"
        "\n"
        "- [1] Saving energy, page 2, http://testserver/sources/3/pages/2/\n"
        "- [4] Heaters, https://example.org/heaters"
    )


def test_a_source_that_is_gone_is_pasted_without_an_address():
    assert text_of(card(1, "Saving energy", "")).endswith("\n\n- [1] Saving energy")


def test_what_a_tool_gave_is_pasted_with_what_it_was_asked_and_without_an_address():
    pasted = text_of(card(2, "Weather: get_forecast", "", heading="city: Boston", is_of_tool=True))

    assert pasted.endswith("\n\n- [2] Weather: get_forecast, city: Boston")


def test_an_answer_without_sources_is_pasted_alone():
    assert text_of(content="Hello.") == "Hello."


def test_pages_are_named_in_the_language_of_the_reader():
    with translation.override("de"):
        pasted = text_of(card(1, "Energie", "", page=2))

    assert pasted.endswith("Energie, Seite 2")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_conversations_are_grouped_by_the_day_of_the_time_zone_in_force(zone):
    with timezone.override(zone):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        sessions = [
            Session(title="early today", updated_at=midnight),
            Session(title="late yesterday", updated_at=midnight - datetime.timedelta(seconds=1)),
        ]

        groups = by_period(sessions)

    named = {group.period: [session.title for session in group.sessions] for group in groups}
    assert named == {"today": ["early today"], "yesterday": ["late yesterday"], "week": [], "older": []}
