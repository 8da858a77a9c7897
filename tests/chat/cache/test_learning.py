"""The gate of the embedder in force, in the database."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.cache import calibrating, learning
from chat.cache.gate import CALIBRATED, CLOSED, GUARDED, Candidate
from chat.models import CacheDecision, CacheGate
from knowledge.models import Embedder

pytestmark = pytest.mark.django_db

SURE = Candidate(1, "How do I heat?", 0.99, 0.5, 1.0)
Label, Outcome = CacheDecision.Label, CacheDecision.Outcome


@pytest.fixture
def row() -> CacheGate:
    return learning.gate_row()


def label_decisions(row: CacheGate, amount: int, *, wrong_below: float = 0.8, seed: int = 0) -> None:
    """Decisions of misses: another answer below a cosine, the same above."""
    chance = random.Random(seed)
    cosines = [chance.uniform(0.6, 1.0) for _ in range(amount)]
    CacheDecision.objects.bulk_create(
        decision(row, cosine=cosine, label=Label.DIFFERENT if cosine < wrong_below else Label.SAME)
        for cosine in cosines
    )


def audit(row: CacheGate, **labels: int) -> None:
    CacheDecision.objects.bulk_create(
        decision(row, label=label, outcome=Outcome.AUDITED) for label, n in labels.items() for _ in range(n)
    )


def decision(row: CacheGate, **fields: object) -> CacheDecision:
    usual = {"cosine": 0.9, "margin": 0.2, "votes": 1.0, "outcome": Outcome.MISSED, "gate_state": row.state}
    usual |= {"labelled_by": "comparison", "labelled_at": timezone.now(), "embedder_id": row.embedder_id}
    return CacheDecision(**usual | fields)


def calibrated(row: CacheGate, target: float = 0.05) -> CacheGate:
    """Its gate after it has learned from clear decisions."""
    CacheGate.objects.filter(pk=row.pk).update(target=target)
    label_decisions(row, 1_100)
    learning.tend()
    row.refresh_from_db()
    assert row.state == CALIBRATED
    return row


# --- the row


def test_the_gate_of_the_local_model_is_measured_when_it_is_made(row):
    assert 0.78 < row.threshold < 0.824
    assert (row.state, row.measured_on) == (GUARDED, "built-in questions")
    assert "look-alikes" in row.state_detail
    assert row.measured_at is not None


def test_a_gate_is_made_once_and_then_read_with_one_query(row):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        gate = learning.gate_in_force()

    assert len(queries) == 1
    assert gate.threshold == row.threshold
    assert gate.admits(SURE)
    assert CacheGate.objects.count() == 1


def test_two_embedders_share_nothing(row, settings, model_server):
    settings.OPENAI_BASE_URL, settings.EMBEDDING_MODEL = model_server.url, "other-model"

    other = learning.gate_row()

    assert other.pk != row.pk
    assert other.threshold is None
    assert not learning.gate_in_force().admits(SURE)


def test_another_embedder_is_measured_by_the_worker(settings, model_server):
    settings.OPENAI_BASE_URL, settings.EMBEDDING_MODEL = model_server.url, "other-model"
    assert "Not measured yet" in learning.gate_row().state_detail

    learning.tend()

    gate = learning.gate_in_force()
    assert gate.threshold is not None
    assert gate.admits(SURE)


def test_an_embedder_that_is_down_stays_unmeasured_and_says_why(settings, model_server):
    settings.OPENAI_BASE_URL, settings.EMBEDDING_MODEL = model_server.url, "model-without-a-key"
    learning.gate_row()
    model_server.behave(status=401)

    learning.tend()

    row = learning.gate_row()
    assert row.threshold is None
    assert "refused the key" in row.state_detail


def test_measuring_twice_at_once_keeps_what_came_first(row):
    stale = CacheGate.objects.get(pk=row.pk)
    CacheGate.objects.filter(pk=row.pk).update(threshold=0.9)

    learning.measure(stale)

    assert stale.threshold == 0.9


def test_a_threshold_of_ones_own_questions_is_kept(row):
    learning.keep_threshold(0.84, measured_on="intents.jsonl")

    row.refresh_from_db()
    assert (row.threshold, row.measured_on) == (0.84, "intents.jsonl")


# --- calibrating


def test_the_gate_waits_for_labels(row):
    label_decisions(row, calibrating.decisions_needed(row.target, 1) - 1)

    learning.tend()

    assert learning.decisions_missing(row) == 1
    assert not row.calibrations.exists()


def test_clear_decisions_calibrate_the_gate(row):
    row = calibrated(row)

    kept = row.calibrations.get()
    region = kept.regions[kept.chosen]
    assert (kept.number, kept.target, kept.alpha) == (1, 0.05, 0.025)
    assert kept.learned_from + kept.tested_on == 1_100
    assert set(region) == {"least_score", "n", "wrong", "bound", "served"}
    assert region["bound"] <= 0.05
    assert row.weights == kept.weights
    assert row.least_score == region["least_score"]
    assert "1100 labelled decisions" in row.state_detail
    gate = learning.gate_in_force()
    assert gate.admits(Candidate(1, "", 0.97, 0.2, 1.0))
    assert not gate.admits(Candidate(1, "", 0.65, 0.2, 1.0))


def test_decisions_of_which_too_many_are_wrong_leave_it_guarded(row):
    label_decisions(row, 1_400, wrong_below=1.0)

    learning.tend()

    row.refresh_from_db()
    assert row.state == GUARDED
    assert row.calibrations.get().chosen is None
    assert "not enough for a target of 2 %" in row.state_detail


def test_what_comparing_could_not_tell_counts_as_wrong(row):
    CacheDecision.objects.bulk_create([decision(row, label=Label.UNSURE), decision(row, label=Label.SAME)])

    assert [one.wrong for one in learning.labelled(row)] == [True, False]


def test_the_next_attempt_waits_until_there_are_twice_as_many(row):
    row = calibrated(row)

    learning.tend()
    assert row.calibrations.count() == 1
    label_decisions(row, 1_100, seed=1)
    learning.tend()

    assert [one.number for one in row.calibrations.all()] == [2, 1]


def test_an_attempt_that_fails_leaves_what_was_promised_before(row):
    row = calibrated(row)
    weights = row.weights
    label_decisions(row, 2_000, wrong_below=1.0)

    learning.tend()

    row.refresh_from_db()
    assert row.calibrations.first().chosen is None
    assert (row.state, row.weights) == (CALIBRATED, weights)


def test_decisions_of_another_embedder_do_not_count(row):
    other = Embedder.objects.create(provider="x", model="y", dimensions=8)
    CacheDecision.objects.bulk_create(decision(row, label=Label.SAME, embedder_id=other.pk) for _ in range(3))

    assert learning.labelled(row) == []


# --- the audit


def test_the_audit_closes_a_gate_that_breaks_its_target(row):
    audit(row, same=10, different=4)

    learning.tend()

    row.refresh_from_db()
    assert row.state == CLOSED
    assert row.state_detail.startswith("4 of 14 audited hits were wrong")
    assert not learning.gate_in_force().admits(SURE)


@pytest.mark.parametrize(
    "labels", [{"same": 10, "different": 1}, {"same": 300, "different": 6}, {"unsure": 30}]
)
def test_an_audit_that_shows_nothing_leaves_it_open(row, labels):
    audit(row, **labels)

    learning.tend()

    row.refresh_from_db()
    assert row.state == GUARDED


def test_audits_of_an_earlier_state_do_not_count(row):
    audit(row, different=5)
    CacheGate.objects.filter(pk=row.pk).update(state_since=timezone.now())

    learning.tend()

    row.refresh_from_db()
    assert row.state == GUARDED


def test_a_closed_gate_is_reopened_by_a_curator(row):
    row = calibrated(row)
    audit(row, different=5)
    learning.tend()
    row.refresh_from_db()
    assert row.state == CLOSED

    learning.reopen(row)

    assert (row.state, row.weights, row.least_score) == (GUARDED, None, None)
    assert learning.gate_in_force().admits(SURE)
    learning.tend()
    row.refresh_from_db()
    assert row.state == GUARDED


def test_a_calibration_that_succeeds_opens_a_closed_gate(row):
    CacheGate.objects.filter(pk=row.pk).update(state=CLOSED)

    assert calibrated(row).state == CALIBRATED


# --- the target


def test_a_smaller_target_than_the_calibration_holds_falls_back_to_guarded(row):
    row = calibrated(row)

    learning.set_target(row, 0.001, "Anna")

    assert (row.target, row.state) == (0.001, GUARDED)
    assert "Anna set the target to 0.1 %" in row.state_detail


def test_a_larger_target_brings_the_calibration_back_at_once(row):
    row = calibrated(row)
    learning.set_target(row, 0.001, "Anna")

    learning.set_target(row, 0.05, "Anna")

    assert row.state == CALIBRATED
    assert row.calibrations.count() == 1


def test_another_target_chooses_among_the_regions_that_were_tested(row):
    row = calibrated(row)
    largest = row.least_score
    calibration = row.calibrations.get()
    limits = [region["bound"] for region in calibration.regions]

    learning.set_target(row, min(limits), "Anna")

    chosen = calibrating.choose(limits, min(limits))
    assert row.state == CALIBRATED
    assert row.least_score == calibration.regions[chosen]["least_score"]
    assert row.least_score >= largest


def test_a_target_does_not_reopen_what_the_audit_closed(row):
    row = calibrated(row)
    audit(row, different=5)
    learning.tend()

    learning.set_target(row, 0.2, "Anna")

    assert row.state == CLOSED
    assert "stays closed" in row.state_detail


def test_a_reopened_gate_does_not_go_back_to_what_was_refuted(row):
    row = calibrated(row)
    audit(row, different=5)
    learning.tend()
    learning.reopen(row)

    learning.set_target(row, 0.2, "Anna")

    assert row.state == GUARDED


@pytest.mark.parametrize("target", [0.0, 0.0001, 0.3, 1.0])
def test_a_target_out_of_range_is_refused(row, target):
    with pytest.raises(ValidationError):
        learning.set_target(row, target, "Anna")

    row.refresh_from_db()
    assert row.target == 0.02
