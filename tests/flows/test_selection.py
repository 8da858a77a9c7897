"""A reader selects text and asks about it, in a real browser."""

import pytest
from playwright.sync_api import expect

from chat.models import Citation, Message
from tests.chat.conversations import conversation
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
SELECT = """(element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


@pytest.fixture
def page(visit):
    source = ready_text(HEATER, title="Heating")
    talk = conversation(UserFactory(), ("How hot?", "Set it **low** [1].\n\n- In winter [1]\n- In summer"))
    Citation.objects.create(
        message=talk.messages.get(role="assistant"),
        number=1,
        title="Heating",
        text=HEATER,
        source=source,
        url=source.get_absolute_url(),
    )
    visit.sign_in(talk.user)
    return visit.open(talk.get_absolute_url())


def button(page):
    return page.get_by_role("button", name="Ask about this")


def test_selected_words_of_an_answer_can_be_asked_about(page):
    page.locator(".answer-text").evaluate(SELECT)

    button(page).click()

    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.locator("#about .about-text")).to_have_text(
        "Set it low.\nIn winter\nIn summer", use_inner_text=False
    )
    expect(button(page)).to_have_count(0)
    page.keyboard.type("Why?")
    page.keyboard.press("Enter")
    expect(page.locator(".answer[data-state=complete]")).to_have_count(2)
    assert Message.objects.filter(role="user").last().selected_text == "Set it low.\nIn winter\nIn summer"


def test_the_button_is_near_the_words_and_follows_them(page):
    page.locator(".answer-text li").first.evaluate(SELECT)
    expect(button(page)).to_be_visible()

    words, near = page.locator(".answer-text li").first.bounding_box(), button(page).bounding_box()

    assert words["y"] + words["height"] / 2 < near["y"] < words["y"] + words["height"] + 30


def test_it_is_near_the_words_of_an_early_answer_too(visit):
    talk = conversation(UserFactory(), *[("How hot?", "Set it **low**.\n\n- In winter")] * 10)
    visit.sign_in(talk.user)
    page = visit.open(talk.get_absolute_url())
    item = page.locator(".answer-text li").first
    item.scroll_into_view_if_needed()

    item.evaluate(SELECT)

    expect(button(page)).to_be_visible()
    words, near = item.bounding_box(), button(page).bounding_box()
    assert abs(near["y"] - words["y"]) < 60


def test_it_is_the_next_stop_of_the_keyboard(page):
    page.locator(".answer-text li").last.evaluate(SELECT)
    expect(button(page)).to_be_visible()

    page.keyboard.press("Tab")

    expect(button(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#about")).to_contain_text("In summer")


def test_on_a_phone_words_of_the_passage_can_be_asked_about_from_the_panel(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".cite").first.click()
    page.locator(".panel blockquote").evaluate(SELECT)

    button(page).click()

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#about")).to_contain_text(HEATER)
    expect(page.get_by_label("Your question")).to_be_focused()


@pytest.mark.parametrize("place", [".question-text", "#hint", "#messages"])
def test_other_text_is_not_offered(page, place):
    page.locator(".answer-text").evaluate(SELECT)
    expect(button(page)).to_be_visible()

    page.locator(place).evaluate(SELECT)

    expect(button(page)).to_have_count(0)


def test_it_goes_with_the_selection_and_with_escape(page):
    page.locator(".answer-text").evaluate(SELECT)
    expect(button(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(button(page)).to_have_count(0)
    page.locator(".answer-text li").first.evaluate(SELECT)
    expect(button(page)).to_be_visible()

    page.evaluate("getSelection().removeAllRanges()")

    expect(button(page)).to_have_count(0)
