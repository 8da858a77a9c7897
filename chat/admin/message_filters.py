"""What the lists of answers and conversations are narrowed by, beside plain columns."""

import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chat.models import Assistant, Feedback
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


class ActivePeriodFilter(PeriodFilter):
    """By the last message."""

    field = "updated_at"


class AssistantFilter(SimpleListFilter):
    title = gettext_lazy("assistant")
    parameter_name = "assistant"
    field = "assistant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(pk), name) for pk, name in Assistant.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return rows.filter(**{self.field: int(chosen)}) if chosen.isdecimal() else rows


class AnsweringAssistantFilter(AssistantFilter):
    """By the assistant of the conversation."""

    field = "session__assistant"


class FeedbackFilter(SimpleListFilter):
    title = gettext_lazy("feedback")
    parameter_name = "feedback"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("helpful", Feedback.Rating.HELPFUL.label),
            ("not_helpful", Feedback.Rating.NOT_HELPFUL.label),
            ("comment", gettext_lazy("with a comment")),
        ]

    def queryset(self, request: HttpRequest, answers: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "helpful":
                return answers.filter(feedback__rating=Feedback.Rating.HELPFUL)
            case "not_helpful":
                return answers.filter(feedback__rating=Feedback.Rating.NOT_HELPFUL)
            case "comment":
                return answers.filter(feedback__isnull=False).exclude(feedback__comment="")
        return answers
