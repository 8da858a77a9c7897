"""Callers with keys of their own, and the SDK's client beside the server in one process."""

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpRequest
from mcp import Client

from assistant_project.accounts.models import ApiKey
from chat.mcp import reading
from chat.mcp.caller import Caller
from chat.mcp.server import server_for
from knowledge.models import Source
from tests.factories import UserFactory, ready_text


@pytest.fixture
def user(transactional_db):
    return UserFactory()


@pytest.fixture
def key_of() -> Callable[..., tuple[ApiKey, str]]:
    def issue(user, *scopes: str) -> tuple[ApiKey, str]:
        return ApiKey.objects.issue(user, name="client", scopes=scopes or ("ask", "read"))

    return issue


@pytest.fixture
def as_user() -> Callable[..., Client]:
    """A client with the rights of a user, or of a key of theirs."""

    def connected(user, key: ApiKey | None = None) -> Client:
        request = HttpRequest()
        request.method, request.user = "POST", user
        return Client(server_for(lambda: Caller(user, request, key)))

    return connected


@pytest.fixture
def many_sources(transactional_db) -> list[int]:
    """The ids of one source more than are listed at once."""
    first = ready_text()
    copies = [
        Source(collection=first.collection, kind="text", text="x", live_revision=first.live_revision)
        for _ in range(reading.SOURCES_AT_ONCE)
    ]
    return [first.pk, *(source.pk for source in Source.objects.bulk_create(copies))]


@pytest.fixture
def given():
    """Runs a step of the test that needs the database."""
    return sync_to_async
