"""The description of the API, and which other sites may call it."""

import io

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

ELSEWHERE = "https://intranet.example.org"


def test_the_description_is_valid_and_nothing_in_it_is_guessed():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/", "/api/redoc/"])
def test_it_is_served_without_anything_from_elsewhere(path):
    page = APIClient().get(path)

    assert page.status_code == 200
    assert "cdn." not in page.content.decode()
    assert (
        "script-src" not in page["Content-Security-Policy"]
        or "unsafe-inline" not in (page["Content-Security-Policy"].split("script-src")[1].split(";")[0])
    )


@pytest.mark.django_db
def test_a_site_that_is_named_may_call_from_a_browser(settings):
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]

    asked = APIClient().options(
        "/api/v1/chat/",
        headers={
            "Origin": ELSEWHERE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, x-api-key",
        },
    )

    assert asked["Access-Control-Allow-Origin"] == ELSEWHERE
    assert {"authorization", "idempotency-key", "x-api-key"} <= set(
        asked["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    )


@pytest.mark.django_db
def test_any_other_site_may_not(settings):
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]

    response = APIClient().get("/api/v1/assistants/", headers={"Origin": "https://evil.example.org"})

    assert "Access-Control-Allow-Origin" not in response
