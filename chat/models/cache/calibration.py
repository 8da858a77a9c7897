"""One attempt to find a gate whose share of wrong answers is bounded, kept with all that it rests on."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.cache.gate import CacheGate


class CacheCalibration(models.Model):
    gate = models.ForeignKey(CacheGate, models.CASCADE, related_name="calibrations", verbose_name=_("gate"))
    number = models.PositiveIntegerField(_("number"))
    """From 1: each spends half the error probability of the one before."""
    target = models.FloatField(_("target"))
    alpha = models.FloatField(_("error probability"))
    learned_from = models.PositiveIntegerField(_("decisions it learned from"))
    tested_on = models.PositiveIntegerField(_("decisions it was tested on"))
    weights: Any = ArrayField(models.FloatField(), verbose_name=_("weights"), default=list)
    regions: Any = models.JSONField(_("regions"), default=list)
    """[{"least_score", "n", "wrong", "bound", "served"}], the smallest first; served: its share of all decisions."""
    chosen = models.PositiveSmallIntegerField(_("chosen region"), null=True, blank=True)
    """Index into regions; none if no bound is under the target."""
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("cache calibration")
        verbose_name_plural = _("cache calibrations")
        ordering = ["gate", "-number"]
        constraints = [models.UniqueConstraint(fields=["gate", "number"], name="chat_cache_calibration_once")]

    def __str__(self) -> str:
        return f"{self.gate_id}/{self.number}"
