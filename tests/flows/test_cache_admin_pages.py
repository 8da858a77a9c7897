"""Curators at work on the cache in a real browser: writing, approving, judging, and how sure it must be."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chat.cache import learning, verified
from chat.models import CacheCalibration, CachedAnswer, CacheDecision
from tests.chat.cache.curated import asking, written
from tests.chat.cache.entries import decision
from tests.chat.conversations import conversation, exchange
from tests.factories import UserFactory, ready_text

pytestmark = pytest.mark.browser

QUESTION = "How hot should the water heater be?"
PAYLOAD = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
LONG = "a_name_without_any_blank_" * 8
REGIONS = [
    {"least_score": 3.1, "n": 180, "wrong": 0, "bound": 0.029, "served": 0.2},
    {"least_score": 2.4, "n": 360, "wrong": 1, "bound": 0.02, "served": 0.4},
    {"least_score": 1.2, "n": 540, "wrong": 6, "bound": 0.026, "served": 0.6},
    {"least_score": 0.3, "n": 720, "wrong": 21, "bound": 0.047, "served": 0.8},
    {"least_score": -2.0, "n": 900, "wrong": 74, "bound": 0.107, "served": 1.0},
]


@pytest.fixture
def administrator(transactional_db):
    return UserFactory(email="admin@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(visit, administrator):
    """A visit by somebody who is signed in."""
    visit.sign_in(administrator)
    return visit


def at(row):
    return reverse(f"admin:chat_{row._meta.model_name}_change", args=[row.pk])


def calibrated():
    """The gate in force, which has learned."""
    gate = learning.gate_row()
    CacheCalibration.objects.create(
        gate=gate,
        number=1,
        target=0.02,
        alpha=0.025,
        learned_from=900,
        tested_on=900,
        weights=[-9.0, 8.0, 4.0, 2.0],
        regions=REGIONS,
        chosen=1,
    )
    gate.state, gate.weights, gate.least_score = "calibrated", [-9.0, 8.0, 4.0, 2.0], 2.4
    gate.save()
    return gate


def test_an_unanswered_question_gets_a_verified_answer(admin):
    ready_text(title="Guide")
    unanswered = exchange(conversation(), QUESTION, "The sources do not say.", kind="abstained")
    page = admin.open(at(unanswered))

    page.get_by_role("link", name="Write a verified answer").last.click()
    page.get_by_label("Other phrasings").fill("Boiler temperature?")
    page.get_by_label("Find passages for").fill("temperature of the water heater")
    page.get_by_role("button", name="Find passages").click()
    page.get_by_label("[1] Guide").check()
    page.locator("[name=content]").fill("Set it to 120 °F [1].")
    page.get_by_role("button", name="Save as verified").click()

    expect(page.get_by_text("Readers get this answer from now on.")).to_be_visible()
    answer = CachedAnswer.objects.get()
    assert asking(answer) == [QUESTION, "Boiler temperature?"]
    assert answer.passages.get().title == "Guide"


def test_a_good_answer_is_approved_on_its_page(admin):
    answer = written(QUESTION)
    page = admin.open(at(answer))

    page.locator("[name=review_by]").first.fill("2031-06-01")
    page.get_by_role("button", name="Approve").click()

    expect(page.locator(".k-label", has_text="verified")).to_be_visible()
    answer.refresh_from_db()
    assert answer.review_by.isoformat() == "2031-06-01"


def test_a_mended_text_is_approved_by_the_button_above_it(admin):
    answer = written(QUESTION)
    page = admin.open(at(answer))

    page.locator("[name=content]").fill("At most 120 °F [1].")
    page.get_by_role("button", name="Approve").click()

    expect(page.get_by_text("Approved until")).to_be_visible()
    expect(page.locator("[name=content]")).to_have_value("At most 120 °F [1].")
    answer.refresh_from_db()
    assert (answer.content, answer.is_verified) == ("At most 120 °F [1].", True)


def test_a_key_pressed_among_the_phrasings_approves_nothing(admin):
    answer = written(QUESTION, others=("How cold is the fridge?",))
    page = admin.open(at(answer))

    page.locator("[name=questions-1-same]").uncheck()
    page.locator("[name=questions-1-same]").press("Enter")

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    answer.refresh_from_db()
    assert (asking(answer), answer.is_verified) == ([QUESTION], False)


def test_a_decision_is_judged_with_both_answers_in_view(admin):
    message = exchange(conversation(), "How warm?", "Lukewarm.")
    row = decision(written(QUESTION), "How warm?", message=message, cached_content="Hot.")
    page = admin.open(at(row))

    expect(page.get_by_text("Lukewarm.", exact=True)).to_be_visible()
    expect(page.get_by_text("Hot.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Not the same").click()

    expect(page.locator("#content").get_by_text("another answer", exact=True)).to_be_visible()
    assert CacheDecision.objects.get().labelled_by == "curator"


def test_the_target_is_switched_beside_the_curve(admin):
    gate = calibrated()
    page = admin.open(reverse("admin:chat_cachegate_changelist"))

    expect(page.get_by_role("img", name="Share of wrong answers")).to_be_visible()
    page.get_by_label("Largest share of wrong answers").fill("5")
    page.get_by_role("button", name="Change the target").click()

    expect(page.get_by_text("The target is changed.")).to_be_visible()
    gate.refresh_from_db()
    assert gate.target == pytest.approx(0.05)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hostile_runs_and_no_page_is_wider_than_the_screen(admin, administrator, width, scheme):
    calibrated()
    source = ready_text(f"{PAYLOAD} Set the water heater to 120 degrees to save energy.", title=PAYLOAD)
    named = ready_text("Water heaters last 12 years.", title=LONG)
    hostile = written(PAYLOAD, f"{PAYLOAD} [1]", source=source, state_detail=PAYLOAD)
    long = verified.approve(written(LONG, f"{LONG} [1]", source=named), administrator)
    message = exchange(conversation(), PAYLOAD, PAYLOAD)
    row = decision(hostile, PAYLOAD, message=message, phrasing=LONG, cached_content=LONG)
    admin.page.set_viewport_size({"width": width, "height": 900})
    admin.page.emulate_media(color_scheme=scheme)

    too_wide = []
    for address in (
        reverse("admin:chat_cachedanswer_changelist"),
        reverse("admin:chat_cachedanswer_add") + "?question=water+heater",
        reverse("admin:chat_cachedecision_changelist"),
        reverse("admin:chat_cachegate_changelist"),
        *map(at, (hostile, long, row)),
    ):
        page = admin.open(address)
        expect(page.locator("#content")).to_be_visible()
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(address)

    assert too_wide == []
    assert admin.page.locator("img[src=x]").count() == 0
