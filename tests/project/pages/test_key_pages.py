"""The page of one's API keys."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from assistant_project.accounts.models import ApiKey, User
from tests.factories import UserFactory
from tests.project.pages.conftest import alert

pytestmark = pytest.mark.django_db

KEY = re.compile(r"ka_[\w-]{40,}")


def test_a_new_key_is_shown_once_and_works(browser, send, ada):
    page = send("/account/keys/", name="Nightly report", scopes=["ask", "read"], days="30")

    [text] = KEY.findall(page.text)
    key = ada.api_keys.get()
    assert key.scopes == ["ask", "read"]
    assert key.expires_at - timezone.now() < datetime.timedelta(days=30)
    assert Client().get("/api/v1/me/", headers={"X-API-Key": text}).status_code == 200
    listed = browser.get("/account/keys/").text
    assert KEY.findall(listed) == []
    assert key.prefix in listed and "Nightly report" in listed


def test_a_key_need_not_expire(browser, send, ada):
    send("/account/keys/", name="Display in the hall", scopes=["ask"], days="0")

    assert ada.api_keys.get().expires_at is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"scopes": []}, "What it may do : "),
        ({"scopes": ["curate"]}, "What it may do : Select a valid choice"),
        ({"days": "36500"}, "Expires after : "),
        ({"name": "taken"}, "Name : You have a key with this name"),
    ],
)
def test_a_key_that_cannot_be_made_is_refused_with_what_was_typed(browser, send, ada, wrong, says):
    ApiKey.objects.issue(ada, name="taken", scopes=["ask"])

    page = send("/account/keys/", **{"name": "Nightly report", "scopes": ["ask"], "days": "30"} | wrong)

    assert says in alert(page)
    assert f'value="{wrong.get("name", "Nightly report")}"' in page.text
    assert ada.api_keys.count() == 1 and KEY.findall(page.text) == []


def test_the_staff_may_make_keys_that_curate(browser, send, ada):
    User.objects.filter(pk=ada.pk).update(is_staff=True)

    send("/account/keys/", name="Importer", scopes=["curate"], days="30")

    assert ada.api_keys.get().scopes == ["curate"]


def test_a_key_is_revoked_and_leaves_the_list(browser, send, ada):
    key, _text = ApiKey.objects.issue(ada, name="Old sync", scopes=["ask"])

    page = send(f"/account/keys/{key.pk}/revoke/")

    key.refresh_from_db()
    assert not key.is_valid
    assert "The key “Old sync” is revoked." in page.text and key.prefix not in page.text


def test_a_key_is_not_revoked_by_opening_an_address(browser, ada):
    key, _text = ApiKey.objects.issue(ada, name="Old sync", scopes=["ask"])

    assert browser.get(f"/account/keys/{key.pk}/revoke/").status_code == 405


def test_the_keys_of_others_are_not_there(browser, send):
    key, _text = ApiKey.objects.issue(UserFactory(), name="Secret of another", scopes=["ask"])

    assert send(f"/account/keys/{key.pk}/revoke/").status_code == 404
    assert "Secret of another" not in browser.get("/account/keys/").text
    key.refresh_from_db()
    assert key.is_valid


def test_a_key_that_ran_out_is_marked(browser, ada):
    ApiKey.objects.issue(
        ada, name="Old sync", scopes=["ask"], expires_at=timezone.now() - datetime.timedelta(days=1)
    )

    assert "expired" in browser.get("/account/keys/").text
