"""A reader without a mouse, in a real browser: from the first key to the words that an answer rests on, and back."""

import re

import pytest
from playwright.sync_api import expect

from chat.models import Assistant, Feedback
from knowledge.models import Job, Original, Source
from tests.factories import CollectionFactory, read
from tests.pdf import pdf_with_text

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"
MOST_STEPS = 40
ACCENT = "rgb(13, 107, 94)"
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return "";
  const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  return name.trim().replace(/\\s+/g, " ");
}"""
IS_MARKED = """(accent) => {
  const element = document.activeElement;
  return [element, element.closest("label"), element.form].some((each) => {
    const style = each && getComputedStyle(each);
    return style && (style.outlineStyle !== "none" || style.borderTopColor === accent);
  });
}"""


@pytest.fixture
def source(site):
    pages = ("Of rooms and doors,\nand what they cost.", f"Water\n{HEATER}", "Of lamps.")
    original = Original.objects.keep(pdf_with_text(list(pages)), "application/pdf")
    source = Source.objects.create(
        kind=Source.Kind.PDF, original=original, title="Saving energy", collection=CollectionFactory()
    )
    job = read(source)
    assert job.state == Job.State.DONE, job.error
    return source


def walk(page, name, *, key="Tab") -> list[str]:
    """Press the key until what has this name has the focus; the names of all stops on the way."""
    stops: list[str] = []
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        if not (stop := page.evaluate(FOCUSED)):
            continue  # between the end of the page and its beginning
        assert page.evaluate(IS_MARKED, ACCENT), f"nobody sees that {stop!r} has the focus"
        stops.append(stop)
        if re.fullmatch(name, stop):
            return stops
    raise AssertionError(f"{key} does not reach {name!r}: {stops}")


def ask(page, question=QUESTION):
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    expect(page.locator(".answer[data-state=complete]")).to_have_count(1)


def test_from_the_first_key_to_the_page_of_the_pdf_and_back(visit, source):
    page = visit.open()
    expect(page.get_by_label("Your question")).to_be_focused()
    ask(page)
    expect(page.get_by_label("Your question")).to_be_focused()

    walk(page, "Saving energy, page 2", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Source 1", exact=True)).to_be_focused()
    expect(page.get_by_role("dialog").locator("mark").last).to_contain_text("120 degrees Fahrenheit")
    walk(page, "Open page 2")
    with visit.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.locator("#passage")).to_contain_text("120 degrees Fahrenheit")
    opened.value.close()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="Saving energy, page 2")).to_be_focused()
    walk(page, "Your question")


def test_on_a_phone_with_keys_the_panel_holds_the_focus_until_it_is_closed(visit, source):
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open()
    ask(page)
    mark = page.locator(".answer-text .cite").first
    mark.focus()

    page.keyboard.press("Enter")
    walk(page, "Close")
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(mark).to_be_focused()


def test_the_skip_link_leads_past_the_list_to_the_conversation(visit, source):
    assistant = Assistant.objects.default()
    assistant.starter_questions = [QUESTION]
    assistant.save()
    page = visit.open()

    walk(page, "Skip to the content", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name=QUESTION)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".answer[data-state=complete]")).to_contain_text("120 degrees Fahrenheit")


def test_an_answer_is_rated_and_commented_on(visit, source):
    page = visit.open()
    ask(page)

    walk(page, "Not helpful", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is right or wrong about it?")).to_be_focused()
    page.keyboard.type("For whom?")
    walk(page, "Send")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Not helpful")).to_be_focused()
    assert list(Feedback.objects.values_list("rating", "comment")) == [(-1, "For whom?")]


def test_how_answers_are_written_is_chosen_and_the_focus_returns(visit, source):
    page = visit.open()

    walk(page, "How answers are written")
    page.keyboard.press("Enter")
    walk(page, "Everybody")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Beginner")).to_be_checked()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="How answers are written")).to_be_focused()


def test_what_is_read_aloud_has_headings_and_names(visit, source):
    page = visit.open()
    ask(page)

    conversation = page.get_by_role("region", name="Conversation")
    assert conversation.get_by_role("heading", level=2).all_text_contents() == ["You asked", "Answer"]
    expect(conversation.get_by_role("region", name="Sources of this answer")).to_be_visible()
    expect(conversation.get_by_role("group", name="This answer")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(page.get_by_role("status")).to_contain_text("Quoted from the sources")
