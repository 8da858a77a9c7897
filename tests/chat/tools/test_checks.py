"""Headers that nobody can read any more are told before a call fails."""

import pytest

from chat import checks
from tests.chat.tool_rows import a_server

pytestmark = pytest.mark.django_db
HEADERS = {"Authorization": "Bearer 7d1f-secret"}


def test_headers_sealed_with_another_key_are_a_warning_that_names_the_servers(settings):
    a_server("Weather", headers=HEADERS)
    a_server("Stock")
    assert checks.headers_can_be_read(None, databases=["default"]) == []

    settings.SECRET_KEY = "another"

    (warning,) = checks.headers_can_be_read(None, databases=["default"])
    assert warning.id == "chat.W001"
    assert "cannot be read: Weather." in warning.msg
    assert "7d1f" not in warning.msg


def test_the_earlier_key_opens_them_as_a_fallback(settings):
    a_server(headers=HEADERS)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    assert checks.headers_can_be_read(None, databases=["default"]) == []


def test_without_a_database_nothing_is_asked_of_it(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert checks.headers_can_be_read(None) == []
