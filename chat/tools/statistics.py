"""How often tools were called and what became of it, counted in the statement that reads the rows."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from chat.models import Tool
from chat.models.tools.usage import COUNTED

LATELY = 30
"""Days, today among them."""


@dataclass(frozen=True)
class Use:
    calls: int
    """Sent to a server."""
    kept: int
    """Answered from kept results."""
    failed: int
    milliseconds: int
    """Of all calls together."""

    @property
    def mean(self) -> int | None:
        """Milliseconds of a call."""
        return round(self.milliseconds / self.calls) if self.calls else None


def with_use(rows: QuerySet[Any], usage: str) -> QuerySet[Any]:
    """Tools, or what has tools, with the sums of the last days, for `use_of`. usage: the way to them."""
    return rows.annotate(**_sums(usage, timezone.localdate() - datetime.timedelta(days=LATELY - 1)))


def use_of(row: Any) -> Use:
    return Use(*(getattr(row, f"{name}_sum") for name in COUNTED))


def total(since: datetime.date) -> Use | None:
    """Of all tools; None if there are none."""
    counted = Tool.objects.aggregate(tools=Count("pk"), **_sums("usage", since))
    return Use(*(counted[f"{name}_sum"] for name in COUNTED)) if counted["tools"] else None


def _sums(usage: str, since: datetime.date) -> dict[str, Coalesce]:
    days = Q(**{f"{usage}__day__gte": since})
    return {f"{name}_sum": Coalesce(Sum(f"{usage}__{name}", filter=days), 0) for name in COUNTED}
