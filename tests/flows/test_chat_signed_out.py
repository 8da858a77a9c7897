"""A reader is signed out, or in again, while a page of theirs is open, in a real browser."""

import pytest
from playwright.sync_api import expect

from chat.models import Message
from tests.factories import UserFactory, ready_text
from tests.flows.chat import answers

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"
PASSWORD = "a long sentence"
NOT_SIGNED_IN = "You are no longer signed in."


@pytest.fixture
def page(visit):
    """A reader has been answered."""
    ready_text(HEATER)
    visit.sign_in(UserFactory(email="grace@example.com", password=PASSWORD))
    page = visit.open()
    visit.ask(QUESTION)
    expect(answers(page)).to_have_count(1)
    return page


def sign_in(page):
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_question_waits_in_its_box_until_the_reader_has_signed_in_again(visit, page):
    visit.context.clear_cookies(name="sessionid")
    visit.ask("And in winter?")
    expect(page.locator("#refusal")).to_contain_text(NOT_SIGNED_IN)
    expect(page.get_by_label("Your question")).to_have_value("And in winter?")
    place = page.url.removeprefix(visit.site)

    page.locator("#refusal").get_by_role("link", name="Sign in").click()
    sign_in(page)

    expect(page).to_have_url(visit.site + place)
    expect(page.get_by_label("Your question")).to_have_value("And in winter?")
    page.get_by_label("Your question").press("Enter")
    expect(answers(page)).to_have_count(2)


def test_a_first_question_is_not_asked_as_a_visitor_instead(visit):
    ready_text(HEATER)
    visit.sign_in(UserFactory())
    page = visit.open()
    visit.context.clear_cookies(name="sessionid")

    visit.ask(QUESTION)

    expect(page.locator("#refusal")).to_contain_text(NOT_SIGNED_IN)
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    assert not Message.objects.exists()


def test_a_rating_of_who_is_signed_out_says_why_it_was_not_taken(visit, page):
    visit.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Helpful", exact=True).click()

    expect(page.locator(".tools").get_by_role("alert")).to_contain_text(NOT_SIGNED_IN)


def test_a_conversation_that_is_gone_is_not_taken_for_a_sign_out(visit, page):
    page.evaluate("document.querySelector('#composer').elements.session_id.value = crypto.randomUUID()")

    visit.ask("And in winter?")

    expect(page.locator("#refusal")).to_have_text("There is no such conversation.")


def test_who_signs_in_anew_in_another_tab_goes_on_in_this_one(visit, page):
    other = visit.context.new_page()
    other.goto(visit.site)
    other.get_by_role("button", name="Sign out").click()
    other.get_by_role("link", name="Sign in").click()
    sign_in(other)
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()

    visit.ask("And in winter?")

    expect(answers(page)).to_have_count(2)
    expect(page.locator("#refusal")).to_be_empty()
