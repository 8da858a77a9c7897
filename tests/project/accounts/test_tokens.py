"""Log-ins over REST: access tokens, refresh tokens, and what ends them."""

import datetime
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from assistant_project.accounts import tokens, upkeep
from assistant_project.accounts.authentication import BearerAuthentication
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import LogIn
from tests.factories import UserFactory
from tests.flows.worker import eventually
from tests.project.accounts.conftest import ANOTHER, PASSWORD

User = get_user_model()


@pytest.fixture
def ada(db):
    return UserFactory(email="ada@example.com", password=PASSWORD)


def test_a_log_in_gives_a_pair_of_tokens_and_tells_how_long(auth, ada):
    answer = auth.log_in("Ada@example.com")

    ada.refresh_from_db()
    assert set(answer) == {"access", "refresh", "expires_in", "user"}
    assert answer["expires_in"] == 600
    assert auth.is_in(answer["access"])
    assert ada.last_login is not None


def test_a_refresh_token_is_good_once_and_its_successor_goes_on(auth, ada):
    first = auth.log_in(ada.email)

    second = auth.refresh(first["refresh"])

    assert second.status_code == 200
    assert auth.is_in(first["access"])
    assert auth.is_in(second.json()["access"])
    assert auth.refresh(second.json()["refresh"]).status_code == 200


def test_a_refresh_token_that_is_used_again_ends_its_whole_family(auth, ada):
    first = auth.log_in(ada.email)
    second = auth.refresh(first["refresh"]).json()

    again = auth.refresh(first["refresh"])

    assert (again.status_code, again.json()["code"]) == (401, "token_not_valid")
    assert auth.refresh(second["refresh"]).status_code == 401
    assert not auth.is_in(second["access"])


def test_the_family_of_another_log_in_lives_on(auth, ada):
    first, other = auth.log_in(ada.email), auth.log_in(ada.email)
    auth.refresh(first["refresh"])
    auth.refresh(first["refresh"])

    assert auth.is_in(other["access"])


@pytest.mark.django_db(transaction=True)
def test_of_twelve_refreshes_at_once_one_wins_and_its_tokens_go_on_working(auth):
    UserFactory(email="ada@example.com", password=PASSWORD)
    first = auth.log_in("ada@example.com")["refresh"]
    together = threading.Barrier(12)

    def refresh(_):
        client = APIClient()
        client.handler.load_middleware()  # as a server has, before it is asked
        together.wait()
        try:
            return client.post("/api/v1/auth/refresh/", {"refresh": first})
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(refresh, range(12)))

    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 11]
    (winner,) = (answer.json() for answer in answers if answer.status_code == 200)
    assert auth.is_in(winner["access"])
    assert auth.refresh(winner["refresh"]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_who_had_to_wait_for_the_winner_has_lost():
    log_in = LogIn.objects.create(user=UserFactory(), token="1", expires_at="2999-01-01T00:00Z")

    def rotate():
        try:
            return LogIn.objects.rotate(log_in.pk, used="1", following="3", expires_at=log_in.expires_at)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            won = LogIn.objects.rotate(log_in.pk, used="1", following="2", expires_at=log_in.expires_at)
            second = pool.submit(rotate)
            eventually(is_somebody_waiting)
        lost = second.result()

    log_in.refresh_from_db()
    assert (won, lost) == (True, False)
    assert log_in.token == "2"


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_a_password_that_changed_while_it_was_checked_begins_no_log_in(ada):
    stale = User.objects.get()
    ada.set_password(ANOTHER)
    ada.save()

    with pytest.raises(AccountRefused):
        tokens.issue(stale)

    assert not LogIn.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.b.c", "ka_x", "W10.W10.W10", "." * 1_900])
def test_an_invented_refresh_token_is_refused(auth, token):
    assert auth.refresh(token).status_code in {400, 401}


def test_an_access_token_does_not_refresh_and_a_refresh_token_does_not_open(auth, ada):
    pair = auth.log_in(ada.email)

    assert auth.refresh(pair["access"]).status_code == 401
    assert not auth.is_in(pair["refresh"])


@pytest.mark.parametrize("kind", [AccessToken, RefreshToken])
def test_a_token_ends_with_its_time(auth, ada, kind):
    log_in = LogIn.objects.create(user=ada, token="1", expires_at=timezone.now() + datetime.timedelta(1))
    token = kind()
    token["log_in"], token["jti"] = str(log_in.pk), "1"
    token.set_exp(lifetime=datetime.timedelta(seconds=-1))

    assert not auth.is_in(str(token))
    assert auth.refresh(str(token)).status_code == 401


def test_tokens_end_with_the_time_of_their_log_in(auth, ada):
    pair = auth.log_in(ada.email)
    LogIn.objects.update(expires_at=timezone.now())

    assert not auth.is_in(pair["access"])
    assert auth.refresh(pair["refresh"]).status_code == 401


@pytest.mark.parametrize("by", ["access", "refresh"])
def test_a_log_out_ends_access_and_refresh_at_once(auth, ada, by):
    pair = auth.log_in(ada.email)
    named = {"access": {"token": pair["access"]}, "refresh": {"body": {"refresh": pair["refresh"]}}}[by]

    answer = auth.post("logout/", **named)

    assert answer.status_code == 204
    assert not auth.is_in(pair["access"])
    assert auth.refresh(pair["refresh"]).status_code == 401


def test_a_refresh_token_ends_its_log_in_though_the_access_token_is_dead(auth, ada):
    pair = auth.log_in(ada.email)

    answer = auth.post("logout/", {"refresh": pair["refresh"]}, token=pair["access"] + "x")

    assert answer.status_code == 204
    assert auth.refresh(pair["refresh"]).status_code == 401
    assert not auth.is_in(pair["access"])


@pytest.mark.parametrize("body", [{}, {"refresh": "x"}])
def test_a_log_out_with_nothing_that_is_valid_is_refused(auth, ada, body):
    pair = auth.log_in(ada.email)

    answer = auth.post("logout/", body, token=pair["access"] + "x")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")
    assert auth.is_in(pair["access"])


def deactivate(user):
    user.is_active = False
    user.save()


def deactivate_for_a_while(user):
    deactivate(user)
    user.is_active = True
    user.save()


def change_in_the_terminal(user):
    user.set_password(ANOTHER)
    user.save()


def take_verification_back(user):
    User.objects.filter(pk=user.pk).update(email_verified_at=None)


@pytest.mark.parametrize(
    "end",
    [deactivate, deactivate_for_a_while, change_in_the_terminal, take_verification_back, User.delete],
    ids=lambda end: end.__name__,
)
def test_what_ends_an_account_or_its_password_ends_its_tokens(auth, ada, end):
    pair = auth.log_in(ada.email)

    end(ada)

    assert not auth.is_in(pair["access"])
    assert auth.refresh(pair["refresh"]).status_code == 401


def test_the_command_that_sets_a_password_ends_log_ins_too(auth, ada, monkeypatch):
    pair = auth.log_in(ada.email)
    monkeypatch.setattr("getpass.getpass", lambda **_: ANOTHER)

    call_command("changepassword", ada.email, stdout=io.StringIO())

    assert not auth.is_in(pair["access"])


def test_an_access_token_costs_one_query(auth, ada, django_assert_num_queries):
    token = auth.log_in(ada.email)["access"]
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}")

    with django_assert_num_queries(1):
        user, credential = BearerAuthentication().authenticate(request)

    assert user == ada
    assert isinstance(credential, AccessToken)


def test_ended_log_ins_are_forgotten_and_live_ones_kept(auth, ada):
    live, out = auth.log_in(ada.email), auth.log_in(ada.email)
    auth.post("logout/", token=out["access"])
    old = LogIn.objects.create(user=ada, token="x", expires_at=timezone.now() - datetime.timedelta(1))

    upkeep.tend()

    assert LogIn.objects.count() == 1
    assert not LogIn.objects.filter(pk=old.pk).exists()
    assert auth.is_in(live["access"])
