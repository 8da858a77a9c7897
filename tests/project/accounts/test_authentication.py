"""Credentials in headers: what is taken, and what is refused without a stumble."""

import base64
import datetime
import json

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from assistant_project.accounts.models import ApiKey
from tests.factories import UserFactory


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com")


@pytest.fixture
def issued(ada):
    return ApiKey.objects.issue(ada, name="script", scopes=["read"])


def me(**environ):
    return APIClient().get("/api/v1/me/", **environ)


def nested_header() -> str:
    """A token whose first part is JSON of brackets within brackets."""
    return base64.urlsafe_b64encode(b"[" * 40_000).decode().rstrip("=") + ".W10.x"


@pytest.mark.parametrize("how", ["Bearer {}", "bearer {}", "Bearer   {} "])
def test_a_key_is_taken_as_bearer(issued, how):
    assert me(HTTP_AUTHORIZATION=how.format(issued[1])).json()["email"] == "ada@example.com"


def test_a_key_is_taken_in_its_own_header_and_its_use_is_noted(issued):
    key, text = issued

    assert me(HTTP_X_API_KEY=text).status_code == 200

    key.refresh_from_db()
    assert timezone.now() - key.last_used_at < datetime.timedelta(minutes=1)


def expire(key):
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())


def revoke(key):
    ApiKey.objects.filter(pk=key.pk).revoke()


def deactivate(key):
    key.user.is_active = False
    key.user.save()


def take_verification_back(key):
    key.user.email_verified_at = None
    key.user.save()


def delete_user(key):
    key.user.delete()


@pytest.mark.parametrize("end", [expire, revoke, deactivate, take_verification_back, delete_user])
def test_a_key_that_ended_is_refused(issued, end):
    key, text = issued

    end(key)

    answer = me(HTTP_X_API_KEY=text)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_not_valid")


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_AUTHORIZATION": "Bearer"},
        {"HTTP_AUTHORIZATION": "Bearer "},
        {"HTTP_AUTHORIZATION": "Bearer one two"},
        {"HTTP_AUTHORIZATION": "Bearer a.b.c"},
        {"HTTP_AUTHORIZATION": "Bearer \x00"},
        {"HTTP_AUTHORIZATION": "Bearer ka_\x00"},
        {"HTTP_AUTHORIZATION": "Bearer ka_\xff\xfe"},
        {"HTTP_AUTHORIZATION": "Bearer \xff.\xff.\xff"},
        {"HTTP_AUTHORIZATION": "Bearer " + "a" * 60_000},
        {"HTTP_AUTHORIZATION": "Bearer ka_"},
        {"HTTP_X_API_KEY": ""},
        {"HTTP_X_API_KEY": "ka_wrong"},
        {"HTTP_X_API_KEY": "\x00"},
    ],
    ids=lambda environ: repr(environ)[:50],
)
def test_a_malformed_credential_is_a_401_in_our_shape(db, environ):
    answer = me(**environ)

    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "detail"}
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_deeply_nested_json_in_a_token_is_a_401(db):
    assert me(HTTP_AUTHORIZATION=f"Bearer {nested_header()}").status_code == 401


@pytest.mark.parametrize("algorithm", ["none", "HS512", None, ["HS256"], {"HS256": 1}, 1])
def test_a_token_may_not_choose_its_algorithm(db, algorithm):
    parts = ({"alg": algorithm, "typ": "JWT"}, {"token_type": "access", "exp": 9_999_999_999, "log_in": "1"})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]

    assert me(HTTP_AUTHORIZATION=f"Bearer {'.'.join(encoded)}.").status_code == 401


def test_another_scheme_is_nobodys(db):
    answer = me(HTTP_AUTHORIZATION="Basic YTpi")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_old_credentials_do_not_stand_in_the_way_of_a_log_in(auth, ada):
    ada.set_password("a long pass phrase 42")
    ada.save()
    body = {"email": ada.email, "password": "a long pass phrase 42"}

    assert auth.post("login/", body, token="expired").status_code == 200


def test_a_key_opens_nothing_that_concerns_the_password(issued):
    body = {"old_password": "x", "new_password": "y"}

    answer = APIClient().post("/api/v1/auth/password/change/", body, HTTP_X_API_KEY=issued[1])

    assert answer.status_code == 403
