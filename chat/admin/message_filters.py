"""What the lists of answers and conversations are narrowed by, beside plain columns."""

from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from assistant_project.admin.period_filter import PeriodFilter
from chat.answering.again import GIVEN_AGAIN, WRITTEN
from chat.models import Assistant, Feedback, Message


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


class KindFilter(SimpleListFilter):
    """By one kind, or by those that the front page counts together."""

    title = gettext_lazy("kind")
    parameter_name = "kind"
    together: ClassVar = {
        "answered": set(Message.Kind) - {Message.Kind.ABSTAINED},
        "written": WRITTEN,
        "again": GIVEN_AGAIN,
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("answered", gettext_lazy("answered")),
            ("written", gettext_lazy("written for the question")),
            ("again", gettext_lazy("given again")),
            *Message.Kind.choices,
        ]

    def queryset(self, request: HttpRequest, answers: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return answers.filter(kind__in=self.together.get(chosen, [chosen])) if chosen else answers


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
