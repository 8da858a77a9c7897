"""Staff who may do everything, and staff who may only look."""

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.test import Client

from tests.factories import UserFactory


@pytest.fixture
def administrator(db):
    return UserFactory(email="admin@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def curator_client(administrator):
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def onlooker_client(db):
    """May view everything and change nothing."""
    onlooker = UserFactory(is_staff=True)
    views = Q(codename__startswith="view_") | Q(codename="curate_all_collections")
    onlooker.user_permissions.set(Permission.objects.filter(views))
    client = Client()
    client.force_login(onlooker)
    return client
