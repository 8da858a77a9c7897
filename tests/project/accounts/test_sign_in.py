"""Guessing at passwords."""

import datetime
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from assistant_project.accounts import links, passwords
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.sign_in import checked_user
from assistant_project.limits.models import Tally
from tests.factories import UserFactory
from tests.flows.worker import PROJECT, environment
from tests.project.accounts.conftest import ANOTHER, PASSWORD

HERE = "192.0.2.1"


class CountingHasher(MD5PasswordHasher):
    made = checked = 0

    def encode(self, password, salt):
        type(self).made += 1
        return super().encode(password, salt)


@pytest.fixture
def hasher(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    return CountingHasher


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com", password=PASSWORD)


def guess(email="ada@example.com", password="wrong", address=HERE):
    with pytest.raises(AccountRefused) as refused:
        checked_user(None, email, password, address=address)
    return refused.value


def exhaust(email="ada@example.com", address=HERE):
    for _ in range(10):
        assert guess(email, address=address).code == "wrong_credentials"


def test_after_ten_wrong_passwords_the_right_one_is_not_looked_at_either(ada):
    exhaust()

    refused = guess(password=PASSWORD)

    assert (refused.code, refused.status_code) == ("too_many_attempts", 429)
    assert 0 < refused.wait <= 900
    assert "Try again in" in str(refused.detail)


def test_from_another_address_the_account_still_opens(ada):
    exhaust()

    assert checked_user(None, "ada@example.com", PASSWORD, address="192.0.2.2") == ada


def test_an_account_takes_fifty_attempts_an_hour_from_wherever(ada):
    for number in range(50):
        assert guess(address=f"198.51.100.{number}").code == "wrong_credentials"

    assert guess(password=PASSWORD).code == "too_many_attempts"


def exhaust_account():
    for number in range(50):
        assert guess(address=f"198.51.100.{number}").code == "wrong_credentials"


def test_guesses_from_everywhere_do_not_lock_an_account_where_its_owner_signed_in_lately(ada):
    checked_user(None, ada.email, PASSWORD, address=HERE)
    exhaust_account()

    assert checked_user(None, ada.email, PASSWORD, address=HERE) == ada
    assert guess(password=PASSWORD, address="192.0.2.2").code == "too_many_attempts"


def test_where_the_owner_signed_in_lately_ten_wrong_passwords_are_the_limit_still(ada):
    checked_user(None, ada.email, PASSWORD, address=HERE)
    exhaust()

    assert guess(password=PASSWORD).code == "too_many_attempts"


def test_an_address_is_remembered_for_its_account_alone(ada):
    eve = UserFactory(email="eve@example.com", password=PASSWORD)
    checked_user(None, eve.email, PASSWORD, address=HERE)
    exhaust_account()

    assert guess(password=PASSWORD).code == "too_many_attempts"


def test_an_address_is_forgotten_thirty_days_after_the_last_sign_in(ada):
    checked_user(None, ada.email, PASSWORD, address=HERE)
    (row,) = Tally.objects.filter(ends_at__gt=timezone.now() + datetime.timedelta(days=29))
    Tally.objects.filter(pk=row.pk).update(ends_at=timezone.now())
    exhaust_account()

    assert guess(password=PASSWORD).code == "too_many_attempts"


def test_a_wrong_password_makes_no_address_known(ada):
    exhaust_account()

    assert guess(password=PASSWORD, address="198.51.100.1").code == "too_many_attempts"


def test_a_new_password_by_mail_opens_a_locked_account_where_it_was_chosen(ada):
    exhaust_account()

    passwords.reset(links.PASSWORD_RESET.token(ada), ANOTHER, address=HERE)

    assert checked_user(None, ada.email, ANOTHER, address=HERE) == ada


def test_an_address_may_try_fifty_times_whatever_accounts(ada):
    for number in range(50):
        assert guess(f"user{number}@example.com").code == "wrong_credentials"

    assert guess(password=PASSWORD).code == "too_many_attempts"


@pytest.mark.parametrize("spelling", ["ADA@example.com", " ada@example.com", "Ada@EXAMPLE.com"])
def test_other_spellings_of_an_address_count_for_the_same_account(ada, spelling):
    exhaust()

    assert guess(spelling).code == "too_many_attempts"


def test_the_right_password_gives_its_attempt_back(ada):
    for _ in range(60):
        assert checked_user(None, ada.email, PASSWORD, address=HERE) == ada


def test_the_right_password_does_not_give_wrong_ones_back(ada):
    for _ in range(9):
        guess()
    checked_user(None, ada.email, PASSWORD, address=HERE)
    guess()

    assert guess().code == "too_many_attempts"


def test_what_is_refused_for_its_number_counts_no_further(ada):
    exhaust()
    for _ in range(100):
        guess()

    assert checked_user(None, ada.email, PASSWORD, address="192.0.2.2") == ada
    exhaust("bob@example.com")


def test_an_unknown_account_is_refused_like_a_known_one_after_the_same_work(ada, hasher):
    ada.set_password(PASSWORD)
    ada.save()
    work = []
    sentences = set()
    for email in ("ada@example.com", "nobody@example.com"):
        before = hasher.made
        sentences.add(str(guess(email).detail))
        work.append(hasher.made - before)

    assert len(sentences) == 1
    assert work == [1, 1]


def test_a_limit_does_not_tell_whether_there_is_an_account(ada):
    exhaust()
    exhaust("nobody@example.com")

    assert guess().code == guess("nobody@example.com").code == "too_many_attempts"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"is_active": False}, "wrong_credentials"), ({"verified": False}, "email_unverified")],
)
def test_who_is_deactivated_or_unverified_does_not_come_in(db, changes, code):
    UserFactory(email="ada@example.com", password=PASSWORD, **changes)

    assert guess(password=PASSWORD).code == code


def test_without_the_password_nobody_learns_that_an_address_is_unverified(db):
    UserFactory(email="ada@example.com", password=PASSWORD, verified=False)

    assert guess().code == "wrong_credentials"


@pytest.mark.parametrize("email", ["a\0@example.com", "mıke@example.com", "", "ada"])
def test_what_is_no_address_is_an_unknown_account(db, email):
    UserFactory(email="mike@example.com", password=PASSWORD)

    assert guess(email, PASSWORD).code == "wrong_credentials"


def test_djangos_authenticate_counts_too(ada):
    for _ in range(10):
        assert authenticate(None, username=ada.email, password="wrong") is None

    assert authenticate(None, username=ada.email, password=PASSWORD) is None


@pytest.mark.parametrize("path", ["/sign-in/", "/admin/login/"])
def test_the_pages_say_that_it_was_too_often(db, path):
    UserFactory(email="ada@example.com", password=PASSWORD, is_staff=True)
    browser = Client()
    for _ in range(10):
        browser.post(path, {"username": "ada@example.com", "password": "wrong"})

    page = browser.post(path, {"username": "ada@example.com", "password": PASSWORD})

    assert "Too many attempts" in page.content.decode()
    assert "_auth_user_id" not in browser.session


def test_the_pages_and_rest_count_together(auth, ada):
    browser = Client()
    for path in ("/sign-in/", "/admin/login/") * 5:
        browser.post(path, {"username": "ada@example.com", "password": "wrong"})

    assert auth.post("login/", {"email": ada.email, "password": PASSWORD}).status_code == 429


def test_the_admin_says_that_an_address_is_unverified(db):
    UserFactory(email="ada@example.com", password=PASSWORD, is_staff=True, verified=False)

    page = Client().post("/admin/login/", {"username": "ada@example.com", "password": PASSWORD})

    assert "not verified" in page.content.decode()


def test_the_admin_takes_staff_only(db):
    UserFactory(email="ada@example.com", password=PASSWORD)
    UserFactory(email="eve@example.com", password=PASSWORD, is_staff=True)
    browser, staff = Client(), Client()

    browser.post("/admin/login/", {"username": "ada@example.com", "password": PASSWORD})
    staff.post("/admin/login/", {"username": "eve@example.com", "password": PASSWORD, "next": "/admin/"})

    assert "_auth_user_id" not in browser.session
    assert "_auth_user_id" in staff.session


def test_a_browser_session_ends_when_its_user_is_no_longer_verified(ada):
    browser = Client()
    browser.force_login(ada)
    ada.email_verified_at = None
    ada.save()

    assert browser.get("/api/v1/me/").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_guesses_by_four_processes_under_made_up_addresses_ten_are_looked_at():
    UserFactory(email="ada@example.com", password=PASSWORD)
    command = [sys.executable, "-m", "tests.project.accounts.guesses", "25"]
    environ = environment()
    with ThreadPoolExecutor(4) as pool:
        runs = pool.map(lambda _: subprocess.check_output(command, cwd=PROJECT, env=environ), range(4))
        answers = [json.loads(output) for output in runs]

    statuses = [status for answer in answers for status in answer["statuses"]]
    assert (statuses.count(401), statuses.count(429)) == (10, 90)
    assert sum(answer["checked"] for answer in answers) == 10
