"""Signing up, proving the address, and changing it."""

import datetime

import pytest
from django.contrib.auth import get_user_model

from assistant_project.accounts import links
from tests.factories import UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD, aged, queued, token_in, work

User = get_user_model()
ADA = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}


def sign_up(auth, **changes):
    return auth.post("signup/", ADA | changes)


def test_who_signs_up_may_log_in_after_the_link_in_the_mail(auth, settings):
    settings.SITE_URL = "https://assistant.example.org"
    answer = sign_up(auth)
    (message,) = work()

    before = auth.post("login/", {"email": ADA["email"], "password": PASSWORD})
    verified = auth.post("verify/", {"token": token_in(message)})
    after = auth.post("login/", {"email": ADA["email"], "password": PASSWORD})

    assert answer.status_code == 202
    assert message.to == ["ada@example.com"]
    assert "https://assistant.example.org/verify-email/" in message.body
    assert (before.status_code, before.json()["code"]) == (403, "email_unverified")
    assert verified.status_code == 200
    assert after.status_code == 200
    assert after.json()["user"] == {"email": "ada@example.com", "name": "Ada", "is_staff": False}


def test_the_queue_holds_neither_address_nor_token(auth):
    sign_up(auth)

    (task,) = queued()
    assert task["args"] == ("verification", User.objects.get().pk)
    assert task["kwargs"] == {}


def test_a_known_address_gets_the_same_answer_and_another_mail(auth):
    known = UserFactory(email="ada@example.com", password=ANOTHER)
    new = sign_up(auth, email="bob@example.com")
    work()

    answer = sign_up(auth, email="Ada@Example.com")

    (message,) = work()
    known.refresh_from_db()
    assert (answer.status_code, answer.json()) == (new.status_code, new.json())
    assert message.to == ["ada@example.com"]
    assert "account already" in message.subject
    assert known.check_password(ANOTHER)
    assert known.name == ""


def test_who_signs_up_with_an_address_that_waits_for_its_link_cannot_set_its_password(auth):
    sign_up(auth)
    (first,) = work()
    sign_up(auth, password=ANOTHER)
    (second,) = work()

    auth.post("verify/", {"token": token_in(first)})

    assert "account already" in second.subject
    assert auth.post("login/", {"email": ADA["email"], "password": ANOTHER}).status_code == 401


def test_the_owner_of_the_mailbox_takes_over_an_account_that_a_stranger_began(auth):
    sign_up(auth, password=ANOTHER)
    work()
    sign_up(auth)
    (message,) = work()

    auth.post("password/reset/", {"token": token_in(message), "password": PASSWORD})

    assert "access" in auth.log_in(ADA["email"])
    assert auth.post("login/", {"email": ADA["email"], "password": ANOTHER}).status_code == 401


def test_nobody_signs_up_where_sign_up_is_closed(auth, settings):
    settings.SIGN_UP = "closed"

    answer = sign_up(auth)

    assert (answer.status_code, answer.json()["code"]) == (403, "sign_up_closed")
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["ada@example.com", "ada@sub.school.example", "ada@notschool.example"])
def test_an_address_of_another_domain_is_refused_with_the_domains_that_are_accepted(auth, settings, email):
    settings.SIGN_UP_DOMAINS = ["School.example"]

    answer = sign_up(auth, email=email)

    assert (answer.status_code, answer.json()["code"]) == (400, "domain_refused")
    assert "school.example" in answer.json()["fields"]["email"][0]


def test_an_address_of_an_accepted_domain_is_taken(auth, settings):
    settings.SIGN_UP_DOMAINS = ["school.example"]

    assert sign_up(auth, email="ada@SCHOOL.example").status_code == 202


@pytest.mark.parametrize("password", ["short", "password1234", "ada@example.com"])
def test_a_weak_password_is_refused_at_its_field(auth, password):
    answer = sign_up(auth, password=password)

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert answer.json()["fields"]["password"]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "ada"},
        {"email": "ada\0@example.com"},
        {"email": "mıke@example.com"},
        {"email": "a" * 300 + "@example.com"},
        {"email": ["ada@example.com"]},
        {"password": "long " * 100},
        {"password": None},
        {"name": "A\0da"},
        {"name": "n" * 151},
    ],
)
def test_what_is_no_address_password_or_name_is_refused_by_field(auth, changes):
    answer = sign_up(auth, **changes)

    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(changes)


def test_sign_ups_from_one_address_are_limited(auth, settings):
    settings.RATES = settings.RATES | {"sign_up": "2/hour"}
    for number in range(2):
        assert sign_up(auth, email=f"ada{number}@example.com").status_code == 202

    answer = sign_up(auth, email="ada3@example.com")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_sign_ups")
    assert 0 < int(answer.headers["Retry-After"]) <= 3_600


def test_a_link_is_used_once(auth):
    sign_up(auth)
    token = token_in(work()[0])
    auth.post("verify/", {"token": token})

    answer = auth.post("verify/", {"token": token})

    assert (answer.status_code, answer.json()["code"]) == (400, "link_not_valid")


@pytest.mark.parametrize(("days", "status"), [(2.9, 200), (3.1, 400)])
def test_a_verification_link_is_valid_for_three_days(auth, days, status):
    sign_up(auth)
    token = aged(links.VERIFICATION, token_in(work()[0]), datetime.timedelta(days=days))

    assert auth.post("verify/", {"token": token}).status_code == status


@pytest.mark.parametrize("token", ["x", "..", "a.b.c", "ä", "1.", "\N{SNOWMAN}." * 9])
def test_an_invented_link_is_refused(auth, token):
    assert auth.post("verify/", {"token": token}).status_code == 400


def test_a_link_is_good_for_its_purpose_only(auth):
    sign_up(auth)
    token = token_in(work()[0])

    answer = auth.post("password/reset/", {"token": token, "password": ANOTHER})

    assert answer.json()["code"] == "link_not_valid"


def test_a_deactivated_person_cannot_use_a_link(auth):
    sign_up(auth)
    token = token_in(work()[0])
    User.objects.update(is_active=False)

    assert auth.post("verify/", {"token": token}).status_code == 400


def test_the_verification_mail_is_sent_again_to_who_waits_for_it_only(auth):
    UserFactory(email="waits@example.com", verified=False)
    UserFactory(email="done@example.com")
    addresses = ("waits@example.com", "done@example.com", "nobody@example.com")

    answers = [auth.post("verify/again/", {"email": email}) for email in addresses]

    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (202, answers[0].json()["detail"])
    }
    assert [message.to for message in work()] == [["waits@example.com"]]


def test_a_mailbox_gets_three_mails_an_hour(auth):
    UserFactory(email="waits@example.com", verified=False)
    for _ in range(5):
        assert auth.post("verify/again/", {"email": "waits@example.com"}).status_code == 202

    assert len(work()) == 3


def test_requests_for_mails_from_one_address_are_limited(auth, settings):
    settings.RATES = settings.RATES | {"sign_up": "1/hour"}
    auth.post("verify/again/", {"email": "a@example.com"})

    answer = auth.post("password/forgot/", {"email": "b@example.com"})

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_mails")


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
