import datetime

import pytest
from django.utils import timezone

from assistant_project.me.statistics import statistics
from chat.models import DailyUsage, Session
from chat.removal import remove
from tests.chat.conversations import client_of, conversation
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

STATS = "/api/v1/me/stats/"
NOTHING = {
    "sessions": 0,
    "questions": 0,
    "answers": 0,
    "cached": 0,
    "abstained": 0,
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "cost": "0.000000",
    "cached_share": 0.0,
    "abstained_share": 0.0,
}


@pytest.fixture
def reader():
    return UserFactory()


def used(user, days_ago, **figures):
    day = timezone.localdate() - datetime.timedelta(days=days_ago)
    return DailyUsage.objects.create(user=user, day=day, **figures)


def test_every_day_is_told_those_without_use_with_zeros(reader):
    used(reader, 1, questions=4, answers=4, cached=1, abstained=2, prompt_tokens=10)

    figures = client_of(reader).get(STATS, {"days": 3}).json()

    today = timezone.localdate()
    days = [str(today - datetime.timedelta(days=n)) for n in (2, 1, 0)]
    assert [day["day"] for day in figures["by_day"]] == days
    assert (figures["since"], figures["until"]) == (days[0], days[2])
    middle = {"questions": 4, "answers": 4, "cached": 1, "abstained": 2, "prompt_tokens": 10}
    shares = {"cached_share": 0.25, "abstained_share": 0.5}
    assert figures["by_day"] == [
        NOTHING | {"day": days[0]},
        NOTHING | middle | shares | {"day": days[1]},
        NOTHING | {"day": days[2]},
    ]
    assert figures["totals"] == NOTHING | middle | shares


def test_totals_are_of_the_listed_days_and_of_nobody_else(reader):
    used(reader, 0, questions=1, answers=1, cached=1)
    used(reader, 29, questions=2, answers=3)
    used(reader, 30, questions=100, answers=100)
    used(UserFactory(), 0, questions=100)
    used(None, 0, questions=100)

    figures = statistics(reader)

    assert len(figures["by_day"]) == 30
    assert (figures["totals"]["questions"], figures["totals"]["cached_share"]) == (3, 0.25)


def test_what_it_cost_is_told_with_its_currency(reader, settings):
    settings.CURRENCY = "EUR"
    used(reader, 1, questions=1, cost="0.000125")
    used(reader, 0, questions=1, cost="1.5")

    figures = client_of(reader).get(STATS, {"days": 2}).json()

    assert (figures["currency"], figures["totals"]["cost"]) == ("EUR", "1.500125")


def test_figures_outlive_the_conversations(reader):
    conversation(reader, ("Q", "A"))
    used(reader, 0, sessions=1, questions=1)

    remove(Session.objects.filter(user=reader))

    assert statistics(reader)["totals"]["questions"] == 1


@pytest.mark.parametrize("days", ["0", "-1", "367", "9" * 5000, "many", "1.5", "a\x00"])
def test_an_impossible_number_of_days_is_refused(reader, days):
    response = client_of(reader).get(STATS, {"days": days})

    assert (response.status_code, list(response.json()["fields"])) == (400, ["days"])


def test_a_year_takes_as_many_queries_as_a_day(reader, django_assert_num_queries):
    client = client_of(reader)
    with django_assert_num_queries(4) as one:
        client.get(STATS, {"days": 1})
    for n in range(366):
        used(reader, n, questions=1)

    with django_assert_num_queries(len(one)):
        assert len(client.get(STATS, {"days": 366}).json()["by_day"]) == 366
