import datetime

import pytest

from assistant_project.limits.rates import parsed
from assistant_project.limits.sentences import try_again


@pytest.mark.parametrize(
    ("rate", "number", "seconds"),
    [("5/s", 5, 1), ("5/sec", 5, 1), ("20/min", 20, 60), ("10/hour", 10, 3_600), ("1000/day", 1_000, 86_400)],
)
def test_a_rate_is_a_number_and_a_time(rate, number, seconds):
    assert parsed(rate) == (number, datetime.timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (0.2, "Try again in 1 second."),
        (1.0, "Try again in 1 second."),
        (1.1, "Try again in 2 seconds."),
        (119.0, "Try again in 119 seconds."),
        (120.0, "Try again in 2 minutes."),
        (3_599.0, "Try again in 60 minutes."),
        (7_200.0, "Try again in 2 hours."),
        (80_000.0, "Try again in 23 hours."),
    ],
)
def test_a_wait_is_told_in_the_unit_that_people_use(wait, expected):
    assert try_again(wait) == expected
