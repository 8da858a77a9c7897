"""The description of the API, and which other sites may call it."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from tests.project import access

ELSEWHERE = "https://intranet.example.org"
METHODS = {"get", "post", "put", "patch", "delete"}
REFUSAL = {"$ref": "#/components/schemas/Error"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each with its name for a message."""
    for path, methods in schema["paths"].items():
        for method in METHODS & methods.keys():
            yield f"{method.upper()} {path}", methods[method]


def content(schema, response) -> dict[str, Any]:
    """What a response holds, behind its reference."""
    if "$ref" in response:
        response = schema["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return response["content"]["application/json"]["schema"]


@pytest.mark.django_db
def test_the_description_is_in_english_whatever_the_browser_asks_for():
    english, german = (
        APIClient().get("/api/schema/", headers={"Accept-Language": language}).content
        for language in ("en", "de")
    )

    assert german == english


def test_the_description_is_valid_and_nothing_in_it_is_guessed():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_every_operation_of_the_access_table_is_described_and_no_other(schema):
    described = sorted(name.split()[0] for name, _ in operations(schema))

    assert described == sorted(row.method for row in access.rows() if row.is_rest)


def test_each_operation_has_a_summary_and_stands_in_a_group_that_is_explained(schema):
    groups = {tag["name"] for tag in configured.SPECTACULAR_SETTINGS["TAGS"]}

    for name, operation in operations(schema):
        assert operation["summary"], name
        assert groups.issuperset(operation["tags"]), name


def test_no_group_is_empty(schema):
    used = {tag for _, operation in operations(schema) for tag in operation["tags"]}

    assert used == {tag["name"] for tag in configured.SPECTACULAR_SETTINGS["TAGS"]}


def test_every_refusal_has_the_shape_of_all_refusals(schema):
    for name, operation in operations(schema):
        for status, response in operation["responses"].items():
            assert status < "400" or content(schema, response) == REFUSAL, f"{name} {status}"


def test_every_operation_tells_of_the_refusals_that_all_can_meet(schema):
    for name, operation in operations(schema):
        expected = {"429"}
        expected |= {"401", "403"} if operation["security"] != [{}] else set()
        expected |= {"400", "413", "415"} if "requestBody" in operation else set()
        expected |= {"404"} if "{" in name else set()
        assert expected <= operation["responses"].keys(), name


def test_what_looks_at_no_credentials_does_not_speak_of_them(schema):
    log_in = schema["paths"]["/api/v1/auth/login/"]["post"]

    assert log_in["security"] == [{}]
    assert "API key" not in log_in["description"]


def test_a_key_is_one_of_several_ways_and_its_scope_is_named(schema):
    ask = schema["paths"]["/api/v1/chat/"]["post"]

    assert ask["security"] == [{"bearer": []}, {"apiKey": []}, {"session": []}, {}]
    assert ask["description"].endswith("API keys need the scope `ask`.")


def test_what_is_closed_to_keys_says_so(schema):
    change = schema["paths"]["/api/v1/me/"]["patch"]

    assert change["security"] == [{"bearer": []}, {"session": []}]
    assert change["description"].endswith("Not open to API keys.")


def test_each_json_body_comes_with_an_example(schema):
    for name, operation in operations(schema):
        bodies = operation.get("requestBody", {"content": {}})["content"]
        assert "application/json" not in bodies or bodies["application/json"]["examples"], name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        ("*/*", "", "application/vnd.oai.openapi"),
        ("application/json", "", "application/json"),
        ("*/*", "?format=json", "application/vnd.oai.openapi+json"),
    ],
)
def test_it_is_served_as_yaml_and_as_json(client, accept, query, media_type):
    response = client.get(f"/api/schema/{query}", headers={"Accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"].split(";")[0] == media_type
    assert b"/api/v1/chat/" in response.content


@pytest.mark.django_db
def test_credentials_that_are_no_longer_valid_do_not_hide_it(client):
    response = client.get("/api/schema/?format=json", headers={"Authorization": "Bearer ka_gone"})

    assert response.json()["info"]["title"] == "Knowledge assistant"


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
