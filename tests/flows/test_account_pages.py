"""Somebody makes an account and uses it, in a real browser, with the mails that a worker would send."""

import pytest
from playwright.sync_api import expect

from assistant_project.accounts.models import ApiKey, User
from chat.models import Preferences
from tests.factories import UserFactory, ready_text
from tests.project.accounts.conftest import PASSWORD, token_in, work

pytestmark = pytest.mark.browser


def test_from_signing_up_to_a_key_and_out_again(visit, console):
    page = visit.open()
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()

    [message] = work()
    visit.open(f"/verify-email/{token_in(message)}/")
    page.get_by_role("button", name="Verify the address").click()
    expect(page.get_by_role("status")).to_contain_text("verified")

    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Ada")

    page.get_by_role("link", name="Answers").click()
    page.get_by_label("Beginner").check()
    page.get_by_label("About me").fill("I have just moved in.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    expect(page.get_by_label("Beginner")).to_be_checked()
    assert Preferences.objects.get().about_me == "I have just moved in."

    page.get_by_role("link", name="API keys").click()
    page.get_by_label("Name").fill("Nightly report")
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#new-key")).to_contain_text("ka_")
    page.locator("summary", has_text="Revoke Nightly report").click()
    page.get_by_role("button", name="Revoke the key Nightly report").click()
    expect(page.get_by_text("You have no key yet.")).to_be_visible()
    assert not ApiKey.objects.get().is_valid

    page.get_by_role("button", name="Sign out").click()
    site = page.get_by_role("navigation", name="Site")
    expect(site.get_by_role("link", name="Sign in")).to_be_visible()
    assert console == []


def test_a_new_key_is_copied_by_a_click(visit):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visit.site)
    visit.sign_in(UserFactory())
    page = visit.open("/account/keys/")
    page.get_by_label("Name").fill("Nightly report")
    page.get_by_role("button", name="Make the key").click()

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#new-key").inner_text()


def test_a_refused_form_is_in_focus_where_it_says_why(visit):
    visit.sign_in(UserFactory(password=PASSWORD))
    page = visit.open("/account/")

    page.get_by_label("Current password").fill("a guess")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Current password")).to_be_in_viewport()
    expect(page.get_by_label("Current password")).to_have_accessible_description("This is not your password.")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", ["", "answers/", "keys/", "usage/", "data/"])
def test_no_page_of_the_account_is_wider_than_the_screen(visit, path, width):
    user = UserFactory(is_staff=True)
    ApiKey.objects.issue(user, name="A name that is rather long for a key but allowed " * 2, scopes=["ask"])
    visit.sign_in(user)
    visit.page.set_viewport_size({"width": width, "height": 844})

    page = visit.open(f"/account/{path}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_token_of_a_link_leaves_in_no_referer(visit):
    user = UserFactory(verified=False)
    told: list[str] = []
    visit.context.on("request", lambda request: told.append(request.all_headers().get("referer", "")))
    page = visit.open("/verify-email/secret-token/")

    page.get_by_role("button", name="Verify the address").click()
    page.get_by_role("link", name="Get another link").click()

    expect(page.get_by_role("heading", name="Verify your address")).to_be_visible()
    assert any(told) and not any("secret-token" in referer for referer in told)
    assert not User.objects.get(pk=user.pk).is_verified


# --- the language


def test_the_language_is_chosen_and_the_page_stays(visit):
    visit.sign_in(UserFactory())
    page = visit.open("/account/keys/")

    page.get_by_role("button", name="Deutsch").click()

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_url(f"{visit.site}/account/keys/")
    expect(page.get_by_role("button", name="Deutsch")).to_have_attribute("aria-current", "true")


def test_a_conversation_that_has_just_begun_is_still_there_in_another_language(visit):
    ready_text("Set the thermostat of the water heater to 120 degrees Fahrenheit.")
    page = visit.open()
    visit.ask("How hot should the water heater be?")
    expect(page.locator(".answer[data-state=complete]")).to_have_count(1)
    address = page.url

    page.get_by_role("button", name="Deutsch").click()

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_url(address)
    expect(page.locator(".answer[data-state=complete]")).to_contain_text("120 degrees")


@pytest.mark.parametrize("width", [390, 1440])
def test_from_the_account_a_link_leads_back_to_the_conversations(visit, width):
    visit.sign_in(UserFactory())
    visit.page.set_viewport_size({"width": width, "height": 844})
    page = visit.open("/account/")

    page.get_by_role("link", name="To the conversations").click()

    expect(page).to_have_url(f"{visit.site}/")
