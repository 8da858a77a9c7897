"""The admin's front page in a real browser: charts under the pointer, tables beside them, every width."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from chat.models import DailyUsage, Feedback, Message
from knowledge.models import Heartbeat
from tests.chat.conversations import conversation, exchange
from tests.factories import TextSourceFactory, UserFactory, ready_text

pytestmark = pytest.mark.browser

FRONT = reverse("admin:index")


@pytest.fixture
def admin(visit, transactional_db):
    visit.sign_in(UserFactory(is_staff=True, is_superuser=True))
    return visit


@pytest.fixture
def traffic(transactional_db):
    """A question on each of ten days; today's answer was disliked."""
    Heartbeat.objects.create(name="worker", at=timezone.now())
    ready_text(title="Guide")
    TextSourceFactory(title="A very-long-name-without-any-space-" * 4).note_failure("Too short. " * 20)
    today = timezone.localdate()
    for ago in range(10):
        day = today - datetime.timedelta(days=ago)
        DailyUsage.objects.create(day=day, questions=3, answers=3, abstained=1, cost="0.01")
    timings = {"first_token": 250, "written": 1500}
    answer = exchange(
        conversation(), "How hot?", "At 120 °F.", timings=timings, standalone_question="How hot?"
    )
    Feedback.objects.create(message=answer, rating=-1, comment="It is 49 °C.")
    return Message.objects.get(pk=answer.pk)


def drawing(page, name):
    return page.locator(f".k-chart-{name} [data-drawing]")


def point_at(page, name, share):
    """Move the mouse over a chart, `share` of its width from the left."""
    box = drawing(page, name).bounding_box()
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def test_a_chart_tells_the_figures_of_the_day_under_the_pointer(admin, traffic):
    page = admin.open(FRONT)
    drawing(page, "outcomes").scroll_into_view_if_needed()

    point_at(page, "outcomes", 0.99)
    told = drawing(page, "outcomes").locator(".k-tip")

    expect(told).to_be_visible()
    expect(told).to_contain_text("written 2")
    expect(told).to_contain_text("not answered 1")
    point_at(page, "outcomes", 0.01)
    expect(told).to_contain_text("written 0")
    page.mouse.move(5, 5)
    expect(told).to_be_hidden()


def test_a_click_on_a_day_opens_what_was_asked_on_it(admin, traffic):
    page = admin.open(FRONT)
    drawing(page, "waits").scroll_into_view_if_needed()

    point_at(page, "waits", 0.99)
    page.mouse.down()
    page.mouse.up()

    expect(page.locator("#result_list, .result-list")).to_contain_text("How hot?")


def test_the_table_beside_a_chart_opens_by_keyboard(admin, traffic):
    page = admin.open(FRONT)
    chart = page.get_by_role("figure", name="Time to write an answer")

    chart.locator("summary").focus()
    page.keyboard.press("Enter")

    row = chart.get_by_role("row").nth(1)
    expect(row).to_contain_text("1.5 s")
    expect(row).to_contain_text("0.25 s")


def test_another_period_is_one_click_away(admin, traffic):
    page = admin.open(FRONT)

    page.get_by_role("link", name="7 days", exact=True).click()

    expect(page.get_by_role("link", name="7 days", exact=True)).to_have_attribute("aria-current", "true")
    expect(page.locator(".k-number", has_text="Questions").first).to_contain_text("21")


def test_a_disliked_answer_is_repaired_from_here(admin, traffic):
    page = admin.open(FRONT)

    card = page.get_by_role("region", name="Found not helpful")
    expect(card).to_contain_text("It is 49 °C.")
    card.get_by_role("link", name="Write a verified answer").click()

    expect(page.locator("[name=question]")).to_have_value("How hot?")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_wider_than_the_screen(admin, traffic, width):
    admin.page.set_viewport_size({"width": width, "height": 900})

    page = admin.open(f"{FRONT}?days=90")

    expect(drawing(page, "outcomes")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_and_columns_stand_out_from_their_card(admin, traffic, scheme):
    admin.page.emulate_media(color_scheme=scheme)
    page = admin.open(FRONT)
    column = drawing(page, "outcomes").locator("rect").first

    colours = column.evaluate(
        "rect => [getComputedStyle(rect).fill, getComputedStyle(rect.closest('.k-card')).backgroundColor]"
    )

    assert colours[0] not in (colours[1], "none", "rgb(0, 0, 0)")


def test_a_new_installation_leads_to_adding_sources(admin):
    page = admin.open(FRONT)

    page.get_by_role("region", name="First steps").get_by_role("link", name="Add sources").click()

    expect(page).to_have_url(admin.site + reverse("admin:knowledge_source_add"))
