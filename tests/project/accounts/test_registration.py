"""Signing up, proving the address, and changing it."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assistant_project.accounts import links
from tests.factories import UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD, aged, queued, token_in, work

User = get_user_model()
ADA = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}


class CountingHasher(MD5PasswordHasher):
    made = 0

    def encode(self, password, salt):
        type(self).made += 1
        return super().encode(password, salt)


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
    assert task["args"] == ("verification", User.objects.get().pk, "", 0, "en")
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
    assert "There is an account" in message.subject
    assert known.check_password(ANOTHER)
    assert known.name == ""


def test_of_two_who_claim_an_unproven_address_neither_has_the_password_before_the_mailbox_decides(auth):
    sign_up(auth, password=ANOTHER)
    (first,) = work()
    sign_up(auth)
    (second,) = work()
    auth.post("verify/again/", {"email": ADA["email"]})
    (again,) = work()

    assert auth.post("verify/", {"token": token_in(first)}).status_code == 400
    for password in (ANOTHER, PASSWORD):
        answer = auth.post("login/", {"email": ADA["email"], "password": password})
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    for message in (second, again):
        assert "There is an account" in message.subject
        assert "/reset-password/" in message.body


def test_a_mail_that_was_not_sent_yet_when_another_claimed_the_address_proves_nothing_for_the_first(auth):
    sign_up(auth, password=ANOTHER)
    sign_up(auth)

    assert all("/reset-password/" in message.body for message in work())


def test_further_claims_leave_the_links_valid_that_were_sent(auth):
    sign_up(auth, password=ANOTHER)
    sign_up(auth)
    message = work()[-1]
    sign_up(auth, password="a third phrase 44")

    answer = auth.post("password/reset/", {"token": token_in(message), "password": PASSWORD})

    assert answer.status_code == 200
    assert "access" in auth.log_in(ADA["email"])


def test_who_signs_up_twice_with_one_password_keeps_it(auth):
    sign_up(auth)
    (message,) = work()
    sign_up(auth)

    auth.post("verify/", {"token": token_in(message)})

    assert "access" in auth.log_in(ADA["email"])


def test_a_sign_up_takes_as_many_statements_and_hashes_whether_the_address_is_known_or_not(auth, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    UserFactory(email="known@example.com", password=ANOTHER)
    UserFactory(email="waits@example.com", password=ANOTHER, verified=False)
    work_done = []
    for email in ("new@example.com", "known@example.com", "waits@example.com", "waits@example.com"):
        before = CountingHasher.made
        with CaptureQueriesContext(connection) as queries:
            sign_up(auth, email=email)
        work_done.append((CountingHasher.made - before, len(queries)))

    assert len(set(work_done)) == 1


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


def test_mails_of_one_kind_that_are_never_sent_keep_no_other_kind_back(auth):
    ada = UserFactory(email="ada@example.com")
    for _ in range(3):
        auth.post("verify/again/", {"email": ada.email})

    sign_up(auth)
    auth.post("password/forgot/", {"email": ada.email})

    assert [message.to for message in work()] == [[ada.email], [ada.email]]


@pytest.mark.parametrize("verified", [True, False, None])
def test_sign_ups_with_one_address_send_three_mails_an_hour_whether_it_is_known_or_not(auth, verified):
    if verified is not None:
        UserFactory(email=ADA["email"], verified=verified)
    for _ in range(5):
        sign_up(auth)

    assert len(work()) == 3


def test_requests_for_mails_from_one_address_are_limited(auth, settings):
    settings.RATES = settings.RATES | {"sign_up": "1/hour"}
    auth.post("verify/again/", {"email": "a@example.com"})

    answer = auth.post("password/forgot/", {"email": "b@example.com"})

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_mails")
