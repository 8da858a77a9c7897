"""The admin's front page: how the assistant does, and what needs a hand. Each person sees what they may open."""

from typing import Any

from django.http import HttpRequest

from assistant_project.admin.front_page import care, charts, figures
from assistant_project.admin.front_page.period import CHOICES, Period
from assistant_project.admin.front_page.traffic import Traffic
from chat.cache import reviews, trust
from chat.models import DailyUsage
from chat.tools import statistics as tools
from knowledge import statistics
from knowledge.curation import curates_something, nothing_to_curate
from knowledge.models import Source
from knowledge.models.collection import CURATE_ALL


def front_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The template's context."""
    period = Period.asked_for(request.GET)
    may = request.user.has_perm
    context |= {"period": period, "periods": CHOICES, "sees_all": may(CURATE_ALL)}
    context |= first_steps(request.user)
    if may("knowledge.view_source"):
        context |= care.of_sources(request.user)
        context["nothing_to_curate"] = "" if curates_something(request.user) else nothing_to_curate()
    if may("knowledge.view_job"):
        context |= care.of_work(request.user)
    if may("chat.view_cachedanswer"):
        context["reviews"] = reviews.waiting(request.user)
    if may("chat.view_cachegate"):
        context["gate_is_closed"] = trust.is_closed()
    context |= traffic(request, period)
    # In a new installation the first steps say more than a page of zeros.
    context["shows_traffic"] = "traffic" in context and not (
        context["is_new"] and context["traffic"].is_empty
    )
    return context


def traffic(request: HttpRequest, period: Period) -> dict[str, Any]:
    """What was asked; for who may read conversations. Costs are for who may see what was used."""
    may, asked = request.user.has_perm, Traffic(period)
    context: dict[str, Any] = {}
    if may("chat.view_message"):
        context = {
            "traffic": asked,
            "figures": figures.figures(asked),
            "charts": charts.charts(asked),
            **care.of_answers(request, period),
        }
        if may("knowledge.view_source"):
            context |= care.of_quotes(request.user, period)
    if context and may("chat.view_dailyusage"):
        context["figures"].append(figures.spent(asked))
        context["charts"].append(charts.spent(asked))
    if context and may("chat.view_toolserver") and (use := tools.total(period.since)):
        context["figures"].append(figures.tools(use))
    return context


def first_steps(user: Any) -> dict[str, Any]:
    """What to do in a new installation, until there is something to read and somebody has asked."""
    has_sources, was_asked = Source.objects.exists(), DailyUsage.objects.exists()
    is_new = user.has_perm("knowledge.add_source") and not (has_sources and was_asked)
    return {"is_new": is_new, "has_sources": has_sources, "was_asked": was_asked}


def failed_badge(request: HttpRequest) -> str:
    """The figure beside "Sources" in the sidebar; empty if nothing is wrong."""
    if not request.user.has_perm("knowledge.view_source"):
        return ""
    return str(statistics.needs_a_hand(care.curated(request.user)).count() or "")
