"""The figures of a period, and the lists behind them."""

import pytest

from chat.models import Feedback
from tests.chat import tool_rows
from tests.factories import TextSourceFactory, ready_text
from tests.project.front_page.days import (
    FRONT,
    answered,
    chart,
    client_with,
    figures,
    used,
)

pytestmark = pytest.mark.django_db
SERVERS = "view_toolserver"


def test_questions_are_counted_and_compared_with_the_days_before(staff):
    used(ago=0, questions=6, answers=6)
    used(ago=29, questions=4, answers=4)
    used(ago=30, questions=5)
    used(ago=59, questions=3)
    used(ago=60, questions=100)

    page = staff.get(FRONT)

    assert figures(page)["Questions"] == ("10", "25 % more than in the 30 days before")


def test_shares_are_of_the_questions(staff):
    used(questions=40, answers=38, abstained=8, cached=19)

    shown = figures(staff.get(FRONT))

    assert shown["Answered"] == ("75 %", "30 of 40")
    assert shown["Not answered"] == ("8", "20 % of the questions")
    assert shown["From the cache"] == ("50 %", "19 answers given again")


def test_failures_are_counted_among_the_answers_that_are_kept(staff):
    answered()
    answered(state="failed", kind="", error_code="timeout")

    assert figures(staff.get(FRONT))["Failed"] == ("1", "50 % of the answers")


def test_opinions_are_a_share_of_those_who_had_one(staff):
    for rating in (1, 1, 1, -1):
        Feedback.objects.create(message=answered(), rating=rating)
    answered()

    assert figures(staff.get(FRONT))["Found helpful"] == ("75 %", "3 helpful, 1 not")


def test_waiting_is_told_of_answers_that_were_written_and_came_to_an_end(staff):
    for milliseconds in range(1_000, 22_000, 1_000):
        answered(timings={"first_token": milliseconds / 10, "written": milliseconds})
    answered(kind="cached", timings={"written": 1})
    answered(kind="abstained", timings={"written": 1})
    answered(state="failed", kind="", error_code="timeout", timings={"written": 90_000})

    shown = figures(staff.get(FRONT))

    assert shown["95 % written within"] == ("20 s", "half within 11 s, first word 1.1 s")


def test_without_answers_no_time_is_made_up(staff):
    used(questions=1)

    assert figures(staff.get(FRONT))["95 % written within"] == ("–", "half within –, first word –")


def test_tokens_stand_where_nothing_has_a_price(staff):
    used(questions=1, prompt_tokens=1_200_000, completion_tokens=34_000)

    shown = figures(staff.get(FRONT))

    assert shown["Tokens"] == ("1.2 M", "nothing in the 30 days before")
    assert "Cost" not in shown


def test_costs_stand_where_there_are_prices(staff, settings):
    settings.CURRENCY = "EUR"
    used(questions=1, prompt_tokens=20_000, completion_tokens=500, cost="1234.567")

    shown = figures(staff.get(FRONT))

    assert shown["Cost"] == ("1,234.57 EUR", "20.5 k tokens")


def test_what_was_counted_outlives_conversations_and_the_page_says_what_does_not(staff, settings):
    settings.RETENTION_DAYS = 30
    used(ago=80, questions=7, answers=7)

    month, quarter = staff.get(FRONT), staff.get(FRONT, {"days": 90})

    assert figures(month)["Questions"][0] == "0"
    assert figures(quarter)["Questions"][0] == "7"
    assert "of those only that are kept" in quarter.content.decode()
    assert "of those only that are kept" not in month.content.decode()


@pytest.mark.parametrize(
    ("asked", "days"), [("7", 7), ("90", 90), ("", 30), ("8", 30), ("x\x00", 30), ("9" * 5000, 30)]
)
def test_the_period_is_one_of_three(staff, asked, days):
    used(questions=1)

    page = staff.get(FRONT, {"days": asked})

    assert page.context["period"].days == days
    assert f'<a href="?days={days}" aria-current="true">' in page.content.decode()


def test_each_figure_leads_to_the_list_behind_it(staff):
    ready_text()
    TextSourceFactory().note_failure("No.")
    answered()
    used(questions=1, cost=1)
    page = staff.get(FRONT)

    shown = [
        *page.context["figures"],
        *page.context["statuses"],
        *page.context["work_states"],
    ]
    urls = {thing.url for thing in shown} | {chart(page, "outcomes").rows[0].url}
    for name in ("missed", "disliked", "answers", "needs_a_hand", "never_cited"):
        urls.add(page.context[f"{name}_url"])

    assert {url: staff.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def test_the_lists_hold_what_the_figures_count(staff):
    abstained = answered("Who?", kind="abstained", ago=3)
    answered("Who?", kind="abstained", ago=40)
    answered("How?", kind="verified")
    used(questions=3, answers=3, abstained=1, cached=1)
    page = staff.get(FRONT)
    by_label = {figure.label: figure.url for figure in page.context["figures"]}

    missed = staff.get(by_label["Not answered"]).context["cl"]
    again = staff.get(by_label["From the cache"]).context["cl"]
    that_day = staff.get(chart(page, "outcomes").rows[3].url).context["cl"]

    assert [answer.pk for answer in missed.result_list] == [abstained.pk]
    assert [answer.kind for answer in again.result_list] == ["verified"]
    assert [answer.pk for answer in that_day.result_list] == [abstained.pk]


def test_calls_of_tools_are_told_if_there_are_tools(staff):
    used(questions=1)
    assert "Tool calls" not in figures(staff.get(FRONT))
    tool = tool_rows.a_tool()
    tool_rows.used(tool, calls=1_200, kept=7, failed=3)
    tool_rows.used(tool, ago=29, calls=34)
    tool_rows.used(tool, ago=30, calls=500)

    shown = figures(staff.get(FRONT))

    assert shown["Tool calls"] == ("1,234", "3 failed, 7 from kept results")


def test_calls_of_tools_are_for_who_cares_for_their_servers():
    used(questions=1)
    tool_rows.used(tool_rows.a_tool(), calls=1)

    shown = {person: figures(client_with("view_message", *person).get(FRONT)) for person in ((), (SERVERS,))}

    assert {person: "Tool calls" in told for person, told in shown.items()} == {(): False, (SERVERS,): True}
