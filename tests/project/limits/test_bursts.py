"""Several processes count together: none lets through what another has used up."""

import pytest

from assistant_project.limits.budgets import reserve
from assistant_project.limits.models import Tally
from tests.project.limits.burst import passed

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_200_questions_at_once_exactly_the_limit_passes():
    let_through = passed("ask", processes=4, times=50, ANONYMOUS_QUESTION_RATE="60/hour")

    assert let_through == 60


@pytest.mark.parametrize(
    ("per_user", "in_all", "expected"), [("1000", "0", 10), ("0", "700", 7), ("1000", "700", 7)]
)
def test_50_reservations_at_once_stay_below_the_ceiling(per_user, in_all, expected):
    limits = {"TOKENS_PER_DAY_PER_USER": per_user, "TOKENS_PER_DAY": in_all}

    reserved = passed("reserve", processes=5, times=10, **limits)

    assert reserved == expected


def test_what_the_ceiling_of_all_refused_is_free_again_for_the_user(settings):
    settings.TOKENS_PER_DAY_PER_USER, settings.TOKENS_PER_DAY = 1_000, 0
    passed("reserve", processes=5, times=10, TOKENS_PER_DAY_PER_USER="1000", TOKENS_PER_DAY="700")

    reserve("user:1", 300)

    assert sorted(Tally.objects.values_list("count", flat=True)) == [700, 1_000]
