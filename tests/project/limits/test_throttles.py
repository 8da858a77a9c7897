"""How often one may call: whom a call counts for, and what too many of them hear."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from assistant_project.accounts.models import ApiKey
from assistant_project.limits.models import Tally
from assistant_project.limits.throttles import QuestionThrottle, RequestThrottle, haste
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
RATES = {
    "request": "3/min",
    "question": "2/min",
    "anonymous_question": "1/min",
    "address_question": "4/min",
}


@pytest.fixture(autouse=True)
def rates(settings):
    settings.RATES = RATES


class Door(APIView):
    permission_classes = ()

    def get(self, request):
        return Response("read")

    def post(self, request):
        return Response("done")


def call(throttle=None, *, method="post", user=None, key=None, address="192.0.2.1", forwarded=""):
    request = getattr(APIRequestFactory(), method)(
        "/", REMOTE_ADDR=address, headers={"X-Forwarded-For": forwarded}
    )
    if user:
        force_authenticate(request, user, key)
    return Door.as_view(**{"throttle_classes": [throttle]} if throttle else {})(request)


def passed(*args, times=6, **kwargs):
    return [call(*args, **kwargs).status_code for _ in range(times)].count(200)


def test_every_view_counts_requests_by_default():
    assert passed() == 3
    assert passed(address="192.0.2.2") == 3


def test_a_signed_in_user_counts_alone_whatever_the_address():
    user = UserFactory()

    assert passed(user=user, address="192.0.2.1", times=2) == 2
    assert passed(user=user, address="192.0.2.2") == 1
    assert passed(user=UserFactory()) == 3


def test_the_keys_of_a_user_count_together_and_with_the_user():
    user = UserFactory()
    keys = [ApiKey.objects.issue(user, name=name, scopes=["read"])[0] for name in ("one", "two")]

    answers = [call(user=user, key=key).status_code for key in (None, *keys, *keys)]

    assert answers == [200, 200, 200, 429, 429]


def test_a_forged_header_makes_no_new_client():
    answers = [call(forwarded=f"203.0.113.{n}").status_code for n in range(5)]

    assert answers == [200] * 3 + [429] * 2


def test_a_visitors_questions_count_for_the_address():
    assert passed(QuestionThrottle) == 1
    assert passed(QuestionThrottle, address="192.0.2.2") == 1


def test_a_users_questions_count_for_the_user():
    user = UserFactory()

    assert passed(QuestionThrottle, user=user) == 2
    assert passed(QuestionThrottle, user=user, address="192.0.2.2") == 0


def test_the_questions_of_many_users_count_for_their_address_too():
    assert sum(passed(QuestionThrottle, user=UserFactory(), times=2) for _ in range(4)) == 4


def test_what_was_refused_to_a_user_does_not_count_for_the_address():
    passed(QuestionThrottle, user=UserFactory(), times=50)

    assert passed(QuestionThrottle, user=UserFactory()) == 2


def test_reading_where_questions_are_asked_counts_as_reading():
    assert passed(QuestionThrottle, method="get") == 3
    assert passed(QuestionThrottle) == 1


@pytest.mark.parametrize(
    ("throttle", "sentence"),
    [
        (RequestThrottle, "Too many requests. Try again in 60 minutes."),
        (QuestionThrottle, "Too many questions. Try again in 60 minutes."),
    ],
)
def test_a_refusal_says_what_was_too_much_and_when_to_come_back(settings, throttle, sentence):
    settings.RATES = dict.fromkeys(RATES, "1/hour")
    call(throttle)

    refusal = call(throttle)

    assert refusal.status_code == 429
    assert refusal.data == {"code": "throttled", "detail": sentence}
    assert 3_540 < int(refusal["Retry-After"]) <= 3_600


def test_when_the_period_has_ended_calls_pass_again():
    before = passed()
    Tally.objects.update(ends_at=timezone.now())

    assert (before, passed()) == (3, 3)


def test_a_form_counts_questions_together_with_the_rest_door():
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")
    request.user = AnonymousUser()

    assert haste(request) == 0.0
    assert 0 < haste(request) <= 60
    assert call(QuestionThrottle).status_code == 429


@pytest.mark.parametrize(("throttle", "queries"), [(RequestThrottle, 1), (QuestionThrottle, 2)])
def test_a_throttle_costs_a_query_for_each_rate(throttle, queries, django_assert_num_queries):
    with django_assert_num_queries(queries):
        call(throttle)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_whoever_watches_the_health_is_not_counted(client, path):
    client.get(path)

    assert not Tally.objects.exists()
