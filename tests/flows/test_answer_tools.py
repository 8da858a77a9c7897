"""What a reader does with an answer, in a real browser: copy it, ask afresh, say whether it helped."""

import datetime

import pytest
from playwright.sync_api import expect

from chat.models import Feedback, Message
from chat.models.feedback import COMMENT_LENGTH
from tests.chat.conversations import conversation
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"


def tools(page):
    return page.get_by_role("group", name="This answer").last


def pressed(page, name):
    return tools(page).get_by_role("button", name=name, exact=True, pressed=True)


@pytest.fixture
def answered(visit):
    """The page of a reader who has been answered."""
    ready_text(HEATER, title="Saving energy")
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer[data-state=complete]")).to_have_count(1)
    return page


# --- copy


def test_an_answer_is_copied_with_its_sources_and_their_whole_addresses(visit, answered):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visit.site)

    tools(answered).get_by_role("button", name="Copy").click()

    expect(answered.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    message = Message.objects.get(role="assistant")
    [citation] = message.citations.all()
    copied = answered.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{HEATER} [1]\n\n- [1] Saving energy, {visit.site}{citation.url}")
    assert message.content.startswith(f"{HEATER} [1]")


def test_where_the_browser_does_not_let_pages_copy_it_is_said(answered):
    answered.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no')); }"
    )

    tools(answered).get_by_role("button", name="Copy").click()

    expect(answered.locator(".tools").get_by_role("alert")).to_contain_text("copy it yourself")


# --- ask afresh


def test_every_answer_can_be_asked_for_afresh(answered):
    tools(answered).get_by_role("button", name="Ask afresh").click()

    expect(answered.locator(".answer[data-state=complete]")).to_have_count(2)
    assert list(Message.objects.filter(role="user").values_list("content", flat=True)) == [QUESTION, QUESTION]
    assert Message.objects.filter(role="assistant").last().kind == "extract"


# --- rate


def test_a_thumb_is_kept_and_shown_again(answered):
    tools(answered).get_by_role("button", name="Helpful", exact=True).click()

    expect(pressed(answered, "Helpful")).to_be_visible()
    expect(answered.get_by_role("status").filter(has_text="Thank you")).to_have_count(1)
    assert Feedback.objects.get().rating == 1
    answered.reload()
    expect(pressed(answered, "Helpful")).to_be_visible()
    expect(pressed(answered, "Not helpful")).to_have_count(0)


def test_who_finds_an_answer_bad_is_asked_why(answered):
    tools(answered).get_by_role("button", name="Not helpful").click()
    comment = answered.get_by_label("What is right or wrong about it?")
    expect(comment).to_be_focused()
    assert Feedback.objects.get().rating == -1

    comment.fill("That is the old model.")
    answered.get_by_role("button", name="Send").click()

    expect(comment).to_be_hidden()
    expect(pressed(answered, "Not helpful")).to_be_focused()
    assert Feedback.objects.get().comment == "That is the old model."
    answered.reload()
    answered.get_by_text("Your comment").click()
    expect(comment).to_have_value("That is the old model.")


def test_a_thumb_that_is_pressed_once_more_is_taken_back(answered):
    tools(answered).get_by_role("button", name="Not helpful").click()
    expect(pressed(answered, "Not helpful")).to_be_visible()

    tools(answered).get_by_role("button", name="Not helpful").click()

    expect(pressed(answered, "Not helpful")).to_have_count(0)
    expect(answered.get_by_text("Your comment")).to_be_hidden()
    assert not Feedback.objects.exists()


def test_the_other_thumb_takes_the_place_of_the_first(answered):
    tools(answered).get_by_role("button", name="Not helpful").click()
    expect(pressed(answered, "Not helpful")).to_be_visible()

    tools(answered).get_by_role("button", name="Helpful", exact=True).click()

    expect(pressed(answered, "Helpful")).to_be_visible()
    expect(pressed(answered, "Not helpful")).to_have_count(0)
    assert Feedback.objects.get().rating == 1


def test_a_rating_that_does_not_arrive_is_not_shown_as_given(visit, answered):
    visit.context.set_offline(True)

    tools(answered).get_by_role("button", name="Helpful", exact=True).click()

    expect(answered.locator(".tools").get_by_role("alert")).to_contain_text("The server did not answer")
    expect(pressed(answered, "Helpful")).to_have_count(0)


def test_a_comment_that_does_not_arrive_stays_in_its_field(visit, answered):
    tools(answered).get_by_role("button", name="Not helpful").click()
    comment = answered.get_by_label("What is right or wrong about it?")
    comment.fill("That is the old model.")
    visit.context.set_offline(True)

    answered.get_by_role("button", name="Send").click()

    expect(answered.locator(".tools").get_by_role("alert")).to_contain_text("The server did not answer")
    expect(comment).to_have_value("That is the old model.")


def test_no_comment_is_longer_than_what_is_kept(answered):
    field = answered.locator(".comment textarea")

    assert field.get_attribute("maxlength") == str(COMMENT_LENGTH)


# --- when


def test_the_time_of_an_answer_is_that_of_the_readers_clock(chromium, visit):
    reader = UserFactory()
    session = conversation(reader, (QUESTION, "120 degrees."))
    moment = datetime.datetime(2026, 3, 5, 23, 30, tzinfo=datetime.UTC)
    Message.objects.update(created_at=moment)
    visit.sign_in(reader)
    tokyo = chromium.new_context(timezone_id="Asia/Tokyo", locale="en")
    tokyo.add_cookies(visit.context.cookies())
    page = tokyo.new_page()

    page.goto(visit.site + session.get_absolute_url())

    expect(page.locator(".written time")).to_have_text("Mar 6, 2026, 8:30 AM")
    tokyo.close()


def test_without_javascript_an_answer_can_be_asked_for_afresh_and_nothing_is_offered_that_needs_it(
    chromium, site
):
    ready_text(HEATER)
    context = chromium.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(site)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".answer[data-state=complete]")).to_have_count(1)
    expect(page.locator(".scripted:visible")).to_have_count(0)

    page.get_by_role("button", name="Ask afresh").click()

    expect(page.locator(".answer[data-state=complete]")).to_have_count(2)
    context.close()
