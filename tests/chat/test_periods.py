"""How long ago people say that something was."""

import datetime

import pytest

from chat.periods import Period, period_of

TODAY = datetime.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (-1, Period.TODAY),
        (0, Period.TODAY),
        (1, Period.YESTERDAY),
        (2, Period.WEEK),
        (7, Period.WEEK),
        (8, Period.OLDER),
        (400, Period.OLDER),
    ],
)
def test_a_day_belongs_to_the_period_that_people_name(days, period):
    assert period_of(TODAY - datetime.timedelta(days=days), TODAY) == period
