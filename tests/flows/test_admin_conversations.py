"""Curators at work on what was asked, in a real browser: finding a bad answer, mending it, trying answers out."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chat.models import CachedAnswer, Citation, Feedback
from knowledge.models import Job
from tests.chat.conversations import conversation, exchange
from tests.factories import TextSourceFactory, UserFactory, read, ready_text

pytestmark = pytest.mark.browser

QUESTION = "What temperature should the water heater have?"
PAYLOAD = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
LONG = "a_name_without_any_blank_" * 8


@pytest.fixture
def administrator(transactional_db):
    return UserFactory(email="admin@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(visit, administrator):
    """A visit by somebody who is signed in."""
    visit.sign_in(administrator)
    return visit


def test_a_disliked_answer_is_two_clicks_from_the_search_that_found_it(admin):
    ready_text(title="Guide")
    exchange(conversation(), "Who won?", "Not in the sources.", kind="abstained")
    bad = exchange(conversation(), QUESTION, "It is hot.", standalone_question=QUESTION)
    Feedback.objects.create(message=bad, rating=-1, comment="Which temperature?")
    page = admin.open(reverse("admin:chat_message_changelist"))

    page.get_by_role("link", name="Not helpful", exact=True).click()
    expect(page.get_by_text("Who won?")).to_have_count(0)
    page.get_by_role("link", name=QUESTION).click()
    expect(page.get_by_text("Which temperature?")).to_be_visible()
    page.get_by_role("link", name="Test the search with it").click()

    expect(page.get_by_label("Question")).to_have_value(QUESTION)
    expect(page.get_by_label("Asked by")).to_have_value("signed-in")
    expect(page.get_by_text("would answer", exact=True)).to_be_visible()


def test_beneath_the_search_test_stands_the_answer(admin):
    ready_text(title="Guide")

    page = admin.open(f"{reverse('admin:knowledge_source_search_test')}?question={QUESTION}&viewer=anyone")

    trial = page.get_by_role("region", name="The answer, as this person would get it")
    expect(trial).to_contain_text("Set the water heater to 120 degrees Fahrenheit")
    trial.get_by_text("How it came about, with the prompt").click()
    expect(trial.get_by_text("cited", exact=True)).to_be_visible()


def test_a_model_is_asked_only_when_the_curator_says_so(admin, settings, model_server):
    settings.CHAT_MODEL, settings.OPENAI_BASE_URL = "test-model", model_server.url
    model_server.behave(answer="At most 120 degrees Fahrenheit. [1]")
    ready_text(title="Guide")
    page = admin.open(f"{reverse('admin:knowledge_source_search_test')}?question={QUESTION}")
    trial = page.get_by_role("region", name="The answer, as this person would get it")
    expect(trial).to_contain_text("costs tokens")
    assert model_server.requests == []

    trial.get_by_role("button", name="Answer it").click()

    expect(trial).to_contain_text("At most 120 degrees Fahrenheit. [1]")
    trial.get_by_text("How it came about, with the prompt").click()
    trial.get_by_text("Rules (system)").click()
    expect(trial).to_contain_text("You answer questions from numbered passages")


def test_an_answer_that_does_not_arrive_is_a_sentence(admin):
    ready_text(title="Guide")
    admin.page.route("**/trial/**", lambda route: route.abort())

    page = admin.open(f"{reverse('admin:knowledge_source_search_test')}?question={QUESTION}")

    expect(page.get_by_text("The answer did not arrive.")).to_be_visible()


def test_without_the_script_a_link_leads_to_the_answer(admin):
    ready_text(title="Guide")
    admin.page.route("**/trial.js", lambda route: route.abort())
    page = admin.open(f"{reverse('admin:knowledge_source_search_test')}?question={QUESTION}")

    page.get_by_role("link", name="See the answer and the prompt").click()

    expect(page.get_by_role("heading", name="Answer on trial")).to_be_visible()
    expect(page.get_by_text("120 degrees Fahrenheit").first).to_be_visible()


def test_a_failed_job_is_run_again_from_its_row(admin):
    job = read(TextSourceFactory(text="\u200b", title="Nothing to see"))
    assert job.state == Job.State.FAILED
    page = admin.open(reverse("admin:knowledge_job_changelist"))

    page.get_by_role("button", name="Run again").click()

    expect(page.get_by_text("1 job waits for a worker.")).to_be_visible()
    assert Job.objects.open().get().source == job.source


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hostile_runs_and_no_page_is_wider_than_the_screen(admin, width, scheme):
    source = ready_text(f"{PAYLOAD} Set the water heater to 120 degrees to save energy.", title=PAYLOAD)
    session = conversation(title=LONG)
    trace = {
        "standalone": {"question": PAYLOAD, "search": f"{LONG} {PAYLOAD}", "rewritten": True},
        "cache": {"outcome": "missed", "nearest": LONG, "cosine": 0.9, "margin": 0.1, "votes": 0.5},
        "floor": 0.42,
        "terms": {LONG: 2.0},
        "candidates": [
            {
                "title": LONG,
                "score": 0.9,
                "cosine": 0.5,
                "bm25": 0.4,
                "number": 1,
                "matched": [LONG],
                "page": 3,
            }
        ],
        "prompt": [["system", PAYLOAD], ["user", f"{LONG}\n{PAYLOAD}"]],
        "unsupported": [[0, 9]],
    }
    timings = {"understood": 2, "found": 30, "written": 4_000, "stored": 4_010}
    answer = exchange(session, f"{PAYLOAD} {LONG}", f"{PAYLOAD} {LONG}", trace=trace, timings=timings)
    Citation.objects.create(
        message=answer, number=1, title=PAYLOAD, heading=LONG, text=PAYLOAD, source=source
    )
    Feedback.objects.create(message=answer, rating=-1, comment=f"{PAYLOAD} {LONG}")
    admin.page.set_viewport_size({"width": width, "height": 900})
    admin.page.emulate_media(color_scheme=scheme)

    too_wide = []
    for address in (
        reverse("admin:chat_message_changelist"),
        reverse("admin:chat_message_change", args=[answer.pk]),
        reverse("admin:chat_session_changelist"),
        reverse("admin:chat_session_change", args=[session.pk]),
        f"{reverse('admin:chat_assistant_trial')}?question=water+heater",
        f"{reverse('admin:knowledge_source_search_test')}?question=water+heater",
    ):
        page = admin.open(address)
        for details in page.locator("details").all():
            details.evaluate("details => { details.open = true }")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(address)

    assert too_wide == []
    assert admin.page.locator("img[src=x]").count() == 0
    assert not CachedAnswer.objects.exists()
