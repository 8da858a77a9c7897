"""What is done for accounts once a day."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from assistant_project.accounts import upkeep
from assistant_project.accounts.models import ApiKey, LogIn
from tests.factories import TextSourceFactory, UserFactory

pytestmark = pytest.mark.django_db
User = get_user_model()


def unproven(days=8, **changes):
    joined = timezone.now() - datetime.timedelta(days=days)
    return UserFactory(verified=False, date_joined=joined, **changes)


def test_ended_browser_sessions_are_forgotten_and_live_ones_kept():
    ended, live = Client(), Client()
    for browser in (ended, live):
        browser.force_login(UserFactory())
    Session.objects.filter(pk=ended.session.session_key).update(expire_date=timezone.now())

    upkeep.tend()

    assert [row.pk for row in Session.objects.all()] == [live.session.session_key]


def test_who_never_opened_the_link_is_deleted_after_a_week():
    unproven()
    waits = unproven(days=6)

    upkeep.tend()

    assert list(User.objects.all()) == [waits]


def verified(user):
    User.objects.filter(pk=user.pk).update(email_verified_at=timezone.now())


def signed_in(user):
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


def staff(user):
    User.objects.filter(pk=user.pk).update(is_staff=True)


def administrator(user):
    User.objects.filter(pk=user.pk).update(is_superuser=True)


def deactivated(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def with_a_log_in(user):
    LogIn.objects.create(user=user, token="x", expires_at="2999-01-01T00:00Z")


def with_a_key(user):
    ApiKey.objects.issue(user, name="script", scopes=["read"])


def with_a_source(user):
    TextSourceFactory(owner=user)


@pytest.mark.parametrize(
    "become",
    [verified, signed_in, staff, administrator, deactivated, with_a_log_in, with_a_key, with_a_source],
    ids=lambda become: become.__name__,
)
def test_who_is_more_than_an_unopened_link_stays(become):
    user = unproven()
    become(user)

    upkeep.tend()

    assert list(User.objects.all()) == [user]
