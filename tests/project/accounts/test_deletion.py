"""How an account ends."""

import pytest
from django.contrib.auth import get_user_model

from assistant_project.accounts.deletion import delete_account
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import ApiKey
from chat.models import Session
from knowledge.models import Source
from tests.factories import TextSourceFactory, UserFactory

pytestmark = pytest.mark.django_db
User = get_user_model()


def test_conversations_and_keys_go_with_an_account_and_sources_stay():
    ada = UserFactory()
    Session.objects.create(user=ada)
    ApiKey.objects.issue(ada, name="script", scopes=["ask"])
    source = TextSourceFactory(owner=ada)

    delete_account(ada)

    assert not User.objects.exists()
    assert not Session.objects.exists()
    assert not ApiKey.objects.exists()
    assert Source.objects.get() == source
    assert Source.objects.get().owner is None


def test_the_last_administrator_stays():
    ada = UserFactory(is_superuser=True)
    UserFactory(is_superuser=True, is_active=False)

    with pytest.raises(AccountRefused, match="last administrator") as refused:
        delete_account(ada)

    assert refused.value.status_code == 409
    assert User.objects.filter(pk=ada.pk).exists()


def test_an_administrator_goes_if_there_is_another():
    ada = UserFactory(is_superuser=True)
    UserFactory(is_superuser=True)

    delete_account(ada)

    assert User.objects.count() == 1
