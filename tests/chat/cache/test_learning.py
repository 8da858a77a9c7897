"""The gate of the embedder in force, in the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.cache import calibrating, learning
from chat.cache.gate import CALIBRATED, GUARDED, Candidate
from chat.models import CacheDecision, CacheGate
from knowledge.models import Embedder
from tests.chat.cache.labelled import calibrated, decision, label_decisions

pytestmark = pytest.mark.django_db

SURE = Candidate(1, "How do I heat?", 0.99, 0.5, 1.0)
Label = CacheDecision.Label


@pytest.fixture
def row() -> CacheGate:
    return learning.gate_row()


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
        gate = learning.gate_of(learning.gate_row())

    assert len(queries) == 1
    assert gate.threshold == row.threshold
    assert gate.admits(SURE)
    assert CacheGate.objects.count() == 1


def test_two_embedders_share_nothing(row, settings, model_server):
    settings.OPENAI_BASE_URL, settings.EMBEDDING_MODEL = model_server.url, "other-model"

    other = learning.gate_row()

    assert other.pk != row.pk
    assert other.threshold is None
    assert not learning.gate_of(learning.gate_row()).admits(SURE)


def test_another_embedder_is_measured_by_the_worker(settings, model_server):
    settings.OPENAI_BASE_URL, settings.EMBEDDING_MODEL = model_server.url, "other-model"
    assert "Not measured yet" in learning.gate_row().state_detail

    learning.tend()

    gate = learning.gate_of(learning.gate_row())
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
    gate = learning.gate_of(learning.gate_row())
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
