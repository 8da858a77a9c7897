"""What the tests of pages share: a browser that is signed in, and what a page says."""

import re

import pytest

from tests.factories import UserFactory
from tests.project.accounts.conftest import PASSWORD


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com", password=PASSWORD)


@pytest.fixture
def browser(client, ada):
    """Ada's, in which she is signed in."""
    client.force_login(ada)
    return client


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    """Send a form as a browser does, and follow where it leads."""

    def send(path, **values):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, values, follow=True)

    return send


def alert(response) -> str:
    """The text of the summary of errors; empty if there is none."""
    found = re.search(r'<div class="alert" role="alert".*?>(.*?)</div>', response.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""
