"""A reader checks what an answer rests on, in a real browser: the panel beside the conversation."""

import re

import pytest
from playwright.sync_api import expect

from chat.models import Citation
from tests.chat.conversations import conversation
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
ANSWER = "Set the thermostat of the water heater to 120 degrees [1]. Lamps that nobody needs go out [3]."


@pytest.fixture
def talk(site):
    """A conversation whose answer cites two passages, one of ours and one of the web."""
    return talk_of(UserFactory())


def talk_of(user, answer=ANSWER):
    source = ready_text(HEATER, title="Heating")
    talk = conversation(user, ("How hot?", answer))
    message = talk.messages.get(role="assistant")
    ours = {"title": "Heating", "text": f"{'Of other things. ' * 200}{HEATER} Save energy.", "source": source}
    web = {"title": "Light", "text": "Lamps that nobody needs go out.", "url": "https://example.org/light"}
    Citation.objects.create(
        message=message, number=1, heading="Heating › Water", page=7, url=source.get_absolute_url(), **ours
    )
    Citation.objects.create(message=message, number=3, source=source, **web)
    return talk


@pytest.fixture
def page(visit, talk):
    visit.sign_in(talk.user)
    return visit.open(talk.get_absolute_url())


def panel(page):
    return page.get_by_role("dialog", name=re.compile("Source"))


def test_a_number_opens_its_passage_with_the_quoted_words_in_view(page):
    expect(panel(page)).to_be_hidden()

    page.locator(".cite").first.click()

    expect(panel(page).get_by_role("heading", name="Heating, page 7")).to_be_visible()
    expect(panel(page).get_by_text("Water", exact=True)).to_be_visible()
    quoted = panel(page).locator("blockquote mark")
    expect(quoted).to_have_text("Set the thermostat of the water heater to 120 degrees")
    expect(quoted).to_be_in_viewport()
    expect(panel(page).get_by_role("link", name="Open page 7")).to_have_attribute(
        "href", re.compile("/sources/[0-9]+/#passage$")
    )
    expect(page.locator(".cite.is-open")).to_have_text("1")


def test_from_one_source_one_steps_to_the_next_and_back(page):
    page.locator(".cite").first.click()
    expect(panel(page).get_by_role("button", name="Previous source")).to_be_disabled()

    panel(page).get_by_role("button", name="Next source").click()

    expect(panel(page)).to_have_accessible_name("Source 3")
    expect(panel(page)).to_contain_text("Lamps that nobody needs go out.")
    expect(panel(page).get_by_role("button", name="Next source")).to_be_disabled()
    expect(page.locator(".cite.is-open")).to_have_text("3")
    panel(page).get_by_role("button", name="Previous source").click()
    expect(panel(page)).to_have_accessible_name("Source 1")


def test_a_web_page_opens_at_the_words_and_as_it_was_read(page):
    page.locator(".cite").last.click()

    expect(panel(page).get_by_role("link", name="Open the web page")).to_have_attribute(
        "href", "https://example.org/light#:~:text=Lamps%20that%20nobody%20needs%20go%20out"
    )
    expect(panel(page).get_by_role("link", name="The text as it was read")).to_be_visible()


def test_below_the_answer_each_source_has_a_line_that_opens_the_panel_and_a_link_to_the_place(page):
    lines = page.get_by_role("region", name="Sources of this answer")
    expect(lines.get_by_role("link", name="Open page 7")).to_have_attribute("target", "_blank")
    expect(lines.locator("blockquote").first).to_be_hidden()

    lines.get_by_role("link", name="Heating, page 7").click()

    expect(panel(page)).to_have_accessible_name("Source 1")


def test_by_keyboard_the_focus_goes_into_the_panel_and_returns(page):
    number = page.locator(".cite").first
    number.focus()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", name="Source 1", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel(page).get_by_role("button", name="Next source")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", name="Source 3", exact=True)).to_be_focused()

    page.keyboard.press("Escape")

    expect(panel(page)).to_be_hidden()
    expect(number).to_be_focused()
    expect(page.locator(".is-open")).to_have_count(0)


def test_beside_the_panel_the_conversation_stays_usable_and_readable(visit, page):
    for width in (1440, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator(".cite").first.click()
        expect(panel(page)).to_be_visible()

        answer, beside = page.locator(".answer-text").bounding_box(), panel(page).bounding_box()

        assert answer["x"] + answer["width"] <= beside["x"]
        assert beside["x"] + beside["width"] <= width
        page.get_by_label("Your question").fill("And now?")
        expect(page.get_by_label("Your question")).to_be_focused()
        page.keyboard.press("Escape")
        expect(panel(page)).to_be_hidden()
        expect(page.get_by_label("Your question")).to_be_focused()


def test_on_a_phone_the_passage_comes_from_below_and_goes_by_a_tap_beside_it(page):
    page.set_viewport_size({"width": 390, "height": 844})

    page.locator(".cite").first.click()

    sheet = panel(page)
    expect(sheet.get_by_role("link", name="Open page 7")).to_be_in_viewport()
    box = sheet.evaluate(
        "sheet => Promise.all(sheet.getAnimations().map(one => one.finished)).then(() => true)"
    )
    assert box
    assert sheet.bounding_box()["y"] + sheet.bounding_box()["height"] == pytest.approx(844, abs=1)
    page.mouse.click(200, 20)
    expect(sheet).to_be_hidden()


def test_a_passage_that_stays_open_is_said_to_belong_to_an_earlier_answer(visit, page):
    page.locator(".cite").first.click()
    expect(panel(page)).to_have_accessible_name("Source 1")

    visit.ask("How hot should the water heater be?")
    expect(page.locator(".answer[data-state=complete]")).to_have_count(2)

    expect(panel(page)).to_have_accessible_name("Source 1 of an earlier answer")
    page.locator(".answer:last-child .cite").first.click()
    expect(panel(page)).to_have_accessible_name("Source 1")


def test_a_source_that_is_gone_is_still_quoted(visit, talk):
    Citation.objects.filter(number=1).update(source=None)
    visit.sign_in(talk.user)
    page = visit.open(talk.get_absolute_url())

    page.locator(".cite").first.click()

    expect(panel(page)).to_contain_text("This source is no longer available.")
    expect(panel(page)).to_contain_text(HEATER)
    expect(panel(page).get_by_role("link", name="Open page 7")).to_have_count(0)


def test_an_address_with_a_citation_opens_it(visit, talk):
    message = talk.messages.get(role="assistant")
    visit.sign_in(talk.user)

    page = visit.open(f"{talk.get_absolute_url()}#citation-{message.pk}-3")

    expect(panel(page)).to_have_accessible_name("Source 3")


def test_a_click_with_a_key_held_is_the_browsers(visit, page):
    with visit.context.expect_page() as opened:
        page.get_by_role("link", name="Heating, page 7").click(modifiers=["ControlOrMeta"])

    opened.value.wait_for_load_state()
    expect(opened.value.get_by_role("heading", name="Heating")).to_be_visible()
    expect(panel(page)).to_be_hidden()


def test_without_javascript_the_passages_are_below_the_answer(chromium, site, talk, client):
    client.force_login(talk.user)
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page = context.new_page()
    page.goto(site + talk.get_absolute_url())
    expect(page.locator("blockquote").last).to_be_hidden()

    page.locator(".cite").last.click()

    expect(page.locator("blockquote").last).to_be_visible()
    expect(panel(page)).to_be_hidden()
    context.close()
