"""The pages on which people come in."""

import re

import pytest
from django.core import mail
from django.test import Client

from assistant_project.accounts import links
from assistant_project.accounts.models import User
from tests.factories import UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD, token_in, work
from tests.project.pages.conftest import alert

pytestmark = pytest.mark.django_db

TOKEN_PAGES = ["verify-email", "confirm-email", "reset-password"]


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def without(text, name):
    """A page without a name and without what is new in each."""
    return re.sub(rf'{name}|(?<=csrfmiddlewaretoken" value=")\w+', "", text)


# --- signing in


def test_a_refused_sign_in_keeps_the_address_and_forgets_the_password(client):
    response = sign_in(client, "ada@example.com", "not the password")

    assert "do not belong together" in alert(response)
    assert 'value="ada@example.com"' in response.text
    assert "not the password" not in response.text


def test_too_many_attempts_are_told_with_the_time_to_wait(client):
    for _attempt in range(10):
        sign_in(client, "ada@example.com", "a guess")

    response = sign_in(client, "ada@example.com", "a guess")

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Too many attempts" in alert(response)


def test_who_has_not_verified_the_address_gets_the_mail_again_by_a_button(client, send):
    user = UserFactory(email="ada@example.com", password=PASSWORD, verified=False)
    refused = sign_in(client, "ada@example.com")
    assert "not verified" in alert(refused)
    assert '<input type="hidden" name="email" value="ada@example.com">' in refused.text

    page = send("/sign-up/again/", email="ada@example.com")

    assert "Look into your mail" in page.text
    assert [message.to for message in work()] == [[user.email]]


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", "/sign-in/?next=/sign-in/"]
)
def test_signing_in_leads_to_no_other_site_and_not_back_to_itself(client, elsewhere):
    UserFactory(email="ada@example.com", password=PASSWORD)

    assert sign_in(client, "ada@example.com", next=elsewhere)["Location"] == "/"
    assert client.get("/sign-in/", {"next": elsewhere})["Location"] == "/"


def test_signing_in_leads_to_the_page_that_asked_for_it(client):
    UserFactory(email="ada@example.com", password=PASSWORD)
    asked_for = client.get("/account/keys/")["Location"]
    form = client.get(asked_for)
    assert '<input type="hidden" name="next" value="/account/keys/">' in form.text

    assert sign_in(client, "ada@example.com", next="/account/keys/")["Location"] == "/account/keys/"


# --- signing up


def test_signing_up_looks_the_same_for_a_known_address(send):
    UserFactory(email="known@example.com")

    known = send("/sign-up/", email="known@example.com", password=PASSWORD)
    unknown = send("/sign-up/", email="fresh@example.com", password=PASSWORD)

    assert "known@example.com" in known.text
    assert without(known.text, "known@") == without(unknown.text, "fresh@")
    assert User.objects.filter(email="fresh@example.com").exists()


def test_a_weak_password_is_said_at_its_field_and_nothing_else_is_lost(send):
    response = send("/sign-up/", email="ada@example.com", name="Ada", password="short")

    assert "Password : This password is too short" in alert(response)
    assert '<ul class="errorlist" id="id_password_error">' in response.text
    assert 'aria-describedby="id_password_helptext id_password_error"' in response.text
    assert 'value="ada@example.com"' in response.text and 'value="Ada"' in response.text
    assert "short" not in re.findall(r'value="([^"]*)"', response.text)
    assert not User.objects.exists()


def test_where_sign_up_is_closed_its_page_says_so_and_no_page_links_to_it(client, send, settings):
    settings.SIGN_UP = "closed"

    page = client.get("/sign-up/")
    send("/sign-up/", email="ada@example.com", password=PASSWORD)

    assert "Nobody can sign up here" in page.text and 'name="password"' not in page.text
    assert not User.objects.exists()
    assert "/sign-up/" not in client.get("/sign-in/").text + client.get("/").text


def test_where_sign_up_is_open_visitors_find_it(client):
    assert 'href="/sign-up/"' in client.get("/").text
    assert 'href="/sign-up/"' in client.get("/sign-in/").text


def test_the_domains_that_may_sign_up_are_named_and_others_refused(client, send, settings):
    settings.SIGN_UP_DOMAINS = ["example.org", "example.net"]

    page = client.get("/sign-up/")
    refused = send("/sign-up/", email="ada@example.com", password=PASSWORD)

    assert "Open to addresses at example.org, example.net." in page.text
    assert "E-mail address : Only addresses at" in alert(refused)


@pytest.mark.parametrize("begin", ["/sign-up/", "/forgotten-password/"])
def test_a_page_about_a_mail_leads_to_its_beginning_if_none_was_sent(client, begin):
    assert client.get(f"{begin}sent/")["Location"] == begin


def test_who_is_signed_in_does_not_sign_up(client):
    client.force_login(UserFactory())

    assert client.get("/sign-up/")["Location"] == "/"


# --- links in mails


def test_a_link_verifies_by_its_button_and_not_by_being_opened(client, send):
    user = UserFactory(verified=False)
    path = f"/verify-email/{links.VERIFICATION.token(user)}/"

    client.get(path)
    user.refresh_from_db()
    assert not user.is_verified

    page = send(path)
    user.refresh_from_db()
    assert user.is_verified
    assert page.redirect_chain == [("/sign-in/", 302)]
    assert "Your e-mail address is verified" in page.text


def test_an_old_link_says_so_and_leads_to_another(send):
    page = send("/verify-email/1.2.3/")

    assert "no longer valid" in alert(page)
    assert 'href="/sign-up/again/"' in page.text


def test_a_changed_address_is_confirmed_by_its_button(client, send):
    user = UserFactory(email="old@example.com")
    path = f"/confirm-email/{links.EMAIL_CHANGE.token(user, 'new@example.com')}/"

    client.get(path)
    user.refresh_from_db()
    assert user.email == "old@example.com"

    send(path)
    user.refresh_from_db()
    assert user.email == "new@example.com"


def test_an_old_link_to_confirm_an_address_says_so(send):
    assert "no longer valid" in alert(send("/confirm-email/1.2.3/"))


def test_a_forgotten_password_is_answered_alike_whether_the_address_is_known(send):
    UserFactory(email="known@example.com")

    known = send("/forgotten-password/", email="known@example.com")
    unknown = send("/forgotten-password/", email="fresh@example.com")

    assert "known@example.com" in known.text
    assert without(known.text, "known@") == without(unknown.text, "fresh@")


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(client, send):
    UserFactory(email="ada@example.com", password=PASSWORD)
    send("/forgotten-password/", email="ada@example.com")
    [message] = work()
    path = f"/reset-password/{token_in(message)}/"

    weak = send(path, password="short")
    assert "too short" in alert(weak) and 'name="password"' in weak.text
    saved = send(path, password=ANOTHER)
    again = send(path, password=PASSWORD)

    assert "Your password is changed" in saved.text
    assert "no longer valid" in alert(again) and 'href="/forgotten-password/"' in again.text
    assert sign_in(client, "ada@example.com", ANOTHER)["Location"] == "/"


def test_mails_that_are_asked_for_too_often_are_refused_with_the_time_to_wait(send, settings):
    settings.RATES = settings.RATES | {"sign_up": "1/hour"}
    send("/forgotten-password/", email="ada@example.com")

    refused = send("/forgotten-password/", email="ada@example.com")

    assert refused.status_code == 429
    assert "Too many mails" in alert(refused)
    assert mail.outbox == []


@pytest.mark.parametrize("page", TOKEN_PAGES)
def test_the_token_of_a_link_is_sent_to_nobody_as_referer(client, page):
    response = client.get(f"/{page}/secret-token/")

    assert response["Referrer-Policy"] == "strict-origin"
    assert "secret-token" not in response.text


# --- all of them


@pytest.mark.parametrize(
    "path",
    ["sign-in", "sign-up", "sign-up/again", "forgotten-password", *(f"{page}/1.2" for page in TOKEN_PAGES)],
)
def test_no_page_is_kept_and_no_form_is_taken_from_another_site(path):
    stranger = Client(enforce_csrf_checks=True)

    assert "no-store" in stranger.get(f"/{path}/")["Cache-Control"]
    assert stranger.post(f"/{path}/", {}).status_code == 403
