"""Tokens a day: reserved before they are used, settled afterwards, new at midnight."""

import datetime

import pytest
from django.utils import timezone

from assistant_project.limits.budgets import BudgetSpent, reserve, until_midnight
from assistant_project.limits.models import Tally

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def budgets(settings):
    settings.TOKENS_PER_DAY_PER_USER = 1_000
    settings.TOKENS_PER_DAY = 1_500


def spent():
    return sorted(Tally.objects.values_list("count", flat=True))


def test_a_reservation_counts_for_the_user_and_in_all():
    reserve("user:1", 400)
    reserve("user:2", 300)

    assert spent() == [300, 400, 700]


def test_what_was_not_used_comes_back():
    reservation = reserve("user:1", 400)

    reservation.settle(150)

    assert spent() == [150, 150]


def test_what_was_used_beyond_the_reservation_counts_even_beyond_the_limit():
    reservation = reserve("user:1", 400)

    reservation.settle(1_200)

    assert spent() == [1_200, 1_200]
    with pytest.raises(BudgetSpent):
        reserve("user:1", 1)


def test_a_reservation_is_settled_once():
    reservation = reserve("user:1", 400)

    reservation.settle(100)
    reservation.settle(0)

    assert spent() == [100, 100]


def test_a_reservation_that_is_never_settled_stays_spent():
    reserve("user:1", 900)

    with pytest.raises(BudgetSpent):
        reserve("user:1", 200)


def test_a_user_whose_day_is_spent_learns_when_the_next_begins():
    reserve("user:1", 1_000)

    with pytest.raises(BudgetSpent) as refusal:
        reserve("user:1", 1)

    assert refusal.value.detail.startswith("You have used up what you may use today. Try again in ")
    assert 0 < refusal.value.wait <= 25 * 3_600


def test_when_all_have_spent_the_day_it_is_nobodys_own_fault_and_costs_nobody():
    reserve("user:1", 1_000)

    with pytest.raises(BudgetSpent) as refusal:
        reserve("user:2", 600)

    assert refusal.value.detail.startswith("The assistant has used up what it may use today. Try again in ")
    assert spent() == [0, 1_000, 1_000]


def test_without_limits_nothing_is_asked_of_the_database(settings, django_assert_num_queries):
    settings.TOKENS_PER_DAY_PER_USER = settings.TOKENS_PER_DAY = 0

    with django_assert_num_queries(0):
        reserve("user:1", 10**9).settle(5)


@pytest.mark.parametrize(("per_user", "in_all"), [(1_000, 0), (0, 1_000)])
def test_each_limit_holds_without_the_other(settings, per_user, in_all):
    settings.TOKENS_PER_DAY_PER_USER, settings.TOKENS_PER_DAY = per_user, in_all
    reserve("user:1", 1_000)

    with pytest.raises(BudgetSpent):
        reserve("user:1", 1)
    assert spent() == [1_000]


def test_a_day_that_is_over_does_not_count_for_the_next(settings):
    """The day goes by because the town moves: to where it is another date now."""
    settings.TIME_ZONE = "Pacific/Kiritimati"
    reserve("user:1", 1_000)

    settings.TIME_ZONE = "Pacific/Pago_Pago"
    reserve("user:1", 1_000).settle(200)

    assert spent() == [200, 200, 1_000, 1_000]


def moment(text):
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        ("UTC", "2026-11-21T20:00:00+00:00", 4),
        ("Europe/Berlin", "2026-11-21T20:00:00+00:00", 3),
        ("Europe/Berlin", "2026-11-21T23:00:00+00:00", 24),
        ("Europe/Berlin", "2026-03-28T23:00:00+00:00", 23),
        ("Europe/Berlin", "2026-10-24T22:00:00+00:00", 25),
        ("Asia/Kolkata", "2026-11-21T18:00:00+00:00", 0.5),
    ],
)
def test_the_day_ends_at_midnight_of_the_time_zone(settings, zone, now, hours):
    settings.TIME_ZONE = zone

    assert until_midnight(moment(now)) == datetime.timedelta(hours=hours)


def test_a_reader_elsewhere_has_the_same_day(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    with timezone.override("Asia/Tokyo"):
        assert until_midnight(moment("2026-11-21T20:00:00+00:00")) == datetime.timedelta(hours=3)
