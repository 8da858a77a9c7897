"""What was asked and what it cost, by person and day. It outlives the conversations."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

COUNTED = (
    "sessions",
    "questions",
    "answers",
    "cached",
    "abstained",
    "prompt_tokens",
    "completion_tokens",
    "cost",
)


def addition(table: str, keys: Sequence[str], counted: Sequence[str]) -> str:
    """The statement that adds to the counts of a row, made if it is not there.

    It is one, so that it is right with several processes and takes one round trip.
    """
    columns = ", ".join(f'"{name}"' for name in (*keys, *counted))
    places = ", ".join(["%s"] * (len(keys) + len(counted)))
    sums = ", ".join(f'"{name}" = {table}."{name}" + excluded."{name}"' for name in counted)
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({places}) "  # noqa: S608  (names of our own)
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}"
    )


ADD = addition("chat_dailyusage", ("user_id", "day"), COUNTED)


class DailyUsageQuerySet(models.QuerySet["DailyUsage"]):
    def add(self, user: Any, **more: int | Decimal) -> None:
        """Count more for today: of a user, or of all anonymous visitors together (None)."""
        counts = [more.get(name, 0) for name in COUNTED]
        with connection.cursor() as cursor:
            cursor.execute(ADD, [getattr(user, "pk", None), timezone.localdate(), *counts])

    def since(self, day: datetime.date) -> "DailyUsageQuerySet":
        return self.filter(day__gte=day)


class DailyUsage(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="usage",
        verbose_name=_("user"),
    )
    day = models.DateField(_("day"))
    sessions = models.PositiveIntegerField(_("sessions"), default=0)
    questions = models.PositiveIntegerField(_("questions"), default=0)
    answers = models.PositiveIntegerField(_("answers"), default=0)
    cached = models.PositiveIntegerField(_("answers from the cache"), default=0)
    abstained = models.PositiveIntegerField(_("not answered by the sources"), default=0)
    prompt_tokens = models.PositiveBigIntegerField(_("prompt tokens"), default=0)
    completion_tokens = models.PositiveBigIntegerField(_("completion tokens"), default=0)
    cost = models.DecimalField(_("cost"), max_digits=16, decimal_places=6, default=0)

    objects = DailyUsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily usage")
        verbose_name_plural = _("daily usage")
        ordering = ["-day"]
        indexes = [models.Index(fields=["day"], name="chat_usage_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"], name="chat_usage_once_a_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.user or '–'}, {self.day}"
