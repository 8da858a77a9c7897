"""A conversation of hundreds of messages, in a real browser."""

import pytest
from playwright.sync_api import expect

from chat.models import Message, Session
from chat.transcripts import MESSAGES_SHOWN
from tests.factories import UserFactory

pytestmark = pytest.mark.browser

MESSAGES = 500
TEXT = "Set the thermostat of the water heater to 120 degrees Fahrenheit. " * 6


@pytest.fixture
def page(visit):
    """A reader looks at the end of a conversation of 500 messages."""
    user = UserFactory()
    session = Session.objects.create(user=user, title="Long")
    Message.objects.bulk_create(
        Message(session=session, role="assistant", kind="generated", content=f"Answer {n}. {TEXT}")
        if n % 2
        else Message(session=session, role="user", content=f"Question {n}?")
        for n in range(MESSAGES)
    )
    visit.sign_in(user)
    return visit.open(session.get_absolute_url())


def articles(page):
    return page.locator("#messages > article")


def earlier(page):
    return page.get_by_role("link", name="Earlier messages")


def test_it_opens_at_its_end_with_the_latest_messages_only(page):
    expect(articles(page)).to_have_count(MESSAGES_SHOWN)
    expect(page.get_by_text("Question 498?")).to_be_in_viewport()


def test_earlier_messages_come_above_without_moving_what_is_read(page):
    first = articles(page).first
    first.evaluate("article => { article.id = 'first'; article.scrollIntoView({ block: 'center' }); }")
    before = page.locator("#first").bounding_box()["y"]

    earlier(page).evaluate("link => link.click()")

    expect(articles(page)).to_have_count(2 * MESSAGES_SHOWN)
    expect(page.get_by_role("status")).to_have_text("Earlier messages are shown.")
    assert page.locator("#first").bounding_box()["y"] == pytest.approx(before, abs=2)
    expect(earlier(page)).to_be_focused()


def test_all_of_it_can_be_read_to_the_first_message(page):
    for shown in range(MESSAGES_SHOWN, MESSAGES, MESSAGES_SHOWN):
        expect(articles(page)).to_have_count(shown)
        earlier(page).press("Enter")

    expect(articles(page)).to_have_count(MESSAGES)
    expect(earlier(page)).to_have_count(0)
    texts = articles(page).locator(".question-text").all_text_contents()
    assert texts == [f"Question {n}?" for n in range(0, MESSAGES, 2)]


def test_from_far_above_a_button_leads_to_the_end(page):
    to_the_end = page.get_by_role("button", name="To the end of the conversation")
    expect(to_the_end).to_be_hidden()
    page.evaluate("window.scrollTo(0, 0)")

    to_the_end.click()

    expect(page.locator(".answer").last).to_be_in_viewport()
    expect(to_the_end).to_be_hidden()


def test_a_line_that_is_lost_while_earlier_messages_come_says_so_and_the_link_stays(page):
    page.context.set_offline(True)

    earlier(page).press("Enter")

    expect(page.get_by_role("alert").first).to_contain_text("The server did not answer.")
    expect(articles(page)).to_have_count(MESSAGES_SHOWN)
    page.context.set_offline(False)
    earlier(page).press("Enter")
    expect(articles(page)).to_have_count(2 * MESSAGES_SHOWN)


def test_without_javascript_earlier_messages_are_a_page_of_their_own(chromium, site, visit, page):
    plain = chromium.new_context(
        java_script_enabled=False, storage_state=visit.context.storage_state()
    ).new_page()
    plain.goto(page.url)

    earlier(plain).click()

    expect(plain.get_by_text(f"Question {MESSAGES - 2 * MESSAGES_SHOWN}?")).to_be_visible()
    expect(articles(plain)).to_have_count(MESSAGES_SHOWN)
    plain.get_by_role("link", name="To the latest messages").click()
    expect(plain.get_by_text("Question 498?")).to_be_visible()
    plain.context.close()
