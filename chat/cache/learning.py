"""The gate of the embedder in force: its threshold, what it learns from labelled decisions, when it must close."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assistant_project.language import site_language
from chat.cache import calibrating, probes
from chat.cache.calibrating import Calibration, Decision
from chat.cache.gate import Gate
from chat.models import CacheCalibration, CacheDecision, CacheGate
from knowledge import embeddings
from knowledge.errors import EmbeddingError
from knowledge.models import Embedder

logger = logging.getLogger(__name__)

LOCAL = "local"
MEASURED_ON = gettext_noop("built-in questions")
NOT_MEASURED = gettext_noop("Not measured yet: until then no similar question is answered from the cache.")


@site_language()
def gate_row() -> CacheGate:
    """The gate of the embedder in force, made if there is none.

    The local model is measured at once; any other by tend(), because nobody should wait for its server.
    """
    row = _found() or _made()
    if row.threshold is None and row.embedder.provider == LOCAL:
        measure(row)
    return row


def gate_of(row: CacheGate) -> Gate:
    """What lookup asks whether a candidate may be given."""
    weights = None if row.weights is None else tuple(row.weights)
    return Gate(row.state, row.threshold, weights, row.least_score)


def measure(row: CacheGate) -> None:
    """Find the threshold by the probes. Raises EmbeddingError.

    Two processes may do it at once: both find the same, and a threshold that is there already stays.
    """
    measured = probes.measure(embeddings.embed_texts(probes.texts()))
    detail = _(
        "Measured on %(questions)s: %(different)s of the look-alikes pass, %(same)s of the same ones."
    ) % {
        "questions": _(MEASURED_ON),
        "different": _percent(measured.different_admitted),
        "same": _percent(measured.same_admitted),
    }
    CacheGate.objects.filter(pk=row.pk, threshold=None).update(
        threshold=measured.threshold,
        measured_on=_(MEASURED_ON),
        measured_at=timezone.now(),
        state_detail=detail,
    )
    row.refresh_from_db(fields=["threshold", "measured_on", "measured_at", "state_detail"])


def tend() -> None:
    """Measure a threshold that is missing, learn when there is enough that is new, close when the audit says so."""
    row = gate_row()
    if row.threshold is None:
        _measure_remote(row)
    with transaction.atomic():
        row = CacheGate.objects.select_for_update().get(pk=row.pk)
        _close_if_broken(row)
        _learn_if_due(row)


def labelled(row: CacheGate) -> list[Decision]:
    """The labelled decisions of a gate, the oldest first. What comparing could not tell counts as wrong."""
    decisions = CacheDecision.objects.labelled().filter(embedder=row.embedder_id).order_by("pk")
    same = CacheDecision.Label.SAME
    return [
        Decision(cosine, margin, votes, label != same)
        for cosine, margin, votes, label in decisions.values_list("cosine", "margin", "votes", "label")
    ]


def decisions_missing(row: CacheGate) -> int:
    """How many more labelled decisions the next attempt to calibrate waits for."""
    last = row.calibrations.first()
    return calibrating.decisions_missing(
        CacheDecision.objects.labelled().filter(embedder=row.embedder_id).count(),
        last=last.learned_from + last.tested_on if last else 0,
        target=row.target,
        number=last.number + 1 if last else 1,
    )


def calibration_in_force(row: CacheGate) -> CacheCalibration | None:
    """The calibration that the gate rests on, or would rest on with a larger target."""
    return None if row.weights is None else row.calibrations.filter(weights=row.weights).first()


@site_language()
def set_target(row: CacheGate, target: float, by: Any) -> None:
    """Change what share of wrong answers is acceptable. Raises ValidationError for one that is out of range.

    All limits of a calibration hold together, so that another of its regions may be chosen at once.
    """
    CacheGate._meta.get_field("target").run_validators(target)
    with transaction.atomic():
        locked = CacheGate.objects.select_for_update().get(pk=row.pk)
        locked.target = target
        said = _("%(who)s set the target to %(target)s.") % {"who": by, "target": _percent(target)}
        if locked.state == CacheGate.State.CLOSED:
            stays = _("It stays closed: reopen it, or wait for a calibration that succeeds.")
            _save(locked, f"{said} {stays}")
        else:
            _choose_anew(locked, said)
    row.refresh_from_db()


@site_language()
def reopen(row: CacheGate) -> None:
    """A curator's decision: go on guarded, and audit afresh. What was calibrated before does not count any more."""
    with transaction.atomic():
        locked = CacheGate.objects.select_for_update().get(pk=row.pk)
        locked.weights = locked.least_score = None
        _become(locked, CacheGate.State.GUARDED, _("Reopened by a curator; its audit begins anew."))
    row.refresh_from_db()


def keep_threshold(threshold: float, measured_on: str) -> CacheGate:
    """Take over a threshold that was measured on questions with intents."""
    row = gate_row()
    row.threshold, row.measured_on, row.measured_at = threshold, measured_on[:200], timezone.now()
    row.save(update_fields=["threshold", "measured_on", "measured_at"])
    return row


def _found() -> CacheGate | None:
    configured = embeddings.embedder_in_force()
    return (
        CacheGate.objects.select_related("embedder")
        .filter(
            embedder__provider=configured.provider,
            embedder__model=configured.model,
            embedder__dimensions=configured.dimensions,
        )
        .first()
    )


def _made() -> CacheGate:
    row, _made_now = CacheGate.objects.get_or_create(
        embedder=Embedder.objects.in_force(), defaults={"state_detail": _(NOT_MEASURED)}
    )
    return row


def _measure_remote(row: CacheGate) -> None:
    try:
        measure(row)
    except EmbeddingError as error:
        logger.warning("The threshold of gate %s could not be measured.", row.pk)
        CacheGate.objects.filter(pk=row.pk, threshold=None).update(
            state_detail=f"{_(NOT_MEASURED)} {error}"[:300]
        )


def _close_if_broken(row: CacheGate) -> None:
    if row.state == CacheGate.State.CLOSED:
        return
    audited = CacheDecision.objects.labelled().filter(
        embedder=row.embedder_id,
        outcome=CacheDecision.Outcome.AUDITED,
        gate_state=row.state,
        created_at__gte=row.state_since,
    )
    n, different = audited.count(), audited.filter(label=CacheDecision.Label.DIFFERENT).count()
    if calibrating.is_broken(different, n, row.target):
        row.weights = row.least_score = None
        said = _(
            "%(wrong)s of %(all)s audited hits were wrong: more than the target of %(target)s allows."
        ) % {
            "wrong": different,
            "all": n,
            "target": _percent(row.target),
        }
        _become(row, CacheGate.State.CLOSED, said)


def _learn_if_due(row: CacheGate) -> None:
    if decisions_missing(row):
        return
    found = calibrating.calibrate(labelled(row), target=row.target, number=row.calibrations.count() + 1)
    _keep(row, found)
    if found.chosen is not None:
        row.weights = list(found.weights)
        _enter(row, found.regions[found.chosen].least_score, _promise(found))
    elif row.state != CacheGate.State.CALIBRATED:
        if row.state == CacheGate.State.GUARDED:
            row.weights = list(found.weights)
        best = min(region.bound for region in found.regions) if found.regions else 1.0
        sentence = _(
            "%(decisions)s labelled decisions are not enough for a target of %(target)s: "
            "the best of them bound the share of wrong answers by %(bound)s."
        )
        figures = {"decisions": _amount(found), "target": _percent(row.target), "bound": _percent(best)}
        _save(row, sentence % figures)


def _keep(row: CacheGate, found: Calibration) -> None:
    CacheCalibration.objects.create(
        gate=row,
        number=found.number,
        target=found.target,
        alpha=found.alpha,
        learned_from=found.learned_from,
        tested_on=found.tested_on,
        weights=list(found.weights),
        regions=[vars(region) for region in found.regions],
        chosen=found.chosen,
    )


def _choose_anew(row: CacheGate, said: str) -> None:
    calibration = calibration_in_force(row)
    regions = calibration.regions if calibration else []
    chosen = calibrating.choose([region["bound"] for region in regions], row.target)
    if chosen is not None:
        bound = _("The calibration bounds wrong answers by %(bound)s.") % {
            "bound": _percent(regions[chosen]["bound"])
        }
        _enter(row, regions[chosen]["least_score"], f"{said} {bound}")
    elif row.state == CacheGate.State.CALIBRATED:
        row.least_score = None
        _become(row, CacheGate.State.GUARDED, f"{said} {_('No calibration reaches that yet.')}")
    else:
        row.save(update_fields=["target"])  # why it is guarded has not changed


def _enter(row: CacheGate, least_score: float, said: str) -> None:
    row.least_score = least_score
    _become(row, CacheGate.State.CALIBRATED, said)


def _become(row: CacheGate, state: str, said: str) -> None:
    """A state begins, and its audit with it."""
    row.state, row.state_since = state, timezone.now()
    _save(row, said)


def _save(row: CacheGate, said: str) -> None:
    row.state_detail = said[:300]
    row.save(
        update_fields=["state", "state_since", "state_detail", "target", "weights", "least_score"],
    )


def _promise(found: Calibration) -> str:
    assert found.chosen is not None
    region = found.regions[found.chosen]
    sentence = _(
        "Learned from %(decisions)s labelled decisions: %(wrong)s of %(tested)s tested hits were wrong, "
        "at most %(bound)s in truth."
    )
    return sentence % {
        "decisions": _amount(found),
        "wrong": region.wrong,
        "tested": region.n,
        "bound": _percent(region.bound),
    }


def _amount(found: Calibration) -> int:
    return found.learned_from + found.tested_on


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
