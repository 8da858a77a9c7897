"""In which state the gate is: closed by its audit, reopened by a curator, moved by its target."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from chat.cache import calibrating, learning
from chat.cache.gate import CALIBRATED, CLOSED, GUARDED, Candidate
from chat.models import CacheGate
from tests.chat.cache.labelled import audit, calibrated

pytestmark = pytest.mark.django_db

SURE = Candidate(1, "How do I heat?", 0.99, 0.5, 1.0)


@pytest.fixture
def row() -> CacheGate:
    return learning.gate_row()


# --- the audit


def test_the_audit_closes_a_gate_that_breaks_its_target(row):
    audit(row, same=10, different=4)

    learning.tend()

    row.refresh_from_db()
    assert row.state == CLOSED
    assert row.state_detail.startswith("4 of 14 audited hits were wrong")
    assert not learning.gate_of(learning.gate_row()).admits(SURE)


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
    assert learning.gate_of(learning.gate_row()).admits(SURE)
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
