"""A reader asks, in a real browser: the answer streams, its citation opens the very page, nothing gets out."""

import json
import re

import pytest
from playwright.sync_api import expect

from assistant_project.limits.models import Tally
from chat.models import Message, Session
from knowledge.models import Job, Original, Source
from tests.chat.hostile_answers import HOSTILE
from tests.factories import CollectionFactory, UserFactory, read, ready_text
from tests.flows.chat import answers
from tests.pdf import pdf_with_text

pytestmark = pytest.mark.browser

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTION = "How hot should the water heater be?"
FILLER = (
    "This guide tells what to do at home,\nroom after room, and what it brings in the end.\nKeep it at hand."
)
FORBIDDEN = (
    "script, img, image, svg, math, iframe, object, embed, form:not([data-ask]), style, link, meta, base"
)


def test_an_answer_streams_and_its_citation_opens_the_page_of_the_pdf(visit):
    content = pdf_with_text([f"{page}\n{FILLER}" for page in ("Of rooms and doors.", HEATER, "Of lamps.")])
    original = Original.objects.keep(content, "application/pdf")
    source = Source.objects.create(
        kind=Source.Kind.PDF, original=original, title="Saving energy", collection=CollectionFactory()
    )
    job = read(source)
    assert job.state == Job.State.DONE, job.error
    page = visit.open()

    visit.ask(QUESTION)

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")
    expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
    expect(page.locator("#conversations a[aria-current=page]")).to_have_text(QUESTION)
    expect(page.get_by_role("status")).to_contain_text("120 degrees Fahrenheit")
    page.get_by_role("link", name="Saving energy, page 2").click()
    with visit.context.expect_page() as opened:
        page.get_by_role("complementary").or_(page.get_by_role("dialog")).get_by_role(
            "link", name="Open page 2"
        ).click()
    viewer = opened.value
    expect(viewer).to_have_url(re.compile(rf"/sources/{source.pk}/pages/2/"))
    expect(viewer.locator("#passage")).to_contain_text("120 degrees Fahrenheit")


def test_on_paper_stands_the_conversation_alone(visit):
    ready_text(HEATER)
    page = visit.open()
    visit.ask(QUESTION)
    expect(answers(page)).to_contain_text(HEATER)

    page.emulate_media(media="print", color_scheme="dark")

    for left_out in (".top", ".conversations", ".composer", ".tool >> nth=0"):
        expect(page.locator(left_out)).to_be_hidden()
    ink = page.locator(".answer-text").evaluate("element => getComputedStyle(element).color")
    assert ink == "rgb(30, 29, 26)"  # as in the light


def test_a_mark_in_the_text_opens_its_passage(visit):
    ready_text(HEATER)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.get_by_role("blockquote")).to_be_hidden()

    answers(page).locator(".cite").first.click()

    expect(page.get_by_role("blockquote")).to_be_visible()
    expect(page.get_by_role("blockquote")).to_be_in_viewport()


def test_a_reloaded_conversation_looks_the_same(visit):
    ready_text(HEATER)
    page = visit.open()
    visit.ask(QUESTION)
    expect(answers(page)).to_have_count(1)
    before = page.locator("#messages").inner_text()

    page.reload()

    assert page.locator("#messages").inner_text() == before


def test_a_follow_up_stays_in_the_conversation(visit):
    ready_text(HEATER)
    page = visit.open()
    visit.ask(QUESTION)
    expect(answers(page)).to_have_count(1)
    address = page.url

    visit.ask("And the thermostat of the heater?")

    expect(answers(page)).to_have_count(2)
    assert page.url == address
    expect(page.locator("#conversations li")).to_have_count(1)


def test_the_text_is_there_while_it_streams_and_can_be_stopped(visit, model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees [1]. And so on.", hang_after=5)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer")).to_contain_text("Set it to 120")
    expect(page.locator(".answer")).to_have_attribute("aria-busy", "true")

    page.get_by_role("button", name="Stop").click()

    expect(page.locator(".ended.stopped")).to_be_visible()
    expect(page.locator(".answer")).to_contain_text("Set it to 120")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_stopped_answer_belongs_to_its_conversation(visit, model):
    ready_text(HEATER)
    model.behave(answer="Set it to 120 degrees [1]. And so on.", hang_after=5)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".answer")).to_contain_text("Set it to 120")
    page.get_by_role("button", name="Stop").click()
    model.behave(answer="Set it to 120 degrees Fahrenheit [1].")

    page.get_by_role("button", name="Ask again").click()

    expect(answers(page)).to_have_count(1)
    page.reload()
    expect(page.locator(".question")).to_have_count(2)
    expect(page.locator(".ended.stopped")).to_be_visible()
    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")


def test_an_answer_that_is_still_being_written_when_the_page_opens_appears_later(visit):
    user = UserFactory()
    session = Session.objects.create(user=user)
    answer = Message.objects.create(session=session, role="assistant", state="streaming")
    visit.sign_in(user)
    page = visit.open(session.get_absolute_url())
    expect(page.get_by_text("This answer is still being written")).to_be_visible()

    Message.objects.filter(pk=answer.pk).update(state="complete", kind="generated", content="Here it is.")

    expect(answers(page)).to_contain_text("Here it is.")


def test_a_failure_is_said_and_can_be_tried_again(visit, model):
    ready_text(HEATER)
    model.behave(status=500)
    page = visit.open()
    visit.ask(QUESTION)
    expect(page.locator(".ended.failed")).to_be_visible()
    model.behave(answer="Set it to 120 degrees Fahrenheit [1].")

    page.get_by_role("button", name="Try again").click()

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")
    assert Message.objects.filter(state=Message.State.FAILED).count() == 1


def test_a_question_that_is_refused_stays_in_the_box(visit):
    page = visit.open()
    question = "How hot? " * 600

    visit.ask(question)

    expect(page.get_by_role("alert")).to_contain_text("4000")
    expect(page.get_by_label("Your question")).to_have_value(question.strip())
    expect(page.locator(".question")).to_have_count(0)
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible()


def test_without_a_line_no_question_is_lost(visit):
    page = visit.open()
    visit.context.set_offline(True)

    visit.ask(QUESTION)

    expect(page.get_by_role("alert")).to_contain_text("Your question is still here")
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)


def test_a_line_that_breaks_in_the_middle_keeps_the_text_and_offers_to_try_again(visit):
    ready_text(HEATER)
    page = visit.open()
    half = f"event: token\ndata: {json.dumps({'text': 'Half an ans'})}\n\n"
    page.route("**/api/v1/chat/", lambda route: route.fulfill(content_type="text/event-stream", body=half))
    visit.ask(QUESTION)
    expect(page.locator(".ended.failed")).to_contain_text("The connection was lost")
    expect(page.locator(".answer")).to_contain_text("Half an ans")
    page.unroute("**/api/v1/chat/")

    page.get_by_role("button", name="Try again").click()

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")


def test_enter_sends_and_shift_enter_breaks_the_line(visit):
    ready_text(HEATER)
    page = visit.open()
    box = page.get_by_label("Your question")
    expect(box).to_be_focused()
    page.keyboard.type("How hot should")
    height = box.bounding_box()["height"]

    page.keyboard.press("Shift+Enter")
    page.keyboard.type("the water heater be?")

    assert box.bounding_box()["height"] > height
    page.keyboard.press("Enter")
    expect(page.locator(".question-text")).to_have_text("How hot should\nthe water heater be?")
    expect(box).to_have_value("")


def test_the_page_answers_without_javascript(chromium, site):
    ready_text(HEATER)
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(site)

    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()

    expect(answers(page)).to_contain_text("120 degrees Fahrenheit")
    page.locator(".cite").first.click()
    expect(page.get_by_role("blockquote")).to_be_visible()
    page.context.close()


def test_on_a_phone_the_conversations_are_behind_a_button(visit):
    ready_text(HEATER)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = visit.open()
    visit.ask(QUESTION)
    expect(answers(page)).to_have_count(1)
    conversation = page.locator("#conversations").get_by_role("link", name=QUESTION)
    expect(conversation).to_be_hidden()

    page.get_by_role("button", name="Conversations").press("Enter")

    expect(conversation).to_be_visible()
    page.keyboard.press("Escape")
    expect(conversation).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_is_wider_than_the_screen(visit, model, width):
    source = ready_text(f"{HEATER} {'Donaudampfschifffahrt' * 12}", title="Word" * 60)
    model.behave(
        answer=f"See {'longword' * 40} [1].\n\n```\n{'code ' * 80}\n```\n\n|{'a|' * 30}\n|{'-|' * 30}\n"
    )
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = visit.open()
    visit.ask(QUESTION + " Donaudampfschifffahrt" * 5)
    expect(answers(page)).to_have_count(1)

    for path in (page.url.removeprefix(visit.site), source.get_absolute_url(), "/nothing/"):
        visit.open(path)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_hostile_answers_load_run_and_change_nothing(visit, model):
    ready_text(HEATER)
    page = visit.open()

    for number, payload in enumerate(HOSTILE.values(), start=1):
        Tally.objects.all().delete()  # which count how often a visitor asks
        model.behave(answer=[f"{payload} [1]"[at : at + 3] for at in range(0, len(payload) + 4, 3)])
        visit.ask(QUESTION)
        expect(answers(page)).to_have_count(number)
    page.wait_for_load_state("networkidle")
    streamed = page.locator(".answer-text").locator(FORBIDDEN).count()
    page.reload(wait_until="networkidle")

    assert streamed == 0
    assert page.locator(".answer-text").locator(FORBIDDEN).count() == 0
    assert page.locator(".answer-text a:not(.cite)").count() == 0
    assert (
        page.evaluate(
            "[...document.querySelectorAll('#messages *')].flatMap(node => node.getAttributeNames())"
            ".filter(name => name.startsWith('on') || name === 'style')"
        )
        == []
    )
    visit.assert_unharmed()
