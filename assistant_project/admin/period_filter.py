"""A list narrowed to the last days."""

import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.statistics import start_of

PERIODS = {
    "1": gettext_lazy("today"),
    "7": gettext_lazy("last 7 days"),
    "30": gettext_lazy("last 30 days"),
    "90": gettext_lazy("last 90 days"),
}


class PeriodFilter(SimpleListFilter):
    """The last days, today among them."""

    title = gettext_lazy("period")
    parameter_name = "period"
    field = "created_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PERIODS.items())

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        days = self.value()
        if days not in PERIODS:
            return rows
        first = timezone.localdate() - datetime.timedelta(days=int(days) - 1)
        return rows.filter(**{f"{self.field}__gte": start_of(first)})
