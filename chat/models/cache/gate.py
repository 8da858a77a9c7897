"""How sure the cache must be for one embedder, and in which state it is. Each embedder has its own scale."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models import Embedder

DEFAULT_TARGET = 0.02


class CacheGate(models.Model):
    class State(models.TextChoices):
        GUARDED = "guarded", _("guarded")
        CALIBRATED = "calibrated", _("calibrated")
        CLOSED = "closed", _("closed")

    embedder = models.OneToOneField(Embedder, models.CASCADE, related_name="+", verbose_name=_("embedder"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.GUARDED)
    state_since = models.DateTimeField(_("since"), auto_now_add=True)
    state_detail = models.CharField(_("why"), max_length=300, blank=True)
    threshold = models.FloatField(
        _("guarded threshold"),
        null=True,
        blank=True,
        help_text=_("Least cosine of a similar question while guarded. Empty until it has been measured."),
    )
    measured_on = models.CharField(_("measured on"), max_length=200, blank=True)
    measured_at = models.DateTimeField(_("measured"), null=True, blank=True)
    target = models.FloatField(
        _("target"),
        default=DEFAULT_TARGET,
        validators=[MinValueValidator(0.001), MaxValueValidator(0.2)],
        help_text=_("The largest share of wrong answers among similar hits that is acceptable: 0.02 is 2 %."),
    )
    weights: Any = ArrayField(
        models.FloatField(), verbose_name=_("weights"), null=True, blank=True, editable=False
    )
    """Intercept, then one a feature, of the calibrated score (chat/cache/gate.py)."""
    least_score = models.FloatField(_("least score"), null=True, blank=True, editable=False)
    """Of a hit while calibrated."""

    class Meta:
        verbose_name = _("cache gate")
        verbose_name_plural = _("cache gates")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="calibrated")
                | models.Q(weights__isnull=False, least_score__isnull=False),
                name="chat_cache_gate_calibrated_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.embedder}: {self.state}"
