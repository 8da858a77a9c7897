"""What the cache decided, and how sure it must be, in the admin."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.cache import learning
from chat.models import CacheCalibration, CacheDecision
from tests.chat.cache.curated import written
from tests.chat.cache.entries import decision
from tests.chat.cache_admin import DECISIONS, TRUST, a_curator, act, at, listed, signed_in
from tests.chat.conversations import conversation, exchange
from tests.factories import CollectionFactory, ready_text
from tests.roles import role_administrator

QUESTION = "How hot should the water heater be?"


@pytest.fixture
def curator(db):
    return a_curator()


@pytest.fixture
def client(curator):
    return signed_in(curator)


@pytest.fixture
def keeper(db):
    """Who cares for the whole site."""
    return signed_in(role_administrator())


def test_what_is_to_be_judged_is_filtered(client):
    answer = written()
    waits = decision(answer)
    unsure = decision(answer, label="unsure", labelled_by="comparison")
    decision(answer, label="same", labelled_by="reader")

    assert listed(client, DECISIONS, open="waits") == {waits}
    assert listed(client, DECISIONS, open="unsure") == {unsure}
    assert listed(client, DECISIONS, open="both") == {waits, unsure}


def test_a_curator_judges_several_decisions(client):
    answer = written()
    rows = [decision(answer, f"How warm is number {n}?") for n in (1, 2)]

    act(client, "different", *rows, address=DECISIONS)

    labels = CacheDecision.objects.values_list("label", "labelled_by")
    assert list(labels) == [("different", "curator")] * 2


def test_what_a_reader_was_answered_from_a_closed_source_is_not_shown(client):
    secret = ready_text(collection=CollectionFactory(access="groups"))
    message = exchange(conversation(), "How warm?", "Lukewarm.")
    message.citations.create(number=1, source=secret, text="Lukewarm.")
    row = decision(written(), "How warm?", message=message)

    assert "Lukewarm." not in client.get(at(row)).content.decode()


def test_a_decision_shows_both_questions_and_answers_and_is_judged_there(client):
    message = exchange(conversation(), "How warm?", "Lukewarm.")
    message.citations.create(number=1, source=ready_text(), text="Lukewarm.")
    row = decision(written(), "How warm?", message=message, phrasing="How hot?", cached_content="Hot.")

    page = client.get(at(row)).content.decode()
    client.post(at(row, "judge"), {"label": "same"})

    assert not [text for text in ("How warm?", "Lukewarm.", "How hot?", "Hot.") if text not in page]
    row.refresh_from_db()
    assert (row.label, row.labelled_by) == ("same", "curator")


@pytest.fixture
def gate(db):
    return learning.gate_row()


def test_the_state_of_the_gate_is_explained(client, gate):
    page = client.get(TRUST).content.decode()

    assert "It has not learned from this site&#x27;s decisions yet." in page
    assert "Labelled decisions for the next calibration" in page


@pytest.fixture
def calibrated(gate):
    """A gate that has learned, with two regions."""
    regions = [
        {"least_score": 2.5, "n": 400, "wrong": 1, "bound": 0.0195, "served": 0.25},
        {"least_score": 1.5, "n": 800, "wrong": 30, "bound": 0.055, "served": 0.5},
    ]
    gate.state, gate.weights, gate.least_score = "calibrated", [0.0, 1.0, 1.0, 1.0], 2.5
    gate.save()
    CacheCalibration.objects.create(
        gate=gate,
        number=1,
        target=0.02,
        alpha=0.025,
        learned_from=800,
        tested_on=800,
        weights=gate.weights,
        regions=regions,
        chosen=0,
    )
    return gate


def test_a_calibration_is_drawn_and_stands_in_a_table(client, calibrated):
    page = client.get(TRUST)

    curve = page.context["rows"][0]["curve"]
    smaller, larger = curve.points
    assert (smaller.is_chosen, larger.is_chosen) == (True, False)
    assert smaller.x < larger.x
    assert larger.bound < curve.target < smaller.bound
    assert "serves 25 %, at most 1.95 % wrong" in page.content.decode()


def test_the_region_that_another_target_allows_is_shown_as_chosen(keeper, calibrated):
    keeper.post(at(calibrated, "target"), {"target": "6"})

    points = keeper.get(TRUST).context["rows"][0]["curve"].points

    assert [point.is_chosen for point in points] == [False, True]


def test_a_curator_looks_at_the_gate_and_does_not_set_it(curator, gate):
    client = signed_in(curator)

    assert client.get(TRUST).status_code == 200
    assert client.post(at(gate, "target"), {"target": "5"}).status_code == 403
    assert client.post(at(gate, "reopen")).status_code == 403
    gate.refresh_from_db()
    assert gate.target == 0.02


def test_the_target_is_changed(keeper, gate):
    keeper.post(at(gate, "target"), {"target": "1.5"})

    gate.refresh_from_db()
    assert gate.target == pytest.approx(0.015)


def test_why_a_guarded_gate_is_guarded_outlives_another_target(keeper, gate):
    why = gate.state_detail

    keeper.post(at(gate, "target"), {"target": "1.5"})

    gate.refresh_from_db()
    assert "Measured on" in why
    assert gate.state_detail == why


@pytest.mark.parametrize("target", ["0", "50", "much"])
def test_a_target_out_of_range_is_refused(keeper, gate, target):
    page = keeper.post(at(gate, "target"), {"target": target}, follow=True).content.decode()

    assert "The target was not changed." in page
    gate.refresh_from_db()
    assert gate.target == 0.02


def test_a_closed_gate_is_reopened(keeper, gate):
    type(gate).objects.update(state="closed", state_detail="3 of 40 were wrong.")

    page = keeper.get(TRUST).content.decode()
    keeper.post(at(gate, "reopen"))

    assert "3 of 40 were wrong." in page
    assert "answered afresh, unless a curator has verified the answer" in page
    assert "The same words still lead to what is kept." in page
    gate.refresh_from_db()
    assert gate.state == "guarded"


def test_the_page_takes_as_many_queries_for_many_calibrations_as_for_one(client, gate):
    counts = []
    for numbers in ((1,), (2, 3, 4)):
        for number in numbers:
            CacheCalibration.objects.create(
                gate=gate, number=number, target=0.02, alpha=0.01, learned_from=9, tested_on=9
            )
        client.get(TRUST)
        with CaptureQueriesContext(connection) as captured:
            client.get(TRUST)
        counts.append(len(captured))

    assert counts[0] == counts[1]
