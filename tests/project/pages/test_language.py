"""The language of the pages is chosen on the pages, and kept."""

import pytest
from django.test import Client

from assistant_project.accounts import links
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/sign-up/", "/account/", "/account/data/"])
def test_a_page_offers_each_language_by_its_own_name_and_says_which_is_in_force(browser, path):
    if "sign" in path:
        browser.logout()

    page = browser.get(path)

    assert 'value="en" lang="en" aria-current="true">English<' in page.text
    assert 'value="de" lang="de">Deutsch<' in page.text
    assert f'<input type="hidden" name="next" value="{path}">' in page.text


def test_a_chosen_language_holds_from_then_on_and_the_page_stays(client):
    chosen = client.post("/i18n/setlang/", {"language": "de", "next": "/sign-in/?next=/account/"})

    assert chosen["Location"] == "/sign-in/?next=/account/"
    assert '<html lang="de"' in client.get("/sign-up/").text
    assert '<html lang="de"' in client.get("/", headers={"Accept-Language": "en"}).text


def test_a_language_that_there_is_not_changes_nothing(client):
    client.post("/i18n/setlang/", {"language": "xx", "next": "/"})

    assert '<html lang="en"' in client.get("/").text


def test_choosing_a_language_leads_to_no_other_site(client):
    chosen = client.post("/i18n/setlang/", {"language": "de", "next": "https://example.org/"})

    assert chosen["Location"] == "/"


def test_no_other_site_chooses_the_language():
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.post("/i18n/setlang/", {"language": "de"}).status_code == 403


def test_the_address_of_a_secret_link_stands_in_no_form(client):
    token = links.PASSWORD_RESET.token(UserFactory())

    page = client.get(f"/reset-password/{token}/")

    assert 'name="password"' in page.text
    assert token not in page.text
