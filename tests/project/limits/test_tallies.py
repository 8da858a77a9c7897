"""Counting in rows: what fits is taken, periods end, what was not used comes back."""

import datetime

import pytest
from django.utils import timezone

from assistant_project.limits.models import Tally
from assistant_project.limits.upkeep import tend

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
LIMIT = {"limit": 3, "period": MINUTE}


def end_periods():
    Tally.objects.update(ends_at=timezone.now() - MINUTE)


def test_a_limit_is_reached_exactly():
    waits = [Tally.objects.take("a", **LIMIT) for _ in range(5)]

    assert waits[:3] == [0.0] * 3
    assert all(0 < wait <= 60 for wait in waits[3:])
    assert Tally.objects.taken("a") == 3


def test_keys_count_apart_and_are_not_stored_as_they_are():
    Tally.objects.take("reader@example.com", **LIMIT)

    assert Tally.objects.taken("other@example.com") == 0
    assert not Tally.objects.filter(key__contains="@").exists()


def test_a_new_period_begins_when_one_has_ended():
    for _ in range(3):
        Tally.objects.take("a", **LIMIT)
    end_periods()

    assert Tally.objects.taken("a") == 0
    assert Tally.objects.take("a", **LIMIT) == 0.0
    assert Tally.objects.taken("a") == 1
    assert Tally.objects.get().ends_at > timezone.now()


def test_an_amount_that_does_not_fit_is_not_taken_and_a_smaller_one_is():
    Tally.objects.take("a", **LIMIT, amount=2)

    assert Tally.objects.take("a", **LIMIT, amount=2) > 0
    assert Tally.objects.take("a", **LIMIT, amount=1) == 0.0


def test_more_than_the_limit_is_never_taken_not_even_first():
    assert Tally.objects.take("a", **LIMIT, amount=4) == 60.0
    assert not Tally.objects.exists()


def test_what_is_given_back_can_be_taken_again():
    Tally.objects.take("a", **LIMIT, amount=3)
    Tally.objects.give_back("a", 2)

    assert Tally.objects.taken("a") == 1


def test_more_may_be_counted_than_the_limit_and_never_less_than_nothing():
    Tally.objects.take("a", **LIMIT)
    Tally.objects.give_back("a", -10)
    beyond = Tally.objects.taken("a")
    Tally.objects.give_back("a", 100)

    assert (beyond, Tally.objects.taken("a")) == (11, 0)


def test_tending_forgets_what_has_ended_and_keeps_what_runs():
    Tally.objects.take("ended", **LIMIT)
    end_periods()
    Tally.objects.take("runs", **LIMIT)

    tend()

    assert Tally.objects.count() == 1
    assert Tally.objects.taken("runs") == 1


def test_counting_takes_one_query(django_assert_num_queries):
    Tally.objects.take("a", **LIMIT)

    with django_assert_num_queries(1):
        Tally.objects.take("a", **LIMIT)
