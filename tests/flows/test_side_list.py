"""The list of conversations beside the chat, in a real browser: find, rename and delete them."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.models import Session
from tests.chat.conversations import conversation
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.browser

QUESTION = "How hot should the water heater be?"


@pytest.fixture
def reader(site):
    return UserFactory()


@pytest.fixture
def begun(reader):
    """A conversation of the reader's that was continued so many days ago."""

    def begin(title, days=0.0, user=reader):
        session = conversation(user, (f"About {title}?", "So it is."), title=title)
        moment = timezone.now() - datetime.timedelta(days=days)
        Session.objects.filter(pk=session.pk).update(updated_at=moment)
        return session

    return begin


@pytest.fixture
def opened(visit, reader):
    """The page with the reader's list."""

    def open_page(path="/"):
        visit.sign_in(reader)
        return visit.open(path)

    return open_page


def side(page):
    return page.get_by_role("navigation", name="Conversations")


def row(page, title):
    return side(page).locator(".periods li", has=page.get_by_role("link", name=title, exact=True))


def choose(page, title, action):
    row(page, title).hover()
    row(page, title).get_by_role("button").click()
    page.get_by_role("button", name=action, exact=True).click()


# --- the order


def test_conversations_stand_under_the_days_on_which_they_were_continued(begun, opened):
    for title, days in (("Lamps", 0), ("Attic", 1), ("Stoves", 4), ("Ducts", 40)):
        begun(title, days)

    page = opened()

    for period, title in {
        "Today": "Lamps",
        "Yesterday": "Attic",
        "Last 7 days": "Stoves",
        "Older": "Ducts",
    }.items():
        expect(page.get_by_role("region", name=period).get_by_role("link")).to_have_text([title])


def test_the_days_are_those_of_the_readers_time_zone(chromium, site, begun, visit, reader):
    last_midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    session = begun("Late")
    Session.objects.filter(pk=session.pk).update(updated_at=last_midnight - datetime.timedelta(minutes=1))
    visit.sign_in(reader)
    far_west = chromium.new_context(timezone_id="Etc/GMT+12", locale="en")
    far_west.add_cookies(visit.context.cookies())
    page = far_west.new_page()
    page.clock.set_fixed_time(last_midnight + datetime.timedelta(hours=6))  # there it is still the day before

    page.goto(site)

    expect(page.get_by_role("region", name="Today").get_by_role("link")).to_have_text(["Late"])
    far_west.close()


def test_a_new_conversation_stands_on_top_as_soon_as_it_is_asked(begun, opened, visit):
    ready_text()
    begun("Lamps")
    page = opened()

    visit.ask(QUESTION)

    expect(side(page).locator("[data-period=today] li a")).to_have_text([QUESTION, "Lamps"])
    expect(side(page).locator("[aria-current=page]")).to_have_text(QUESTION)
    expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))


def test_a_conversation_that_goes_on_moves_to_the_top(begun, opened, visit):
    ready_text()
    begun("Lamps")
    session = begun("Attic", 3)
    opened(session.get_absolute_url())

    visit.ask(QUESTION)

    expect(side(visit.page).locator("[data-period=today] li a")).to_have_text(["Attic", "Lamps"])


def test_who_has_asked_nothing_yet_is_told_what_will_stand_there(opened):
    expect(side(opened())).to_contain_text("Your conversations will be listed here.")


def test_a_long_list_goes_on_by_a_button_and_the_focus_goes_with_it(begun, opened):
    for number in range(53):
        begun(f"Number {number}", number)
    page = opened()
    expect(side(page).locator("li")).to_have_count(50)

    page.get_by_role("button", name="Show more").click()

    expect(side(page).locator("li")).to_have_count(53)
    expect(side(page).get_by_role("link", name="Number 50")).to_be_focused()
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


# --- search


def test_a_search_finds_words_of_titles_and_of_messages(begun, opened):
    for title in ("Lamps", "Attic", "Lamp oil"):
        begun(title)
    begun("Lamps of another", user=UserFactory())
    page = opened()

    page.get_by_label("Search your conversations").fill("lamp")
    found = page.get_by_role("region", name="Found: 2")
    expect(found.get_by_role("link")).to_have_text(["Lamp oil", "Lamps"])

    page.get_by_label("Search your conversations").fill("about attic")
    expect(page.get_by_role("region", name="Found: 1").get_by_role("link")).to_have_text(["Attic"])


def test_a_search_without_a_find_says_so_and_an_empty_one_shows_all_again(begun, opened):
    begun("Lamps")
    page = opened()

    page.get_by_label("Search your conversations").fill("chess")
    expect(side(page)).to_contain_text("No title and no message holds these words.")
    expect(side(page).get_by_role("link", name="Lamps")).to_be_hidden()

    page.get_by_label("Search your conversations").fill("")
    expect(side(page).get_by_role("link", name="Lamps")).to_be_visible()
    expect(side(page).get_by_role("button", name="Show more")).to_be_hidden()


def test_what_is_renamed_among_the_finds_is_renamed_in_the_list(begun, opened):
    begun("Lamps")
    page = opened()
    page.get_by_label("Search your conversations").fill("lamps")
    found = page.get_by_role("region", name="Found: 1")

    found.get_by_role("link", name="Lamps").press("F2")
    page.keyboard.type("Lights")
    page.keyboard.press("Enter")
    expect(found.get_by_role("link", name="Lights")).to_be_focused()
    page.get_by_label("Search your conversations").fill("")

    expect(row(page, "Lights")).to_be_visible()


# --- rename


def test_a_conversation_is_renamed_in_place_and_on_the_page(begun, opened):
    session = begun("Lamps")
    page = opened(session.get_absolute_url())

    choose(page, "Lamps", "Rename")
    expect(page.get_by_label("New title")).to_have_value("Lamps")
    expect(page.get_by_label("New title")).to_be_focused()
    page.keyboard.type("Lights")
    page.keyboard.press("Enter")

    expect(row(page, "Lights").get_by_role("link")).to_be_focused()
    expect(page).to_have_title(re.compile("^Lights · "))
    expect(page.get_by_role("heading", level=1)).to_have_text("Lights")
    expect(page.get_by_role("status").filter(has_text="Renamed")).to_have_count(1)
    assert Session.objects.get().title == "Lights"


def test_escape_leaves_the_title_as_it_was(begun, opened):
    begun("Lamps")
    page = opened()
    choose(page, "Lamps", "Rename")
    page.keyboard.type("Lights")

    page.keyboard.press("Escape")

    expect(row(page, "Lamps").get_by_role("link")).to_be_focused()
    expect(page.get_by_label("New title")).to_have_count(0)
    assert Session.objects.get().title == "Lamps"


def test_leaving_the_field_keeps_the_new_title_and_takes_no_focus_back(begun, opened):
    begun("Lamps")
    page = opened()
    choose(page, "Lamps", "Rename")
    page.keyboard.type("Lights")

    page.get_by_label("Your question").click()

    expect(row(page, "Lights")).to_be_visible()
    expect(page.get_by_label("Your question")).to_be_focused()
    assert Session.objects.get().title == "Lights"


def test_a_title_that_cannot_be_sent_stays_in_its_field_with_the_reason(begun, opened, visit):
    begun("Lamps")
    page = opened()
    choose(page, "Lamps", "Rename")
    visit.context.set_offline(True)
    page.keyboard.type("Lights")

    page.keyboard.press("Enter")
    expect(side(page).get_by_role("alert")).to_have_text("The server did not answer. Try again in a moment.")
    expect(page.get_by_label("New title")).to_have_value("Lights")

    visit.context.set_offline(False)
    page.get_by_label("New title").press("Enter")
    expect(row(page, "Lights")).to_be_visible()
    expect(side(page).get_by_role("alert")).to_have_count(0)


# --- delete


def test_a_conversation_is_deleted_after_a_question_only(begun, opened):
    begun("Lamps")
    begun("Attic", 3)
    page = opened()

    choose(page, "Attic", "Delete")
    dialog = page.get_by_role("dialog", name="Delete this conversation?")
    expect(dialog).to_contain_text("Attic")
    page.keyboard.press("Escape")
    expect(row(page, "Attic").get_by_role("button")).to_be_focused()
    assert Session.objects.count() == 2

    choose(page, "Attic", "Delete")
    dialog.get_by_role("button", name="Delete").click()
    expect(row(page, "Attic")).to_have_count(0)
    expect(page.get_by_role("region", name="Last 7 days")).to_be_hidden()
    assert [session.title for session in Session.objects.all()] == ["Lamps"]


def test_what_is_deleted_among_the_finds_is_counted_no_more(begun, opened):
    begun("Lamps")
    begun("Lamp oil")
    page = opened()
    page.get_by_label("Search your conversations").fill("lamp")
    found = page.get_by_role("region", name="Found: 2")

    found.get_by_role("link", name="Lamps").press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_role("region", name="Found: 1").get_by_role("link", name="Lamp oil")).to_be_focused()


def test_who_deletes_the_conversation_that_is_open_begins_a_new_one(begun, opened, visit):
    session = begun("Lamps")
    page = opened(session.get_absolute_url())

    row(page, "Lamps").get_by_role("link").press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(page).to_have_url(f"{visit.site}/")
    expect(side(page).locator("li")).to_have_count(0)


def test_what_is_deleted_already_leaves_the_list_without_a_word(begun, opened):
    session = begun("Lamps")
    begun("Attic", 1)
    page = opened()
    session.delete()

    choose(page, "Lamps", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(row(page, "Lamps")).to_have_count(0)
    expect(side(page).get_by_role("alert")).to_have_count(0)


# --- by keyboard, on a phone, without JavaScript


def test_the_arrows_go_from_one_conversation_to_the_next(begun, opened):
    for days, title in enumerate(("Lamps", "Attic", "Stoves")):
        begun(title, days)
    page = opened()

    row(page, "Lamps").get_by_role("link").press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(row(page, "Stoves").get_by_role("link")).to_be_focused()

    page.keyboard.press("ArrowUp")
    expect(row(page, "Attic").get_by_role("link")).to_be_focused()


def test_on_a_phone_the_list_stays_while_one_of_it_is_renamed_or_deleted(begun, opened, visit):
    begun("Lamps")
    visit.page.set_viewport_size({"width": 390, "height": 844})
    page = opened()
    page.get_by_role("button", name="Conversations").click()

    choose(page, "Lamps", "Rename")
    page.keyboard.press("Escape")
    expect(row(page, "Lamps")).to_be_visible()
    choose(page, "Lamps", "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(row(page, "Lamps")).to_be_visible()

    page.keyboard.press("Escape")
    expect(row(page, "Lamps")).to_be_hidden()


def test_without_javascript_the_list_is_one_of_links(chromium, visit, begun, reader):
    session = begun("Lamps")
    visit.sign_in(reader)
    context = chromium.new_context(java_script_enabled=False, locale="en")
    context.add_cookies(visit.context.cookies())
    page = context.new_page()
    page.goto(visit.site)
    expect(page.get_by_label("Search your conversations")).to_be_hidden()
    expect(side(page).get_by_role("button", name="Rename or delete")).to_be_hidden()

    side(page).get_by_role("link", name="Lamps").click()

    expect(page).to_have_url(f"{visit.site}{session.get_absolute_url()}")
    expect(page.locator(".answer-text")).to_contain_text("So it is.")
    context.close()


def test_a_title_is_text_and_nothing_else(begun, opened):
    title = '<img src=x onerror="alert(1)"> $& $1'
    begun("Lamps")
    begun(title)
    page = opened()
    page.get_by_label("Search your conversations").fill("onerror")

    expect(page.get_by_role("region", name="Found: 1").get_by_role("link")).to_have_text([title])
    expect(side(page).locator("img")).to_have_count(0)
