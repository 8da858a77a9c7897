"""A reader sees which tools are asked for an answer and what they gave, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from chat.models import Assistant
from tests.chat.tool_calls import GIVEN, asked_tools, cite_tool
from tests.chat.tool_rows import a_server, a_tool, told
from tests.factories import UserFactory, ready_text
from tests.flows.chat import answers
from tests.model_behaviour import quoting

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be, and how warm will it be in Boston?"


def panel(page):
    return page.locator("#citation-panel")


# --- while the answer is made


@pytest.fixture
def tools(tool_server, site):
    """Those that the default assistant may call."""
    server = a_server(url=tool_server.url, is_enabled=True, assistants=[Assistant.objects.default()])
    for name in ("forecast", "failing", "slow"):
        schema = {} if name == "forecast" else {"input_schema": {"type": "object"}}
        a_tool(server, name, is_allowed=True, **schema)
    return tool_server


@pytest.fixture
def wants(model):
    """Has the model want calls, once, and then write from the passage of a number."""

    def want(*calls, then):
        model.behave(calls=calls, times=1)
        model.behave(answer="NONE", times=1)
        model.behave(answer=quoting(then))

    return want


@pytest.fixture
def page(visit):
    ready_text(HEATER, title="Heating")
    return visit.open()


def test_a_reader_sees_the_call_the_answer_that_cites_it_and_the_same_after_a_reload(
    visit, page, tools, wants
):
    wants(("forecast", {"city": "Boston", "days": 2}), then=2)

    visit.ask(QUESTION)

    expect(answers(page)).to_contain_text("In Boston it will be 22 degrees and sunny for 2 days. 2")
    for _ in ("at once", "after a reload"):
        page.get_by_text("Asked Weather", exact=True).click()
        expect(page.locator(".asked li")).to_have_text(
            re.compile(r"Weather: forecast \(city: Boston, days: 2\)\s+It answered\.\s+\d+ ms")
        )
        page.locator(".cite").click()
        expect(panel(page).get_by_role("heading", name="Weather: forecast")).to_be_visible()
        expect(panel(page)).to_contain_text("city: Boston, days: 2")
        expect(panel(page)).to_contain_text("No page of a source, but what a tool had answered by")
        page.reload()
    assert tools.calls == [("forecast", {"city": "Boston", "days": 2})]


def test_while_a_tool_is_asked_a_line_says_so_and_is_read_out(visit, page, tools, wants):
    wants(("slow", {}), ("forecast", {"city": "Boston"}), then=1)

    visit.ask(QUESTION)

    expect(page.locator(".phase-asking")).to_have_text("Asks Weather: slow …")
    expect(page.locator(".phase-asked")).to_have_text("Asked Weather")
    expect(page.get_by_role("status")).to_contain_text(
        "Asks Weather: slow, Weather: forecast (city: Boston) …"
    )
    tools.released.set()
    expect(answers(page)).to_contain_text(HEATER)
    expect(page.locator(".phase")).to_have_count(0)


def test_while_the_model_chooses_it_is_not_said_to_write(visit, tools, model, page):
    model.behave(calls=[("forecast", {"city": "Boston"})], times=1)
    model.behave(hang_after=0)

    visit.ask(QUESTION)

    expect(page.locator(".phase-asked")).to_have_text("Asked Weather")
    expect(page.locator(".phase-searching")).to_have_text("Searching the sources and the tools")
    expect(page.locator(".phase-searching")).to_be_visible()
    expect(page.locator(".phase-writing")).to_be_hidden()


def test_a_tool_that_fails_is_told_of_and_the_answer_comes_from_the_sources(visit, page, tools, wants):
    wants(("failing", {}), then=1)

    visit.ask(QUESTION)

    expect(answers(page)).to_contain_text(HEATER)
    expect(page.locator(".asked summary")).to_have_text(re.compile(r"Asked Weather\s+without result"))
    page.locator(".asked summary").click()
    expect(page.locator(".asked li")).to_contain_text("It failed. The tool reported an error.")
    expect(page.locator("body")).not_to_contain_text("hunter2")


def test_an_answer_that_is_stopped_during_a_call_says_what_was_asked(visit, page, tools, wants):
    wants(("slow", {}), then=1)
    visit.ask(QUESTION)
    expect(page.locator(".phase-asking")).to_be_visible()

    page.get_by_role("button", name="Stop").click()

    expect(page.locator(".answer[data-state=stopped] .asked li")).to_contain_text("Weather: slow")
    assert tools.left.wait(10)


# --- afterwards


@pytest.fixture
def stored(visit):
    """The page of an answer that cites what a tool gave."""
    talk = asked_tools(UserFactory(), told(), told("failed", number=2, detail="It is down."))
    cite_tool(talk)
    visit.sign_in(talk.user)
    return visit.open(talk.get_absolute_url())


def test_a_line_above_the_answer_opens_to_the_calls(stored):
    calls = stored.locator(".asked li")
    expect(calls.first).to_be_hidden()

    stored.get_by_text("Asked Weather").click()

    expect(calls).to_have_count(2)
    expect(calls.first).to_contain_text("Weather: forecast (city: Boston)")
    expect(calls.last).to_contain_text("It failed. It is down. 12 ms")


def test_what_a_tool_gave_is_shown_as_it_came_and_opens_no_page(stored):
    stored.locator(".cite").click()

    expect(panel(stored).get_by_role("heading", name="Weather: forecast")).to_be_visible()
    expect(panel(stored).locator("blockquote")).to_have_text(GIVEN, use_inner_text=True)
    expect(panel(stored).locator("footer a")).to_have_count(0)


def test_it_is_copied_as_a_source_without_an_address(visit, stored):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visit.site)

    stored.get_by_role("button", name="Copy").click()

    expect(stored.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    copied = stored.evaluate("navigator.clipboard.readText()")
    assert copied == "It will be 24 degrees [1].\n\n- [1] Weather: forecast, city: Boston"
