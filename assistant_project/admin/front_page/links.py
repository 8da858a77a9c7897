"""Where the lists are that stand behind the figures."""

import datetime
from urllib.parse import urlencode

from django.urls import reverse

from chat.statistics import start_of


def answers(days: int, **filters: str) -> str:
    """Those of the last days, today among them: the list's own filter."""
    return f"{reverse('admin:chat_message_changelist')}?{urlencode(filters | {'period': days})}"


def answers_of(day: datetime.date) -> str:
    next_day = day + datetime.timedelta(days=1)
    bounds = {
        "created_at__gte": start_of(day).isoformat(),
        "created_at__lt": start_of(next_day).isoformat(),
    }
    return f"{reverse('admin:chat_message_changelist')}?{urlencode(bounds)}"


def usage(since: datetime.date) -> str:
    return f"{reverse('admin:chat_dailyusage_changelist')}?{urlencode({'day__gte': since.isoformat()})}"


def sources(**filters: str) -> str:
    return f"{reverse('admin:knowledge_source_changelist')}?{urlencode(filters)}"


def jobs(**filters: str) -> str:
    return f"{reverse('admin:knowledge_job_changelist')}?{urlencode(filters)}"


def deliveries() -> str:
    return reverse("admin:knowledge_delivery_changelist")


def tool_servers() -> str:
    return reverse("admin:chat_toolserver_changelist")
