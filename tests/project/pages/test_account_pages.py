"""The pages of one's own account."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from assistant_project.accounts.models import User
from assistant_project.me.charts import HEIGHT, bars
from chat.models import Assistant, DailyUsage, Preferences, Session
from tests.factories import UserFactory
from tests.project.accounts.conftest import ANOTHER, PASSWORD, work
from tests.project.pages.conftest import alert

pytestmark = pytest.mark.django_db

PAGES = [
    "/account/",
    "/account/email/",
    "/account/password/",
    "/account/answers/",
    "/account/keys/",
    "/account/usage/",
    "/account/data/",
]
FORMS = [page for page in PAGES if "usage" not in page]


# --- all pages


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_to_sign_in_and_is_kept_by_nobody(client, ada, page):
    assert client.get(page)["Location"] == f"/sign-in/?next={page}"

    client.force_login(ada)
    response = client.get(page)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", [*FORMS, "/account/keys/1/revoke/"])
def test_no_form_is_taken_from_another_site(ada, page):
    lured = Client(enforce_csrf_checks=True)
    lured.force_login(ada)

    assert lured.post(page, {}).status_code == 403


def test_the_way_to_the_account_is_on_every_page(browser):
    assert 'href="/account/"' in browser.get("/").text


def test_each_field_has_its_label_and_no_two_share_an_id(browser):
    for page in PAGES:
        text = browser.get(page).text
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'<label for="([^"]+)"', text)) <= set(ids)


# --- profile


def test_a_name_is_saved(browser, send, ada):
    page = send("/account/", name="Ada Lovelace")

    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace"
    assert "Your name is saved." in page.text


def test_a_new_address_needs_the_password_and_is_not_lost_without_it(browser, send):
    page = send("/account/email/", email="new@example.com", password="a guess")

    assert alert(page) == "Your password : This is not your password."
    assert 'value="new@example.com"' in page.text
    assert work() == []


def test_a_new_address_is_told_by_mail_and_used_only_after_its_link(browser, send, ada):
    page = send("/account/email/", email="new@example.com", password=PASSWORD)

    assert "on its way to new@example.com" in page.text
    assert {message.to[0] for message in work()} == {"ada@example.com", "new@example.com"}
    assert User.objects.get(pk=ada.pk).email == "ada@example.com"


def test_a_changed_password_ends_every_other_session_but_this(browser, send, ada):
    elsewhere = Client()
    elsewhere.force_login(ada)

    page = send("/account/password/", old_password=PASSWORD, new_password=ANOTHER)

    assert "Your password is changed." in page.text
    assert browser.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("a guess", ANOTHER, "Current password : This is not"),
        (PASSWORD, "short", "New password : This password is"),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(browser, send, ada, old, new, says):
    page = send("/account/password/", old_password=old, new_password=new)

    assert says in alert(page)
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


# --- answers


def test_what_one_prefers_is_saved_and_shown(browser, send, ada):
    page = send("/account/answers/", expertise="expert", about_me="I repair boilers.", language="Deutsch")

    assert "Saved." in page.text
    preferences = Preferences.objects.of(ada)
    assert (preferences.expertise, preferences.language) == ("expert", "Deutsch")
    assert "I repair boilers." in browser.get("/account/answers/").text


def test_without_a_model_nothing_is_asked_about_it(browser):
    assert 'name="model"' not in browser.get("/account/answers/").text
    assert 'name="temperature"' not in browser.get("/account/answers/").text


def test_a_model_is_chosen_among_those_that_are_offered(browser, send, ada, settings):
    settings.CHAT_MODEL = "plain-model"
    assistant = Assistant.objects.default()
    assistant.other_models = ["large-model"]
    assistant.save()
    offered = re.findall(r'<option value="([^"]*)"', browser.get("/account/answers/").text)
    assert offered == ["", "large-model", "plain-model"]

    send("/account/answers/", model="large-model", temperature="0.3", max_tokens="400")
    refused = send("/account/answers/", model="secret-model", temperature="9", about_me="I repair boilers.")

    preferences = Preferences.objects.of(ada)
    assert (preferences.model, preferences.temperature, preferences.max_tokens) == ("large-model", 0.3, 400)
    assert "Model : Select a valid choice" in alert(refused) and "Temperature : " in alert(refused)
    assert "I repair boilers." in refused.text


# --- usage


def test_usage_is_told_by_day(browser, ada):
    today = timezone.localdate()
    DailyUsage.objects.create(user=ada, day=today, questions=7, prompt_tokens=12_000, completion_tokens=345)
    DailyUsage.objects.create(user=UserFactory(), day=today, questions=999)

    text = browser.get("/account/usage/").text

    assert "<dd>7</dd>" in text and "12,345" in text and "at most 7 a day" in text
    assert text.count("<rect") == 1
    assert "999" not in text


def test_who_asked_nothing_is_told_so(browser):
    assert "You have not asked anything" in browser.get("/account/usage/").text


def test_the_largest_value_has_the_tallest_bar_and_a_small_one_is_seen():
    small, large = bars([0, 1, 1_000])

    assert 0 < small.x < large.x
    assert 0 < small.height < large.height == HEIGHT
    assert small.y + small.height == large.y + large.height == HEIGHT
    assert bars([]) == bars([0]) == []


# --- data


def test_ones_data_are_downloaded_by_the_link_on_the_page(browser):
    [link] = re.findall(r'href="([^"]*export[^"]*)"', browser.get("/account/data/").text)

    response = browser.get(link)

    assert response["Content-Disposition"].startswith("attachment")
    response.close()


def test_an_account_is_deleted_with_its_password_only(browser, send, ada):
    Session.objects.create(user=ada, title="Heating")

    refused = send("/account/data/", password="a guess")
    assert alert(refused) == "Your password : This is not your password."
    assert User.objects.filter(pk=ada.pk).exists()

    page = send("/account/data/", password=PASSWORD)
    assert "Your account is deleted" in page.text
    assert not User.objects.exists() and not Session.objects.exists()
    assert browser.get("/account/").status_code == 302


def test_the_last_administrator_stays(browser, send, ada):
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)

    page = send("/account/data/", password=PASSWORD)

    assert "last administrator" in alert(page)
    assert User.objects.filter(pk=ada.pk).exists()
