"""Forgotten, reset and changed passwords."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from assistant_project.accounts import links, passwords
from assistant_project.accounts.models import ApiKey
from tests.factories import UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD, aged, queued, token_in, work

User = get_user_model()


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com", password=PASSWORD)


def forgotten(auth, email="ada@example.com"):
    answer = auth.post("password/forgot/", {"email": email})
    assert answer.status_code == 202
    return answer.json()


def test_a_forgotten_password_is_replaced_by_a_link_and_ends_every_log_in(auth, ada):
    log_in = auth.log_in(ada.email)
    forgotten(auth, "ADA@example.com")
    (message,) = work()

    answer = auth.post("password/reset/", {"token": token_in(message), "password": ANOTHER})

    assert answer.status_code == 200
    assert not auth.is_in(log_in["access"])
    assert auth.refresh(log_in["refresh"]).status_code == 401
    assert "access" in auth.log_in(ada.email, ANOTHER)


def test_a_reset_revokes_every_key_of_its_user_and_nobody_elses(auth, ada):
    _, text = ApiKey.objects.issue(ada, name="script", scopes=["read"])
    _, others = ApiKey.objects.issue(UserFactory(), name="script", scopes=["read"])
    forgotten(auth)

    auth.post("password/reset/", {"token": token_in(work()[0]), "password": ANOTHER})

    assert not auth.is_in(text)
    assert auth.is_in(others)


def test_nobody_learns_whether_there_is_an_account(auth, ada):
    known, unknown = forgotten(auth), forgotten(auth, "nobody@example.com")

    assert known == unknown
    assert [task["args"] for task in queued()] == [
        ("password_reset", ada.pk, "", 0, "en"),
        ("password_reset", 0, "", 0, "en"),
    ]
    assert [message.to for message in work()] == [["ada@example.com"]]


def test_a_look_alike_address_finds_nobody(auth, db):
    UserFactory(email="mike@example.com")

    auth.post("password/forgot/", {"email": "mıke@example.com"})

    assert work() == []


def test_a_deactivated_person_gets_no_link(auth, ada):
    User.objects.update(is_active=False)
    forgotten(auth)

    assert work() == []


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 400)])
def test_a_reset_link_is_valid_for_an_hour(auth, ada, minutes, status):
    forgotten(auth)
    token = aged(links.PASSWORD_RESET, token_in(work()[0]), datetime.timedelta(minutes=minutes))

    answer = auth.post("password/reset/", {"token": token, "password": ANOTHER})

    assert answer.status_code == status


def test_a_reset_link_is_used_once_and_dies_with_a_sign_in(auth, ada):
    forgotten(auth)
    forgotten(auth)
    first, second = (token_in(message) for message in work())
    auth.post("password/reset/", {"token": first, "password": ANOTHER})

    statuses = [
        auth.post("password/reset/", {"token": token, "password": PASSWORD}).status_code
        for token in (first, second)
    ]

    assert statuses == [400, 400]


def test_a_refused_password_leaves_the_link_valid(auth, ada):
    forgotten(auth)
    token = token_in(work()[0])

    weak = auth.post("password/reset/", {"token": token, "password": "short"})

    assert list(weak.json()["fields"]) == ["password"]
    assert auth.post("password/reset/", {"token": token, "password": ANOTHER}).status_code == 200


def test_a_reset_shows_that_the_address_is_its_users(auth, db):
    UserFactory(email="ada@example.com", password=PASSWORD, verified=False)
    forgotten(auth)

    auth.post("password/reset/", {"token": token_in(work()[0]), "password": ANOTHER})

    assert User.objects.get().is_verified


def change(auth, token, old=PASSWORD, new=ANOTHER):
    return auth.post("password/change/", {"old_password": old, "new_password": new}, token=token)


def test_a_changed_password_ends_every_log_in(auth, ada):
    here, elsewhere = auth.log_in(ada.email), auth.log_in(ada.email)

    answer = change(auth, here["access"])

    assert answer.status_code == 200
    assert not auth.is_in(here["access"])
    assert not auth.is_in(elsewhere["access"])
    assert auth.refresh(elsewhere["refresh"]).status_code == 401
    assert "access" in auth.log_in(ada.email, ANOTHER)


def test_a_changed_password_leaves_keys(auth, ada):
    _, text = ApiKey.objects.issue(ada, name="script", scopes=["read"])

    passwords.change(ada, PASSWORD, ANOTHER, address="192.0.2.1")

    assert auth.is_in(text)


def test_a_changed_password_ends_browser_sessions(ada):
    browser = Client()
    browser.force_login(ada)

    passwords.change(ada, PASSWORD, ANOTHER, address="192.0.2.1")

    assert browser.get("/api/v1/me/").status_code == 401


def test_a_change_needs_the_old_password_and_a_good_new_one(auth, ada):
    token = auth.log_in(ada.email)["access"]

    wrong, weak = change(auth, token, old="wrong"), change(auth, token, new="short")

    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["old_password"])
    assert (weak.status_code, list(weak.json()["fields"])) == (400, ["new_password"])
    assert auth.is_in(token)


def test_guesses_at_the_old_password_are_counted(auth, ada):
    token = auth.log_in(ada.email)["access"]
    for _ in range(10):
        assert change(auth, token, old="wrong").status_code == 400

    assert change(auth, token).status_code == 429


def test_guesses_of_strangers_do_not_keep_the_owner_from_changing_the_password(auth, ada):
    token = auth.log_in(ada.email)["access"]
    for _ in range(10):
        auth.post("login/", {"email": ada.email, "password": "wrong"})

    assert auth.post("login/", {"email": ada.email, "password": PASSWORD}).status_code == 429
    assert change(auth, token).status_code == 200


@pytest.mark.parametrize("path", ["password/change/", "email/change/", "logout/"])
def test_what_concerns_a_person_is_closed_to_strangers(auth, path):
    answer = auth.post(path, {"email": "a@example.com", "password": "x", "old_password": "x"})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
