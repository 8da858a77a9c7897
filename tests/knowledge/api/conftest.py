"""Callers of the knowledge endpoints: readers, curators, and programs with their keys."""

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from assistant_project.accounts.models import ApiKey
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def originals(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def reader(db):
    return UserFactory()


@pytest.fixture
def curator(db):
    """Staff with every permission in knowledge, but not a superuser."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="knowledge"))
    return user


@pytest.fixture
def client_of():
    """A client that acts for a user, with a key's scopes if there are any."""

    def make(user, *scopes):
        client = APIClient()
        if user is not None:
            key = ApiKey.objects.issue(user, name="test", scopes=scopes)[0] if scopes else None
            client.force_authenticate(user, token=key)
        return client

    return make


@pytest.fixture
def by_curator(client_of, curator):
    return client_of(curator)


@pytest.fixture
def by_reader(client_of, reader):
    return client_of(reader)
