"""What a reader does, or did a moment ago, does not get in the way of what they are about, in a real browser."""

import pytest
from playwright.sync_api import expect

from chat.models import Assistant
from tests.chat.conversations import conversation
from tests.factories import UserFactory, ready_text
from tests.flows.chat import answers

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"


def box(page):
    return page.get_by_label("Your question")


def test_a_double_click_on_the_button_asks_and_does_not_stop(visit, model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees [1]. And so on.", hang_after=5)
    page = visit.open()
    box(page).fill(QUESTION)

    page.get_by_role("button", name="Ask", exact=True).dblclick()

    expect(page.locator(".answer-text.streaming")).to_contain_text("Set it to")
    expect(page.locator(".question")).to_have_count(1)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".answer[data-state=stopped]")).to_have_count(1)


def test_that_one_has_to_wait_is_said_only_as_long_as_one_has_to(visit, model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees [1]. And so on.", hang_after=5)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer-text.streaming")).to_contain_text("Set it to")
    visit.ask("And in winter?")
    expect(page.locator("#refusal")).to_contain_text("One answer after the other")

    page.get_by_role("button", name="Stop").click()

    expect(page.locator("#refusal")).to_be_empty()
    expect(box(page)).to_have_value("And in winter?")


def test_who_reads_while_writing_is_not_carried_away(visit):
    talk = conversation(UserFactory(), *[(f"Question {n}?", "Turn it down. " * 60) for n in range(6)])
    visit.sign_in(talk.user)
    page = visit.open(talk.get_absolute_url())
    box(page).focus()
    page.evaluate("scrollTo(0, 300)")

    page.keyboard.type("And in winter?")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Tab")

    expect(box(page)).to_have_value("And in winter?\n")
    assert page.evaluate("scrollY") == 300


@pytest.fixture
def phone(visit):
    """The page of an assistant that has much to offer, on a small screen."""
    ready_text(HEATER)
    questions = [f"{QUESTION} {'And what else is there to know about it? ' * 3}{n}" for n in range(4)]
    Assistant.objects.create(name="House", slug="house", is_default=True, starter_questions=questions)
    Assistant.objects.create(name="Gardener", slug="gardener")
    visit.page.set_viewport_size({"width": 390, "height": 700})
    return visit.open()


def test_a_long_greeting_is_shown_from_its_beginning(phone):
    expect(box(phone)).to_be_focused()

    assert phone.evaluate("scrollY") == 0
    expect(phone.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)


def test_above_a_long_greeting_another_assistant_can_be_chosen_with_a_finger(phone):
    head = phone.get_by_role("button", name="House")
    low = head.bounding_box()["height"] - 4

    head.click(position={"x": 20, "y": low})
    phone.get_by_role("link", name="Gardener").click()

    expect(phone.get_by_role("button", name="Gardener")).to_be_visible()


def test_a_question_asked_at_the_end_of_a_long_conversation_comes_to_the_top(visit):
    talk = conversation(UserFactory(), *[(f"Question {n}?", "Turn it down. " * 60) for n in range(6)])
    ready_text(HEATER)
    visit.sign_in(talk.user)
    page = visit.open(talk.get_absolute_url())

    visit.ask(QUESTION)

    expect(answers(page)).to_have_count(7)
    expect(page.locator(".question").last).to_be_in_viewport(ratio=1)
