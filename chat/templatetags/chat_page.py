"""What the templates of the chat page work out: conversations by period, an answer as text to paste elsewhere."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.models import Session
from chat.periods import Period, period_of

register = template.Library()
LABELS = {
    Period.TODAY: gettext_lazy("Today"),
    Period.YESTERDAY: gettext_lazy("Yesterday"),
    Period.WEEK: gettext_lazy("Last 7 days"),
    Period.OLDER: gettext_lazy("Older"),
}


class Group(NamedTuple):
    period: Period
    label: Any
    sessions: list[Session]


@register.filter
def by_period(sessions: Iterable[Session]) -> list[Group]:
    """Every period is there, so that a script can put conversations into those that are empty yet."""
    today = timezone.localdate()
    groups = {period: Group(period, LABELS[period], []) for period in Period}
    for session in sessions:
        groups[period_of(timezone.localdate(session.updated_at), today)].sessions.append(session)
    return list(groups.values())


@register.simple_tag
def as_text(message: Mapping[str, Any], request: HttpRequest) -> str:
    """An answer as Markdown with its sources below, their addresses complete."""
    sources = [_source(card, request) for card in message["citations"]]
    return "\n\n".join(part for part in (message["content"], "\n".join(sources)) if part)


def _source(card: Mapping[str, Any], request: HttpRequest) -> str:
    citation = card["citation"]
    page = _("page %(page)s") % {"page": citation.page} if citation.page else ""
    asked = citation.heading if card["is_of_tool"] else ""
    address = request.build_absolute_uri(card["url"]) if card["url"] else ""
    return f"- [{citation.number}] " + ", ".join(
        part for part in (citation.title, asked, page, address) if part
    )
