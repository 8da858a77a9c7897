"""Conversations that tests name, and clients that ask for them."""

from rest_framework.test import APIClient

from assistant_project.accounts.models import ApiKey
from chat.models import Message, Session
from tests.factories import UserFactory


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


def client_with_key(user, *scopes):
    """A program with an API key."""
    key, _text = ApiKey.objects.issue(user, name="program", scopes=scopes)
    client = APIClient()
    client.force_authenticate(user, token=key)
    return client


def conversation(user=None, *exchanges, **fields):
    """A session with questions and answers, of a new user if none is named."""
    session = Session.objects.create(user=user or UserFactory(), **fields)
    for question, answer in exchanges:
        exchange(session, question, answer)
    return session


def exchange(session, question, answer, **fields):
    """A question and its answer, which is returned."""
    Message.objects.create(session=session, role="user", content=question)
    return Message.objects.create(
        session=session, role="assistant", content=answer, **{"kind": "extract", **fields}
    )
