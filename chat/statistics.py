"""How questions were answered, for staff: each figure of a period in one statement, however much was asked."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, FloatField, Max, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Lower, Trim, TruncDate
from django.utils import timezone

from chat.models import Citation, DailyUsage, Feedback, Message
from chat.models.usage import COUNTED
from knowledge.models import Source

Figures = Mapping[str, Any]

WRITTEN = (Message.Kind.GENERATED, Message.Kind.EXTRACT)
"""Answers that somebody waited for; one from the cache is there at once."""
AWAITED = Q(state=Message.State.COMPLETE, kind__in=WRITTEN)
MILLISECONDS = Cast(KT("timings__written"), FloatField())
MILLISECONDS_TO_FIRST_TOKEN = Cast(KT("timings__first_token"), FloatField())


class Percentiles(Aggregate):
    """The values below which these shares of all values lie, found in one sorting."""

    function = "percentile_cont"
    template = "%(function)s(ARRAY[%(shares)s]::float8[]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())

    def __init__(self, expression: Any, shares: Sequence[float], **options: Any) -> None:
        super().__init__(expression, shares=", ".join(map(str, shares)), **options)


WAITED = {
    "whole": Percentiles(MILLISECONDS, [0.5, 0.95], filter=AWAITED),
    "beginning": Percentiles(MILLISECONDS_TO_FIRST_TOKEN, [0.5], filter=AWAITED),
}
OUTCOMES = {
    "kept": Count("pk"),
    "failed": Count("pk", filter=Q(state=Message.State.FAILED)),
    "helpful": Count("feedback", filter=Q(feedback__rating=Feedback.Rating.HELPFUL)),
    "not_helpful": Count("feedback", filter=Q(feedback__rating=Feedback.Rating.NOT_HELPFUL)),
}


def start_of(day: datetime.date) -> datetime.datetime:
    """Midnight in the site's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def usage_by_day(since: datetime.date, until: datetime.date) -> dict[datetime.date, Figures]:
    """What was counted of everybody, for each day on which something was. It outlives the conversations."""
    counted = DailyUsage.objects.filter(day__range=(since, until)).order_by().values("day")
    return {row["day"]: row for row in counted.annotate(**{name: Sum(name) for name in COUNTED})}


def answers_by_day(since: datetime.date) -> dict[datetime.date, Figures]:
    """What became of the answers that are kept, what readers said of them, and how long they waited."""
    by_day = _answers(since).annotate(day=TruncDate("created_at")).order_by().values("day")
    return {row["day"]: row | _waits(row) for row in by_day.annotate(**OUTCOMES, **WAITED)}


def waits(since: datetime.date) -> Figures:
    """How long readers waited for the answers that are kept."""
    return _waits(_answers(since).aggregate(**WAITED))


def _waits(row: Figures) -> dict[str, float | None]:
    """Milliseconds: within which half of all answers stood, within which 95 %, and half of the first words."""
    median, slow = row["whole"] or (None, None)
    (first_token,) = row["beginning"] or (None,)
    return {"median": median, "slow": slow, "first_token": first_token}


def totals(days: Mapping[datetime.date, Figures], names: tuple[str, ...]) -> dict[str, int | Decimal]:
    return {name: sum(day[name] for day in days.values()) for name in names}


def most_cited(sources: QuerySet[Source], since: datetime.date, rows: int) -> list[tuple[Source, int]]:
    """The sources that most answers rest on, with the number of these answers."""
    counted = (
        Citation.objects.filter(message__in=_answers(since), source__in=sources)
        .order_by()
        .values_list("source")
        .annotate(answers=Count("message", distinct=True))
        .order_by("-answers", "source")[:rows]
    )
    numbers = dict(counted)
    found = named(Source.objects.filter(pk__in=numbers)).in_bulk()
    return [(found[pk], answers) for pk, answers in numbers.items() if pk in found]


def most_missed(answers: QuerySet[Message], rows: int) -> list[tuple[Message, int]]:
    """Questions that the sources do not answer, most asked first: the last of these answers to each, and how often."""
    missed = answers.filter(kind=Message.Kind.ABSTAINED).order_by()
    counted = (
        missed.values(asked=Lower(Trim("standalone_question")))
        .annotate(times=Count("pk"), last=Max("pk"))
        .order_by("-times", "-last")
        .values_list("last", "times")[:rows]
    )
    times = dict(counted)
    found = answers.in_bulk(times)
    return [(found[pk], number) for pk, number in times.items() if pk in found]


def never_cited(sources: QuerySet[Source]) -> QuerySet[Source]:
    """Sources that answer, and that no answer that is kept has quoted."""
    quoted = Citation.objects.filter(source__isnull=False).order_by().values("source")
    return named(sources.exclude(pk__in=quoted))


def named(sources: QuerySet[Source]) -> QuerySet[Source]:
    """With what their names need, and without any text."""
    return sources.select_related("live_revision").defer(
        "text", "live_revision__text", "live_revision__report"
    )


def _answers(since: datetime.date) -> QuerySet[Message]:
    return Message.objects.filter(role=Message.Role.ASSISTANT, created_at__gte=start_of(since))
