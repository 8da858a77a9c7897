"""What all processes have stored, asked of the database when somebody looks: few statements, whose cost is bounded.

Workers, and other web processes, share no memory with the one that is asked. "Recent" is within RECENTLY: what goes
with a conversation would be no counter, since conversations and accounts are deleted.
"""

import datetime
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, DurationField, ExpressionWrapper, F, FloatField, Min, Q, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Extract
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from chat.models import CachedAnswer, CacheUsage, DailyUsage, Message, ToolUsage
from chat.statistics import AWAITED, MILLISECONDS, MILLISECONDS_TO_FIRST_TOKEN, Percentiles
from knowledge import tasks
from knowledge.models import Delivery, Job

RECENTLY = datetime.timedelta(minutes=5)
QUANTILES = (0.5, 0.95, 0.99)
BEFORE_RETRIEVAL = Coalesce(KT("timings__looked_up"), KT("timings__understood"))
MILLISECONDS_OF_RETRIEVAL = Cast(KT("timings__found"), FloatField()) - Cast(BEFORE_RETRIEVAL, FloatField())
WAITS = {
    "assistant_recent_first_token_seconds": (
        MILLISECONDS_TO_FIRST_TOKEN,
        "From the question to the first token.",
    ),
    "assistant_recent_answer_seconds": (MILLISECONDS, "From the question to the whole answer."),
    "assistant_recent_retrieval_seconds": (MILLISECONDS_OF_RETRIEVAL, "Searching passages for an answer."),
}
DURATION = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
READING_SECONDS = Cast(Extract(DURATION, "epoch"), FloatField())

logger = logging.getLogger(__name__)


class StoredFigures(Collector):
    """Without the database only the one that says so: the process's own figures are still told."""

    def collect(self) -> Iterator[Metric]:
        now = timezone.now()
        try:
            found = [metric for part in PARTS for metric in part(now)]
        except DatabaseError as error:
            logger.warning("the stored figures could not be read: %s", type(error).__name__)
            found = []
        yield gauge("assistant_database_up", "1 if the database has told the stored figures.", bool(found))
        yield from found


def answers(now: datetime.datetime) -> Iterator[Metric]:
    """What became of questions, the tokens of it, and how long readers waited."""
    recent = Message.objects.filter(role=Message.Role.ASSISTANT, created_at__gte=now - RECENTLY).order_by()
    tokens = {"prompt": Sum("prompt_tokens"), "completion": Sum("completion_tokens")}
    counted = list(recent.values_list("state", "kind").annotate(number=Count("pk"), **tokens))
    ended = GaugeMetricFamily("assistant_recent_answers", "Answers begun recently.", labels=["state", "kind"])
    for state, kind, number, *_ in counted:
        ended.add_metric([state, kind], number)
    yield ended
    sums = {name: sum(row[3 + place] for row in counted) for place, name in enumerate(tokens)}
    yield by_label("assistant_recent_tokens", "Tokens of answers begun recently.", "direction", sums)
    writing = Message.objects.being_written(now).count()
    yield gauge("assistant_answers_being_written", "By all processes.", writing)
    awaited = {name: Percentiles(wait, QUANTILES, filter=AWAITED) for name, (wait, _) in WAITS.items()}
    for name, values in recent.aggregate(**awaited).items():
        yield quantiles(name, WAITS[name][1], values, unit=1000)


def usage(now: datetime.datetime) -> Iterator[Metric]:
    """Since midnight in TIME_ZONE, the budgets' day."""
    names = ("questions", "prompt_tokens", "completion_tokens", "cost")
    today = DailyUsage.objects.filter(day=timezone.localdate(now))
    used = today.aggregate(**{name: Sum(name, default=0) for name in names})
    yield gauge("assistant_questions_today", "Questions since midnight.", used["questions"])
    tokens = {"prompt": used["prompt_tokens"], "completion": used["completion_tokens"]}
    yield by_label("assistant_tokens_today", "Tokens since midnight.", "direction", tokens)
    cost = {settings.CURRENCY: float(used["cost"])}
    yield by_label("assistant_cost_today", "By MODEL_PRICES, since midnight.", "currency", cost)


def cache(now: datetime.datetime) -> Iterator[Metric]:
    """Counters, because its counts are a row a day and never deleted."""
    levels = ("exact", "verified", "similar")
    names = ("lookups", *levels, "audited", "saved_tokens")
    used = CacheUsage.objects.aggregate(**{name: Sum(name, default=0) for name in names})
    yield CounterMetricFamily("assistant_cache_lookups", "Look-ups in the cache.", used["lookups"])
    hits = CounterMetricFamily("assistant_cache_hits", "Answers given from the cache.", labels=["level"])
    for level in levels:
        hits.add_metric([level], used[level])
    yield hits
    yield CounterMetricFamily("assistant_cache_audits", "Hits answered afresh to compare.", used["audited"])
    yield CounterMetricFamily("assistant_cache_saved_tokens", "Not asked for.", used["saved_tokens"])
    states = dict(CachedAnswer.objects.order_by().values_list("state").annotate(Count("pk")))
    yield by_label("assistant_cache_entries", "Answers that are kept.", "state", states)


def tools(now: datetime.datetime) -> Iterator[Metric]:
    """Counters, because they are counted by day for as long as the tool is there."""
    calls = CounterMetricFamily(
        "assistant_tool_calls", "Calls of tools.", labels=["server", "tool", "outcome"]
    )
    seconds = CounterMetricFamily(
        "assistant_tool_seconds", "That calls which were sent took.", labels=["server", "tool"]
    )
    names = ("calls", "kept", "failed", "milliseconds")
    used = ToolUsage.objects.order_by().values_list("tool__server__name", "tool__name")
    for server, tool, sent, kept, failed, lasted in used.annotate(*(Sum(name) for name in names)):
        for outcome, number in (("done", sent - failed), ("kept", kept), ("failed", failed)):
            calls.add_metric([server, tool, outcome], number)
        seconds.add_metric([server, tool], lasted / 1000)
    yield calls
    yield seconds


def jobs(now: datetime.datetime) -> Iterator[Metric]:
    """What waits to be read, and how long recent readings took."""
    state = Job.State
    open_jobs = {
        name: Count("pk", filter=Q(state=name)) for name in (state.QUEUED.value, state.RUNNING.value)
    }
    waiting_since = Min("created_at", filter=Q(state=state.QUEUED))
    counted = Job.objects.open().aggregate(**open_jobs, waiting_since=waiting_since)
    oldest = counted.pop("waiting_since")
    yield by_label("assistant_jobs", "Readings of sources that wait or run.", "state", counted)
    yield gauge("assistant_oldest_job_seconds", "Since it was asked for; 0: none waits.", age(oldest, now))
    recent = Job.objects.filter(finished_at__gte=now - RECENTLY)
    ended = {name: Count("pk", filter=Q(state=name)) for name in (state.DONE.value, state.FAILED.value)}
    lasted = recent.aggregate(**ended, seconds=Percentiles(READING_SECONDS, QUANTILES))
    seconds = lasted.pop("seconds")
    yield by_label("assistant_recent_jobs", "Readings that ended recently.", "state", lasted)
    yield quantiles("assistant_recent_ingestion_seconds", "From a worker's claim to the end.", seconds)


def workers(now: datetime.datetime) -> Iterator[Metric]:
    """Whether they work, and what waits for them of any kind."""
    messages, oldest = tasks.queue_backlog(now)
    yield gauge("assistant_queue_messages", "Messages that wait for a worker.", messages)
    yield gauge("assistant_queue_oldest_seconds", "Age of the oldest; 0: none waits.", age(oldest, now))
    set_aside = Delivery.objects.filter(set_aside_at__isnull=False).count()
    yield gauge("assistant_set_aside_messages", "Handed out too often, for an administrator.", set_aside)
    if seen := tasks.worker_last_seen():
        yield gauge("assistant_worker_seen_timestamp_seconds", "Last sign of life.", seen.timestamp())


def age(moment: datetime.datetime | None, now: datetime.datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0


def gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, float(value))


def by_label(name: str, meaning: str, label: str, values: Mapping[str, Any]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def quantiles(name: str, meaning: str, values: list[float | None] | None, *, unit: int = 1) -> Metric:
    """Seconds, from values of which `unit` are a second; nothing if nothing happened."""
    found = {
        str(q): value / unit for q, value in zip(QUANTILES, values or (), strict=False) if value is not None
    }
    return by_label(name, meaning, "quantile", found)


PARTS = (answers, usage, cache, tools, jobs, workers)
