"""An answer that may be given again."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.assistant import Assistant

VISITOR = "-"
"""Begins the key of an asker who has no account."""
ASKERS_COUNTED = 2
"""So many different people make an answer trusted that nobody has approved."""


class CachedAnswerQuerySet(models.QuerySet["CachedAnswer"]):
    def live(self) -> "CachedAnswerQuerySet":
        """Those that may be given as far as their own row tells; lookup checks the cited passages as well."""
        return self.filter(state=CachedAnswer.State.LIVE).filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        )

    def verified(self) -> "CachedAnswerQuerySet":
        return self.filter(verified_at__isnull=False)

    def written(self) -> "CachedAnswerQuerySet":
        """Those that nobody has approved."""
        return self.filter(verified_at__isnull=True)

    def citing(self, sources: Any) -> "CachedAnswerQuerySet":
        """Those that cite one of these sources."""
        return self.filter(passages__source__in=sources).distinct()

    def count_hit(self, pk: int, asker: str = "") -> bool:
        """One more, by somebody whose asking makes it trusted, if they are named. False if it is not there."""
        counted: dict[str, Any] = {"hits": F("hits") + 1, "last_hit_at": timezone.now()}
        if asker:
            askers: Any = self.model._meta.get_field("askers")
            one_more = Func(F("askers"), Value(asker), function="array_append", output_field=askers)
            counts = Q(askers__len__lt=ASKERS_COUNTED) & ~Q(askers__contains=[asker])
            if asker.startswith(VISITOR):  # may be somebody with an account who has signed out
                counts &= Q(askers__len=0) | Q(askers__0__startswith=VISITOR)
            counted["askers"] = Case(When(counts, then=one_more), default=F("askers"), output_field=askers)
        return bool(self.filter(pk=pk).update(**counted))


class CachedAnswer(models.Model):
    class State(models.TextChoices):
        LIVE = "live", _("live")
        STALE = "stale", _("stale: there is newer material")
        REVIEW_DUE = "review_due", _("review due: a cited source has changed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    scope = models.CharField(_("scope"), max_length=64, editable=False)
    """Hash of everything that an answer depends on beside the question (chat/cache/scope.py)."""
    collections = ArrayField(
        models.BigIntegerField(), verbose_name=_("collections"), default=list, blank=True
    )
    """Ids of the collections that were searched: new material in them may make it stale."""
    assistant = models.ForeignKey(
        Assistant,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="cached_answers",
        verbose_name=_("assistant"),
        help_text=_("A verified answer without one is given by every assistant."),
    )
    language = models.CharField(
        _("language"),
        max_length=40,
        blank=True,
        help_text=_("As readers prefer it; empty: for those who have chosen none."),
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.LIVE)
    state_detail = models.CharField(_("why"), max_length=300, blank=True)
    content = models.TextField(_("answer"))
    model = models.CharField(_("written by"), max_length=200, blank=True)
    prompt_tokens = models.PositiveIntegerField(_("prompt tokens"), default=0)
    completion_tokens = models.PositiveIntegerField(_("completion tokens"), default=0)
    milliseconds = models.PositiveIntegerField(_("milliseconds it took"), default=0)
    weakest_cosine = models.FloatField(_("similarity of the weakest cited passage"), null=True, blank=True)
    askers = ArrayField(
        models.CharField(max_length=64), verbose_name=_("asked by"), default=list, blank=True, editable=False
    )
    """Keyed hashes of the first different people who had this answer written: see ASKERS_COUNTED."""
    made_at = models.DateTimeField(_("written"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    review_by = models.DateField(_("review by"), null=True, blank=True)
    hits = models.PositiveIntegerField(_("hits"), default=0, editable=False)
    last_hit_at = models.DateTimeField(_("last hit"), null=True, blank=True, editable=False)

    objects = CachedAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("cached answer")
        verbose_name_plural = _("cached answers")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=False) | Q(verified_at__isnull=False),
                name="chat_cached_answer_expires_or_is_verified",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["live", "stale", "review_due", "withdrawn"]),
                name="chat_cached_answer_state_known",
            ),
            models.CheckConstraint(condition=~Q(content=""), name="chat_cached_answer_has_text"),
        ]
        indexes = [
            models.Index(fields=["scope"], name="chat_cached_answer_scope"),
            models.Index(fields=["expires_at"], name="chat_cached_answer_expiry"),
        ]

    def __str__(self) -> str:
        return self.content[:80]

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def is_trusted(self) -> bool:
        """Whether a similar question of anybody may lead to it: approved, or written for two people."""
        return self.is_verified or len(self.askers) >= ASKERS_COUNTED

    def is_due(self, today: datetime.date) -> bool:
        return self.state == self.State.REVIEW_DUE or bool(self.review_by and self.review_by <= today)
