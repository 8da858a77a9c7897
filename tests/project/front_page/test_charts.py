"""What is drawn of each day."""

import datetime
import re

import pytest
from django.utils import timezone

from chat import statistics
from chat.models import Feedback, Message
from tests.project.front_page.days import (
    FRONT,
    answered,
    chart,
    of_today,
    used,
)

pytestmark = pytest.mark.django_db


def test_what_became_of_the_questions_is_drawn_day_by_day(staff):
    used(questions=12, answers=10, cached=3, abstained=2)
    answered(state="failed", kind="", error_code="timeout")
    answered(state="failed", kind="", error_code="timeout", ago=1)

    drawn = chart(staff.get(FRONT), "outcomes")

    assert of_today(drawn) == {"written": 5, "from the cache": 3, "not answered": 2, "failed": 1}
    assert len(drawn.days) == 30


def test_a_day_begins_at_midnight_of_the_sites_time_zone(staff, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    with timezone.override("Pacific/Auckland"):
        answer = answered(state="failed", kind="", error_code="timeout")
        before = statistics.start_of(timezone.localdate()) - datetime.timedelta(seconds=1)
        Message.objects.filter(pk=answer.pk).update(created_at=before)

        drawn = chart(staff.get(FRONT), "outcomes")

    assert [series.values[-2:] for series in drawn.series if series.label == "failed"] == [[1, 0]]


def test_every_chart_says_the_same_in_a_table(staff):
    used(questions=3, answers=3, prompt_tokens=10)
    Feedback.objects.create(message=answered(timings={"written": 1500, "first_token": 250}), rating=1)

    page = staff.get(FRONT)

    text = page.content.decode()
    assert text.count("data-drawing") == text.count("<caption") == 4
    assert re.search(r"<td>1\.5 s</td><td>1\.5 s</td><td>0\.25 s</td>", text)


def test_a_chart_without_any_figure_says_so(staff):
    used(questions=1)

    page = staff.get(FRONT).content.decode()

    assert "Nothing yet in these days." in page


def test_costs_are_drawn_where_there_are_any(staff):
    used(questions=1, cost="0.0125", prompt_tokens=7)

    drawn = chart(staff.get(FRONT), "spent")

    assert drawn.title == "Cost a day, in USD"
    assert drawn.rows[0].figures == ["0.0125"]
