"""What a person has used, day by day; it outlives the conversations."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from chat.models import DailyUsage
from chat.models.usage import COUNTED

DAYS = 30
DAYS_AT_MOST = 366

Figures = dict[str, Any]


def statistics(user: Any, days: int = DAYS) -> Figures:
    """The last `days` days, today included, oldest first, and all of them together."""
    today = timezone.localdate()
    since = today - datetime.timedelta(days=days - 1)
    used: QuerySet[DailyUsage, Any] = DailyUsage.objects.filter(user=user, day__lte=today).since(since)
    by_day = {row["day"]: row for row in used.values("day", *COUNTED)}
    listed = [_figures(by_day.get(day, {})) | {"day": day} for day in _days(since, days)]
    totals = {name: sum(row[name] for row in listed) for name in COUNTED}
    return {
        "since": since,
        "until": today,
        "currency": settings.CURRENCY,
        "totals": _figures(totals),
        "by_day": listed,
    }


def _days(since: datetime.date, days: int) -> list[datetime.date]:
    return [since + datetime.timedelta(days=passed) for passed in range(days)]


def _figures(row: Mapping[str, Any]) -> Figures:
    """Counts, zero where nothing was counted, and which shares of the answers they make."""
    counts = {name: row.get(name, 0) for name in COUNTED}
    answers = counts["answers"]
    shares = {
        f"{name}_share": round(counts[name] / answers, 4) if answers else 0.0
        for name in ("cached", "abstained")
    }
    return counts | shares
