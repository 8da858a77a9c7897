"""Writing a question in a real browser: what goes along with it, and what a reload does not take away."""

import re

import pytest
from playwright.sync_api import expect

from chat.models import Assistant, Message, Preferences, Session
from tests.factories import UserFactory, ready_text
from tests.flows.chat import answers

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"
SELECTED = "The tank holds 80 litres of water, and it is drained once a year."


def box(page):
    return page.get_by_label("Your question")


def tell(page, name, **detail):
    """What another part of the page would say."""
    page.evaluate(
        "([name, detail]) => document.dispatchEvent(new CustomEvent(name, { detail }))", [name, detail]
    )


# --- drafts


def test_what_is_written_survives_a_reload(visit):
    page = visit.open()
    box(page).fill("How hot should")
    tell(page, "chat:about", text=SELECTED)

    page.reload()

    expect(box(page)).to_have_value("How hot should")
    expect(page.locator("#about")).to_contain_text(SELECTED)


def test_a_draft_stays_in_its_conversation_and_goes_when_it_is_asked(visit):
    ready_text(HEATER)
    page = visit.open()
    visit.ask(QUESTION)
    expect(answers(page)).to_have_count(1)
    box(page).fill("And in winter?")

    visit.open("/")

    expect(box(page)).to_have_value("")
    page.go_back()
    expect(box(page)).to_have_value("And in winter?")
    box(page).press("Enter")
    expect(answers(page)).to_have_count(2)
    page.reload()
    expect(box(page)).to_have_value("")


def test_what_is_written_while_an_answer_comes_is_the_next_draft(visit, model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees [1]. And so on.", hang_after=5)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer")).to_contain_text("Set it to")
    box(page).fill("And in winter?")

    box(page).press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("One answer after the other")
    expect(page.locator(".question")).to_have_count(1)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.reload()
    expect(box(page)).to_have_value("And in winter?")


# --- about a text


def test_a_question_about_a_text_is_answered_from_it_alone(visit):
    ready_text(HEATER)
    page = visit.open()
    tell(page, "chat:about", text=SELECTED)
    expect(box(page)).to_be_focused()

    visit.ask("How many litres does the tank hold?")

    expect(answers(page)).to_contain_text("80 litres")
    expect(page.locator(".question-about")).to_have_text(SELECTED)
    expect(page.locator("#about")).to_be_hidden()
    assert Message.objects.get(role="user").selected_text == SELECTED


def test_the_text_can_be_taken_away_again(visit):
    ready_text(HEATER)
    page = visit.open()
    tell(page, "chat:about", text=SELECTED)

    page.get_by_role("button", name="Ask without this text").press("Enter")

    expect(page.locator("#about")).to_be_hidden()
    expect(box(page)).to_be_focused()
    visit.ask(QUESTION)
    expect(answers(page)).to_contain_text("120 degrees")
    assert Message.objects.get(role="user").selected_text == ""


def test_another_part_of_the_page_can_ask(visit):
    ready_text(HEATER)
    page = visit.open()

    tell(page, "chat:ask", message=QUESTION)

    expect(answers(page)).to_contain_text("120 degrees")
    expect(page.locator(".question-text")).to_have_text(QUESTION)


# --- the assistant and the way it writes


def test_a_starter_question_is_asked_with_one_click(visit):
    ready_text(HEATER)
    Assistant.objects.create(name="House", slug="house", is_default=True, starter_questions=[QUESTION])
    page = visit.open()

    page.get_by_role("button", name=QUESTION).click()

    expect(answers(page)).to_contain_text("120 degrees")
    expect(page.locator(".greeting")).to_have_count(0)


def test_another_assistant_is_chosen_in_the_head_of_the_conversation(visit):
    ready_text(HEATER)
    Assistant.objects.create(name="House", slug="house", is_default=True)
    Assistant.objects.create(name="Gardener", slug="gardener", starter_questions=["Where do trees go?"])
    page = visit.open()

    page.get_by_role("button", name="House").press("Enter")
    page.get_by_role("link", name="Gardener").click()

    expect(page.get_by_role("button", name="Where do trees go?")).to_be_visible()
    visit.ask(QUESTION)
    expect(answers(page)).to_have_count(1)
    assert Session.objects.get().assistant.slug == "gardener"
    page.reload()
    expect(page.get_by_role("button", name="Gardener")).to_be_visible()


def test_a_reader_says_once_how_answers_are_to_be_written(visit):
    user = UserFactory()
    visit.sign_in(user)
    page = visit.open()
    page.get_by_role("button", name="How answers are written").click()

    page.get_by_role("radio", name="Expert").check()

    expect(page.get_by_role("status")).to_contain_text("It holds from your next question on")
    assert Preferences.objects.get(user=user).expertise == "expert"
    page.reload()
    expect(page.locator("[name=expertise]:checked")).to_have_value("expert")
    page.get_by_role("button", name="How answers are written").click()
    expect(page.get_by_role("link", name="All preferences")).to_have_attribute("href", "/account/answers/")


def test_a_visitor_says_it_for_as_long_as_the_tab_is_open(visit, model):
    ready_text(HEATER)
    page = visit.open()
    page.get_by_role("button", name="How answers are written").click()
    page.get_by_role("radio", name="Beginner").check()
    page.keyboard.press("Enter")
    expect(page.locator("#answer-style")).to_be_hidden()
    page.reload()

    visit.ask(QUESTION)

    expect(answers(page)).to_have_count(1)
    assert "The reader is a beginner" in str(model.bodies("/v1/chat/completions")[0]["messages"])


def test_without_javascript_the_chosen_assistant_is_asked(chromium, site):
    ready_text(HEATER)
    Assistant.objects.create(name="Gardener", slug="gardener")
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}/?assistant=gardener")

    box(page).fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()

    expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/#message-\d+$"))
    expect(answers(page)).to_contain_text("120 degrees")
    assert Session.objects.get().assistant.slug == "gardener"
    page.context.close()
