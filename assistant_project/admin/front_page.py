"""What the admin's front page shows: the state of the sources, what needs a hand, what was asked last."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from chat.admin.message import label
from chat.cache import reviews, trust
from chat.models import Message
from knowledge import tasks
from knowledge.admin.live import COLOURS
from knowledge.models import Source

ROWS = 6
NEEDS_A_HAND = (Source.Status.FAILED, Source.Status.GONE)


def front_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The template's context, as far as this person may see it."""
    user = request.user
    context |= {"is_new": user.has_perm("knowledge.add_source") and not Source.objects.exists()}
    if user.has_perm("knowledge.view_source"):
        context |= {
            "statuses": statuses(),
            "needs_a_hand": needs_a_hand()[:ROWS],
            "worker_is_alive": tasks.is_worker_alive(timezone.now()),
        }
    if user.has_perm("chat.view_message"):
        answers = Message.objects.answers_with_questions()[:ROWS]
        context["answers"] = [(answer, label(answer)) for answer in answers]
    if user.has_perm("chat.view_cachedanswer"):
        context["reviews"] = reviews.waiting(user)
    if user.has_perm("chat.view_cachegate"):
        context["gate_is_closed"] = trust.is_closed()
    return context


def statuses() -> list[dict[str, Any]]:
    """How many sources are in each state, with a link to them."""
    counts = dict(Source.objects.order_by().values_list("status").annotate(Count("pk")))
    address = reverse("admin:knowledge_source_changelist")
    return [
        {
            "label": status.label,
            "colour": COLOURS[status],
            "count": counts.get(status, 0),
            "url": f"{address}?status__exact={status.value}",
        }
        for status in Source.Status
    ]


def needs_a_hand() -> QuerySet[Source]:
    """Enabled sources that could not be read, the latest first."""
    return (
        Source.objects.filter(status__in=NEEDS_A_HAND, enabled=True)
        .select_related("live_revision", "collection")
        .defer("text", "live_revision__text", "live_revision__report")
        .order_by("-checked_at")
    )


def failed_badge(request: HttpRequest) -> str:
    """The figure beside "Sources" in the sidebar; empty if nothing is wrong."""
    if not request.user.has_perm("knowledge.view_source"):
        return ""
    return str(needs_a_hand().count() or "")
