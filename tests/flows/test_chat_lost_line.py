"""The line between reader and server is lost, in a real browser: no question and no word of an answer is."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from chat.models import Message
from tests.factories import ready_text
from tests.flows.chat import answers
from tests.flows.lines import Line

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"
LOST = "The connection was lost before the answer was complete."


@pytest.fixture
def line(visit):
    """The reader's way to the site."""
    with Line(urlsplit(visit.site).port) as line:
        visit.site = line.address
        yield line


def cut_off(page):
    """Half of the stream arrives; the server has answered and stored the whole."""

    def half(route):
        whole = route.fetch()
        route.fulfill(response=whole, body=whole.text()[: len(whole.text()) // 2])

    page.route("**/api/v1/chat/", half)


def test_a_question_that_could_not_be_sent_is_sent_when_the_line_is_back(visit, line):
    ready_text(HEATER)
    page = visit.open()
    line.cut()
    visit.ask(QUESTION)
    expect(page.get_by_role("alert")).to_contain_text("Your question is still here")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    expect(page.get_by_label("Your question")).to_be_focused()
    assert not Message.objects.exists()

    line.mend()
    page.keyboard.press("Enter")

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_question_is_not_lost_to_the_next_one_that_is_being_written(visit):
    ready_text(HEATER)
    page = visit.open()
    under_way = []  # what is on its way to the server, which takes long
    page.route("**/api/v1/chat/", lambda route: under_way.append(route))
    visit.ask(QUESTION)
    expect(page.locator(".question")).to_have_count(1)
    page.get_by_label("Your question").fill("And in winter?")

    under_way[0].abort()

    expect(page.locator(".ended.failed")).to_contain_text("The server did not answer.")
    expect(page.get_by_label("Your question")).to_have_value("And in winter?")
    page.unroute("**/api/v1/chat/")
    page.get_by_role("button", name="Try again").click()
    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")


def test_an_answer_that_the_server_has_completed_meanwhile_is_shown(visit):
    ready_text(HEATER)
    page = visit.open()
    cut_off(page)

    visit.ask(QUESTION)

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")
    expect(page.get_by_role("status")).to_contain_text("120 degrees Fahrenheit")
    expect(page.locator(".ended")).to_have_count(0)
    assert Message.objects.filter(role="user").count() == 1


def test_it_is_looked_for_until_the_line_is_back(visit):
    ready_text(HEATER)
    page = visit.open()
    cut_off(page)
    page.route("**/c/*/", lambda route: route.abort())
    visit.ask(QUESTION)
    expect(page.locator(".phase-lost")).to_contain_text("The connection was lost. Looking for the answer")
    expect(page.locator(".phase-lost")).to_be_visible()

    page.unroute("**/c/*/")
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")


def test_what_came_before_the_line_was_lost_stays_and_can_be_tried_again(visit, line, model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees [1]. And so on.", hang_after=5)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer")).to_contain_text("Set it to 120")

    line.cut()
    line.mend()

    expect(page.locator(".ended.failed")).to_contain_text(LOST)
    expect(page.locator(".answer")).to_contain_text("Set it to 120")
    model.behave(answer="Set it to 120 degrees Fahrenheit [1].")
    page.get_by_role("button", name="Try again").click()
    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")


def test_looking_for_an_answer_can_be_stopped(visit, line, model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees [1]. And so on.", hang_after=5)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer")).to_contain_text("Set it to 120")
    line.cut()
    expect(page.locator(".phase-lost")).to_be_visible()

    page.get_by_role("button", name="Stop").click()

    expect(page.locator(".ended.stopped")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_stopped_answer_gets_its_citations_as_soon_as_it_is_stored(visit, model):
    ready_text(HEATER)
    model.behave(answer="Set it to **120 degrees** [1]. And so on.", hang_after=5)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer")).to_contain_text("120")

    page.get_by_role("button", name="Stop").click()

    expect(page.locator("article[data-state=stopped]")).to_contain_text("Set it to 120")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
