"""Charts and figures without a database: heights, lines, tables, words."""

import datetime

import pytest
from django.utils import translation

from assistant_project.admin.front_page import writing
from assistant_project.admin.front_page.drawing import Chart, Series
from assistant_project.admin.front_page.period import Period


def drawn(*values, **how):
    days = [(f"day {n}", "", "") for n in range(len(values[0]))]
    return Chart("c", "C", [Series(str(n), "t", one) for n, one in enumerate(values)], days, **how)


def test_columns_stand_on_each_other_and_fill_the_height():
    bars = drawn([2, 0], [2, 3]).bars

    assert [(bar.y, bar.height) for bar in bars] == [(50, 50), (0, 50), (25, 75)]
    assert all(bar.x >= 0 and bar.x + bar.width <= 100 for bar in bars)


@pytest.mark.parametrize(
    ("largest", "levels"),
    [
        (0, ["1", "0"]),
        (1, ["1", "0"]),
        (7, ["8", "6", "4", "2", "0"]),
        (60, ["60", "40", "20", "0"]),
        (981, ["1000", "500", "0"]),
        (2_000_000, ["2000000", "1500000", "1000000", "500000", "0"]),
    ],
)
def test_horizontal_lines_stand_at_round_figures(largest, levels):
    assert [level.label for level in drawn([largest], write=lambda value: f"{value:.0f}").levels] == levels


def test_parts_of_one_have_lines_where_they_are_wanted():
    chart = drawn([0.013], least_step=0.0001, write=writing.amount)

    assert [level.label for level in chart.levels] == ["0.015", "0.01", "0.005", "0"]


def test_a_line_is_interrupted_where_a_day_has_no_value():
    (curve,) = drawn([4, None, 2, 2], is_stacked=False).curves

    assert curve.path == "M12.5 0.0h0M62.5 50.0h0L87.5 50.0"


def test_rows_of_the_table_begin_with_today_and_tell_what_is_missing():
    rows = drawn([1, None], is_stacked=False).rows

    assert [(row.label, row.figures) for row in rows] == [("day 1", ["–"]), ("day 0", ["1"])]


@pytest.mark.parametrize("days", [7, 30, 90])
def test_a_few_days_are_named_below_a_chart(days):
    period = Period(days, datetime.date(2026, 11, 21))

    ticks = [tick for tick in map(period.tick, period) if tick]

    assert len(list(period)) == days
    assert 4 <= len(ticks) <= 7


@pytest.mark.parametrize(
    ("value", "written"),
    [(999, "999"), (9_999, "9,999"), (12_300, "12.3 k"), (456_789, "457 k"), (2_000_000, "2 M")],
)
def test_large_figures_are_short(value, written):
    assert writing.short(value) == written


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [(None, "–"), (35, "0.04 s"), (999, "1 s"), (1_250, "1.2 s"), (13_040, "13 s")],
)
def test_times_have_as_many_figures_as_matter(milliseconds, written):
    assert writing.seconds(milliseconds) == written


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 0, "–"),
        (0, 9, "0 %"),
        (1, 10_000, "below 0.1 %"),
        (1, 300, "0.3 %"),
        (109, 1_000, "11 %"),
        (1, 1, "100 %"),
    ],
)
def test_shares_are_rounded_not_cut_off(part, whole, written):
    assert writing.share(part, whole) == written


@pytest.mark.parametrize(
    ("now", "before", "written"),
    [
        (3, 4, "25 % less than in the 7 days before"),
        (4, 4, "as in the 7 days before"),
        (4, 0, "nothing in the 7 days before"),
    ],
)
def test_a_period_is_compared_with_the_one_before(now, before, written):
    assert writing.compared(now, before, 7) == written


def test_figures_are_written_as_the_language_does():
    with translation.override("de"):
        assert writing.decimal(1234.5, 1) == "1.234,5"
