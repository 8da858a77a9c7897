"""A reader asks what was asked before, in a real browser: the page says so, and asks afresh if the reader wants it."""

import re

import pytest
from django.utils import timezone
from django.utils.dateformat import format as formatted
from playwright.sync_api import expect

from chat.models import Message
from knowledge.models import Source
from tests.factories import ready_text
from tests.flows.chat import answers

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"
NOTE = "Answered before, on {day}, from Heating guide."


@pytest.fixture
def note():
    """What stands under an answer that was written today."""
    ready_text(HEATER, title="Heating guide")
    return NOTE.format(day=formatted(timezone.localtime(), "j F Y"))


def ask_in_new_conversation(visit):
    visit.open()
    visit.ask(QUESTION)
    expect(answers(visit.page)).to_have_count(1)


def test_the_same_question_is_answered_from_before_and_says_so(visit, note):
    ask_in_new_conversation(visit)
    page = visit.page
    expect(page.locator(".before")).to_have_count(0)

    ask_in_new_conversation(visit)

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")
    expect(page.locator(".before p")).to_have_text(note)
    expect(page.get_by_role("status")).to_contain_text(note)
    expect(page.get_by_role("link", name="Heating guide")).to_be_visible()


def test_asking_afresh_brings_an_answer_that_was_written_now(visit, note):
    ask_in_new_conversation(visit)
    ask_in_new_conversation(visit)
    page = visit.page
    afresh = page.get_by_role("button", name="Ask afresh")
    expect(afresh).to_have_accessible_description(note)

    afresh.press("Enter")

    expect(answers(page)).to_have_count(2)
    expect(page.locator(".question-text").last).to_have_text(QUESTION)
    expect(answers(page).last).to_contain_text("Quoted from the sources")
    expect(answers(page).last.locator(".before")).to_have_count(0)
    assert list(Message.objects.filter(role="assistant").values_list("kind", flat=True)) == [
        "extract",
        "cached",
        "extract",
    ]


def test_asking_afresh_stays_so_when_it_is_tried_again(visit, note):
    ask_in_new_conversation(visit)
    ask_in_new_conversation(visit)
    page = visit.page
    page.route("**/api/v1/chat/", lambda route: route.fulfill(content_type="text/event-stream", body=""))
    page.get_by_role("button", name="Ask afresh").click()
    expect(page.locator(".ended.failed")).to_be_visible()
    page.unroute("**/api/v1/chat/")

    page.get_by_role("button", name="Try again").click()

    expect(answers(page)).to_have_count(2)
    expect(answers(page).last.locator(".before")).to_have_count(0)


def test_after_a_lost_line_the_new_answer_is_shown_and_not_the_older_one_to_the_same_words(visit, note):
    ask_in_new_conversation(visit)
    ask_in_new_conversation(visit)
    page = visit.page

    def half(route):
        whole = route.fetch()
        route.fulfill(response=whole, body=whole.text()[: len(whole.text()) // 2])

    page.route("**/api/v1/chat/", half)
    page.get_by_role("button", name="Ask afresh").click()

    expect(answers(page)).to_have_count(2)
    newest = Message.objects.filter(role="assistant").latest("pk")
    expect(answers(page).last).to_have_id(f"message-{newest.pk}")


def test_a_reloaded_conversation_still_offers_to_ask_afresh(visit, note):
    ask_in_new_conversation(visit)
    ask_in_new_conversation(visit)
    page = visit.page

    page.reload()

    expect(page.locator(".before p")).to_have_text(note)
    page.get_by_role("button", name="Ask afresh").click()
    expect(answers(page)).to_have_count(2)
    expect(page.locator(".before")).to_have_count(1)


def test_it_works_without_javascript(chromium, site, note):
    page = chromium.new_context(java_script_enabled=False).new_page()
    for _ in range(2):
        page.goto(site)
        page.get_by_label("Your question").fill(QUESTION)
        page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".before p")).to_have_text(note)

    page.get_by_role("button", name="Ask afresh").click()

    expect(page).to_have_url(re.compile(r"#message-\d+$"))
    expect(answers(page)).to_have_count(2)
    expect(page.locator(".before")).to_have_count(1)
    page.context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_note_is_not_wider_than_the_screen(visit, width):
    source = ready_text(HEATER)
    Source.objects.filter(pk=source.pk).update(title="Word" * 60)
    visit.page.set_viewport_size({"width": width, "height": 800})
    ask_in_new_conversation(visit)

    ask_in_new_conversation(visit)

    expect(visit.page.locator(".before")).to_be_visible()
    assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= width
