"""Changing the address of an account."""

import pytest

from tests.factories import UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD, queued, token_in, work


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com", password=PASSWORD)


def change_email(auth, email="new@example.com", password=PASSWORD):
    token = auth.log_in("ada@example.com")["access"]
    return auth.post("email/change/", {"email": email, "password": password}, token=token)


def test_a_new_address_counts_when_its_link_is_opened(auth, ada):
    answer = change_email(auth)
    messages = {message.to[0]: message for message in work()}
    ada.refresh_from_db()
    before = ada.email

    confirmed = auth.post("email/confirm/", {"token": token_in(messages["new@example.com"])})

    ada.refresh_from_db()
    assert answer.status_code == 202
    assert before == "ada@example.com"
    assert "about to change" in messages["ada@example.com"].subject
    assert confirmed.status_code == 200
    assert ada.email == "new@example.com"
    assert auth.post("email/confirm/", {"token": token_in(messages["new@example.com"])}).status_code == 400


def test_a_change_of_address_needs_the_password(auth, ada):
    answer = change_email(auth, password="wrong")

    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_password")
    assert list(answer.json()["fields"]) == ["password"]
    assert not queued()


def test_a_change_of_address_needs_somebody_who_is_signed_in(auth):
    assert auth.post("email/change/", {"email": "a@example.com", "password": "x"}).status_code == 401


def test_a_change_of_address_keeps_to_the_domains(auth, ada, settings):
    settings.SIGN_UP_DOMAINS = ["school.example"]

    assert change_email(auth).json()["code"] == "domain_refused"


def test_ones_own_address_is_no_new_one(auth, ada):
    assert list(change_email(auth, email="Ada@example.com").json()["fields"]) == ["email"]


def test_a_taken_address_gets_no_link_and_who_asks_does_not_learn_it(auth, ada):
    free = change_email(auth)
    work()
    UserFactory(email="taken@example.com")

    answer = change_email(auth, email="taken@example.com")

    assert answer.json() == free.json()
    assert [message.to for message in work()] == [["ada@example.com"]]


def test_an_address_that_was_taken_meanwhile_is_refused(auth, ada):
    change_email(auth)
    token = next(token_in(message) for message in work() if message.to == ["new@example.com"])
    UserFactory(email="New@example.com")

    answer = auth.post("email/confirm/", {"token": token})

    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


def test_a_new_password_makes_the_link_for_a_new_address_void(auth, ada):
    change_email(auth)
    token = next(token_in(message) for message in work() if message.to == ["new@example.com"])
    ada.set_password(ANOTHER)
    ada.save()

    assert auth.post("email/confirm/", {"token": token}).status_code == 400


def test_changes_of_address_are_limited_by_mails(auth, ada):
    answers = [change_email(auth, email=f"new{number}@example.com") for number in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
